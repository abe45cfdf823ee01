//! Times of many steps of one kind, told by their quantiles.

use hdrhistogram::Histogram;
use serde::Serialize;

/// Times of a kind of step, milliseconds from the moment at which the step was meant to begin.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// Half were faster.
    pub p50_ms: f64,
    /// 95 of 100 were faster.
    pub p95_ms: f64,
    /// 99 of 100 were faster.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Times {
    /// Of a histogram of microseconds.
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let ms = |us: u64| us as f64 / 1_000.0;
        let at = |quantile: f64| ms(histogram.value_at_quantile(quantile));
        Self {
            count: histogram.len(),
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            max_ms: ms(histogram.max()),
        }
    }

    /// A line of a summary.
    pub(crate) fn line(&self, what: &str) -> String {
        format!(
            "{what:<12} p50 {:>8.0} ms   p95 {:>8.0} ms   p99 {:>8.0} ms   max {:>8.0} ms\n",
            self.p50_ms, self.p95_ms, self.p99_ms, self.max_ms
        )
    }
}

/// Times in microseconds, each so many times: three digits up to an hour.
pub(crate) fn histogram(found: impl Iterator<Item = (u64, u64)>) -> Histogram<u64> {
    let mut histogram = Histogram::<u64>::new_with_bounds(1, 3_600_000_000, 3)
        .unwrap_or_else(|error| panic!("bounds of a histogram: {error}"));
    for (us, n) in found {
        histogram.saturating_record_n(us, n);
    }
    histogram
}

/// The same, told by a few quantiles.
pub(crate) fn times(found: impl Iterator<Item = (u64, u64)>) -> Times {
    Times::of(&histogram(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_counts_as_often_as_it_came() {
        let found = times([(1_000, 99), (100_000, 1)].into_iter());
        assert_eq!(found.count, 100);
        assert!(found.p50_ms < 1.1 && found.max_ms > 99.0, "{found:?}");
    }
}
