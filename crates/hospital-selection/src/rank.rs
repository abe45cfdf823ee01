//! The ranking itself: exclude, value, order, explain.

mod explain;

use crate::capacity::CapacityReport;
use crate::constraint::{Reject, Relaxed, reject};
use crate::standards::InForce;
use crate::terms::{Around, Stand, acceptance, terms};
use crate::{
    Exclusion, ExclusionReason, Fallback, Hospital, HospitalTable, LastResort, Permille, Ranking, RejectCode,
    Relaxation, SelectionRequest, Terms, Versions, merge_needs, params,
};
use model::{Capability, HospitalId, Strength};
use std::collections::BTreeMap;
use travel_time::{Tenths, Travel, TravelTime};

/// One hospital with its drive.
#[derive(Clone, Copy)]
pub(crate) struct Place<'t> {
    pub(crate) hospital: &'t Hospital,
    pub(crate) drive: Travel,
}

/// One hospital that stays, valued.
#[derive(Clone, Copy)]
pub(crate) struct Valued<'t> {
    pub(crate) place: Place<'t>,
    pub(crate) p: Permille,
    pub(crate) terms: Terms,
    pub(crate) total: Tenths,
}

/// Everything known around this case, by hospital.
pub(crate) struct Scene<'a> {
    pub(crate) request: SelectionRequest,
    reports: BTreeMap<HospitalId, Vec<&'a CapacityReport>>,
    exclusions: BTreeMap<HospitalId, Exclusion>,
    holds: BTreeMap<HospitalId, u8>,
    inbound: BTreeMap<HospitalId, u8>,
    continuity: BTreeMap<HospitalId, Tenths>,
    pub(crate) in_force: InForce<'a>,
}

impl<'a> Scene<'a> {
    fn new(table: &'a HospitalTable, capacity: &'a [CapacityReport], request: &SelectionRequest) -> Self {
        let mut request = request.clone();
        request.needs = merge_needs(&request.needs, &[]);
        let mut scene = Self {
            reports: BTreeMap::new(),
            exclusions: BTreeMap::new(),
            holds: BTreeMap::new(),
            inbound: BTreeMap::new(),
            continuity: BTreeMap::new(),
            in_force: InForce::new(table.standards(), request.prefecture.as_deref(), request.at),
            request,
        };
        scene.collect(capacity);
        scene
    }

    fn collect(&mut self, capacity: &'a [CapacityReport]) {
        let now = self.request.at;
        for report in capacity.iter().filter(|r| r.holds(now)) {
            self.reports.entry(report.hospital).or_default().push(report);
        }
        for e in &self.request.exclude {
            let entry = self.exclusions.entry(e.hospital).or_insert(*e);
            if (e.at, e.reason) > (entry.at, entry.reason) {
                *entry = *e;
            }
        }
        for hold in &self.request.held {
            if hold.since <= now && now < hold.since.plus_minutes(params::HOLD_MINUTES) {
                let n = self.holds.entry(hold.hospital).or_default();
                *n = n.saturating_add(1);
            }
        }
        for i in &self.request.inbound {
            let n = self.inbound.entry(i.hospital).or_default();
            *n = n.saturating_add(i.units);
        }
        for c in &self.request.continuity {
            let minutes = self.continuity.entry(c.hospital).or_default();
            *minutes = (*minutes).max(c.minutes);
        }
    }

