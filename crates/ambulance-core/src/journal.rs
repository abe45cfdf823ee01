//! Writing events: the next place in the right log, the chain, and one transaction per action.

use crate::state::Now;
use case::{Body, Event, EventName, Hash, JoinReason, Stored, Subject, Writer};
use delivery::{LogHead, LogKind, NewLog, StateChange, Transaction};
use model::{CaseId, ClockOffset, CrewId, DepartmentId, DeviceId, EventTime, IdSource, LogId, Timestamp, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use wire::Entry;

/// Who this tablet is; written into every event.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// The tablet.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// Its department.
    pub department: DepartmentId,
    /// Training installation.
    pub training: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    head: u64,
    prev: Hash,
}

/// A transaction on its way to the store.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// What.
    pub transaction: Transaction,
    /// When.
    pub at: Timestamp,
}

/// The writer of this tablet's logs.
#[derive(Debug)]
pub struct Journal {
    identity: Identity,
    places: BTreeMap<LogId, Place>,
    case_logs: BTreeMap<CaseId, LogId>,
    unit_log: Option<LogId>,
    /// Cases in which a log of this store ended in a fork or a failed write: nothing of it is missing.
    known_cases: BTreeSet<CaseId>,
    /// Cases that were opened for the department that this unit worked for as relief.
    cases_for: BTreeMap<CaseId, DepartmentId>,
    pending: Transaction,
    next_id: u64,
    in_flight: BTreeMap<u64, InFlight>,
}

impl Journal {
    /// Goes on from the store's heads, except in logs that hold what was recorded again.
    #[must_use]
    pub fn new(identity: Identity, heads: &[LogHead], except: &BTreeSet<LogId>) -> Self {
        let mut journal = Self {
            identity,
            places: BTreeMap::new(),
            case_logs: BTreeMap::new(),
            unit_log: None,
            known_cases: BTreeSet::new(),
            cases_for: BTreeMap::new(),
            pending: Transaction::default(),
            next_id: 1,
            in_flight: BTreeMap::new(),
        };
        for head in heads.iter().filter(|head| !head.ended && !except.contains(&head.log)) {
            if head.forked_at.is_some() {
                journal.known_cases.extend(head.case());
                continue;
            }
            let prev = head.digest.map_or(Hash::NONE, Hash);
            journal.places.insert(head.log, Place { head: head.head, prev });
            match head.kind {
                LogKind::Case(case) => drop(journal.case_logs.insert(case, head.log)),
                LogKind::Unit => journal.unit_log = Some(head.log),
            }
        }
        journal
    }

    /// This tablet's log of a case, if it has begun one.
    #[must_use]
    pub fn log_of(&self, case: CaseId) -> Option<LogId> {
        self.case_logs.get(&case).copied()
    }

    /// Whether this store has written to a case before, in a log that ended.
    #[must_use]
    pub fn knew(&self, case: CaseId) -> bool {
        self.known_cases.contains(&case)
    }

    /// A log that ended is never written again; the next event of its case begins a new one. Returns its last seq, if it
    /// was being written.
    pub fn abandon(&mut self, log: LogId) -> Option<u64> {
        let place = self.places.remove(&log);
        let cases = self.case_logs.iter().filter(|(_, own)| **own == log).map(|(case, _)| *case);
        self.known_cases.extend(cases);
        self.case_logs.retain(|_, own| *own != log);
        self.unit_log = self.unit_log.filter(|own| *own != log);
        place.map(|place| place.head)
    }

    /// Writes one event of a case. The first one of a tablet in a case says how it joined.
    pub fn write_case(
        &mut self,
        case: CaseId,
        join: JoinReason,
        body: Body,
        mut stamp: Stamp<'_>,
    ) -> Vec<(Event, Hash)> {
        let mut written = Vec::with_capacity(2);
        let log = match self.log_of(case) {
            Some(log) => log,
            None => {
                written.extend(self.join_case(case, join, &mut stamp));
                match self.log_of(case) {
                    Some(log) => log,
                    None => return written,
                }
            }
        };
        written.extend(self.put(log, Subject::Case(case), body, &stamp));
        written
    }

    /// Begins this tablet's log of a case; its first event says why.
    pub fn join_case(&mut self, case: CaseId, join: JoinReason, stamp: &mut Stamp<'_>) -> Option<(Event, Hash)> {
        let log = self.begin(LogKind::Case(case), stamp.ids);
        self.case_logs.insert(case, log);
        let joined = Body::TabletJoined { device: self.identity.device, reason: join };
        self.put(log, Subject::Case(case), joined, stamp)
    }

    /// A case is opened for another department than the tablet's own: its facts here are that one's.
    pub fn open_for(&mut self, case: CaseId, department: DepartmentId) {
        if department != self.identity.department {
            self.cases_for.insert(case, department);
        }
    }

    fn department_of(&self, subject: Subject) -> DepartmentId {
        let other = subject.case().and_then(|case| self.cases_for.get(&case));
        other.copied().unwrap_or(self.identity.department)
    }

