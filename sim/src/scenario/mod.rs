//! Scenarios: one TOML file says what happens, where, when, to whom, and what must hold.
//!
//! In: the text of a file, or the name of one that ships. Out: a checked [`Scenario`], or a [`ScenarioError`] that names file,
//! line, field and what was expected there. The virtual-time driver and the live driver take the same scenario.
//!
//! Never in here: files, clocks, randomness, and what a driver makes of a field.

mod check;
mod error;
mod faults;
mod parse;
mod parts;
mod shipped;
mod span;

pub use error::ScenarioError;
pub use faults::{AddressChange, Earthquake, Faults, NationalTrouble, RadioCut, Refusals, ServerStopped};
pub use parse::{MAX_SCENARIO_BYTES, SCENARIO_SCHEMA, example};
pub use parts::{
    Area, Asking, Card, Choice, Demand, Fleet, Hospitals, Limits, Policies, Radio, RadioProfile, RadioState,
};
pub use shipped::{SHIPPED, Shipped, shipped};
pub use span::{Moment, Span};

use serde::{Deserialize, Serialize};

/// One scenario. Every part but its name, beginning and length has defaults: the nation as published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, as in the list of those that ship.
    pub name: String,
    /// What it is for, in a sentence or two.
    #[serde(default)]
    pub about: String,
    /// The same seed gives the same world.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The first moment; month, weekday and hour follow from it.
    pub start: Moment,
    /// How long after the warm-up incidents are counted.
    pub duration: Span,
    /// How long before `start` incidents already come in, so that units are busy when counting begins. Virtual time only.
    #[serde(default)]
    pub warm_up: Span,
    /// Where.
    #[serde(default)]
    pub area: Area,
    /// Incidents.
    #[serde(default)]
    pub demand: Demand,
    /// Ambulances.
    #[serde(default)]
    pub fleet: Fleet,
    /// How hospitals answer.
    #[serde(default)]
    pub hospitals: Hospitals,
    /// What becomes of the My Number card.
    #[serde(default)]
    pub card: Card,
    /// The radio of the tablets.
    #[serde(default)]
    pub radio: Radio,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Faults,
    /// How is decided.
    #[serde(default)]
    pub policies: Policies,
    /// What must hold; each that is missed makes the exit code 1.
    #[serde(default)]
    pub limits: Limits,
}

const fn default_seed() -> u64 {
    1
}

impl Scenario {
    /// The last moment at which an incident comes in.
    #[must_use]
    pub fn end(&self) -> model::Timestamp {
        self.start.0.plus_us(self.duration.us())
    }
    /// The first moment at which an incident comes in: before `start` by the warm-up.
    #[must_use]
    pub fn begin(&self) -> model::Timestamp {
        self.start.0.plus_us(-self.warm_up.us())
    }
}

#[cfg(test)]
mod tests;
