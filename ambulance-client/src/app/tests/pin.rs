//! 暗証番号 as it is pressed: what goes to the card, what the page shows, and where the digits stay never.

use super::bench::Bench;
use super::{Shown, harness, key, keyed, press, words};
use crate::app::{Page, Tablet as _};
use ambulance_core::{CardState, Command};
use card::{Failure, LastTry};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use patient_history::IdentityLevel;

fn count(harness: &Harness<'_, Shown>) -> usize {
    harness.state().app.nav.pin.count()
}

fn at_card(nonces: u8) -> (Bench, Harness<'static, Shown>) {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    if nonces > 0 {
        bench.nonces(nonces);
    }
    bench.card();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "card");
    (bench, harness)
}

/// On the keypad, from the card's own page.
fn on_keypad() -> (Bench, Harness<'static, Shown>) {
    let (bench, mut harness) = at_card(32);
    press(&mut harness, "暗証番号で 確かめる");
    press(&mut harness, "同意あり すべての項目");
    assert_eq!(key(&harness), "pin");
    (bench, harness)
}

#[test]
fn four_digits_and_one_press_let_the_card_sign_and_the_digits_are_gone() {
    let (bench, mut harness) = on_keypad();
    assert_eq!(count(&harness), 0, "nothing is filled in");
    keyed(&mut harness, "123");
    assert!(words(&harness).contains("あと 1桁で押せます"));
    press(&mut harness, "確かめる あと 1桁で押せます");
    assert!(bench.signings().is_empty(), "a digit is missing");
    keyed(&mut harness, "4");
    let shown = words(&harness);
    assert!(shown.contains("4桁まで入力") && !shown.contains("1234"), "{shown}");
    press(&mut harness, "確かめる");
    assert_eq!(count(&harness), 0, "the digits went with the press");
    press(&mut harness, "確かめています 動かさないでください");
    assert_eq!(bench.signings(), [LastTry::Unconfirmed], "one press, once");
    bench.signed(Ok(vec![7; 256]));
    harness.run_steps(3);
    assert_eq!(key(&harness), "history_waiting", "the look-up is under way");
    let state = crate::app::Tablet::state(&bench);
    let card = &state.case().expect("a case").card;
    assert!(matches!(card, CardState::Done(summary) if summary.level == IdentityLevel::Signed));
}

#[test]
fn a_wrong_pin_shows_the_tries_left_and_the_last_one_takes_a_press_of_its_own() {
    let (bench, mut harness) = on_keypad();
    keyed(&mut harness, "9999");
    press(&mut harness, "確かめる");
    bench.signed(Err(Failure::PinWrong { left: 2 }));
    harness.run_steps(3);
    assert!(words(&harness).contains("残り 2回"), "{}", words(&harness));
    keyed(&mut harness, "9998");
    press(&mut harness, "確かめる");
    bench.signed(Err(Failure::PinWrong { left: 1 }));
    harness.run_steps(3);
    assert!(words(&harness).contains("残り 1回"));
    keyed(&mut harness, "1234");
    press(&mut harness, "最後の照合 違うとロックされます");
    assert_eq!(bench.signings(), [LastTry::Unconfirmed, LastTry::Unconfirmed, LastTry::Confirmed]);
    bench.signed(Err(Failure::PinBlocked));
    harness.run_steps(3);
    assert!(harness.query_by_label("1").is_none(), "there is nothing to key any more");
    press(&mut harness, "目視にする 顔を見比べます");
    assert_eq!(key(&harness), "card");
    assert!(words(&harness).contains("同意あり"), "it stands");
    press(&mut harness, "一致する");
    assert!(bench.recorded("lookup_asked"), "the consent is not asked again");
}

#[test]
fn the_pin_costs_the_ordinary_way_no_press() {
    let (bench, mut harness) = at_card(32);
    press(&mut harness, "一致する");
    press(&mut harness, "同意あり すべての項目");
    assert!(bench.recorded("lookup_asked") && bench.signings().is_empty());
}

#[test]
fn a_department_that_has_not_switched_it_on_offers_no_press_for_it() {
    let bench = Bench::new();
    bench.link_up_without_pin();
    bench.sign_in();
    bench.on_scene();
    bench.card();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "card");
    let targets = &harness.state().ledger.targets;
    assert!(targets.iter().all(|target| !target.name.contains("暗証番号")), "{targets:?}");
    bench.command(Command::ByPin);
    assert!(matches!(bench.state().case().expect("a case").card, CardState::Face(_)), "and none is asked for");
}

#[test]
fn without_a_nonce_the_card_page_says_why_it_offers_no_pin() {
    let (bench, mut harness) = at_card(0);
    press(&mut harness, "暗証番号 通信がつながると使えます");
    let state = crate::app::Tablet::state(&bench);
    assert!(matches!(state.case().expect("a case").card, CardState::Face(_)));
    press(&mut harness, "一致する");
    assert_eq!(key(&harness), "card");
}

/// A way off the keypad.
type Leave = fn(&Bench, &mut Harness<'static, Shown>);

#[test]
fn the_digits_go_with_the_page_the_lock_and_the_card() {
    let leave: [(&str, Leave); 5] = [
        ("by eye", |_, h| press(h, "目視にする 顔を見比べます")),
        ("another part", |_, h| h.state_mut().app.nav.go(Page::Hospitals)),
        ("locked", |b, h| {
            let now = crate::app::Tablet::now(b);
            h.state_mut().app.nav.lock(now);
        }),
        ("another card", |b, _| {
            b.pass_seconds(1);
            b.card();
        }),
        ("withdrawn", |b, _| b.command(Command::WithdrawConsent)),
    ];
    for (what, leave) in leave {
        let (bench, mut harness) = on_keypad();
        keyed(&mut harness, "123");
        assert_eq!(count(&harness), 3);
        leave(&bench, &mut harness);
        harness.run_steps(3);
        assert_eq!(count(&harness), 0, "{what}");
    }
}

#[test]
fn debug_shows_no_digits() {
    let (_bench, mut harness) = on_keypad();
    keyed(&mut harness, "7391");
    let keypad = format!("{:?}", harness.state().app.shown().1);
    assert!(keypad.contains("entered: 4") && !keypad.contains("7391"), "{keypad}");
}