    /// Begins a log beside the present one, for what is recorded again.
    pub fn begin_aside(&mut self, kind: LogKind, ids: &mut IdSource) -> LogId {
        self.begin(kind, ids)
    }

    /// Writes one event into a log that was begun aside.
    pub fn write_in(
        &mut self,
        log: LogId,
        subject: Subject,
        body: Body,
        at: EventTime,
        crew: Option<CrewId>,
    ) -> Option<(Event, Hash)> {
        self.put_at(log, subject, body, at, crew)
    }

    /// Writes one event of the unit's own log.
    pub fn write_unit(&mut self, body: Body, stamp: Stamp<'_>) {
        let log = match self.unit_log {
            Some(log) => log,
            None => {
                let log = self.begin(LogKind::Unit, stamp.ids);
                self.unit_log = Some(log);
                log
            }
        };
        self.put(log, Subject::Unit(self.identity.unit), body, &stamp);
    }

    fn begin(&mut self, kind: LogKind, ids: &mut IdSource) -> LogId {
        let log = ids.log();
        self.places.insert(log, Place { head: 0, prev: Hash::NONE });
        self.pending.begin.push(NewLog { log, kind });
        log
    }

    fn put(&mut self, log: LogId, subject: Subject, body: Body, stamp: &Stamp<'_>) -> Option<(Event, Hash)> {
        let at = EventTime { utc: stamp.now.utc, mono: stamp.now.mono, offset: stamp.offset };
        self.put_at(log, subject, body, at, stamp.crew)
    }

    fn put_at(
        &mut self,
        log: LogId,
        subject: Subject,
        body: Body,
        at: EventTime,
        crew: Option<CrewId>,
    ) -> Option<(Event, Hash)> {
        let department = self.department_of(subject);
        let place = self.places.get_mut(&log)?;
        let event = Event {
            name: EventName { log, seq: place.head + 1 },
            prev: place.prev,
            at,
            writer: Writer::Tablet { device: self.identity.device, unit: self.identity.unit, crew },
            department,
            subject,
            training: self.identity.training,
            body,
        };
        let stored = match Stored::encode(&event) {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(%log, %error, "an event could not be written");
                return None;
            }
        };
        let hash = stored.hash();
        *place = Place { head: event.name.seq, prev: hash };
        self.pending.entries.push(Entry { log, seq: event.name.seq, schema: stored.schema, bytes: stored.bytes });
        Some((event, hash))
    }

    /// Adds a change of local state to the present action.
    pub fn put_state(&mut self, key: String, value: Vec<u8>) {
        self.pending.state.push(StateChange::Put { key, value });
    }

    /// Removes local state in the present action.
    pub fn delete_state(&mut self, key: String) {
        self.pending.state.push(StateChange::Delete { key });
    }

    /// The case is closed on this tablet: its log moves to the last lane.
    pub fn close(&mut self, case: CaseId) {
        if let Some(log) = self.log_of(case) {
            self.close_log(log);
        }
    }

    /// A log moves to the last lane.
    pub fn close_log(&mut self, log: LogId) {
        self.pending.close.push(log);
    }

    /// Whether this process goes on in this log behind this event.
    #[must_use]
    pub fn has(&self, name: EventName) -> bool {
        self.places.get(&name.log).is_some_and(|place| name.seq <= place.head)
    }

    /// The number of the transaction that the present action will be.
    #[must_use]
    pub const fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Entries that are not on the disk yet.
    #[must_use]
    pub fn unwritten(&self) -> u64 {
        let in_flight = self.in_flight.values().map(|lost| lost.transaction.entries.len());
        in_flight.chain([self.pending.entries.len()]).sum::<usize>() as u64
    }

    /// Ends the present action: its transaction, if it has any content.
    pub fn flush(&mut self, at: Timestamp) -> Option<(u64, Transaction)> {
        let transaction = core::mem::take(&mut self.pending);
        if transaction == Transaction::default() {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.in_flight.insert(id, InFlight { transaction: transaction.clone(), at });
        Some((id, transaction))
    }

    /// A transaction's result arrived.
    pub fn take_in_flight(&mut self, id: u64) -> Option<InFlight> {
        self.in_flight.remove(&id)
    }

    /// After a failed write the logs go back to what the disk holds: seqs are never skipped.
    pub fn rewind(&mut self, lost: &InFlight) {
        let begun = lost.transaction.begin.iter().map(|new| new.log);
        // The chain of a log that lost an event cannot be continued in memory: begin a new log.
        for log in begun.chain(lost.transaction.entries.iter().map(|entry| entry.log)) {
            self.abandon(log);
        }
    }
}

/// What an event takes from its moment.
pub struct Stamp<'a> {
    /// Both clocks.
    pub now: Now,
    /// The known offset.
    pub offset: Option<ClockOffset>,
    /// Who is signed in.
    pub crew: Option<CrewId>,
    /// Where ids come from.
    pub ids: &'a mut IdSource,
}
