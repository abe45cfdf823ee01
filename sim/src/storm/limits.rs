//! What a storm must hold, and the numbers of the generator itself.

use std::time::Duration;

/// Limits that make the command fail when they are missed. Nothing may be lost, doubled, out of order or refused for good,
/// whatever is stated here.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// Everybody must be done within so many seconds.
    #[arg(long, default_value_t = 300, value_name = "SECONDS")]
    pub max_wall: u64,
    /// 99 of 100 events must be acknowledged within so many seconds of their unit's start.
    #[arg(long, value_name = "SECONDS")]
    pub max_ack_p99: Option<f64>,
    /// The server's memory may grow by so much per unit, KiB.
    #[arg(long, value_name = "KIB")]
    pub max_unit_kib: Option<u64>,
    /// Fairness (Jain's index of the units' rates, 1 is equal) must not be below.
    #[arg(long, value_name = "INDEX")]
    pub min_fairness: Option<f64>,
}

/// Fewest events of a unit: the log's beginning, the case's, and one stamp.
pub(super) const EVENTS_MIN: u64 = 4;
/// UDP sockets of the fleet; units share them.
pub(super) const SOCKETS: usize = 64;
/// As the tablet's link: a dial gives up after this long.
pub(super) const DIAL_DEADLINE: Duration = Duration::from_secs(10);
/// As the tablet's link: the server must answer Hello within this time.
pub(super) const HELLO_DEADLINE: Duration = Duration::from_secs(5);
/// As the tablet's link: first wait before dialling again; doubles, with jitter of half to one and a half.
pub(super) const REDIAL_FIRST: Duration = Duration::from_millis(300);
/// As the tablet's link: longest wait before dialling again.
pub(super) const REDIAL_MAX: Duration = Duration::from_secs(5);
/// As the tablet's link: how often it probes.
pub(super) const PROBE_EVERY: Duration = Duration::from_secs(5);
/// As the tablet's link: without any answer for this long the connection counts as dead.
pub(super) const PROBE_DEADLINE: Duration = Duration::from_secs(12);
