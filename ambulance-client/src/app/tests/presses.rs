//! Few presses, and what they do.

use super::bench::{Bench, blank_record, full_record};
use super::{Shown, harness, key, press, words};
use crate::app::navigation::{LOCK_AFTER_US, List};
use crate::app::{CARD_TO_SUMMARY_PRESSES, Page};
use crate::canvas::Kind;
use ambulance_core::Command;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use model::{Stage, Vital};

fn ready() -> Bench {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    bench
}

/// A crew that presses the next thing to do on every page it is led to, until `until` is shown; it has no keyboard.
/// Returns what it pressed. A page in between costs it a press, a page without a next thing to do stops it.
fn follow_the_primary(harness: &mut Harness<'_, Shown>, until: &[&str]) -> Vec<String> {
    let mut pressed = Vec::new();
    while !until.contains(&key(harness)) {
        let targets = &harness.state().ledger.targets;
        let primary = targets.iter().find(|t| t.kind == Kind::Primary && t.enabled);
        let name = primary.unwrap_or_else(|| panic!("{} leads nowhere: {targets:?}", key(harness))).name.clone();
        assert!(pressed.len() < 10, "no way to {until:?}: {pressed:?}");
        press(harness, &name);
        pressed.push(name);
    }
    pressed
}

#[test]
fn card_to_summary_is_two_presses_and_no_typing() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "on_scene");
    bench.card();
    harness.run_steps(3);
    assert_eq!(key(&harness), "card", "a card on the reader opens its page by itself");
    let pressed = follow_the_primary(&mut harness, &["history_waiting", "history"]);
    assert_eq!(key(&harness), "history_waiting");
    bench.history(full_record());
    harness.run_steps(3);
    assert_eq!(key(&harness), "history", "the summary opens by itself");
    assert!(pressed.len() <= CARD_TO_SUMMARY_PRESSES, "{pressed:?}");
    assert_eq!(harness.state().typed, 0, "no typing");
    let shown = words(&harness);
    assert!(shown.contains("ワルファリン") && shown.contains("記録なし ≠ なし"), "{shown}");
    assert!(shown.contains("森川　和●") && shown.contains("モリカワ"), "● as it came, kana beside it: {shown}");
    let state = bench_state(&bench);
    assert!(state.case().expect("a case").view.lookups.values().all(|l| l.viewed), "the funnel counts the summary");
}

#[test]
fn what_is_typed_is_counted() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.event(egui::Event::Text("薬".to_owned()));
    harness.run_steps(2);
    assert_eq!(harness.state().typed, 1);
}

fn bench_state(bench: &Bench) -> std::sync::Arc<ambulance_core::State> {
    crate::app::Tablet::state(bench)
}

#[test]
fn a_card_never_interrupts_a_keypad() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    press(&mut harness, "血糖 未測定 入力する");
    assert_eq!(key(&harness), "value_keypad");
    bench.card();
    harness.run_steps(3);
    assert_eq!(key(&harness), "value_keypad");
    for digit in ["1", "2"] {
        press(&mut harness, digit);
    }
    press(&mut harness, "記録する 血糖 12");
    let state = bench_state(&bench);
    assert_eq!(state.case().expect("a case").view.findings.measured(Vital::Glucose), Some(120));
}

#[test]
fn history_leaves_the_screen_with_the_wipe_and_with_the_lock() {
    let bench = ready();
    let mut harness = harness(bench.app());
    bench.card();
    bench.consent();
    bench.history(full_record());
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    assert!(words(&harness).contains("ワルファリン"));
    press(&mut harness, "画面を隠す");
    assert_eq!(key(&harness), "lock");
    let hidden = words(&harness);
    for word in ["森川", "ワルファリン", "透析", "注意"] {
        assert!(!hidden.contains(word), "{word} is on the lock page");
        assert!(harness.query_by_label_contains(word).is_none(), "a screen reader hears {word} on the lock page");
    }
    press(&mut harness, "次の段階 車内収容を記録");
    assert!(bench_state(&bench).case().expect("a case").view.stage(Stage::InVehicle).is_some(), "stamps work locked");
    harness.state_mut().app.nav.locked = None;
    harness.state_mut().app.nav.go(Page::List(List::Alerts));
    harness.run_steps(2);
    assert!(words(&harness).contains("ワルファリン"));
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass_seconds(11);
    harness.run_steps(2);
    assert!(!bench.has_history());
    let after = words(&harness);
    for word in ["森川", "ワルファリン", "R01"] {
        assert!(!after.contains(word), "{word} outlives the wipe: {after}");
    }
}

#[test]
fn two_minutes_without_touch_lock_and_the_known_passcode_unlocks_without_radio() {
    let bench = Bench::new();
    bench.link_up();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "sign_in", "nobody is signed in");
    harness.state_mut().app.nav.add_member("takahashi");
    harness.run_steps(2);
    for digit in ["1", "2", "3", "4", "5", "6"] {
        press(&mut harness, digit);
    }
    bench.answer_sign_in();
    harness.run_steps(2);
    assert_eq!(key(&harness), "ready");
    bench.link_down();
    bench.pass_seconds(LOCK_AFTER_US / 1_000_000 + 1);
    harness.run_steps(2);
    assert_eq!(key(&harness), "lock");
    for digit in ["1", "2", "3", "4", "5", "7"] {
        press(&mut harness, digit);
    }
    assert_eq!(key(&harness), "lock", "a wrong passcode opens nothing");
    for digit in ["1", "2", "3", "4", "5", "6"] {
        press(&mut harness, digit);
    }
    assert_eq!(key(&harness), "ready");
}

