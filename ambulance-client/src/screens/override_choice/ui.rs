//! Drawing of ほかの病院を選ぶ.

use egui::Align2;

use super::{OverrideChoiceAction, OverrideChoiceVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{chips, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &OverrideChoiceVm, out: &mut Out<OverrideChoiceAction>) {
    let above = side::foot(c, shell, Foot::Primary(primary(c, shell, vm)), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.another_hospital, &vm.first);
    if !dense {
        panels::heading(c, stack.top(30.0), c.w.hospital, "");
    }
    let rects = grid::cells(stack.top(60.0 * 2.0 + GAP), 2, 60.0, 4);
    for (i, (rect, chip)) in
        rects.iter().zip(vm.hospitals.iter().take(if vm.nowhere.is_some() { 2 } else { 3 })).enumerate()
    {
        out.when(chips::reason(c, *rect, ("hospital", i), chip), OverrideChoiceAction::ChooseHospital(i));
    }
    if let (Some(rect), Some(chip)) = (rects.get(2), &vm.nowhere) {
        out.when(chips::reason(c, *rect, ("nowhere", 0), chip), OverrideChoiceAction::ChooseNowhere);
    }
    if let Some(rect) = rects.get(3) {
        let face = ButtonFace::word(c.w.from_register).left(22.0);
        out.when(Button::new(*rect, ("register", 0), face).show(c), OverrideChoiceAction::SearchRegister);
    }
    panels::heading(c, stack.top(30.0), c.w.reason, "");
    let height = if dense { 60.0 } else { 62.0 };
    let area = stack.top(height * 4.0 + GAP * 3.0);
    out.at(chips::reasons(c, area, height, "reason", &vm.reasons), OverrideChoiceAction::ChooseReason);
    if let Some((title, terms)) = &vm.compare {
        panels::two_lines(c, stack.top(72.0), title, terms);
    }
    c.text(stack.bottom(26.0), Align2::LEFT_CENTER, c.w.override_recorded, Style::note(c.t.ink2));
    let parts = vec![side::word_and_note(92.0, c.w.back, c.w.to_list, OverrideChoiceAction::Back)];
    side::top(c, above, parts, out);
}

fn primary(c: &Canvas<'_>, shell: &ShellVm, vm: &OverrideChoiceVm) -> Primary<OverrideChoiceAction> {
    let face = ButtonFace::default();
    let ask = if vm.changes { c.w.change_destination } else { side::ask_word(c, shell) };
    let (face, look) = match &vm.ask {
        Some((hospital, reason)) => {
            let face = face.line(hospital.clone(), Size::Strong, true).line(ask, Size::Title, true);
            (face.line(c.w.reason_is(reason), Size::Note, true), Look::Primary)
        }
        None => {
            let face = face.line(ask, Size::Title, true);
            (face.line(c.w.choose_both_first, Size::Note, true), Look::Disabled)
        }
    };
    Primary::new("", "", OverrideChoiceAction::SendEnquiry).face(face).look(look).height(172.0)
}
