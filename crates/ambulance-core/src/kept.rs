//! What outlives the process besides the events: capacity as it was last heard, look-ups that could not leave yet, and
//! which life of the server's store the feed's positions belong to. All of it rests sealed in the outbox's local state.
//!
//! A look-up rests as its question: consent, card certificate, ids. Never an answer (DESIGN §5.4).

use crate::cases::fact_key;
use crate::core::Core;
use crate::lookups::{Asked, Phase};
use crate::state::{HistoryState, Now};
use case::EventName;
use hospital_selection::CapacityReport;
use model::{CaseId, HospitalId, LogId, QuestionId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wire::{Ask, HistoryQuestion, Question};

const CAPACITY: &str = "capacity/";
const LOOKUP: &str = "lookup/";
const SERVER: &str = "server-store";

/// A look-up that has no answer yet, as it rests.
#[derive(Serialize, Deserialize)]
struct RestingLookup {
    asked_at: Timestamp,
    question: HistoryQuestion,
}

impl Core {
    pub(crate) fn restore_kept(&mut self, states: &[(String, Vec<u8>)], now: Now) {
        for (key, value) in states {
            if key.starts_with(CAPACITY) {
                match wire::codec::decode::<Vec<CapacityReport>>(value) {
                    Ok(reports) => self.take_capacity(reports),
                    Err(error) => tracing::error!(%key, %error, "resting capacity cannot be read"),
                }
            } else if let Some(id) = key.strip_prefix(LOOKUP).and_then(|id| id.parse().ok()) {
                match wire::codec::decode(value) {
                    Ok(lookup) => self.restore_lookup(id, lookup, now),
                    Err(error) => tracing::error!(%key, %error, "a resting look-up cannot be read"),
                }
            }
        }
    }

    /// Which life of the server's store the resting facts belong to.
    pub(crate) fn restore_server(&mut self, states: &[(String, Vec<u8>)]) {
        let note = states.iter().find(|(key, _)| key == SERVER);
        self.server = note.and_then(|(_, value)| <[u8; 16]>::try_from(value.as_slice()).ok()).map(StoreId::from_bytes);
    }

    fn restore_lookup(&mut self, id: QuestionId, resting: RestingLookup, now: Now) {
        let RestingLookup { asked_at, question } = resting;
        let (case, lookup) = (question.case, question.lookup);
        let Some(state) = self.state.cases.get_mut(&case).filter(|state| !state.view.is_closed()) else { return };
        let ended = state.view.lookups.get(&lookup).is_some_and(|known| known.outcome.is_some());
        if ended {
            return;
        }
        state.history = HistoryState::Waiting { lookup, since: asked_at, queued: true, trouble: None };
        let ask = Ask { id, session: None, question: Question::History(question) };
        let waited_us = u64::try_from(now.utc.since_us(asked_at)).unwrap_or(0);
        let asked = Asked { ask, case: Some(case), asked_at: now.mono, waited_us, phase: Phase::Ready };
        self.asked.insert(id, asked);
        if let Some(book) = self.books.get_mut(&case) {
            book.lookup_question = Some(id);
        }
    }

    /// A look-up rests until it is answered, ends, or its case does.
    pub(crate) fn keep_lookup(&mut self, id: QuestionId, question: &HistoryQuestion, now: Now) {
        match wire::codec::encode(&RestingLookup { asked_at: now.utc, question: question.clone() }) {
            Ok(value) => self.journal.put_state(format!("{LOOKUP}{id}"), value),
            Err(error) => tracing::error!(question = %id, %error, "a look-up cannot rest"),
        }
    }

    pub(crate) fn forget_lookup(&mut self, id: QuestionId) {
        self.journal.delete_state(format!("{LOOKUP}{id}"));
    }

    /// Capacity of one hospital rests as one value.
    pub(crate) fn keep_capacity(&mut self, hospital: HospitalId) {
        let reports: Vec<_> = self.capacity.iter().filter(|report| report.hospital == hospital).cloned().collect();
        match wire::codec::encode(&reports) {
            Ok(value) => self.journal.put_state(format!("{CAPACITY}{hospital}"), value),
            Err(error) => tracing::error!(%hospital, %error, "capacity cannot rest"),
        }
    }

    /// The server's store began another life: what others wrote is read anew, and positions count from the start.
    pub(crate) fn meet_store(&mut self, store: Option<StoreId>, now: Now) {
        let Some(store) = store.filter(|store| self.server != Some(*store)) else { return };
        let known = self.server.replace(store);
        self.journal.put_state(SERVER.to_owned(), store.bytes().to_vec());
        if known.is_some() {
            tracing::warn!(%store, "the server's store was put back: what others wrote is read anew");
            self.tell_ends_again(now);
        }
        // Facts without a known life (its note was not written) are read anew as well.
        let cases: Vec<CaseId> = self.books.keys().copied().collect();
        for case in cases {
            self.forget_positions(case);
        }
        self.state.capacity_at = None;
    }

    fn forget_positions(&mut self, case: CaseId) {
        let Some(book) = self.books.get(&case) else { return };
        let names: Vec<_> = book.facts.iter().map(|fact| fact.event.name).collect();
        // An own one whose row is kept no more cannot be sent again: it counts as long as the server has it.
        let is_kept = |name: &EventName| self.sender.head(name.log).is_none_or(|head| name.seq >= head.kept_from);
        let is_others = |name: &EventName| !self.is_own(*name) || !is_kept(name) || book.is_foreign(*name);
        let others: BTreeSet<_> = names.into_iter().filter(is_others).collect();
        let Some(book) = self.books.get_mut(&case) else { return };
        book.received_through = 0;
        let positions: Vec<u64> = book.facts.iter().filter_map(|fact| fact.commit.map(|c| c.position)).collect();
        book.facts.retain(|fact| !others.contains(&fact.event.name));
        book.restore_own(|name| self.again.has_new_name(name));
        book.facts.forget_positions();
        // That the server had them was known from its feed alone: it may not have them now.
        let own: BTreeSet<LogId> = book.facts.iter().map(|fact| fact.event.name.log).collect();
        for log in own {
            let acknowledged = self.sender.head(log).map_or(0, |head| head.acknowledged);
            book.facts.reopen(log, acknowledged.saturating_add(1));
        }
        book.facts.retain(|fact| fact.commit.is_some() || !self.again.is_lost(fact.event.name));
        for position in positions.into_iter().filter(|position| *position > 0) {
            self.journal.delete_state(fact_key(case, position));
        }
        self.refresh(case);
    }

    /// A case leaves this tablet's memory and local state. Its events stay in the outbox as long as they must.
    pub(crate) fn forget_case(&mut self, case: CaseId) {
        if let Some(book) = self.books.remove(&case) {
            let positions = book.facts.iter().filter_map(|fact| fact.commit.map(|c| c.position));
            for position in positions.filter(|position| *position > 0) {
                self.journal.delete_state(fact_key(case, position));
            }
        }
        self.state.cases.remove(&case);
    }
}
