//! The ranking itself: exclude, value, order, explain.

mod asking;
mod best;
mod explain;
mod quick;
mod reports;
mod scene;
mod search;

use crate::capacity::CapacityReport;
use crate::constraint::Reject;
use crate::terms::travel_term;
use crate::{
    Fallback, Hospital, HospitalTable, Permille, Ranking, RejectCode, Relaxation, SelectionRequest, Terms, Versions,
    params,
};
use asking::{Asking, Lost};
use model::{HospitalId, Timestamp};
pub(crate) use scene::Scene;
use search::Search;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use travel_time::{Tenths, Travel, TravelTime};

/// One hospital with its drive.
#[derive(Clone, Copy)]
pub(crate) struct Place<'t> {
    pub(crate) hospital: &'t Hospital,
    /// Its place in the table.
    pub(crate) index: u32,
    pub(crate) drive: Travel,
}

/// One hospital that stays, valued.
#[derive(Clone, Copy)]
pub(crate) struct Valued<'t> {
    pub(crate) place: Place<'t>,
    pub(crate) p: Permille,
    pub(crate) terms: Terms,
    pub(crate) total: Tenths,
    /// The treatment that a late acceptance loses here.
    pub(crate) lost: Option<Lost>,
    /// Of it what is lost in any case; a part of the term 不足.
    pub(crate) late: Tenths,
    /// No road leads there: the drive is one by distance, and orders only.
    pub(crate) no_road: bool,
    /// When the hospital last said anything of itself that holds.
    pub(crate) told_at: Option<Timestamp>,
}

/// The order of hospitals: minutes; of equal ones whoever spoke for itself last, and who did not at all behind; then the id.
pub(crate) type Key = (Tenths, Reverse<Option<Timestamp>>, HospitalId);

impl<'t> Valued<'t> {
    fn new(
        scene: &Scene<'_>,
        place: Place<'t>,
        told_at: Option<Timestamp>,
        p: Permille,
        besides_travel: Terms,
    ) -> Self {
        let terms = Terms { travel: travel_term(place.drive), ..besides_travel };
        let lost = Lost::at(scene, place.hospital);
        let no_road = place.hospital.land() != scene.asked.land;
        let mut valued = Self { place, p, terms, total: terms.total(), lost, late: Tenths::ZERO, no_road, told_at };
        valued.late = lost.map_or(Tenths::ZERO, |lost| lost.in_any_case(&valued));
        valued.terms.missing += valued.late;
        valued.total = valued.terms.total();
        valued
    }

    fn driven(self, scene: &Scene<'_>, drive: Travel) -> Self {
        let terms = Terms { missing: self.terms.missing - self.late, ..self.terms };
        Self::new(scene, Place { drive, ..self.place }, self.told_at, self.p, terms)
    }

    const fn key(&self) -> Key {
        (self.total, Reverse(self.told_at), self.place.hospital.id)
    }
}

/// Ranks the hospitals of the table for one request. Deterministic: no clock, no chance; ties by who spoke for itself last, then by id.
///
/// The best are found by the travel model's [`TravelTime::minutes`]; where it can refine, the best [`params::REFINED`] get
/// its refined drives and are ordered again.
#[must_use]
pub fn rank<T: TravelTime>(
    table: &HospitalTable,
    capacity: &[CapacityReport],
    travel: &T,
    request: &SelectionRequest,
) -> Ranking {
    rank_as(table, capacity, travel, request, false).0
}

/// The same without an end: every hospital that no rule excludes, in order, and every one that a rule does. The first
/// [`SelectionRequest::max_candidates`] are those of [`rank`].
#[must_use]
pub fn rank_all<T: TravelTime>(
    table: &HospitalTable,
    capacity: &[CapacityReport],
    travel: &T,
    request: &SelectionRequest,
) -> Ranking {
    rank_as(table, capacity, travel, request, true).0
}

/// Hospitals that [`rank`] looks at: what is reported of others makes no difference to its answer.
pub(crate) fn looked_at<T: TravelTime>(
    table: &HospitalTable,
    capacity: &[CapacityReport],
    travel: &T,
    request: &SelectionRequest,
) -> BTreeSet<HospitalId> {
    rank_as(table, capacity, travel, request, false).1.looked_at()
}

