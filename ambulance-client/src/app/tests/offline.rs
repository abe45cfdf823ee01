//! Without radio, and with a tablet that is not well: what is shown, from the real core, on every page.

use super::bench::{Bench, full_record};
use super::{Shown, harness, press, words};
use crate::app::Tablet as _;
use crate::app::navigation::{List, Page};
use crate::canvas::Display;
use crate::checks::layout::{check_targets, check_words};
use crate::text::Lang;
use crate::theme::{Hand, ThemeName};
use ambulance_core::{CaseState, Command, Fault, HistoryState, Input, LinkInput, LinkTrouble, Restored};
use case::{DeclineReason, EnquiryAnswer, FindingsChange};
use delivery::{Gap, Recovered};
use egui_kittest::Harness;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{Complaint, LogId, Stage, Triage};
use patient_history::NotObtainableReason;
use std::collections::BTreeSet;
use std::time::Duration;
use wire::log::{LogReply, QuarantineReason};
use wire::{FeedItem, RefusalCode};

fn ready() -> Bench {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    bench
}

fn report_beds(bench: &Bench) {
    let hospital = bench.first_hospital();
    let (state, source, at) = (CapacityState::Free, CapacitySource::Desk, bench.now().utc);
    let report = CapacityReport { hospital, capability: None, state, at, source, until: None };
    bench.input(Input::Capacity(vec![report]));
}

/// History and beds were there when the radio went; a good deal was entered since.
fn cut() -> Bench {
    let bench = ready();
    report_beds(&bench);
    bench.card();
    bench.consent();
    bench.history(full_record());
    bench.link_down();
    bench.command(Command::Stamp(Stage::InVehicle));
    bench.command(Command::Observe(FindingsChange::Triage(Some(Triage::Yellow))));
    for complaint in [Complaint::ChestPain, Complaint::Headache] {
        bench.command(Command::Observe(FindingsChange::Complaint { complaint, chosen: true }));
    }
    bench.pass_seconds(372);
    bench
}

fn asked_by_phone() -> Bench {
    let bench = cut();
    for answer in [Some(EnquiryAnswer::Declined(DeclineReason::BedsFull)), None] {
        let hospitals = vec![bench.first_hospital()];
        bench.command(Command::Enquire { hospitals, by_telephone: true, override_reason: None });
        let state = bench.state();
        let open = |c: &CaseState| c.view.enquiries.iter().find(|(_, e)| e.answer.is_none()).map(|(id, _)| *id);
        if let (Some(enquiry), Some(answer)) = (state.case().and_then(open), answer) {
            bench.command(Command::TelephoneAnswer { enquiry, answer });
        }
    }
    bench
}

fn on_the_way() -> Bench {
    let bench = cut();
    let hospitals = vec![bench.first_hospital()];
    bench.command(Command::Enquire { hospitals, by_telephone: true, override_reason: None });
    let enquiry = bench.first_enquiry();
    bench.command(Command::TelephoneAnswer { enquiry, answer: EnquiryAnswer::Accepted });
    bench.command(Command::Stamp(Stage::LeftScene));
    bench.pass_seconds(150);
    bench
}

fn queued(emergency: bool) -> Bench {
    let bench = ready();
    bench.link_down();
    bench.card();
    if emergency {
        bench.command(Command::FaceMatches);
        bench.command(Command::ConsentNotObtainable(NotObtainableReason::ALL[0]));
    } else {
        bench.consent();
    }
    bench.pass_seconds(65);
    bench
}

fn stuck() -> Bench {
    let bench = cut();
    let log = own_log(&bench);
    bench.link_up();
    bench.input(Input::LogReply(LogReply::Quarantined { log, seq: 3, reason: QuarantineReason::NOT_ALLOWED }));
    bench.input(Input::LogReply(LogReply::Quarantined { log, seq: 4, reason: QuarantineReason(77) }));
    bench
}

fn own_log(bench: &Bench) -> LogId {
    *bench.state().case().expect("a case").view.tablets.keys().next().expect("this tablet")
}

