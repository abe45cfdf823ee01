//! The ten best of all Japan, near-first, beside a plain full scan with the `geo` crate that gives the same answer; and the
//! same with refined drives of the best twenty. `cargo bench -p hospital-selection --bench rank`
//!
//! Forty places from Wakkanai to Ishigaki, each with a report of every third hospital, 168 ambulances on their way, 84 open
//! enquiries of others, two refusals and a hospital that knows the patient. Medians over the places; each the median of its
//! rounds, the two searches in turns.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use geo::{Distance, Haversine, Point};
use hospital_selection::{
    CapacityReport, CapacitySource, CapacityState, Continuity, Exclusion, ExclusionReason, Hold, HospitalTable,
    Inbound, Ranking, SelectionRequest, params, rank,
};
use model::{Complaint, Findings, Position, Timestamp};
use std::hint::black_box;
use std::time::{Duration, Instant};
use travel_time::{DistanceModel, Tenths, Travel, TravelTime};

const PLACES: usize = 40;
const ROUNDS: usize = 101;
const WANTED: usize = 10;

/// Distance by `geo`, and nothing that lets a search stop.
struct PlainScan(DistanceModel);

impl TravelTime for PlainScan {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        let metres = Haversine.distance(Point::new(from.lon(), from.lat()), Point::new(to.lon(), to.lat()));
        self.0.by_distance(from, metres / 1000.0).unwrap()
    }
    fn version(&self) -> &str {
        self.0.version()
    }
}

/// Stands in for roads: every drive that is asked for becomes longer by a share that depends on the place.
struct Refining(DistanceModel);

impl TravelTime for Refining {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.0.minutes(from, to)
    }
    fn by_distance(&self, from: Position, km: f64) -> Option<Travel> {
        self.0.by_distance(from, km)
    }
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        let longer = |at: &Position| {
            let drive = self.0.minutes(from, *at);
            let share = 1.0 + (at.lat() * 1000.0).fract() / 2.0;
            let more = |t: Tenths| Tenths::round_minutes(t.minutes() * share);
            Travel { p50: more(drive.p50), p90: more(drive.p90) }
        };
        Some(to.iter().map(longer).collect())
    }
    fn version(&self) -> &str {
        "refining"
    }
}

fn main() {
    let table = HospitalTable::embedded();
    let cases: Vec<_> = (0..PLACES).map(|n| case(table, n)).collect();
    let (mut near, mut plain, mut refined, mut shares) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (request, capacity) in &cases {
        let search = || rank(table, capacity, &DistanceModel::japan(), request);
        let scan = || rank(table, capacity, &PlainScan(DistanceModel::japan()), request);
        let roads = || rank(table, capacity, &Refining(DistanceModel::japan()), request);
        let same = |a: &Ranking, b: &Ranking| a.candidates == b.candidates && a.excluded == b.excluded;
        assert!(same(&search(), &scan()), "the two searches differ");
        let [a, b, c] = medians([&search, &scan, &roads]);
        shares.push(a.as_secs_f64() / b.as_secs_f64());
        near.push(a);
        plain.push(b);
        refined.push(c);
    }
    say("near-first", &mut near);
    say("plain scan with geo", &mut plain);
    say("near-first, best 20 refined", &mut refined);
    shares.sort_by(f64::total_cmp);
    println!("share of the plain scan's time: median {:.3}, worst {:.3}", shares[PLACES / 2], shares[PLACES - 1]);
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the wall clock")]
fn medians(of: [&dyn Fn() -> Ranking; 3]) -> [Duration; 3] {
    let mut took: [Vec<Duration>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (one, times) in of.iter().zip(&mut took) {
            let begin = Instant::now();
            black_box(one());
            times.push(begin.elapsed());
        }
    }
    took.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

fn say(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what}: median {median:.1?}, slowest place {worst:.1?}");
}

fn case(table: &HospitalTable, n: usize) -> (SelectionRequest, Vec<CapacityReport>) {
    let all = table.hospitals();
    let at = Timestamp::from_millis(1_795_138_380_000);
    let complaint = Complaint::ALL[n % Complaint::ALL.len()];
    let findings = Findings { complaints: [complaint].into(), ..Findings::default() };
    let mut request = SelectionRequest::new(at, all[n * all.len() / PLACES].position, &findings);
    request.max_candidates = WANTED;
    request.inbound = all.iter().step_by(20).map(|h| Inbound { hospital: h.id, units: 2 }).collect();
    request.held = all.iter().step_by(40).map(|h| Hold { hospital: h.id, since: at }).collect();
    let knows = all[(n * 97) % all.len()].id;
    request.continuity = vec![Continuity { hospital: knows, minutes: params::CONTINUITY_MAX }];
    let refused = |i: usize| Exclusion { hospital: all[i % all.len()].id, at, reason: ExclusionReason::Full };
    request.exclude = vec![refused(n * 31), refused(n * 31 + 1)];
    let states = [CapacityState::Free, CapacityState::Full, CapacityState::Down];
    let report = |(i, h): (usize, &hospital_selection::Hospital)| CapacityReport {
        hospital: h.id,
        capability: None,
        state: states[i % 3],
        at: at.plus_minutes(-i64::try_from(i % 90).unwrap()),
        source: CapacitySource::Desk,
        until: None,
    };
    (request, all.iter().step_by(3).enumerate().map(report).collect())
}
