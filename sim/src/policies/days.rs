//! The whole scenario once for each policy, with the same chance.

use super::choices::CONFIDENCE;
use crate::engine::stats::Estimate;
use crate::scenario::{Asking, Choice, Scenario};
use crate::world::{Stretch, Tally};

/// A policy of the whole day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Day {
    pub(super) name: &'static str,
    change: fn(&mut Scenario),
}

/// The product first; the others differ from it by one thing.
pub(super) const DAYS: [Day; 8] = [
    Day { name: "v + c/p (the product)", change: |_| () },
    Day { name: "nearest first", change: |s| s.policies.choice = Choice::NearestFirst },
    Day { name: "likeliest to accept first", change: |s| s.policies.choice = Choice::AcceptanceFirst },
    Day { name: "several at once (一斉照会)", change: |s| s.policies.asking = Asking::Together },
    Day { name: "without history", change: |s| s.policies.history = false },
    Day { name: "without soft holds", change: |s| s.policies.soft_hold = false },
    Day { name: "without the desks' reports", change: |s| s.policies.reports = false },
    Day { name: "the card is read before anything is asked", change: |s| s.card.beside = false },
];

impl Day {
    /// The scenario under this policy; everything else is the same.
    pub(super) fn of(self, scenario: &Scenario) -> Scenario {
        let mut changed = scenario.clone();
        changed.policies.choice = Choice::Ranked;
        changed.policies.asking = Asking::OneByOne;
        (changed.policies.history, changed.policies.soft_hold, changed.policies.reports) = (true, true, true);
        changed.card.beside = true;
        (self.change)(&mut changed);
        changed
    }
}

/// What is told of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    OnScene,
    Drive,
    SceneToHospital,
    Whole,
    Enquiries,
    FourOrMore,
    Difficult,
    Busy,
}

impl Figure {
    pub(super) const ALL: [Self; 8] = [
        Self::OnScene,
        Self::Drive,
        Self::SceneToHospital,
        Self::Whole,
        Self::Enquiries,
        Self::FourOrMore,
        Self::Difficult,
        Self::Busy,
    ];
    pub(super) const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::OnScene => ("on scene", "min"),
            Self::Drive => ("drive", "min"),
            Self::SceneToHospital => ("arrival to hospital", "min"),
            Self::Whole => ("call to handover", "min"),
            Self::Enquiries => ("enquiries", ""),
            Self::FourOrMore => ("four and more", "%"),
            Self::Difficult => ("搬送困難", "%"),
            Self::Busy => ("units at work", ""),
        }
    }
    pub(super) fn of(self, tally: &Tally) -> f64 {
        let mean = |stretch: Stretch| {
            let place = Stretch::ALL.iter().position(|s| *s == stretch).unwrap_or(0);
            tally.stretches.get(place).map_or(0.0, |all| all.iter().sum::<f64>() / all.len().max(1) as f64)
        };
        match self {
            Self::OnScene => mean(Stretch::OnScene),
            Self::Drive => mean(Stretch::Drive),
            Self::SceneToHospital => mean(Stretch::OnScene) + mean(Stretch::Drive),
            Self::Whole => mean(Stretch::Whole),
            Self::Enquiries => tally.enquiries.mean(),
            Self::FourOrMore => tally.enquiries.share_from(4) * 100.0,
            Self::Difficult => tally.difficult as f64 / tally.transports.max(1) as f64 * 100.0,
            Self::Busy => tally.busy,
        }
    }
}

/// A figure of a policy: its mean, and its difference from the product's, paired by replication.
pub(super) fn beside(product: &[Tally], other: &[Tally], figure: Figure) -> (f64, Estimate) {
    let values: Vec<f64> = other.iter().map(|tally| figure.of(tally)).collect();
    let apart: Vec<f64> = values.iter().zip(product).map(|(value, tally)| value - figure.of(tally)).collect();
    (Estimate::of(&values, CONFIDENCE).mean, Estimate::of(&apart, CONFIDENCE))
}
