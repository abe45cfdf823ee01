//! Mean and variance in one pass.

use super::float;

/// Mean and variance of observations, without keeping them: Welford (1962), merged by Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Welford {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Welford {
    /// One more observation.
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / float(self.count);
        self.squares += before * (value - self.mean);
    }
    /// All observations of another one too.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (ours, theirs) = (float(self.count), float(other.count));
        let total = ours + theirs;
        let apart = other.mean - self.mean;
        self.squares += other.squares + apart * apart * ours * theirs / total;
        self.mean += apart * theirs / total;
        self.count += other.count;
    }
    /// How many.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
    /// The mean; 0 of none.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }
    /// The sum.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.mean * float(self.count)
    }
    /// The variance of the sample (divided by n − 1); 0 of fewer than two.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.squares / float(self.count - 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_definition_also_far_from_zero_and_in_parts() {
        let values = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0];
        let mut whole = Welford::default();
        values.iter().for_each(|v| whole.push(*v));
        assert!((whole.mean() - (1e9 + 10.0)).abs() < 1e-6);
        assert!((whole.variance() - 30.0).abs() < 1e-6, "{}", whole.variance());
        let (mut left, mut right) = (Welford::default(), Welford::default());
        values[..1].iter().for_each(|v| left.push(*v));
        values[1..].iter().for_each(|v| right.push(*v));
        left.merge(&right);
        left.merge(&Welford::default());
        assert_eq!(left.count(), 4);
        assert!((left.variance() - 30.0).abs() < 1e-6);
    }
}
