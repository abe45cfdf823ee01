//! What this tablet knows of each case, and the view made of it.

use crate::state::CardSummary;
use card::CardRead;
use case::{CaseFacts, Commit, Event, EventName, Hash, Inserted, Stored};
use model::{CaseId, LogId, QuestionId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wire::Entry;

/// One case in memory.
#[derive(Default)]
pub(crate) struct CaseBook {
    pub(crate) facts: CaseFacts,
    /// Names in this tablet's own logs under which the server sent what another copy of the store wrote.
    pub(crate) foreign: BTreeSet<EventName>,
    /// Through this position without gaps.
    pub(crate) received_through: u64,
    /// The card of this patient: in memory only, for the look-up.
    pub(crate) card: Option<Held>,
    /// The look-up question that is open.
    pub(crate) lookup_question: Option<QuestionId>,
}

/// A card that was read for this patient.
pub(crate) struct Held {
    pub(crate) read: Box<CardRead>,
    pub(crate) summary: CardSummary,
}

/// A fact of the feed as it rests on the tablet.
#[derive(Serialize, Deserialize)]
pub(crate) struct RestingFact {
    pub(crate) received_at: Timestamp,
    pub(crate) entry: Entry,
    /// The life of the server's store that gave it its position.
    #[serde(default)]
    pub(crate) store: Option<StoreId>,
}

/// Key of a resting fact: ids only.
pub(crate) fn fact_key(case: CaseId, position: u64) -> String {
    format!("fact/{case}/{position:020}")
}

/// Prefix of all resting facts.
pub(crate) const FACT_PREFIX: &str = "fact/";

/// Reads a resting fact's key.
pub(crate) fn parse_fact_key(key: &str) -> Option<(CaseId, u64)> {
    let (case, position) = key.strip_prefix(FACT_PREFIX)?.split_once('/')?;
    Some((case.parse().ok()?, position.parse().ok()?))
}

impl CaseBook {
    /// Adds a fact of the feed. Returns the event when it was new.
    pub(crate) fn receive(&mut self, position: u64, received_at: Timestamp, entry: &Entry) -> Option<Event> {
        if position == self.received_through + 1 {
            self.received_through = position;
        }
        let event = match Stored::decode(entry.schema, &entry.bytes) {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(log = %entry.log, seq = entry.seq, %error, "a fact of the feed is not understood");
                return None;
            }
        };
        let hash = Hash::of(&entry.bytes);
        let inserted = self.facts.insert(event.clone(), hash, Some(Commit { position, received_at }));
        if inserted == Inserted::Fork {
            self.foreign.insert(event.name);
        }
        (inserted == Inserted::New).then_some(event)
    }

    /// Of own rows that cannot be read nobody knows whether the server has them or another copy's.
    pub(crate) fn note_unreadable(&mut self, log: LogId, kept_from: u64, readable: &BTreeSet<EventName>) {
        let names = self.facts.iter().map(|fact| fact.event.name);
        let unreadable = names.filter(|name| name.log == log && name.seq >= kept_from && !readable.contains(name));
        self.foreign.extend(unreadable);
    }

    /// Adds an own fact that no server has committed yet.
    pub(crate) fn record(&mut self, event: Event, hash: Hash) {
        let name = event.name;
        if self.facts.insert(event, hash, None) == Inserted::Fork {
            self.foreign.insert(name);
        }
    }
}
