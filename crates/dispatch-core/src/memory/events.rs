//! Facts in memory.

use super::{MemoryStore, State};
use crate::principal::Scope;
use crate::store::{
    Admission, Append, AppendOutcome, Appended, CaseHead, CaseQuery, CommittedFact, Content, EnquiryRow, EventStore,
    ForkRow, Index, LogHead, LogOwner, NewEntry, Quarantine, StoreError, admit, end_log, index,
};
use case::{Body, Event, EventName, Hash, Subject};
use hospital_selection::{Hold, Inbound};
use model::{CaseId, EnquiryId, HospitalId, LogId, StoreId, Timestamp};
use std::collections::BTreeMap;

impl EventStore for MemoryStore {
    async fn store_id(&self) -> Result<StoreId, StoreError> {
        Ok(self.lock().id)
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        Ok(self.lock().append(append))
    }

    async fn log_head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        Ok(self.lock().logs.get(&log).copied())
    }

    async fn entry_hash(&self, name: EventName) -> Result<Option<Hash>, StoreError> {
        Ok(self.lock().entries.get(&name).copied())
    }

    async fn quarantined(&self, log: LogId) -> Result<Vec<(u64, Quarantine)>, StoreError> {
        Ok(self.lock().quarantined(log, 0))
    }

    async fn server_log(&self, case: CaseId) -> Result<Option<LogHead>, StoreError> {
        Ok(self
            .lock()
            .logs
            .values()
            .find(|log| log.owner == LogOwner::Server(case) && log.forked_at.is_none())
            .copied())
    }

    async fn case_head(&self, scope: Scope, case: CaseId) -> Result<Option<CaseHead>, StoreError> {
        Ok(self.lock().cases.get(&case).filter(|head| in_scope(scope, head)).cloned())
    }

    async fn case_facts(
        &self,
        scope: Scope,
        case: CaseId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<CommittedFact>, StoreError> {
        let state = self.lock();
        let visible = state.cases.get(&case).is_some_and(|head| in_scope(scope, head));
        let facts = state.streams.get(&Subject::Case(case)).filter(|_| visible);
        Ok(facts.into_iter().flatten().filter(|fact| fact.position > after).take(limit).cloned().collect())
    }

    async fn cases(&self, scope: Scope, query: CaseQuery) -> Result<Vec<CaseHead>, StoreError> {
        let state = self.lock();
        let wanted = |head: &&CaseHead| {
            in_scope(scope, head)
                && !(query.open_only && head.closed)
                && query.unit.is_none_or(|unit| head.units.contains(&unit))
                && query.changed_since.is_none_or(|since| head.changed_at >= since)
        };
        let mut heads: Vec<_> = state.cases.values().filter(wanted).cloned().collect();
        heads.sort_by_key(|head| core::cmp::Reverse((head.opened_at, head.case)));
        heads.truncate(query.limit);
        Ok(heads)
    }

    async fn enquiries_of(
        &self,
        hospital: HospitalId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<EnquiryRow>, StoreError> {
        let state = self.lock();
        let on_board =
            |row: &EnquiryRow| state.cases.get(&row.case).is_some_and(|head| head.hospitals.contains(&row.hospital));
        let mut rows: Vec<_> = state
            .enquiries
            .values()
            .filter(|row| row.hospital == hospital && row.sent_at >= since && on_board(row))
            .copied()
            .collect();
        rows.sort_by_key(|row| core::cmp::Reverse((row.sent_at, row.enquiry)));
        rows.truncate(limit);
        Ok(rows)
    }

    async fn enquiry(&self, enquiry: EnquiryId) -> Result<Option<EnquiryRow>, StoreError> {
        Ok(self.lock().enquiries.get(&enquiry).copied())
    }

    async fn standing(&self, since: Timestamp, limit: usize) -> Result<Vec<EnquiryRow>, StoreError> {
        let state = self.lock();
        let rows = state.enquiries.values().filter(|row| row.standing && row.sent_at >= since);
        let on_board =
            |row: &&EnquiryRow| state.cases.get(&row.case).is_some_and(|head| head.hospitals.contains(&row.hospital));
        let mut rows: Vec<_> = rows.filter(on_board).copied().collect();
        rows.sort_by_key(|row| (row.sent_at, row.enquiry));
        rows.truncate(limit);
        Ok(rows)
    }

    async fn holds(&self, except: CaseId, since: Timestamp) -> Result<Vec<Hold>, StoreError> {
        let state = self.lock();
        let standing = |row: &&EnquiryRow| row.standing && row.case != except && row.sent_at >= since;
        let rows = state.enquiries.values().filter(standing);
        Ok(rows.map(|row| Hold { hospital: row.hospital, since: row.sent_at }).collect())
    }

    async fn inbound(&self, except: CaseId, since: Timestamp) -> Result<Vec<Inbound>, StoreError> {
        let state = self.lock();
        let mut counts: BTreeMap<HospitalId, u8> = BTreeMap::new();
        let open = state.cases.values().filter(|h| !h.closed && h.case != except && h.changed_at >= since);
        for (_, hospital) in open.filter_map(|head| head.destination) {
            let count = counts.entry(hospital).or_insert(0);
            *count = count.saturating_add(1);
        }
        Ok(counts.into_iter().map(|(hospital, units)| Inbound { hospital, units }).collect())
    }

    async fn forks(&self, limit: usize) -> Result<Vec<ForkRow>, StoreError> {
        Ok(self.lock().forks.iter().rev().take(limit).cloned().collect())
    }
}

fn in_scope(scope: Scope, head: &CaseHead) -> bool {
    match scope {
        Scope::Department(department) => head.department == department,
        Scope::Hospital(hospital) => head.hospitals.contains(&hospital),
        Scope::Installation => true,
    }
}

impl State {
    fn quarantined(&self, log: LogId, from: u64) -> Vec<(u64, Quarantine)> {
        let range = EventName { log, seq: from }..=EventName { log, seq: u64::MAX };
        self.quarantine.range(range).map(|(name, reason)| (name.seq, *reason)).collect()
    }

    fn append(&mut self, append: Append) -> Appended {
        let nothing = |outcome| Appended { outcome, quarantined: Vec::new(), committed: Vec::new() };
        if append.expect.is_some_and(|expect| self.position(expect.case) != expect.position) {
            return nothing(AppendOutcome::Conflict);
        }
        if let Some(log) = append.end {
            let (head, outcome) = end_log(append.owner, log, self.logs.get(&log).copied());
            self.logs.extend(head.map(|head| (log, head)));
            return nothing(outcome);
        }
        let first = append.entries.first().map(|entry| entry.stored.name);
        let last = append.entries.last().map(|entry| entry.stored.name.seq).unwrap_or(0);
        let (fresh, head) = match self.admit(append.owner, append.entries, append.before) {
            Admission::Fresh { fresh, head } => (fresh, head),
            Admission::Gap { from } => return nothing(AppendOutcome::Gap { from }),
            Admission::Forked { evidence, seq, from } => {
                self.note_fork(evidence, append.received_at);
                return nothing(AppendOutcome::Forked { seq, from });
            }
        };
        let owner = effects_owner(&append.effects);
        let (effects, effects_head) = match self.admit(owner.unwrap_or(append.owner), append.effects, None) {
            Admission::Fresh { fresh, head } => (fresh, head),
            Admission::Gap { .. } | Admission::Forked { .. } => return nothing(AppendOutcome::Conflict),
        };
        if fresh.iter().chain(&effects).any(|entry| self.decided_twice(entry)) {
            return nothing(AppendOutcome::Conflict);
        }
        for head in [head.filter(|_| first.is_some()), effects_head.filter(|_| owner.is_some())].into_iter().flatten() {
            self.logs.insert(head.log, head);
        }
        let committed = fresh.into_iter().chain(effects).filter_map(|e| self.store(e, append.received_at)).collect();
        let quarantined = first.map_or_else(Vec::new, |name| self.quarantined(name.log, name.seq));
        let quarantined = quarantined.into_iter().filter(|(seq, _)| *seq <= last).collect();
        Appended { outcome: AppendOutcome::Durable { through: last }, quarantined, committed }
    }

    fn position(&self, case: CaseId) -> u64 {
        self.cases.get(&case).map_or(0, |head| head.position)
    }

    fn admit(&self, owner: LogOwner, entries: Vec<NewEntry>, before: Option<Hash>) -> Admission {
        let log = entries.first().map(|entry| entry.stored.name.log);
        let known = log.and_then(|log| self.logs.get(&log)).copied();
        admit(owner, known, entries, before, |seq| {
            log.and_then(|log| self.entries.get(&EventName { log, seq })).copied()
        })
    }

    fn note_fork(&mut self, evidence: Option<(EventName, Hash)>, received_at: Timestamp) {
        let Some((name, hash)) = evidence else { return };
        self.forks.push(ForkRow { name, hash, received_at });
        if let Some(log) = self.logs.get_mut(&name.log) {
            log.forked_at.get_or_insert(name.seq);
        }
    }

    fn decided_twice(&self, entry: &NewEntry) -> bool {
        match &entry.content {
            Content::Fact(event) => match (event.subject.case(), &event.body) {
                (Some(case), Body::DestinationDecided { version, .. }) => self.decided.contains(&(case, *version)),
                _ => false,
            },
            Content::Quarantined(_) => false,
        }
    }

    fn store(&mut self, entry: NewEntry, received_at: Timestamp) -> Option<CommittedFact> {
        let NewEntry { stored, content } = entry;
        self.entries.insert(stored.name, stored.hash());
        let event = match content {
            Content::Fact(event) => *event,
            Content::Quarantined(reason) => {
                self.quarantine.insert(stored.name, reason);
                return None;
            }
        };
        let stream = self.streams.entry(event.subject).or_default();
        let position = stream.last().map_or(1, |fact| fact.position + 1);
        let fact = CommittedFact { stream: event.subject, position, received_at, stored, event };
        stream.push(fact.clone());
        if let Some(case) = fact.event.subject.case() {
            self.index(case, &fact.event, position, received_at);
        }
        Some(fact)
    }

    fn index(&mut self, case: CaseId, event: &Event, position: u64, received_at: Timestamp) {
        let head = self.cases.entry(case).or_insert_with(|| CaseHead {
            case,
            department: event.department,
            incident: None,
            position: 0,
            opened_at: received_at,
            changed_at: received_at,
            closed: false,
            units: [].into(),
            hospitals: [].into(),
            destination: None,
        });
        (head.position, head.changed_at) = (position, received_at);
        for change in index(event) {
            match change {
                Index::Incident(incident) => head.incident = head.incident.or(Some(incident)),
                Index::Unit(unit) => drop(head.units.insert(unit)),
                Index::Sent { enquiry, hospital, at, on_board } => {
                    let row = EnquiryRow { enquiry, case, hospital, sent_at: at, standing: true };
                    self.enquiries.entry(enquiry).or_insert(row);
                    if on_board {
                        head.hospitals.insert(hospital);
                    }
                }
                Index::Settled(enquiry) => {
                    if let Some(row) = self.enquiries.get_mut(&enquiry).filter(|row| row.case == case) {
                        row.standing = false;
                    }
                }
                Index::Decided { version, hospital } => {
                    self.decided.insert((case, version));
                    head.hospitals.insert(hospital);
                    if self.opened.get(&case).is_none_or(|opened| *opened < version) {
                        head.destination = head.destination.max(Some((version, hospital)));
                    }
                }
                Index::Opened { version } => {
                    let opened = self.opened.entry(case).or_insert(version);
                    *opened = version.max(*opened);
                    head.destination = head.destination.filter(|(standing, _)| standing > opened);
                }
                Index::Ended => head.closed = true,
            }
        }
    }
}

/// The server's log of one case.
fn effects_owner(effects: &[NewEntry]) -> Option<LogOwner> {
    effects.iter().find_map(|entry| match &entry.content {
        Content::Fact(event) => event.subject.case().map(LogOwner::Server),
        Content::Quarantined(_) => None,
    })
}
