//! Who knows what was promised: written by hand from the promises, not from the code under test.
//!
//! While a run goes, the oracle sees every write of every disk and every word that is said. At the end it asks for each
//! entry that a crew saw as recorded, and compares every view with the server's facts and with a fold of its own
//! (`reference`).

mod end;
mod reference;
mod watch;

use crate::town::{EPOCH, Place};
use ambulance_core::Now;
use case::stored::SCHEMA;
use case::{Body, Event, EventName, Hash, JoinReason, Stored, Writer};
use dispatch_core::LogWord;
use dispatch_core::memory::MemoryStore;
use dispatch_core::store::{CommittedFact, EventStore};
use model::{BootId, CaseId, DeviceId, LogId, LookupId, QuestionId};
use std::collections::{BTreeMap, BTreeSet};
use wire::Entry;

pub(crate) use watch::Seen;

/// Clocks are compared with so much slack, microseconds: the simulated round trip is not symmetrical to the last one.
const SLACK_US: i64 = 2_000;

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub promise: &'static str,
    /// When (virtual), where and how.
    pub what: String,
}

/// What makes one press one press, whatever log it stands in.
type Press = (DeviceId, BootId, u64, String);

/// One entry that a disk has taken.
struct Recorded {
    press: Press,
    disks: BTreeSet<u32>,
}

/// The server's disk as the oracle saw it being written.
#[derive(Clone, Default)]
struct ServerDisk {
    facts: BTreeMap<EventName, (Hash, Press)>,
    presses: BTreeMap<Press, EventName>,
    positions: BTreeMap<case::Subject, u64>,
    logs: BTreeMap<LogId, u64>,
    decided: BTreeSet<(CaseId, u32)>,
    handed_over: BTreeMap<LookupId, u32>,
    /// Questions for what the server holds already that began a look.
    looked_again: BTreeSet<QuestionId>,
    lost: Vec<(LogId, u64, u64)>,
}

/// See the module.
pub(crate) struct Oracle {
    pub(crate) now_us: u64,
    poison: u64,
    recorded: BTreeMap<(EventName, Hash), Recorded>,
    damaged: BTreeSet<(u32, LogId, u64)>,
    /// Disks that stand in a running tablet at the end.
    live: BTreeSet<u32>,
    /// Where their logs stand.
    heads: BTreeMap<(u32, LogId), delivery::LogHead>,
    server: ServerDisk,
    backup: Option<ServerDisk>,
    put_back: u32,
    /// What a server's disk ever held.
    ever_held: BTreeSet<(EventName, Hash)>,
    /// Logs in which two copies of one store wrote different things.
    two_writers: BTreeSet<LogId>,
    seen: BTreeMap<u32, Seen>,
    poisoned: BTreeSet<EventName>,
    /// Presses that may stand twice: they stood on two disks at one time, or their disk forgot that they were recorded again.
    copied: BTreeSet<Press>,
    violations: Vec<Violation>,
}

impl Oracle {
    pub(crate) fn new(poison: u64) -> Self {
        Self {
            now_us: 0,
            poison,
            recorded: BTreeMap::new(),
            damaged: BTreeSet::new(),
            live: BTreeSet::new(),
            heads: BTreeMap::new(),
            server: ServerDisk::default(),
            backup: None,
            put_back: 0,
            ever_held: BTreeSet::new(),
            two_writers: BTreeSet::new(),
            seen: BTreeMap::new(),
            poisoned: BTreeSet::new(),
            copied: BTreeSet::new(),
            violations: Vec::new(),
        }
    }

    pub(crate) fn is_content(&self) -> bool {
        self.violations.is_empty()
    }

    pub(crate) fn violated(&mut self, promise: &'static str, what: String) {
        let what = format!("at {} ms: {what}", self.now_us / 1_000);
        self.violations.push(Violation { promise, what });
    }

    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    pub(crate) fn recorded_count(&self) -> u64 {
        self.recorded.len() as u64
    }

    pub(crate) fn fact_count(&self) -> u64 {
        self.server.facts.len() as u64
    }

    /// The server never understands some entries; which ones depends on their bytes alone.
    pub(crate) fn is_poison(&self, bytes: &[u8]) -> bool {
        let Hash([first, second, ..]) = Hash::of(bytes);
        // The report of a loss is left alone: what is lost must be told.
        let told = || Stored::decode(SCHEMA, bytes).map(|event| event.body);
        let is_report = || matches!(told(), Ok(Body::EntriesLost { .. } | Body::GapNoted { .. }));
        u64::from(u16::from_be_bytes([first, second])) * 1_000 < self.poison * 65_536 && !is_report()
    }

    /// The server met such an entry; true the first time.
    pub(crate) fn poisoned(&mut self, name: EventName) -> bool {
        self.poisoned.insert(name)
    }

