//! 「なぜこの病院でないか」: for any hospital of the table, where it stands and what of its minutes put it there.

use crate::capacity::CapacityReport;
use crate::{Candidate, Excluded, HospitalTable, Ranking, SelectionRequest, Terms, rank_all};
use model::HospitalId;
use serde::{Deserialize, Serialize};
use travel_time::{Tenths, TravelTime};

/// Where one hospital stands in the whole order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhyNot {
    /// Which.
    pub hospital: HospitalId,
    /// Its official name.
    pub name: String,
    /// How many hospitals no rule excludes.
    pub ranked: u32,
    /// Its row, with its place, when no rule excludes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Candidate>,
    /// The rule that excludes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Excluded>,
    /// The first of the list, and by how much each of the terms is larger here, when this one is not the first itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
}

/// The distance to the first of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// The first.
    pub first: HospitalId,
    /// Its name.
    pub name: String,
    /// Minutes more than it; negative where the order is not that of minutes (a deadline).
    pub more: Tenths,
    /// The same by term.
    pub terms: Terms,
}

/// Why a hospital is where it is; none = the table has no such hospital.
#[must_use]
pub fn why_not<T: TravelTime>(
    table: &HospitalTable,
    capacity: &[CapacityReport],
    travel: &T,
    request: &SelectionRequest,
    hospital: HospitalId,
) -> Option<WhyNot> {
    let name = table.get(hospital)?.name.clone();
    let all = rank_all(table, capacity, travel, request);
    let ranked = u32::try_from(all.candidates.len()).unwrap_or(u32::MAX);
    let excluded = all.excluded.iter().find(|e| e.hospital == hospital).cloned();
    let candidate = all.candidates.iter().find(|c| c.hospital == hospital).cloned();
    let behind = candidate.as_ref().and_then(|c| behind(&all, c));
    Some(WhyNot { hospital, name, ranked, candidate, excluded, behind })
}

fn behind(all: &Ranking, candidate: &Candidate) -> Option<Behind> {
    let first = all.candidates.first().filter(|first| first.hospital != candidate.hospital)?;
    let terms = candidate.terms - first.terms;
    Some(Behind { first: first.hospital, name: first.name.clone(), more: terms.total(), terms })
}

impl WhyNot {
    /// The answer in a sentence.
    #[must_use]
    pub fn ja(&self) -> String {
        if let Some(excluded) = &self.excluded {
            return format!("候補に含めない: {}", excluded.detail);
        }
        let Some(candidate) = &self.candidate else { return "候補に含めない".to_owned() };
        let place = format!("{}番目(全{}か所)", candidate.rank, self.ranked);
        let Some(behind) = &self.behind else { return format!("{place}。先頭の候補です") };
        let words = ["移動", "受入", "治療", "混雑", "不足", "継続"];
        let differing = words.iter().zip(behind.terms.in_order()).filter(|(_, t)| *t != Tenths::ZERO);
        let parts: Vec<String> = differing.map(|(word, t)| format!("{word} {:+.1}", t.minutes())).collect();
        format!("{place}。先頭の{}より {:+.1}分 ({})", behind.name, behind.more.minutes(), parts.join(", "))
    }
}
