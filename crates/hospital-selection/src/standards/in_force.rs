//! The editions at one moment, asked hospital by hospital while a ranking is made.

use super::rota::Running;
use super::{Limit, Secure, Standard, Standards};
use crate::{Category, Hospital, Standing};
use model::{Capability, HospitalId, Sex, Timestamp};

/// What rosters say of a hospital's service now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// It has the turn.
    On,
    /// Another hospital has it.
    Off,
    /// No roster that names it covers this moment.
    Unsaid,
}

/// What an edition says of a capability now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said<'a> {
    /// In these hours.
    Now(&'a Standing),
    /// The hospital has it, but not at this hour.
    OtherHours,
    /// Nothing.
    Nothing,
}

/// The editions at the moment of a ranking.
#[derive(Clone, Debug)]
pub(crate) struct InForce<'a> {
    editions: Vec<&'a Standard>,
    /// The turns of each edition.
    running: Vec<Running<'a>>,
    /// The edition of the prefecture whose rules this case follows.
    own: Option<&'a Standard>,
    at: Timestamp,
    hour: u8,
}

/// The part of a slice sorted by `key` whose key is this one.
fn of<'s, T, K: Ord>(sorted: &'s [T], wanted: &K, key: impl Fn(&T) -> K) -> core::slice::Iter<'s, T> {
    let first = sorted.partition_point(|one| key(one) < *wanted);
    let last = sorted.partition_point(|one| key(one) <= *wanted);
    sorted.get(first..last).unwrap_or_default().iter()
}

impl<'a> InForce<'a> {
    pub(crate) fn new(standards: &'a Standards, prefecture: Option<&str>, at: Timestamp) -> Self {
        let mut editions: Vec<&Standard> = Vec::new();
        for edition in &standards.0 {
            // Sorted by beginning: a later edition takes the place of an earlier one of the same prefecture.
            if edition.validity.holds(at) {
                editions.retain(|e| e.prefecture != edition.prefecture);
                editions.push(edition);
            }
        }
        let own = editions.iter().copied().find(|e| Some(e.prefecture.as_str()) == prefecture);
        let running = editions.iter().map(|e| e.rota.running(at)).collect();
        Self { editions, running, own, at, hour: at.tokyo_hour_of_week() }
    }

    /// What is said of a capability; of several editions that speak the hospital's own first.
    pub(crate) fn said(&self, hospital: &Hospital, capability: Capability) -> Said<'a> {
        let mut said = Said::Nothing;
        for edition in self.own_first(hospital) {
            let key = (hospital.id, capability);
            for cell in of(&edition.cells, &key, |c| (c.hospital, c.capability)).filter(|c| c.validity.holds(self.at)) {
                if cell.hours.contains(self.hour) {
                    return Said::Now(&cell.standing);
                }
                said = Said::OtherHours;
            }
            if said != Said::Nothing {
                break;
            }
        }
        said
    }

    fn own_first<'b>(&'b self, hospital: &'b Hospital) -> impl Iterator<Item = &'a Standard> + 'b {
        let home = |e: &&&Standard| e.prefecture == hospital.pref;
        self.editions.iter().filter(home).chain(self.editions.iter().filter(move |e| !home(e))).copied()
    }

    /// What rosters say of a service; none = of the hospital as a whole.
    pub(crate) fn duty(&self, hospital: HospitalId, capability: Option<Capability>) -> Duty {
        let turns = || self.editions.iter().zip(&self.running);
        if turns().any(|(_, running)| running.is_on(hospital, capability)) {
            Duty::On
        } else if turns().any(|(edition, running)| edition.rota.is_off(running, hospital, capability)) {
            Duty::Off
        } else {
            Duty::Unsaid
        }
    }

    /// The limit that keeps this patient out.
    pub(crate) fn limit(&self, hospital: HospitalId, age: Option<u8>, sex: Option<Sex>) -> Option<&'a Limit> {
        let keeps_out = |limit: &&Limit| limit.validity.holds(self.at) && limit.bound.keeps_out(age, sex);
        self.editions.iter().find_map(|e| of(&e.limits, &hospital, |l| l.hospital).find(keeps_out))
    }

    /// Whether the case's prefecture lists this hospital for the category; none = it publishes no list for it.
    pub(crate) fn lists(&self, hospital: HospitalId, category: Category) -> Option<bool> {
        let list = of(&self.own?.lists, &category, |(c, _)| *c).next();
        list.map(|(_, hospitals)| hospitals.contains(&hospital))
    }

    /// Whether the case's prefecture publishes a list for the category.
    pub(crate) fn lists_any(&self, category: Category) -> bool {
        self.own.is_some_and(|own| own.lists.iter().any(|(c, _)| *c == category))
    }

    /// The case's prefecture's way to the last resort.
    pub(crate) fn secure(&self) -> Option<&'a Secure> {
        self.own.map(Standard::secure)
    }

    /// Names of the editions that could speak.
    pub(crate) fn names(&self) -> Vec<String> {
        self.editions.iter().map(|e| e.name()).collect()
    }
}
