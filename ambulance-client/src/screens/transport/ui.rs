//! Drawing of 搬送中.

use egui::{Align2, Rect, pos2, vec2};

use super::{QUESTIONS, QuestionVm, TransportAction, TransportVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot};
use crate::widgets::{chips, panels, value_cell};

const QUESTION_KEYS: [&str; QUESTIONS] = ["first answer", "second answer"];

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &TransportVm, out: &mut Out<TransportAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 172.0, figure: false }, out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let area = stack.top(if dense { 176.0 } else { 196.0 });
    let rects = grid::weighted_columns(area, &[300.0, 544.0], GAP);
    if let [left, right] = rects.as_slice() {
        eta(c, *left, vm);
        destination(c, *right, vm);
    }
    let heading = c.w.question_count(vm.questions.len());
    let right = if vm.questions.is_empty() { "" } else { c.w.answer_by_press };
    panels::heading(c, stack.top(30.0), &heading, right);
    let shown = if dense { 1 } else { QUESTIONS };
    for (i, (question, key)) in vm.questions.iter().zip(QUESTION_KEYS).take(shown).enumerate() {
        let answer = question_panel(c, stack.top(140.0), question, key);
        out.at(answer, |answer| TransportAction::Answer { question: i, answer });
    }
    panels::heading(c, stack.top(30.0), c.w.repeat_observation, &vm.values_at);
    out.at(value_cell::row(c, stack.top(80.0), "value", &vm.values), TransportAction::OpenValue);
    let told = if shell.radio { c.w.condition_note } else { c.w.condition_by_voice };
    let parts = vec![
        side::strong_and_note(112.0, c.w.condition_changed, told, TransportAction::ConditionChanged),
        side::word(84.0, c.w.hospital_phone, TransportAction::PhoneHospital),
        side::word(72.0, c.w.change_destination, TransportAction::ChangeDestination),
        side::word(72.0, c.w.route, TransportAction::ShowRoute),
    ];
    side::top(c, above, parts, out);
}

fn eta(c: &mut Canvas<'_>, rect: Rect, vm: &TransportVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 12.0)), 0.0);
        c.text(stack.top(26.0), Align2::LEFT_CENTER, c.w.arrival_in, Style::note(t.ink2));
        let minutes = vm.eta_minutes.map_or_else(|| "―".to_owned(), |m| m.to_string());
        let runs =
            [(minutes.as_str(), Style::figure(t.ink)), (" ", Style::title(t.ink)), (c.w.minutes, Style::title(t.ink))];
        c.spans(stack.top(72.0), Align2::LEFT_CENTER, &runs);
        c.text(stack.top(32.0), Align2::LEFT_CENTER, &vm.eta_line, Style::body(t.ink));
        let age = if vm.position_old { Style::note(t.attention.fill).bold() } else { Style::note(t.ink2) };
        c.text(stack.top(26.0), Align2::LEFT_CENTER, &vm.position_age, age);
    });
}

fn destination(c: &mut Canvas<'_>, rect: Rect, vm: &TransportVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 12.0)), 4.0);
        c.text(stack.top(26.0), Align2::LEFT_CENTER, c.w.destination, Style::note(t.ink2));
        c.text(stack.top(44.0), Align2::LEFT_CENTER, &vm.destination, Style::title(t.ink));
        c.text(stack.top(32.0), Align2::LEFT_CENTER, &vm.accepted, Style::body(t.ink));
        if let Some(seen) = &vm.seen {
            let line = stack.top(40.0);
            let icon = Rect::from_center_size(pos2(line.min.x + 14.0, line.center().y), vec2(28.0, 28.0));
            c.icon(Icon::Check, icon, t.ink);
            c.text(line.with_min_x(icon.max.x + 12.0), Align2::LEFT_CENTER, seen, Style::body(t.ink).bold());
        }
    });
}

fn question_panel(c: &mut Canvas<'_>, rect: Rect, vm: &QuestionVm, key: &'static str) -> Option<usize> {
    let t = c.t;
    c.panel(rect, t.surface);
    let mut stack = Stack::new(rect.shrink2(vec2(14.0, 12.0)), GAP);
    c.on(t.surface, |c| {
        let line = stack.top(36.0);
        let style = if vm.received { Style::note(t.ink).bold() } else { Style::note(t.ink2) };
        let width = c.width(&vm.state, style) + 4.0;
        let (left, right) = line.split_left_right_at_x(line.max.x - width);
        if vm.received {
            let icon = Rect::from_center_size(pos2(right.min.x - 22.0, line.center().y), vec2(22.0, 22.0));
            c.icon(Icon::Check, icon, t.ink);
        }
        c.text(left.with_max_x(left.max.x - 40.0), Align2::LEFT_CENTER, &vm.question, Style::strong(t.ink));
        c.text(right, Align2::RIGHT_CENTER, &vm.state, style);
    });
    chips::row(c, stack.top(68.0), key, &vm.answers)
}
