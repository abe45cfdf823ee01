//! The limits that were set for the link ("Offline, exactly once", must hold), as numbers. A ratio is ours divided by the
//! peer's in the same round.

/// Median of an answer under 5 % loss, RTT 100 ms, 8 parallel questions: ours / gRPC.
pub(crate) const LOSS_P50_RATIO: f64 = 0.6;
/// 99th percentile of the same.
pub(crate) const LOSS_P99_RATIO: f64 = 0.6;
/// What is aimed at in both.
pub(crate) const LOSS_GOAL_RATIO: f64 = 0.5;

/// First answer after a change of address, and in 0-RTT after a reconnect to the same server process: round trips, in
/// 95 % of cases.
pub(crate) const FIRST_ANSWER_RTTS: f64 = 1.1;

/// At 64 kbit/s, RTT 300 ms, while backlog drains: a stage stamp is acknowledged, 95th percentile in milliseconds.
pub(crate) const NARROW_STAMP_MS: f64 = 2_000.0;
/// The same: an answer of 3 kB arrives.
pub(crate) const NARROW_ANSWER_MS: f64 = 3_000.0;

/// With 10 % loss and RTT 300 ms: a look-up while 10,000 entries drain / on the idle link, median and 95th percentile.
pub(crate) const DRAIN_RATIO: f64 = 1.5;
/// Over at least so many look-ups in each round.
pub(crate) const DRAIN_LOOKUPS: usize = 200;

/// Draining 10,000 entries / sending them one by one with an acknowledgement each, in entries per second.
pub(crate) const DRAIN_TIMES: f64 = 20.0;

/// On a clean path: suggestions per second through the real server / answers of gRPC's empty handler.
pub(crate) const SUGGESTION_TIMES: f64 = 1.5;
