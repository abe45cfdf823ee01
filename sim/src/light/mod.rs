//! Light units: a whole fleet against a real server's process, for `sim storm` and `sim screens`.
//!
//! A light unit has a real certificate, a real QUIC connection, the tablet's own journal and the real delivery over a store
//! in memory; it has no screen and no disk. Here are its connection, what waits on it, the installation that it is enrolled
//! in, the server's process, and how times are told.

mod carrier;
mod installation;
mod limits;
mod line;
mod open_files;
mod output;
mod process;
mod sockets;
mod times;

pub(crate) use carrier::Carrier;
pub(crate) use installation::{Installation, Wanted};
pub(crate) use limits::{LOOK_EVERY, PROBE_DEADLINE, PROBE_EVERY, REDIAL_FIRST, REDIAL_MAX};
pub(crate) use line::{Dial, Failed, Line};
pub(crate) use open_files::{raise as raise_open_files, units_per_socket};
pub(crate) use output::print_json;
pub(crate) use process::{ServerProcess, own_figures};
pub(crate) use sockets::Sockets;
pub(crate) use times::{histogram, times};

pub use process::Figures;
pub use times::Times;

use model::{Clock, Monotonic};
use std::time::Duration;
use tokio::sync::watch;

/// Lets time pass: the schedule of a load generator.
pub(crate) async fn pass(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "a load generator keeps a schedule in real time")]
    tokio::time::sleep(time).await;
}

/// Lets time pass until this microsecond of the clock.
pub(crate) async fn pass_until(us: u64, clock: &impl Clock) {
    pass(Duration::from_micros(us.saturating_sub(clock.monotonic().us))).await;
}

/// A time in microseconds of the clock.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Lets time pass until a deadline; for ever without one.
pub(crate) async fn pass_until_due(at: Option<Monotonic>, clock: &impl Clock) {
    match at {
        Some(at) => pass_until(at.us, clock).await,
        None => std::future::pending().await,
    }
}

/// Waits until the order is given; also when whoever gives it is gone.
pub(crate) async fn ordered(order: &mut watch::Receiver<bool>) {
    drop(order.wait_for(|given| *given).await);
}
