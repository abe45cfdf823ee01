//! What the working units press, and when: drawn once from the seed.

use model::{CaseId, Stage};
use rand::Rng;
use std::time::Duration;

/// The stages whose stamps are measured, in order: those in which a crew is on its way with a patient or to one.
pub(super) const STAGES: [Stage; 6] =
    [Stage::EnRoute, Stage::OnScene, Stage::AtPatient, Stage::InVehicle, Stage::LeftScene, Stage::AtDestination];

/// One press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Press {
    /// After the begin.
    pub(super) at: Duration,
    pub(super) case: CaseId,
    pub(super) stage: Stage,
}

/// The presses of one case, in their order, at random moments within `within`.
pub(super) fn presses(case: CaseId, within: Duration, rng: &mut impl Rng) -> Vec<Press> {
    let mut moments: Vec<Duration> = STAGES.iter().map(|_| within.mul_f64(part(rng))).collect();
    moments.sort_unstable();
    moments.into_iter().zip(STAGES).map(|(at, stage)| Press { at, case, stage }).collect()
}

/// 0 to 1.
pub(super) fn part(rng: &mut impl Rng) -> f64 {
    f64::from(rng.next_u32()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn stages_come_in_their_order_within_the_time() {
        let within = Duration::from_secs(60);
        let list = presses(CaseId::from_bytes([7; 16]), within, &mut StdRng::seed_from_u64(3));
        assert_eq!(list.iter().map(|press| press.stage).collect::<Vec<_>>(), STAGES);
        assert!(list.is_sorted_by_key(|press| press.at) && list.iter().all(|press| press.at <= within), "{list:?}");
    }
}
