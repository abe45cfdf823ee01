//! From the card on the reader to a recorded basis: face, consent, look-up.

use crate::cases::Held;
use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::input::CardInput;
use crate::state::{CardState, CardSummary, HistoryState, Now, ReaderState};
use card::{CardRead, Failure, Validity};
use case::{Body, CardOutcome, WipeCause};
use model::CaseId;
use patient_history::{ConsentBasis, IdentityLevel, Period};

impl Core {
    pub(crate) fn on_card(&mut self, input: CardInput, now: Now) {
        match input {
            CardInput::ReaderMissing => {
                self.state.reader = ReaderState::Missing;
                self.interrupt_reading(Failure::ReaderGone, now);
                self.reading_for = None;
                self.interrupt_opening(Failure::ReaderGone, now);
                self.interrupt_signing(Failure::ReaderGone, now);
            }
            CardInput::NoCard => {
                self.state.reader = ReaderState::Empty;
                self.interrupt_reading(Failure::CardMoved, now);
                self.reading_for = None;
                self.interrupt_opening(Failure::CardMoved, now);
                self.interrupt_signing(Failure::CardMoved, now);
            }
            CardInput::Reading => {
                self.state.reader = ReaderState::Reading { since: now.mono };
                self.reading_begins();
            }
            CardInput::Read { read, took_ms } => self.card_was_read(read, took_ms, now),
            CardInput::Face { press, result, took_ms } => self.face_answered(press, result, took_ms, now),
            CardInput::Signed { press, result, took_ms } => self.pin_answered(press, result, took_ms, now),
            CardInput::Failed { failure, took_ms } => {
                if self.state.reader != ReaderState::Missing {
                    self.state.reader = ReaderState::Card;
                }
                self.card_failed(failure, took_ms, now);
            }
        }
    }

    /// A reading that is under way when card or reader goes away ends here, should nothing else report it.
    fn interrupt_reading(&mut self, failure: Failure, now: Now) {
        let case = self.reading_for.or(self.state.current).and_then(|case| self.state.cases.get(&case));
        if matches!(case.map(|c| &c.card), Some(CardState::Reading)) {
            self.card_failed(failure, 0, now);
        }
    }

    /// The card answers for the case that is on screen now, also when another comes on screen while it is read.
    fn reading_begins(&mut self) {
        self.reading_for = self.state.current.filter(|_| self.state.case().is_some_and(|c| !c.view.is_closed()));
        self.set_card(CardState::Reading);
    }

    /// The open case for which the card was read, and the end of the reading.
    fn reading_ends(&mut self) -> Option<CaseId> {
        let case = self.reading_for.take().or(self.state.current)?;
        self.state.cases.get(&case).filter(|c| !c.view.is_closed()).map(|_| case)
    }

    /// A card may replace what stands in the case unless history of another reading is already there.
    /// An opened face belongs to the card that was being compared, so it goes.
    pub(crate) fn set_card(&mut self, card: CardState) {
        if let Some(case) = self.state.current {
            self.set_card_of(case, card);
        }
    }

    fn set_card_of(&mut self, case: CaseId, card: CardState) {
        self.drop_face(case);
        self.forget_pin();
        let Some(state) = self.state.cases.get_mut(&case) else { return };
        if !matches!(state.history, HistoryState::Waiting { .. } | HistoryState::Here { .. }) {
            state.card = card;
        }
    }

    fn card_was_read(&mut self, read: Box<CardRead>, took_ms: u32, now: Now) {
        self.state.reader = ReaderState::Card;
        if let Some(failure) = read.failures().into_iter().find(|f| f.stops_lookup()) {
            self.card_failed(failure, took_ms, now);
            return;
        }
        let Some(case) = self.reading_ends() else { return };
        let history = self.state.cases.get(&case).map(|c| &c.history);
        if matches!(history, Some(HistoryState::Waiting { .. } | HistoryState::Here { .. })) {
            return;
        }
        let other = self.other_case_of_card(case, &read.certificate);
        let in_grace = read.validity == Validity::ExpiredWithinGrace;
        // The same card put back: what was consented to for it need not be said again.
        let held = self.books.get(&case).and_then(|book| book.card.as_ref());
        let consented = held.is_some_and(|h| h.summary.consented && h.read.certificate == read.certificate);
        let level = IdentityLevel::Visual;
        let summary = CardSummary { read_at: now.utc, took_ms, in_grace, level, consented };
        if let Some(book) = self.books.get_mut(&case) {
            book.attributes = None;
            book.card = Some(Held { read, summary: summary.clone(), signed: None, also_of: None });
        }
        self.write(case, Body::CardRead { outcome: CardOutcome::Read, took_ms }, now);
        let (card, sound) = match other {
            None => (CardState::Face(summary), Sound::CardRead),
            Some(other) => (CardState::OfOther { summary, other }, Sound::Alarm),
        };
        self.set_card_of(case, card);
        self.push(Effect::Play(sound));
    }

