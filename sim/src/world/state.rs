//! The state of the world and its one loop: take the next event, hand it to its handler.

use super::choice;
use super::choice_point::ChoicePoint;
use super::demand::{Calls, Demand, Incident};
use super::geography::Geography;
use super::handlers;
use super::hospital::{self, HospitalState};
use super::nearest::Grid;
use super::radio::Radio;
use super::record::{CaseLog, Record};
use super::service::Durations;
use super::tally::Tally;
use super::unit::{self, Duty, Unit};
use crate::engine::{Calendar, Streams, Ticks, stats::TimeAverage};
use crate::scenario::Scenario;
use hospital_selection::{CapacityReport, Exclusion, HospitalTable};
use model::{EnquiryId, HospitalId, Position, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use travel_time::{Land, RoadModel};

/// Cases that are still open so long after the last call are left open, and counted as such: two days.
const LONGEST_TAIL: Ticks = 2 * 86_400 * 1_000_000;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The next call comes in.
    Call,
    /// The call is taken: a unit is looked for.
    Dispatch(usize),
    /// The wheels roll.
    EnRoute(usize),
    /// 現着.
    OnScene(usize),
    /// 接触.
    AtPatient(usize),
    /// 車内収容.
    InVehicle(usize),
    /// The card is read, or the reading failed.
    CardDone(usize),
    /// The crew asks the next hospital.
    Ask(usize),
    /// A hospital answers; which enquiry of the case.
    Answer(usize, usize),
    /// An enquiry's time is over.
    TimeOut(usize, usize),
    /// The last resort takes the patient.
    LastResort(usize),
    /// 現発.
    Leave(usize),
    /// 病着.
    AtHospital(usize),
    /// 引継.
    HandedOver(usize),
    /// The run ends without a transport.
    NoTransport(usize),
    /// Cleaned and free.
    Free(u32),
    /// Back at its station; which of its ways back.
    Home(u32, u32),
    /// A desk says how it stands.
    Report(u32),
    /// Counting begins.
    CountFromHere,
    /// Counting ends: no call comes in after it.
    CountUntilHere,
    /// An earthquake strikes; which.
    Earthquake(usize),
}

/// One enquiry of a case.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enquiry {
    pub(super) hospital: usize,
    pub(super) id: EnquiryId,
    pub(super) open: bool,
}

/// One run from the call to the handover.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) incident: Incident,
    pub(super) durations: Durations,
    pub(super) record: Record,
    pub(super) unit: Option<u32>,
    /// D of the case.
    pub(super) difficulty: f64,
    /// The hospital that knows the patient.
    pub(super) own: Option<usize>,
    /// What a read card shows has come.
    pub(super) history_known: bool,
    pub(super) waited: bool,
    /// Where its unit drove off.
    pub(super) from: Option<Position>,
    pub(super) asked: Vec<Enquiry>,
    pub(super) exclude: Vec<Exclusion>,
    pub(super) destination: Option<usize>,
    /// The vehicle may not leave before: papers, card.
    pub(super) ready_at: Ticks,
    pub(super) last_resort: bool,
    pub(super) counted: bool,
}

/// How many units of a prefecture there are and work.
#[derive(Clone, Debug, Default)]
pub(super) struct Region {
    pub(super) units: u32,
    pub(super) busy: u32,
    pub(super) average: TimeAverage,
}

/// Everything.
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) geography: &'static Geography,
    pub(super) table: &'static HospitalTable,
    pub(super) travel: RoadModel,
    pub(super) streams: Streams,
    /// Of hashes that every policy shares.
    pub(super) seed: u64,
    pub(super) calendar: Calendar<Event>,
    pub(super) units: Vec<Unit>,
    pub(super) radios: Vec<Radio>,
    pub(super) free: Grid,
    /// All stations, whoever is at home.
    pub(super) stations: Grid,
    pub(super) lands: BTreeMap<Land, u32>,
    pub(super) hospitals: Vec<HospitalState>,
    /// By hospital, in the order of the table.
    pub(super) reports: Vec<CapacityReport>,
    pub(super) inbound: BTreeMap<usize, u32>,
    /// Nearest hospitals of the municipalities of the area, as a crow flies.
    pub(super) near_hospitals: BTreeMap<usize, Vec<usize>>,
    /// Hospital, number of the case, since when.
    pub(super) open_enquiries: Vec<(usize, u64, Timestamp)>,
    pub(super) regions: Vec<Region>,
    pub(super) cases: Vec<Option<Case>>,
    pub(super) next: Option<Incident>,
    /// Cases that wait for a unit, oldest first.
    pub(super) waiting: VecDeque<usize>,
    pub(super) tally: Tally,
    /// The counted time is over.
    pub(super) ended: bool,
    pub(super) keep_logs: bool,
    pub(super) logs: Vec<CaseLog>,
    /// Of every so manieth case; 0 = of none.
    pub(super) keep_points: u64,
    pub(super) choice_points: Vec<ChoicePoint>,
}

