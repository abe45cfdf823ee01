//! No card: a code reader's typing, what is told, and the records that both make.

use super::bench::{Bench, full_record};
use super::{Shown, harness, key, press, words};
use crate::app::Page;
use crate::app::navigation::List;
use ambulance_core::{Command, NotebookReading, State};
use case::{FindingsChange, OralChange};
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use model::{Complaint, Stage};
use patient_history::{Informant, OralAnswer, OralTopic};
use std::sync::Arc;

/// Written by hand after JAHIS 電子版お薬手帳データフォーマット仕様書 Ver.2.6.
const FIRST: [&str; 6] = [
    "JAHISTC08,1",
    "1,試験 花子,2,S230308",
    "5,20261026,1",
    "201,1,ワルファリンK錠1mg,1,錠,4,3332001F1032",
    "301,1,1日1回朝食後,28,日分,1",
    "911,12345678901234,2,1",
];
const SECOND: [&str; 4] = [
    "JAHISTC08,1",
    "201,2,アムロジピンOD錠5mg,1,錠,4,2171022F4028",
    "301,2,1日1回朝食後,28,日分,1",
    "911,12345678901234,2,2",
];

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

/// As a reader types: each line as text, Enter behind it, and then nothing for a while.
fn scan(bench: &Bench, harness: &mut Harness<'_, Shown>, lines: &[&str]) {
    for line in lines {
        harness.event(Event::Text((*line).to_owned()));
        for pressed in [true, false] {
            let (key, modifiers) = (Key::Enter, Modifiers::NONE);
            harness.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }
    harness.run_steps(2);
    bench.pass_seconds(1);
    harness.run_steps(3);
}

#[test]
fn a_split_notebook_is_scanned_in_any_order_and_used_by_one_press() {
    let (bench, mut harness) = on_scene();
    harness.state_mut().app.nav.go(Page::List(List::Notebook));
    harness.run_steps(2);
    scan(&bench, &mut harness, &SECOND);
    assert_eq!(key(&harness), "notebook", "Enter of the reader presses nothing");
    assert!(words(&harness).contains("2枚のうち 1枚"), "{}", words(&harness));
    scan(&bench, &mut harness, &["https://example.jp/"]);
    assert!(words(&harness).contains("お薬手帳のQRコードではない"), "{}", words(&harness));
    scan(&bench, &mut harness, &FIRST);
    let shown = words(&harness);
    assert!(shown.contains("読めた薬 2") && shown.contains("試験 花子"), "{shown}");
    press(&mut harness, "この薬を使う 本人の手帳です");
    assert_eq!(key(&harness), "history");
    let shown = words(&harness);
    assert!(shown.contains("薬剤 2") && shown.contains("国の記録は未照会"), "{shown}");
    harness.state_mut().app.nav.go(Page::List(List::Rows(0)));
    harness.run_steps(2);
    let shown = words(&harness);
    assert!(shown.contains("お薬手帳") && shown.contains("28日分") && shown.contains("日前"), "{shown}");
}

#[test]
fn a_notebook_of_somebody_else_leaves_nothing() {
    let (bench, mut harness) = on_scene();
    harness.state_mut().app.nav.go(Page::List(List::Notebook));
    harness.run_steps(2);
    let all: Vec<&str> = FIRST.iter().chain(&SECOND).copied().collect();
    scan(&bench, &mut harness, &all);
    press(&mut harness, "ちがう人の手帳");
    assert!(!words(&harness).contains("ワルファリン"));
    let state = state(&bench);
    let case = state.case().expect("a case");
    assert!(matches!(case.notebook.reading, NotebookReading::Nothing) && case.merged.is_none());
}

#[test]
fn what_is_told_is_noted_by_presses_and_taken_back_by_a_second_one() {
    let (bench, mut harness) = on_scene();
    harness.state_mut().app.nav.go(Page::List(List::Oral));
    harness.run_steps(2);
    press(&mut harness, "家族");
    press(&mut harness, "血をさらさらにする薬 あり");
    press(&mut harness, "透析 不明");
    let now = state(&bench);
    let oral = &now.case().expect("a case").view.oral;
    assert_eq!(oral.informant, Some(Informant::Family));
    assert_eq!(oral.answer(OralTopic::BloodThinner), Some(OralAnswer::Yes));
    assert_eq!(oral.answer(OralTopic::Dialysis), Some(OralAnswer::Unknown));
    assert_eq!(oral.answer(OralTopic::Allergy), None, "not asked is not \"no\"");
    press(&mut harness, "透析 不明 選択中");
    assert_eq!(state(&bench).case().expect("a case").view.oral.answer(OralTopic::Dialysis), None);
    harness.state_mut().app.nav.go(Page::List(List::Rows(crate::app::present::GROUPS.len())));
    harness.run_steps(2);
    let shown = words(&harness);
    assert!(shown.contains("血をさらさらにする薬") && shown.contains("家族"), "{shown}");
}

#[test]
fn records_are_narrowed_down_by_presses_and_a_keyboard_only_adds() {
    let (bench, mut harness) = on_scene();
    bench.card();
    bench.consent();
    bench.history(full_record());
    harness.state_mut().app.nav.go(Page::List(List::Rows(0)));
    harness.run_steps(2);
    assert!(words(&harness).contains("薬剤 4"));
    press(&mut harness, "絞り込む 全部を表示");
    assert_eq!(key(&harness), "filter");
    harness.event(Event::Text("わるふぁりん".to_owned()));
    harness.run_steps(3);
    press(&mut harness, "表示する 1件");
    let shown = words(&harness);
    assert!(shown.contains("薬剤 1") && shown.contains("ワルファリン") && !shown.contains("アムロジピン"), "{shown}");
    press(&mut harness, "絞り込む 「わるふぁりん」");
    press(&mut harness, "文字を消す");
    press(&mut harness, "お薬手帳");
    press(&mut harness, "表示する 0件");
    assert!(words(&harness).contains("ないという意味ではありません"));
}

#[test]
fn a_masked_row_opens_by_a_press_that_is_recorded_and_closes_with_the_wipe() {
    let (bench, mut harness) = on_scene();
    bench.card();
    bench.consent();
    bench.history(full_record());
    harness.state_mut().app.nav.go(Page::List(List::Rows(1)));
    harness.run_steps(2);
    assert!(!words(&harness).contains("こころの科"));
    let masked =
        harness.state().ledger.targets.iter().find(|t| t.name.contains("伏せた受診")).expect("a row").name.clone();
    press(&mut harness, &masked);
    assert!(words(&harness).contains("こころの科"));
    assert!(bench.recorded("sensitive_opened"), "opening is recorded");
    bench.command(Command::Stamp(Stage::TransferOfCare));
    bench.pass_seconds(11);
    harness.run_steps(3);
    assert!(!words(&harness).contains("こころの科") && !words(&harness).contains("ワルファリン"));
}

#[test]
fn the_rules_speak_of_a_notebook_before_and_beside_the_history_and_no_rule_twice() {
    let (bench, mut harness) = on_scene();
    harness.state_mut().app.nav.go(Page::List(List::Notebook));
    harness.run_steps(2);
    let all: Vec<&str> = FIRST.iter().chain(&SECOND).copied().collect();
    scan(&bench, &mut harness, &all);
    press(&mut harness, "この薬を使う 本人の手帳です");
    assert_eq!(key(&harness), "history");
    let shown = words(&harness);
    assert!(shown.contains("R01") && shown.contains("端末の内蔵表"), "{shown}");
    harness.state_mut().app.nav.go(Page::List(List::Alert(0)));
    harness.run_steps(2);
    let shown = words(&harness);
    assert!(shown.contains("お薬手帳") && shown.contains("端末に内蔵"), "its source and its table: {shown}");
    bench.card();
    bench.consent();
    bench.history(full_record());
    harness.state_mut().app.nav.go(Page::List(List::Alerts));
    harness.run_steps(2);
    let rules: Vec<String> =
        harness.state().ledger.words.iter().map(|w| w.text.clone()).filter(|text| text == "R01").collect();
    assert_eq!(rules.len(), 1, "warfarin is in both, and told once: {}", words(&harness));
    bench.command(Command::WithdrawConsent);
    harness.run_steps(3);
    assert!(!words(&harness).contains("ワルファリン"));
}

#[test]
fn an_alert_over_an_answer_says_who_told_it_and_is_no_record() {
    let (bench, mut harness) = on_scene();
    let told = |change| bench.command(Command::Tell(change));
    told(OralChange::Informant(Some(Informant::Family)));
    told(OralChange::Topic { topic: OralTopic::BloodThinner, answer: Some(OralAnswer::Yes) });
    let complaint = Complaint::HeadInjury;
    bench.command(Command::Observe(FindingsChange::Complaint { complaint, chosen: true }));
    harness.state_mut().app.nav.go(Page::History);
    harness.run_steps(2);
    let shown = words(&harness);
    assert!(shown.contains("聞き取り: 血をさらさらにする薬あり") && shown.contains("聞き取り 家族 "), "{shown}");
    harness.state_mut().app.nav.go(Page::List(List::Alert(0)));
    harness.run_steps(2);
    let detail = words(&harness);
    assert!(detail.contains("T01") && detail.contains("聞き取り 家族 ") && detail.contains("端末に内蔵"), "{detail}");
}
