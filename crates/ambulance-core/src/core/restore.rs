//! From what the store held to what the screens show first.

use super::{Config, Core, Restored};
use crate::cases::{FACT_PREFIX, RestingFact, parse_fact_key};
use crate::state::{LinkState, LinkTrouble, Now, ReaderState, State};
use case::{EventName, Stored};
use model::{CaseId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the screens see before anything was heard.
pub(super) fn first_state(config: &Config, restored: &Restored, now: Now) -> State {
    State {
        unit: config.identity.unit,
        callsign: config.callsign.clone(),
        department: config.identity.department,
        department_name: config.department_name.clone(),
        training: config.identity.training,
        link: LinkState::Down { since: now.utc, why: LinkTrouble::Starting },
        offset: None,
        outbox: restored.counts,
        unwritten: 0,
        crew: None,
        sign_in_error: None,
        reader: ReaderState::Unknown,
        capacity_at: None,
        cases: BTreeMap::new(),
        staff_password_required: false,
        pin_offered: false,
        current: None,
        faults: Vec::new(),
        recovered: restored.recovered.clone(),
        stuck: Vec::new(),
        feed_leaves_out: false,
        position_at: None,
        nonces: 0,
        door: None,
        notice: wire::Notice::default(),
        published: Arc::default(),
    }
}

impl Core {
    pub(super) fn restore(&mut self, restored: &Restored, now: Now) {
        for (key, value) in &restored.states {
            let (Some((case, position)), Ok(fact)) = (parse_fact_key(key), wire::codec::decode::<RestingFact>(value))
            else {
                if key.starts_with(FACT_PREFIX) {
                    tracing::error!(%key, "a resting fact cannot be read");
                }
                continue;
            };
            if fact.store != self.server {
                // Its store was put back since, and the note of that or its deletion was not written.
                self.journal.delete_state(key.clone());
                continue;
            }
            self.books.entry(case).or_default().receive(position, fact.received_at, &fact.entry);
        }
        for entry in &restored.entries {
            let Ok(event) = Stored::decode(entry.schema, &entry.bytes) else {
                continue;
            };
            let is_recorded_again = self.present_name(event.name) != event.name;
            if let Some(case) = event.subject.case().filter(|_| !is_recorded_again) {
                self.books.entry(case).or_default().record(event, case::Hash::of(&entry.bytes));
            }
        }
        let readable: BTreeSet<EventName> =
            restored.entries.iter().map(|entry| EventName { log: entry.log, seq: entry.seq }).collect();
        for head in &restored.heads {
            if let delivery::LogKind::Case(case) = head.kind {
                let book = self.books.entry(case).or_default();
                book.note_unreadable(head, &readable);
                book.facts.acknowledge(head.log, head.acknowledged, Timestamp(0));
            }
        }
        let cases: Vec<CaseId> = self.books.keys().copied().collect();
        for case in cases {
            self.opened_for_again(case);
            self.refresh(case);
        }
        for wedged in &restored.wedged {
            self.note_stuck(*wedged);
        }
        self.resume_wipes(now);
        self.state.current = self.state.cases.iter().rev().find(|(_, c)| !c.view.is_closed()).map(|(id, _)| *id);
    }
}
