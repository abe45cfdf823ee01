//! Facilities of a record (by name, as receipts write them) among the hospitals of the table.

use super::{Hospital, HospitalTable};
use crate::{Continuity, params};
use model::HospitalId;
use std::collections::BTreeMap;
use travel_time::Tenths;

/// Most names of a kind looked up; a record's further ones are left out.
const MAX_NAMES: usize = 16;

/// A name without its spaces, which records and tables set differently.
fn same(a: &str, b: &str) -> bool {
    let letters = |c: &char| !c.is_whitespace();
    a.chars().filter(letters).eq(b.chars().filter(letters))
}

impl HospitalTable {
    /// The only hospital of this name: its official one, else the one without the body that runs it. A name that several
    /// hospitals have is nobody's.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Hospital> {
        if name.chars().all(char::is_whitespace) {
            return None;
        }
        let only = |of: fn(&Hospital) -> &str| {
            let mut found = self.hospitals().iter().filter(|h| same(of(h), name));
            found.next().filter(|_| found.next().is_none())
        };
        only(|h| &h.name).or_else(|| only(Hospital::short_name))
    }

    /// What it is worth to go to hospitals that know the patient: [`params::CONTINUITY_MAX`] for each that one of the names of
    /// `by_rule` stands for, else [`params::VISITED`] by the days since it was visited. Names history: see [`Continuity`].
    #[must_use]
    pub fn continuity<'n>(
        &self,
        by_rule: impl Iterator<Item = &'n str>,
        visited: impl Iterator<Item = (&'n str, u32)>,
    ) -> Vec<Continuity> {
        let by_rule = by_rule.take(MAX_NAMES).map(|name| (name, params::CONTINUITY_MAX));
        let worth = |days: u32| params::VISITED.iter().find(|(within, _)| days <= *within).map(|(_, minutes)| *minutes);
        let visited = visited.filter_map(|(name, days)| Some((name, worth(days)?))).take(MAX_NAMES);
        let mut known: BTreeMap<HospitalId, Tenths> = BTreeMap::new();
        for (name, minutes) in by_rule.chain(visited) {
            if let Some(hospital) = self.by_name(name) {
                let most = known.entry(hospital.id).or_insert(minutes);
                *most = (*most).max(minutes);
            }
        }
        known.into_iter().map(|(hospital, minutes)| Continuity { hospital, minutes }).collect()
    }
}
