//! What a ranking says besides its rows: the clock, asking at once, the last resort.

use model::HospitalId;
use serde::{Deserialize, Serialize};
use travel_time::Tenths;

/// How far a case has gone on the prefecture's way to the last resort (受入医療機関確保基準).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastResort {
    /// It is to be turned to now.
    pub due: bool,
    /// Hospitals that did not take the patient.
    pub refusals: u32,
    /// Whole minutes since the first of them said so.
    pub minutes: i64,
    /// Who then searches along with the crew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinator: Option<String>,
}

/// A treatment that a late acceptance loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Whole minutes in which rt-PA can still begin.
    pub minutes_left: u32,
    /// Candidates stand in the order that is best against the clock, not in that of their minutes.
    pub reordered: bool,
}

impl Deadline {
    /// For the crew, where the order needs a word.
    #[must_use]
    pub fn ja(&self) -> Option<String> {
        self.reordered.then(|| format!("rt-PA の期限まで{}分。間に合う順に並べています", self.minutes_left))
    }
    /// For the crew, in English.
    #[must_use]
    pub fn en(&self) -> Option<String> {
        self.reordered.then(|| format!("{} min left for rt-PA: ordered to be in time", self.minutes_left))
    }
}

/// Hospitals that are better asked at once than one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// Whom, in the order of the list.
    pub hospitals: Vec<HospitalId>,
    /// Expected minutes, the price of their work included.
    pub minutes: Tenths,
    /// Expected minutes when asking one after the other.
    pub one_by_one: Tenths,
}
