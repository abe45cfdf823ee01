//! System tests: real programs, real QUIC, real SQLite, real PC/SC, on port 0 and in temporary folders.
//!
//! In: the programs of this workspace. Out: one test binary, `scenarios`. What several scenarios share stands here.
//!
//! **Invariant:** nothing waits by sleeping where an event can be waited for.
