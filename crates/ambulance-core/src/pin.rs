//! 暗証番号: the patient keys it, the card signs for this look-up over a nonce of the server, also without radio.
//!
//! What is signed names the consent, so the consent comes first. One press presents the PIN at most once: the nonce is
//! marked used on the disk, then the card is asked. The PIN is kept from the press to that moment, and no longer.

use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::state::{CardState, CardSummary, CaseState, Now, ReaderState};
use card::{Challenge, ChallengeParts, Failure, LastTry, Pin};
use case::{Body, CardOutcome, EventName};
use model::{CaseId, Timestamp};
use patient_history::{ConsentBasis, IdentityLevel, Period, SignedChallenge};
use std::sync::Arc;

/// What became of the PIN in one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PinState {
    /// It is asked for, or not yet.
    #[default]
    Asked,
    /// The card is asked.
    Signing {
        /// Which press it was.
        press: u64,
    },
    /// The card has not signed.
    Refused(PinTrouble),
}

/// Why the card has not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinTrouble {
    /// The card or its reader; [`Failure::PinWrong`] tells the tries left. All others: nothing was presented.
    Card(Failure),
    /// No nonce of the server is in stock.
    NoNonce,
    /// Nobody is signed in: the signature names the crew.
    NotSignedIn,
    /// This tablet's disk does not take the note that the nonce is used.
    NotKept,
    /// The consent was withdrawn.
    ConsentGone,
}

impl PinState {
    /// The screen says that one try is left: only now a confirmation counts.
    #[must_use]
    pub const fn is_last_try(&self) -> bool {
        matches!(self, Self::Refused(PinTrouble::Card(Failure::LastTry | Failure::PinWrong { left: 1 })))
    }

    /// The card takes no PIN any more: the way on is by eye.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Refused(PinTrouble::Card(Failure::PinBlocked | Failure::PinNotOffered)))
    }
}

/// A press that has no answer yet.
pub(crate) struct Signing {
    case: CaseId,
    press: u64,
    consent: EventName,
    nonce: Vec<u8>,
    tablet_time: Timestamp,
    challenge: Challenge,
    /// The transaction that marks the nonce as used, and what goes to the card after it; none when it went.
    waits: Option<(u64, Arc<Pin>, LastTry)>,
}

impl Core {
    /// The patient knows the PIN, and the department has it asked for: it is asked for after the consent, in place of comparing the face.
    pub(crate) fn by_pin(&mut self) {
        let Some(case) = self.state.current.filter(|_| self.state.pin_offered) else { return };
        let Some(CardState::Face(mut summary)) = self.state.case().map(|c| c.card.clone()) else { return };
        summary.level = IdentityLevel::Signed;
        self.set_card(if self.consent_of_card(case).is_some() {
            CardState::Pin(summary)
        } else {
            CardState::Consent(summary)
        });
    }

    /// The consent that was recorded for the card that is held, while it stands.
    pub(crate) fn consent_of_card(&self, case: CaseId) -> Option<(EventName, ConsentBasis)> {
        let consented = self.books.get(&case)?.card.as_ref()?.summary.consented;
        let consent = self.state.cases.get(&case)?.view.consent().filter(|_| consented)?;
        Some((consent.name, consent.basis.clone()))
    }

    /// The same for its look-up; a further one asks for a consent again.
    pub(crate) fn take_consent_of_card(&mut self, case: CaseId) -> Option<(EventName, ConsentBasis)> {
        let consent = self.consent_of_card(case)?;
        if let Some(held) = self.books.get_mut(&case).and_then(|book| book.card.as_mut()) {
            held.summary.consented = false;
        }
        Some(consent)
    }

    /// A consent is on record and the PIN was to be asked. Somebody who could not be asked keys no PIN either.
    pub(crate) fn after_consent(&mut self, case: CaseId, summary: CardSummary, basis: &ConsentBasis) {
        let summary = CardSummary { consented: true, ..summary };
        if let Some(held) = self.books.get_mut(&case).and_then(|book| book.card.as_mut()) {
            held.summary.consented = true;
        }
        self.set_card(match basis {
            ConsentBasis::Spoken { .. } => CardState::Pin(summary),
            _ => CardState::Face(CardSummary { level: IdentityLevel::Visual, ..summary }),
        });
    }

    /// No PIN after all: compare the face.
    pub(crate) fn pin_to_visual(&mut self) {
        if let Some(CardState::Pin(summary)) = self.state.case().map(|c| c.card.clone()) {
            self.set_card(CardState::Face(CardSummary { level: IdentityLevel::Visual, ..summary }));
        }
    }

    /// One key press. A confirmation of the last try counts only when the screen said that it is the last.
    pub(crate) fn enter_pin(&mut self, pin: Arc<Pin>, read_at: Timestamp, last_try: LastTry, now: Now) {
        let Some(case) = self.state.current else { return };
        let is_for = |card: &CardState| matches!(card, CardState::Pin(summary) if summary.read_at == read_at);
        let is_asked = |c: &&CaseState| is_for(&c.card) && !c.view.is_closed();
        let Some(state) = self.state.case().filter(is_asked) else { return };
        if matches!(state.pin, PinState::Signing { .. }) || state.pin.is_over() {
            return;
        }
        let last_try = if state.pin.is_last_try() { last_try } else { LastTry::Unconfirmed };
        match self.prepare_signing(case, pin, last_try, now) {
            Ok(signing) => {
                self.set_pin(case, PinState::Signing { press: signing.press });
                self.signing = Some(signing);
            }
            Err(trouble) => self.set_pin(case, PinState::Refused(trouble)),
        }
    }

