//! The look-up without a card, as the crew keys it while a disaster period holds.

use super::bench::{Bench, full_record};
use super::{Shown, harness};
use crate::app::Page;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use patient_history::IdentityLevel;
use wire::Question;

fn press(harness: &mut Harness<'_, Shown>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn key(harness: &Harness<'_, Shown>) -> &'static str {
    harness.state().app.shown().1.key()
}

fn words(harness: &Harness<'_, Shown>) -> String {
    harness.state().ledger.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn keyed(harness: &mut Harness<'_, Shown>, keys: &str) {
    for letter in keys.chars() {
        press(harness, &letter.to_string());
    }
}

/// On scene, the card's page is open and there is no card; a period holds for an hour.
fn at_card(bench: &Bench) -> Harness<'static, Shown> {
    bench.link_up_in_disaster(60);
    bench.sign_in();
    bench.on_scene();
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.page = Page::Card;
    harness.run_steps(3);
    assert_eq!(key(&harness), "card");
    harness
}

/// Everything that is asked for, by keys.
fn told(harness: &mut Harness<'_, Shown>) {
    harness.get_by_label_contains("災害時の照会").click();
    harness.run_steps(3);
    assert_eq!(key(harness), "without_card");
    keyed(harness, "タカキ゛");
    press(harness, "空白(姓と名の間)");
    keyed(harness, "ハナ");
    assert!(words(harness).contains("タカギ　ハナ"), "{}", words(harness));
    press(harness, "つぎへ 残りを入れます");
    press(harness, "昭和");
    keyed(harness, "230308");
    press(harness, "女");
    assert!(words(harness).contains("昭和 23年03月08日"), "{}", words(harness));
    press(harness, "つぎへ 残りを入れます");
    press(harness, "訓練県見本市");
    keyed(harness, "12");
    assert!(words(harness).contains("訓練県見本市12"), "{}", words(harness));
    press(harness, "同意をたずねる 本人確認: 4情報");
}

#[test]
fn keys_alone_lead_from_no_card_to_the_consent_and_to_the_summary() {
    let bench = Bench::new();
    let mut harness = at_card(&bench);
    told(&mut harness);
    assert_eq!(key(&harness), "card");
    assert!(words(&harness).contains("カードなしで照会します(災害時)"), "{}", words(&harness));
    assert!(words(&harness).contains("タカギ　ハナ\n1948-03-08 女\n訓練県見本市12"), "{}", words(&harness));
    assert!(harness.query_by_label("一致する").is_none(), "no face is compared with no card");
    assert!(bench.asked().iter().all(|ask| !matches!(ask.question, Question::History(_))), "consent first");
    press(&mut harness, "同意あり すべての項目");
    let asked = bench.asked().into_iter().find_map(|ask| match ask.question {
        Question::History(question) => Some(question.evidence),
        _ => None,
    });
    let evidence = asked.expect("asked");
    assert_eq!((evidence.level, evidence.certificate.len()), (IdentityLevel::FourAttributes, 0));
    let person = evidence.attributes.expect("told");
    assert_eq!((person.kana.as_str(), person.address.as_str()), ("タカギ　ハナ", "訓練県見本市12"));
    assert_eq!(person.birth_date.to_string(), "1948-03-08");
    bench.history(full_record());
    harness.run_steps(3);
    assert_eq!(key(&harness), "history");
    assert!(words(&harness).contains("本人確認 4情報"), "the level is shown: {}", words(&harness));
    harness.state_mut().app.nav.page = Page::Card;
    harness.run_steps(3);
    assert!(words(&harness).contains("4情報"), "the level is shown: {}", words(&harness));
}

#[test]
fn who_is_not_found_is_corrected_without_keying_everything_again() {
    let bench = Bench::new();
    let mut harness = at_card(&bench);
    told(&mut harness);
    press(&mut harness, "同意あり すべての項目");
    bench.refuse_history("not_narrowed", "この氏名・生年月日・性別・住所では、一人に絞れませんでした。");
    harness.run_steps(3);
    assert_eq!(key(&harness), "ladder");
    assert!(words(&harness).contains("一人に絞れませんでした"), "{}", words(&harness));
    press(&mut harness, "照会しなおす 聞いた内容をなおす");
    assert_eq!(key(&harness), "without_card");
    press(&mut harness, "住所 選択中");
    press(&mut harness, "1字消す");
    assert!(words(&harness).contains("訓練県見本市1\n"), "{}", words(&harness));
    press(&mut harness, "同意をたずねる 本人確認: 4情報");
    assert_eq!(key(&harness), "card", "consent is asked for the next look-up as well");
}

#[test]
fn without_a_period_it_is_not_offered_and_it_goes_when_the_period_ends() {
    let plain = Bench::new();
    plain.link_up();
    plain.sign_in();
    plain.on_scene();
    let mut harness = harness(plain.app());
    harness.state_mut().app.nav.page = Page::Card;
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("災害時の照会").is_none());

    let bench = Bench::new();
    let mut during = at_card(&bench);
    during.get_by_label_contains("災害時の照会").click();
    during.run_steps(3);
    assert_eq!(key(&during), "without_card");
    bench.pass_seconds(61 * 60);
    during.state_mut().app.nav.locked = None;
    during.run_steps(3);
    assert_ne!(key(&during), "without_card");
    assert!(during.query_by_label_contains("災害時の照会").is_none());
}
