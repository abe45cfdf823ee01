//! The set of facts known of a case. Arrival order, repetition and interleaving leave no trace.

use crate::event::{Event, EventName};
use crate::stored::Hash;
use crate::view::{CaseView, fold};
use model::{LogId, Timestamp};
use std::collections::BTreeMap;

/// What the server added when it committed a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its position in the case, from 1.
    pub position: u64,
    /// When the server received it.
    pub received_at: Timestamp,
}

/// One known fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The event.
    pub event: Event,
    /// Hash of its stored bytes.
    pub hash: Hash,
    /// Set once the server has committed it; a fact without is only this tablet's own.
    pub commit: Option<Commit>,
}

/// What inserting did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// A new fact.
    New,
    /// Known already; only its commit may be new.
    Known,
    /// The same name with other bytes: a fact with a position takes the place of one without, else the first one stays.
    Fork,
}

/// All facts of one case that are known here.
#[derive(Clone, Debug, Default)]
pub struct CaseFacts {
    facts: BTreeMap<EventName, Fact>,
}

impl CaseFacts {
    /// Nothing known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact, or learns that a known one was committed.
    pub fn insert(&mut self, event: Event, hash: Hash, commit: Option<Commit>) -> Inserted {
        match self.facts.get_mut(&event.name) {
            None => {
                self.facts.insert(event.name, Fact { event, hash, commit });
                Inserted::New
            }
            Some(known) if known.hash == hash => {
                known.commit = commit.filter(|commit| commit.position > 0).or(known.commit).or(commit);
                Inserted::Known
            }
            Some(known) => {
                let is_placed = |commit: Option<Commit>| commit.is_some_and(|commit| commit.position > 0);
                if is_placed(commit) && !is_placed(known.commit) {
                    *known = Fact { event, hash, commit };
                }
                Inserted::Fork
            }
        }
    }

    /// Marks everything of a log through `seq` as durable on the server, when no position is known for it yet.
    pub fn acknowledge(&mut self, log: LogId, through: u64, now: Timestamp) {
        let range = EventName { log, seq: 0 }..=EventName { log, seq: through };
        for (_, fact) in self.facts.range_mut(range) {
            fact.commit.get_or_insert(Commit { position: 0, received_at: now });
        }
    }

    /// What was acknowledged of a log from `seq` on is not on the server after all. What the server itself has sent stays.
    pub fn reopen(&mut self, log: LogId, seq: u64) {
        let range = EventName { log, seq }..=EventName { log, seq: u64::MAX };
        for (_, fact) in self.facts.range_mut(range) {
            fact.commit = fact.commit.filter(|commit| commit.position > 0);
        }
    }

    /// Positions count no more: committed facts are still acknowledged, but have no place.
    pub fn forget_positions(&mut self) {
        for commit in self.facts.values_mut().filter_map(|fact| fact.commit.as_mut()) {
            commit.position = 0;
        }
    }

    /// Takes an own fact back that was not written after all; one that the server has sent stays.
    pub fn take_back(&mut self, name: EventName) {
        if self.facts.get(&name).is_some_and(|fact| fact.commit.is_none()) {
            self.facts.remove(&name);
        }
    }

    /// Forgets one fact: it was not written after all, or is recorded again under another name.
    pub fn remove(&mut self, name: EventName) {
        self.facts.remove(&name);
    }

    /// Keeps only the facts for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Fact) -> bool) {
        self.facts.retain(|_, fact| keep(fact));
    }

    /// The facts by name.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.facts.values()
    }

    /// One fact.
    #[must_use]
    pub fn get(&self, name: EventName) -> Option<&Fact> {
        self.facts.get(&name)
    }

    /// How many facts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The highest event known of each log.
    #[must_use]
    pub fn heads(&self) -> BTreeMap<LogId, u64> {
        let mut heads = BTreeMap::new();
        for name in self.facts.keys() {
            heads.insert(name.log, name.seq);
        }
        heads
    }

    /// The facts in the order of their corrected times. Inside a log the order is always that of the log: a clock that was
    /// set back cannot reorder it.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Fact> {
        let mut keyed = Vec::with_capacity(self.facts.len());
        let mut latest: BTreeMap<LogId, Timestamp> = BTreeMap::new();
        for (name, fact) in &self.facts {
            let at = latest.entry(name.log).or_insert(Timestamp(i64::MIN));
            *at = (*at).max(fact.event.at.corrected());
            keyed.push((*at, *name, fact));
        }
        keyed.sort_by_key(|(at, name, _)| (*at, *name));
        keyed.into_iter().map(|(_, _, fact)| fact).collect()
    }

    /// What these facts mean.
    #[must_use]
    pub fn view(&self) -> CaseView {
        fold(self)
    }
}
