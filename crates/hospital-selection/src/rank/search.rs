//! Near-first search: hospitals are looked at in the order of their distance, and no further than anything can still matter.
//!
//! Exact, not approximate: a hospital is passed over only when even the least drive over its straight-line distance, added to
//! the least that every hospital costs besides, is behind what is in hand already. Without a bound from the travel model
//! everything is looked at, with the same answer.

use super::scene::Scene;
use super::{Place, Valued};
use crate::constraint::{Reject, Relaxed};
use crate::table::Walk;
use crate::terms::travel_term;
use crate::{HospitalTable, RejectCode, Relaxation, params};
use model::HospitalId;
use travel_time::{Tenths, Travel, TravelTime};

const NO_DRIVE: Travel = Travel { p50: Tenths::ZERO, p90: Tenths::ZERO };
/// Everything that can be relaxed.
const EVERYTHING: Relaxed = Relaxed { off_duty: true, not_listed: true, already_refused: true };

/// The published order in which rules are relaxed.
const STEPS: [(Option<Relaxation>, Relaxed); 4] = [
    (None, Relaxed { off_duty: false, not_listed: false, already_refused: false }),
    (Some(Relaxation::OffDuty), Relaxed { off_duty: true, not_listed: false, already_refused: false }),
    (Some(Relaxation::NotListed), Relaxed { off_duty: true, not_listed: true, already_refused: false }),
    (Some(Relaxation::AlreadyRefused), EVERYTHING),
];

/// One search around one scene; its passes share the walk and the drives that were computed.
pub(super) struct Search<'a, 't, T> {
    pub(super) scene: Scene<'a>,
    table: &'t HospitalTable,
    travel: &'a T,
    walk: Walk<'t>,
    drives: Vec<Option<Travel>>,
}

impl<'a, 't, T: TravelTime> Search<'a, 't, T> {
    pub(super) fn new(scene: Scene<'a>, table: &'t HospitalTable, travel: &'a T) -> Self {
        let walk = table.near().walk(scene.asked.request.scene);
        Self { scene, table, travel, walk, drives: vec![None; table.hospitals().len()] }
    }

    /// The `n`-th bucket: a drive that neither it nor any later one can beat, and its hospitals.
    fn bucket(&mut self, n: usize) -> Option<(Travel, &'t [u32])> {
        let (km, places) = self.walk.bucket(n)?;
        Some((self.travel.least(km).unwrap_or(NO_DRIVE), places))
    }

