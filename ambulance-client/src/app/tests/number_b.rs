//! 照合番号B as the crew presses it.

use super::bench::{Bench, woman_of_1948};
use super::{Shown, harness, key, keyed, press, words};
use crate::app::Page;
use ambulance_core::{CardState, Command};
use card::{Failure, LastTry};
use case::FindingsChange;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use model::{AgeBand, Sex};
use patient_history::IdentityLevel;

/// 昭和55年2月17日, expiry 2035: a card may have it.
const PRINTED: &str = "55021720352285";

/// On the keypad, from the card's own page.
fn on_keypad(bench: &Bench) -> Harness<'static, Shown> {
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    bench.card();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "card");
    press(&mut harness, "照合番号Bで 顔写真を開く");
    assert_eq!(key(&harness), "number_b");
    harness
}

fn count(harness: &Harness<'_, Shown>) -> usize {
    harness.state().app.nav.number.count()
}

#[test]
fn fourteen_digits_and_one_press_open_the_photo_beside_the_person() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    keyed(&mut harness, &PRINTED[..13]);
    assert!(words(&harness).contains("あと 1桁で押せます"));
    press(&mut harness, "開く あと 1桁で押せます");
    assert!(bench.presented().is_empty(), "a digit is missing");
    keyed(&mut harness, &PRINTED[13..]);
    press(&mut harness, "開く");
    press(&mut harness, "開いています 動かさないでください");
    assert_eq!(bench.presented(), [LastTry::Unconfirmed], "one press, once");
    bench.face(Ok(woman_of_1948(true)));
    harness.run_steps(3);
    assert_eq!((key(&harness), count(&harness)), ("card_photo", 0), "the digits are gone");
    let shown = words(&harness);
    assert!(shown.contains("78歳") && shown.contains("1948年3月8日") && shown.contains('女'), "{shown}");
    press(&mut harness, "一致する");
    assert_eq!(key(&harness), "card");
    let state = crate::app::Tablet::state(&bench);
    let card = &state.case().expect("a case").card;
    assert!(matches!(card, CardState::Consent(summary) if summary.level == IdentityLevel::VisualB));
    assert!(!words(&harness).contains("78歳"));
}

/// Whether the last frame drew a picture: anything with another texture than that of the words.
fn draws_photo(harness: &Harness<'_, Shown>) -> bool {
    harness.output().shapes.iter().any(|clipped| clipped.shape.texture_id() != egui::TextureId::default())
}

#[test]
fn the_texture_of_the_photo_goes_with_the_page() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    let textures = |harness: &Harness<'_, Shown>| harness.ctx.tex_manager().read().num_allocated();
    let before = textures(&harness);
    bench.number_b(Ok(woman_of_1948(true)));
    harness.run_steps(3);
    assert_eq!(key(&harness), "card_photo");
    let uploaded = draws_photo(&harness);
    assert!(uploaded, "the photo is drawn");
    assert_eq!(textures(&harness), before, "no texture outlives its frame");
    bench.command(Command::LockOut);
    harness.run_steps(3);
    let uploaded = draws_photo(&harness);
    assert!(!uploaded, "the photo is gone");
}

#[test]
fn a_number_that_cannot_be_right_costs_no_try() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    keyed(&mut harness, "55131720352285");
    assert!(words(&harness).contains("生まれ月（2桁）を確かめてください。"), "{}", words(&harness));
    press(&mut harness, "開く 番号を直すと押せます");
    assert!(bench.presented().is_empty());
}

#[test]
fn a_wrong_number_is_not_sent_again_unchanged() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    keyed(&mut harness, PRINTED);
    press(&mut harness, "開く");
    bench.face(Err(Failure::NumberBWrong { left: 9 }));
    harness.run_steps(3);
    assert!(words(&harness).contains("残り 9回"), "{}", words(&harness));
    press(&mut harness, "開く 番号を直すと押せます");
    assert_eq!(bench.presented().len(), 1);
    press(&mut harness, "1字消す");
    keyed(&mut harness, "6");
    press(&mut harness, "開く");
    assert_eq!(bench.presented().len(), 2);
}

