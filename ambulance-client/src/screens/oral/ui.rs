//! Drawing of 聞き取り.

use egui::{Align2, Rect};

use super::{OralAction, OralVm, QUESTIONS, QuestionVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::side::{self, Foot, Part, Primary};
use crate::widgets::{chips, panels};

const ROW: f32 = 60.0;
const KEYS: [&str; QUESTIONS] = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"];

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &OralVm, out: &mut Out<OralAction>) {
    let primary = Primary::new(c.w.choose_hospital, &vm.best, OralAction::ChooseHospital);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    // With a banner above there is no room for かかりつけ.
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.oral_title, c.w.works_without_radio);
    panels::rule_strip(c, stack.bottom(44.0), c.w.not_asked_rule, c.w.not_asked_note);
    out.at(chips::row(c, stack.top(ROW), "informant", &vm.informants), OralAction::Informant);
    let half = vm.questions.len().div_ceil(2);
    for row in 0..half {
        let columns = grid::columns(stack.top(ROW), 2, 2.0 * GAP);
        for (column, rect) in columns.into_iter().enumerate() {
            let index = column * half + row;
            let pressed = vm.questions.get(index).and_then(|vm| question(c, rect, index, vm));
            out.at(pressed, |answer| OralAction::Answer(index, answer));
        }
    }
    panels::heading(c, stack.top(28.0), c.w.last_meal, "");
    out.at(chips::row(c, stack.top(ROW), "meal", &vm.meals), OralAction::Meal);
    if !dense && !vm.own_hospitals.is_empty() {
        panels::heading(c, stack.top(28.0), c.w.own_hospital, "");
        out.at(chips::row(c, stack.top(ROW), "own hospital", &vm.own_hospitals), OralAction::OwnHospital);
    }
    let mut parts = Vec::new();
    if let Some((title, lines)) = &vm.changed {
        parts.push(Part::Info { title: title.clone(), lines: lines.clone() });
    }
    parts.push(side::word(84.0, c.w.read_medicine_book, OralAction::Notebook));
    parts.push(side::word_and_note(84.0, c.w.back, &vm.back_to, OralAction::Back));
    side::top(c, above, parts, out);
}

fn question(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &QuestionVm) -> Option<usize> {
    let (label, answers) = rect.split_left_right_at_x(rect.max.x - 276.0);
    c.text(label.with_max_x(label.max.x - 6.0), Align2::LEFT_CENTER, &vm.word, Style::note(c.t.ink));
    let key = KEYS.get(index).copied().unwrap_or("question");
    chips::three_state(c, answers, key, &vm.word, vm.chosen)
}
