//! `sim replay`: recorded cases decided again, or driven again against a server.
//!
//! In: event logs as `dispatch-server logs export` and `sim run --log` write them. Out, in virtual time: whether the product's rules
//! make the same of them, byte for byte: each recorded choice is ranked again, each destination and release is derived again from the
//! facts before it; or a list of where they differ, and why. With `--live`: the same transports by the live driver ([`crate::fleet`])
//! against a server, so many times as fast.
//!
//! Never in here: a rule. What is checked is what `case`, `dispatch-core` and `hospital-selection` say.

mod again;
mod command;
mod file;
mod live;

pub use command::{ReplayArgs, run};
