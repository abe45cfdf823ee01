//! When a touch counts, and how many it takes.

use egui::{Event, Modifiers, PointerButton, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{Shown, show, show_every};
use crate::canvas::Display;
use crate::frame::ShellAction;
use crate::samples;
use crate::screens::card::CardAction;
use crate::screens::on_scene::OnSceneAction;
use crate::screens::{Action, Screen};
use crate::text::Lang;

pub(super) fn sample(name: &str) -> samples::Sample {
    samples::all(Lang::Ja).into_iter().find(|s| s.name == name).expect("the sample exists")
}

pub(super) fn shown(name: &str) -> Harness<'static, Shown> {
    let mut harness = show(sample(name), Display::default());
    harness.run_steps(4);
    harness
}

fn touch(harness: &Harness<'_, Shown>, at: Pos2, pressed: bool) {
    harness.event(Event::PointerMoved(at));
    harness.event(Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
}

#[test]
fn card_to_summary_takes_two_presses_on_two_places() {
    let mut harness = shown("03a-card-face");
    let first = harness.get_by_label("一致する").rect();
    harness.get_by_label("一致する").click();
    harness.run();
    assert_eq!(harness.state().pressed, [Action::Card(CardAction::FaceMatches)]);
    if let Screen::Card(vm) = &mut harness.state_mut().sample.screen {
        vm.matched_at = Some("10:29:11".to_owned());
    }
    harness.run();
    let second = harness.get_by_label("同意あり すべての項目").rect();
    assert!(!first.expand(12.0).intersects(second), "a bouncing finger could record a consent");
    harness.get_by_label("同意あり すべての項目").click();
    harness.run();
    assert_eq!(harness.state().pressed.last(), Some(&Action::Card(CardAction::ConsentGiven)));
    assert_eq!(harness.state().pressed.len(), 2);
}

#[test]
fn the_stage_block_is_named_and_stamps() {
    let mut harness = shown("02-onscene");
    harness.get_by_label("次の段階 車内収容を記録").click();
    harness.run();
    assert_eq!(harness.state().pressed, [Action::Shell(ShellAction::StampNext)]);
}

#[test]
fn a_release_counts_within_eight_points_and_not_beyond() {
    for (outside, counts) in [(7.0, true), (9.0, false)] {
        let mut harness = shown("02-onscene");
        let rect = harness.get_by_label("胸痛").rect();
        touch(&harness, rect.center(), true);
        harness.step();
        touch(&harness, rect.center_bottom() + egui::vec2(0.0, outside), false);
        harness.step();
        let expected: &[Action] = &[Action::OnScene(OnSceneAction::ToggleComplaint(2))];
        assert_eq!(harness.state().pressed == expected, counts, "{outside} points outside");
    }
}

#[test]
fn a_long_gloved_press_counts() {
    let mut harness = shown("02-onscene");
    let rect = harness.get_by_label("胸痛").rect();
    touch(&harness, rect.center(), true);
    harness.run_steps(20);
    touch(&harness, rect.center() + egui::vec2(12.0, 5.0), false);
    harness.step();
    assert_eq!(harness.state().pressed.len(), 1);
}

#[test]
fn the_second_press_within_400_ms_is_ignored() {
    let mut harness = show_every(0.02, sample("02-onscene"), Display::default());
    harness.run_steps(20);
    let at = harness.get_by_label("胸痛").rect().center();
    for _ in 0..2 {
        touch(&harness, at, true);
        touch(&harness, at, false);
        harness.step();
    }
    assert_eq!(harness.state().pressed.len(), 1, "at once again");
    harness.run_steps(25);
    touch(&harness, at, true);
    touch(&harness, at, false);
    harness.step();
    assert_eq!(harness.state().pressed.len(), 2, "later again");
}

#[test]
fn a_screen_that_has_just_changed_takes_no_press() {
    let mut harness = shown("02-onscene");
    let at = harness.get_by_label("胸痛").rect().center();
    harness.state_mut().sample = sample("05-hospitals");
    touch(&harness, at, true);
    touch(&harness, at, false);
    harness.step();
    assert!(harness.state().pressed.is_empty(), "{:?}", harness.state().pressed);
}

#[test]
fn the_just_stamped_stage_block_takes_no_press_but_undo_does() {
    let mut harness = shown("02c-stage-undo");
    harness.get_by_label("次の段階 現場出発を記録").click();
    harness.run_steps(5);
    assert!(harness.state().pressed.is_empty());
    harness.get_by_label("取り消す 車内収容 残り8秒").click();
    harness.run_steps(5);
    assert_eq!(harness.state().pressed, [Action::Shell(ShellAction::UndoStamp)]);
}

#[test]
fn names_are_the_designs() {
    let harness = shown("02-onscene");
    for name in ["頭部打撲 選択中", "嘔吐 なし", "けいれん 未確認", "血糖 未測定 入力する", "区分 黄 II 選択中"]
    {
        let _found = harness.get_by_label(name);
    }
    let harness = shown("05-hospitals");
    let _found =
        harness.get_by_label("1位 青波中央病院 見込み29分 移動12 受入6 治療11 混雑2 不足0 継続マイナス2 選択中");
}

#[test]
fn a_still_screen_asks_for_no_frames() {
    for name in ["02-onscene", "04-history", "05-hospitals", "07-transport", "13-display"] {
        let mut harness = shown(name);
        harness.run();
        let delays: Vec<_> = harness.output().viewport_output.values().map(|v| v.repaint_delay).collect();
        assert!(delays.iter().all(|d| *d > std::time::Duration::from_secs(5)), "{name}: {delays:?}");
    }
}

#[test]
fn the_lock_screen_shows_neither_name_nor_history() {
    for name in ["10-lock", "10b-sign-in", "10c-sign-in-no-list"] {
        let mut harness = show(sample(name), Display::default());
        harness.step();
        let words: String = harness.state().ledger.words.iter().map(|w| w.text.clone()).collect();
        for hidden in ["森川", "ワルファリン", "透析", "注意"] {
            assert!(!words.contains(hidden), "{name}: {hidden}");
        }
    }
}

#[test]
fn a_message_is_answered_by_one_press() {
    let mut harness = shown("50-message");
    harness.get_by_label("了解").click();
    harness.run();
    assert_eq!(harness.state().pressed, [Action::Shell(ShellAction::AnswerMessage)]);
}