#[test]
fn the_last_try_takes_a_press_of_its_own_and_a_blocked_number_leads_back_to_the_eye() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    keyed(&mut harness, PRINTED);
    press(&mut harness, "開く");
    bench.face(Err(Failure::LastTry));
    harness.run_steps(3);
    assert!(words(&harness).contains("残り 1回"));
    press(&mut harness, "残り1回で開く 違うとロックされます");
    assert_eq!(bench.presented(), [LastTry::Unconfirmed, LastTry::Confirmed]);
    bench.face(Err(Failure::NumberBBlocked));
    harness.run_steps(3);
    assert!(harness.query_by_label("1").is_none(), "there is nothing to key any more");
    press(&mut harness, "もどる 目視の画面へ");
    assert_eq!(key(&harness), "card");
    press(&mut harness, "一致する");
    let state = crate::app::Tablet::state(&bench);
    let card = &state.case().expect("a case").card;
    assert!(matches!(card, CardState::Consent(summary) if summary.level == IdentityLevel::Visual));
}

fn contradicting() -> (Bench, Harness<'static, Shown>) {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    bench.command(Command::Observe(FindingsChange::Sex(Some(Sex::Male))));
    bench.command(Command::Observe(FindingsChange::AgeBand(Some(AgeBand(3)))));
    keyed(&mut harness, PRINTED);
    press(&mut harness, "開く");
    harness.state_mut().app.nav.go(Page::Hospitals);
    bench.face(Ok(woman_of_1948(true)));
    harness.run_steps(3);
    (bench, harness)
}

#[test]
fn a_contradiction_comes_by_itself_and_waits_for_the_crew() {
    let (bench, mut harness) = contradicting();
    assert_eq!(key(&harness), "mismatch");
    let shown = words(&harness);
    assert!(shown.contains("78歳") && shown.contains("30代") && shown.contains("まだ何も照会していません"), "{shown}");
    assert!(!bench.recorded("identity_judged"));
    press(&mut harness, "写真と見比べる");
    assert_eq!(key(&harness), "card_photo");
    assert!(words(&harness).contains("年齢：カードは78歳、観察は30代"));
    press(&mut harness, "一致しない");
    assert_eq!(key(&harness), "mismatch");
    assert!(bench.recorded("identity_judged") && !bench.recorded("lookup_asked"));
}

#[test]
fn a_card_given_back_was_another_person_s() {
    let (bench, mut harness) = contradicting();
    press(&mut harness, "カードを返した");
    let state = crate::app::Tablet::state(&bench);
    assert!(matches!(state.case().expect("a case").card, CardState::Mismatch));
    assert_eq!(key(&harness), "on_scene");
}

/// A way off the keypad.
type Leave = fn(&Bench, &mut Harness<'static, Shown>);

#[test]
fn the_digits_go_with_the_page_the_lock_and_the_card() {
    let leave: [(&str, Leave); 4] = [
        ("back", |_, h| press(h, "もどる 目視の画面へ")),
        ("another part", |_, h| h.state_mut().app.nav.go(Page::Hospitals)),
        ("locked", |b, h| {
            let now = crate::app::Tablet::now(b);
            h.state_mut().app.nav.lock(now);
        }),
        ("another card", |b, _| {
            b.pass_seconds(1);
            b.card();
        }),
    ];
    for (what, leave) in leave {
        let bench = Bench::new();
        let mut harness = on_keypad(&bench);
        keyed(&mut harness, "550217");
        assert_eq!(count(&harness), 6);
        leave(&bench, &mut harness);
        harness.run_steps(3);
        assert_eq!(count(&harness), 0, "{what}");
    }
}

#[test]
fn debug_shows_neither_digits_nor_person() {
    let bench = Bench::new();
    let mut harness = on_keypad(&bench);
    keyed(&mut harness, PRINTED);
    let keypad = format!("{:?}", harness.state().app.shown().1);
    assert!(keypad.contains("14 digits") && !keypad.contains(PRINTED), "{keypad}");
    bench.number_b(Ok(woman_of_1948(true)));
    harness.run_steps(3);
    let photo = format!("{:?}", harness.state().app.shown().1);
    assert!(photo.contains("42 × 54") && !photo.contains("1948") && !photo.contains("78"), "{photo}");
}