    pub(super) fn place(&mut self, index: u32) -> Option<Place<'t>> {
        let at = usize::try_from(index).ok()?;
        let hospital = self.table.hospitals().get(at)?;
        let (travel, from) = (self.travel, self.scene.asked.request.scene);
        let drive = *self.drives.get_mut(at)?.get_or_insert_with(|| travel.minutes(from, hospital.position));
        Some(Place { hospital, index, drive })
    }

    /// The first hospital, from near to far, that is not rejected and drives at most `within`; none = nobody.
    fn somebody(&mut self, relaxed: Relaxed, within: Option<Tenths>, tertiary: bool) -> bool {
        let mut n = 0;
        while let Some((least, places)) = self.bucket(n) {
            if within.is_some_and(|reach| least.p50 > reach) {
                return false;
            }
            for index in places {
                let Some(place) = self.place(*index) else { continue };
                let fits =
                    (place.hospital.tertiary || !tertiary) && within.is_none_or(|reach| place.drive.p50 <= reach);
                if fits && self.scene.reject(place.hospital, relaxed).is_none() {
                    return true;
                }
            }
            n += 1;
        }
        false
    }

    /// A hard need for 三次 becomes soft where no tertiary hospital that could take the case is within reach.
    pub(super) fn relax_tertiary(&mut self, relaxed: &mut Vec<Relaxation>) {
        if self.scene.needs_tertiary() && !self.somebody(Relaxed::default(), Some(params::TERTIARY_REACH), true) {
            relaxed.push(Relaxation::TertiaryOutOfReach);
            self.scene.wish_for_tertiary();
        }
    }

    /// Relaxes rules in the published order until somebody within [`params::RELAX_REACH`] is left. Where nobody lives that
    /// near, the strictest rules that leave anybody stand.
    pub(super) fn relax_rules(&mut self, relaxed: &mut Vec<Relaxation>) -> Relaxed {
        let near = STEPS.iter().position(|(_, step)| self.somebody(*step, Some(params::RELAX_REACH), false));
        let chosen = near.or_else(|| STEPS.iter().position(|(_, step)| self.somebody(*step, None, false))).unwrap_or(0);
        relaxed.extend(STEPS.iter().take(chosen + 1).filter_map(|(name, _)| *name));
        STEPS.get(chosen).map(|(_, step)| *step).unwrap_or_default()
    }

    /// The `wanted` best hospitals, best first.
    pub(super) fn best(&mut self, relaxed: Relaxed, wanted: usize) -> Vec<Valued<'t>> {
        let floor = self.scene.floor();
        let mut best: Vec<Valued<'t>> = Vec::with_capacity(wanted.min(self.table.hospitals().len()) + 1);
        let mut n = 0;
        while let Some((least, places)) = self.bucket(n) {
            let last = worst(&best, wanted);
            if last.is_some_and(|(total, _)| travel_term(least) + floor > total) {
                break;
            }
            for index in places {
                self.offer(*index, floor, relaxed, wanted, &mut best);
            }
            n += 1;
        }
        best
    }

    fn offer(&mut self, index: u32, floor: Tenths, relaxed: Relaxed, wanted: usize, best: &mut Vec<Valued<'t>>) {
        let last = worst(best, wanted);
        let Some(hospital) = usize::try_from(index).ok().and_then(|at| self.table.hospitals().get(at)) else { return };
        let behind = |total: Tenths| last.is_some_and(|worst| (total, hospital.id) > worst);
        let least = travel_term(self.travel.least(self.walk.least_km(index)).unwrap_or(NO_DRIVE));
        if behind(least + floor) || self.scene.reject(hospital, relaxed).is_some() {
            return;
        }
        let (p, terms) = self.scene.value(hospital);
        if behind(least + terms.total()) {
            return;
        }
        let Some(place) = self.place(index) else { return };
        let valued = Valued::new(place, p, terms);
        let at = best.partition_point(|v| v.key() < valued.key());
        if at < wanted {
            best.insert(at, valued);
            best.truncate(wanted);
        }
    }

    /// A hospital as the only candidate, whatever excludes it.
    pub(super) fn valued(&self, place: Place<'t>) -> Valued<'t> {
        let (p, terms) = self.scene.value(place.hospital);
        Valued::new(place, p, terms)
    }

    /// Whom the rules exclude, no farther than `farthest` (none = all), and all that this case has met itself.
    pub(super) fn rejected(&mut self, relaxed: Relaxed, farthest: Option<Tenths>) -> Vec<(Place<'t>, Reject)> {
        let mut all = Vec::new();
        let mut n = 0;
        while let Some((least, places)) = self.bucket(n) {
            if farthest.is_some_and(|reach| least.p50 > reach) {
                break;
            }
            for index in places {
                let found = self.place(*index).and_then(|p| Some((p, self.scene.reject(p.hospital, relaxed)?)));
                all.extend(found.filter(|(p, why)| why.is_own() || farthest.is_none_or(|reach| p.drive.p50 <= reach)));
            }
            n += 1;
        }
        self.add_met(relaxed, &mut all);
        all
    }

    /// Those that this case has asked or cannot reach, however far.
    fn add_met(&mut self, relaxed: Relaxed, all: &mut Vec<(Place<'t>, Reject)>) {
        let met: Vec<HospitalId> = self.scene.met().collect();
        for id in met.into_iter().filter(|id| !all.iter().any(|(p, _)| p.hospital.id == *id)).collect::<Vec<_>>() {
            let place = self.table.index_of(id).and_then(|index| self.place(index));
            let found = place.and_then(|p| Some((p, self.scene.reject(p.hospital, relaxed)?)));
            all.extend(found.filter(|(_, why)| why.is_own()));
        }
    }

    /// The last resort: the nearest hospital that has promised it to the prefecture. Where there is none, within
    /// [`params::FALLBACK_REACH`] the nearest tertiary hospital that is open to this patient, else the nearest that lacks
    /// something, else the nearest that is closed; where no tertiary hospital is that near, the nearest hospital even if
    /// closed. A closed road is no way for anybody.
    pub(super) fn fallback(&mut self) -> Option<Place<'t>> {
        self.promised().or_else(|| self.nearest_last_resort())
    }

    fn promised(&mut self) -> Option<Place<'t>> {
        let secure = self.scene.in_force.secure()?;
        let indices: Vec<u32> = secure.last_resort.iter().filter_map(|id| self.table.index_of(*id)).collect();
        let places: Vec<Place<'t>> = indices.into_iter().filter_map(|index| self.place(index)).collect();
        let open = |p: &&Place<'t>| {
            self.scene.reject(p.hospital, EVERYTHING).is_none_or(|why| why.code != RejectCode::RouteClosed)
        };
        places.iter().filter(open).min_by_key(|p| (p.drive.p50, p.hospital.id)).copied()
    }

    fn nearest_last_resort(&mut self) -> Option<Place<'t>> {
        let mut best: Option<(u8, Tenths, HospitalId, u32)> = None;
        let mut n = 0;
        while let Some((least, places)) = self.bucket(n) {
            let enough = |(class, p50, ..): (u8, Tenths, HospitalId, u32)| {
                least.p50 > p50 && (class == 0 || (class < 4 && least.p50 > params::FALLBACK_REACH))
            };
            if best.is_some_and(enough) {
                break;
            }
            for index in places {
                let Some(place) = self.place(*index) else { continue };
                let worth = (self.class(&place), place.drive.p50, place.hospital.id, *index);
                best = Some(best.map_or(worth, |b| b.min(worth)));
            }
            n += 1;
        }
        best.and_then(|(.., index)| self.place(index))
    }

    fn class(&self, place: &Place<'_>) -> u8 {
        let code = self.scene.reject(place.hospital, EVERYTHING).map(|why| why.code);
        let tertiary = place.hospital.tertiary && place.drive.p50 <= params::FALLBACK_REACH;
        match code {
            Some(RejectCode::RouteClosed) => 4,
            _ if !tertiary => 3,
            None => 0,
            Some(RejectCode::NoCapability) => 1,
            Some(_) => 2,
        }
    }
}

/// What a further hospital has to beat.
fn worst(best: &[Valued<'_>], wanted: usize) -> Option<(Tenths, HospitalId)> {
    wanted.checked_sub(1).and_then(|last| best.get(last)).map(Valued::key)
}
