//! The staff password as the crew keys it, where the department requires it.

use super::bench::{Bench, full_record};
use super::{Shown, harness, key, keyed, press, words};
use crate::app::Page;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

fn at_face(bench: &Bench) -> Harness<'static, Shown> {
    bench.link_up_with_staff_password();
    bench.sign_in();
    bench.on_scene();
    bench.card();
    let mut harness = harness(bench.app());
    harness.run_steps(3);
    assert_eq!(key(&harness), "card");
    harness
}

#[test]
fn four_digits_stand_between_the_face_and_the_consent_where_they_are_required() {
    let bench = Bench::new();
    let mut harness = at_face(&bench);
    press(&mut harness, "一致する");
    assert_eq!(key(&harness), "staff_password");
    keyed(&mut harness, "123");
    press(&mut harness, "一致する あと 1桁で押せます");
    assert_eq!(key(&harness), "staff_password", "a digit is missing");
    assert!(!words(&harness).contains("123") && words(&harness).contains("●●●○"), "never drawn");
    keyed(&mut harness, "4");
    press(&mut harness, "一致する 4桁が合えば照会できます");
    assert_eq!((key(&harness), harness.state().app.nav.staff_password.count()), ("card", 0));
    press(&mut harness, "同意あり すべての項目");
    assert_eq!(bench.staff_password(None), "1234");
    bench.history(full_record());
    harness.run_steps(3);
    assert_eq!(key(&harness), "history");
}

#[test]
fn a_wrong_one_is_keyed_again_and_the_crew_may_go_on_without() {
    let bench = Bench::new();
    let mut harness = at_face(&bench);
    press(&mut harness, "一致する");
    keyed(&mut harness, "0000");
    press(&mut harness, "一致する 4桁が合えば照会できます");
    press(&mut harness, "同意あり すべての項目");
    assert_eq!(bench.staff_password(Some("staff_password_wrong")), "0000");
    harness.run_steps(3);
    assert_eq!(key(&harness), "staff_password", "told by itself");
    assert!(words(&harness).contains("目視確認用パスワードが違います。"), "{}", words(&harness));
    press(&mut harness, "待たずに進む 聞き取りで補う");
    assert_eq!(key(&harness), "on_scene");
    harness.state_mut().app.nav.page = Page::Card;
    harness.run_steps(3);
    keyed(&mut harness, "1234");
    press(&mut harness, "照会する 4桁が合えば照会します");
    assert_eq!(key(&harness), "history_waiting");
    assert_eq!(bench.staff_password(None), "1234");
    bench.history(full_record());
    harness.run_steps(3);
    assert_eq!(key(&harness), "history");
}

#[test]
fn a_locked_one_leaves_no_keys() {
    let bench = Bench::new();
    let mut harness = at_face(&bench);
    press(&mut harness, "一致する");
    keyed(&mut harness, "0000");
    press(&mut harness, "一致する 4桁が合えば照会できます");
    press(&mut harness, "同意あり すべての項目");
    bench.staff_password(Some("staff_password_locked"));
    harness.run_steps(3);
    assert_eq!(key(&harness), "staff_password");
    assert!(harness.query_by_label("1").is_none(), "digits do not help");
}
