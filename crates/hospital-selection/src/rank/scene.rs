//! Everything known around one case, by hospital; and the questions that the search asks of it.

use super::reports::ReportsNow;
use crate::capacity::CapacityReport;
use crate::constraint::{Reject, Relaxed, Reports, reject};
use crate::refusals::after_refusals;
use crate::standards::InForce;
use crate::terms::{Around, Asked, Stand, acceptance, base_rate, terms};
use crate::{
    Exclusion, ExclusionReason, Hospital, HospitalTable, LastResort, Permille, SelectionRequest, Terms, merge_needs,
    params,
};
use model::{Capability, HospitalId, Need, Strength};
use std::collections::BTreeMap;
use travel_time::{Land, Tenths};

/// Numbers by hospital, sorted; looked up for a few of them only.
type Counts = Vec<(u128, u8)>;

/// One case and its surroundings.
pub(crate) struct Scene<'a> {
    pub(crate) asked: Asked<'a>,
    reports: ReportsNow<'a>,
    exclusions: BTreeMap<HospitalId, Exclusion>,
    holds: Counts,
    inbound: Counts,
    continuity: BTreeMap<HospitalId, Tenths>,
    pub(super) in_force: InForce<'a>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(table: &'a HospitalTable, capacity: &'a [CapacityReport], request: &'a SelectionRequest) -> Self {
        let now = request.at;
        let reports = ReportsNow::new(capacity, now);
        let mut exclusions = BTreeMap::new();
        for e in &request.exclude {
            let entry = exclusions.entry(e.hospital).or_insert(*e);
            if (e.at, e.reason) > (entry.at, entry.reason) {
                *entry = *e;
            }
        }
        let mut continuity: BTreeMap<HospitalId, Tenths> = BTreeMap::new();
        for c in &request.continuity {
            let minutes = continuity.entry(c.hospital).or_default();
            *minutes = (*minutes).max(c.minutes);
        }
        let standing = |hold: &&crate::Hold| hold.since <= now && now < hold.since.plus_minutes(params::HOLD_MINUTES);
        let held = request.held.iter().filter(standing).map(|hold| (hold.hospital, 1));
        let holds = counts(held, request.held.len());
        let inbound = counts(request.inbound.iter().map(|i| (i.hospital, i.units)), request.inbound.len());
        let refused = exclusions.values().filter(|e: &&Exclusion| e.at <= now && e.reason.is_refusal());
        let usual: Vec<f64> =
            refused.map(|e| base_rate(table.get(e.hospital).and_then(|h| h.ambulance_accepted))).collect();
        let (needs, land) = (merge_needs(&request.needs, &[]), Land::of(request.scene));
        let asked = Asked { request, needs, land, share: after_refusals(&usual) };
        let in_force = InForce::new(table.standards(), request.prefecture.as_deref(), now);
        Self { asked, reports, exclusions, holds, inbound, continuity, in_force }
    }

    pub(crate) fn around(&self, id: HospitalId) -> Around<'_> {
        Around {
            reports: self.reports.of(id),
            holds: count(&self.holds, id),
            inbound: count(&self.inbound, id),
            continuity: self.continuity.get(&id).copied().unwrap_or_default(),
        }
    }

    /// All reports that hold of a hospital.
    pub(super) fn reports_of(&self, id: HospitalId) -> Reports<'_> {
        self.reports.of(id)
    }

    /// Hospitals that know the patient, where that counts.
    pub(super) fn known(&self) -> impl Iterator<Item = HospitalId> {
        let counts = !self.asked.request.is_red();
        self.continuity.iter().filter(move |(_, minutes)| counts && **minutes > Tenths::ZERO).map(|(id, _)| *id)
    }

    pub(crate) fn exclusion(&self, id: HospitalId) -> Option<&Exclusion> {
        self.exclusions.get(&id)
    }

    /// Hospitals that this case has asked or cannot reach.
    pub(super) fn met(&self) -> impl Iterator<Item = HospitalId> {
        self.exclusions.keys().copied()
    }

    pub(crate) fn reject(&self, hospital: &Hospital, relaxed: Relaxed) -> Option<Reject> {
        self.reject_told(hospital, self.reports_of(hospital.id), relaxed)
    }

    /// The same with its reports at hand.
    pub(super) fn reject_told(&self, hospital: &Hospital, reports: Reports<'_>, relaxed: Relaxed) -> Option<Reject> {
        reject(hospital, &self.asked, self.exclusion(hospital.id), reports, &self.in_force, relaxed)
    }

    /// Probability and terms of a hospital, without its drive.
    pub(crate) fn value(&self, hospital: &Hospital) -> (Permille, Terms) {
        self.value_around(hospital, &self.around(hospital.id))
    }

    /// The same with what is known around it at hand.
    pub(super) fn value_around(&self, hospital: &Hospital, around: &Around<'_>) -> (Permille, Terms) {
        let p = acceptance(hospital, &self.asked, around);
        let stand = |n: &Need| self.stand_told(hospital, n.capability, around.reports);
        let missing = self.asked.needs.iter().map(|n| stand(n).penalty(*n)).sum();
        (p, terms(hospital, &self.asked, p, missing, around))
    }

    /// How a hospital stands to a need now.
    pub(crate) fn stand<'h>(&'h self, hospital: &'h Hospital, capability: Capability) -> Stand<'h> {
        self.stand_told(hospital, capability, self.reports_of(hospital.id))
    }

    /// The same with its reports at hand.
    pub(super) fn stand_told<'h>(
        &'h self,
        hospital: &'h Hospital,
        capability: Capability,
        reports: Reports<'_>,
    ) -> Stand<'h> {
        Stand::of(hospital, capability, reports, &self.in_force)
    }

    /// Where the case stands on the way to the last resort. None where its prefecture has published no such way.
    pub(super) fn last_resort(&self) -> Option<LastResort> {
        let secure = self.in_force.secure()?;
        if secure.enquiries.is_none() && secure.minutes.is_none() {
            return None;
        }
        let request = self.asked.request;
        let refused = || request.exclude.iter().filter(|e| e.reason != ExclusionReason::RouteClosed);
        let refusals = u32::try_from(refused().count()).unwrap_or(u32::MAX);
        let minutes = refused().map(|e| e.at.age_minutes(request.at)).max().unwrap_or_default();
        let asked_enough = secure.enquiries.is_some_and(|n| refusals >= n);
        let long_enough = secure.minutes.is_some_and(|m| minutes >= i64::from(m));
        Some(LastResort {
            due: asked_enough || long_enough,
            refusals,
            minutes,
            coordinator: secure.coordinator.clone(),
        })
    }

    /// Whether 三次 is needed and not merely wished.
    pub(super) fn needs_tertiary(&self) -> bool {
        self.asked.needs.iter().any(|n| n.capability == Capability::Tertiary && n.strength == Strength::Hard)
    }

    /// 三次 becomes a wish.
    pub(super) fn wish_for_tertiary(&mut self) {
        for need in self.asked.needs.iter_mut().filter(|n| n.capability == Capability::Tertiary) {
            need.strength = Strength::Soft;
        }
    }
}

fn counts(all: impl Iterator<Item = (HospitalId, u8)>, room: usize) -> Counts {
    let mut counts: Counts = Vec::with_capacity(room);
    counts.extend(all.map(|(id, n)| (id.uuid().as_u128(), n)));
    if !counts.is_sorted_by(|(before, _), (id, _)| before < id) {
        counts.sort_by_key(|(id, _)| *id);
        counts.dedup_by(|(id, n), (before, sum)| {
            let same = id == before;
            if same {
                *sum = sum.saturating_add(*n);
            }
            same
        });
    }
    counts
}

fn count(counts: &Counts, id: HospitalId) -> u8 {
    counts
        .binary_search_by_key(&id.uuid().as_u128(), |(id, _)| *id)
        .ok()
        .and_then(|i| counts.get(i))
        .map_or(0, |(_, n)| *n)
}
