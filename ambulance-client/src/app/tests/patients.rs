//! Several patients on one scene, as the crew presses them.

use super::bench::{Bench, full_record};
use super::{Shown, harness, key, press, words};
use crate::app::Page;
use crate::app::navigation::List;
use ambulance_core::{Command, State};
use egui_kittest::Harness;
use model::{AgeBand, CaseId, Sex};
use std::sync::Arc;

fn on_scene() -> (Bench, Harness<'static, Shown>) {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.scripted = true;
    harness.run_steps(2);
    (bench, harness)
}

fn state(bench: &Bench) -> Arc<State> {
    crate::app::Tablet::state(bench)
}

fn current(bench: &Bench) -> CaseId {
    state(bench).current.expect("a case")
}

/// Presses the target whose name has all of these words.
fn press_with(harness: &mut Harness<'_, Shown>, parts: &[&str]) {
    let targets = &harness.state().ledger.targets;
    let found = targets.iter().find(|t| parts.iter().all(|part| t.name.contains(part)));
    let name = found.unwrap_or_else(|| panic!("{parts:?} in {targets:?}")).name.clone();
    press(harness, &name);
}

fn open(harness: &mut Harness<'_, Shown>, list: List) {
    harness.state_mut().app.nav.go(Page::List(list));
    harness.run_steps(2);
}

#[test]
fn the_same_card_for_a_second_patient_is_loud_and_needs_a_word() {
    let (bench, mut harness) = on_scene();
    let first = current(&bench);
    bench.card_with(b"first");
    bench.consent();
    bench.history(full_record());
    bench.command(Command::OpenCase);
    harness.run_steps(3);
    bench.card_with(b"first");
    harness.run_steps(3);
    assert_eq!(key(&harness), "mismatch", "it opens by itself");
    let shown = words(&harness);
    assert!(shown.contains("このカードは 傷病者 1 のものです"), "{shown}");
    for word in ["森川", "ワルファリン", "一致する"] {
        assert!(!shown.contains(word), "{word}: {shown}");
    }
    press(&mut harness, "傷病者 1 にもどる");
    assert_eq!(current(&bench), first);
    assert!(
        state(&bench).cases.values().any(|c| c.view.identity.is_some_and(|(_, same, _)| !same)),
        "refused is recorded"
    );
}

#[test]
fn confirmed_it_goes_on_to_the_face_as_ever() {
    let (bench, mut harness) = on_scene();
    bench.card_with(b"first");
    bench.consent();
    bench.command(Command::OpenCase);
    harness.run_steps(3);
    bench.card_with(b"first");
    harness.run_steps(3);
    press(&mut harness, "傷病者 2 のカード");
    assert_eq!(key(&harness), "card");
    assert!(words(&harness).contains("一致する"));
}

#[test]
fn no_page_of_one_patient_shows_the_history_of_another() {
    let (bench, mut harness) = on_scene();
    let first = current(&bench);
    bench.card_with(b"first");
    bench.consent();
    bench.history(full_record());
    bench.command(Command::OpenCase);
    harness.run_steps(3);
    let lists = [List::Patients, List::Who, List::Seen, List::Rows(0), List::Alerts, List::Oral, List::Notebook];
    let parts = [Page::Assess, Page::Card, Page::History, Page::Hospitals, Page::Handover];
    for page in parts.into_iter().chain(lists.map(Page::List)) {
        harness.state_mut().app.nav.go(page);
        harness.run_steps(2);
        let shown = words(&harness);
        for word in ["森川", "ワルファリン", "R01"] {
            assert!(!shown.contains(word), "{word} of the first on {page:?} of the second: {shown}");
        }
    }
    bench.command(Command::SelectCase(first));
    harness.run_steps(2);
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    assert!(words(&harness).contains("ワルファリン"), "it is still there for its own patient");
}

#[test]
fn an_unknown_patient_is_called_by_a_letter_with_sex_and_age_as_seen() {
    let (bench, mut harness) = on_scene();
    bench.command(Command::Observe(case::FindingsChange::AgeBand(Some(AgeBand(7)))));
    open(&mut harness, List::Patients);
    press_with(&mut harness, &["身元・同じ人"]);
    assert_eq!(key(&harness), "who");
    press(&mut harness, "身元不明");
    press(&mut harness, "もどる");
    assert_eq!(key(&harness), "patients");
    let shown = words(&harness);
    assert!(shown.contains("身元不明 A 女 70代"), "{shown}");
    bench.card();
    bench.consent();
    bench.history(full_record());
    open(&mut harness, List::Patients);
    let shown = words(&harness);
    assert!(
        shown.contains("森川") && shown.contains("身元不明 A"),
        "bound to the same case, and what it was stays: {shown}"
    );
    assert_eq!(state(&bench).cases.len(), 1);
}

#[test]
fn two_cases_of_one_patient_are_put_together_by_one_press_and_parted_by_another() {
    let (bench, mut harness) = on_scene();
    let first = current(&bench);
    bench.command(Command::OpenCase);
    let second = current(&bench);
    bench.command(Command::Observe(case::FindingsChange::Sex(Some(Sex::Male))));
    harness.run_steps(3);
    open(&mut harness, List::Who);
    press(&mut harness, "傷病者 1 女");
    assert_eq!(state(&bench).cases[&first].view.goes_on_in(), Some(second));
    open(&mut harness, List::Patients);
    let shown = words(&harness);
    assert!(shown.contains("傷病者 2 と同じ人 ― そちらに続く"), "{shown}");
    assert!(shown.contains("傷病者 1 と同じ人"), "both sides: {shown}");
    open(&mut harness, List::Who);
    press(&mut harness, "傷病者 1 女 選択中");
    assert!(state(&bench).cases[&first].view.goes_on_in().is_none());
    open(&mut harness, List::Patients);
    assert!(!words(&harness).contains("と同じ人"));
}
