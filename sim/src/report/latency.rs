//! Times by their quantile, out of a histogram (HdrHistogram: three digits at every size).

use super::block::LatencyCurve;
use super::number::nan_from_null;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// The quantiles that are kept, as parts of 1: equal steps in the number of nines.
const QUANTILES: [f64; 22] = [
    0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9995,
    0.9999, 0.99995, 0.99999,
];
const US_PER_MS: f64 = 1_000.0;

/// So much of all was at most this long.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Quantile {
    /// From 0 to 1.
    pub at: f64,
    /// The time.
    #[serde(deserialize_with = "nan_from_null")]
    pub value: f64,
}

/// A curve in milliseconds out of a histogram of microseconds. A quantile that fewer than one value lies beyond is not told.
#[must_use]
pub fn curve(name: impl Into<String>, histogram: &Histogram<u64>) -> LatencyCurve {
    let count = histogram.len();
    let told = |at: &&f64| count as f64 * (1.0 - **at) >= 1.0 || **at == 0.0;
    let value = |at: f64| histogram.value_at_quantile(at) as f64 / US_PER_MS;
    let quantiles = match count {
        0 => Vec::new(),
        _ => QUANTILES.iter().filter(told).map(|at| Quantile { at: *at, value: value(*at) }).collect(),
    };
    let (mean, max) = match count {
        0 => (f64::NAN, f64::NAN),
        _ => (histogram.mean() / US_PER_MS, histogram.max() as f64 / US_PER_MS),
    };
    LatencyCurve { name: name.into(), count, mean, max, quantiles }
}

impl LatencyCurve {
    /// The time at a quantile that is told, else none.
    #[must_use]
    pub fn at(&self, quantile: f64) -> Option<f64> {
        self.quantiles.iter().find(|told| told.at == quantile).map(|told| told.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_that_nobody_stands_in_is_not_told() {
        let mut histogram = Histogram::<u64>::new_with_bounds(1, 3_600_000_000, 3).expect("bounds");
        (1..=1_000).for_each(|ms| histogram.saturating_record(ms * 1_000));
        let curve = curve("ask", &histogram);
        assert_eq!(curve.count, 1_000);
        assert!((curve.at(0.5).expect("p50") - 500.0).abs() < 1.0, "{curve:?}");
        assert!((curve.at(0.99).expect("p99") - 990.0).abs() < 1.5, "{curve:?}");
        assert!(curve.at(0.999).is_some() && curve.at(0.9995).is_none(), "{curve:?}");
    }

    #[test]
    fn no_times_are_no_curve() {
        let curve = curve("ask", &Histogram::<u64>::new(3).expect("digits"));
        assert!(curve.quantiles.is_empty() && curve.max.is_nan());
    }
}
