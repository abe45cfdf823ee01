//! Durations by chance: the distributions of textbooks, by mean and coefficient of variation.

use rand::{Rng, RngExt};
use rand_distr::{Distribution as _, Exp1, Gamma, StandardNormal};

/// Phases of an Erlang distribution at most; more is as good as constant.
const PHASES_MAX: u32 = 10_000;

/// A distribution of durations. Means are in any unit; a draw has the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the mean.
    Deterministic {
        /// Mean.
        mean: f64,
    },
    /// Coefficient of variation 1, no memory.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Log-normal: σ² = ln(1 + cv²), μ = ln(mean) − σ²/2.
    LogNormal {
        /// Mean.
        mean: f64,
        /// Coefficient of variation, > 0.
        cv: f64,
    },
    /// Gamma: shape 1/cv², scale mean·cv².
    Gamma {
        /// Mean.
        mean: f64,
        /// Coefficient of variation, > 0.
        cv: f64,
    },
    /// A sum of equal exponential phases; cv = 1/√phases.
    Erlang {
        /// Mean of the sum.
        mean: f64,
        /// Phases, 1–10,000.
        phases: u32,
    },
    /// Uniform between mean·(1 − √3·cv) and mean·(1 + √3·cv).
    Uniform {
        /// Mean.
        mean: f64,
        /// Coefficient of variation, above 0 and at most 1/√3.
        cv: f64,
    },
    /// One of two exponential distributions, with balanced means (p₁m₁ = p₂m₂); cv > 1.
    Hyperexponential {
        /// Mean.
        mean: f64,
        /// Coefficient of variation, > 1.
        cv: f64,
    },
    /// One of these values, each with its probability.
    Values {
        /// Value and probability; the probabilities sum to 1.
        values: Vec<(f64, f64)>,
    },
}

/// Why a distribution cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// A mean that is no positive, finite number.
    #[error("the mean must be a number above 0")]
    Mean,
    /// A coefficient of variation that this distribution cannot have.
    #[error("the coefficient of variation must be {0}")]
    Cv(&'static str),
    /// Phases out of range.
    #[error("an Erlang distribution has 1 to 10,000 phases")]
    Phases,
    /// No values, a negative one, or probabilities that do not sum to 1.
    #[error("values must be at least 0, not all 0, with probabilities that sum to 1")]
    Values,
}

impl Distribution {
    /// Whether the parameters make sense.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn check(&self) -> Result<(), DrawError> {
        match self {
            Self::Values { values } => return checked_values(values),
            Self::LogNormal { cv, .. } | Self::Gamma { cv, .. } if !positive(*cv) => {
                return Err(DrawError::Cv("above 0"));
            }
            Self::Uniform { cv, .. } if !(positive(*cv) && *cv <= third_root()) => {
                return Err(DrawError::Cv("above 0 and at most 1/√3 = 0.57735 for a uniform distribution"));
            }
            Self::Hyperexponential { cv, .. } if !(positive(*cv) && *cv > 1.0) => {
                return Err(DrawError::Cv("above 1 for a hyperexponential distribution"));
            }
            Self::Erlang { phases, .. } if !(1..=PHASES_MAX).contains(phases) => return Err(DrawError::Phases),
            _ => {}
        }
        if positive(self.mean()) { Ok(()) } else { Err(DrawError::Mean) }
    }
    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Deterministic { mean }
            | Self::Exponential { mean }
            | Self::LogNormal { mean, .. }
            | Self::Gamma { mean, .. }
            | Self::Erlang { mean, .. }
            | Self::Uniform { mean, .. }
            | Self::Hyperexponential { mean, .. } => *mean,
            Self::Values { values } => values.iter().map(|(value, p)| value * p).sum(),
        }
    }
    /// The coefficient of variation.
    #[must_use]
    pub fn cv(&self) -> f64 {
        match self {
            Self::Deterministic { .. } => 0.0,
            Self::Exponential { .. } => 1.0,
            Self::Erlang { phases, .. } => 1.0 / f64::from(*phases).sqrt(),
            Self::LogNormal { cv, .. } | Self::Gamma { cv, .. } => *cv,
            Self::Uniform { cv, .. } | Self::Hyperexponential { cv, .. } => *cv,
            Self::Values { values } => {
                let mean = self.mean();
                let square: f64 = values.iter().map(|(value, p)| value * value * p).sum();
                (square - mean * mean).max(0.0).sqrt() / mean
            }
        }
    }
    /// The mean of the square: what a call that comes at random finds left of a service is half of it over the mean.
    #[must_use]
    pub fn second_moment(&self) -> f64 {
        self.mean() * self.mean() * (1.0 + self.cv() * self.cv())
    }
    /// Whether it has no memory.
    #[must_use]
    pub const fn is_exponential(&self) -> bool {
        matches!(self, Self::Exponential { .. } | Self::Erlang { phases: 1, .. })
    }
    /// What draws from it, its constants worked out once.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn sampler(&self) -> Result<Sampler, DrawError> {
        self.check()?;
        Ok(Sampler(match self {
            Self::Deterministic { mean } => Kind::Constant(*mean),
            Self::Exponential { mean } => Kind::Exponential(*mean),
            Self::LogNormal { mean, cv } => {
                let variance = libm::log1p(cv * cv);
                Kind::LogNormal { mu: libm::log(*mean) - variance / 2.0, sigma: variance.sqrt() }
            }
            Self::Gamma { mean, cv } => gamma(1.0 / (cv * cv), mean * cv * cv)?,
            Self::Erlang { mean, phases } => gamma(f64::from(*phases), mean / f64::from(*phases))?,
            Self::Uniform { mean, cv } => {
                let half = mean * cv / third_root();
                Kind::Uniform { from: (mean - half).max(0.0), width: 2.0 * half }
            }
            Self::Hyperexponential { mean, cv } => {
                let square = cv * cv;
                let p = 0.5 * (1.0 + ((square - 1.0) / (square + 1.0)).sqrt());
                Kind::Hyperexponential { p, first: mean / (2.0 * p), second: mean / (2.0 * (1.0 - p)) }
            }
            Self::Values { values } => Kind::Values(values.clone()),
        }))
    }
}

