//! Writing events: the next place in the right log, the chain, and one transaction per action.

use crate::state::Now;
use case::{Body, Event, EventName, Hash, JoinReason, Stored, Subject, Writer};
use delivery::{LogHead, LogKind, NewLog, StateChange, Transaction};
use model::{CaseId, ClockOffset, CrewId, DepartmentId, DeviceId, EventTime, IdSource, LogId, Timestamp, UnitId};
use std::collections::BTreeMap;
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
    pending: Transaction,
    next_id: u64,
    in_flight: BTreeMap<u64, InFlight>,
}

impl Journal {
    /// Goes on from the store's heads.
    #[must_use]
    pub fn new(identity: Identity, heads: &[LogHead]) -> Self {
        let mut journal = Self {
            identity,
            places: BTreeMap::new(),
            case_logs: BTreeMap::new(),
            unit_log: None,
            pending: Transaction::default(),
            next_id: 1,
            in_flight: BTreeMap::new(),
        };
        for head in heads.iter().filter(|head| head.forked_at.is_none() && !head.ended) {
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

    /// A log that forked is never written again; the next event of its case begins a new one.
    pub fn abandon(&mut self, log: LogId) {
        self.places.remove(&log);
        self.case_logs.retain(|_, own| *own != log);
        self.unit_log = self.unit_log.filter(|own| *own != log);
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

    /// Records an event again in the case's new log, with its first time: its old log ended in a fork.
    pub fn write_again(
        &mut self,
        case: CaseId,
        body: Body,
        at: EventTime,
        crew: Option<CrewId>,
    ) -> Option<(Event, Hash)> {
        let log = self.case_logs.get(&case).copied()?;
        self.put_at(log, Subject::Case(case), body, at, crew)
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
        let place = self.places.get_mut(&log)?;
        let event = Event {
            name: EventName { log, seq: place.head + 1 },
            prev: place.prev,
            at,
            writer: Writer::Tablet { device: self.identity.device, unit: self.identity.unit, crew },
            department: self.identity.department,
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

    /// The case is closed on this tablet: its log moves to the last lane.
    pub fn close(&mut self, case: CaseId) {
        if let Some(log) = self.log_of(case) {
            self.pending.close.push(log);
        }
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
        for new in &lost.transaction.begin {
            self.abandon(new.log);
        }
        for entry in &lost.transaction.entries {
            // The chain of a log that lost an event cannot be continued in memory: begin a new log.
            self.abandon(entry.log);
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