fn full_disk() -> Bench {
    let bench = cut();
    bench.break_disk(Some(true));
    bench.command(Command::Stamp(Stage::LeftScene));
    bench
}

fn failing_disk() -> Bench {
    let bench = ready();
    bench.break_disk(Some(false));
    bench.command(Command::Stamp(Stage::LeftScene));
    bench
}

fn never_heard() -> Bench {
    let bench = Bench::new();
    bench.on_scene();
    bench.pass_seconds(90_000);
    bench
}

/// Connected, and an answer is overdue.
fn late() -> Bench {
    let bench = ready();
    bench.link_up();
    bench.input(Input::Link(LinkInput::Late(true)));
    bench
}

fn situations() -> Vec<(&'static str, Bench)> {
    let kept_out = cut();
    kept_out.input(Input::Link(LinkInput::Refused(RefusalCode::REVOKED)));
    let days = cut();
    days.pass_seconds(3 * 86_400);
    let stopped = cut();
    stopped.stop();
    let second = cut();
    second.command(Command::OpenCase);
    vec![
        ("cut", cut()),
        ("asked by phone", asked_by_phone()),
        ("on the way", on_the_way()),
        ("queued", queued(false)),
        ("queued without consent", queued(true)),
        ("stuck", stuck()),
        ("disk full", full_disk()),
        ("disk failing", failing_disk()),
        ("never heard", never_heard()),
        ("kept out", kept_out),
        ("three days", days),
        ("stopped", stopped),
        ("second patient", second),
        ("late", late()),
    ]
}

const PAGES: [Page; 12] = [
    Page::Assess,
    Page::Card,
    Page::History,
    Page::Hospitals,
    Page::Override,
    Page::Enquiry,
    Page::Transport,
    Page::Handover,
    Page::WorksNow,
    Page::List(List::Tablet),
    Page::List(List::Patients),
    Page::List(List::Excluded),
];

fn open(bench: &Bench) -> Harness<'static, Shown> {
    let mut harness = harness(bench.app());
    let nav = &mut harness.state_mut().app.nav;
    nav.scripted = true;
    nav.locked = None;
    harness.run_steps(2);
    harness
}

fn at(harness: &mut Harness<'_, Shown>, page: Page) -> String {
    harness.state_mut().app.nav.go(page);
    harness.run_steps(2);
    words(harness)
}