/// Draws from a [`Distribution`].
#[derive(Clone, Debug)]
pub struct Sampler(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Constant(f64),
    Exponential(f64),
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma<f64>),
    Uniform { from: f64, width: f64 },
    Hyperexponential { p: f64, first: f64, second: f64 },
    Values(Vec<(f64, f64)>),
}

impl Sampler {
    /// One duration, never negative.
    pub fn draw<R: Rng>(&self, rng: &mut R) -> f64 {
        match &self.0 {
            Kind::Constant(value) => *value,
            Kind::Exponential(mean) => mean * unit_exponential(rng),
            Kind::LogNormal { mu, sigma } => {
                let z: f64 = StandardNormal.sample(rng);
                libm::exp(mu + sigma * z)
            }
            Kind::Gamma(gamma) => gamma.sample(rng),
            Kind::Uniform { from, width } => from + width * rng.random::<f64>(),
            Kind::Hyperexponential { p, first, second } => {
                let mean = if rng.random::<f64>() < *p { first } else { second };
                mean * unit_exponential(rng)
            }
            Kind::Values(values) => picked(values, rng.random::<f64>()),
        }
    }
}

fn unit_exponential<R: Rng>(rng: &mut R) -> f64 {
    Exp1.sample(rng)
}

fn gamma(shape: f64, scale: f64) -> Result<Kind, DrawError> {
    Gamma::new(shape, scale).map(Kind::Gamma).map_err(|_| DrawError::Cv("one that a gamma distribution can have"))
}

/// The value whose part of [0, 1) holds `u`; what rounding leaves over belongs to the last.
fn picked(values: &[(f64, f64)], u: f64) -> f64 {
    let mut upto = 0.0;
    for (value, p) in values {
        upto += p;
        if u < upto {
            return *value;
        }
    }
    values.last().map_or(0.0, |(value, _)| *value)
}

fn checked_values(values: &[(f64, f64)]) -> Result<(), DrawError> {
    let fits = |number: f64| number.is_finite() && number >= 0.0;
    let total: f64 = values.iter().map(|(_, p)| p).sum();
    let mean: f64 = values.iter().map(|(value, p)| value * p).sum();
    let all = values.iter().all(|(value, p)| fits(*value) && fits(*p));
    if all && (total - 1.0).abs() < 1e-9 && mean > 0.0 { Ok(()) } else { Err(DrawError::Values) }
}

fn positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

/// 1/√3, the coefficient of variation of a uniform distribution from 0.
fn third_root() -> f64 {
    1.0 / 3.0_f64.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Streams, stats::Welford};

    fn all() -> Vec<Distribution> {
        vec![
            Distribution::Deterministic { mean: 3.0 },
            Distribution::Exponential { mean: 3.0 },
            Distribution::LogNormal { mean: 3.0, cv: 0.5 },
            Distribution::Gamma { mean: 3.0, cv: 0.8 },
            Distribution::Gamma { mean: 3.0, cv: 1.5 },
            Distribution::Erlang { mean: 3.0, phases: 4 },
            Distribution::Uniform { mean: 3.0, cv: 0.4 },
            Distribution::Hyperexponential { mean: 3.0, cv: 2.0 },
            Distribution::Values { values: vec![(1.0, 0.5), (5.0, 0.5)] },
        ]
    }

    #[test]
    fn draws_have_the_stated_mean_and_variation() {
        for (at, distribution) in all().into_iter().enumerate() {
            let sampler = distribution.sampler().expect("sound");
            let mut rng = Streams::new(1, 0).of("draw", at as u64);
            let mut drawn = Welford::default();
            (0..40_000).for_each(|_| drawn.push(sampler.draw(&mut rng)));
            let error = 4.0 * distribution.mean() * distribution.cv() / 200.0;
            assert!((drawn.mean() - distribution.mean()).abs() <= error + 1e-12, "{distribution:?}: {}", drawn.mean());
            let cv = drawn.variance().sqrt() / drawn.mean();
            assert!((cv - distribution.cv()).abs() <= 0.05 * distribution.cv() + 1e-12, "{distribution:?}: cv {cv}");
        }
    }

    #[test]
    fn parameters_that_make_no_sense_are_refused() {
        for wrong in [
            Distribution::Exponential { mean: 0.0 },
            Distribution::Deterministic { mean: f64::NAN },
            Distribution::LogNormal { mean: 1.0, cv: 0.0 },
            Distribution::Uniform { mean: 1.0, cv: 0.6 },
            Distribution::Hyperexponential { mean: 1.0, cv: 1.0 },
            Distribution::Erlang { mean: 1.0, phases: 0 },
            Distribution::Values { values: vec![(1.0, 0.5), (2.0, 0.4)] },
            Distribution::Values { values: vec![] },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
            assert!(wrong.sampler().is_err(), "{wrong:?}");
        }
    }
}
