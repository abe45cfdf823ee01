//! From a scenario to the transports of a run: who is found where and when, and where units wait.

use super::call::{Call, Stages};
use crate::engine::Streams;
use crate::scenario::{Refusals, Scenario};
use crate::world::demand::{CardFate, Demand, Incident};
use crate::world::geography::Geography;
use case::FindingsChange;
use hospital_selection::HospitalTable;
use model::{Findings, HospitalId, Position};
use rand::{Rng, RngExt};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Mean enquiries of a transport \[A\] (research on the national load: 1.7), as the odds that one is accepted: p/(1 − p) with p = 1/1.7.
const ACCEPTED_ODDS: f64 = 1.0 / 0.7;

/// Scenes that are looked at to find the hospitals that matter.
const SCENES: usize = 2_000;
/// Of each, so many hospitals.
const NEAREST: usize = 3;

/// Arrivals that take the place of the scenario's: a mean rate for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    /// Calls a second.
    pub(super) per_second: f64,
    pub(super) lasts: Duration,
}

/// The transports of a scenario, in time order. With `rates` its patients come one after another at those instead; where there are too
/// few of them, they come again.
pub(super) fn calls(scenario: &Scenario, rates: Option<&[Rate]>) -> Vec<Call> {
    let streams = Streams::new(scenario.seed, 0);
    let demand = Demand::new(scenario, streams.clone());
    let wanted = rates.map_or(usize::MAX, |rates| {
        rates.iter().map(|r| (r.per_second * r.lasts.as_secs_f64()) as usize * 2 + 64).sum()
    });
    let counted = demand.calls().filter(|incident| incident.at >= scenario.start.0);
    let own: Vec<Call> = counted.take(wanted).map(|incident| call(scenario, &incident, &streams)).collect();
    match rates {
        None => own,
        Some(rates) => at_rates(&own, rates, &mut streams.purpose("arrivals of the live driver")),
    }
}

/// Poisson arrivals: exponential gaps by inverse transform, rate after rate.
fn at_rates(patients: &[Call], rates: &[Rate], rng: &mut impl Rng) -> Vec<Call> {
    let (mut calls, mut begins) = (Vec::new(), 0.0_f64);
    let mut again = patients.iter().cycle();
    for rate in rates {
        let ends = begins + rate.lasts.as_secs_f64();
        let mut at = begins;
        loop {
            at -= libm::log(1.0 - rng.random::<f64>()) / rate.per_second;
            let Some(patient) = again.next().filter(|_| at < ends) else { break };
            let n = calls.len() as u64;
            calls.push(Call { n, at: Duration::from_secs_f64(at), draw: rng.random(), ..patient.clone() });
        }
        begins = ends;
    }
    calls
}

fn call(scenario: &Scenario, incident: &Incident, streams: &Streams) -> Call {
    let at_us = incident.at.since_us(scenario.start.0);
    let mut stages = Stages::MEAN;
    stages.back = scenario.fleet.clean.duration();
    stages.telephone = Duration::from_secs_f64(scenario.hospitals.answer_minutes * 60.0);
    Call {
        n: incident.number,
        at: Duration::from_micros(u64::try_from(at_us).unwrap_or(0)),
        scene: incident.place,
        findings: changes(&incident.findings),
        transported: incident.transported,
        reads_card: incident.card == CardFate::Read,
        stages,
        accepts: accepts(scenario, at_us, incident.prefecture),
        draw: streams.of("telephone answers", incident.number).random(),
    }
}

/// The chance that a hospital accepts, with the scenario's odds and whatever makes hospitals refuse at that moment.
fn accepts(scenario: &Scenario, at_us: i64, prefecture: usize) -> f64 {
    let holds = |fault: &&Refusals| {
        let there = Geography::chosen(&fault.prefectures).contains(&prefecture);
        there && (fault.at.us()..fault.at.us() + fault.lasts.us()).contains(&at_us)
    };
    let faults: f64 = scenario.faults.refusals.iter().filter(holds).map(|fault| fault.odds).product();
    share(ACCEPTED_ODDS * scenario.hospitals.acceptance_odds * faults)
}

