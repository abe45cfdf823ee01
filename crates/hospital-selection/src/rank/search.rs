//! Near-first search: hospitals are looked at in the order of their distance, and no further than anything can still matter.
//!
//! Exact, not approximate: a hospital is passed over only when even the least drive over its straight-line distance, added to
//! the least that it costs besides ([`Quick`]), is behind what is in hand already. With a travel model of which drives by
//! distance are not known everything is looked at in full, with the same answer.

use super::best::Best;
use super::quick::Quick;
use super::scene::Scene;
use super::{Place, Valued};
use crate::constraint::{Reject, Relaxed, own_word};
use crate::table::{Between, Brief, Length, Walk};
use crate::terms::travel_term;
use crate::{Hospital, HospitalTable, RejectCode, Relaxation, params};
use model::HospitalId;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use travel_time::{Tenths, Travel, TravelTime};

const NO_DRIVE: Travel = Travel { p50: Tenths::ZERO, p90: Tenths::ZERO };
/// Class of last resorts that are not tertiary or too far; those before are tertiary.
const OTHER: u8 = 3;
/// Class of last resorts that no road leads to.
const CLOSED_ROAD: u8 = 4;
/// Nothing is relaxed.
const NOTHING: Relaxed = Relaxed { off_duty: false, not_listed: false, already_refused: false, across_water: false };
/// Everything that can be relaxed on this side of the water.
const EVERYTHING: Relaxed = Relaxed { off_duty: true, not_listed: true, already_refused: true, across_water: false };

/// The published order in which rules are relaxed.
const STEPS: [(Option<Relaxation>, Relaxed); 4] = [
    (None, NOTHING),
    (Some(Relaxation::OffDuty), Relaxed { off_duty: true, ..NOTHING }),
    (Some(Relaxation::NotListed), Relaxed { off_duty: true, not_listed: true, ..NOTHING }),
    (Some(Relaxation::AlreadyRefused), EVERYTHING),
];

/// Room for the buckets of most searches.
const USUAL_STRETCHES: usize = 64;
/// Farther than any two points of Japan.
const FARTHEST_KM: f64 = 4_000.0;
/// How well a reach is known in kilometres; in between the drive itself decides.
const REACH_KM: f64 = 0.1;

/// A drive that is not to be longer.
#[derive(Clone, Copy)]
struct Reach {
    minutes: Tenths,
    /// One comes as far as the least, and not as far as the most; none = not known.
    km: Option<Between>,
}

impl Reach {
    /// Whether a hospital at this distance is within; none = the drive itself decides.
    fn settles(self, km: Between) -> Option<bool> {
        let reach = self.km?;
        if km.most <= reach.least {
            Some(true)
        } else if km.least >= reach.most {
            Some(false)
        } else {
            None
        }
    }
}

/// One search around one scene; its passes share the buckets and the drives that were computed.
pub(super) struct Search<'a, 't, T> {
    pub(super) scene: Scene<'a>,
    table: &'t HospitalTable,
    travel: &'a T,
    walk: Walk<'t>,
    /// Of the buckets that were taken from the walk.
    stretches: Vec<Stretch<'t>>,
    quick: Quick,
    /// Whether drives by distance are known.
    bounded: bool,
    /// Drives that cost more than their distance, by place in the table; empty where drives by distance are known.
    drives: Vec<Option<Travel>>,
    /// Hospitals that were looked at out of their turn.
    apart: BTreeSet<HospitalId>,
}

/// A bucket of the walk.
#[derive(Clone, Copy)]
struct Stretch<'t> {
    /// A drive that neither it nor any later one can beat.
    least: Travel,
    briefs: &'t [Brief],
    /// How many of the scene's land stand in it and in all before.
    on_land: usize,
}

/// Whom the rules exclude.
pub(super) struct Rejected<'t> {
    /// Those that this case has met itself, and the nearest others.
    pub(super) shown: Vec<(Place<'t>, Reject)>,
    pub(super) total: usize,
}

