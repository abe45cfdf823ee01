//! Drawing of a ladder page.

use egui::{Align2, Rect, pos2, vec2};

use super::{LadderAction, LadderStepVm, LadderVm, STEPS, StepState};
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{BAR, GAP, Stack};
use crate::widgets::button::ButtonFace;
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part, Primary};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &LadderVm, out: &mut Out<LadderAction>) {
    let t = c.t;
    let size = if vm.primary.0.chars().count() > 6 { Size::Strong } else { Size::Title };
    let face =
        ButtonFace::default().line(vm.primary.0.clone(), size, true).line(vm.primary.1.clone(), Size::Note, true);
    let primary = Primary::new("", "", LadderAction::Primary).face(face);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let message = panels::Message {
        icon: vm.icon,
        icon_size: 60.0,
        title: &vm.title,
        title_style: Style::title(t.ink),
        body: &vm.meaning,
        body_style: Style::body(t.ink),
    };
    panels::notice(c, stack.top(if dense { 112.0 } else { 128.0 }), &message);
    if !dense {
        panels::heading(c, stack.top(30.0), c.w.what_to_try, "");
    }
    c.text(stack.bottom(26.0), Align2::LEFT_CENTER, &vm.footer, Style::note(t.ink2));
    if let Some((rule, note)) = &vm.rule {
        panels::rule_strip(c, stack.bottom(44.0), rule, note);
    }
    panels::two_lines(c, stack.bottom(72.0), &vm.no_wait.0, &vm.no_wait.1);
    let height = ((stack.rest().height() - 3.0 * GAP) / 4.0).clamp(64.0, 92.0);
    for (i, step) in vm.steps.iter().take(STEPS).enumerate() {
        if stack.rest().height() + 1.0 < height {
            break;
        }
        out.when(step_row(c, stack.top(height), i, step), LadderAction::Step(i));
    }
    let parts = vm.side.iter().enumerate().map(|(i, (word, note))| {
        let face = ButtonFace::word(word.clone()).line(note.clone(), Size::Note, true);
        Part::Button { height: if note.is_empty() { 84.0 } else { 100.0 }, face, action: LadderAction::Side(i) }
    });
    side::top(c, above, parts.collect(), out);
}

fn step_row(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &LadderStepVm) -> bool {
    let t = c.t;
    let number = (index + 1).to_string();
    let state = match vm.state {
        StepState::Failed => c.w.failed,
        StepState::Now => c.w.now,
        StepState::Later => "",
    };
    let spoken = format!("{number} {} {} {state}", vm.title, vm.note).trim_end().to_owned();
    let is_now = vm.state == StepState::Now;
    let mut fired = false;
    let ground = if is_now { t.tint } else { t.surface };
    if vm.pressable {
        let key = ("step", index);
        let press = c.press(Target { rect, key, name: spoken, kind: Kind::Ordinary, enabled: true, selected: None });
        fired = press.fired;
        let (line, width) = if is_now || press.held { (t.accent.fill, t.strong_border) } else { (t.line, t.border) };
        c.rounded(rect, ground, line, width);
        if press.focused {
            c.focus_line(rect);
        }
    } else {
        if is_now {
            c.barred_panel(rect, ground, t.accent.fill);
        } else {
            c.panel(rect, ground);
        }
        c.name_region(rect, &spoken, None);
    }
    c.on(ground, |c| step_words(c, rect, vm, &number, state));
    fired
}

fn step_words(c: &mut Canvas<'_>, rect: Rect, vm: &LadderStepVm, number: &str, state: &str) {
    let t = c.t;
    let left = rect.min.x + BAR + 8.0;
    let icon = match vm.state {
        StepState::Failed => Some(Icon::Cross),
        StepState::Now => Some(Icon::Chevron),
        StepState::Later => None,
    };
    if let Some(icon) = icon {
        c.icon(icon, Rect::from_center_size(pos2(left + 16.0, rect.center().y), vec2(32.0, 32.0)), t.ink);
    }
    let column = |from: f32, to: f32| Rect::from_min_max(pos2(left + from, rect.min.y), pos2(to, rect.max.y));
    c.ink(column(44.0, left + 76.0), Align2::LEFT_CENTER, number, Style::strong(t.ink));
    let mut right = rect.max.x - 16.0;
    if vm.pressable && vm.state != StepState::Now {
        c.icon(Icon::Chevron, Rect::from_center_size(pos2(right - 14.0, rect.center().y), vec2(24.0, 24.0)), t.ink);
        right -= 40.0;
    }
    let width = if state.is_empty() { 0.0 } else { c.width(state, Style::note(t.ink).bold()) + 12.0 };
    c.ink(column(0.0, right), Align2::RIGHT_CENTER, state, Style::note(t.ink).bold());
    let words =
        Rect::from_min_max(pos2(left + 88.0, rect.center().y - 31.0), pos2(right - width, rect.center().y + 31.0));
    let (top, bottom) = words.split_top_bottom_at_y(words.min.y + 36.0);
    c.ink(top, Align2::LEFT_CENTER, &vm.title, Style::strong(t.ink));
    c.ink(bottom, Align2::LEFT_CENTER, &vm.note, Style::note(t.ink));
}
