//! Stamps of stages, their undo, and what a handover starts.

use crate::core::Core;
use crate::effect::Effect;
use crate::limits::{UNDO_US, WIPE_DELAY_US};
use crate::state::{CardState, CaseState, HistoryState, Now, Undo, WipePending};
use case::{Body, CorrectionReason, Ending, EventName, JoinReason, WipeCause};
use model::{CaseId, IncidentId, Monotonic, Stage, Timestamp};

impl Core {
    pub(crate) fn stamp_stage(&mut self, stage: Stage, now: Now) {
        let Some(case) = self.state.current else { return };
        let leg = self.state.cases.get(&case).map_or(1, |c| c.view.leg());
        let Some(stamp) = self.write(case, Body::StageStamped { stage, leg }, now) else {
            return;
        };
        let handover = stage == Stage::TransferOfCare;
        let until = later(now.mono, if handover { WIPE_DELAY_US } else { UNDO_US });
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.undo = Some(Undo { stamp, stage, until });
            state.wipe = handover.then_some(WipePending { at: until });
        }
        if stage == Stage::BackInService {
            self.journal.close(case);
        }
    }

    pub(crate) fn undo_stamp(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(undo) = self.state.case().and_then(|c| c.undo).filter(|u| now.mono.us < u.until.us) else {
            return;
        };
        self.write(case, Body::StageUndone { of: undo.stamp }, now);
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.undo = None;
            state.wipe = state.wipe.filter(|_| undo.stage != Stage::TransferOfCare);
        }
    }

    pub(crate) fn correct_stamp(&mut self, of: EventName, to: Option<Timestamp>, reason: CorrectionReason, now: Now) {
        if let Some(case) = self.state.current {
            self.write(case, Body::StageCorrected { of, to, reason }, now);
        }
    }

    /// Begins a case here: another patient of the current incident, or one that no dispatch announced.
    pub(crate) fn open_case(&mut self, now: Now) {
        let view = self.state.case().map(|c| &c.view).filter(|v| !v.is_closed());
        let siblings = view
            .and_then(|v| v.incident)
            .map_or(0, |incident| self.state.cases.values().filter(|c| c.view.incident == Some(incident)).count());
        let opened = Body::CaseOpened {
            incident: view.and_then(|v| v.incident).unwrap_or_else(|| IncidentId::from_uuid(self.ids.uuid(now.utc))),
            patient_no: u8::try_from(siblings + 1).unwrap_or(u8::MAX),
            call_received_at: None,
            scene: self.position.or_else(|| view.and_then(|v| v.scene)),
            place: view.and_then(|v| v.place.clone()),
            call_text: None,
        };
        let case = CaseId::from_uuid(self.ids.uuid(now.utc));
        self.journal.open_for(case, self.department_now(now));
        let assigned =
            Body::UnitAssigned { unit: self.config.identity.unit, callsign: self.config.callsign.clone(), leg: 1 };
        self.write_joining(case, JoinReason::Assigned, opened, now);
        self.write(case, assigned, now);
        self.drop_faces();
        self.state.current = Some(case);
        self.read_card_for_case();
        self.suggest.mark(case, now.mono);
    }

    pub(crate) fn take_over(&mut self, case: CaseId, now: Now) {
        if self.state.cases.contains_key(&case) && self.journal.log_of(case).is_none() {
            // The join event is written with the first event; taking over says so even before anything is pressed.
            let leg = self.state.cases.get(&case).map_or(1, |c| c.view.leg());
            let body =
                Body::UnitAssigned { unit: self.config.identity.unit, callsign: self.config.callsign.clone(), leg };
            self.write_joining(case, JoinReason::TakenOver, body, now);
        }
        self.drop_faces();
        self.state.current = Some(case);
    }

    pub(crate) fn end_case(&mut self, ending: Ending, now: Now) {
        let Some(case) = self.state.current else { return };
        if self.state.case().is_some_and(|c| c.view.is_closed()) {
            return;
        }
        self.drop_history(case, WipeCause::CaseEnded, now);
        self.write(case, Body::CaseEnded { ending }, now);
        self.journal.close(case);
    }

    /// History leaves the memory now, and what a notebook said with it. The event that says so holds no content.
    pub(crate) fn drop_history(&mut self, case: CaseId, cause: WipeCause, now: Now) {
        self.forget_staff_password(case);
        let held_notebook = self.drop_notebook(case);
        let held_face = self.close_number_b(case);
        self.forget_pin();
        let held_answer = self.drop_answer(case, cause, now);
        // What was told stays: it is the crew's own record.
        self.merge_history(case);
        if held_notebook || held_face || held_answer {
            self.push(Effect::HistoryDropped);
        }
    }

    /// Returns whether there was an answer or one was on its way.
    fn drop_answer(&mut self, case: CaseId, cause: WipeCause, now: Now) -> bool {
        if let Some(book) = self.books.get_mut(&case) {
            book.card = None;
            book.attributes = None;
            book.lookup_question = None;
        }
        let over: Vec<_> =
            self.asked.iter().filter(|(_, a)| a.case == Some(case) && a.is_history()).map(|(id, _)| *id).collect();
        for id in over {
            self.asked.remove(&id);
            self.forget_lookup(id);
        }
        let Some(state) = self.state.cases.get_mut(&case) else {
            return false;
        };
        state.card = CardState::None;
        state.rank_change = None;
        let full = core::mem::take(&mut state.full);
        match full {
            HistoryState::Waiting { lookup, .. } if cause == WipeCause::Withdrawn => {
                self.end_unanswered(case, lookup, "consent-withdrawn", now);
            }
            HistoryState::Here { lookup, .. } | HistoryState::Waiting { lookup, .. } => {
                self.write(case, Body::HistoryWiped { lookup, cause }, now);
            }
            HistoryState::NotAsked | HistoryState::Failed { .. } | HistoryState::Wiped { .. } => {}
        }
        let Some(state) = self.state.cases.get_mut(&case) else { return false };
        let was = core::mem::replace(&mut state.history, HistoryState::Wiped { at: now.utc });
        let lookup = match was {
            HistoryState::Waiting { lookup, .. } if cause == WipeCause::Withdrawn => {
                self.end_unanswered(case, lookup, "consent-withdrawn", now);
                return false;
            }
            HistoryState::Here { lookup, .. } | HistoryState::Waiting { lookup, .. } => lookup,
            other @ (HistoryState::NotAsked | HistoryState::Failed { .. } | HistoryState::Wiped { .. }) => {
                state.history = other;
                return false;
            }
        };
        // The ranked list names needs, not their cause, but its reasons may: it goes with the history.
        state.suggestion = None;
        state.why_not = None;
        self.write(case, Body::HistoryWiped { lookup, cause }, now);
        self.suggest.mark(case, now.mono);
        true
    }

    /// After a start: a handover that this tablet stamped before it ends its case, as it would have without the
    /// interruption.
    pub(crate) fn resume_wipes(&mut self, now: Now) {
        let stamped = |case: &CaseState| case.view.stage(Stage::TransferOfCare).map(|time| time.stamp);
        let open = self.state.cases.iter().filter(|(_, case)| !case.view.is_closed());
        let ours = open.filter(|(_, case)| stamped(case).is_some_and(|stamp| self.is_own(stamp)));
        let cases: Vec<CaseId> = ours.map(|(id, _)| *id).collect();
        for case in cases {
            if let Some(state) = self.state.cases.get_mut(&case) {
                state.wipe = Some(WipePending { at: later(now.mono, WIPE_DELAY_US) });
            }
        }
    }

    pub(crate) fn stage_timeouts(&mut self, now: Now) {
        let cases: Vec<CaseId> = self.state.cases.keys().copied().collect();
        for case in cases {
            let Some(state) = self.state.cases.get_mut(&case) else {
                continue;
            };
            let due = |at: Monotonic| at.boot != now.mono.boot || at.us <= now.mono.us;
            state.undo = state.undo.filter(|u| !due(u.until));
            state.rank_change = state.rank_change.take().filter(|r| !due(r.until));
            if state.wipe.is_some_and(|w| due(w.at)) {
                state.wipe = None;
                self.drop_history(case, WipeCause::HandedOver, now);
                self.write(case, Body::CaseEnded { ending: Ending::HandedOver }, now);
            }
        }
    }

    pub(crate) fn stage_deadline(&self) -> Option<(u64, &'static str)> {
        let of = |c: &CaseState| {
            [
                c.undo.map(|u| (u.until.us, "undo ends")),
                c.wipe.map(|w| (w.at.us, "history is wiped")),
                c.rank_change.as_ref().map(|r| (r.until.us, "announcement ends")),
            ]
        };
        self.state.cases.values().flat_map(of).flatten().min()
    }
}

pub(crate) fn later(at: Monotonic, us: u64) -> Monotonic {
    Monotonic { us: at.us.saturating_add(us), ..at }
}