/// How one replication is run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Which replication of the seed.
    pub replication: u64,
    /// Keep the cases' logs as they would be stored.
    pub keep_logs: bool,
    /// Keep what stood before the first enquiry of every so manieth case; 0 = of none.
    pub choice_points: u64,
}

/// What came of one replication.
#[derive(Debug)]
pub struct Outcome {
    /// What was counted.
    pub tally: Tally,
    /// Logs, where they were kept, in the order in which the cases ended.
    pub logs: Vec<CaseLog>,
    /// What stood before first enquiries, where it was kept.
    pub choice_points: Vec<ChoicePoint>,
    /// Events of the calendar.
    pub events: u64,
}

/// Runs one replication of a scenario in virtual time.
#[must_use]
pub fn simulate(scenario: &Scenario, options: Options) -> Outcome {
    let streams = Streams::new(scenario.seed, options.replication);
    let demand = Demand::new(scenario, streams.clone());
    let mut calls = demand.calls();
    let mut world = World::new(scenario, streams, options);
    world.next = calls.next();
    world.begin();
    world.run(&mut calls);
    let events = world.calendar.taken();
    world.tally.close(&world.hospitals);
    Outcome { tally: world.tally, logs: world.logs, choice_points: world.choice_points, events }
}

impl<'a> World<'a> {
    fn new(scenario: &'a Scenario, streams: Streams, options: Options) -> Self {
        let (geography, table) = (Geography::embedded(), HospitalTable::embedded());
        let units = unit::fleet(scenario, geography, &streams);
        let people = |unit: &Unit| geography.departments.get(unit.department).map_or(0, |d| d.people);
        let radios =
            units.iter().enumerate().map(|(i, unit)| Radio::new(scenario, i, people(unit), &streams)).collect();
        let mut free = Grid::new();
        let mut regions = vec![Region::default(); geography.prefectures.len()];
        let mut lands = BTreeMap::new();
        for (i, unit) in units.iter().enumerate() {
            free.insert(unit.station, u32::try_from(i).unwrap_or(u32::MAX));
            *lands.entry(unit.land).or_default() += 1;
            if let Some(region) = regions.get_mut(unit.prefecture) {
                region.units += 1;
            }
        }
        let tally = Tally::new(units.len());
        Self {
            seed: seed_of(&streams),
            hospitals: hospital::all(table, scenario, &streams),
            scenario,
            geography,
            table,
            travel: RoadModel::japan(),
            streams,
            calendar: Calendar::new(),
            units,
            radios,
            stations: free.clone(),
            free,
            lands,
            reports: Vec::new(),
            inbound: BTreeMap::new(),
            near_hospitals: hospital::near(table, geography, scenario),
            open_enquiries: Vec::new(),
            regions,
            cases: Vec::new(),
            next: None,
            waiting: VecDeque::new(),
            tally,
            ended: false,
            keep_logs: options.keep_logs,
            logs: Vec::new(),
            keep_points: options.choice_points,
            choice_points: Vec::new(),
        }
    }

    fn begin(&mut self) {
        if let Some(first) = &self.next {
            let at = self.ticks(first.at);
            self.calendar.at(at, Event::Call);
        }
        let start = self.ticks(self.scenario.start.0);
        self.calendar.at(start, Event::CountFromHere);
        self.calendar.at(start + self.scenario.duration.us().unsigned_abs(), Event::CountUntilHere);
        for (i, quake) in self.scenario.faults.earthquake.iter().enumerate() {
            self.calendar.at(start + quake.at.us().unsigned_abs(), Event::Earthquake(i));
        }
        for (i, hospital) in self.hospitals.iter().enumerate() {
            if let (Some(first), Ok(i)) = (hospital.reports, u32::try_from(i)) {
                self.calendar.at(first, Event::Report(i));
            }
        }
    }

    fn run(&mut self, calls: &mut Calls<'_>) {
        let last = self.ticks(self.scenario.end()).saturating_add(LONGEST_TAIL);
        while let Some((_, event)) = self.calendar.pop() {
            handlers::handle(self, event, calls);
            let over = self.calendar.now() > last;
            if (self.ended && self.tally.open == 0) || over {
                break;
            }
        }
    }

