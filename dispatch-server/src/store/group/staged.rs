//! The judgement of a group: each append sees the database and every append before it. Pure.

use super::known::{Known, decision, event};
use super::rows::Rows;
use case::{EventName, Subject};
use dispatch_core::store::{
    Admission, Append, AppendOutcome, Appended, CommittedFact, Content, LogOwner, NewEntry, Quarantine, admit, end_log,
};
use model::Timestamp;
use std::collections::BTreeSet;

/// See the module.
pub(super) struct Staged {
    known: Known,
    rows: Rows,
}

impl Staged {
    pub(super) fn new(known: Known) -> Self {
        Self { known, rows: Rows::default() }
    }

    /// What has to be written.
    pub(super) fn rows(self) -> Rows {
        self.rows
    }

    /// Takes one append: everything that can refuse comes first, then everything is staged.
    pub(super) fn take(&mut self, append: &Append) -> Appended {
        let nothing = |outcome| Appended { outcome, quarantined: Vec::new(), committed: Vec::new() };
        if append.expect.is_some_and(|expect| self.position(Subject::Case(expect.case)) != expect.position) {
            return nothing(AppendOutcome::Conflict);
        }
        if let Some(log) = append.end {
            let (head, outcome) = end_log(append.owner, log, self.known.heads.get(&log).copied());
            if let Some(head) = head {
                self.known.heads.insert(log, head);
                self.rows.ended(head);
            }
            return nothing(outcome);
        }
        let (fresh, head) = match self.admit(append.owner, &append.entries, append.before) {
            Admission::Fresh { fresh, head } => (fresh, head),
            Admission::Gap { from } => return nothing(AppendOutcome::Gap { from }),
            Admission::Forked { evidence, seq, from } => {
                if let Some((name, hash)) = evidence {
                    self.note_fork(name, hash, append);
                }
                return nothing(AppendOutcome::Forked { seq, from });
            }
        };
        let effects_owner = server_owner(&append.effects).unwrap_or(append.owner);
        let Admission::Fresh { fresh: effects, head: effects_head } = self.admit(effects_owner, &append.effects, None)
        else {
            return nothing(AppendOutcome::Conflict);
        };
        if !self.decide(fresh.iter().chain(&effects)) {
            return nothing(AppendOutcome::Conflict);
        }
        let mut quarantined = self.held(&append.entries);
        quarantined.extend(fresh.iter().filter_map(|entry| match entry.content {
            Content::Quarantined(reason) => Some((entry.stored.name.seq, reason)),
            Content::Fact(_) => None,
        }));
        let heads = [head.filter(|_| !fresh.is_empty()), effects_head.filter(|_| !effects.is_empty())];
        for head in heads.into_iter().flatten() {
            self.known.heads.insert(head.log, head);
            self.rows.heads.insert(head.log, head);
        }
        let through = append.entries.last().map_or(0, |entry| entry.stored.name.seq);
        let stored = fresh.into_iter().chain(effects);
        let committed = stored.filter_map(|entry| self.store(entry, append.received_at)).collect();
        Appended { outcome: AppendOutcome::Durable { through }, quarantined, committed }
    }

    fn position(&self, subject: Subject) -> u64 {
        self.known.positions.get(&subject).copied().unwrap_or(0)
    }

    fn admit(&self, owner: LogOwner, batch: &[NewEntry], before: Option<case::Hash>) -> Admission {
        let Some(log) = batch.first().map(|entry| entry.stored.name.log) else {
            return admit(owner, None, Vec::new(), None, |_| None);
        };
        let hash_of = |seq| self.known.entries.get(&EventName { log, seq }).map(|(hash, _)| *hash);
        admit(owner, self.known.heads.get(&log).copied(), batch.to_vec(), before, hash_of)
    }

    /// Repeated entries that stand in quarantine.
    fn held(&self, batch: &[NewEntry]) -> Vec<(u64, Quarantine)> {
        let names = batch.iter().map(|entry| entry.stored.name);
        names.filter_map(|name| Some((name.seq, self.known.entries.get(&name)?.1?))).collect()
    }

    /// Takes the decisions among these; false when one of them stands already.
    fn decide<'a>(&mut self, entries: impl Iterator<Item = &'a NewEntry>) -> bool {
        let mut taken = BTreeSet::new();
        for version in entries.filter_map(event).filter_map(decision) {
            if self.known.decided.contains(&version) || !taken.insert(version) {
                return false;
            }
        }
        self.known.decided.append(&mut taken);
        true
    }

    fn note_fork(&mut self, name: EventName, hash: case::Hash, append: &Append) {
        tracing::error!(log = %name.log, seq = name.seq, "two writers use one log");
        let sent = append.entries.iter().find(|entry| entry.stored.name == name);
        let bytes = sent.map(|entry| entry.stored.bytes.clone()).unwrap_or_default();
        self.rows.note_fork(name, hash, bytes, append.received_at);
        if let Some(head) = self.known.heads.get_mut(&name.log) {
            head.forked_at.get_or_insert(name.seq);
        }
    }

    /// Gives an entry its place.
    fn store(&mut self, entry: NewEntry, at: Timestamp) -> Option<CommittedFact> {
        let NewEntry { stored, content } = entry;
        let hash = stored.hash();
        match content {
            Content::Quarantined(reason) => {
                self.known.entries.insert(stored.name, (hash, Some(reason)));
                self.rows.quarantined(stored, hash, at, reason);
                None
            }
            Content::Fact(event) => {
                self.known.entries.insert(stored.name, (hash, None));
                let stream = event.subject;
                let position = self.position(stream) + 1;
                self.known.positions.insert(stream, position);
                let fact = CommittedFact { stream, position, received_at: at, stored, event: *event };
                self.rows.fact(&fact, hash);
                Some(fact)
            }
        }
    }
}

fn server_owner(effects: &[NewEntry]) -> Option<LogOwner> {
    effects.iter().filter_map(event).find_map(|event| event.subject.case().map(LogOwner::Server))
}
