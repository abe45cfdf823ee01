//! A call comes in, and a unit is sent.

use crate::engine::stats::TimeAverage;
use crate::world::demand::{Calls, Incident};
use crate::world::nearest::quick_km;
use crate::world::record::Record;
use crate::world::service::Durations;
use crate::world::state::{Case, Event, World};
use crate::world::unit::Duty;
use model::Position;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use travel_time::Land;

/// Kilometres that a unit is sent at most where a station lies within that; such calls wait for one that becomes free \[A\].
pub(super) const REACH_KM: f64 = 60.0;
/// Where none does, or a land has no unit at all (then over water), one comes from wherever the nearest is.
const ANYWHERE_KM: f64 = 3_000.0;
/// Share of patients whom a hospital near them knows (かかりつけ) \[A\].
const HAS_OWN: f64 = 0.45;
/// It is one of so many nearest hospitals \[A\].
const OWN_AMONG: usize = 6;

pub(super) fn come_in(world: &mut World<'_>, calls: &mut Calls<'_>) {
    let Some(incident) = world.next.take() else { return };
    world.next = calls.next();
    if let Some(next) = &world.next {
        let at = world.ticks(next.at);
        world.calendar.at(at, Event::Call);
    }
    let counted = incident.at >= world.scenario.start.0;
    let case = new_case(world, incident, counted);
    let call = case.durations.call;
    world.tally.opened(&case);
    let index = world.cases.len();
    world.cases.push(Some(case));
    world.after_minutes(call, Event::Dispatch(index));
}

fn new_case(world: &World<'_>, incident: Incident, counted: bool) -> Case {
    let number = incident.number;
    let department = world.geography.municipalities.get(incident.municipality).map_or(0, |m| m.department);
    let people = world.geography.departments.get(department).map_or(0, |d| d.people);
    let durations = Durations::draw(world.scenario, &incident, people, &mut world.streams.of("service", number));
    let mut rng = world.streams.of("case", number);
    let difficulty: f64 = StandardNormal.sample(&mut rng);
    let (has, which): (f64, usize) = (rng.random(), rng.random_range(0..OWN_AMONG));
    let own = (has < HAS_OWN).then(|| near_hospital(world, &incident, which)).flatten();
    let mut record = Record::open(world.streams.of("ids", number), incident.at, department, world.keep_logs);
    record.opened(incident.at, incident.place);
    Case {
        incident,
        durations,
        record,
        unit: None,
        difficulty: difficulty.clamp(-3.0, 3.0),
        own,
        history_known: false,
        waited: false,
        from: None,
        asked: Vec::new(),
        exclude: Vec::new(),
        destination: None,
        ready_at: 0,
        last_resort: false,
        counted,
    }
}

/// The n-th nearest hospital of a place, as a crow flies.
fn near_hospital(world: &World<'_>, incident: &Incident, n: usize) -> Option<usize> {
    let near = world.near_hospitals.get(&incident.municipality)?;
    near.get(n.min(near.len().checked_sub(1)?)).copied()
}

pub(super) fn dispatch(world: &mut World<'_>, case: usize) {
    let Some(one) = world.case(case) else { return };
    let place = one.incident.place;
    let land = Land::of(place);
    let now = world.calendar.now();
    let own_land = world.lands.contains_key(&land);
    let reach = if own_land && served(world, place, land) { REACH_KM } else { ANYWHERE_KM };
    let distance = |unit: u32| {
        let unit = world.units.get(unit as usize)?;
        (!own_land || unit.land == land).then(|| quick_km(unit.position(now), place))
    };
    match world.free.nearest(place, reach, distance) {
        Some((unit, _)) => send(world, case, unit),
        None => {
            if let Some(one) = world.case_mut(case) {
                one.waited = true;
            }
            world.waiting.push_back(case);
        }
    }
}

/// Whether a station of the land lies within reach.
fn served(world: &World<'_>, place: Position, land: Land) -> bool {
    let station =
        |unit: u32| world.units.get(unit as usize).filter(|u| u.land == land).map(|u| quick_km(u.station, place));
    world.stations.nearest(place, REACH_KM, station).is_some()
}

/// Sends a unit to a case.
pub(super) fn send(world: &mut World<'_>, case: usize, unit: u32) {
    let (now, at) = (world.calendar.now(), world.now());
    let Some(from) = world.units.get(unit as usize).map(|u| u.position(now)) else { return };
    world.set_duty(unit, Duty::Busy(case));
    let Some(one) = world.case_mut(case) else { return };
    one.unit = Some(unit);
    one.record.assigned(at, unit as usize);
    one.from = Some(from);
    let turnout = one.durations.turnout;
    world.after_minutes(turnout, Event::EnRoute(case));
}

/// A unit became free: the oldest call within reach takes it.
pub(super) fn take_waiting(world: &mut World<'_>, unit: u32) -> bool {
    let now = world.calendar.now();
    let Some(one) = world.units.get(unit as usize) else { return false };
    let (at, land) = (one.position(now), one.land);
    let fits = |case: &usize| {
        world.case(*case).is_some_and(|c| {
            let place = c.incident.place;
            let call_land = Land::of(place);
            let same = call_land == land && (quick_km(at, place) <= REACH_KM || !served(world, place, land));
            same || !world.lands.contains_key(&call_land)
        })
    };
    let Some(found) = world.waiting.iter().position(fits) else { return false };
    let Some(case) = world.waiting.remove(found) else { return false };
    send(world, case, unit);
    true
}

pub(super) fn count_from_here(world: &mut World<'_>) {
    let now = world.calendar.now();
    for region in &mut world.regions {
        region.average = TimeAverage::new(now, f64::from(region.busy));
    }
    world.tally.count_from(now);
}
