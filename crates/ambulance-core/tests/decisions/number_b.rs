//! 照合番号B: one press, the last try, who is compared, and when the face is gone.

use crate::bench::{Bench, MINUTE, card, spoken};
use ambulance_core::{CardInput, CardState, Command, Input, NumberBState, OpenedFace};
use card::photo::Photo;
use card::{Failure, Keyed, LastTry, NumberB};
use case::{Ending, FindingsChange, Stored};
use model::{AgeBand, CaseId, CivilDate, Sex, Stage};
use patient_history::{ConsentScope, IdentityLevel};
use std::sync::{Arc, Weak};
use wire::Question;

fn number() -> Arc<NumberB> {
    let mut keyed = Keyed::new();
    assert!((0..14).all(|digit| keyed.push(digit % 10)));
    Arc::new(keyed.finish().ok().expect("fourteen digits"))
}

/// A woman born in 1948, with or without a photo.
fn face(with_photo: bool) -> Box<OpenedFace> {
    let pixels = zeroize::Zeroizing::new(vec![7; 4]);
    let photo = with_photo.then_some(Photo { width: 2, height: 2, pixels, is_rgb: false });
    Box::new(OpenedFace { birth: CivilDate::new(1948, 3, 8), sex: Sex::Female, photo })
}

impl Bench {
    fn press(&mut self, last_try: LastTry) {
        let read_at = match self.core.state().case().map(|c| &c.card) {
            Some(CardState::Face(summary)) => summary.read_at,
            _ => self.now.utc,
        };
        self.command(Command::OpenNumberB { number: number(), read_at, last_try });
    }

    fn face(&mut self, result: Result<Box<OpenedFace>, Failure>) {
        let (press, ..) = *self.presented.last().expect("presented");
        self.input(Input::Card(CardInput::Face { press, result, took_ms: 900 }));
    }

    fn opened(&mut self) {
        self.press(LastTry::Unconfirmed);
        self.face(Ok(face(true)));
    }

    fn number_b(&self) -> &NumberBState {
        &self.core.state().case().expect("a case").number_b
    }

    fn held(&self) -> Weak<OpenedFace> {
        Arc::downgrade(self.number_b().face().expect("open"))
    }

    fn seen_as(&mut self, sex: Sex, band: u8) {
        self.command(Command::Observe(FindingsChange::Sex(Some(sex))));
        self.command(Command::Observe(FindingsChange::AgeBand(Some(AgeBand(band)))));
    }

    fn judged(&self) -> Vec<(IdentityLevel, bool)> {
        let entries = self.written.iter().flat_map(|t| &t.entries);
        let events = entries.filter_map(|e| Stored::decode(e.schema, &e.bytes).ok());
        let judged = events.filter_map(|e| match e.body {
            case::Body::IdentityJudged { level, same_person } => Some((level, same_person)),
            _ => None,
        });
        judged.collect()
    }

    fn level_sent(&mut self) -> IdentityLevel {
        self.command(Command::FaceMatches);
        self.command(Command::ConsentSpoken { scope: ConsentScope::All });
        let asked = self.asks.iter().find_map(|ask| match &ask.question {
            Question::History(question) => Some(question.evidence.level),
            _ => None,
        });
        asked.expect("a look-up")
    }
}

#[test]
fn the_compared_photo_raises_the_level_and_the_look_up_carries_it() {
    let mut bench = Bench::at_face();
    bench.opened();
    assert_eq!(bench.presented, [(1, card().certificate, LastTry::Unconfirmed)]);
    assert_eq!(bench.level_sent(), IdentityLevel::VisualB);
    assert_eq!(bench.judged(), [(IdentityLevel::VisualB, true)]);
}

#[test]
fn without_the_photo_it_is_still_by_eye() {
    let mut bench = Bench::at_face();
    bench.press(LastTry::Unconfirmed);
    bench.face(Ok(face(false)));
    assert_eq!(bench.level_sent(), IdentityLevel::Visual);
    let mut closed = Bench::at_face();
    assert_eq!(closed.level_sent(), IdentityLevel::Visual);
}

#[test]
fn one_press_presents_once() {
    let mut bench = Bench::at_face();
    for _ in 0..3 {
        bench.press(LastTry::Unconfirmed);
    }
    assert_eq!(bench.presented.len(), 1, "the card is being asked");
    bench.face(Err(Failure::NumberBWrong { left: 9 }));
    assert!(matches!(bench.number_b(), NumberBState::Refused(Failure::NumberBWrong { left: 9 })));
    bench.pass(MINUTE);
    assert_eq!(bench.presented.len(), 1, "nothing is presented again by itself");
    bench.opened();
    bench.press(LastTry::Unconfirmed);
    assert_eq!(bench.presented.len(), 2, "the face is open");
}

