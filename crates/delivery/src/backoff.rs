//! How long to wait before trying again: exponential with full jitter, so that a fleet does not return in step.

use rand::Rng;

use crate::limits::{BACKOFF_FIRST_US, BACKOFF_MAX_US};

/// Microseconds to wait after `failures` failures in a row (1 for the first): evenly between half and all of
/// `BACKOFF_FIRST_US · 2^(failures − 1)`, capped at [`BACKOFF_MAX_US`].
pub fn wait_us(failures: u32, rng: &mut (impl Rng + ?Sized)) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let whole = BACKOFF_FIRST_US.saturating_mul(1 << doublings).min(BACKOFF_MAX_US);
    let half = whole / 2;
    half + rng.next_u64() % (whole - half + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::RngStreams;

    #[test]
    fn waits_grow_to_the_cap_and_differ() {
        let mut rng = RngStreams::from_u64(1).stream("backoff");
        let mut seen = std::collections::BTreeSet::new();
        for failures in [1, 2, 3, 7, 40, u32::MAX] {
            let top = (BACKOFF_FIRST_US << failures.saturating_sub(1).min(16)).min(BACKOFF_MAX_US);
            for _ in 0..50 {
                let wait = wait_us(failures, &mut rng);
                assert!((top / 2..=top).contains(&wait), "{failures}: {wait}");
                seen.insert(wait);
            }
        }
        assert!(seen.len() > 250);
    }
}