/// A chance of its odds.
fn share(odds: f64) -> f64 {
    odds / (1.0 + odds)
}

/// The chance at desks, whose answers know no moment.
pub(super) fn accepts_at_desks(scenario: &Scenario) -> f64 {
    share(ACCEPTED_ODDS * scenario.hospitals.acceptance_odds)
}

/// The taps with which a crew enters findings.
fn changes(found: &Findings) -> Vec<FindingsChange> {
    let mut all = vec![FindingsChange::Sex(found.sex)];
    match found.age_years {
        Some(years) => all.push(FindingsChange::AgeYears(Some(years))),
        None => all.push(FindingsChange::AgeBand(found.age_band)),
    }
    all.extend(found.complaints.iter().map(|one| FindingsChange::Complaint { complaint: *one, chosen: true }));
    all.push(FindingsChange::Jcs(found.jcs));
    all.extend(
        found.vitals.iter().map(|(vital, reading)| FindingsChange::Vital { vital: *vital, reading: Some(*reading) }),
    );
    let answered = found.follow_ups.iter();
    all.extend(
        answered.map(|(question, answer)| FindingsChange::FollowUp { question: *question, answer: Some(*answer) }),
    );
    all.push(FindingsChange::Triage(found.triage));
    all
}

/// Where a unit waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Station {
    pub(super) at: Position,
    /// People of its municipality.
    pub(super) people: u32,
}

/// Where each unit waits: every department has a home among the municipalities of the scenario's area, drawn by their people, and its
/// units stand at town points there. Synthetic.
pub(super) fn stations(scenario: &Scenario, units: usize, departments: usize) -> Vec<Station> {
    let geography = Geography::embedded();
    let streams = Streams::new(scenario.seed, 0);
    let area = Geography::chosen(&scenario.area.prefectures);
    let homes: Vec<_> = geography.municipalities.iter().filter(|m| area.contains(&m.prefecture)).collect();
    let people: u64 = homes.iter().map(|home| u64::from(home.people)).sum();
    let station = |n: usize| {
        let mut drawn = streams.of("home", (n % departments.max(1)) as u64).random_range(0..people.max(1));
        let home = homes.iter().find(|home| {
            let here = drawn < u64::from(home.people);
            drawn = drawn.saturating_sub(u64::from(home.people));
            here
        })?;
        let points = geography.places.get(home.places.clone())?;
        let at = streams.of("station", n as u64).random_range(0..points.len().max(1));
        points.get(at).map(|at| Station { at: *at, people: home.people })
    };
    (0..units).filter_map(station).collect()
}

/// The hospitals whose desks are played: those that are most often among the nearest three of a scene, by the straight line; ties by id.
pub(super) fn with_desks(calls: &[Call], count: usize) -> BTreeSet<HospitalId> {
    let hospitals = HospitalTable::embedded().hospitals();
    let mut often: BTreeMap<HospitalId, u32> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.transported).take(SCENES) {
        let mut near: Vec<(f64, HospitalId)> =
            hospitals.iter().map(|h| (squared(h.position, call.scene), h.id)).collect();
        let by_distance = |a: &(f64, HospitalId), b: &(f64, HospitalId)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if near.len() > NEAREST {
            near.select_nth_unstable_by(NEAREST - 1, by_distance);
        }
        near.iter().take(NEAREST).for_each(|(_, id)| *often.entry(*id).or_default() += 1);
    }
    let mut all: Vec<_> = often.into_iter().collect();
    all.sort_by_key(|(id, count)| (core::cmp::Reverse(*count), *id));
    all.into_iter().take(count).map(|(id, _)| id).collect()
}

