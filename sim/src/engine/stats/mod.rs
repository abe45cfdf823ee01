//! Statistics of runs: means and variances in one pass, averages over time, quantiles, and intervals of confidence.
//!
//! In: observations. Out: estimates with their half-widths. Observations of one run follow each other and are not independent; an
//! interval is made of replications, or of batches of one long run ([`batch_means`]), which nearly are.

mod interval;
mod quantile;
mod time_average;
mod welford;

pub use interval::{Estimate, batch_means, student_t};
pub use quantile::Quantiles;
pub use time_average::TimeAverage;
pub use welford::Welford;

/// A count, or ticks, as a number.
#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53; 2^53 microseconds are 285 years")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}