impl<'a, 't, T: TravelTime> Search<'a, 't, T> {
    pub(super) fn new(scene: Scene<'a>, table: &'t HospitalTable, travel: &'a T) -> Self {
        let from = scene.asked.request.scene;
        let walk = table.near().walk(from);
        let bounded = travel.by_distance(from, 0.0).is_some();
        let drives = if bounded { Vec::new() } else { vec![None; table.hospitals().len()] };
        let quick = Quick::new(&scene);
        Self {
            scene,
            table,
            travel,
            walk,
            stretches: Vec::with_capacity(USUAL_STRETCHES),
            quick,
            bounded,
            drives,
            apart: BTreeSet::new(),
        }
    }

    fn by_distance(&self, km: f64) -> Option<Travel> {
        self.travel.by_distance(self.scene.asked.request.scene, km)
    }

    /// The `n`-th bucket from near to far.
    fn stretch(&mut self, n: usize) -> Option<Stretch<'t>> {
        if n == self.stretches.len() {
            let bucket = self.walk.next()?;
            let least = self.by_distance(bucket.least_km).unwrap_or(NO_DRIVE);
            let land = self.scene.asked.land;
            let before = self.stretches.last().map_or(0, |last| last.on_land);
            let on_land = before + bucket.briefs.iter().filter(|brief| brief.land == land).count();
            self.stretches.push(Stretch { least, briefs: bucket.briefs, on_land });
        }
        self.stretches.get(n).copied()
    }

    /// Whether nobody who could still count follows the first `n` buckets: an island's last hospital ends the search.
    fn is_over(&self, n: usize, relaxed: Relaxed) -> bool {
        let passed = n.checked_sub(1).and_then(|last| self.stretches.get(last)).map_or(0, |last| last.on_land);
        !relaxed.across_water && passed >= self.table.near().on_land(self.scene.asked.land)
    }

    fn place(&mut self, brief: &Brief) -> Option<Place<'t>> {
        let hospital = self.table.hospitals().get(usize::try_from(brief.index).ok()?)?;
        let (travel, from) = (self.travel, self.scene.asked.request.scene);
        let exact = || travel.minutes(from, hospital.position);
        let drive = match usize::try_from(brief.index).ok().and_then(|at| self.drives.get_mut(at)) {
            Some(known) => *known.get_or_insert_with(exact),
            None => {
                let km = self.walk.km(brief);
                // Nearly always the bounds of the distance have the same drive.
                let least = self.by_distance(km.least).filter(|least| Some(*least) == self.by_distance(km.most));
                least.unwrap_or_else(exact)
            }
        };
        Some(Place { hospital, index: brief.index, drive })
    }

    /// A hospital out of its turn.
    fn place_apart(&mut self, id: HospitalId) -> Option<Place<'t>> {
        let brief = self.table.near().brief(self.table.index_of(id)?)?;
        self.apart.insert(id);
        self.place(brief)
    }

    /// The drive before it was refined.
    pub(super) fn unrefined(&mut self, place: &Place<'t>) -> Option<Travel> {
        let brief = self.table.near().brief(place.index)?;
        self.place(brief).map(|place| place.drive)
    }

    /// Every hospital of which this search can have read a report, a hold or an ambulance on its way.
    pub(super) fn looked_at(&self) -> BTreeSet<HospitalId> {
        let passed = self.stretches.iter().flat_map(|stretch| stretch.briefs).map(|brief| brief.id);
        passed.chain(self.apart.iter().copied()).collect()
    }

    /// Whether a rule excludes this hospital.
    fn excludes(&self, brief: &Brief, relaxed: Relaxed) -> bool {
        if self.bounded {
            if self.quick.lacks(brief, relaxed) {
                return true;
            }
            if let Some(excluded) = self.quick.excludes_untold(brief).filter(|_| self.is_untold(brief.id)) {
                return excluded;
            }
        }
        self.hospital(brief).is_some_and(|hospital| self.scene.reject(hospital, relaxed).is_some())
    }

    /// Whether this case has not met it, and nothing was reported of it.
    fn is_untold(&self, id: HospitalId) -> bool {
        self.scene.exclusion(id).is_none() && self.scene.reports_of(id).all.is_empty()
    }

    /// The rule that excludes a hospital.
    fn reject(&self, place: &Place<'t>, relaxed: Relaxed) -> Option<Reject> {
        let brief = self.table.near().brief(place.index).filter(|_| self.bounded);
        let untold = brief.filter(|brief| self.is_untold(brief.id));
        let quick = untold.and_then(|brief| self.quick.reject_untold(brief, relaxed));
        quick.or_else(|| self.scene.reject(place.hospital, relaxed))
    }

    fn hospital(&self, brief: &Brief) -> Option<&'t Hospital> {
        usize::try_from(brief.index).ok().and_then(|at| self.table.hospitals().get(at))
    }

    /// The first hospital, from near to far, that is not rejected and drives at most `within`; none = nobody.
    fn somebody(&mut self, relaxed: Relaxed, within: Option<Tenths>, tertiary: bool) -> bool {
        let mut n = 0;
        while let Some(stretch) = self.stretch(n) {
            if self.is_over(n, relaxed) || within.is_some_and(|reach| stretch.least.p50 > reach) {
                return false;
            }
            for brief in stretch.briefs.iter().filter(|brief| brief.tertiary || !tertiary) {
                if !self.excludes(brief, relaxed) && within.is_none_or(|reach| self.drives_within(brief, reach)) {
                    return true;
                }
            }
            n += 1;
        }
        false
    }

    fn drives_within(&mut self, brief: &Brief, reach: Tenths) -> bool {
        self.place(brief).is_some_and(|place| place.drive.p50 <= reach)
    }

    /// How far one comes in these minutes.
    fn reach(&self, minutes: Tenths) -> Reach {
        let mut km = Between { least: 0.0, most: FARTHEST_KM };
        let comes = |km: f64| self.by_distance(km).map(|drive| drive.p50 <= minutes);
        if comes(km.least) != Some(true) || comes(km.most) != Some(false) {
            return Reach { minutes, km: None };
        }
        while km.most - km.least > REACH_KM {
            let middle = f64::midpoint(km.least, km.most);
            if comes(middle) == Some(true) { km.least = middle } else { km.most = middle }
        }
        Reach { minutes, km: Some(km) }
    }

    /// A hard need for 三次 becomes soft where no tertiary hospital that could take the case is within reach.
    pub(super) fn relax_tertiary(&mut self, relaxed: &mut Vec<Relaxation>) {
        if self.scene.needs_tertiary() && !self.somebody(Relaxed::default(), Some(params::TERTIARY_REACH), true) {
            relaxed.push(Relaxation::TertiaryOutOfReach);
            self.scene.wish_for_tertiary();
            self.quick = Quick::new(&self.scene);
        }
    }

    /// Relaxes rules in the published order until somebody within [`params::RELAX_REACH`] is left. Where nobody lives that
    /// near, the strictest rules that leave anybody stand. Across the water is looked only where nobody at all is left on this
    /// side.
    pub(super) fn relax_rules(&mut self, relaxed: &mut Vec<Relaxation>) -> Relaxed {
        let (chosen, across_water) = match self.strictest(false) {
            Some(step) => (step, false),
            None => self.strictest(true).map_or((0, false), |step| (step, true)),
        };
        relaxed.extend(STEPS.iter().take(chosen + 1).filter_map(|(name, _)| *name));
        let (_, step) = STEPS.get(chosen).copied().unwrap_or_default();
        Relaxed { across_water, ..step }
    }

    /// The first step that leaves somebody near; else the first that leaves anybody.
    fn strictest(&mut self, across_water: bool) -> Option<usize> {
        let mut first = |within: Option<Tenths>| {
            STEPS.iter().position(|(_, step)| self.somebody(Relaxed { across_water, ..*step }, within, false))
        };
        first(Some(params::RELAX_REACH)).or_else(|| first(None))
    }

    /// The `wanted` best hospitals, best first.
    pub(super) fn best(&mut self, relaxed: Relaxed, wanted: usize) -> Vec<Valued<'t>> {
        let mut best = Best::new(wanted, self.table.hospitals().len());
        // Those that know the patient cost less than the floor; they are few, and offered first.
        let known: Vec<HospitalId> = self.scene.known().collect();
        for id in &known {
            if let Some(place) = self.place_apart(*id) {
                self.offer(place, relaxed, &mut best);
            }
        }
        let floor = self.quick.floor();
        let mut n = 0;
        while let Some(stretch) = self.stretch(n) {
            let least = travel_term(stretch.least);
            if self.is_over(n, relaxed) || best.all_behind(least + floor) {
                break;
            }
            for brief in stretch.briefs {
                if self.is_passed_over(brief, relaxed, least, &best) || known.contains(&brief.id) {
                    continue;
                }
                let Some(place) = self.place(brief) else { continue };
                self.offer(place, relaxed, &mut best);
            }
            n += 1;
        }
        best.sorted()
    }

    /// Whether it is told without a drive that this hospital, which does not know the patient, is not among the best.
    fn is_passed_over(&self, brief: &Brief, relaxed: Relaxed, least: Tenths, best: &Best<'_>) -> bool {
        if !self.bounded {
            return false;
        }
        if self.quick.lacks(brief, relaxed) || best.all_behind(least + self.quick.least(brief)) {
            return true;
        }
        let silent = self.scene.reports_of(brief.id).all.is_empty();
        let besides = if silent && !brief.named { self.quick.least_untold(brief) } else { self.quick.least(brief) };
        let total = besides + self.by_distance(self.walk.km(brief).least).map_or(least, travel_term);
        if silent { best.is_behind_untold(total, brief.id) } else { best.all_behind(total) }
    }

    fn offer(&self, place: Place<'t>, relaxed: Relaxed, best: &mut Best<'t>) {
        let around = self.scene.around(place.hospital.id);
        if self.scene.reject_told(place.hospital, around.reports, relaxed).is_none() {
            let (p, terms) = self.scene.value_around(place.hospital, &around);
            best.add(Valued::new(&self.scene, place, own_word(around.reports), p, terms));
        }
    }

    /// A hospital as the only candidate, whatever excludes it.
    pub(super) fn valued(&self, place: Place<'t>) -> Valued<'t> {
        let around = self.scene.around(place.hospital.id);
        let (p, terms) = self.scene.value_around(place.hospital, &around);
        Valued::new(&self.scene, place, own_word(around.reports), p, terms)
    }

    /// Whom the rules exclude, no farther than `farthest` (none = all), and all that this case has met itself; of the others
    /// the `most` nearest by name.
    pub(super) fn rejected(&mut self, relaxed: Relaxed, farthest: Option<Tenths>, most: usize) -> Rejected<'t> {
        let mut shown = self.met(relaxed);
        let own: Vec<HospitalId> = shown.iter().map(|(place, _)| place.hospital.id).collect();
        let reach = farthest.map(|minutes| self.reach(minutes));
        let mut others: Vec<Reverse<(Length, u32)>> = Vec::with_capacity(USUAL_STRETCHES);
        let mut n = 0;
        while let Some(stretch) = self.stretch(n) {
            if reach.is_some_and(|reach| stretch.least.p50 > reach.minutes) {
                break;
            }
            for brief in stretch.briefs {
                if !self.excludes(brief, relaxed) {
                    continue;
                }
                let km = self.walk.km(brief);
                let within = reach
                    .is_none_or(|reach| reach.settles(km).unwrap_or_else(|| self.drives_within(brief, reach.minutes)));
                if within && !own.contains(&brief.id) {
                    others.push(Reverse((Length(km.least), brief.index)));
                }
            }
            n += 1;
        }
        let total = shown.len() + others.len();
        let nearest = self.nearest(others, most);
        let why = |place: Place<'t>| Some((place, self.reject(&place, relaxed)?));
        shown.extend(nearest.into_iter().filter_map(why));
        Rejected { shown, total }
    }

    /// The `most` nearest by drive, in their order.
    fn nearest(&mut self, all: Vec<Reverse<(Length, u32)>>, most: usize) -> Vec<Place<'t>> {
        let mut nearest: Vec<Place<'t>> = Vec::with_capacity(most.min(all.len()) + 1);
        let mut ahead = BinaryHeap::from(all);
        while let Some(Reverse((Length(km), index))) = ahead.pop() {
            let last = most.checked_sub(1).and_then(|last| nearest.get(last)).map(|place| place.drive.p50);
            // In the order of the bound, so that nobody who follows has a shorter one.
            if last.is_some_and(|last| self.by_distance(km).is_some_and(|least| least.p50 > last)) {
                break;
            }
            let Some(place) = self.table.near().brief(index).and_then(|brief| self.place(brief)) else { continue };
            let at = nearest.partition_point(|one| nearness(one) < nearness(&place));
            if at < most {
                nearest.insert(at, place);
                nearest.truncate(most);
            }
        }
        nearest
    }

    /// Those that this case has asked or cannot reach, however far.
    fn met(&mut self, relaxed: Relaxed) -> Vec<(Place<'t>, Reject)> {
        let ids: Vec<HospitalId> = self.scene.met().collect();
        let places: Vec<Place<'t>> = ids.into_iter().filter_map(|id| self.place_apart(id)).collect();
        let found = places.into_iter().filter_map(|place| Some((place, self.scene.reject(place.hospital, relaxed)?)));
        found.filter(|(_, why)| why.is_own()).collect()
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
        let places: Vec<Place<'t>> = secure.last_resort.iter().filter_map(|id| self.place_apart(*id)).collect();
        let open = |p: &&Place<'t>| {
            self.scene.reject(p.hospital, EVERYTHING).is_none_or(|why| why.code != RejectCode::RouteClosed)
        };
        places.iter().filter(open).min_by_key(|p| (p.drive.p50, p.hospital.id)).copied()
    }

    fn nearest_last_resort(&mut self) -> Option<Place<'t>> {
        self.nearest_of_class(true).or_else(|| self.nearest_of_class(false))
    }

    /// The first in the order of class, drive and id; of tertiary hospitals that could be reached alone, where wanted.
    fn nearest_of_class(&mut self, tertiary: bool) -> Option<Place<'t>> {
        let mut best: Option<(u8, Tenths, HospitalId, Place<'t>)> = None;
        let mut n = 0;
        while let Some(stretch) = self.stretch(n) {
            let least = stretch.least.p50;
            let reaches = if tertiary { least <= params::FALLBACK_REACH } else { true };
            let enough = |class: u8, p50: Tenths| {
                least > p50 && (class == 0 || (class < CLOSED_ROAD && least > params::FALLBACK_REACH))
            };
            if !reaches || best.as_ref().is_some_and(|(class, p50, ..)| enough(*class, *p50)) {
                break;
            }
            for brief in stretch.briefs.iter().filter(|brief| brief.tertiary || !tertiary) {
                let Some(place) = self.place(brief) else { continue };
                let (class, p50) = (self.class(&place), place.drive.p50);
                let counts = !tertiary || class < OTHER;
                if counts && best.as_ref().is_none_or(|(c, m, id, _)| (class, p50, brief.id) < (*c, *m, *id)) {
                    best = Some((class, p50, brief.id, place));
                }
            }
            n += 1;
        }
        best.map(|(.., place)| place)
    }

    fn class(&self, place: &Place<'_>) -> u8 {
        let code = self.scene.reject(place.hospital, EVERYTHING).map(|why| why.code);
        let tertiary = place.hospital.tertiary && place.drive.p50 <= params::FALLBACK_REACH;
        match code {
            Some(RejectCode::RouteClosed) => CLOSED_ROAD,
            _ if !tertiary => OTHER,
            None => 0,
            Some(RejectCode::NoCapability) => 1,
            Some(_) => 2,
        }
    }
}

fn nearness(place: &Place<'_>) -> (Tenths, HospitalId) {
    (place.drive.p50, place.hospital.id)
}