/// Squared degrees, longitude narrowed by the latitude: enough to tell which of many is nearest.
pub(super) fn squared(a: Position, b: Position) -> f64 {
    let (north, east) = (a.lat() - b.lat(), (a.lon() - b.lon()) * libm::cos(b.lat().to_radians()));
    north * north + east * east
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peak() -> Scenario {
        let mut scenario = Scenario::shipped("national-peak-x10").expect("ships");
        scenario.duration = "60s".parse().expect("a span");
        scenario
    }

    #[test]
    fn the_peak_calls_more_than_four_times_a_second_the_same_with_the_same_seed() {
        let calls = calls(&peak(), None);
        // Four standard deviations of a Poisson count of 267 below.
        assert!((202..340).contains(&calls.len()), "{}", calls.len());
        let places = |calls: &[Call]| calls.iter().map(|c| (c.at, c.scene, c.draw)).collect::<Vec<_>>();
        assert_eq!(places(&calls), places(&super::calls(&peak(), None)));
        assert!(calls.is_sorted_by_key(|c| c.at) && calls.iter().all(|c| c.at.as_secs() < 60));
        assert!(calls.iter().any(|c| c.reads_card) && calls.iter().any(|c| !c.transported));
    }

    #[test]
    fn rates_follow_each_other_and_patients_come_again() {
        let rate = |per_second| Rate { per_second, lasts: Duration::from_secs(20) };
        let calls = calls(&peak(), Some(&[rate(2.0), rate(50.0)]));
        let first = calls.iter().filter(|c| c.at.as_secs() < 20).count();
        assert!((15..70).contains(&first), "{first}");
        assert!((870..1_130).contains(&(calls.len() - first)), "{}", calls.len());
        assert!(calls.iter().enumerate().all(|(n, call)| call.n == n as u64));
    }

    #[test]
    fn a_third_of_the_odds_is_a_lower_chance_only_where_and_while_it_holds() {
        let mut scenario = Scenario::shipped("hospital-refusals").expect("ships");
        scenario.faults.refusals.iter_mut().for_each(|fault| fault.prefectures = vec!["東京都".to_owned()]);
        let tokyo = Geography::chosen(&["東京都".to_owned()]).first().copied().expect("Tokyo");
        let hours = |hours: i64| hours * 3_600_000_000;
        let (before, while_it_holds) = (accepts(&scenario, 0, tokyo), accepts(&scenario, hours(4), tokyo));
        assert!((before - 1.0 / 1.7).abs() < 1e-9 && while_it_holds < 0.34, "{before} {while_it_holds}");
        assert_eq!(accepts(&scenario, hours(4), 0).to_bits(), before.to_bits(), "Hokkaido");
    }

    #[test]
    fn a_degree_of_longitude_is_shorter_than_one_of_latitude() {
        let at = |lat, lon| Position::new(lat, lon).expect("a place in Japan");
        let here = at(43.0, 141.0);
        assert!(squared(at(43.0, 142.0), here) < squared(at(44.0, 141.0), here));
    }

    #[test]
    fn desks_are_where_the_calls_are() {
        let calls = calls(&peak(), None);
        let desks = with_desks(&calls, 30);
        assert_eq!((desks.len(), desks.clone()), (30, with_desks(&calls, 30)));
        let one: Vec<Call> = calls.into_iter().filter(|call| call.transported).take(1).collect();
        let scene = one.first().expect("a transport").scene;
        let near = with_desks(&one, 99);
        let farthest = near.iter().filter_map(|id| HospitalTable::embedded().get(*id));
        assert!(farthest.map(|h| squared(h.position, scene)).fold(0.0, f64::max) < 1.0);
    }

    #[test]
    fn units_of_a_department_stand_near_each_other() {
        let stations = stations(&peak(), 40, 4);
        assert_eq!(stations.len(), 40);
        let far = |a: Position, b: Position| (a.lat() - b.lat()).abs().max((a.lon() - b.lon()).abs());
        let neighbours = stations.iter().zip(stations.iter().skip(4)).map(|(a, b)| far(a.at, b.at));
        assert!(neighbours.fold(0.0, f64::max) < 1.0);
    }
}
