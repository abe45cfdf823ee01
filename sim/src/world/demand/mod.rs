//! Incidents in order of time, for the virtual and the live driver.
//!
//! Dispatches are a non-homogeneous Poisson process by thinning: λ(t, x) = Λ · hour · weekday · month · day · place (selection.md
//! §4.2). Each incident then has a stream of its own, by its number: what is drawn for one does not shift the next, and two
//! policies meet the same patients.

mod calls;
mod card;
mod patient;
mod rates;
mod tables;

pub use calls::Calls;
pub use card::CardFate;
pub use patient::{Kind, PlaceKind, Severity};

use crate::engine::Streams;
use crate::scenario::Scenario;
use crate::world::geography::Geography;
use model::{Findings, Position, Sex, Timestamp};
use rates::Rates;

/// One dispatch: one call, one patient.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// From 0 in order of time.
    pub number: u64,
    /// When the call came in (覚知).
    pub at: Timestamp,
    /// Where.
    pub place: Position,
    /// Its municipality, in [`Geography::municipalities`].
    pub municipality: usize,
    /// Its prefecture, in [`crate::world::geography::PREFECTURES`].
    pub prefecture: usize,
    /// 事故種別.
    pub kind: Kind,
    /// 発生場所.
    pub found: PlaceKind,
    /// 傷病程度, as the physician will say; nobody on scene knows it.
    pub severity: Severity,
    /// Years.
    pub age: u8,
    /// Sex.
    pub sex: Sex,
    /// What the crew observes.
    pub findings: Findings,
    /// Whether anybody is transported.
    pub transported: bool,
    /// What becomes of the card.
    pub card: CardFate,
    /// An extra call of an earthquake.
    pub of_earthquake: bool,
}

/// What makes incidents of a scenario.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
    scenario: &'a Scenario,
    geography: &'static Geography,
    rates: Rates,
    streams: Streams,
}

impl<'a> Demand<'a> {
    /// For one replication of a scenario; `streams` decide all chance.
    #[must_use]
    pub fn new(scenario: &'a Scenario, streams: Streams) -> Self {
        let geography = Geography::embedded();
        Self { scenario, geography, rates: Rates::new(scenario, geography), streams }
    }

    /// Dispatches a day that are expected on average over a year, before faults.
    #[must_use]
    pub fn per_day(&self) -> f64 {
        self.rates.per_second() * 86_400.0
    }

    /// All incidents from the beginning of the warm-up to the end, in order of time.
    #[must_use]
    pub fn calls(&self) -> Calls<'_> {
        Calls::new(self)
    }
}

#[cfg(test)]
mod tests;
