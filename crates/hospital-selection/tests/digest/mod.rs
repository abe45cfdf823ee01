//! One number over many rankings: what every build of this tree has to give, whatever its optimisation.

use hospital_selection::{
    CapacityReport, CapacitySource, CapacityState, Continuity, Exclusion, ExclusionReason, Hold, HospitalTable,
    Inbound, SelectionRequest, rank,
};
use model::{Complaint, Findings, Position, Timestamp, Triage};
use sha2::{Digest as _, Sha256};
use travel_time::{DistanceModel, Tenths};

/// Rankings in the digest.
const CASES: usize = 300;

/// A generator that needs nothing of the platform (MMIX constants).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % n.max(1)
    }
    fn minutes(&mut self, most: usize) -> i64 {
        i64::try_from(self.below(most)).unwrap_or_default()
    }
}

/// SHA-256 over the bytes of [`CASES`] rankings all over Japan, hexadecimal.
pub(crate) fn digest() -> Result<String, Box<dyn std::error::Error>> {
    let (table, travel) = (HospitalTable::embedded(), DistanceModel::japan());
    let mut draw = Draw(20_261_120);
    let mut hash = Sha256::new();
    for _ in 0..CASES {
        let (request, capacity) = case(table, &mut draw)?;
        hash.update(rank(table, &capacity, &travel, &request).to_json_bytes()?);
    }
    Ok(hex::encode(hash.finalize()))
}

type Case = (SelectionRequest, Vec<CapacityReport>);

fn case(table: &HospitalTable, draw: &mut Draw) -> Result<Case, Box<dyn std::error::Error>> {
    let at = Timestamp::from_millis(1_795_138_380_000);
    let degrees = |draw: &mut Draw, from: u32, to: u32| {
        let steps = draw.below(usize::try_from(to - from)? * 10_000);
        Ok::<_, Box<dyn std::error::Error>>(f64::from(from) + f64::from(u32::try_from(steps)?) / 10_000.0)
    };
    let scene = Position::new(degrees(draw, 24, 45)?, degrees(draw, 124, 145)?)?;
    let complaint = Complaint::ALL.get(draw.below(Complaint::ALL.len())).copied().unwrap_or(Complaint::Trauma);
    let triage = [None, Some(Triage::Red), Some(Triage::Yellow)].get(draw.below(3)).copied().flatten();
    let onset_minutes = (draw.below(2) == 0).then(|| u32::try_from(draw.minutes(400)).unwrap_or_default());
    let findings = Findings { complaints: [complaint].into(), triage, onset_minutes, ..Findings::default() };
    let mut request = SelectionRequest::new(at, scene, &findings);
    request.max_candidates = 20;
    let states = [CapacityState::Free, CapacityState::Full, CapacityState::Down, CapacityState::OffDuty];
    let mut capacity = Vec::new();
    for hospital in table.hospitals().iter().map(|h| h.id) {
        match draw.below(16) {
            0..4 => capacity.push(CapacityReport {
                hospital,
                capability: None,
                state: states.get(draw.below(4)).copied().unwrap_or(CapacityState::Free),
                at: at.plus_minutes(-draw.minutes(300)),
                source: CapacitySource::Desk,
                until: None,
            }),
            4 => request.inbound.push(Inbound { hospital, units: u8::try_from(draw.below(6))? }),
            5 => request.held.push(Hold { hospital, since: at.plus_minutes(-draw.minutes(12)) }),
            6 if draw.below(8) == 0 => request.continuity.push(Continuity { hospital, minutes: Tenths(57) }),
            7 if draw.below(8) == 0 => {
                let refused = at.plus_minutes(-draw.minutes(80));
                request.exclude.push(Exclusion { hospital, at: refused, reason: ExclusionReason::Full });
            }
            _ => {}
        }
    }
    // Three refusals are many already; of a case that all of Japan has refused nothing is left to rank.
    request.exclude.truncate(3);
    Ok((request, capacity))
}