#[test]
fn every_page_keeps_the_designs_rules_without_radio_and_with_a_broken_disk() {
    let looks = [
        Display { theme: ThemeName::Day, lang: Lang::Ja, hand: Hand::Right },
        Display { theme: ThemeName::Night, lang: Lang::En, hand: Hand::Left },
        Display { theme: ThemeName::Sunlight, lang: Lang::Ja, hand: Hand::Left },
    ];
    let mut problems = Vec::new();
    for (name, bench) in situations() {
        let mut harness = open(&bench);
        // The third theme moves nothing: one situation shows its contrasts.
        for display in looks.into_iter().take(if name == "three days" { 3 } else { 2 }) {
            harness.state_mut().app.nav.display = display;
            for page in PAGES {
                harness.state_mut().app.nav.go(page);
                harness.step();
                let what = format!("{name}, {page:?}, {:?}", display.lang);
                check_targets(&what, &harness.state().ledger, &mut problems);
                check_words(&what, &harness.state().ledger, &mut problems);
            }
            harness.state_mut().app.nav.lock(bench.now());
            harness.step();
            check_targets(&format!("{name}, locked"), &harness.state().ledger, &mut problems);
            check_words(&format!("{name}, locked"), &harness.state().ledger, &mut problems);
            harness.state_mut().app.nav.locked = None;
        }
    }
    // What a record says is as long as it is: its own page holds it in full.
    let of_the_record = ["森川", "緑川医院", "グラルギン", "calcium antagonist"];
    problems.retain(|p| !of_the_record.iter().any(|word| p.contains(word)));
    problems.sort();
    problems.dedup();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_banner_says_on_every_page_how_old_how_many_and_since_when() {
    let bench = cut();
    let mut harness = open(&bench);
    for page in
        [Page::Assess, Page::Card, Page::History, Page::Hospitals, Page::Enquiry, Page::Transport, Page::Handover]
    {
        let shown = at(&mut harness, page);
        let waiting = bench.state().outbox.waiting;
        assert!(waiting >= 4 && shown.contains("圏外 6分10秒"), "{page:?}: {shown}");
        assert!(shown.contains(&format!("未送信 {waiting}件(")) && shown.contains("から)"), "{page:?}: {shown}");
    }
    assert!(at(&mut harness, Page::History).contains("これは 6分前の記録"));
    assert!(at(&mut harness, Page::Hospitals).contains("空床は 6分前まで"));
    bench.pass_seconds(10);
    assert!(at(&mut harness, Page::Assess).contains("圏外 6分20秒"), "the age goes on counting");
    bench.link_up();
    assert!(!at(&mut harness, Page::Assess).contains("圏外"));
}

#[test]
fn nothing_unsent_is_said_only_when_the_server_has_everything() {
    let bench = ready();
    let mut harness = open(&bench);
    assert!(at(&mut harness, Page::Assess).contains("未送信 0"));
    bench.hold_writes(true);
    bench.command(Command::Stamp(Stage::InVehicle));
    assert!(!at(&mut harness, Page::Assess).contains("未送信 0"), "on its way to the disk");
    bench.hold_writes(false);
    assert!(at(&mut harness, Page::Assess).contains("未送信 0"));
}

#[test]
fn a_full_disk_is_an_alarm_until_a_write_succeeds() {
    let bench = full_disk();
    let mut harness = open(&bench);
    assert_eq!(bench.state().faults, [Fault::DiskFull]);
    assert!(bench.state().case().expect("a case").view.stage(Stage::LeftScene).is_none(), "not kept, so not shown");
    for page in [Page::Assess, Page::History, Page::WorksNow, Page::Handover] {
        assert!(at(&mut harness, page).contains("記録できません ― 端末の空きがありません"), "{page:?}");
    }
    harness.state_mut().app.nav.lock(bench.now());
    harness.run_steps(2);
    assert!(words(&harness).contains("記録できません"), "stamps work locked, so the alarm stands there too");
    harness.state_mut().app.nav.locked = None;
    bench.pass_seconds(11);
    assert!(at(&mut harness, Page::Assess).contains("記録できません"), "tried again, still full");
    bench.break_disk(None);
    bench.pass_seconds(11);
    assert!(bench.state().faults.is_empty());
    assert!(!at(&mut harness, Page::Assess).contains("記録できません"), "ends by itself");
}

#[test]
fn a_stuck_entry_is_shown_with_which_and_why() {
    let bench = stuck();
    let mut harness = open(&bench);
    assert!(at(&mut harness, Page::Assess).contains("送れない 2"));
    let shown = at(&mut harness, Page::WorksNow);
    assert!(shown.contains("送れない記録 2件"), "{shown}");
    press(&mut harness, "端末の状態 送れない 2件");
    let shown = words(&harness);
    assert!(shown.contains("この隊には許されていません") && shown.contains("理由 77"), "{shown}");
    assert!(shown.contains("傷病者 1 の段階") && shown.contains("ここに残ります"), "{shown}");
}

#[test]
fn what_the_outbox_cannot_read_stands_until_it_was_seen() {
    let bench = cut();
    let mut harness = open(&bench);
    bench.damage();
    let shown = at(&mut harness, Page::Assess);
    assert!(shown.contains("読めない所が 1か所"), "{shown}");
    at(&mut harness, Page::List(List::Tablet));
    press(&mut harness, "確かめた 知らせを消します");
    let shown = at(&mut harness, Page::Assess);
    assert!(!shown.contains("読めない所が") && shown.contains("圏外"), "{shown}");
    let shown = at(&mut harness, Page::List(List::Tablet));
    assert!(shown.contains("読めない記録がありました"), "it stays on its page: {shown}");
}

#[test]
fn a_record_that_was_taken_over_is_told_with_its_numbers_until_it_was_seen() {
    let log = LogId::from_bytes([7; 16]);
    let gaps = vec![Gap { log, from: 12, through: Some(15) }, Gap { log, from: 40, through: None }];
    let recovered =
        Recovered { kept: "outbox.damaged-20261128T123128Z.sqlite".into(), entries: 412, gaps, logs_may_miss: true };
    let bench = Bench::on(Restored { recovered: Some(recovered), ..Restored::default() });
    bench.on_scene();
    let mut harness = open(&bench);
    for page in [Page::Assess, Page::Hospitals] {
        let shown = at(&mut harness, page);
        assert!(shown.contains("412件を引きつぎ、欠け 2か所") && shown.contains("未送信"), "{page:?}: {shown}");
    }
    let shown = at(&mut harness, Page::List(List::Tablet));
    let mut problems = Vec::new();
    check_words("taken over", &harness.state().ledger, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    assert!(shown.contains("outbox.damaged-20261128T123128Z.sqlite"), "the damaged file is kept: {shown}");
    assert!(shown.contains("12–15") && shown.contains("40–"), "gaps by log and seq: {shown}");
    press(&mut harness, "確かめた 知らせを消します");
    assert!(bench.state().recovered.is_none());
    assert!(at(&mut harness, Page::Assess).contains("圏外"), "the age banner has its place again");
}

#[test]
fn a_feed_that_leaves_cases_out_says_so() {
    let bench = Bench::on(Restored::default());
    bench.on_scene();
    let mut harness = open(&bench);
    assert!(!at(&mut harness, Page::List(List::Tablet)).contains("古い事案は届いていません"));
    bench.input(Input::Feed(vec![FeedItem::CaughtUp { at: bench.now().utc, left_out: true }]));
    let shown = at(&mut harness, Page::List(List::Tablet));
    assert!(shown.contains("古い事案は届いていません"), "{shown}");
    let mut problems = Vec::new();
    check_words("left out", &harness.state().ledger, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn every_trouble_of_the_link_has_its_words_in_both_languages() {
    let bench = Bench::on(Restored::default());
    bench.on_scene();
    let mut harness = open(&bench);
    for lang in Lang::ALL {
        harness.state_mut().app.nav.display.lang = lang;
        let mut told = BTreeSet::new();
        for why in LinkTrouble::ALL {
            bench.input(Input::Link(LinkInput::Down { why }));
            for page in [Page::WorksNow, Page::List(List::Tablet)] {
                let shown = at(&mut harness, page);
                let mut problems = Vec::new();
                check_words("why there is no link", &harness.state().ledger, &mut problems);
                assert!(problems.is_empty(), "{lang:?} {why:?}: {problems:?}");
                told.insert(shown);
            }
        }
        assert_eq!(told.len(), 2 * LinkTrouble::ALL.len(), "{lang:?}: each says something else");
    }
}

#[test]
fn times_of_a_clock_that_was_never_compared_carry_a_sign() {
    let bench = never_heard();
    let mut harness = open(&bench);
    let shown = at(&mut harness, Page::Assess);
    assert!(shown.contains("傷病者接触 ±"), "{shown}");
    assert!(at(&mut harness, Page::WorksNow).contains("使える ±"));
    assert!(at(&mut harness, Page::List(List::Tablet)).contains("時計のずれ ― 不明"));
    bench.link_up();
    let shown = at(&mut harness, Page::Assess);
    assert!(shown.contains("傷病者接触 ±"), "what was stamped then stays uncertain: {shown}");
    assert!(at(&mut harness, Page::List(List::Tablet)).contains("時計 0.0秒"));
}

#[test]
fn a_clock_that_is_off_is_said() {
    let bench = Bench::new();
    bench.link_up_with_clock(-3_200_000);
    let mut harness = open(&bench);
    let shown = at(&mut harness, Page::List(List::Tablet));
    assert!(shown.contains("時計 3.2秒 進み"), "{shown}");
    assert!(at(&mut harness, Page::WorksNow).contains("時計にずれ"));
}

#[test]
fn without_radio_asking_is_a_telephone_call() {
    let bench = cut();
    let mut harness = open(&bench);
    let shown = at(&mut harness, Page::Hospitals);
    assert!(shown.contains("電波が要ります"), "asking together is blocked: {shown}");
    let name = harness.state().ledger.targets.iter().find(|t| t.name.ends_with("電話で照会")).expect("a primary");
    let name = name.name.clone();
    press(&mut harness, &name);
    let state = bench.state();
    let enquiry = state.case().expect("a case").view.enquiries.values().next().expect("noted").clone();
    assert!(enquiry.by_telephone);
    let shown = words(&harness);
    assert!(shown.contains("電話での照会 1件") && shown.contains("次へ電話"), "{shown}");
    let answer = harness.state().ledger.targets.iter().find(|t| t.name.ends_with("返事")).expect("a tap").name.clone();
    press(&mut harness, &answer);
    press(&mut harness, "受入可");
    let shown = words(&harness);
    assert!(shown.contains("搬送先に決定"), "{shown}");
}

#[test]
fn a_look_up_without_radio_is_queued_and_says_so() {
    let bench = ready();
    bench.link_down();
    let mut harness = open(&bench);
    bench.card();
    harness.run_steps(3);
    press(&mut harness, "一致する");
    press(&mut harness, "同意あり すべての項目");
    let shown = words(&harness);
    assert!(shown.contains("照会を送れません") && shown.contains("待たずに進む"), "{shown}");
    assert!(shown.contains("待ち"), "the rail says it: {shown}");
    press(&mut harness, "照会を取り消す");
    assert!(bench.state().case().expect("a case").view.consent().is_none());
}

#[test]
fn a_look_up_without_consent_waits_ten_minutes_and_says_why_it_ended() {
    let bench = queued(true);
    let mut harness = open(&bench);
    assert!(at(&mut harness, Page::Card).contains("同意なしの照会は"));
    bench.pass_seconds(540);
    let state = bench.state();
    let history = &state.case().expect("a case").history;
    assert!(matches!(history, HistoryState::Failed { error, .. } if error.code == "emergency-waited-too-long"));
    let shown = at(&mut harness, Page::History);
    assert!(shown.contains("10分送れなかったため"), "{shown}");
}

#[test]
fn a_stopped_program_is_an_alarm() {
    let bench = ready();
    let mut harness = open(&bench);
    assert!(!words(&harness).contains("止まりました"));
    bench.stop();
    assert!(at(&mut harness, Page::Assess).contains("この端末のプログラムが止まりました"));
}

/// The next frame that a still screen asks for.
fn next_frame(harness: &mut Harness<'_, Shown>) -> Duration {
    harness.run_steps(4);
    harness.output().viewport_output.values().map(|v| v.repaint_delay).min().expect("a window")
}

#[test]
fn a_still_screen_draws_nothing_between_two_steps_of_its_ages() {
    let bench = cut();
    let mut harness = open(&bench);
    harness.state_mut().app.nav.go(Page::Assess);
    bench.pass_seconds(1);
    let delay = next_frame(&mut harness);
    // 6 min 13 s after the cut: the banner moves on at 6 min 20 s, no age before it.
    assert!(delay > Duration::from_secs(5) && delay <= Duration::from_secs(7), "{delay:?}");
    let bench = ready();
    let mut harness = open(&bench);
    let delay = next_frame(&mut harness);
    assert!(delay > Duration::from_secs(20), "on line only minutes move: {delay:?}");
}

#[test]
fn a_link_that_falls_silent_is_not_called_good() {
    let bench = late();
    let mut harness = open(&bench);
    let shown = at(&mut harness, Page::Assess);
    assert!(shown.contains("通信 返事待ち") && !shown.contains("通信 良"), "{shown}");
    bench.input(Input::Link(LinkInput::Late(false)));
    assert!(at(&mut harness, Page::Assess).contains("通信 良"), "heard after all");
}
