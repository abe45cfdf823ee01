//! Drawing of 活動の時刻.

use egui::{Align2, Rect, pos2, vec2};

use super::{SHIFTS, STAGES, StageEditVm, StageTimeVm, StageTimesAction, StageTimesVm};
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips::{self, ChipVm, chosen_name};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Stages in one of the two columns.
const IN_COLUMN: usize = STAGES / 2;
/// Width of a cell's time in points.
const TIME: f32 = 116.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &StageTimesVm, out: &mut Out<StageTimesAction>) {
    let above = side::foot(c, shell, foot(c, vm), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.times_title, &vm.note);
    let height = if dense { 60.0 } else { 64.0 };
    let table = stack.top(height * 5.0 + GAP * 4.0);
    for (i, (rect, stage)) in cells(table, height).into_iter().zip(&vm.stages).enumerate() {
        out.when(stage_cell(c, rect, i, stage), StageTimesAction::ChooseStage(i));
    }
    match &vm.edit {
        Some(edit) => edit_area(c, &mut stack, edit, out),
        None => panels::two_lines(c, stack.top(72.0), c.w.times_choose, c.w.times_choose_note),
    }
    if vm.edit.is_some() && !dense {
        panels::rule_strip(c, stack.bottom(42.0), "", c.w.times_choose_note);
    }
    let parts = vec![
        side::word(84.0, c.w.back, StageTimesAction::Back),
        side::word(84.0, c.w.end_without_transport, StageTimesAction::EndWithoutTransport),
    ];
    side::top(c, above, parts, out);
}

fn foot(c: &Canvas<'_>, vm: &StageTimesVm) -> Foot<StageTimesAction> {
    let Some(edit) = &vm.edit else { return Foot::SolidStage { height: 148.0, figure: false } };
    let (word, action) =
        if edit.stamped { (c.w.record, StageTimesAction::Record) } else { (c.w.stamp_now, StageTimesAction::StampNow) };
    let look = if edit.record.is_some() { Look::Primary } else { Look::Disabled };
    let note = edit.record.as_deref().unwrap_or(&edit.missing);
    Foot::Primary(Primary::new(word, note, action).look(look))
}

/// The ten cells in two columns, each read downwards.
fn cells(area: Rect, height: f32) -> Vec<Rect> {
    let columns = grid::columns(area, 2, GAP);
    columns.into_iter().flat_map(|column| grid::cells(column, 1, height, IN_COLUMN)).collect()
}

fn stage_cell(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &StageTimeVm) -> bool {
    let t = c.t;
    let time = match &vm.time {
        Some(time) if vm.uncertain => format!("±{time}"),
        Some(time) => time.clone(),
        None => "―".to_owned(),
    };
    let said = if vm.time.is_some() { time.as_str() } else { c.w.name_not_recorded };
    let name = c.w.correct_name(&vm.word, format!("{said} {}", vm.corrected).trim_end());
    let name = chosen_name(c, &name, vm.chosen);
    let selected = Some(vm.chosen);
    let press = c.press(Target { rect, key: ("time", index), name, kind: Kind::Ordinary, enabled: true, selected });
    let marked = vm.chosen || press.held;
    let ground = match (marked, vm.time.is_some()) {
        (true, _) => t.tint,
        (false, true) => t.surface,
        (false, false) => t.bg,
    };
    match (marked, vm.time.is_some()) {
        (true, _) => c.rounded(rect, ground, t.accent.fill, t.strong_border),
        (false, true) => c.rounded(rect, ground, t.line, t.border),
        (false, false) => c.dashed(rect, ground, t.line),
    }
    c.on(ground, |c| {
        let mut room = rect.shrink2(vec2(16.0, 3.0));
        if vm.chosen {
            let icon = Rect::from_center_size(pos2(room.min.x + 12.0, rect.center().y), vec2(24.0, 24.0));
            c.icon(Icon::Check, icon, t.ink);
            room.min.x += 34.0;
        }
        let (left, right) = room.split_left_right_at_x(room.max.x - TIME);
        let style = if vm.time.is_some() { Style::strong(t.ink) } else { Style::body(t.ink2) };
        c.ink(right, Align2::RIGHT_CENTER, &time, style);
        cell_words(c, left.with_max_x(left.max.x - 8.0), vm);
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

fn cell_words(c: &mut Canvas<'_>, room: Rect, vm: &StageTimeVm) {
    let t = c.t;
    let style = Style::body(if vm.time.is_some() { t.ink } else { t.ink2 });
    let style = if vm.time.is_some() { style.bold() } else { style };
    if vm.corrected.is_empty() {
        c.ink(room, Align2::LEFT_CENTER, &vm.word, style);
        return;
    }
    let top = room.center().y - 28.0;
    let word = Rect::from_min_size(pos2(room.min.x, top), vec2(room.width(), 30.0));
    let note = Rect::from_min_size(pos2(room.min.x, top + 30.0), vec2(room.width(), 26.0));
    c.ink(word, Align2::LEFT_CENTER, &vm.word, style);
    c.ink(note, Align2::LEFT_CENTER, &vm.corrected, Style::note(t.ink));
}

fn edit_area(c: &mut Canvas<'_>, stack: &mut Stack, vm: &StageEditVm, out: &mut Out<StageTimesAction>) {
    if !vm.stamped {
        panels::two_lines(c, stack.top(72.0), c.w.not_stamped, c.w.not_stamped_note);
        return;
    }
    let ink = c.t.ink;
    let words = format!("{}  ", vm.word);
    let runs = [(words.as_str(), Style::strong(ink)), (vm.change.as_str(), Style::strong(ink))];
    c.spans(stack.top(36.0), Align2::LEFT_CENTER, &runs);
    let keys = grid::weighted_columns(stack.top(60.0), &[1.0, 1.0, 1.0, 1.0, 2.2], GAP);
    for (i, (rect, minutes)) in keys.iter().zip(SHIFTS).enumerate() {
        let sign = if minutes < 0 { "\u{2212}" } else { "+" };
        let face = ButtonFace::default().line(format!("{sign}{}", minutes.unsigned_abs()), Size::Strong, true);
        let name = c.w.shift_name(&vm.word, minutes);
        let button = Button::new(*rect, ("shift", i), face).kind(Kind::Key).name(name);
        out.when(button.show(c), StageTimesAction::Shift(minutes));
    }
    if let Some(rect) = keys.get(4) {
        let chip = ChipVm { word: c.w.was_not.to_owned(), chosen: vm.removed };
        out.when(chips::chip(c, *rect, ("removed", 0), &chip), StageTimesAction::ToggleRemoved);
    }
    out.at(chips::row(c, stack.top(60.0), "reason", &vm.reasons), StageTimesAction::ChooseReason);
}
