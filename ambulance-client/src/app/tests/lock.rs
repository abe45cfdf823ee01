//! What an unlock opens: all of it by the server's word, the present patient by a passcode that this tablet knows, a new record
//! after ten wrong ones.

use super::bench::{Bench, full_record};
use super::{Shown, harness};
use crate::app::navigation::{List, WRONG_MAX};
use crate::app::present::{View, cases};
use crate::app::{Page, Tablet};
use ambulance_core::Command;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use model::CaseId;

const RIGHT: [&str; 6] = ["1", "2", "3", "4", "5", "6"];
const WRONG: [&str; 6] = ["1", "2", "3", "4", "5", "7"];

fn press(harness: &mut Harness<'_, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn key_in(harness: &mut Harness<'_, Shown>, digits: [&str; 6]) {
    for digit in digits {
        press(harness, digit);
    }
}

fn key(harness: &Harness<'_, Shown>) -> &'static str {
    harness.state().app.shown().1.key()
}

fn words(harness: &Harness<'_, Shown>) -> String {
    harness.state().ledger.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn lock(bench: &Bench, harness: &mut Harness<'_, Shown>) {
    harness.state_mut().app.nav.lock(bench.now());
    harness.run_steps(2);
}

/// The cases on the list of patients, oldest first.
fn listed(bench: &Bench, harness: &Harness<'_, Shown>) -> Vec<CaseId> {
    cases(&View::new(&bench.state(), &harness.state().app.nav, bench.now()))
}

fn current(bench: &Bench) -> CaseId {
    bench.state().current.expect("a case")
}

/// Cases are listed by when they were begun.
fn next_case(bench: &Bench) {
    bench.pass_seconds(1);
    bench.command(Command::OpenCase);
}

/// Another call: its case belongs to an incident of its own.
fn another_incident(bench: &Bench) -> CaseId {
    bench.command(Command::SelectCase(CaseId::from_bytes([0xFF; 16])));
    next_case(bench);
    current(bench)
}

/// Signed in with the passcode, an open case of an earlier incident, two patients of the present one.
fn with_two_incidents() -> (Bench, Harness<'static, Shown>, [CaseId; 3]) {
    let bench = Bench::new();
    bench.link_up();
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.add_member("takahashi");
    harness.run_steps(2);
    key_in(&mut harness, RIGHT);
    bench.answer_sign_in();
    bench.on_scene();
    let earlier = current(&bench);
    let first = another_incident(&bench);
    next_case(&bench);
    harness.run_steps(2);
    let all = [earlier, first, current(&bench)];
    assert_eq!(listed(&bench, &harness), all);
    (bench, harness, all)
}

#[test]
fn without_radio_the_passcode_opens_the_present_patients_and_new_ones_until_the_server_confirms_it() {
    let (bench, mut harness, [earlier, first, second]) = with_two_incidents();
    bench.link_down();
    lock(&bench, &mut harness);
    key_in(&mut harness, RIGHT);
    assert_eq!(key(&harness), "ready");
    assert_eq!(listed(&bench, &harness), [first, second]);
    harness.state_mut().app.nav.go(Page::List(List::Patients));
    harness.run_steps(2);
    assert!(words(&harness).contains("電波がある所で開きます"), "{}", words(&harness));
    next_case(&bench);
    let new = current(&bench);
    assert_eq!(listed(&bench, &harness), [first, second, new]);
    assert!(!bench.asks_to_sign_in());

    // The radio is back: the server is asked behind the screen, and its word unlocks nothing that was locked meanwhile.
    bench.link_up();
    harness.run_steps(2);
    assert!(bench.asks_to_sign_in());
    lock(&bench, &mut harness);
    bench.answer_sign_in();
    harness.run_steps(2);
    assert_eq!(key(&harness), "lock");
    key_in(&mut harness, RIGHT);
    assert_eq!(key(&harness), "ready", "open at once, whatever the radio does");
    assert_eq!(listed(&bench, &harness), [first, second, new]);
    bench.answer_sign_in();
    harness.run_steps(2);
    assert_eq!(listed(&bench, &harness), [earlier, first, second, new]);
    assert!(!bench.asks_to_sign_in());
}

#[test]
fn a_passcode_that_the_server_takes_no_more_opens_nothing_else() {
    let (bench, mut harness, [_, first, second]) = with_two_incidents();
    lock(&bench, &mut harness);
    key_in(&mut harness, RIGHT);
    bench.refuse_sign_in();
    harness.run_steps(3);
    assert_eq!(listed(&bench, &harness), [first, second]);
    assert!(!bench.asks_to_sign_in(), "it is not asked again and again");
    lock(&bench, &mut harness);
    key_in(&mut harness, RIGHT);
    assert_eq!(key(&harness), "lock", "this tablet knows it no more");
    assert!(bench.asks_to_sign_in());
}

#[test]
fn ten_wrong_passcodes_end_the_session_and_only_the_server_opens_what_is_recorded() {
    let (bench, mut harness, all) = with_two_incidents();
    bench.card();
    bench.consent();
    bench.history(full_record());
    bench.link_down();
    lock(&bench, &mut harness);
    for _ in 1..WRONG_MAX {
        key_in(&mut harness, WRONG);
    }
    assert!(bench.has_history() && bench.state().crew.is_some(), "nine are forgiven");
    assert!(words(&harness).contains("残り 1回"), "{}", words(&harness));
    key_in(&mut harness, WRONG);
    assert!(!bench.has_history() && bench.state().crew.is_none());
    assert_eq!(key(&harness), "sign_in");
    harness.state_mut().app.nav.add_member("takahashi");
    harness.run_steps(2);
    key_in(&mut harness, RIGHT);
    assert_eq!(key(&harness), "sign_in", "the right one opens nothing without the server");

    // Whoever has nothing but the tablet can record, and sees nothing that was recorded.
    press(&mut harness, "サインインせずに記録する 新しい傷病者だけ");
    assert!(harness.state().app.nav.locked.is_none());
    let new = current(&bench);
    assert!(!all.contains(&new));
    assert_eq!(listed(&bench, &harness), [new]);
    lock(&bench, &mut harness);
    press(&mut harness, "サインインせずに記録する 新しい傷病者だけ");
    assert_eq!(listed(&bench, &harness), [new], "the same record goes on");

    bench.link_up();
    lock(&bench, &mut harness);
    bench.answer_sign_in();
    harness.run_steps(2);
    assert!(harness.state().app.nav.locked.is_none());
    assert_eq!(listed(&bench, &harness).len(), all.len() + 1);
}

#[test]
fn without_a_session_the_present_patient_can_be_recorded_and_no_other_be_looked_at() {
    let (bench, mut harness, [_, first, second]) = with_two_incidents();
    bench.command(Command::SignOut);
    harness.state_mut().app.nav.lock(bench.now());
    harness.run_steps(2);
    press(&mut harness, "サインインせずに使う いまの傷病者だけ・照会なし");
    assert_eq!(key(&harness), "ready");
    assert_eq!(listed(&bench, &harness), [first, second]);
    assert!(!bench.asks_to_sign_in(), "there is no passcode to confirm");
}
