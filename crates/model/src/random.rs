//! Randomness as a parameter: named streams forked from one seed, and ids made from them.

use crate::{LogId, Timestamp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use uuid::Uuid;

/// One seed, many independent streams: an extra draw in one place does not shift the others.
#[derive(Clone, Debug)]
pub struct RngStreams {
    seed: [u8; 32],
}

impl RngStreams {
    /// All streams of this seed.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed }
    }
    /// A short seed, as printed by tests.
    #[must_use]
    pub fn from_u64(seed: u64) -> Self {
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self { seed: bytes }
    }
    /// The stream with this name. The same name gives the same stream from its start.
    #[must_use]
    pub fn stream(&self, name: &str) -> ChaCha12Rng {
        // FNV-1a: stable over releases, which a standard hasher is not.
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let mut rng = ChaCha12Rng::from_seed(self.seed);
        rng.set_stream(hash);
        rng
    }
}

/// Makes ids from a random stream and the writer's time.
#[derive(Clone, Debug)]
pub struct IdSource {
    rng: ChaCha12Rng,
}

impl IdSource {
    /// Ids drawn from this stream.
    #[must_use]
    pub const fn new(rng: ChaCha12Rng) -> Self {
        Self { rng }
    }
    /// A UUIDv7 for `now`.
    pub fn uuid(&mut self, now: Timestamp) -> Uuid {
        let mut random = [0u8; 10];
        self.rng.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(now.millis().max(0).unsigned_abs(), &random).into_uuid()
    }
    /// A log's name: 128 random bits.
    pub fn log(&mut self) -> LogId {
        let mut random = [0u8; 16];
        self.rng.fill_bytes(&mut random);
        LogId::from_bytes(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_independent_and_repeatable() {
        let s = RngStreams::from_u64(7);
        assert_eq!(s.stream("a").next_u64(), s.stream("a").next_u64());
        assert_ne!(s.stream("a").next_u64(), s.stream("b").next_u64());
    }

    #[test]
    fn ids_sort_by_time() {
        let mut ids = IdSource::new(RngStreams::from_u64(1).stream("ids"));
        let (a, b) = (ids.uuid(Timestamp::from_millis(1_000)), ids.uuid(Timestamp::from_millis(2_000)));
        assert!(a < b);
        assert_eq!(a.get_version_num(), 7);
    }
}
