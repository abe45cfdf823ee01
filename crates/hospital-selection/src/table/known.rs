//! Facilities of a record (by name, as receipts write them) among the hospitals of the table.

use super::{Hospital, HospitalTable};
use crate::{Continuity, params};
use std::collections::BTreeSet;

/// Most names looked up; a record's further ones are left out.
const MAX_NAMES: usize = 16;

/// A name without its spaces, which records and tables set differently.
fn same(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    letters(a) == letters(b)
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

    /// What it is worth to go to hospitals that know the patient: [`params::CONTINUITY_MAX`] for each that one of the names
    /// stands for. Names history: see [`Continuity`].
    #[must_use]
    pub fn continuity<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<Continuity> {
        let known: BTreeSet<_> = names.take(MAX_NAMES).filter_map(|name| self.by_name(name)).map(|h| h.id).collect();
        known.into_iter().map(|hospital| Continuity { hospital, minutes: params::CONTINUITY_MAX }).collect()
    }
}
