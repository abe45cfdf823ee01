//! What history changed in the list: a suggestion never changes silently (design/tablet §6.5).

use hospital_selection::Ranking;
use model::HospitalId;
use std::collections::BTreeMap;

/// A hospital's move: id, name, rank before, rank after.
pub(crate) type Move = (HospitalId, String, Option<u32>, Option<u32>);

/// Hospitals of either list whose rank differs, by the new rank; those that left come last.
pub(crate) fn moved(before: &Ranking, after: &Ranking) -> Vec<Move> {
    let old: BTreeMap<HospitalId, u32> = before.candidates.iter().map(|c| (c.hospital, c.rank)).collect();
    let new: BTreeMap<HospitalId, u32> = after.candidates.iter().map(|c| (c.hospital, c.rank)).collect();
    let stayed =
        after.candidates.iter().map(|c| (c.hospital, c.name.clone(), old.get(&c.hospital).copied(), Some(c.rank)));
    let left = before
        .candidates
        .iter()
        .filter(|c| !new.contains_key(&c.hospital))
        .map(|c| (c.hospital, c.name.clone(), Some(c.rank), None));
    stayed.chain(left).filter(|(_, _, from, to)| from != to).collect()
}

/// Whether there is anything to announce.
pub(crate) const fn has_moved(moves: &[Move]) -> bool {
    !moves.is_empty()
}