    fn prepare_signing(
        &mut self,
        case: CaseId,
        pin: Arc<Pin>,
        last_try: LastTry,
        now: Now,
    ) -> Result<Signing, PinTrouble> {
        if self.state.reader != ReaderState::Card {
            return Err(PinTrouble::Card(Failure::NoCard));
        }
        let crew = self.state.crew.as_ref().map(|session| session.crew).ok_or(PinTrouble::NotSignedIn)?;
        let (consent, _) = self.consent_of_card(case).ok_or(PinTrouble::ConsentGone)?;
        let fact = self.books.get(&case).and_then(|book| book.facts.get(consent));
        let hash = fact.map(|fact| fact.hash.0).ok_or(PinTrouble::ConsentGone)?;
        let nonce = self.take_nonce(now).ok_or(PinTrouble::NoNonce)?;
        let parts = ChallengeParts {
            nonce: &nonce,
            device: self.config.identity.device,
            crew,
            case,
            consent: hash,
            tablet_time: now.utc,
        };
        let challenge = Challenge::new(&parts);
        self.pin_presses += 1;
        let waits = Some((self.journal.next_id(), pin, last_try));
        Ok(Signing { case, press: self.pin_presses, consent, nonce, tablet_time: now.utc, challenge, waits })
    }

    /// A transaction is durable: if it marks the nonce as used, the card may sign over it.
    pub(crate) fn nonce_is_used(&mut self, transaction: u64) {
        let Some(signing) = self.signing.as_mut() else { return };
        let Some((_, pin, last_try)) = signing.waits.take_if(|(id, ..)| *id == transaction) else { return };
        let (press, case, challenge) = (signing.press, signing.case, signing.challenge.clone());
        let Some(held) = self.books.get(&case).and_then(|book| book.card.as_ref()) else { return };
        let certificate = held.read.certificate.clone();
        self.push(Effect::SignWithPin { press, certificate, pin, last_try, challenge });
    }

    /// A transaction was not written: what waited for it goes to no card.
    pub(crate) fn nonce_not_marked(&mut self, transaction: u64) {
        let waited = |s: &mut Signing| matches!(&s.waits, Some((id, ..)) if *id == transaction);
        if let Some(signing) = self.signing.take_if(waited) {
            self.set_pin(signing.case, PinState::Refused(PinTrouble::NotKept));
        }
    }

    /// The answer to a press; one that nobody waits for any more is dropped.
    pub(crate) fn pin_answered(&mut self, press: u64, result: Result<Vec<u8>, Failure>, took_ms: u32, now: Now) {
        let Some(signing) = self.signing.take_if(|s| s.press == press && s.waits.is_none()) else { return };
        let case = signing.case;
        match result {
            Ok(signature) => self.card_signed(signing, signature, now),
            Err(failure) => self.pin_refused(case, failure, took_ms, now),
        }
    }

    /// The card signed: that is the judgement of the identity, and the look-up leaves with it.
    fn card_signed(&mut self, signing: Signing, signature: Vec<u8>, now: Now) {
        let case = signing.case;
        let standing = self.take_consent_of_card(case).filter(|(name, _)| *name == signing.consent);
        let Some((consent, basis)) = standing else {
            self.set_pin(case, PinState::Refused(PinTrouble::ConsentGone));
            return;
        };
        let Some(CardState::Pin(mut summary)) = self.state.cases.get(&case).map(|c| c.card.clone()) else { return };
        let level = if self.state.link.is_up() { IdentityLevel::Signed } else { IdentityLevel::SignedLate };
        summary.level = level;
        if let Some(held) = self.books.get_mut(&case).and_then(|book| book.card.as_mut()) {
            held.summary.level = level;
            held.signed = Some(SignedChallenge { nonce: signing.nonce, signature, tablet_time: signing.tablet_time });
        }
        self.write(case, Body::IdentityJudged { level, same_person: true }, now);
        self.bind_card(case, true, now);
        self.set_card(CardState::Done(summary));
        self.push(Effect::Play(Sound::CardRead));
        self.begin_lookup(case, consent, basis, Period::Summary, now);
    }

    fn pin_refused(&mut self, case: CaseId, failure: Failure, took_ms: u32, now: Now) {
        self.set_pin(case, PinState::Refused(PinTrouble::Card(failure)));
        if !self.state.cases.get(&case).is_some_and(|c| c.view.is_closed()) {
            let outcome = CardOutcome::Failed { code: failure.code().to_owned() };
            self.write(case, Body::CardRead { outcome, took_ms }, now);
        }
    }

    /// Card or reader went away while the card was asked. What it answers after all is not taken.
    pub(crate) fn interrupt_signing(&mut self, failure: Failure, now: Now) {
        if let Some(signing) = self.signing.take() {
            self.pin_refused(signing.case, failure, 0, now);
        }
    }

    fn set_pin(&mut self, case: CaseId, to: PinState) {
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.pin = to;
        }
    }

    /// No PIN is in memory and no answer is waited for. A PIN that went to the card is with the card.
    pub(crate) fn forget_pin(&mut self) {
        self.signing = None;
        for state in self.state.cases.values_mut() {
            state.pin = PinState::Asked;
        }
    }
}
