//! History that this tablet had and lost with its memory (a start, a lock-out, a tablet that was replaced) comes back by the
//! id of its look-up: no card, one more audit entry on the server.

use crate::core::Core;
use crate::state::{CaseState, HistoryState, Now};
use case::{LookupOutcome, WipeCause};
use model::{CaseId, DeviceId, LookupId};
use patient_history::IdentityLevel;
use wire::{HistoryAnswer, Question};

impl Core {
    /// Asks for the case on screen, as soon as somebody is signed in and a server that answers this is there.
    pub(crate) fn look_again(&mut self, now: Now) {
        let may_ask = self.looks_again && self.state.link.is_up() && self.state.crew.is_some();
        let Some(case) = self.state.current.filter(|_| may_ask) else { return };
        let device = self.config.identity.device;
        let Some(lookup) = self.state.cases.get(&case).and_then(|state| lost(state, device)) else { return };
        self.ask(Question::HistoryAgain { case, lookup }, Some(case), now);
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.history = HistoryState::Waiting { lookup, since: now.utc, queued: false, trouble: None };
        }
    }

    /// The history is here again. That the look-up was answered is on record already.
    pub(crate) fn history_is_back(&mut self, case: CaseId, lookup: LookupId, answer: HistoryAnswer, now: Now) {
        if self.show_history(case, lookup, answer) {
            self.suggest.mark(case, now.mono);
        }
    }

    /// Too many wrong codes: the session ends here, and history leaves the memory. It comes back with the next sign-in.
    pub(crate) fn lock_out(&mut self, now: Now) {
        self.state.crew = None;
        self.forget_read();
        self.forget_staff_passwords();
        let held = |state: &CaseState| !matches!(state.history, HistoryState::NotAsked | HistoryState::Wiped { .. });
        let cases: Vec<CaseId> = self.state.cases.iter().filter(|(_, c)| held(c)).map(|(id, _)| *id).collect();
        for case in cases {
            self.drop_history(case, WipeCause::LockedOut, now);
        }
    }
}

/// The newest look-up that was answered (of the full period, if that was the last), whose consent stands, and whose history
/// is not here; on a tablet that writes to this case.
fn lost(state: &CaseState, device: DeviceId) -> Option<LookupId> {
    let view = &state.view;
    let is_away = matches!(state.history, HistoryState::NotAsked | HistoryState::Wiped { .. });
    let is_ours = view.tablets.values().any(|part| part.device == device);
    let is_other_person = matches!(view.identity, Some((_, false, _)));
    if !is_away || !is_ours || view.is_closed() {
        return None;
    }
    let consent = view.consent()?.name;
    let answered = |l: &case::LookupState| l.consent == consent && l.outcome == Some(LookupOutcome::Answered);
    let newest = view.lookups.iter().filter(|(_, l)| answered(l)).max_by_key(|(_, l)| l.asked_at);
    let (lookup, known) = newest?;
    // A card that was another person's says nothing of a look-up without one.
    if is_other_person && known.level != IdentityLevel::FourAttributes {
        return None;
    }
    // It went with the end of a case that is open: another case of the patient was to go on, and is not any more.
    let may_return = matches!(known.wiped, None | Some(WipeCause::LockedOut | WipeCause::CaseEnded));
    may_return.then_some(*lookup)
}
