//! The ranking itself: exclude, value, order, explain.

mod explain;
mod scene;
mod search;

use crate::capacity::CapacityReport;
use crate::terms::travel_term;
use crate::{
    Fallback, Hospital, HospitalTable, Permille, Ranking, Relaxation, SelectionRequest, Terms, Versions, params,
};
use model::HospitalId;
pub(crate) use scene::Scene;
use search::Search;
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
}

impl<'t> Valued<'t> {
    fn new(place: Place<'t>, p: Permille, terms: Terms) -> Self {
        let terms = Terms { travel: travel_term(place.drive), ..terms };
        Self { place, p, terms, total: terms.total() }
    }

    fn driven(self, drive: Travel) -> Self {
        Self::new(Place { drive, ..self.place }, self.p, self.terms)
    }

    /// The order: minutes, then id.
    const fn key(&self) -> (Tenths, HospitalId) {
        (self.total, self.place.hospital.id)
    }
}

/// Ranks the hospitals of the table for one request. Deterministic: no clock, no chance, ties by id.
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
    let mut search = Search::new(Scene::new(table, capacity, request), table, travel);
    let max = request.max_candidates.clamp(1, params::MAX_CANDIDATES);
    // An empty question is answered by whoever can refine from here.
    let refines = travel.refine(request.scene, &[]).is_some();
    let mut relaxed = Vec::new();
    search.relax_tertiary(&mut relaxed);
    let step = search.relax_rules(&mut relaxed);
    let mut valued = search.best(step, if refines { max.max(params::REFINED) } else { max });
    let mut fallback = search.fallback();
    if valued.is_empty() {
        relaxed.push(Relaxation::FallbackOnly);
        valued.extend(fallback.map(|place| search.valued(place)));
    }
    if refines {
        refine(travel, request, &mut valued, &mut fallback);
    }
    valued.truncate(max);
    let by_distance = |v: &Valued<'_>| search.place(v.place.index).map(|p| p.drive.p50);
    let farthest = valued.iter().filter_map(by_distance).max().unwrap_or_default();
    let rejected = search.rejected(step, Some(farthest));
    let scene = &search.scene;
    let fallback = fallback.map(|place| describe_fallback(scene, place));
    let row = |(n, v): (u32, &Valued<'_>)| explain::candidate(scene, n, v, fallback.as_ref(), &relaxed);
    Ranking {
        at: request.at,
        scene: request.scene,
        triage: request.triage,
        category: request.category,
        needs: scene.asked.needs.clone(),
        candidates: (1..).zip(&valued).map(row).collect(),
        excluded: explain::excluded(scene, &rejected),
        excluded_total: u32::try_from(rejected.len()).unwrap_or(u32::MAX),
        relaxed,
        fallback,
        last_resort: scene.last_resort(),
        versions: Versions::of(table, travel, request.at),
    }
}

/// Refined drives for the best and for the last resort, and their order anew. What is not refined keeps its drive.
fn refine<'t>(
    travel: &impl TravelTime,
    request: &SelectionRequest,
    valued: &mut [Valued<'t>],
    fallback: &mut Option<Place<'t>>,
) {
    let best = valued.iter().take(params::REFINED).map(|v| v.place.hospital.position);
    let asked: Vec<_> = best.chain(fallback.as_ref().map(|place| place.hospital.position)).collect();
    let Some(drives) = travel.refine(request.scene, &asked).filter(|drives| drives.len() == asked.len()) else {
        return;
    };
    for (one, drive) in valued.iter_mut().take(params::REFINED).zip(&drives) {
        *one = one.driven(*drive);
    }
    if let (Some(place), Some(drive)) = (fallback, drives.last()) {
        place.drive = *drive;
    }
    valued.sort_by_key(Valued::key);
}

fn describe_fallback(scene: &Scene<'_>, place: Place<'_>) -> Fallback {
    let (p, terms) = scene.value(place.hospital);
    let certain = Terms { acceptance: params::ENQUIRY, ..terms };
    let index = Valued::new(place, p, certain).total;
    Fallback { hospital: place.hospital.id, name: place.hospital.name.clone(), index }
}
