//! Chance: streams forked from one seed, by purpose, entity and replication, and numbers that every policy shares.

use model::RngStreams;
use rand_chacha::ChaCha12Rng;

/// All streams of one replication of one seed.
///
/// A stream belongs to one purpose of one entity ("service of unit 7"): an extra draw in one place does not shift the others, so two
/// policies meet the same calls, services and travels (common random numbers).
#[derive(Clone, Debug)]
pub struct Streams {
    root: RngStreams,
    seed: u64,
    replication: u64,
}

impl Streams {
    /// The streams of a replication. Replications of a seed are independent of each other.
    #[must_use]
    pub fn new(seed: u64, replication: u64) -> Self {
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&replication.to_le_bytes());
        Self { root: RngStreams::new(bytes), seed, replication }
    }
    /// The stream of a purpose.
    #[must_use]
    pub fn purpose(&self, purpose: &str) -> ChaCha12Rng {
        self.root.stream(purpose)
    }
    /// The stream of a purpose of one of many entities.
    #[must_use]
    pub fn of(&self, purpose: &str, entity: u64) -> ChaCha12Rng {
        self.root.stream(&format!("{purpose}/{entity}"))
    }
    /// A number in [0, 1) that belongs to a question ("does this hospital take this patient in this minute?") and not to how
    /// often anybody asked before: see [`common_uniform`].
    #[must_use]
    pub fn common(&self, parts: &[u64]) -> f64 {
        common_uniform(mixed(mixed(0, self.seed), self.replication), parts)
    }
}

/// A number in [0, 1) from a seed and what is asked about; the order of the parts counts.
///
/// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) over the parts, one after the other; its upper 53 bits.
#[must_use]
pub fn common_uniform(seed: u64, parts: &[u64]) -> f64 {
    let bits = parts.iter().fold(mixed(0, seed), |state, part| mixed(state, *part));
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact in an f64")]
    let upper = (bits >> 11) as f64;
    upper / 9_007_199_254_740_992.0
}

/// One step of SplitMix64 from `state` with `part` added.
const fn mixed(state: u64, part: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(part.wrapping_mul(0xd134_2543_de82_ef95));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::stats::Welford;
    use rand::RngExt;

    #[test]
    fn streams_differ_by_purpose_entity_and_replication() {
        let first = |streams: &Streams, purpose: &str, entity| streams.of(purpose, entity).random::<u64>();
        let streams = Streams::new(1, 0);
        let drawn = [
            first(&streams, "service", 1),
            first(&streams, "service", 2),
            first(&streams, "travel", 1),
            first(&Streams::new(1, 1), "service", 1),
            first(&Streams::new(2, 0), "service", 1),
        ];
        for (at, one) in drawn.iter().enumerate() {
            assert!(!drawn[at + 1..].contains(one), "{drawn:?}");
        }
        assert_eq!(drawn[0], first(&Streams::new(1, 0), "service", 1));
    }

    #[test]
    fn common_numbers_are_uniform_and_belong_to_the_question() {
        let streams = Streams::new(7, 3);
        assert!((streams.common(&[1, 2]) - streams.common(&[1, 2])).abs() < f64::EPSILON);
        assert!((streams.common(&[1, 2]) - streams.common(&[2, 1])).abs() > 1e-9);
        let mut all = Welford::default();
        let mut product = Welford::default();
        for incident in 0..200 {
            for hospital in 0..200 {
                let u = streams.common(&[incident, hospital]);
                all.push(u);
                product.push((u - 0.5) * (streams.common(&[incident, hospital + 1]) - 0.5));
            }
        }
        // 40,000 numbers: the standard error of the mean is 0.0014, of the variance 0.0004, of the covariance 0.0004.
        assert!((all.mean() - 0.5).abs() < 0.006, "{}", all.mean());
        assert!((all.variance() - 1.0 / 12.0).abs() < 0.002, "{}", all.variance());
        assert!(product.mean().abs() < 0.002, "{}", product.mean());
    }
}
