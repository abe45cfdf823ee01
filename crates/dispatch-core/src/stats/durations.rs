//! Times between stages: what counts, and what is left out and why.

use case::{CaseFacts, CaseView, StageTime};
use model::{EventTime, Stage};
use std::collections::BTreeMap;

/// A longer time between two stages on scene is a slip, not a transport; it is left out and counted.
const LONGEST_US: i64 = 24 * 60 * 60 * 1_000_000;

/// A time of the published table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interval {
    /// 現着→接触.
    SceneToPatient,
    /// 接触→車内収容.
    PatientToVehicle,
    /// 車内収容→現発.
    VehicleToDeparture,
    /// 現着→現発, the whole.
    SceneToDeparture,
}

impl Interval {
    /// In the order of the table.
    pub const ALL: [Self; 4] =
        [Self::SceneToPatient, Self::PatientToVehicle, Self::VehicleToDeparture, Self::SceneToDeparture];
    /// Its first and last stage.
    #[must_use]
    pub const fn stages(self) -> (Stage, Stage) {
        match self {
            Self::SceneToPatient => (Stage::OnScene, Stage::AtPatient),
            Self::PatientToVehicle => (Stage::AtPatient, Stage::InVehicle),
            Self::VehicleToDeparture => (Stage::InVehicle, Stage::LeftScene),
            Self::SceneToDeparture => (Stage::OnScene, Stage::LeftScene),
        }
    }
    /// The key in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::SceneToPatient => "on_scene_to_at_patient",
            Self::PatientToVehicle => "at_patient_to_in_vehicle",
            Self::VehicleToDeparture => "in_vehicle_to_left_scene",
            Self::SceneToDeparture => "on_scene_to_left_scene",
        }
    }
    /// The heading of the published table.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::SceneToPatient => "現着→接触",
            Self::PatientToVehicle => "接触→車内収容",
            Self::VehicleToDeparture => "車内収容→現発",
            Self::SceneToDeparture => "現着→現発",
        }
    }
}

/// What became of one interval of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// Microseconds.
    Took(i64),
    /// One of its stages was not stamped.
    Missing,
    /// A clock's offset was unknown, and the two stamps are not of one boot of one device.
    Uncertain,
    /// The end stands before the beginning, or more than a day behind it.
    Implausible,
}

/// Measures the leg on which the scene was reached first.
pub(crate) fn measure(facts: &CaseFacts, view: &CaseView) -> BTreeMap<Interval, Measured> {
    let leg = view.stages.keys().find(|(_, stage)| *stage == Stage::OnScene).map_or(1, |(leg, _)| *leg);
    let stage = |stage| view.stages.get(&(leg, stage));
    let between = |interval: Interval| {
        let (first, last) = interval.stages();
        match (stage(first), stage(last)) {
            (Some(first), Some(last)) => took(facts, first, last),
            _ => Measured::Missing,
        }
    };
    Interval::ALL.into_iter().map(|interval| (interval, between(interval))).collect()
}

/// Inside one boot by the monotonic clock, which nobody can set; else by corrected time, when both clocks are known.
pub(crate) fn took(facts: &CaseFacts, first: &StageTime, last: &StageTime) -> Measured {
    let us = match (pressed(facts, first), pressed(facts, last)) {
        (Some(a), Some(b)) if a.mono.boot == b.mono.boot => between_us(a, b),
        _ if first.uncertain || last.uncertain => return Measured::Uncertain,
        _ => last.at.since_us(first.at),
    };
    if (0..=LONGEST_US).contains(&us) { Measured::Took(us) } else { Measured::Implausible }
}

fn between_us(a: EventTime, b: EventTime) -> i64 {
    let us = |t: EventTime| i64::try_from(t.mono.us).unwrap_or(i64::MAX);
    us(b).saturating_sub(us(a))
}

/// The time of the press behind a stage; none when the time that counts is another: corrected, or told by the caller.
fn pressed(facts: &CaseFacts, stage: &StageTime) -> Option<EventTime> {
    let time = facts.get(stage.stamp)?.event.at;
    (stage.corrected_from.is_none() && time.corrected() == stage.at).then_some(time)
}

/// The measured intervals of many cases.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    pub(crate) cases: u64,
    took: BTreeMap<Interval, Vec<i64>>,
    pub(crate) uncertain: u64,
    pub(crate) implausible: u64,
}

impl Samples {
    pub(crate) fn add(&mut self, measured: &BTreeMap<Interval, Measured>) {
        self.cases += 1;
        for (interval, measured) in measured {
            match measured {
                Measured::Took(us) => self.took.entry(*interval).or_default().push(*us),
                Measured::Missing => {}
                Measured::Uncertain => self.uncertain += 1,
                Measured::Implausible => self.implausible += 1,
            }
        }
    }

    /// How many, their mean and their median in microseconds; none of nothing.
    pub(crate) fn summary(&self, interval: Interval) -> (u64, Option<(i64, i64)>) {
        let mut us = self.took.get(&interval).cloned().unwrap_or_default();
        us.sort_unstable();
        let n = us.len();
        let Some(count) = i64::try_from(n).ok().filter(|n| *n > 0) else { return (0, None) };
        let sum: i64 = us.iter().fold(0, |sum: i64, us| sum.saturating_add(*us));
        let at = |i: usize| us.get(i).copied().unwrap_or(0);
        let median = if n % 2 == 1 { at(n / 2) } else { at(n / 2 - 1).midpoint(at(n / 2)) };
        (u64::try_from(n).unwrap_or(u64::MAX), Some((sum / count, median)))
    }
}
