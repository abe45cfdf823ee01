//! What the ranking knows, on the tablet: whom to ask at once, when to turn to the last resort, why not another hospital.

use super::bench::Bench;
use super::{Shown, harness, key, press, words};
use crate::app::Tablet as _;
use crate::app::navigation::{List, Page};
use crate::canvas::Kind;
use ambulance_core::Command;
use case::{DeclineReason, EnquiryAnswer, OverrideReason};
use egui_kittest::Harness;
use hospital_selection::{HospitalTable, LastResort, Ranking, Together};
use model::{DecisionId, HospitalId};
use travel_time::Tenths;

fn on_scene() -> Bench {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    bench
}

fn list(bench: &Bench) -> Ranking {
    let state = bench.state();
    Ranking::clone(&state.case().and_then(|c| c.suggestion.as_ref()).expect("a list").ranking)
}

/// The server's list is this tablet's with something changed. An answer to a question that was asked before the last change
/// is dropped, and asked again.
fn decided(bench: &Bench, change: impl Fn(&mut Ranking)) {
    for _ in 0..2 {
        bench.pass_seconds(1);
        let mut ranking = list(bench);
        change(&mut ranking);
        bench.answer_where(DecisionId::from_bytes([9; 16]), ranking);
    }
    let state = bench.state();
    assert!(state.case().and_then(|c| c.suggestion.as_ref()).is_some_and(|list| list.by_server));
}

fn open(bench: &Bench, page: Page) -> Harness<'static, Shown> {
    let mut harness = harness(bench.app());
    harness.run_steps(2);
    harness.state_mut().app.nav.go(page);
    harness.run_steps(3);
    harness
}

fn named(harness: &Harness<'_, Shown>, part: &str) -> String {
    let mut targets = harness.state().ledger.targets.iter();
    let found = targets.find(|t| t.name.contains(part));
    found.unwrap_or_else(|| panic!("no {part}: {:?}", harness.state().ledger.targets)).name.clone()
}

fn press_part(harness: &mut Harness<'_, Shown>, part: &str) {
    let name = named(harness, part);
    press(harness, &name);
}

fn primary(harness: &Harness<'_, Shown>) -> String {
    let target = harness.state().ledger.targets.iter().find(|t| t.kind == Kind::Primary);
    target.expect("a primary").name.clone()
}

/// Whom the case has asked, and the reason of each.
fn asked(bench: &Bench) -> Vec<(HospitalId, Option<OverrideReason>)> {
    let state = bench.state();
    let mut asked: Vec<_> = state.case().expect("a case").view.enquiries.values().collect();
    asked.sort_by_key(|e| e.hospital);
    asked.into_iter().map(|e| (e.hospital, e.override_reason)).collect()
}

#[test]
fn those_that_are_proposed_to_be_asked_at_once_are_chosen_by_one_press_and_asked_by_the_next() {
    let bench = on_scene();
    let two: Vec<HospitalId> = list(&bench).candidates.iter().take(2).map(|c| c.hospital).collect();
    let hospitals = two.clone();
    decided(&bench, |r| {
        r.together = Some(Together { hospitals: hospitals.clone(), minutes: Tenths(253), one_by_one: Tenths(294) });
    });
    let mut harness = open(&bench, Page::Hospitals);
    press_part(&mut harness, "一斉に照会 おすすめ 2か所 見込み 25分(順に 29分)");
    assert!(asked(&bench).is_empty(), "they are only chosen");
    let chosen = harness.state().ledger.targets.iter().filter(|t| t.name.ends_with("継続0 選択中")).count();
    assert_eq!(chosen, 2);
    assert!(primary(&harness).contains("ほか 1か所"), "{}", primary(&harness));
    press_part(&mut harness, "1か所ずつにもどす");
    assert!(!primary(&harness).contains("ほか"), "a second press takes it back");
    press_part(&mut harness, "一斉に照会");
    let send = primary(&harness);
    press(&mut harness, &send);
    let mut expected = two;
    expected.sort();
    assert_eq!(asked(&bench).into_iter().map(|(id, _)| id).collect::<Vec<_>>(), expected);
    assert_eq!(key(&harness), "enquiry");
}

#[test]
fn the_list_says_after_how_many_refusals_the_last_resort_is_turned_to() {
    let bench = on_scene();
    decided(&bench, |r| r.escalate_after = Some(7));
    let last = list(&bench).fallback.expect("a last resort");
    let harness = open(&bench, Page::Hospitals);
    let shown = words(&harness);
    let name = HospitalTable::embedded().get(last.hospital).expect("on the table").short_name();
    assert!(shown.contains("不可 7件で最終受入") && shown.contains(name), "{shown}");
}

