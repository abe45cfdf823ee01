//! The tablet's link against real QUIC servers: what `link-check` says, and what happens when a way falls silent.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "tests: loud failure, real clock")]

mod check;
mod door;
mod place;
mod redial;
mod relay;
