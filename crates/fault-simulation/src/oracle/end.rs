//! What is asked at the end of a run, when everybody has connected and nothing waits.

use super::{Oracle, now};
use crate::oracle::reference;
use crate::tablet::Tablet;
use case::{CaseFacts, CaseView, Commit, EventName, Stored};
use delivery::contract::block_on_ready;
use dispatch_core::Scope;
use dispatch_core::memory::MemoryStore;
use dispatch_core::store::{CaseQuery, CommittedFact, EventStore};
use model::{CaseId, Timestamp};
use wire::Entry;

/// More than a run ever has.
const ALL: usize = 100_000;

impl Oracle {
    /// One tablet's disk and screens.
    pub(crate) fn check_tablet(&mut self, tablet: &Tablet, store: &MemoryStore) {
        if !self.is_content() {
            return;
        }
        self.live.insert(tablet.disk.number);
        for head in tablet.disk.heads() {
            self.heads.insert((tablet.disk.number, head.log), head);
        }
        self.check_wedged(tablet);
        let Some(state) = tablet.core.as_ref().map(ambulance_core::Core::state) else { return };
        for (case, shown) in &state.cases {
            let facts = facts_of(store, *case);
            let position = facts.last().map_or(0, |fact| fact.position);
            let ours = shared(&shown.view);
            let own_readable = self.with_own_wedged(&tablet.disk.entries(), tablet, *case, &facts);
            let own_damaged = self.with_own_wedged(&tablet.disk.entries_before_damage(), tablet, *case, &facts);
            let theirs = shared(&own_readable);
            if ours != theirs && ours != shared(&own_damaged) {
                let own = self.own_entries(tablet, *case, store);
                let what = format!("{case:?} on disk {}: {}; {own}", tablet.disk.number, difference(&ours, &theirs));
                self.violated("views agree", what);
            } else if shown.received_through != position {
                let what = format!("{case:?}: has {} of {position}", shown.received_through);
                self.violated("a feed comes to its end", what);
            }
        }
    }

    /// What the server never understands is shown as such, by name.
    fn check_wedged(&mut self, tablet: &Tablet) {
        let wedged: Vec<EventName> =
            tablet.disk.wedged().into_iter().map(|row| EventName { log: row.log, seq: row.seq }).collect();
        let heads = tablet.disk.heads();
        for entry in tablet.disk.entries() {
            let name = EventName { log: entry.log, seq: entry.seq };
            let delivered = heads.iter().any(|head| head.log == entry.log && head.acknowledged >= entry.seq);
            if delivered && self.is_poison(&entry.bytes) && !wedged.contains(&name) {
                let what = format!("{name:?} on disk {} was refused for good and is not shown", tablet.disk.number);
                self.violated("refused for good is shown", what);
            }
        }
    }

    /// The server's facts, with the tablet's own ones that the server never understands: it goes on showing them.
    fn with_own_wedged(&self, own: &[Entry], tablet: &Tablet, case: CaseId, facts: &[CommittedFact]) -> CaseView {
        let mut set = set_of(facts);
        let heads = tablet.disk.heads();
        for entry in own.iter().filter(|entry| self.is_poison(&entry.bytes)) {
            let name = EventName { log: entry.log, seq: entry.seq };
            let Ok(event) = Stored::decode(entry.schema, &entry.bytes) else { continue };
            let again =
                heads.iter().any(|head| head.log == name.log && head.forked_at.is_some_and(|at| at <= name.seq));
            // What was read before its row was damaged stays in memory until the next start.
            let in_memory = self.damaged.contains(&(tablet.disk.number, name.log, name.seq));
            if event.subject.case() == Some(case) && (!again || in_memory) {
                set.insert(event, case::Hash::of(&entry.bytes), Some(commit(0)));
            }
        }
        set.view()
    }

    /// The tablet's own entries of a case that are no facts on the server, and why.
    fn own_entries(&self, tablet: &Tablet, case: CaseId, store: &MemoryStore) -> String {
        let mut lines = Vec::new();
        for entry in tablet.disk.entries() {
            let name = EventName { log: entry.log, seq: entry.seq };
            let event = Stored::decode(entry.schema, &entry.bytes).ok();
            let Some(event) = event.filter(|event| event.subject.case() == Some(case)) else { continue };
            if !self.server.facts.contains_key(&name) {
                let (poison, held) = (self.is_poison(&entry.bytes), now(store.entry_hash(name)));
                let same = held == Some(case::Hash::of(&entry.bytes));
                let again = self.server.presses.get(&super::press_of(tablet.place.device, &event));
                let cut = self.heads.get(&(tablet.disk.number, name.log)).and_then(|head| head.forked_at);
                let kind = event.body.kind();
                lines.push(format!("{name:?} {kind} cut {cut:?} poison {poison} held {same} again {again:?}"));
            }
        }
        format!("own entries that are no facts: {}", lines.join(", "))
    }

