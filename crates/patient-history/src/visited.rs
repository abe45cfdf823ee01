//! Where the person was treated, and how long ago: what a choice of hospital may rest on without knowing why.

use crate::{Facility, HistorySnapshot, SectionKind};
use model::CivilDate;
use std::collections::BTreeMap;

/// Sections whose facility saw the person. A medicine's is the pharmacy's or a prescriber's, a check-up's is anybody's.
const SEEN: [SectionKind; 4] =
    [SectionKind::Visits, SectionKind::Surgeries, SectionKind::Treatments, SectionKind::Dialysis];

/// A facility that saw the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Which.
    pub facility: Facility,
    /// Days since the newest row.
    pub days: u32,
}

impl HistorySnapshot {
    /// Facilities that saw the person, newest first. A masked row tells nothing: moving its hospital up would say what it hides.
    #[must_use]
    pub fn visited(&self, today: CivilDate) -> Vec<Visited> {
        let mut newest: BTreeMap<&Facility, CivilDate> = BTreeMap::new();
        for (kind, row) in self.all_rows().filter(|(_, row)| !row.sensitive) {
            if let Some(facility) = row.facility.as_ref().filter(|_| SEEN.contains(&kind)) {
                let date = newest.entry(facility).or_insert(row.date);
                *date = (*date).max(row.date);
            }
        }
        let days = |date: CivilDate| u32::try_from(today.days_since(date)).unwrap_or_default();
        let mut visited: Vec<Visited> = newest
            .into_iter()
            .map(|(facility, date)| Visited { facility: facility.clone(), days: days(date) })
            .collect();
        visited.sort_by(|a, b| a.days.cmp(&b.days).then_with(|| a.facility.cmp(&b.facility)));
        visited
    }
}
