//! Whom the crew asks next: the product's own ranking, and the policies beside it.

use super::state::{Case, World};
use crate::scenario::{Asking, Choice};
use hospital_selection::{Candidate, CaseFile, Continuity, Hold, Inbound, Ranking, SelectionRequest, params, rank};
use model::{HospitalId, Timestamp};

/// Candidates that are looked at where a policy puts them in another order.
const WIDE: usize = 30;

/// What the crew sees when it decides.
pub(super) struct Proposal {
    /// Whom to ask now; empty = nobody is left, turn to the last resort.
    pub(super) ask: Vec<Asked>,
    /// What the engine said.
    pub(super) ranking: Ranking,
    /// What it was asked.
    pub(super) request: SelectionRequest,
}

/// One hospital to ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) hospital: HospitalId,
    /// Minutes of the drive, for the message.
    pub(super) eta_tenths: i32,
}

/// The request as the tablet makes it.
pub(super) fn request(world: &World<'_>, case: &Case, at: Timestamp) -> SelectionRequest {
    let scenario = world.scenario;
    let mut request = SelectionRequest::new(at, case.incident.place, &case.incident.findings);
    request.exclude.clone_from(&case.exclude);
    if scenario.policies.soft_hold {
        let others = world.open_enquiries.iter().filter(|(_, by, _)| *by != case.incident.number);
        request.held =
            others.map(|(hospital, _, since)| Hold { hospital: world.id_of(*hospital), since: *since }).collect();
    }
    request.inbound = world
        .inbound
        .iter()
        .map(|(hospital, units)| Inbound {
            hospital: world.id_of(*hospital),
            units: u8::try_from(*units).unwrap_or(u8::MAX),
        })
        .collect();
    if scenario.policies.history
        && case.history_known
        && let Some(own) = case.own
    {
        let minutes = params::VISITED.first().map_or(travel_time::Tenths::ZERO, |(_, minutes)| *minutes);
        request.continuity.push(Continuity { hospital: world.id_of(own), minutes });
    }
    request.max_candidates = match scenario.policies.choice {
        Choice::Ranked => params::CREW_CANDIDATES,
        Choice::NearestFirst | Choice::AcceptanceFirst => WIDE,
    };
    request
}

/// Whom to ask now.
pub(super) fn propose(world: &World<'_>, case: &Case, at: Timestamp) -> Proposal {
    let request = request(world, case, at);
    let reports = if world.scenario.policies.reports { world.reports.as_slice() } else { &[] };
    let ranking = rank(world.table, reports, &world.travel, &request);
    let new = |c: &&Candidate| !case.asked.iter().any(|asked| world.id_of(asked.hospital) == c.hospital);
    let ask = |c: &Candidate| Asked { hospital: c.hospital, eta_tenths: c.drive.p50.0 };
    let first = match world.scenario.policies.choice {
        Choice::Ranked => ranking.candidates.iter().find(new),
        Choice::NearestFirst => ranking.candidates.iter().filter(new).min_by_key(|c| (c.drive.p50, c.hospital)),
        Choice::AcceptanceFirst => {
            ranking.candidates.iter().filter(new).min_by_key(|c| (core::cmp::Reverse(c.p), c.drive.p50, c.hospital))
        }
    };
    let together = ranking.together.as_ref().filter(|_| world.scenario.policies.asking == Asking::Together);
    let ask = match together {
        Some(together) => {
            let of = |id: &HospitalId| ranking.candidates.iter().find(|c| c.hospital == *id).filter(new).map(ask);
            together.hospitals.iter().filter_map(of).collect()
        }
        None => first.map(ask).into_iter().collect(),
    };
    Proposal { ask, ranking, request }
}

/// A choice as it is kept: the case file that gives the same ranking again, and the ranking's bytes.
pub(super) fn kept(world: &World<'_>, case: &Case, proposal: &Proposal) -> Option<(String, Vec<u8>)> {
    let request = &proposal.request;
    let mut file = CaseFile::new(request.at, request.scene, case.incident.findings.clone());
    file.capacity = if world.scenario.policies.reports { world.reports.clone() } else { Vec::new() };
    file.exclude.clone_from(&request.exclude);
    file.held.clone_from(&request.held);
    file.inbound.clone_from(&request.inbound);
    file.continuity.clone_from(&request.continuity);
    file.max_candidates = Some(request.max_candidates);
    file.versions = Some(proposal.ranking.versions.clone());
    file.keep_what_is_looked_at(world.table, &world.travel);
    let text = String::from_utf8(file.to_json_bytes().ok()?).ok()?;
    Some((text, proposal.ranking.to_json_bytes().ok()?))
}
