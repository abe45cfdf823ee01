//! One run: a queue of events in virtual time, and the loop that takes them one by one.

use crate::connection::{ConnId, Connection, Down, Up};
use crate::desks::Desk;
use crate::dice::Dice;
use crate::disk::Disk;
use crate::faults::{Fault, FaultCounts};
use crate::oracle::{Oracle, Violation};
use crate::plan::Plan;
use crate::server::Server;
use crate::tablet::Tablet;
use crate::town;
use crate::transitions::Transitions;
use delivery::contract::block_on_ready;
use field_alerts::{RuleSet, RuleTable};
use hospital_selection::HospitalTable;
use model::{RngStreams, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use wire::Ask;

/// A run that takes more steps than this does not come to rest.
const STEPS_MAX: u64 = 400_000;
/// Crews press so far apart, microseconds.
const PRESS: (u64, u64) = (100_000, 9_000_000);
/// Desks work so far apart.
const DESK: (u64, u64) = (1_000_000, 15_000_000);

/// What happens next.
pub(crate) enum Event {
    /// Somebody on a tablet presses.
    Crew,
    /// Somebody at a desk works.
    Desk,
    /// Something goes wrong.
    Trouble,
    Timer(usize, u64),
    Disk(usize, u64),
    Start(usize, u64),
    Dial(usize, u64),
    Welcome(ConnId, Timestamp, Timestamp),
    Ping(ConnId),
    Notice(ConnId),
    ToServer(ConnId, Up),
    ToTablet(ConnId, Down),
    Work(u64, u64),
    Hint(ConnId),
    AskAgain(ConnId, Box<Ask>, u32),
    ServerStart(u64),
}

/// See the module.
pub(crate) struct World {
    pub(crate) now_us: u64,
    pub(crate) plan: Plan,
    pub(crate) dice: Dice,
    pub(crate) tablets: Vec<Tablet>,
    pub(crate) server: Server,
    pub(crate) connections: BTreeMap<ConnId, Connection>,
    pub(crate) next_conn: ConnId,
    pub(crate) next_disk: u32,
    pub(crate) hospitals: Arc<HospitalTable>,
    pub(crate) oracle: Oracle,
    pub(crate) faults: FaultCounts,
    pub(crate) transitions: Transitions,
    pub(crate) steps: u64,
    pub(crate) presses: u64,
    queue: BTreeMap<(u64, u64), Event>,
    queued: u64,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// Events taken.
    pub steps: u64,
    /// Virtual time, microseconds.
    pub virtual_us: u64,
    /// Entries recorded on disks.
    pub recorded: u64,
    /// Facts on the server at the end.
    pub facts: u64,
    /// Faults by kind.
    pub faults: FaultCounts,
    /// Transitions of state machines that were taken.
    pub transitions: Transitions,
    /// Promises that were broken.
    pub violations: Vec<Violation>,
}

/// Runs one seed to its end.
///
/// # Panics
/// When the embedded rule table is broken, which its own tests exclude.
#[must_use]
pub fn run(seed: u64, plan: Plan) -> Outcome {
    let mut world = World::new(seed, plan);
    world.begin_day();
    while world.presses < world.plan.presses && world.oracle.is_content() {
        if !world.step() {
            break;
        }
    }
    world.settle();
    world.outcome(seed)
}

impl World {
    fn new(seed: u64, plan: Plan) -> Self {
        let streams = RngStreams::from_u64(seed);
        let hospitals = Arc::new(town::hospitals());
        let rules = match RuleTable::embedded() {
            Ok(rules) => Arc::new(RuleSet::all_on(rules)),
            Err(error) => unreachable!("the embedded rules: {error}"),
        };
        let server = Server::new(seed, plan.server_failed_write, Arc::clone(&hospitals), rules);
        let tablets = town::places().into_iter().zip(1..).map(|(place, n)| Tablet::new(place, Disk::new(n))).collect();
        Self {
            now_us: 0,
            plan,
            dice: Dice::new(&streams, "world"),
            tablets,
            server,
            connections: BTreeMap::new(),
            next_conn: 1,
            next_disk: 10,
            hospitals,
            oracle: Oracle::new(plan.poison),
            faults: FaultCounts::default(),
            transitions: Transitions::default(),
            steps: 0,
            presses: 0,
            queue: BTreeMap::new(),
            queued: 0,
        }
    }

    fn begin_day(&mut self) {
        if let Err(error) = block_on_ready(town::settle(&self.server.tools.store.inner)) {
            unreachable!("an empty store takes the town: {error}");
        }
        for t in 0..self.tablets.len() {
            self.start(t);
        }
        self.at(500_000, Event::Crew);
        self.at(1_000_000, Event::Desk);
        if self.plan.trouble_every_us < u64::MAX {
            self.at(self.plan.trouble_every_us, Event::Trouble);
        }
    }

    pub(crate) fn at(&mut self, at_us: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((at_us.max(self.now_us), self.queued), event);
    }

    pub(crate) fn note_fault(&mut self, fault: Fault) {
        self.narrate(|| format!("fault {}", fault.key()));
        self.faults.note(fault);
    }

    /// Tells a step to whoever wants to see how a seed came to what it came to (`--trace`).
    pub(crate) fn narrate(&self, step: impl FnOnce() -> String) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            tracing::debug!("{:>8} ms {}", self.now_us / 1_000, step());
        }
    }

    /// Takes the next event; false when there is none, or there were too many.
    pub(crate) fn step(&mut self) -> bool {
        let Some(((at, _), event)) = self.queue.pop_first() else { return false };
        self.now_us = at;
        self.server.tools.clock.set(at);
        self.oracle.now_us = at;
        self.steps += 1;
        self.take(event);
        self.steps < STEPS_MAX
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Crew => {
                self.presses += 1;
                let t = self.dice.index(self.tablets.len());
                self.crew_presses(t);
                let at = self.now_us + self.dice.between(PRESS.0, PRESS.1);
                self.at(at, Event::Crew);
            }
            Event::Desk => {
                if self.server.up {
                    self.desk_works();
                }
                let at = self.now_us + self.dice.between(DESK.0, DESK.1);
                self.at(at, Event::Desk);
            }
            Event::Trouble => self.trouble(),
            Event::Timer(t, life) => self.timer(t, life),
            Event::Disk(t, life) => self.disk(t, life),
            Event::Start(t, life) => {
                if self.tablets.get(t).is_some_and(|tablet| tablet.life == life && tablet.core.is_none()) {
                    self.start(t);
                }
            }
            Event::Dial(t, life) => self.dial(t, life),
            Event::Welcome(conn, sent_at, server_at) => self.welcomed(conn, sent_at, server_at),
            Event::Ping(conn) => self.ping(conn),
            Event::Notice(conn) => self.notice(conn),
            Event::ToServer(conn, message) => self.hear(conn, message),
            Event::ToTablet(conn, message) => self.arrive(conn, message),
            Event::Work(n, life) => self.go_on(n, life),
            Event::Hint(conn) => self.feed(conn),
            Event::AskAgain(conn, ask, tries) => self.ask_again(conn, ask, tries),
            Event::ServerStart(life) => self.server_starts(life),
        }
    }

    fn desk_works(&mut self) {
        let desk = if self.dice.chance(150) {
            Desk::Dispatch { first: self.dice.chance(650) }
        } else {
            let Some(hospital) = self.some_hospital() else { return };
            Desk::Answer { hospital, how: self.dice.below(8) }
        };
        self.at_desk(desk);
    }

    /// The end of the day: crews, desks and troubles stop.
    pub(crate) fn stop_presses(&mut self) {
        self.queue.retain(|_, event| !matches!(event, Event::Crew | Event::Desk | Event::Trouble));
    }

    /// Frames of logs and feeds, and hints, that are still on their way.
    pub(crate) fn is_quiet(&self) -> bool {
        !self.queue.values().any(|event| {
            matches!(
                event,
                Event::ToServer(_, Up::Log(..) | Up::Feed(_))
                    | Event::ToTablet(_, Down::Reply(..) | Down::Feed(_))
                    | Event::Hint(_)
                    | Event::ServerStart(_)
                    | Event::Start(..)
                    | Event::Disk(..)
            )
        })
    }

    fn outcome(self, seed: u64) -> Outcome {
        Outcome {
            seed,
            steps: self.steps,
            virtual_us: self.now_us,
            recorded: self.oracle.recorded_count(),
            facts: self.oracle.fact_count(),
            faults: self.faults,
            transitions: self.transitions,
            violations: self.oracle.into_violations(),
        }
    }
}
