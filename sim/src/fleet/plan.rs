//! Calls at a steady mean rate, when no scenario says otherwise: Poisson arrivals, places around real hospitals, invented findings.

use super::call::{Call, Stages};
use case::FindingsChange;
use hospital_selection::HospitalTable;
use model::{AgeBand, Complaint, Jcs, Position, RngStreams, Sex, Triage, Vital, VitalReading};
use rand::RngExt;
use rand::seq::IndexedRandom;
use std::time::Duration;

/// A scene or a station lies within so many degrees of a hospital.
const AROUND_DEGREES: f64 = 0.05;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steady {
    /// Calls a second.
    pub(super) rate: f64,
    pub(super) lasts: Duration,
    /// Share of patients whose card is read.
    pub(super) cards: f64,
    /// Chance that a hospital accepts.
    pub(super) accepts: f64,
    pub(super) seed: u64,
}

impl Steady {
    /// The calls, in time order. `near` are the hospitals around which things happen; one at least.
    pub(super) fn calls(&self, near: &[Position]) -> Vec<Call> {
        let mut rng = RngStreams::from_u64(self.seed).stream("calls");
        let (mut calls, mut at) = (Vec::new(), 0.0_f64);
        loop {
            // Exponential gaps (inverse transform).
            at -= libm::log(1.0 - rng.random::<f64>()) / self.rate;
            if at >= self.lasts.as_secs_f64() {
                return calls;
            }
            calls.push(Call {
                n: calls.len() as u64,
                at: Duration::from_secs_f64(at),
                scene: around(near, &mut rng),
                findings: findings(&mut rng),
                reads_card: rng.random::<f64>() < self.cards,
                stages: Stages::MEAN,
                accepts: self.accepts,
                draw: rng.random(),
            });
        }
    }
}

/// A point near one of the places.
pub(super) fn around(near: &[Position], rng: &mut impl RngExt) -> Position {
    let middle =
        near.choose(rng).copied().or_else(|| HospitalTable::embedded().hospitals().first().map(|h| h.position));
    let middle = middle.unwrap_or_else(|| panic!("the embedded table has hospitals"));
    let mut aside = || (rng.random::<f64>() - 0.5) * 2.0 * AROUND_DEGREES;
    Position::new(middle.lat() + aside(), middle.lon() + aside()).unwrap_or(middle)
}

fn findings(rng: &mut impl RngExt) -> Vec<FindingsChange> {
    let complaint = Complaint::ALL.choose(rng).copied().unwrap_or(Complaint::Other);
    let triage = [Triage::Red, Triage::Yellow, Triage::Green].choose(rng).copied();
    let sex = [Sex::Female, Sex::Male].choose(rng).copied();
    let mut vital = |vital, low: i32, high: i32| FindingsChange::Vital {
        vital,
        reading: Some(VitalReading::Measured(rng.random_range(low..=high))),
    };
    let vitals = [
        vital(Vital::RespiratoryRate, 120, 280),
        vital(Vital::PulseRate, 500, 1_300),
        vital(Vital::SystolicPressure, 800, 2_000),
        vital(Vital::DiastolicPressure, 400, 1_100),
        vital(Vital::OxygenSaturation, 880, 1_000),
        vital(Vital::Temperature, 355, 395),
    ];
    let age = AgeBand(rng.random_range(0..=9));
    let mut all = vec![
        FindingsChange::Sex(sex),
        FindingsChange::AgeBand(Some(age)),
        FindingsChange::Complaint { complaint, chosen: true },
        FindingsChange::Jcs(Jcs::new(1)),
    ];
    all.extend(vitals);
    all.push(FindingsChange::Triage(triage));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_calls_the_same_and_the_rate_comes_out() {
        let steady = Steady { rate: 5.0, lasts: Duration::from_secs(400), cards: 0.2, accepts: 0.7, seed: 4 };
        let near = [HospitalTable::embedded().hospitals().first().expect("hospitals").position];
        let calls = steady.calls(&near);
        let places = |calls: &[Call]| calls.iter().map(|c| (c.at, c.scene, c.reads_card)).collect::<Vec<_>>();
        assert_eq!(places(&calls), places(&steady.calls(&near)));
        assert_ne!(places(&calls), places(&Steady { seed: 5, ..steady }.calls(&near)));
        // Four standard deviations of a Poisson count of 2,000.
        assert!((1_820..2_180).contains(&calls.len()), "{}", calls.len());
        let read = calls.iter().filter(|c| c.reads_card).count();
        assert!((330..470).contains(&read), "{read} of {}", calls.len());
        assert!(calls.is_sorted_by_key(|c| c.at));
    }
}
