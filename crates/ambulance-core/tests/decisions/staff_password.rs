//! The staff password for 目視: keyed at the face, verified when the look-up leaves, never a wait for anything else.

use crate::bench::{Bench, answer, spoken};
use ambulance_core::{Command, HistoryState, Input, LinkInput, LinkTrouble, Restored};
use model::QuestionId;
use wire::{Answer, Ask, Passcode, Question, QuestionError};

fn up(bench: &mut Bench, required: bool) {
    let welcome = wire::Welcome { staff_passwords: true, staff_password_required: required, ..bench.welcome() };
    bench.input(Input::Link(LinkInput::Up(welcome)));
}

fn keyed(bench: &mut Bench) {
    bench.command(Command::StaffPassword { password: Passcode::new("1234".into()) });
}

fn staff_asks(bench: &Bench) -> Vec<Ask> {
    bench.asks.iter().filter(|ask| matches!(ask.question, Question::StaffPassword { .. })).cloned().collect()
}

fn refuse(bench: &mut Bench, id: QuestionId, code: &str, retryable: bool) {
    let words = || "…".to_owned();
    let error = QuestionError { code: code.into(), ja: words(), next_ja: words(), en: words(), retryable };
    bench.input(Input::Answer { id, answer: Box::new(Answer::Error(error)) });
}

/// The server verified it.
fn stands(bench: &mut Bench, ask: &Ask) {
    let Question::StaffPassword { lookup, password } = &ask.question else { panic!("not a staff password") };
    assert_eq!(password.expose(), "1234");
    bench.input(Input::Answer { id: ask.id, answer: Box::new(Answer::StaffPasswordStands { lookup: *lookup }) });
}

fn trouble(bench: &Bench) -> Option<&str> {
    match bench.history() {
        HistoryState::Waiting { trouble, .. } => trouble.as_ref().map(|error| error.code.as_str()),
        _ => panic!("no look-up waits"),
    }
}

#[test]
fn a_look_up_by_eye_leaves_once_the_password_was_verified_for_it() {
    let mut bench = Bench::new(Restored::default());
    up(&mut bench, true);
    assert!(bench.core.state().staff_password_required);
    bench.sign_in();
    bench.on_scene_with_card();
    keyed(&mut bench);
    bench.command(Command::FaceMatches);
    assert!(staff_asks(&bench).is_empty(), "nothing leaves before there is a look-up");
    bench.command(spoken());
    bench.acknowledge_all();
    let asks = staff_asks(&bench);
    let [ask] = asks.as_slice() else { panic!("asked once") };
    assert_eq!((bench.history_asks(), trouble(&bench)), (0, None));
    stands(&mut bench, ask);
    assert_eq!(bench.history_asks(), 1);
    let ask = bench.asks.iter().rfind(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    let came = answer(&ask, bench.now.utc);
    bench.input(Input::Answer { id: ask.id, answer: Box::new(came) });
    assert!(matches!(bench.history(), HistoryState::Here { .. }));
}

#[test]
fn without_radio_it_waits_in_memory_and_a_wrong_one_is_keyed_again() {
    let mut bench = Bench::new(Restored::default());
    up(&mut bench, true);
    bench.sign_in();
    bench.on_scene_with_card();
    bench.input(Input::Link(LinkInput::Down { why: LinkTrouble::NoNetwork }));
    keyed(&mut bench);
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    assert!(staff_asks(&bench).is_empty());
    for row in bench.written.iter().flat_map(|t| &t.entries) {
        assert!(!row.bytes.windows(4).any(|window| window == b"1234"), "it rests nowhere");
    }
    up(&mut bench, true);
    bench.acknowledge_all();
    let first = staff_asks(&bench).pop().expect("asked");
    refuse(&mut bench, first.id, "staff_password_wrong", false);
    assert_eq!(trouble(&bench), Some("staff_password_wrong"));
    bench.pass(60_000_000);
    assert_eq!((staff_asks(&bench).len(), trouble(&bench)), (1, Some("staff_password_wrong")), "it is forgotten");
    keyed(&mut bench);
    let second = staff_asks(&bench).pop().expect("asked");
    assert_ne!(first.id, second.id);
    stands(&mut bench, &second);
    assert_eq!(bench.history_asks(), 1);
}

#[test]
fn who_keyed_none_is_asked_when_the_look_up_would_leave() {
    let mut bench = Bench::new(Restored::default());
    up(&mut bench, false);
    bench.sign_in();
    bench.on_scene_with_card();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    let ask = bench.asks.iter().rfind(|a| matches!(a.question, Question::History(_))).expect("asked").clone();
    // The department began to require it a moment ago.
    refuse(&mut bench, ask.id, "staff_password_needed", false);
    assert_eq!(trouble(&bench), Some("staff_password_needed"));
    bench.pass(60_000_000);
    assert_eq!((bench.history_asks(), staff_asks(&bench).len()), (1, 0), "it is not asked again and again");
    keyed(&mut bench);
    let staff = staff_asks(&bench).pop().expect("asked");
    stands(&mut bench, &staff);
    assert_eq!(bench.history_asks(), 2);
    assert!(bench.asks.iter().rfind(|a| matches!(a.question, Question::History(_))).is_some_and(|a| a.id == ask.id));
}

#[test]
fn it_goes_with_the_session_and_is_not_asked_for_where_it_is_not_required() {
    let mut bench = Bench::new(Restored::default());
    up(&mut bench, true);
    bench.sign_in();
    bench.on_scene_with_card();
    keyed(&mut bench);
    bench.command(Command::SignOut);
    bench.sign_in();
    bench.command(Command::FaceMatches);
    bench.command(spoken());
    bench.acknowledge_all();
    assert_eq!(
        (staff_asks(&bench).len(), trouble(&bench)),
        (0, Some("staff_password_needed")),
        "another may have signed in"
    );

    let mut plain = Bench::new(Restored::default());
    plain.link_up();
    plain.sign_in();
    plain.on_scene_with_card();
    plain.command(Command::FaceMatches);
    plain.command(spoken());
    plain.acknowledge_all();
    assert_eq!((plain.history_asks(), staff_asks(&plain).len()), (1, 0));
}
