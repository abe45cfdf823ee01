//! What a storm must hold.

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