    /// A disk has taken entries: the crew may believe that they are recorded.
    pub(crate) fn recorded(&mut self, place: Place, disk: u32, entries: &[Entry], (now, true_us): (Now, u64)) {
        for entry in entries {
            let name = EventName { log: entry.log, seq: entry.seq };
            let Ok(event) = Stored::decode(entry.schema, &entry.bytes) else {
                self.violated("records what can be read", format!("{name:?} does not decode"));
                continue;
            };
            self.check_time(&event, now, true_us);
            let press = press_of(place.device, &event);
            let key = (name, Hash::of(&entry.bytes));
            let same_name = (name, Hash([0; 32]))..=(name, Hash([u8::MAX; 32]));
            if self.recorded.range(same_name).any(|(other, _)| *other != key) {
                self.two_writers.insert(name.log);
            }
            self.recorded.entry(key).or_insert(Recorded { press, disks: BTreeSet::new() }).disks.insert(disk);
        }
    }

    /// A time that claims to be known is right within what it claims.
    fn check_time(&mut self, event: &Event, now: Now, true_us: u64) {
        let (Some(offset), Some(ago)) = (event.at.offset, now.mono.since_us(event.at.mono)) else { return };
        let truth = EPOCH.plus_us(i64::try_from(true_us.saturating_sub(ago)).unwrap_or(i64::MAX));
        let off = event.at.corrected().since_us(truth).abs();
        if off > offset.uncertainty_us + SLACK_US {
            let what = format!("{:?} is off by {off} µs, claimed ± {} µs", event.name, offset.uncertainty_us);
            self.violated("times are right within their uncertainty", what);
        }
    }

    pub(crate) fn damaged(&mut self, disk: u32, log: LogId, seq: u64) {
        self.damaged.insert((disk, log, seq));
    }

    pub(crate) fn disk_copied(&mut self, from: u32, to: u32) {
        let copied = self.recorded.values().filter(|recorded| recorded.disks.contains(&from));
        self.copied.extend(copied.map(|recorded| recorded.press.clone()));
        self.disk_taken_over(from, to);
    }

    /// How far its logs were recorded again broke with this disk. No feed tells a tablet of its unit's own entries: where the
    /// row under the new name broke too they stand twice (a start, a sign-in: said twice it means the same).
    pub(crate) fn disk_forgot(&mut self, disk: u32) {
        let here = self.recorded.values().filter(|recorded| recorded.disks.contains(&disk));
        let of_unit = here.filter(|recorded| recorded.press.3.starts_with("Unit("));
        self.copied.extend(of_unit.map(|recorded| recorded.press.clone()));
    }

    /// One disk takes another one's place.
    pub(crate) fn disk_taken_over(&mut self, from: u32, to: u32) {
        for recorded in self.recorded.values_mut().filter(|recorded| recorded.disks.contains(&from)) {
            recorded.disks.insert(to);
        }
        let also: Vec<_> = self.damaged.iter().filter(|(disk, ..)| *disk == from).copied().collect();
        self.damaged.extend(also.into_iter().map(|(_, log, seq)| (to, log, seq)));
    }

    pub(crate) fn disk_lost(&mut self, _disk: u32) {}

    pub(crate) fn server_backed_up(&mut self) {
        self.backup = Some(self.server.clone());
    }

    pub(crate) fn server_put_back(&mut self) {
        self.server = self.backup.clone().unwrap_or_default();
        self.put_back += 1;
        // A row that is gone here cannot be sent again; its tablet may record it once more from where it stood first. No feed
        // tells it of its unit's own entries, so that those may stand twice.
        let is_gone = |name: &EventName, disks: &BTreeSet<u32>| {
            disks.iter().any(|disk| self.damaged.contains(&(*disk, name.log, name.seq)))
        };
        let gone = self.recorded.iter().filter(|((name, _), recorded)| is_gone(name, &recorded.disks));
        let of_unit = gone.filter(|(_, recorded)| recorded.press.3.starts_with("Unit("));
        self.copied.extend(of_unit.map(|(_, recorded)| recorded.press.clone()));
    }

