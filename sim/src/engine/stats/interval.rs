//! Intervals of confidence by Student's t.

use super::{Welford, float};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean and the half-width of its interval of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The mean of the replications or batches.
    pub mean: f64,
    /// The interval is mean ± this; none of fewer than two.
    pub half_width: Option<f64>,
    /// Replications or batches.
    pub n: u64,
}

impl Estimate {
    /// Of observations that are independent of each other, at this level (0.95 for 95 %).
    #[must_use]
    pub fn of(values: &[f64], confidence: f64) -> Self {
        let mut all = Welford::default();
        values.iter().for_each(|value| all.push(*value));
        Self::of_welford(&all, confidence)
    }
    /// Of observations already summed up.
    #[must_use]
    pub fn of_welford(all: &Welford, confidence: f64) -> Self {
        let half_width = (all.count() >= 2).then(|| {
            student_t(1.0 - (1.0 - confidence) / 2.0, all.count() - 1) * (all.variance() / float(all.count())).sqrt()
        });
        Self { mean: all.mean(), half_width, n: all.count() }
    }
    /// Whether the interval holds this value. Without an interval nothing is held.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        // What is exactly the same in every replication has an interval of no width: only rounding may lie between.
        let rounding = 1e-9 * value.abs().max(1e-12);
        self.half_width.is_some_and(|half| (self.mean - value).abs() <= half + rounding)
    }
}

/// The mean of one long run with an interval from its batches: `values` in order are cut into `batches` of the same length, whose
/// means count as observations; what does not fill a batch at the end is left out. Fewer values than batches: no interval.
#[must_use]
pub fn batch_means(values: &[f64], batches: usize, confidence: f64) -> Estimate {
    let length = values.len() / batches.max(1);
    if length == 0 {
        return Estimate { half_width: None, ..Estimate::of(values, confidence) };
    }
    let means: Vec<f64> =
        values.chunks_exact(length).take(batches).map(|batch| Estimate::of(batch, confidence).mean).collect();
    Estimate::of(&means, confidence)
}

/// The quantile `p` of Student's t with so many degrees of freedom (≥ 1).
#[must_use]
pub fn student_t(p: f64, freedom: u64) -> f64 {
    StudentsT::new(0.0, 1.0, float(freedom.max(1))).map_or(f64::INFINITY, |t| t.inverse_cdf(p.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Distribution, Streams};

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
        for (p, freedom, printed) in [
            (0.975, 1, 12.706),
            (0.975, 4, 2.776),
            (0.95, 9, 1.833),
            (0.975, 19, 2.093),
            (0.995, 19, 2.861),
            (0.999, 30, 3.385),
            (0.975, 39, 2.023),
            (0.975, 100, 1.984),
        ] {
            let ours = student_t(p, freedom);
            assert!((ours - printed).abs() < 6e-4, "t({p}, {freedom}) = {ours}, printed {printed}");
        }
        assert!((student_t(0.025, 19) + student_t(0.975, 19)).abs() < 1e-9);
    }

    #[test]
    fn the_half_width_is_the_textbooks() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95);
        // t(0.975, 4) · √(2.5 / 5)
        assert!((estimate.half_width.expect("five") - 2.776_445 * 0.5_f64.sqrt()).abs() < 1e-5);
        assert!(estimate.holds(4.9) && !estimate.holds(5.0));
        assert_eq!(Estimate::of(&[1.0], 0.95).half_width, None);
    }

    #[test]
    fn intervals_of_95_percent_hold_the_mean_in_about_95_of_100() {
        let sampler = Distribution::Gamma { mean: 2.0, cv: 0.5 }.sampler().expect("sound");
        let held = (0..400).filter(|replication| {
            let mut rng = Streams::new(3, *replication).purpose("coverage");
            let values: Vec<f64> = (0..20).map(|_| sampler.draw(&mut rng)).collect();
            Estimate::of(&values, 0.95).holds(2.0)
        });
        let held = held.count();
        // 380 expected, standard error 4.4; a gamma distribution's tail costs a little.
        assert!((362..=395).contains(&held), "{held} of 400");
    }

    #[test]
    fn batches_of_a_correlated_run_have_a_wider_interval_than_its_single_values() {
        let sampler = Distribution::Exponential { mean: 1.0 }.sampler().expect("sound");
        let mut rng = Streams::new(5, 0).purpose("batches");
        let mut level = 1.0;
        let values: Vec<f64> = (0..4_000)
            .map(|_| {
                level = 0.95 * level + 0.05 * sampler.draw(&mut rng);
                level
            })
            .collect();
        let batched = batch_means(&values, 20, 0.95);
        let naive = Estimate::of(&values, 0.95);
        assert!(batched.half_width > naive.half_width.map(|half| 3.0 * half), "{batched:?} {naive:?}");
        assert_eq!(batch_means(&values[..5], 20, 0.95).half_width, None);
    }
}