    fn card_failed(&mut self, failure: Failure, took_ms: u32, now: Now) {
        if let Some(case) = self.reading_for.or(self.state.current) {
            self.set_card_of(case, CardState::Failed(failure));
        }
        if let Some(case) = self.reading_ends() {
            let outcome = CardOutcome::Failed { code: failure.code().to_owned() };
            self.write(case, Body::CardRead { outcome, took_ms }, now);
        }
    }

    pub(crate) fn face(&mut self, same_person: bool, now: Now) {
        let Some(case) = self.state.current else { return };
        let mut summary = match self.state.case().map(|c| c.card.clone()) {
            Some(CardState::Face(summary)) => summary,
            // Whose card it is has to be said first; that it is not this patient's can be said at once.
            Some(CardState::OfOther { summary, .. }) if !same_person => summary,
            _ => return,
        };
        if same_person && self.state.case().is_some_and(|c| !c.number_b.contradiction().is_empty()) {
            return;
        }
        if same_person && self.card_became_another_s(case, &summary) {
            return;
        }
        summary.level = self.level_now().unwrap_or(summary.level);
        if let Some(held) = self.books.get_mut(&case).and_then(|book| book.card.as_mut()) {
            held.summary.level = summary.level;
        }
        self.write(case, Body::IdentityJudged { level: summary.level, same_person }, now);
        self.bind_card(case, same_person, now);
        if same_person {
            match self.take_consent_of_card(case) {
                Some((consent, basis)) => {
                    self.set_card(CardState::Done(summary));
                    self.begin_lookup(case, consent, basis, Period::Summary, now);
                }
                None => self.set_card(CardState::Consent(summary)),
            }
            return;
        }
        self.forget_staff_password(case);
        self.set_card(CardState::Mismatch);
        if let Some(book) = self.books.get_mut(&case) {
            book.card = None;
        }
        self.push(Effect::Play(Sound::Alarm));
    }

    /// Records the basis; a look-up follows only when it allows one.
    pub(crate) fn consent(&mut self, basis: ConsentBasis, now: Now) {
        let Some(case) = self.state.current else { return };
        let summary = match self.state.case().map(|c| c.card.clone()) {
            Some(CardState::Consent(summary)) => summary,
            // Refused already: only the reason can be added, by a fact of its own.
            Some(CardState::Refused) if matches!(basis, ConsentBasis::Refused { reason: Some(_) }) => {
                self.write(case, Body::ConsentRecorded { basis }, now);
                return;
            }
            _ => return,
        };
        let Some(name) = self.write(case, Body::ConsentRecorded { basis: basis.clone() }, now) else {
            return;
        };
        if !basis.allows_lookup() || summary.level != IdentityLevel::Visual {
            self.forget_staff_password(case);
        }
        if basis.allows_lookup() && summary.by_pin() {
            self.after_consent(case, summary, &basis);
        } else if basis.allows_lookup() {
            self.set_card(CardState::Done(summary));
            self.begin_lookup(case, name, basis, Period::Summary, now);
        } else {
            if let Some(book) = self.books.get_mut(&case) {
                book.card = None;
                book.attributes = None;
            }
            self.set_card(CardState::Refused);
        }
    }

    pub(crate) fn withdraw_consent(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(consent) = self.state.case().and_then(|c| c.view.consent()).map(|c| c.name) else {
            return;
        };
        self.write(case, Body::ConsentWithdrawn { of: consent }, now);
        self.drop_history(case, WipeCause::Withdrawn, now);
    }

    pub(crate) fn read_card_again(&mut self) {
        if matches!(self.state.reader, ReaderState::Card) {
            self.reading_begins();
            self.push(Effect::ReadCard);
        }
    }

    /// A case came on screen while a card lies on the reader: it is read for this case. The crew compares the face in
    /// any case, so a card left behind by another patient goes no further than that.
    pub(crate) fn read_card_for_case(&mut self) {
        if matches!(self.state.case().map(|c| &c.card), Some(CardState::None)) {
            self.read_card_again();
        }
    }

    /// Another screen withdrew the consent, or ended the case: this tablet follows.
    pub(crate) fn follow_view(&mut self, case: CaseId, now: Now) {
        let Some(state) = self.state.cases.get(&case) else {
            return;
        };
        let holds = matches!(state.history, HistoryState::Here { .. } | HistoryState::Waiting { .. });
        if !holds {
            if state.view.is_closed() && (state.notebook.holds() || state.number_b.face().is_some()) {
                self.drop_history(case, WipeCause::CaseEnded, now);
            }
            return;
        }
        if state.view.consent().is_none() {
            self.drop_history(case, WipeCause::Withdrawn, now);
        } else if state.view.is_closed() {
            self.drop_history(case, WipeCause::CaseEnded, now);
        }
    }
}