    /// The counted time is over: what is an average over time ends here; the cases that are open go on to their ends.
    pub(super) fn count_until_here(&mut self) {
        let now = self.calendar.now();
        self.ended = true;
        self.tally.count_until(now);
        for (region, tally) in self.regions.iter().zip(&mut self.tally.prefectures) {
            tally.units = region.units;
            tally.busy_units = region.average.mean(now);
        }
    }

    /// Virtual time of a moment: since the beginning of the warm-up.
    pub(super) fn ticks(&self, at: Timestamp) -> Ticks {
        at.since_us(self.scenario.begin()).max(0).unsigned_abs()
    }
    /// The moment of virtual time.
    pub(super) fn moment(&self, ticks: Ticks) -> Timestamp {
        self.scenario.begin().plus_us(i64::try_from(ticks).unwrap_or(i64::MAX))
    }
    pub(super) fn now(&self) -> Timestamp {
        self.moment(self.calendar.now())
    }
    pub(super) fn start_ticks(&self) -> Ticks {
        self.scenario.warm_up.us().unsigned_abs()
    }
    pub(super) fn id_of(&self, hospital: usize) -> HospitalId {
        self.table.hospitals().get(hospital).map_or(HospitalId::from_bytes([0; 16]), |h| h.id)
    }
    pub(super) fn index_of(&self, id: HospitalId) -> Option<usize> {
        self.table.hospitals().binary_search_by_key(&id, |h| h.id).ok()
    }
    pub(super) fn case(&self, case: usize) -> Option<&Case> {
        self.cases.get(case).and_then(Option::as_ref)
    }
    pub(super) fn case_mut(&mut self, case: usize) -> Option<&mut Case> {
        self.cases.get_mut(case).and_then(Option::as_mut)
    }
    pub(super) fn after_minutes(&mut self, minutes: f64, event: Event) {
        self.calendar.after(minutes_to_ticks(minutes), event);
    }

    /// A unit begins or ends to work.
    pub(super) fn set_duty(&mut self, unit: u32, duty: Duty) {
        let now = self.calendar.now();
        let Some(one) = self.units.get_mut(unit as usize) else { return };
        let was_free = one.is_free();
        one.duty = duty;
        let (free, station, prefecture) = (one.is_free(), one.station, one.prefecture);
        if was_free == free {
            return;
        }
        if free {
            self.free.insert(station, unit);
        } else {
            self.free.remove(station, unit);
        }
        if let Some(region) = self.regions.get_mut(prefecture) {
            region.busy = if free { region.busy.saturating_sub(1) } else { region.busy + 1 };
            region.average.set(now, f64::from(region.busy));
        }
        self.tally.busy_changed(now, if free { -1.0 } else { 1.0 });
    }

    /// A unit stands at a place.
    pub(super) fn set_place(&mut self, unit: u32, at: Position) {
        if let Some(one) = self.units.get_mut(unit as usize) {
            one.place = at;
        }
    }

    /// Median minutes of a drive by the product's distance model, longer where an earthquake closed roads.
    pub(super) fn drive_minutes(&self, from: Position, to: Position) -> f64 {
        let km = travel_time::great_circle_km(from, to);
        let minutes = travel_time::TravelTime::by_distance(&self.travel, from, km).map_or(km, |t| t.p50.minutes());
        let (now, start) = (self.calendar.now(), self.start_ticks());
        let broken = |q: &&crate::scenario::Earthquake| {
            let struck = now >= start + q.at.us().unsigned_abs();
            struck && [from, to].iter().any(|p| travel_time::great_circle_km(q.centre, *p) <= q.radius_km)
        };
        let factor = self.scenario.faults.earthquake.iter().filter(broken).map(|q| q.drive_factor).fold(1.0, f64::max);
        minutes * factor
    }

    /// When the unit of a case can send next.
    pub(super) fn radio_back(&mut self, unit: u32, at: Position) -> Ticks {
        let (now, start) = (self.calendar.now(), self.start_ticks());
        let scenario = self.scenario;
        self.radios.get_mut(unit as usize).map_or(now, |radio| radio.back_at(scenario, now, start, at))
    }

    /// What the crew sees now.
    pub(super) fn proposal(&self, case: &Case) -> choice::Proposal {
        choice::propose(self, case, self.now())
    }
}

/// Ticks of minutes; never negative.
pub(super) fn minutes_to_ticks(minutes: f64) -> Ticks {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let ticks = (minutes.max(0.0) * 60e6) as Ticks;
    ticks
}

/// The seed of numbers that belong to a question and not to a stream.
fn seed_of(streams: &Streams) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "53 bits of a number in 0 to 1")]
    let seed = (streams.common(&[0x5345_4544]) * 9_007_199_254_740_992.0) as u64;
    seed
}
