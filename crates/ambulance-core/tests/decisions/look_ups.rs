//! Card, consent and look-up: what leaves, and what ends it.

use crate::bench::{Bench, MINUTE, answer, card, history, spoken};
use ambulance_core::limits::VIEW_WINDOW_US;
use ambulance_core::{CardInput, CardState, Command, HistoryState, Input, LinkInput, LinkTrouble, Restored};
use case::Ending;
use delivery::StateChange;
use model::{LookupId, QuestionId, Stage};
use patient_history::NotObtainableReason;
use wire::{Answer, HistoryQuestion, LogReply, QuarantineReason, Question, QuestionError};

#[test]
fn a_look_up_leaves_only_after_its_consent_is_on_the_disk() {
    let mut bench = Bench::at_face();
    assert!(
        matches!(bench.core.state().case().expect("a case").card, CardState::Face(_)),
        "the card is read by itself"
    );
    bench.command(Command::FaceMatches);
    bench.slow_disk = true;
    bench.command(spoken());
    assert_eq!(bench.history_asks(), 0, "nothing leaves before the consent is recorded");
    bench.disk_catches_up();
    assert_eq!(bench.history_asks(), 1, "the server waits for the consent, which is on its way");
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    assert!(matches!(bench.history(), HistoryState::Here { .. }));
}

#[test]
fn a_card_that_lay_on_the_reader_before_the_case_is_read_for_it() {
    let mut bench = Bench::new(Restored::default());
    bench.input(Input::Card(CardInput::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    bench.command(Command::OpenCase);
    assert!(matches!(bench.core.state().case().expect("a case").card, CardState::Reading));
    bench.input(Input::Card(CardInput::Read { read: Box::new(card()), took_ms: 3 }));
    assert!(matches!(bench.core.state().case().expect("a case").card, CardState::Face(_)));
}

#[test]
fn refusal_sends_nothing_and_another_person_sends_nothing() {
    for refuse in [true, false] {
        let mut bench = Bench::at_face();
        if refuse {
            bench.command(Command::FaceMatches);
            bench.command(Command::ConsentRefused);
        } else {
            bench.command(Command::FaceDiffers);
            bench.command(spoken());
        }
        bench.acknowledge_all();
        bench.pass(MINUTE);
        assert_eq!(bench.history_asks(), 0);
        assert!(matches!(bench.history(), HistoryState::NotAsked));
    }
}

#[test]
fn an_emergency_look_up_never_waits_longer_than_ten_minutes() {
    let mut bench = Bench::at_face();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
    bench.command(Command::FaceMatches);
    bench.command(Command::ConsentNotObtainable(NotObtainableReason::Unconscious));
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    bench.pass(11 * MINUTE);
    bench.link_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "emergency-waited-too-long"));
}

#[test]
fn a_look_up_whose_consent_the_server_refuses_ends_with_its_reason() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let Question::History(HistoryQuestion { consent: (log, seq), .. }) = ask.question else { panic!("a look-up") };
    let later = QuestionError {
        code: "consent_not_on_record".into(),
        ja: "待っています。".into(),
        next_ja: String::new(),
        en: "Not yet.".into(),
        retryable: true,
    };
    bench.input(Input::Answer { id: ask.id, answer: Box::new(Answer::Error(later)) });
    assert!(matches!(bench.history(), HistoryState::Waiting { .. }));
    let refused = LogReply::Quarantined { log, seq, reason: QuarantineReason(1) };
    bench.input(Input::LogReply(refused));
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "consent-refused"));
    assert!(bench.bodies().iter().any(|kind| kind == "lookup_ended"), "the end is a fact");
    let asked = bench.history_asks();
    bench.pass(MINUTE);
    assert_eq!(bench.history_asks(), asked, "it is not asked again");
}

#[test]
fn a_look_up_that_waits_ends_with_the_withdrawal_and_says_so() {
    let mut bench = Bench::at_face();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    assert!(matches!(bench.history(), HistoryState::Waiting { queued: true, .. }));
    bench.command(Command::WithdrawConsent);
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "consent-withdrawn"));
    bench.link_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0);
}

#[test]
fn the_handover_wipes_after_ten_seconds_unless_undone() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass(9_000_000);
    bench.command(Command::Undo);
    bench.pass(5_000_000);
    assert!(matches!(bench.history(), HistoryState::Here { .. }), "undone in time: nothing is wiped");
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass(10_000_001);
    assert!(matches!(bench.history(), HistoryState::Wiped { .. }));
    assert_eq!(bench.dropped_history, 1);
    assert!(bench.core.state().case().expect("a case").view.is_closed());
    // The answer that comes late is dropped unread.
    let late = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(late) });
    assert!(matches!(bench.history(), HistoryState::Wiped { .. }));
}