    /// Every entry that a crew saw as recorded: on the server under its name, recorded again, or reported as lost.
    pub(crate) fn check_obligations(&mut self, store: &MemoryStore) {
        if !self.is_content() {
            return;
        }
        let mut broken = Vec::new();
        for ((name, hash), recorded) in &self.recorded {
            let held = now(store.entry_hash(*name)) == Some(*hash);
            let again = self.server.presses.contains_key(&recorded.press)
                || self.recorded.iter().any(|((other, other_hash), r)| {
                    r.press == recorded.press && other != name && now(store.entry_hash(*other)) == Some(*other_hash)
                });
            let homes: Vec<u32> = recorded.disks.intersection(&self.live).copied().collect();
            // What was recorded again may have been damaged again.
            let (mut reported, mut unreadable) = (false, false);
            for ((other, _), r) in self.recorded.iter().filter(|(_, r)| r.press == recorded.press) {
                let mut homes = r.disks.intersection(&self.live);
                let is_broken = homes.all(|disk| self.damaged.contains(&(*disk, other.log, other.seq)));
                let is_reported = self.is_reported(*other);
                reported |= is_reported;
                unreadable |= is_reported && is_broken;
            }
            // A tablet whose disk is gone can deliver nothing; the server has what it had acknowledged unless it was put back.
            // Nor one whose row is gone, when the server that had it was put back to a time before.
            let is_gone = homes.iter().all(|disk| self.damaged.contains(&(*disk, name.log, name.seq)));
            let was_held = self.ever_held.contains(&(*name, *hash)) || self.poisoned.contains(name);
            let lost_by_both = is_gone && self.put_back > 0 && was_held;
            let excused = homes.is_empty() || (reported && unreadable) || lost_by_both;
            // A log that never began for the server is joined anew under its new name.
            let cut = |disk: &u32| self.heads.get(&(*disk, name.log)).and_then(|head| head.forked_at);
            let rejoined = name.seq == 1 && homes.iter().all(|disk| cut(disk) == Some(1));
            if !held && !again && !excused && !rejoined {
                let heads: Vec<_> = homes.iter().filter_map(|disk| self.heads.get(&(*disk, name.log))).collect();
                let server = now(store.log_head(name.log));
                let what = format!("of {heads:?}, server {server:?}, reported {reported}, unreadable {unreadable}");
                broken.push(format!("{name:?} of disks {homes:?} is nowhere: {:?}, {what}", recorded.press));
            }
        }
        for what in broken {
            self.violated("nothing recorded is lost", what);
        }
    }

    fn is_reported(&self, name: EventName) -> bool {
        // Of a log in which two wrote, the one whose end is lost cannot know whose entries the server has.
        let is_unclear = self.two_writers.contains(&name.log);
        let within = |(log, from, through): &(model::LogId, u64, u64)| {
            *log == name.log && ((*from..=*through).contains(&name.seq) || (is_unclear && *through == u64::MAX))
        };
        self.server.lost.iter().any(within)
    }

    /// The fold and the oracle's own fold say the same of every case.
    pub(crate) fn check_views(&mut self, store: &MemoryStore) {
        if !self.is_content() {
            return;
        }
        let query = CaseQuery { open_only: false, unit: None, changed_since: None, limit: ALL };
        for head in block_on_ready(store.cases(Scope::Installation, query)).unwrap_or_default() {
            let facts = facts_of(store, head.case);
            let view = set_of(&facts).view();
            if let Err(what) = reference::compare(&facts, &view) {
                self.violated("the fold means what it says", format!("{:?}: {what}", head.case));
            }
        }
    }
}

fn facts_of(store: &MemoryStore, case: CaseId) -> Vec<CommittedFact> {
    block_on_ready(store.case_facts(Scope::Installation, case, 0, ALL)).unwrap_or_default()
}

fn set_of(facts: &[CommittedFact]) -> CaseFacts {
    let mut set = CaseFacts::new();
    for fact in facts {
        set.insert(fact.event.clone(), fact.stored.hash(), Some(commit(fact.position)));
    }
    set
}

const fn commit(position: u64) -> Commit {
    Commit { position, received_at: Timestamp(0) }
}

/// What everybody must agree on: not which of one's own facts are still on their way.
fn shared(view: &CaseView) -> CaseView {
    let mut view = view.clone();
    view.pending = 0;
    for time in view.stages.values_mut() {
        time.pending = false;
    }
    for enquiry in view.enquiries.values_mut() {
        enquiry.acknowledged = true;
    }
    view
}

/// The lines that only one of two views has.
fn difference(tablet: &CaseView, server: &CaseView) -> String {
    let (tablet, server) = (format!("{tablet:#?}"), format!("{server:#?}"));
    let only = |a: &str, b: &str| {
        let other: std::collections::BTreeSet<&str> = b.lines().collect();
        let lines: Vec<&str> = a.lines().filter(|line| !other.contains(line)).map(str::trim).take(12).collect();
        lines.join(" ")
    };
    format!("only on the tablet: {} | only on the server: {}", only(&tablet, &server), only(&server, &tablet))
}