    /// The server's disk has taken a fact.
    pub(crate) fn committed(&mut self, fact: &CommittedFact) {
        let (name, hash) = (fact.stored.name, fact.stored.hash());
        let by_tablet = match fact.event.writer {
            Writer::Tablet { device, .. } => Some(device),
            Writer::Server(_) => None,
        };
        if self.server.facts.contains_key(&name) {
            self.violated("every fact once", format!("{name:?} was committed again"));
        }
        let position = self.server.positions.entry(fact.stream).or_insert(0);
        let expected = *position + 1;
        *position = fact.position;
        if fact.position != expected {
            self.violated("positions without gaps", format!("{:?}: {} after {expected}", fact.stream, fact.position));
        }
        let newest = self.server.logs.insert(name.log, name.seq).unwrap_or(0);
        if name.seq <= newest {
            self.violated("in the order of its log", format!("{name:?} after seq {newest}"));
        }
        let press = press_of(by_tablet.unwrap_or(DeviceId::from_bytes([0; 16])), &fact.event);
        if by_tablet.is_some() {
            self.check_from_tablet(name, hash, &press, says_nothing_new(&fact.event.body));
        }
        if let (Some(case), Body::DestinationDecided { version, .. }) = (fact.event.subject.case(), &fact.event.body)
            && !self.server.decided.insert((case, *version))
        {
            self.violated("one destination per version", format!("{case:?} version {version}"));
        }
        if let Body::EntriesLost { log, from, through } = fact.event.body {
            self.server.lost.push((log, from, through));
        }
        // Nobody knows how far that log went.
        if let Body::GapNoted { log, known_through } = fact.event.body {
            self.server.lost.push((log, known_through + 1, u64::MAX));
        }
        self.ever_held.insert((name, hash));
        self.server.facts.insert(name, (hash, press));
    }

    fn check_from_tablet(&mut self, name: EventName, hash: Hash, press: &Press, repeats: bool) {
        if !self.recorded.contains_key(&(name, hash)) {
            let what = format!("the server has {name:?}, which no disk has taken");
            self.violated("durable before it leaves", what);
            return;
        }
        // A copied or restored disk may hold again what another one has delivered under a new name: nobody can know.
        let before =
            self.server.presses.insert(press.clone(), name).filter(|_| !repeats && !self.copied.contains(press));
        if let Some(before) = before {
            self.violated("no effect twice", format!("{name:?} is {before:?} again: {press:?}"));
        }
    }

    /// Whether the server has an entry, under whatever name.
    pub(crate) fn has_press(&self, device: DeviceId, entry: &Entry) -> bool {
        let event = Stored::decode(entry.schema, &entry.bytes);
        event.is_ok_and(|event| self.server.presses.contains_key(&press_of(device, &event)))
    }

    /// The server said a word about a log.
    pub(crate) fn said(&mut self, log: LogId, word: LogWord, store: &MemoryStore) {
        let LogWord::Durable { through, .. } = word else { return };
        let head = now(store.log_head(log)).map_or(0, |head| head.head);
        if head < through {
            let what = format!("{log:?} is said to be durable through {through}, but ends at {head}");
            self.violated("acknowledged means durable", what);
        }
    }

    /// A look at what the server holds was begun in the audit.
    pub(crate) fn looked_again(&mut self, question: QuestionId) {
        if !self.server.looked_again.insert(question) {
            self.violated("one question, one audit entry", format!("{question:?} was begun again"));
        }
    }

    /// The national system was asked: never for what the server holds already.
    pub(crate) fn fetched(&mut self, lookup: LookupId) {
        if self.server.handed_over.contains_key(&lookup) {
            self.violated("fetched once", format!("{lookup:?} was fetched again"));
        }
    }

    /// A look-up was completed in the audit.
    pub(crate) fn completed(&mut self, lookup: LookupId, handed_over: bool) {
        if !handed_over {
            return;
        }
        let times = self.server.handed_over.entry(lookup).or_insert(0);
        *times += 1;
        if *times > 1 {
            let what = format!("{lookup:?} was handed over {times} times in the audit");
            self.violated("one look-up, one audit entry", what);
        }
    }
}

/// What a store in memory holds; a store that fails holds nothing.
pub(crate) fn now<T>(read: impl Future<Output = Result<Option<T>, dispatch_core::store::StoreError>>) -> Option<T> {
    delivery::contract::block_on_ready(read).ok().flatten()
}

/// Said twice it means the same: that a log goes on, or what is lost.
const fn says_nothing_new(body: &Body) -> bool {
    matches!(
        body,
        Body::EntriesLost { .. } | Body::GapNoted { .. } | Body::TabletJoined { reason: JoinReason::RecordedAgain, .. }
    )
}

/// One press, apart from the name under which it stands and the names it speaks of.
fn press_of(device: DeviceId, event: &Event) -> Press {
    let body = match &event.body {
        Body::StageUndone { .. } => "undone".to_owned(),
        Body::StageCorrected { to, .. } => format!("corrected {to:?}"),
        Body::ConsentWithdrawn { .. } => "withdrawn".to_owned(),
        Body::LookupAsked { lookup, .. } => format!("asked {lookup:?}"),
        other => format!("{other:?}"),
    };
    let body = format!("{:?} {body}", event.subject);
    (device, event.at.mono.boot, event.at.mono.us, body)
}
