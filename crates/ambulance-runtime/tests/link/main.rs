//! The tablet's link against real QUIC servers: what `link-check` says, and what happens when a way falls silent; and
//! a whole tablet whose reader holds a virtual card.

#![expect(clippy::expect_used, clippy::disallowed_methods, reason = "tests: loud failure, real clock")]

mod check;
mod door;
mod number_b;
mod place;
mod redial;
mod relay;
