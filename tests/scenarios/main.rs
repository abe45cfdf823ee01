//! One test binary; a scenario per file.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "system tests: real clock, real files, loud failure"
)]

mod card_opensc;
