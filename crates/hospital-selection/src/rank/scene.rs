//! Everything known around one case, by hospital; and the questions that the search asks of it.

use crate::capacity::CapacityReport;
use crate::constraint::{Reject, Relaxed, Reports, reject};
use crate::refusals::after_refusals;
use crate::standards::InForce;
use crate::terms::{Around, Asked, Stand, acceptance, base_rate, least_besides_travel, terms};
use crate::{
    Exclusion, ExclusionReason, Hospital, HospitalTable, LastResort, Permille, SelectionRequest, Terms, merge_needs,
    params,
};
use model::{Capability, HospitalId, Strength};
use std::collections::BTreeMap;
use travel_time::Tenths;

/// Numbers by hospital, sorted; looked up for a few of them only.
type Counts = Vec<(HospitalId, u8)>;

/// One case and its surroundings.
pub(crate) struct Scene<'a> {
    pub(crate) asked: Asked<'a>,
    /// Those that hold, by hospital.
    reports: Vec<&'a CapacityReport>,
    exclusions: BTreeMap<HospitalId, Exclusion>,
    holds: Counts,
    inbound: Counts,
    continuity: BTreeMap<HospitalId, Tenths>,
    pub(super) in_force: InForce<'a>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(table: &'a HospitalTable, capacity: &'a [CapacityReport], request: &'a SelectionRequest) -> Self {
        let now = request.at;
        let mut reports: Vec<&CapacityReport> = capacity.iter().filter(|r| r.holds(now)).collect();
        // Stable, and one pass over what is sorted already.
        reports.sort_by_key(|r| r.hospital);
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
        let holds = counts(request.held.iter().filter(standing).map(|hold| (hold.hospital, 1)));
        let inbound = counts(request.inbound.iter().map(|i| (i.hospital, i.units)));
        let refused = exclusions.values().filter(|e: &&Exclusion| e.at <= now && e.reason.is_refusal());
        let usual: Vec<f64> =
            refused.map(|e| base_rate(table.get(e.hospital).and_then(|h| h.ambulance_accepted))).collect();
        let asked = Asked { request, needs: merge_needs(&request.needs, &[]), share: after_refusals(&usual) };
        let in_force = InForce::new(table.standards(), request.prefecture.as_deref(), now);
        Self { asked, reports, exclusions, holds, inbound, continuity, in_force }
    }

    pub(crate) fn around(&self, id: HospitalId) -> Around<'_> {
        Around {
            reports: self.reports_of(id),
            holds: count(&self.holds, id),
            inbound: count(&self.inbound, id),
            continuity: self.continuity.get(&id).copied().unwrap_or_default(),
        }
    }

    fn reports_of(&self, id: HospitalId) -> Reports<'_> {
        let from = self.reports.partition_point(|r| r.hospital < id);
        let rest = self.reports.get(from..).unwrap_or(&[]);
        rest.get(..rest.iter().take_while(|r| r.hospital == id).count()).unwrap_or(&[])
    }

    pub(crate) fn exclusion(&self, id: HospitalId) -> Option<&Exclusion> {
        self.exclusions.get(&id)
    }

    /// Hospitals that this case has asked or cannot reach.
    pub(super) fn met(&self) -> impl Iterator<Item = HospitalId> {
        self.exclusions.keys().copied()
    }

    pub(crate) fn reject(&self, hospital: &Hospital, relaxed: Relaxed) -> Option<Reject> {
        reject(
            hospital,
            &self.asked,
            self.exclusion(hospital.id),
            self.reports_of(hospital.id),
            &self.in_force,
            relaxed,
        )
    }

    /// Probability and terms of a hospital, without its drive.
    pub(crate) fn value(&self, hospital: &Hospital) -> (Permille, Terms) {
        let around = self.around(hospital.id);
        let p = acceptance(hospital, &self.asked, &around);
        let missing = self.asked.needs.iter().map(|n| self.stand(hospital, n.capability).penalty(*n)).sum();
        (p, terms(hospital, &self.asked, p, missing, &around))
    }

    /// How a hospital stands to a need now.
    pub(crate) fn stand<'h>(&'h self, hospital: &'h Hospital, capability: Capability) -> Stand<'h> {
        Stand::of(hospital, capability, self.reports_of(hospital.id), &self.in_force)
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

    /// No hospital's terms besides travel are less than this.
    pub(super) fn floor(&self) -> Tenths {
        least_besides_travel(&self.asked, self.continuity.values().copied().max().unwrap_or_default())
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

fn counts(all: impl Iterator<Item = (HospitalId, u8)>) -> Counts {
    let mut sorted: Counts = all.collect();
    sorted.sort_by_key(|(id, _)| *id);
    sorted.dedup_by(|(id, n), (before, sum)| {
        let same = id == before;
        if same {
            *sum = sum.saturating_add(*n);
        }
        same
    });
    sorted
}

fn count(counts: &Counts, id: HospitalId) -> u8 {
    counts.binary_search_by_key(&id, |(id, _)| *id).ok().and_then(|i| counts.get(i)).map_or(0, |(_, n)| *n)
}
