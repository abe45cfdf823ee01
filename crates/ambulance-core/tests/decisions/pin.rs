//! 暗証番号: nonces ahead of need, one press, the last try, what is signed, and when nothing of it stays.

use crate::bench::{Bench, MINUTE, card, identity, spoken};
use ambulance_core::limits::{NONCES_AGAIN_US, NONCES_LOW};
use ambulance_core::{
    CardInput, CardState, Command, HistoryState, Input, LinkInput, LinkTrouble, PinState, PinTrouble, Restored,
};
use card::{Challenge, ChallengeParts, Failure, Keyed, LastTry, Pin};
use case::{Body, CardOutcome, EventName, Stored};
use model::{CrewId, QuestionId};
use patient_history::{IdentityLevel, NotObtainableReason, SignedChallenge};
use std::sync::{Arc, Weak};
use wire::{Answer, HistoryQuestion, Nonces, Question, QuestionError};

fn pin() -> Arc<Pin> {
    let mut keyed = Keyed::new();
    assert!([1, 2, 3, 4].into_iter().all(|digit| keyed.push(digit)));
    Arc::new(keyed.finish().ok().expect("four digits"))
}

fn refusal(code: &str, retryable: bool) -> QuestionError {
    QuestionError { code: code.into(), ja: String::new(), next_ja: String::new(), en: String::new(), retryable }
}

/// Connected, signed in, with a stock of this many nonces.
fn stocked(count: u8) -> Bench {
    let mut bench = Bench::new(Restored::default());
    bench.gives_nonces = true;
    bench.link_up();
    bench.give(count);
    bench.sign_in();
    bench
}

/// The patient is asked for the PIN.
fn asked() -> Bench {
    let mut bench = stocked(32);
    bench.on_scene_with_card();
    bench.command(Command::ByPin);
    assert!(matches!(bench.card(), CardState::Consent(summary) if summary.by_pin()));
    bench.command(spoken());
    assert!(matches!(bench.card(), CardState::Pin(_)));
    assert_eq!(bench.history_asks(), 0, "nothing leaves before the card has signed");
    bench
}

impl Bench {
    fn card(&self) -> &CardState {
        &self.core.state().case().expect("a case").card
    }

    fn pin(&self) -> PinState {
        self.core.state().case().expect("a case").pin
    }

    fn nonce_asks(&self) -> Vec<QuestionId> {
        self.asks.iter().filter(|ask| matches!(ask.question, Question::Nonces)).map(|ask| ask.id).collect()
    }

    /// The server answers the question for nonces that is open.
    fn give(&mut self, count: u8) {
        let id = *self.nonce_asks().last().expect("asked");
        let nonces = (0..count).map(|n| vec![n; 40].into()).collect();
        let answer = Answer::Nonces(Nonces { nonces, until: self.now.utc.plus_minutes(24 * 60) });
        self.input(Input::Answer { id, answer: Box::new(answer) });
    }

    fn enter(&mut self, last_try: LastTry) -> Weak<Pin> {
        let CardState::Pin(summary) = self.card() else { panic!("no PIN is asked for") };
        let (read_at, pin) = (summary.read_at, pin());
        let held = Arc::downgrade(&pin);
        self.command(Command::EnterPin { pin, read_at, last_try });
        held
    }

    fn signed(&mut self, result: Result<Vec<u8>, Failure>) {
        let press = self.signings.last().expect("the card was asked").press;
        self.input(Input::Card(CardInput::Signed { press, result, took_ms: 700 }));
    }

    fn look_up(&self) -> HistoryQuestion {
        let look_ups = self.asks.iter().rev().filter_map(|ask| match &ask.question {
            Question::History(question) => Some(question.clone()),
            _ => None,
        });
        look_ups.into_iter().next().expect("a look-up")
    }

    fn link_down(&mut self) {
        self.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    }

    fn events(&self) -> Vec<Stored> {
        let entries = self.written.iter().flat_map(|t| &t.entries);
        let name = |e: &wire::Entry| EventName { log: e.log, seq: e.seq };
        entries.map(|e| Stored { name: name(e), schema: e.schema, bytes: e.bytes.clone() }).collect()
    }
}

