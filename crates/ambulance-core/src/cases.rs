//! What this tablet knows of each case, and the view made of it.

use crate::state::CardSummary;
use card::CardRead;
use case::{CaseFacts, Commit, Event, EventName, Hash, Inserted, Stored};
use delivery::LogHead;
use model::{CaseId, QuestionId, StoreId, Timestamp};
use patient_history::{PersonAttributes, SignedChallenge};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use wire::Entry;
use zeroize::Zeroizing;

/// One case in memory.
#[derive(Default)]
pub(crate) struct CaseBook {
    pub(crate) facts: CaseFacts,
    /// Names in this tablet's own logs under which the server sent what another copy of the store wrote.
    /// With what this tablet itself wrote there, as far as it is known.
    foreign: BTreeMap<EventName, Option<(Event, Hash)>>,
    /// Through this position without gaps.
    pub(crate) received_through: u64,
    /// The card of this patient: in memory only, for the look-up.
    pub(crate) card: Option<Held>,
    /// What was told of this patient in the place of a card: in memory only, until its look-up is asked.
    pub(crate) attributes: Option<PersonAttributes>,
    /// The look-up question that is open.
    pub(crate) lookup_question: Option<QuestionId>,
    /// Codes of a notebook that is being read: in memory only.
    pub(crate) notebook_codes: Vec<Zeroizing<Vec<u8>>>,
}

/// A card that was read for this patient.
pub(crate) struct Held {
    pub(crate) read: Box<CardRead>,
    pub(crate) summary: CardSummary,
    /// What the card signed for its look-up.
    pub(crate) signed: Option<SignedChallenge>,
    /// The crew confirmed it although this other case has the same card.
    pub(crate) also_of: Option<CaseId>,
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
        let (name, hash) = (event.name, Hash::of(&entry.bytes));
        let own = self.facts.get(name).map(|fact| (fact.event.clone(), fact.hash));
        let inserted = self.facts.insert(event.clone(), hash, Some(Commit { position, received_at }));
        if inserted == Inserted::Fork {
            self.foreign.entry(name).or_insert(own);
        }
        (inserted == Inserted::New).then_some(event)
    }

    /// Of own rows that cannot be read nobody knows whether the server has them or another copy's.
    pub(crate) fn note_unreadable(&mut self, head: &LogHead, readable: &BTreeSet<EventName>) {
        let names = (head.kept_from..=head.head).map(|seq| EventName { log: head.log, seq });
        self.foreign.extend(names.filter(|name| !readable.contains(name)).map(|name| (name, None)));
    }

    /// Whether the server may have something else under this name than this tablet wrote.
    pub(crate) fn is_foreign(&self, name: EventName) -> bool {
        self.foreign.contains_key(&name)
    }

    /// The server has it no longer: what this tablet itself wrote stands again where it is known, unless it stands under
    /// another name since.
    pub(crate) fn restore_own(&mut self, has_new_name: impl Fn(EventName) -> bool) {
        let known = self.foreign.extract_if(.., |_, own| own.is_some());
        for (event, hash) in known.filter_map(|(_, own)| own).filter(|(event, _)| !has_new_name(event.name)) {
            self.facts.insert(event, hash, None);
        }
    }

    /// An own fact was not written after all; it stands nowhere, also not behind another writer's fact of its name.
    pub(crate) fn not_written(&mut self, name: EventName) {
        self.facts.take_back(name);
        self.foreign.remove(&name);
    }

    /// Adds an own fact that no server has committed yet.
    pub(crate) fn record(&mut self, event: Event, hash: Hash) {
        let own = (event.clone(), hash);
        if self.facts.insert(event, hash, None) == Inserted::Fork {
            self.foreign.insert(own.0.name, Some(own));
        }
    }
}
