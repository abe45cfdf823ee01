//! The arrivals: thinning, and the merging of what an earthquake adds.

use super::rates::{Quake, Share};
use super::tables::Weighted;
use super::{Demand, Incident, patient};
use model::{Position, Timestamp};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use std::collections::BTreeMap;

/// Kilometres by which a scene lies off its town point (standard deviation in each direction) \[A\].
const SCATTER_KM: f64 = 0.6;
/// Kilometres of a degree of latitude.
const KM_PER_DEGREE: f64 = 111.2;
/// A place that does not lie inside the earthquake is drawn anew so many times.
const TRIES: usize = 32;

/// Incidents of a scenario in order of time.
#[derive(Debug)]
pub struct Calls<'a> {
    demand: &'a Demand<'a>,
    usual: Process,
    quakes: Vec<Process>,
    days: BTreeMap<i64, f64>,
    number: u64,
}

/// One Poisson process that is thinned.
#[derive(Debug)]
struct Process {
    rng: ChaCha12Rng,
    /// The next that is kept; none = it has ended.
    next: Option<Timestamp>,
    /// The last candidate.
    at: Timestamp,
    /// Candidates a second.
    most: f64,
    places: Weighted<usize>,
    quake: Option<usize>,
}

impl<'a> Calls<'a> {
    pub(super) fn new(demand: &'a Demand<'a>) -> Self {
        let (begin, rates) = (demand.scenario.begin(), &demand.rates);
        let places = |shares: &[Share]| Weighted::new(shares.iter().map(|s| (s.municipality, s.per_second)));
        let usual = Process {
            rng: demand.streams.purpose("arrivals"),
            next: None,
            at: begin,
            // A day of twice the mean never comes: at 4 % that is 25 standard deviations; with more noise it is cut.
            most: rates.per_second() * rates.highest() * 2.0,
            places: places(&rates.shares),
            quake: None,
        };
        let of_quake = |(i, quake): (usize, &Quake)| Process {
            rng: demand.streams.of("earthquake", i as u64),
            next: None,
            at: quake.at.max(begin),
            most: places(&quake.inside).total() * quake.most(),
            places: places(&quake.inside),
            quake: Some(i),
        };
        let quakes = rates.quakes().iter().enumerate().map(of_quake).collect();
        let mut calls = Self { demand, usual, quakes, days: BTreeMap::new(), number: 0 };
        calls.advance_usual();
        for i in 0..calls.quakes.len() {
            calls.advance_quake(i);
        }
        calls
    }

    /// A day's level: gamma with mean 1.
    fn day(&mut self, at: Timestamp) -> f64 {
        const DAY_US: i64 = 86_400_000_000;
        const JAPAN_US: i64 = 9 * 3_600_000_000;
        let cv = self.demand.scenario.demand.day_noise_cv;
        let day = at.plus_us(JAPAN_US).0.div_euclid(DAY_US);
        if cv <= 0.0 {
            return 1.0;
        }
        let streams = &self.demand.streams;
        *self.days.entry(day).or_insert_with(|| {
            let mut rng = streams.of("day", day.unsigned_abs());
            Gamma::new(1.0 / (cv * cv), cv * cv).map_or(1.0, |gamma| gamma.sample(&mut rng)).min(2.0)
        })
    }

    fn advance_usual(&mut self) {
        let (rates, end) = (&self.demand.rates, self.demand.scenario.end());
        let highest = rates.highest() * 2.0;
        self.usual.next = loop {
            let Some(at) = self.usual.candidate(end) else { break None };
            let keep = rates.shape(at) * self.day(at) / highest;
            if self.usual.rng.random::<f64>() < keep {
                break Some(at);
            }
        };
    }

    fn advance_quake(&mut self, i: usize) {
        let (Some(process), Some(quake)) = (self.quakes.get_mut(i), self.demand.rates.quakes().get(i)) else { return };
        let end = self.demand.scenario.end();
        process.next = loop {
            let Some(at) = process.candidate(end) else { break None };
            if process.rng.random::<f64>() * quake.most() < quake.extra(at) {
                break Some(at);
            }
        };
    }

    /// A place of a municipality that fits.
    fn place(&mut self, quake: Option<usize>) -> Option<(usize, Position)> {
        let geography = self.demand.geography;
        let process = match quake {
            Some(i) => self.quakes.get_mut(i)?,
            None => &mut self.usual,
        };
        let zone = quake.and_then(|i| self.demand.rates.quakes().get(i));
        let mut found = None;
        for _ in 0..TRIES {
            let municipality = process.places.draw(&mut process.rng)?;
            let one = geography.municipalities.get(municipality)?;
            let points = geography.places.get(one.places.clone())?;
            let point = *points.get(process.rng.random_range(0..points.len()))?;
            let at = scattered(point, &mut process.rng);
            found = Some((municipality, at));
            if zone.is_none_or(|zone| zone.holds(at)) {
                break;
            }
        }
        found
    }
}

/// A point near a town point.
pub(crate) fn scattered(point: Position, rng: &mut ChaCha12Rng) -> Position {
    let (north, east): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
    let lat = point.lat() + north * SCATTER_KM / KM_PER_DEGREE;
    let lon = point.lon() + east * SCATTER_KM / (KM_PER_DEGREE * libm::cos(point.lat().to_radians()));
    Position::new(lat, lon).unwrap_or(point)
}

impl Process {
    /// The next candidate before `end`.
    fn candidate(&mut self, end: Timestamp) -> Option<Timestamp> {
        if self.most <= 0.0 {
            return None;
        }
        let gap: f64 = Exp1.sample(&mut self.rng);
        #[expect(clippy::cast_possible_truncation, reason = "saturates; beyond the end all is one")]
        let us = (gap / self.most * 1e6) as i64;
        self.at = self.at.plus_us(us);
        (self.at < end).then_some(self.at)
    }
}

impl Iterator for Calls<'_> {
    type Item = Incident;

    fn next(&mut self) -> Option<Incident> {
        let quake = self.quakes.iter().filter_map(|p| Some((p.next?, p.quake))).min();
        let usual = self.usual.next.map(|at| (at, None));
        // Of one instant the usual one comes first: none sorts before some.
        let (at, quake) = usual.into_iter().chain(quake).min()?;
        let (municipality, place) = self.place(quake)?;
        match quake {
            Some(i) => self.advance_quake(i),
            None => self.advance_usual(),
        }
        let number = self.number;
        self.number += 1;
        let mut rng = self.demand.streams.of("patient", number);
        Some(patient::incident(
            self.demand,
            patient::Call { number, at, municipality, place, quake: quake.is_some() },
            &mut rng,
        ))
    }
}