#[test]
fn a_signature_over_this_look_up_s_parts_leaves_with_it_and_its_level_is_recorded() {
    let mut bench = asked();
    bench.enter(LastTry::Unconfirmed);
    let signing = bench.signings.last().expect("asked");
    assert_eq!((&signing.certificate, signing.last_try), (&card().certificate, LastTry::Unconfirmed));
    bench.signed(Ok(vec![7; 256]));
    assert!(matches!(bench.card(), CardState::Done(summary) if summary.level == IdentityLevel::Signed));

    let question = bench.look_up();
    assert_eq!(question.evidence.level, IdentityLevel::Signed);
    let SignedChallenge { nonce, signature, tablet_time } = question.evidence.signed.clone().expect("signed");
    assert_eq!((nonce.len(), signature), (40, vec![7; 256]));
    let consent = bench.events().into_iter().find(|stored| {
        Stored::decode(stored.schema, &stored.bytes).is_ok_and(|e| (e.name.log, e.name.seq) == question.consent)
    });
    let parts = ChallengeParts {
        nonce: &nonce,
        device: identity().device,
        crew: CrewId::from_bytes([6; 16]),
        case: question.case,
        consent: consent.expect("on record").hash().0,
        tablet_time,
    };
    assert!(bench.signings.last().expect("asked").challenge == Challenge::new(&parts));
    let bodies = bench.bodies();
    let order = ["consent_recorded", "identity_judged", "lookup_asked"];
    assert_eq!(bodies.iter().filter(|kind| order.contains(&kind.as_str())).collect::<Vec<_>>(), order);
}

#[test]
fn without_radio_the_card_signs_over_a_nonce_from_the_stock_and_the_look_up_waits() {
    let mut bench = asked();
    bench.link_down();
    bench.enter(LastTry::Unconfirmed);
    bench.signed(Ok(vec![7; 256]));
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    bench.link_up();
    let question = bench.look_up();
    assert_eq!(question.evidence.level, IdentityLevel::SignedLate);
    assert!(question.evidence.signed.is_some());
}

#[test]
fn a_nonce_is_off_the_disk_before_the_card_is_asked_and_never_comes_back() {
    let mut bench = asked();
    bench.slow_disk = true;
    bench.enter(LastTry::Unconfirmed);
    assert!(bench.signings.is_empty(), "nothing is signed over a nonce that the disk still holds");
    // A crash here: what was written already is the stock without it.
    let mut restarted = Bench::new(bench.store_with_states());
    assert_eq!(restarted.core.state().nonces, 31);
    restarted.pass(1);
    bench.disk_catches_up();
    assert_eq!(bench.signings.len(), 1);
    let first = bench.signings.first().expect("asked").challenge.clone();
    bench.signed(Err(Failure::PinWrong { left: 2 }));
    bench.enter(LastTry::Unconfirmed);
    assert!(first != bench.signings.last().expect("asked").challenge, "another nonce");
    assert_eq!(bench.core.state().nonces, 30);
}

#[test]
fn a_disk_that_takes_no_note_of_the_nonce_keeps_the_pin_from_the_card() {
    let mut bench = asked();
    bench.broken_disk = true;
    let held = bench.enter(LastTry::Unconfirmed);
    assert_eq!(bench.pin(), PinState::Refused(PinTrouble::NotKept));
    assert!(bench.signings.is_empty() && held.upgrade().is_none(), "and nothing keeps it");
}