#[test]
fn when_its_time_has_come_the_last_resort_is_the_next_thing_to_do() {
    let bench = on_scene();
    // The first of the list is the last resort itself.
    let second = list(&bench).candidates.get(1).expect("ten are listed").hospital;
    bench.command(Command::Enquire { hospitals: vec![second], by_telephone: false, override_reason: None });
    let last_resort =
        LastResort { due: true, refusals: 4, minutes: 25, coordinator: Some("県の調整窓口".into()) };
    decided(&bench, |r| r.last_resort = Some(last_resort.clone()));
    let last = list(&bench).fallback.expect("a last resort").hospital;
    let mut harness = open(&bench, Page::Enquiry);
    let shown = words(&harness);
    assert!(
        shown.contains("最終受入を頼む時期です") && shown.contains("不応需 4件 ・ 25分 ・ 調整 県の調整窓口"),
        "{shown}"
    );
    let primary = primary(&harness);
    assert!(primary.contains("最終受入を頼む") && primary.contains("いま頼む時期です"), "{primary}");
    press(&mut harness, &primary);
    assert!(asked(&bench).iter().any(|(id, _)| *id == last));
}

#[test]
fn any_hospital_of_the_register_says_why_it_is_not_the_first_and_is_chosen_with_a_reason() {
    let bench = on_scene();
    let mut harness = open(&bench, Page::Override);
    press_part(&mut harness, "名簿から探す");
    assert_eq!(harness.state().app.nav.page, Page::List(List::Register));
    press_part(&mut harness, "探す 市区町村・名前");
    press_part(&mut harness, "昭島市");
    press_part(&mut harness, "一覧を見る");
    let shown = words(&harness);
    assert!(shown.contains("昭島市") && !shown.contains("立川市"), "{shown}");
    let row = harness.state().ledger.targets.iter().find(|t| t.name.contains("昭島市 約")).expect("a row").name.clone();
    press(&mut harness, &row);
    let Page::List(List::WhyNot(hospital)) = harness.state().app.nav.page else { panic!("{row} opens no reason") };
    let shown = words(&harness);
    assert!(
        shown.contains("でないか") && (shown.contains("分 長い見込み") || shown.contains("候補に含めて")),
        "{shown}"
    );
    press_part(&mut harness, "この病院を選ぶ");
    press_part(&mut harness, "本人・家族の希望");
    let send = primary(&harness);
    press(&mut harness, &send);
    assert_eq!(asked(&bench), [(hospital, Some(OverrideReason::PatientWish))]);
    let state = bench.state();
    let enquiry = state.case().expect("a case").view.enquiries.values().next().expect("asked").clone();
    assert!(enquiry.eta_tenths.is_some_and(|eta| eta > 0), "its drive is timed although it is on no list");
}

#[test]
fn a_name_is_typed_where_there_is_a_keyboard() {
    let bench = on_scene();
    let mut harness = open(&bench, Page::List(List::Register));
    harness.event(egui::Event::Text("災害医療".to_owned()));
    harness.run_steps(3);
    let shown = words(&harness);
    assert!(shown.contains("災害医療センター") && shown.contains("「災害医療」"), "{shown}");
    assert!(harness.state().ledger.targets.iter().filter(|t| t.name.contains("約 ")).count() < 6, "{shown}");
}

#[test]
fn an_excluded_hospital_says_which_rule_excludes_it() {
    let bench = on_scene();
    bench.command(Command::Enquire {
        hospitals: vec![bench.first_hospital()],
        by_telephone: true,
        override_reason: None,
    });
    let answer = EnquiryAnswer::Declined(DeclineReason::BedsFull);
    bench.command(Command::TelephoneAnswer { enquiry: bench.first_enquiry(), answer });
    bench.pass_seconds(1);
    let excluded = list(&bench).excluded.first().cloned().expect("somebody is excluded");
    let mut harness = open(&bench, Page::List(List::Excluded));
    let row = harness.state().ledger.targets.iter().find(|t| t.name.starts_with("1 ")).expect("a row").name.clone();
    press(&mut harness, &row);
    assert_eq!(harness.state().app.nav.page, Page::List(List::WhyNot(excluded.hospital)));
    let shown = words(&harness);
    assert!(shown.contains("候補に含めていません") && shown.contains(excluded.detail.as_str()), "{shown}");
    press_part(&mut harness, "もどる");
    assert_eq!(harness.state().app.nav.page, Page::List(List::Excluded));
}

#[test]
fn a_move_to_a_place_behind_the_fifth_is_on_the_server_s_list_too() {
    assert_eq!(list(&on_scene()).candidates.len(), hospital_selection::params::CREW_CANDIDATES);
}