fn rank_as<'a, T: TravelTime>(
    table: &'a HospitalTable,
    capacity: &'a [CapacityReport],
    travel: &'a T,
    request: &'a SelectionRequest,
    whole: bool,
) -> (Ranking, Search<'a, 'a, T>) {
    let mut search = Search::new(Scene::new(table, capacity, request), table, travel);
    let max = request.max_candidates.clamp(1, params::MAX_CANDIDATES);
    // An empty question is answered by whoever can refine from here.
    let refines = travel.refine(request.scene, &[]).is_some();
    let compared = if refines { max.max(params::REFINED) } else { max };
    let mut relaxed = Vec::new();
    search.relax_tertiary(&mut relaxed);
    let step = search.relax_rules(&mut relaxed);
    let mut valued = search.best(step, if whole { usize::MAX } else { compared });
    let mut fallback = search.fallback();
    if valued.is_empty() {
        relaxed.push(Relaxation::FallbackOnly);
        valued.extend(fallback.map(|place| search.valued(place)));
    }
    if refines {
        let best = valued.len().min(compared);
        refine(travel, &search.scene, valued.split_at_mut(best).0, &mut fallback);
    }
    let no_road = without_road(&mut search, &mut valued);
    valued.truncate(if whole { usize::MAX } else { max });
    let listed = valued.len().min(max);
    let fallback = fallback.map(|place| describe_fallback(&search.scene, place));
    let asking = Asking::new(&search.scene, valued.split_at_mut(listed).0, fallback.as_ref());
    let by_distance = |v: &Valued<'a>| search.unrefined(&v.place).map(|drive| drive.p50);
    let farthest = valued.iter().filter_map(by_distance).max().unwrap_or_default();
    let most = if whole { usize::MAX } else { params::MAX_EXCLUDED };
    let mut rejected = search.rejected(step, (!whole).then_some(farthest), most);
    rejected.total += no_road.len();
    rejected.shown.extend(no_road);
    let scene = &search.scene;
    let row = |(n, v): (u32, &Valued<'_>)| explain::candidate(scene, n, v, fallback.as_ref(), &relaxed);
    let ranking = Ranking {
        at: request.at,
        scene: request.scene,
        triage: request.triage,
        category: request.category,
        needs: scene.asked.needs.clone(),
        candidates: (1..).zip(&valued).map(row).collect(),
        excluded: explain::excluded(scene, &rejected.shown, most),
        excluded_total: u32::try_from(rejected.total).unwrap_or(u32::MAX),
        relaxed,
        fallback,
        escalate_after: asking.escalate_after,
        together: asking.together,
        deadline: asking.deadline,
        last_resort: scene.last_resort(),
        versions: Versions::of(table, travel, request.at),
    };
    (ranking, search)
}

/// Refined drives for the best and for the last resort, and their order anew. What is not refined keeps its drive.
fn refine<'t>(
    travel: &impl TravelTime,
    scene: &Scene<'_>,
    valued: &mut [Valued<'t>],
    fallback: &mut Option<Place<'t>>,
) {
    let best = valued.iter().take(params::REFINED).map(|v| v.place.hospital.position);
    let asked: Vec<_> = best.chain(fallback.as_ref().map(|place| place.hospital.position)).collect();
    let Some(drives) = travel.refine(scene.asked.request.scene, &asked).filter(|drives| drives.len() == asked.len())
    else {
        return;
    };
    for (one, drive) in valued.iter_mut().take(params::REFINED).zip(&drives) {
        *one = one.driven(scene, *drive);
    }
    if let (Some(place), Some(drive)) = (fallback, drives.last().filter(|drive| drive.is_reachable())) {
        place.drive = *drive;
    }
    valued.sort_by_key(Valued::key);
}

/// Takes out those whom no road leads to, unless nobody else is left: an island's crew still sees who could be asked, in the
/// order of their distance and said to be without a road.
fn without_road<'t>(
    search: &mut Search<'_, 't, impl TravelTime>,
    valued: &mut Vec<Valued<'t>>,
) -> Vec<(Place<'t>, Reject)> {
    let led_to = |v: &Valued<'_>| v.place.drive.is_reachable();
    if !valued.iter().any(led_to) {
        for one in valued.iter_mut() {
            if let Some(drive) = search.unrefined(&one.place) {
                *one = Valued { no_road: true, ..one.driven(&search.scene, drive) };
            }
        }
        valued.sort_by_key(Valued::key);
        return Vec::new();
    }
    let apart = valued.extract_if(.., |v| !led_to(v));
    apart.map(|v| (v.place, Reject::new(RejectCode::RouteClosed))).collect()
}

fn describe_fallback(scene: &Scene<'_>, place: Place<'_>) -> Fallback {
    let (p, terms) = scene.value(place.hospital);
    let certain = Terms { acceptance: params::LAST_RESORT, ..terms };
    let index = Valued::new(scene, place, None, p, certain).total;
    Fallback { hospital: place.hospital.id, name: place.hospital.name.clone(), index }
}
