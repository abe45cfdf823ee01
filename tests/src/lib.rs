//! System tests: real programs, real QUIC, real SQLite, real PC/SC, on port 0 and in temporary folders.
//!
//! In: the programs of this workspace. Out: one test binary, `scenarios`. What several scenarios share stands here: a whole
//! [`Installation`] inside this process, [`Tablet`]s that can be killed, and [`log`] lines that can be searched.
//!
//! **Invariant:** nothing waits by sleeping where an event can be waited for.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "system tests: real clock, real files, loud failure"
)]

pub mod cable;
pub mod card_reader;
pub mod fault;
pub mod installation;
pub mod log;
pub mod memory;
pub mod openapi;
pub mod raw;
pub mod tablet;
pub mod web;

pub use installation::{Brigade, Installation, scene};
pub use tablet::{Tablet, observed, until};

use std::time::Duration;

/// Generous limit for anything a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something that must come within [`PATIENCE`].
pub async fn soon<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// Tries again and again, within [`PATIENCE`], what cannot be waited for.
pub async fn repeated<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    soon(what, async {
        loop {
            tick.tick().await;
            if let Some(found) = attempt().await {
                return found;
            }
        }
    })
    .await
}