#[test]
fn one_press_presents_once_and_the_last_try_only_when_the_screen_said_so() {
    let mut bench = asked();
    for _ in 0..3 {
        bench.enter(LastTry::Confirmed);
    }
    bench.signed(Err(Failure::PinWrong { left: 2 }));
    bench.pass(MINUTE);
    assert_eq!(bench.signings.len(), 1, "nothing is presented again by itself");
    bench.enter(LastTry::Confirmed);
    bench.signed(Err(Failure::PinWrong { left: 1 }));
    assert!(bench.pin().is_last_try());
    bench.enter(LastTry::Unconfirmed);
    bench.signed(Err(Failure::LastTry));
    bench.enter(LastTry::Confirmed);
    bench.signed(Err(Failure::PinBlocked));
    bench.enter(LastTry::Confirmed);
    let tries: Vec<LastTry> = bench.signings.iter().map(|s| s.last_try).collect();
    assert_eq!(tries, [LastTry::Unconfirmed, LastTry::Unconfirmed, LastTry::Unconfirmed, LastTry::Confirmed]);
    let failed: Vec<String> = bench
        .events()
        .iter()
        .filter_map(|stored| Stored::decode(stored.schema, &stored.bytes).ok())
        .filter_map(|event| match event.body {
            Body::CardRead { outcome: CardOutcome::Failed { code }, .. } => Some(code),
            _ => None,
        })
        .collect();
    assert_eq!(failed, ["pin-wrong", "pin-wrong", "last-try", "pin-blocked"]);
}

#[test]
fn a_blocked_pin_leads_to_the_eye_and_the_consent_is_not_asked_again() {
    let mut bench = asked();
    bench.enter(LastTry::Unconfirmed);
    bench.signed(Err(Failure::PinBlocked));
    bench.command(Command::PinToVisual);
    assert!(matches!(bench.card(), CardState::Face(summary) if summary.level == IdentityLevel::Visual));
    bench.command(Command::FaceMatches);
    assert!(matches!(bench.card(), CardState::Done(_)));
    let question = bench.look_up();
    assert_eq!((question.evidence.level, question.evidence.signed), (IdentityLevel::Visual, None));
    let consents = bench.bodies().iter().filter(|kind| *kind == "consent_recorded").count();
    assert_eq!(consents, 1);
}

#[test]
fn a_further_look_up_asks_for_a_consent_again() {
    let mut bench = asked();
    bench.enter(LastTry::Unconfirmed);
    bench.signed(Ok(vec![7; 256]));
    let id = bench.asks.last().expect("asked").id;
    let refused = refusal("challenge_wrong", false);
    bench.input(Input::Answer { id, answer: Box::new(Answer::Error(refused)) });
    assert_eq!(bench.core.state().nonces, 0, "the rest of the stock is not tried");
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.command(Command::FaceMatches);
    assert!(matches!(bench.card(), CardState::Consent(_)));
}

#[test]
fn somebody_who_cannot_be_asked_keys_no_pin() {
    let mut bench = stocked(32);
    bench.on_scene_with_card();
    bench.command(Command::ByPin);
    bench.command(Command::ConsentNotObtainable(NotObtainableReason::Unconscious));
    assert!(matches!(bench.card(), CardState::Face(_)), "the face is to be compared");
    assert_eq!(bench.history_asks(), 0);
    bench.command(Command::FaceMatches);
    assert_eq!(bench.look_up().evidence.level, IdentityLevel::Visual);
}

#[test]
fn a_refused_consent_asks_for_no_pin() {
    let mut bench = stocked(32);
    bench.on_scene_with_card();
    bench.command(Command::ByPin);
    bench.command(Command::ConsentRefused);
    assert!(matches!(bench.card(), CardState::Refused));
}

#[test]
fn a_card_that_is_pulled_ends_the_press_and_the_same_card_put_back_goes_on_with_the_pin() {
    let mut bench = asked();
    bench.enter(LastTry::Unconfirmed);
    bench.input(Input::Card(CardInput::NoCard));
    assert_eq!(bench.pin(), PinState::Refused(PinTrouble::Card(Failure::CardMoved)));
    bench.signed(Ok(vec![7; 256]));
    assert_eq!(bench.history_asks(), 0, "an answer that comes after all is not taken");
    bench.enter(LastTry::Unconfirmed);
    assert_eq!(bench.pin(), PinState::Refused(PinTrouble::Card(Failure::NoCard)));
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.command(Command::ByPin);
    assert!(matches!(bench.card(), CardState::Pin(_)), "the consent stands");
    assert_eq!(bench.signings.len(), 1);
}

