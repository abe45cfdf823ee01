//! Drawing of a list page.

use egui::{Align2, Rect, pos2, vec2};

use super::{ListAction, ListRowKind, ListRowVm, ListVm, ROWS};
use crate::canvas::shapes::BarSide;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{BAR, GAP, Stack, TARGET_MIN};
use crate::widgets::icons::Icon;
use crate::widgets::pager::{self, Turn};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Highest row in points: few rows do not grow into panels.
const ROW_MAX: f32 = 84.0;
/// A row this high holds two lines of notes; rows grow to it when a note is long and there is room.
const TWO_NOTES: f32 = 94.0;
/// Points that a row's margins and chevron take of its width.
const AROUND_WORDS: f32 = 26.0 + 52.0 + 12.0;
/// A row at least this high shows its strong line in 28 points.
const STRONG_FROM: f32 = 70.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ListVm, out: &mut Out<ListAction>) {
    let foot = match &vm.primary {
        Some((word, note)) => Foot::Primary(Primary::new(word, note, ListAction::Primary)),
        None => Foot::SolidStage { height: 148.0, figure: false },
    };
    let above = side::foot(c, shell, foot, out);
    let page = match vm.total {
        Some(total) => pager::one_page(&vm.rows, ROWS, vm.page, total),
        None => pager::page(&vm.rows, ROWS, vm.page),
    };
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), &vm.title, &vm.note);
    if let Some((rule, note)) = &vm.rule {
        panels::rule_strip(c, stack.bottom(44.0), rule, note);
    }
    let turning = (page.pages > 1).then(|| stack.bottom(pager::HEIGHT));
    if page.total == 0 {
        panels::rule_strip(c, stack.top(72.0), "", &vm.empty);
    }
    let height = row_height(c, stack.rest(), page.rows);
    for (i, row) in page.rows.iter().enumerate() {
        let index = page.first + i;
        out.when(draw_row(c, stack.top(height), i, index, row), ListAction::Open(index));
    }
    if let Some(rect) = turning {
        out.screen.extend(pager::pager(c, rect, &page).map(|turn| match turn {
            Turn::Previous => ListAction::PreviousPage,
            Turn::Next => ListAction::NextPage,
        }));
    }
    let mut parts = vec![side::word_and_note(92.0, c.w.back, &vm.back_to, ListAction::Back)];
    parts.extend(vm.filter.iter().map(|(word, now)| side::word_and_note(92.0, word, now, ListAction::Filter)));
    side::top(c, above, parts, out);
}

fn row_height(c: &Canvas<'_>, area: Rect, rows: &[ListRowVm]) -> f32 {
    let bold = Style::note(c.t.ink).bold();
    let right = Style::body(c.t.ink).bold();
    let long = |row: &ListRowVm| c.width(&row.note, bold) + c.width(&row.right, right) > area.width() - AROUND_WORDS;
    let all = rows.iter().fold(-GAP, |sum, _| sum + TWO_NOTES + GAP);
    if rows.iter().any(long) && all <= area.height() {
        return TWO_NOTES;
    }
    ((area.height() - 5.0 * GAP) / 6.0).clamp(TARGET_MIN, ROW_MAX)
}

fn draw_row(c: &mut Canvas<'_>, rect: Rect, place: usize, index: usize, vm: &ListRowVm) -> bool {
    let t = c.t;
    let spoken = format!("{} {} {} {}", index + 1, vm.strong, vm.note, vm.right);
    let spoken = spoken.split_whitespace().collect::<Vec<_>>().join(" ");
    if matches!(vm.kind, ListRowKind::Plain | ListRowKind::Notice) {
        let fill = if vm.kind == ListRowKind::Notice { t.attention_tint } else { t.surface };
        if vm.kind == ListRowKind::Notice {
            c.barred_panel(rect, fill, t.attention.fill);
        } else {
            c.panel(rect, fill);
        }
        c.name_region(rect, &spoken, None);
        c.on(fill, |c| row_words(c, rect, vm));
        return false;
    }
    let does = match vm.kind {
        ListRowKind::Masked => c.w.name_masked,
        ListRowKind::Chosen => c.w.name_selected,
        _ => c.w.name_opens,
    };
    let name = format!("{spoken} {does}");
    let kind = Kind::Ordinary;
    let chosen = vm.kind == ListRowKind::Chosen;
    let selected = chosen.then_some(true);
    let press = c.press(Target { rect, key: ("row", place), name, kind, enabled: true, selected });
    let alert = vm.kind == ListRowKind::Alert;
    let marked = press.held || chosen;
    let fill = match (marked, alert) {
        (true, _) => t.tint,
        (false, true) => t.attention_tint,
        (false, false) => t.surface,
    };
    if alert {
        c.rounded_with_bar(rect, fill, t.attention.fill, t.border, (BarSide::Left, BAR));
    } else {
        let (line, width) = if marked { (t.accent.fill, t.strong_border) } else { (t.line, t.border) };
        c.rounded(rect, fill, line, width);
    }
    c.on(fill, |c| row_words(c, rect, vm));
    let right = Rect::from_center_size(pos2(rect.max.x - 28.0, rect.center().y), vec2(24.0, 24.0));
    let icon = match vm.kind {
        ListRowKind::Masked => Icon::Lock,
        ListRowKind::Chosen => Icon::Check,
        _ => Icon::Chevron,
    };
    c.icon(icon, right, t.ink);
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

fn row_words(c: &mut Canvas<'_>, rect: Rect, vm: &ListRowVm) {
    let t = c.t;
    let opens = !matches!(vm.kind, ListRowKind::Plain | ListRowKind::Notice);
    let edge = if opens { 52.0 } else { 18.0 };
    let mut room = Rect::from_min_max(rect.min + vec2(26.0, 2.0), rect.max - vec2(edge, 2.0));
    if !vm.right.is_empty() {
        let style = Style::body(t.ink).bold();
        let width = (c.width(&vm.right, style) + 4.0).min(room.width() / 2.0);
        let (left, right) = room.split_left_right_at_x(room.max.x - width);
        c.ink(right, Align2::RIGHT_CENTER, &vm.right, style);
        room = left.with_max_x(left.max.x - 12.0);
    }
    let style = if rect.height() >= STRONG_FROM { Style::strong(t.ink) } else { Style::body(t.ink).bold() };
    if vm.note.is_empty() {
        c.ink(room, Align2::LEFT_CENTER, &vm.strong, style);
        return;
    }
    let line = style.size.line_height();
    let two = rect.height() >= TWO_NOTES && c.width(&vm.note, Style::note(t.ink).bold()) > room.width();
    let notes = if two { 52.0 } else { 26.0 };
    let top = room.center().y - (line + notes) / 2.0;
    let strong = Rect::from_min_size(pos2(room.min.x, top), vec2(room.width(), line));
    let note = Rect::from_min_size(pos2(room.min.x, top + line), vec2(room.width(), notes));
    c.ink(strong, Align2::LEFT_CENTER, &vm.strong, style);
    c.ink(note, Align2::LEFT_CENTER, &vm.note, Style::note(t.ink));
}