    pub(crate) fn around(&self, id: HospitalId) -> Around<'_> {
        Around {
            reports: self.reports.get(&id).map_or(&[], Vec::as_slice),
            holds: self.holds.get(&id).copied().unwrap_or_default(),
            inbound: self.inbound.get(&id).copied().unwrap_or_default(),
            continuity: self.continuity.get(&id).copied().unwrap_or_default(),
        }
    }

    pub(crate) fn exclusion(&self, id: HospitalId) -> Option<&Exclusion> {
        self.exclusions.get(&id)
    }

    fn reject(&self, hospital: &Hospital, relaxed: Relaxed) -> Option<Reject> {
        let reports = self.around(hospital.id).reports;
        reject(hospital, &self.request, self.exclusion(hospital.id), reports, &self.in_force, relaxed)
    }

    /// How a hospital stands to a need now.
    pub(crate) fn stand<'h>(&'h self, hospital: &'h Hospital, capability: Capability) -> Stand<'h> {
        Stand::of(hospital, capability, self.around(hospital.id).reports, &self.in_force)
    }

    fn value<'t>(&self, place: Place<'t>) -> Valued<'t> {
        let around = self.around(place.hospital.id);
        let p = acceptance(place.hospital, &self.request, &around);
        let missing =
            self.request.needs.iter().map(|need| self.stand(place.hospital, need.capability).penalty(*need)).sum();
        let terms = terms(place.hospital, &self.request, place.drive, p, missing, &around);
        Valued { place, p, terms, total: terms.total() }
    }
}

/// Ranks all hospitals of the table for one request. Deterministic: no clock, no chance, ties by id.
#[must_use]
pub fn rank(
    table: &HospitalTable,
    capacity: &[CapacityReport],
    travel: &impl TravelTime,
    request: &SelectionRequest,
) -> Ranking {
    let mut scene = Scene::new(table, capacity, request);
    let places: Vec<Place<'_>> = table
        .hospitals()
        .iter()
        .map(|hospital| Place { hospital, drive: travel.minutes(request.scene, hospital.position) })
        .collect();
    let mut relaxed = Vec::new();
    relax_tertiary(&mut scene, &places, &mut relaxed);
    let (mut valued, rejected) = pass(&scene, &places, &mut relaxed);
    let fallback = fallback(&scene, &places);
    if valued.is_empty() {
        relaxed.push(Relaxation::FallbackOnly);
        valued.extend(fallback.map(|place| scene.value(place)));
    }
    valued.sort_by_key(|v| (v.total, v.place.hospital.id));
    valued.truncate(request.max_candidates.clamp(1, params::MAX_CANDIDATES));
    let fallback = fallback.map(|place| describe_fallback(&scene, place));
    let candidates =
        (1u32..).zip(&valued).map(|(n, v)| explain::candidate(&scene, n, v, fallback.as_ref(), &relaxed)).collect();
    Ranking {
        at: request.at,
        scene: request.scene,
        triage: request.triage,
        category: request.category,
        needs: scene.request.needs.clone(),
        candidates,
        excluded: explain::excluded(&scene, &rejected, &valued),
        last_resort: last_resort(&scene),
        excluded_total: u32::try_from(rejected.len()).unwrap_or(u32::MAX),
        relaxed,
        fallback,
        versions: Versions {
            table: table.version().to_owned(),
            table_sha256: table.sha256().to_owned(),
            rules: crate::RULES_VERSION.to_owned(),
            standards: scene.in_force.names(),
            travel: travel.version().to_owned(),
            engine: params::ENGINE_VERSION.to_owned(),
        },
    }
}

/// A hard need for 三次 becomes soft where no tertiary hospital that could take the case is within reach.
fn relax_tertiary(scene: &mut Scene<'_>, places: &[Place<'_>], relaxed: &mut Vec<Relaxation>) {
    let hard = scene.request.needs.iter().any(|n| n.capability == Capability::Tertiary && n.strength == Strength::Hard);
    let reachable = || {
        places.iter().any(|p| {
            p.hospital.tertiary
                && p.drive.p50 <= params::TERTIARY_REACH
                && scene.reject(p.hospital, Relaxed::default()).is_none()
        })
    };
    if !hard || reachable() {
        return;
    }
    relaxed.push(Relaxation::TertiaryOutOfReach);
    for need in scene.request.needs.iter_mut().filter(|n| n.capability == Capability::Tertiary) {
        need.strength = Strength::Soft;
    }
}

