//! Events: written and shown at once, then on the disk or taken back.

use super::Core;
use crate::journal::Stamp;
use crate::limits::CASES_MAX;
use crate::state::{CaseState, Now};
use case::{Body, EventName, JoinReason};
use model::CaseId;

impl Core {
    /// Writes one event of a case and shows it at once.
    pub(crate) fn write(&mut self, case: CaseId, body: Body, now: Now) -> Option<EventName> {
        self.write_joining(case, self.join_reason(case), body, now)
    }

    pub(crate) fn write_joining(&mut self, case: CaseId, join: JoinReason, body: Body, now: Now) -> Option<EventName> {
        if self.hold_for_again(case, join, &body) {
            return None;
        }
        let body = self.with_new_names(body);
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let stamp = Stamp { now, offset: self.state.offset, crew, ids: &mut self.ids };
        let written = self.journal.write_case(case, join, body, stamp);
        let name = written.last().map(|(event, _)| event.name);
        let book = self.books.entry(case).or_default();
        for (event, hash) in written {
            book.record(event, hash);
        }
        self.refresh(case);
        name
    }

    /// A tablet whose store is new, in a case that this same tablet has written before, may have lost events.
    fn join_reason(&self, case: CaseId) -> JoinReason {
        let device = self.config.identity.device;
        let view = self.state.cases.get(&case).map(|c| &c.view);
        let wrote_before = view.is_some_and(|v| v.tablets.values().any(|part| part.device == device));
        if self.journal.knew(case) {
            return JoinReason::RecordedAgain;
        }
        match (wrote_before, view.is_some_and(|v| !v.tablets.is_empty())) {
            (true, _) => JoinReason::NewStore,
            (false, true) => JoinReason::TakenOver,
            (false, false) => JoinReason::Assigned,
        }
    }

    pub(crate) fn write_unit(&mut self, body: Body, now: Now) {
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let stamp = Stamp { now, offset: self.state.offset, crew, ids: &mut self.ids };
        self.journal.write_unit(body, stamp);
    }

    /// Folds a case's facts anew.
    pub(crate) fn refresh(&mut self, case: CaseId) {
        let Some(book) = self.books.get(&case) else { return };
        let state: &mut CaseState = self.state.cases.entry(case).or_default();
        let view = book.facts.view();
        let told_anew = view.oral != state.view.oral;
        let observed_anew = view.findings != state.view.findings;
        state.view = view;
        state.received_through = book.received_through;
        state.unsent = crate::unsent::unsent(book);
        // A stamp that could not be written, or that another tablet took back, cannot be undone.
        let stands = |stamp: EventName| book.facts.get(stamp).is_some();
        state.undo = state.undo.filter(|u| stands(u.stamp));
        if told_anew {
            self.merge_history(case);
        } else if observed_anew {
            self.check_notebooks(case);
        }
    }

    pub(super) fn on_persisted(&mut self, id: u64, now: Now) {
        if let Some(done) = self.journal.take_in_flight(id) {
            self.waiting_since.appended(&done.transaction, done.at);
            self.sender.handle_appended(&done.transaction, done.at, now.mono);
            self.store_works();
            self.again_persisted(id, now);
            self.nonce_is_used(id);
        }
    }

    pub(super) fn on_persist_failed(&mut self, id: u64, disk_full: bool, now: Now) {
        let Some(lost) = self.journal.take_in_flight(id) else {
            return;
        };
        self.store_failed(disk_full, now.mono);
        self.nonce_not_marked(id);
        self.journal.rewind(&lost);
        for entry in &lost.transaction.entries {
            self.again_not_written(EventName { log: entry.log, seq: entry.seq });
        }
        self.again_failed(id, now);
        let mut touched = Vec::new();
        for (case, book) in &mut self.books {
            for entry in &lost.transaction.entries {
                book.not_written(EventName { log: entry.log, seq: entry.seq });
                touched.push(*case);
            }
        }
        touched.dedup();
        for case in touched {
            self.refresh(case);
            self.drop_if_empty(case);
        }
    }

    /// A case of which nothing was written after all was never there.
    fn drop_if_empty(&mut self, case: CaseId) {
        if self.books.get(&case).is_some_and(|book| book.facts.is_empty()) {
            self.forget_case(case);
            self.state.current = self.state.current.filter(|current| *current != case);
        }
    }

    /// The oldest closed cases leave the memory beyond [`CASES_MAX`].
    pub(super) fn prune_cases(&mut self) {
        while self.books.len() > CASES_MAX {
            let Some(oldest) =
                self.state.cases.iter().find(|(id, c)| c.view.is_closed() && Some(**id) != self.state.current)
            else {
                return;
            };
            let oldest = *oldest.0;
            self.forget_case(oldest);
        }
    }
}
