//! Quantiles of kept observations.

use super::float;

/// Observations that are kept, and their quantiles: exact, by linear interpolation between neighbours (type 7 of Hyndman and Fan,
/// 1996, the usual one of R and NumPy).
#[derive(Clone, Debug, Default)]
pub struct Quantiles {
    values: Vec<f64>,
    sorted: bool,
}

impl Quantiles {
    /// One more observation.
    pub fn push(&mut self, value: f64) {
        self.values.push(value);
        self.sorted = false;
    }
    /// All observations of another one too.
    pub fn merge(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
        self.sorted = false;
    }
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    /// The value that a share `q` (0–1) of the observations is at or below; none of no observations.
    pub fn at(&mut self, q: f64) -> Option<f64> {
        self.sort();
        let last = self.values.len().checked_sub(1)?;
        let place = q.clamp(0.0, 1.0) * float(last as u64);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
        let below = place.floor() as usize;
        let low = *self.values.get(below)?;
        let high = self.values.get(below + 1).copied().unwrap_or(low);
        Some(low + (high - low) * (place - float(below as u64)))
    }
    /// The share of the observations that is below `limit`; 0 of none.
    pub fn share_below(&mut self, limit: f64) -> f64 {
        self.sort();
        if self.values.is_empty() {
            return 0.0;
        }
        float(self.values.partition_point(|v| *v < limit) as u64) / float(self.values.len() as u64)
    }

    fn sort(&mut self) {
        if !self.sorted {
            self.values.sort_unstable_by(f64::total_cmp);
            self.sorted = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_type_7() {
        let mut values = Quantiles::default();
        assert_eq!(values.at(0.5), None);
        [4.0, 1.0, 3.0, 2.0].iter().for_each(|v| values.push(*v));
        assert_eq!(values.at(0.5), Some(2.5));
        assert_eq!(values.at(0.9), Some(3.7));
        assert_eq!((values.at(0.0), values.at(1.0), values.at(7.0)), (Some(1.0), Some(4.0), Some(4.0)));
        assert!((values.share_below(3.0) - 0.5).abs() < 1e-12, "3 is not below 3");
    }
}