#[test]
fn the_last_try_counts_as_confirmed_only_after_the_screen_said_so() {
    let mut bench = Bench::at_face();
    bench.press(LastTry::Confirmed);
    bench.face(Err(Failure::NumberBWrong { left: 1 }));
    bench.press(LastTry::Confirmed);
    bench.face(Err(Failure::LastTry));
    bench.press(LastTry::Confirmed);
    bench.face(Err(Failure::NumberBBlocked));
    let tries: Vec<LastTry> = bench.presented.iter().map(|(.., last_try)| *last_try).collect();
    assert_eq!(tries, [LastTry::Unconfirmed, LastTry::Unconfirmed, LastTry::Confirmed]);
    assert!(matches!(bench.number_b(), NumberBState::Refused(Failure::NumberBBlocked)));
    assert_eq!(bench.level_sent(), IdentityLevel::Visual, "the way on is by eye");
}

#[test]
fn who_contradicts_what_was_seen_is_announced_and_nothing_is_judged_until_the_crew_decides() {
    let mut bench = Bench::at_face();
    bench.seen_as(Sex::Male, 3);
    bench.opened();
    assert_eq!(bench.alarms, 1);
    assert_eq!(bench.number_b().contradiction().len(), 2);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    assert_eq!((bench.judged(), bench.history_asks()), (vec![], 0));
    bench.command(Command::CompareAnyway);
    assert_eq!(bench.level_sent(), IdentityLevel::VisualB);
}

#[test]
fn another_person_may_be_said_at_once() {
    let mut bench = Bench::at_face();
    bench.seen_as(Sex::Male, 3);
    bench.opened();
    let held = bench.held();
    bench.command(Command::FaceDiffers);
    assert_eq!(bench.judged(), [(IdentityLevel::VisualB, false)]);
    assert!(matches!(bench.core.state().case().map(|c| &c.card), Some(CardState::Mismatch)));
    assert!(held.upgrade().is_none(), "the face is gone");
    assert_eq!(bench.history_asks(), 0);
}

#[test]
fn a_corrected_observation_ends_the_contradiction_and_a_new_one_begins_another() {
    let mut bench = Bench::at_face();
    bench.seen_as(Sex::Male, 7);
    bench.opened();
    bench.command(Command::Observe(FindingsChange::Sex(Some(Sex::Female))));
    assert!(bench.number_b().contradiction().is_empty());
    assert_eq!(bench.alarms, 1);
    bench.command(Command::Observe(FindingsChange::AgeBand(Some(AgeBand(2)))));
    assert_eq!((bench.number_b().contradiction().len(), bench.alarms), (1, 2));
}

/// What ends a comparison.
type End = fn(&mut Bench);

#[test]
fn the_face_goes_with_everything_that_ends_the_comparison() {
    let ends: [(&str, End); 11] = [
        ("same person", |b| b.command(Command::FaceMatches)),
        ("another person", |b| b.command(Command::FaceDiffers)),
        ("read again", |b| b.command(Command::ReadCard)),
        ("another card", |b| b.input(Input::Card(CardInput::Reading))),
        ("another case", |b| b.command(Command::OpenCase)),
        ("no case", |b| b.command(Command::SelectCase(CaseId::from_bytes([8; 16])))),
        ("lock-out", |b| b.command(Command::LockOut)),
        ("signed out", |b| b.command(Command::SignOut)),
        ("case ended", |b| b.command(Command::End(Ending::WITHOUT_HANDOVER[0]))),
        ("handed over", |b| {
            b.command(Command::Stamp(Stage::TransferOfCare));
            b.pass(MINUTE);
        }),
        ("a day later", |b| b.pass(25 * 60 * MINUTE)),
    ];
    for (what, end) in ends {
        let mut bench = Bench::at_face();
        bench.opened();
        let held = bench.held();
        assert!(held.upgrade().is_some(), "{what}");
        end(&mut bench);
        assert!(held.upgrade().is_none(), "{what}: the face is gone");
        assert_eq!(bench.dropped_history, 1, "{what}: the screen is told");
    }
}

#[test]
fn a_late_answer_is_dropped_unseen() {
    let mut bench = Bench::at_face();
    bench.press(LastTry::Unconfirmed);
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.face(Ok(face(true)));
    assert!(matches!(bench.number_b(), NumberBState::Closed));
    bench.press(LastTry::Unconfirmed);
    bench.input(Input::Card(CardInput::Face { press: 1, result: Ok(face(true)), took_ms: 1 }));
    assert!(matches!(bench.number_b(), NumberBState::Opening { press: 2 }), "an answer names its press");
}

#[test]
fn a_number_keyed_for_one_card_goes_to_no_other() {
    let mut bench = Bench::at_face();
    let read_at = bench.now.utc;
    bench.pass(MINUTE);
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.command(Command::OpenNumberB { number: number(), read_at, last_try: LastTry::Unconfirmed });
    assert!(bench.presented.is_empty());
}

#[test]
fn a_card_that_is_taken_away_ends_the_waiting() {
    let mut bench = Bench::at_face();
    bench.press(LastTry::Unconfirmed);
    bench.input(Input::Card(CardInput::NoCard));
    assert!(matches!(bench.number_b(), NumberBState::Refused(Failure::CardMoved)));
    bench.press(LastTry::Unconfirmed);
    assert_eq!(bench.presented.len(), 1, "there is no card to ask");
}