#[test]
fn withdrawal_wipes_at_once() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.slow_disk = true;
    bench.command(spoken());
    bench.command(Command::WithdrawConsent);
    bench.disk_catches_up();
    bench.acknowledge_all();
    assert_eq!(bench.history_asks(), 0, "the queued look-up is gone");
    assert!(bench.bodies().contains(&"consent_withdrawn".to_owned()));
}

#[test]
fn nothing_of_the_history_rests_in_the_store() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.command(Command::HistoryShown);
    bench.command(Command::Stamp(Stage::InVehicle));
    let needle = "森川".as_bytes();
    for transaction in &bench.written {
        let values = transaction.state.iter().filter_map(|s| match s {
            StateChange::Put { value, .. } => Some(value),
            StateChange::Delete { .. } => None,
        });
        for bytes in transaction.entries.iter().map(|e| &e.bytes).chain(values) {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}

/// A tablet with history on the screen, and everything acknowledged.
fn with_history() -> Bench {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.asks.clear();
    bench
}

/// What was asked for again.
fn asked_again(bench: &Bench) -> Option<(QuestionId, LookupId)> {
    bench.asks.iter().find_map(|ask| match ask.question {
        Question::HistoryAgain { lookup, .. } => Some((ask.id, lookup)),
        _ => None,
    })
}

fn comes_back(bench: &mut Bench) {
    let (id, lookup) = asked_again(bench).expect("asked again");
    bench.input(Input::Answer { id, answer: Box::new(history(lookup, bench.now.utc)) });
}

#[test]
fn a_lock_out_drops_the_history_and_the_next_sign_in_brings_it_back_without_a_card() {
    let mut bench = with_history();
    bench.command(Command::LockOut);
    assert!(matches!(bench.history(), HistoryState::Wiped { .. }) && bench.dropped_history == 1);
    assert!(bench.core.state().crew.is_none());
    bench.sign_in();
    assert!(matches!(bench.history(), HistoryState::Waiting { .. }));
    let ends = bench.bodies().iter().filter(|kind| *kind == "lookup_ended").count();
    comes_back(&mut bench);
    assert!(matches!(bench.history(), HistoryState::Here { .. }));
    assert_eq!(bench.bodies().iter().filter(|kind| *kind == "lookup_ended").count(), ends, "it had ended before");
}

#[test]
fn a_tablet_that_restarts_asks_again_once_somebody_signed_in() {
    let old = with_history();
    let mut new = Bench::new(old.store());
    new.link_up();
    assert_eq!(asked_again(&new), None, "nobody is signed in");
    new.sign_in();
    comes_back(&mut new);
    assert!(matches!(new.history(), HistoryState::Here { .. }));
}

#[test]
fn what_was_withdrawn_or_is_over_is_not_asked_for_again() {
    for end in [Command::WithdrawConsent, Command::End(Ending::NoPatient)] {
        let mut old = with_history();
        old.command(end);
        let mut new = Bench::new(old.store());
        new.link_up();
        new.sign_in();
        assert_eq!(asked_again(&new), None);
    }
}

#[test]
fn a_history_that_the_server_has_no_more_says_so() {
    let mut bench = with_history();
    bench.command(Command::LockOut);
    bench.sign_in();
    let (id, _) = asked_again(&bench).expect("asked again");
    let expired = QuestionError {
        code: "expired".into(),
        ja: "照会できる時間を過ぎました。".into(),
        next_ja: String::new(),
        en: "The window has passed.".into(),
        retryable: false,
    };
    bench.input(Input::Answer { id, answer: Box::new(Answer::Error(expired)) });
    assert!(matches!(bench.history(), HistoryState::Failed { error, .. } if error.code == "expired"));
}

#[test]
fn a_window_ends_by_its_own_deadline_without_radio_and_without_a_press() {
    let mut bench = Bench::at_face();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    let ask = bench.asks.iter().find(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let (came, fetched_at) = (answer(&ask, bench.now.utc), bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
    let mut rounds = 0;
    while matches!(bench.history(), HistoryState::Here { .. }) {
        let (at_us, _) = bench.core.poll_timeout(bench.now).expect("a deadline");
        bench.pass(at_us.saturating_sub(bench.now.mono.us));
        rounds += 1;
        assert!(rounds < 10_000, "the deadlines lead nowhere");
    }
    assert_eq!(bench.now.utc.since_us(fetched_at), VIEW_WINDOW_US + 1);
    let case = bench.core.state().case().expect("a case");
    assert_eq!(case.history_said().map(|said| said.code), Some("window-over"));
}
