//! Every policy and oracle at the same choices.

use super::point::{Cost, Policy, cost};
use crate::engine::stats::{Estimate, Welford};
use crate::world::ChoicePoint;

/// Level of the intervals.
pub(super) const CONFIDENCE: f64 = 0.95;

/// One policy over all choices.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) policy: Policy,
    /// Minutes from the first enquiry to the treatment.
    pub(super) minutes: Estimate,
    pub(super) enquiries: f64,
    pub(super) asking: f64,
    pub(super) last_resort: f64,
    /// Cases with four enquiries and more.
    pub(super) four: f64,
    /// Minutes above the oracle that pays one enquiry.
    pub(super) regret: Estimate,
    /// Minutes above the product; below 0 is better.
    pub(super) above_product: Estimate,
}

/// All policies over these choices, and how many they were. Cases are independent enough for an interval: each has its own patient, place and
/// answers; what they share (an hour, a crowded region) makes it a little too narrow.
pub(super) fn rows<'a>(points: impl Iterator<Item = &'a ChoicePoint> + Clone) -> (Vec<Row>, usize) {
    let costs: Vec<[Cost; Policy::ALL.len()]> = points.filter_map(all).collect();
    let place = |policy| Policy::ALL.iter().position(|p| *p == policy).unwrap_or(0);
    let (product, oracle) = (place(Policy::Product), place(Policy::Clairvoyant));
    let row = |at: usize| {
        let over = |of: &dyn Fn(&[Cost; Policy::ALL.len()]) -> f64| {
            let mut sum = Welford::default();
            costs.iter().for_each(|one| sum.push(of(one)));
            Estimate::of_welford(&sum, CONFIDENCE)
        };
        Row {
            policy: Policy::ALL[at],
            minutes: over(&|one| one[at].minutes),
            enquiries: over(&|one| one[at].enquiries).mean,
            asking: over(&|one| one[at].asking).mean,
            last_resort: over(&|one| f64::from(u8::from(one[at].last_resort))).mean,
            four: over(&|one| f64::from(u8::from(one[at].enquiries >= 4.0))).mean,
            regret: over(&|one| one[at].minutes - one[oracle].minutes),
            above_product: over(&|one| one[at].minutes - one[product].minutes),
        }
    };
    ((0..Policy::ALL.len()).map(row).collect(), costs.len())
}

fn all(point: &ChoicePoint) -> Option<[Cost; Policy::ALL.len()]> {
    let mut costs = [Cost::default(); Policy::ALL.len()];
    for (of, policy) in costs.iter_mut().zip(Policy::ALL) {
        *of = cost(policy, point)?;
    }
    Some(costs)
}