#[test]
fn another_hospital_than_the_first_takes_a_reason() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Hospitals);
    harness.run_steps(2);
    let second = bench_state(&bench).case().and_then(|c| c.suggestion.clone()).expect("a list");
    harness.state_mut().app.nav.hospital = second.ranking.candidates.get(1).map(|c| c.hospital);
    harness.run_steps(2);
    let name =
        harness.state().ledger.targets.iter().find(|t| t.name.ends_with("照会する")).expect("a primary").name.clone();
    press(&mut harness, &name);
    assert_eq!(key(&harness), "override_choice");
    assert!(bench_state(&bench).case().expect("a case").view.enquiries.is_empty());
    press(&mut harness, "かかりつけ");
    let name =
        harness.state().ledger.targets.iter().find(|t| t.name.contains("照会する")).expect("a primary").name.clone();
    press(&mut harness, &name);
    assert_eq!(key(&harness), "enquiry", "the answers open after asking");
    let state = bench_state(&bench);
    let enquiry = state.case().expect("a case").view.enquiries.values().next().expect("asked").clone();
    assert_eq!(enquiry.override_reason, Some(case::OverrideReason::OwnDoctor));
}

#[test]
fn an_empty_record_is_never_shown_as_none() {
    let bench = ready();
    let mut harness = harness(bench.app());
    bench.card();
    bench.consent();
    bench.history(blank_record());
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    assert_eq!(key(&harness), "history_empty");
    let shown = words(&harness);
    assert!(shown.contains("3か月に記録なし") && shown.contains("記録なし ≠ なし"), "{shown}");
}

#[test]
fn a_still_screen_waits_for_the_next_minute() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.run_steps(6);
    bench.pass_seconds(20);
    harness.run_steps(2);
    let delays: Vec<_> = harness.output().viewport_output.values().map(|v| v.repaint_delay).collect();
    assert!(delays.iter().all(|d| d.as_secs() >= 5), "{delays:?}");
}

#[test]
fn wrong_passcodes_end_the_session_and_leave_no_way_around_while_history_is_in_memory() {
    let bench = ready();
    bench.card();
    bench.consent();
    bench.history(full_record());
    bench.command(Command::SignOut);
    let mut harness = harness(bench.app());
    harness.run_steps(2);
    assert_eq!(key(&harness), "sign_in");
    assert!(harness.query_by_label_contains("サインインせずに使う").is_none());
    assert!(!words(&harness).contains("森川"));
}

#[test]
fn the_full_period_is_one_press_from_the_summary_and_the_page_says_which_it_shows() {
    let bench = ready();
    let mut harness = harness(bench.app());
    bench.card();
    bench.consent();
    bench.history(full_record());
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    assert!(words(&harness).contains("病歴の要点") && words(&harness).contains("いまは要点の期間だけ"));
    let button = harness.state().ledger.targets.iter().find(|t| t.name.contains("全期間を照会")).expect("offered");
    let name = button.name.clone();
    press(&mut harness, &name);
    let shown = words(&harness);
    assert!(shown.contains("全期間を照会中") && shown.contains("ワルファリン"), "the summary stays: {shown}");
    bench.history(full_record());
    harness.run_steps(3);
    let shown = words(&harness);
    assert!(shown.contains("病歴 全期間") && !shown.contains("病歴の要点"), "{shown}");
    assert!(shown.contains("薬剤 4"), "what both look-ups brought stands once: {shown}");
    harness.state_mut().app.nav.go(Page::List(List::Rows(0)));
    harness.run_steps(2);
    assert!(words(&harness).contains("全期間 ・ 取得"), "{}", words(&harness));
    bench.command(Command::WithdrawConsent);
    harness.run_steps(3);
    assert!(!words(&harness).contains("ワルファリン"), "both are gone");
}

#[test]
fn an_empty_summary_offers_the_full_period_too() {
    let bench = ready();
    let mut harness = harness(bench.app());
    bench.card();
    bench.consent();
    bench.history(blank_record());
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    assert_eq!(key(&harness), "history_empty");
    press(&mut harness, "全期間を照会");
    bench.history(full_record());
    harness.run_steps(3);
    assert_eq!(key(&harness), "history");
    assert!(words(&harness).contains("病歴 全期間"));
}

#[test]
fn a_refusal_is_one_press_and_its_reason_another_that_nobody_has_to_make() {
    let bench = ready();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    bench.card();
    harness.run_steps(3);
    press(&mut harness, "一致する");
    press(&mut harness, "断られた");
    assert_eq!(key(&harness), "consent_refused");
    let reason = patient_history::RefusalReason::ALL[0];
    press(&mut harness, reason.ja());
    let state = bench_state(&bench);
    let last = state.case().and_then(|c| c.view.consents.last()).map(|c| c.basis.clone());
    assert_eq!(last, Some(patient_history::ConsentBasis::Refused { reason: Some(reason) }));
    assert!(harness.query_by_label(&format!("{} 選択中", reason.ja())).is_some());
}
