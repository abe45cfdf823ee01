//! The bare model: calls, the nearest free unit, a service, nothing else. For comparing engines side by side.
//!
//! Calls are Poisson over the scenario's places by people; the nearest free unit at its station serves; it is free at its station after
//! drive and service. `sim/benches/bare_simpy.py` is the same model, with the same grid, in SimPy; both read one [`BareWorld`].

use super::demand::Demand;
use super::geography::Geography;
use super::nearest::{Grid, quick_km};
use super::unit;
use crate::engine::{Calendar, Distribution, Sampler, Streams, stats::Welford};
use crate::scenario::Scenario;
use model::Position;
use rand::RngExt;
use rand_distr::{Distribution as _, Exp1};
use serde::{Deserialize, Serialize};

/// Minutes of service besides the drive, mean, and its coefficient of variation (about what a run takes, selection.md §4.3).
const SERVICE: (f64, f64) = (60.0, 0.5);
/// Kilometres an hour on the straight line.
const KM_PER_H: f64 = 30.0;
/// Nobody is farther.
const REACH_KM: f64 = 5_000.0;

/// All that the bare model needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BareWorld {
    /// Stations of the units: latitude, longitude.
    pub stations: Vec<[f64; 2]>,
    /// Places of calls: latitude, longitude, weight.
    pub places: Vec<[f64; 3]>,
    /// Calls a second.
    pub calls_per_second: f64,
    /// Calls that are simulated.
    pub calls: u64,
    /// Mean minutes of service.
    pub service_minutes: f64,
    /// Its coefficient of variation.
    pub service_cv: f64,
    /// Kilometres an hour.
    pub km_per_h: f64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BareOutcome {
    /// Calls.
    pub calls: u64,
    /// Mean minutes of the drive to the scene.
    pub drive_minutes: f64,
    /// Share of time that a unit works.
    pub utilisation: f64,
    /// Calls that found no unit free and are lost.
    pub lost: u64,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Call,
    Free(u32),
}

impl BareWorld {
    /// Of a scenario: its places, its stations, its mean rate over its length.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let geography = Geography::embedded();
        let streams = Streams::new(scenario.seed, 0);
        let units = unit::fleet(scenario, geography, &streams);
        let chosen = Geography::chosen(&scenario.area.prefectures);
        let inside = geography.municipalities.iter().filter(|m| chosen.contains(&m.prefecture));
        let places = inside.flat_map(|m| {
            let points = geography.places.get(m.places.clone()).unwrap_or_default();
            let weight = f64::from(m.people) / points.len() as f64;
            points.iter().map(move |p| [p.lat(), p.lon(), weight])
        });
        let calls_per_second = Demand::new(scenario, streams).per_day() / 86_400.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of calls")]
        let calls = (calls_per_second * scenario.duration.as_secs_f64()) as u64;
        Self {
            stations: units.iter().map(|u| [u.station.lat(), u.station.lon()]).collect(),
            places: places.collect(),
            calls_per_second,
            calls,
            service_minutes: SERVICE.0,
            service_cv: SERVICE.1,
            km_per_h: KM_PER_H,
        }
    }

    /// Runs it. None where a number makes no sense: no station, no place, a point outside Japan, a mean that is not above zero.
    #[must_use]
    pub fn run(&self, seed: u64) -> Option<BareOutcome> {
        let point = |lat: f64, lon: f64| Position::new(lat, lon).ok();
        let stations: Vec<Position> =
            self.stations.iter().map(|[lat, lon]| point(*lat, *lon)).collect::<Option<_>>()?;
        let places: Vec<Position> = self.places.iter().map(|[lat, lon, _]| point(*lat, *lon)).collect::<Option<_>>()?;
        let mut upto = 0.0;
        let sums: Vec<f64> = self
            .places
            .iter()
            .map(|[.., weight]| {
                upto += weight;
                upto
            })
            .collect();
        let service = Distribution::LogNormal { mean: self.service_minutes, cv: self.service_cv }.sampler().ok()?;
        if stations.is_empty() || places.is_empty() || self.calls_per_second <= 0.0 || self.km_per_h <= 0.0 {
            return None;
        }
        Some(self.simulate(seed, &stations, (&places, &sums), &service))
    }

    fn simulate(
        &self,
        seed: u64,
        stations: &[Position],
        (places, sums): (&[Position], &[f64]),
        service: &Sampler,
    ) -> BareOutcome {
        let mut rng = Streams::new(seed, 0).purpose("bare");
        let mut calendar = Calendar::new();
        let mut free = Grid::new();
        for (station, unit) in stations.iter().zip(0..) {
            free.insert(*station, unit);
        }
        let total = sums.last().copied().unwrap_or(0.0);
        let (mut calls, mut lost, mut busy, mut drives) = (0, 0, 0.0, Welford::default());
        calendar.at(0, Event::Call);
        while let Some((_, event)) = calendar.pop() {
            match event {
                Event::Free(unit) => {
                    if let Some(station) = stations.get(unit as usize) {
                        free.insert(*station, unit);
                    }
                }
                Event::Call if calls == self.calls => break,
                Event::Call => {
                    calls += 1;
                    let gap: f64 = Exp1.sample(&mut rng);
                    calendar.after(ticks(gap / self.calls_per_second), Event::Call);
                    let u = rng.random::<f64>() * total;
                    let drawn = sums.partition_point(|sum| *sum <= u).min(places.len() - 1);
                    let minutes = service.draw(&mut rng);
                    let Some(place) = places.get(drawn) else { continue };
                    let km = |unit: u32| stations.get(unit as usize).map(|station| quick_km(*station, *place));
                    let Some((unit, km)) = free.nearest(*place, REACH_KM, km) else {
                        lost += 1;
                        continue;
                    };
                    if let Some(station) = stations.get(unit as usize) {
                        free.remove(*station, unit);
                    }
                    let drive = km / self.km_per_h * 60.0;
                    drives.push(drive);
                    busy += drive + minutes;
                    calendar.after(ticks((drive + minutes) * 60.0), Event::Free(unit));
                }
            }
        }
        let minutes = calendar.now() as f64 / 60e6;
        let utilisation = busy / (minutes.max(1e-9) * stations.len() as f64);
        BareOutcome { calls, drive_minutes: drives.mean(), utilisation, lost }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn ticks(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1e6) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn littles_law_holds_and_the_nearest_drives_are_short() {
        let scenario = Scenario::shipped("national-day").expect("ships");
        let mut world = BareWorld::of(&scenario);
        world.calls = 4_000;
        let outcome = world.run(1).expect("runs");
        assert_eq!((outcome.calls, outcome.lost), (4_000, 0));
        // λ · E[T] ÷ units: 0.2422 a second × (60 min + drive) ÷ 5,334; a run that begins empty and counts all work that was begun.
        let expected = 0.2422 * (60.0 + outcome.drive_minutes) * 60.0 / 5_334.0;
        assert!((outcome.utilisation / expected - 1.0).abs() < 0.05, "{} is not {expected}", outcome.utilisation);
        assert!((2.0..9.0).contains(&outcome.drive_minutes), "{}", outcome.drive_minutes);
        world.stations.clear();
        assert_eq!(world.run(1), None);
    }
}