#[test]
fn another_card_begins_with_its_own_consent() {
    let mut bench = asked();
    bench.input(Input::Card(CardInput::NoCard));
    bench.input(Input::Card(CardInput::Reading));
    let mut other = card();
    other.certificate.push(1);
    bench.input(Input::Card(CardInput::Read { read: Box::new(other), took_ms: 3 }));
    bench.command(Command::ByPin);
    assert!(matches!(bench.card(), CardState::Consent(_)));
}

/// What a crew does instead.
type Leave = fn(&mut Bench);

#[test]
fn nothing_of_a_press_stays_when_the_screen_moves_on() {
    let leave: [(&str, Leave); 5] = [
        ("signed out", |b| b.command(Command::SignOut)),
        ("locked out", |b| b.command(Command::LockOut)),
        ("next patient", |b| b.command(Command::OpenCase)),
        ("read again", |b| b.command(Command::ReadCard)),
        ("withdrawn", |b| b.command(Command::WithdrawConsent)),
    ];
    for (what, leave) in leave {
        let mut bench = asked();
        bench.slow_disk = true;
        let held = bench.enter(LastTry::Unconfirmed);
        assert!(held.upgrade().is_some(), "{what}: it waits for the disk");
        leave(&mut bench);
        assert!(held.upgrade().is_none(), "{what}: the PIN is gone");
        bench.disk_catches_up();
        assert!(bench.signings.is_empty(), "{what}: no card is asked");
    }
}

#[test]
fn the_pin_needs_a_crew_and_a_nonce_that_is_good() {
    let mut bench = asked();
    bench.command(Command::SignOut);
    bench.enter(LastTry::Unconfirmed);
    assert_eq!(bench.pin(), PinState::Refused(PinTrouble::NotSignedIn));

    let mut bench = asked();
    bench.link_down();
    bench.pass(24 * 60 * MINUTE);
    assert_eq!(bench.core.state().nonces, 0, "too old");
    bench.enter(LastTry::Unconfirmed);
    assert_eq!(bench.pin(), PinState::Refused(PinTrouble::NoNonce));
    assert!(bench.signings.is_empty());
}

#[test]
fn nonces_are_asked_for_when_few_are_left_and_when_they_are_old_but_not_again_and_again() {
    let mut bench = stocked(32);
    assert_eq!(bench.nonce_asks().len(), 1);
    bench.pass(MINUTE);
    bench.link_down();
    bench.link_up();
    assert_eq!(bench.nonce_asks().len(), 1, "the stock is full and fresh");
    bench.pass(12 * 60 * MINUTE);
    assert_eq!(bench.nonce_asks().len(), 2, "half of their life is over");
    bench.give(u8::try_from(NONCES_LOW).expect("small") - 1);
    bench.pass(MINUTE);
    assert_eq!(bench.nonce_asks().len(), 2, "just asked");
    bench.pass(NONCES_AGAIN_US);
    assert_eq!(bench.nonce_asks().len(), 3, "few are left");
    let id = *bench.nonce_asks().last().expect("asked");
    let refused = refusal("too_often", true);
    bench.input(Input::Answer { id, answer: Box::new(Answer::Error(refused)) });
    bench.pass(MINUTE);
    assert_eq!(bench.nonce_asks().len(), 3);
    bench.pass(NONCES_AGAIN_US);
    assert_eq!(bench.nonce_asks().len(), 4);
}

#[test]
fn an_older_server_is_asked_for_none() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.pass(13 * 60 * MINUTE);
    assert!(bench.nonce_asks().is_empty());
}

#[test]
fn more_or_longer_nonces_than_there_is_room_for_are_dropped() {
    let mut bench = Bench::new(Restored::default());
    bench.gives_nonces = true;
    bench.link_up();
    let id = *bench.nonce_asks().last().expect("asked");
    let nonces = [vec![1; 65], vec![2; 64]].into_iter().cycle().take(100).map(Into::into).collect();
    let given = Nonces { nonces, until: bench.now.utc.plus_minutes(60) };
    bench.input(Input::Answer { id, answer: Box::new(Answer::Nonces(given)) });
    assert_eq!(bench.core.state().nonces, 32);
}
