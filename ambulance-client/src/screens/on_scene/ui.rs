//! Drawing of 現場 観察.

use egui::{Align2, Rect, pos2, vec2};

use super::{OnSceneAction, OnSceneVm, SideCandidateVm, SideCandidatesVm};
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::side::{self, Foot};
use crate::widgets::{chips, panels, value_cell};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &OnSceneVm, out: &mut Out<OnSceneAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 148.0, figure: false }, out);
    let area = frame::content(c, shell);
    // With a banner above, rows take the dense height and the follow-ups give way (they stay one press away).
    let dense = shell.age_banner.is_some();
    let row = if dense { 60.0 } else { 64.0 };
    let mut stack = Stack::new(area, GAP);
    complaints_heading(c, stack.top(28.0));
    let rows = vm.complaints.len().div_ceil(4).min(3);
    let height = (0..rows).fold(-GAP, |sum, _| sum + row + GAP);
    let picker = stack.top(height);
    for (i, (rect, chip)) in
        grid::cells(picker, 4, row, vm.complaints.len()).into_iter().zip(&vm.complaints).enumerate()
    {
        out.when(chips::chip(c, rect, ("complaint", i), chip), OnSceneAction::ToggleComplaint(i));
    }
    panels::heading(c, stack.top(28.0), c.w.jcs, "");
    out.at(chips::row(c, stack.top(60.0), "jcs", &vm.jcs), OnSceneAction::ChooseJcs);
    out.at(value_cell::row(c, stack.top(80.0), "value", &vm.values), OnSceneAction::OpenValue);
    if let Some(follow_ups) = vm.follow_ups.as_ref().filter(|_| !dense) {
        panels::heading(c, stack.top(28.0), &follow_ups.title, "");
        let rects = grid::columns(stack.top(60.0), follow_ups.chips.len().max(1), GAP);
        for (i, (rect, chip)) in rects.into_iter().zip(&follow_ups.chips).enumerate() {
            out.when(chips::follow_up(c, rect, ("follow-up", i), chip), OnSceneAction::CycleFollowUp(i));
        }
    }
    panels::heading(c, stack.top(28.0), c.w.category, "");
    let pressed = chips::triage_row(c, stack.top(row), vm.triage);
    out.screen.extend(pressed.map(OnSceneAction::ChooseTriage));
    let mut side = Stack::new(above, GAP);
    if !shell.radio {
        let button = Button::new(side.bottom(64.0), ("works now", 0), ButtonFace::word(c.w.works_now));
        out.when(button.show(c), OnSceneAction::OpenWorksNow);
    }
    out.when(candidates(c, side.rest(), &vm.candidates), OnSceneAction::OpenCandidates);
}

fn complaints_heading(c: &mut Canvas<'_>, rect: Rect) {
    let bold = Style::body(c.t.ink).bold();
    let note = Style::note(c.t.ink2);
    let split = rect.min.x + 400.0;
    let (left, right) = rect.split_left_right_at_x(split);
    c.spans(left, Align2::LEFT_CENTER, &[(c.w.complaints, bold), (" ", bold), (c.w.any_number, note)]);
    c.text(right, Align2::RIGHT_CENTER, c.w.card_any_time, note);
}

fn candidates(c: &mut Canvas<'_>, rect: Rect, vm: &SideCandidatesVm) -> bool {
    let t = c.t;
    let spoken: Vec<_> = vm.best.iter().map(|b| format!("{} {}{}", b.name, b.minutes, c.w.minutes)).collect();
    let name = format!("{} {} {}", c.w.candidates, vm.note, spoken.join(" "));
    let kind = Kind::Ordinary;
    let press = c.press(Target { rect, key: ("candidates", 0), name, kind, enabled: true, selected: None });
    let (line, width) = match (press.held, vm.warn) {
        (true, _) => (t.accent.fill, t.strong_border),
        (false, true) => (t.attention.fill, t.strong_border),
        (false, false) => (t.line, t.border),
    };
    let fill = if press.held { t.tint } else { t.surface };
    c.rounded(rect, fill, line, width);
    c.on(fill, |c| {
        let room = rect.shrink2(vec2(16.0, 10.0));
        let mut stack = Stack::new(room, 0.0);
        c.ink(stack.top(32.0), Align2::LEFT_CENTER, c.w.candidates, Style::body(t.ink).bold());
        let note = if vm.warn { Style::note(t.attention.fill).bold() } else { Style::note(t.ink2) };
        c.ink(stack.top(26.0), Align2::LEFT_CENTER, &vm.note, note);
        let rest = stack.rest();
        let mut free = rest.height();
        let mut shown = Vec::new();
        for best in &vm.best {
            let height = candidate_height(best);
            if free < height + GAP {
                break;
            }
            free -= height;
            shown.push((best, height));
        }
        let gap = free / shown.iter().map(|_| 1.0).sum::<f32>().max(1.0);
        let mut y = rest.min.y;
        for (best, height) in shown {
            y += gap;
            let rect = Rect::from_min_size(pos2(room.min.x, y), vec2(room.width(), height));
            candidate(c, rect, best, best.old && !press.held);
            y += height;
        }
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

const MAX_LINES: usize = 3;

fn candidate_height(vm: &SideCandidateVm) -> f32 {
    vm.lines.iter().take(MAX_LINES).fold(54.0, |sum, _| sum + 26.0)
}

/// The last line is that of the beds: `old` puts it in attention.
fn candidate(c: &mut Canvas<'_>, rect: Rect, vm: &SideCandidateVm, old: bool) {
    let t = c.t;
    c.rule(rect);
    let mut stack = Stack::new(rect, 0.0);
    stack.skip(6.0);
    let line = stack.top(48.0);
    let unit = c.width(c.w.minutes, Style::note(t.ink));
    let minutes = vm.minutes.to_string();
    let figure = c.width(&minutes, Style::title(t.ink));
    let number =
        Rect::from_min_max(pos2(line.max.x - unit - figure - 1.0, line.min.y), pos2(line.max.x - unit, line.max.y));
    c.ink(number, Align2::LEFT_CENTER, &minutes, Style::title(t.ink));
    let unit_rect = Rect::from_min_max(pos2(line.max.x - unit - 1.0, line.min.y), pos2(line.max.x, line.max.y - 7.0));
    c.ink(unit_rect, Align2::RIGHT_BOTTOM, c.w.minutes, Style::note(t.ink));
    let name = Rect::from_min_max(line.min, pos2(number.min.x - 1.0, line.max.y));
    c.ink(name, Align2::LEFT_CENTER, &vm.name, Style::body(t.ink).bold());
    let last = vm.lines.len().min(MAX_LINES);
    for (i, words) in vm.lines.iter().take(MAX_LINES).enumerate() {
        let style = if old && i + 1 == last { Style::note(t.attention.fill).bold() } else { Style::note(t.ink) };
        c.ink(stack.top(26.0), Align2::LEFT_CENTER, words, style);
    }
}