type Passed<'t> = (Vec<Valued<'t>>, Vec<(Place<'t>, Reject)>);

/// Splits the table into valued and rejected hospitals, relaxing rules in the published order until somebody within
/// [`params::RELAX_REACH`] is left. Where nobody lives that near, the strictest rules that leave anybody stand.
fn pass<'t>(scene: &Scene<'_>, places: &[Place<'t>], relaxed: &mut Vec<Relaxation>) -> Passed<'t> {
    const ORDER: [(Option<Relaxation>, Relaxed); 4] = [
        (None, Relaxed { off_duty: false, not_listed: false, already_refused: false }),
        (Some(Relaxation::OffDuty), Relaxed { off_duty: true, not_listed: false, already_refused: false }),
        (Some(Relaxation::NotListed), Relaxed { off_duty: true, not_listed: true, already_refused: false }),
        (Some(Relaxation::AlreadyRefused), Relaxed { off_duty: true, not_listed: true, already_refused: true }),
    ];
    let near = |step: &Relaxed| {
        places.iter().any(|p| p.drive.p50 <= params::RELAX_REACH && scene.reject(p.hospital, *step).is_none())
    };
    let anybody = |step: &Relaxed| places.iter().any(|p| scene.reject(p.hospital, *step).is_none());
    let chosen =
        ORDER.iter().position(|(_, s)| near(s)).or_else(|| ORDER.iter().position(|(_, s)| anybody(s))).unwrap_or(0);
    relaxed.extend(ORDER.iter().take(chosen + 1).filter_map(|(name, _)| *name));
    let step = ORDER.get(chosen).map(|(_, s)| *s).unwrap_or_default();
    let (mut stay, mut out) = (Vec::with_capacity(places.len()), Vec::new());
    for place in places {
        match scene.reject(place.hospital, step) {
            None => stay.push(scene.value(*place)),
            Some(why) => out.push((*place, why)),
        }
    }
    (stay, out)
}

/// The last resort: the nearest hospital that has promised it to the prefecture; else the nearest tertiary hospital that is
/// open to this patient, else the nearest tertiary, else the nearest.
fn fallback<'t>(scene: &Scene<'_>, places: &[Place<'t>]) -> Option<Place<'t>> {
    let everything = Relaxed { off_duty: true, not_listed: true, already_refused: true };
    let promised = scene.in_force.secure().map(|secure| &secure.last_resort);
    let worth = |p: &Place<'_>| {
        if promised.is_some_and(|hospitals| hospitals.contains(&p.hospital.id)) {
            return (-1, p.drive.p50, p.hospital.id);
        }
        let class = match scene.reject(p.hospital, everything).map(|r| r.code) {
            None if p.hospital.tertiary => 0,
            Some(RejectCode::NoCapability) if p.hospital.tertiary => 1,
            _ if p.hospital.tertiary => 2,
            _ => 3,
        };
        (class, p.drive.p50, p.hospital.id)
    };
    places.iter().min_by_key(|p| worth(p)).copied()
}

fn describe_fallback(scene: &Scene<'_>, place: Place<'_>) -> Fallback {
    let terms = Terms { acceptance: params::ENQUIRY, ..scene.value(place).terms };
    Fallback { hospital: place.hospital.id, name: place.hospital.name.clone(), index: terms.total() }
}

/// Where the case stands on the way to the last resort. None where its prefecture has published no such way.
fn last_resort(scene: &Scene<'_>) -> Option<LastResort> {
    let secure = scene.in_force.secure()?;
    if secure.enquiries.is_none() && secure.minutes.is_none() {
        return None;
    }
    let refused = || scene.request.exclude.iter().filter(|e| e.reason != ExclusionReason::RouteClosed);
    let refusals = u32::try_from(refused().count()).unwrap_or(u32::MAX);
    let minutes = refused().map(|e| e.at.age_minutes(scene.request.at)).max().unwrap_or_default();
    let asked_enough = secure.enquiries.is_some_and(|n| refusals >= n);
    let long_enough = secure.minutes.is_some_and(|m| minutes >= i64::from(m));
    Some(LastResort { due: asked_enough || long_enough, refusals, minutes, coordinator: secure.coordinator.clone() })
}
