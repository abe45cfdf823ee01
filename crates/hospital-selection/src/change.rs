//! What differs between two rankings of one case: a suggestion never changes silently.

use crate::Ranking;
use model::{HospitalId, Need};

/// One hospital whose place changed; none = not in that list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankChange {
    /// Which.
    pub hospital: HospitalId,
    /// Its name for a narrow row.
    pub short_name: String,
    /// Its place before.
    pub from: Option<u32>,
    /// Its place now.
    pub to: Option<u32>,
}

impl Ranking {
    /// Hospitals whose place differs from `earlier`, in the order of this list, then those that left it.
    #[must_use]
    pub fn changes_from(&self, earlier: &Self) -> Vec<RankChange> {
        let place = |ranking: &Self, id| ranking.candidates.iter().find(|c| c.hospital == id).map(|c| c.rank);
        let left = earlier.candidates.iter().filter(|c| place(self, c.hospital).is_none());
        self.candidates
            .iter()
            .chain(left)
            .map(|c| RankChange {
                hospital: c.hospital,
                short_name: c.short_name.clone(),
                from: place(earlier, c.hospital),
                to: place(self, c.hospital),
            })
            .filter(|change| change.from != change.to)
            .collect()
    }

    /// Needs that `earlier` had not, or had only as wishes: why the list changed, without the cause of the need.
    #[must_use]
    pub fn added_needs(&self, earlier: &Self) -> Vec<Need> {
        self.needs.iter().filter(|need| !earlier.needs.contains(need)).copied().collect()
    }
}
