//! Drawing of one hospital.

use egui::{Align2, Rect, pos2, vec2};

use super::{CapabilityVm, HospitalDetailAction, HospitalDetailVm, MarkVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, BAR, GAP, Stack};
use crate::widgets::button::ButtonFace;
use crate::widgets::hospital_row::{TERM_WIDTH, signed};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

/// Height of one line of the sum in points.
const TERM: f32 = 36.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HospitalDetailVm, out: &mut Out<HospitalDetailAction>) {
    let foot = match &vm.ask {
        Some(name) => {
            let face = ButtonFace::default().line(name.clone(), Size::Strong, true);
            let face = face.line(side::ask_word(c, shell), Size::Title, true);
            Foot::Primary(Primary::new("", "", HospitalDetailAction::SendEnquiry).face(face).height(160.0))
        }
        None => Foot::SolidStage { height: 148.0, figure: false },
    };
    let above = side::foot(c, shell, foot, out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    title(c, stack.top(60.0), vm);
    let term = if dense { 30.0 } else { TERM };
    let heights = term_heights(c, stack.rest().width(), term, vm);
    sum(c, stack.top(heights.iter().sum::<f32>() + 16.0), &heights, vm);
    beds(c, stack.bottom(44.0), vm);
    let rects = grid::columns(stack.rest(), 2, GAP);
    if let [left, right] = rects.as_slice() {
        capabilities(c, *left, &vm.capabilities);
        reasons(c, *right, &vm.reasons);
    }
    let number = vm.telephone.as_deref().unwrap_or_default();
    let mut parts = vec![side::word_and_note(92.0, c.w.back, c.w.to_list, HospitalDetailAction::Back)];
    if shell.radio {
        parts.push(side::word_and_note(92.0, c.w.hospital_phone, number, HospitalDetailAction::PhoneHospital));
    }
    side::top(c, above, parts, out);
}

fn title(c: &mut Canvas<'_>, rect: Rect, vm: &HospitalDetailVm) {
    let t = c.t;
    let unit = c.width(c.w.minutes, Style::strong(t.ink)) + 6.0;
    let minutes = vm.minutes.to_string();
    let figure = c.width(&minutes, Style::figure(t.ink)) + 4.0;
    let right = Rect::from_min_max(pos2(rect.max.x - unit, rect.min.y + 14.0), rect.max);
    c.text(right, Align2::RIGHT_CENTER, c.w.minutes, Style::strong(t.ink));
    let number = Rect::from_min_max(pos2(right.min.x - figure, rect.min.y), pos2(right.min.x, rect.max.y));
    c.text(number, Align2::RIGHT_CENTER, &minutes, Style::figure(t.ink));
    let label = c.width(c.w.total, Style::note(t.ink2)) + 12.0;
    let total = Rect::from_min_max(pos2(number.min.x - label, rect.min.y + 16.0), pos2(number.min.x - 8.0, rect.max.y));
    c.text(total, Align2::RIGHT_CENTER, c.w.total, Style::note(t.ink2));
    let room = Rect::from_min_max(rect.min, pos2(total.min.x - 12.0, rect.max.y));
    let (top, bottom) = room.split_top_bottom_at_y(rect.min.y + 36.0);
    c.text(top, Align2::LEFT_CENTER, &vm.title, Style::strong(t.ink));
    c.text(bottom, Align2::LEFT_CENTER, &vm.place, Style::note(t.ink2));
}

/// Left of what a term is made of: its word and its minutes, in points.
const BEFORE_WHY: f32 = 90.0 + TERM_WIDTH + 24.0;

/// Heights of the lines of the sum: two lines of notes where one does not hold what a term is made of.
fn term_heights(c: &Canvas<'_>, width: f32, line: f32, vm: &HospitalDetailVm) -> Vec<f32> {
    let room = width - 32.0 - BEFORE_WHY;
    vm.terms.iter().map(|(_, why)| if note_lines(c, why, room) > 1.0 { 54.0 } else { line }).collect()
}

/// How many lines of notes `words` take in `width` points, in any theme.
fn note_lines(c: &Canvas<'_>, words: &str, width: f32) -> f32 {
    if c.width(words, Style::note(c.t.ink).bold()) > width { 2.0 } else { 1.0 }
}

fn sum(c: &mut Canvas<'_>, rect: Rect, heights: &[f32], vm: &HospitalDetailVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut rows = Stack::new(rect.shrink2(vec2(16.0, 8.0)), 0.0);
        let words = c.w.terms();
        for (i, ((word, (minutes, why)), height)) in words.into_iter().zip(&vm.terms).zip(heights).enumerate() {
            let row = rows.top(*height);
            let column = |from: f32, to: f32| row.with_min_x(row.min.x + from).with_max_x(row.min.x + to);
            c.text(column(0.0, 90.0), Align2::LEFT_CENTER, word, Style::note(t.ink2));
            let term = signed(*minutes, i == 0);
            c.text(column(90.0, 90.0 + TERM_WIDTH), Align2::RIGHT_CENTER, &term, Style::body(t.ink).bold());
            c.text(row.with_min_x(row.min.x + BEFORE_WHY), Align2::LEFT_CENTER, why, Style::note(t.ink));
        }
    });
}

fn capabilities(c: &mut Canvas<'_>, area: Rect, all: &[CapabilityVm]) {
    let t = c.t;
    let room = area.width() - 28.0 - 36.0;
    let bold = Style::note(t.ink).bold();
    let lines = |vm: &CapabilityVm| {
        if c.width(&vm.word, bold) + c.width(&vm.source, bold) + 20.0 > room { 2.0 } else { 1.0 }
    };
    let wanted: Vec<f32> = all.iter().map(lines).collect();
    let (panel, rows) = lines_panel(c, area, c.w.hospital_needs, &wanted);
    c.on(t.surface, |c| {
        for (vm, row) in all.iter().zip(rows) {
            let icon = Rect::from_center_size(pos2(row.min.x + 12.0, row.center().y), vec2(22.0, 22.0));
            c.icon(vm.mark.icon(), icon, t.ink);
            let sure = vm.mark == MarkVm::Yes;
            let style = if sure { Style::note(t.ink2) } else { Style::note(t.attention.fill).bold() };
            let words = row.with_min_x(row.min.x + 36.0).with_max_x(panel.max.x - 14.0);
            if lines_of(row) > 1.0 {
                let (top, bottom) = words.split_top_bottom_at_y(words.center().y);
                c.text(top, Align2::LEFT_CENTER, &vm.word, bold);
                c.text(bottom, Align2::LEFT_CENTER, &vm.source, style);
            } else {
                let (left, right) = words.split_left_right_at_x(words.max.x - c.width(&vm.source, style) - 4.0);
                c.text(left.with_max_x(left.max.x - 8.0), Align2::LEFT_CENTER, &vm.word, bold);
                c.text(right, Align2::RIGHT_CENTER, &vm.source, style);
            }
        }
    });
}

fn reasons(c: &mut Canvas<'_>, area: Rect, all: &[String]) {
    let t = c.t;
    let wanted: Vec<f32> = all.iter().map(|reason| note_lines(c, reason, area.width() - 28.0)).collect();
    let (_, rows) = lines_panel(c, area, c.w.hospital_reasons, &wanted);
    c.on(t.surface, |c| {
        for (reason, row) in all.iter().zip(rows) {
            c.text(row, Align2::LEFT_CENTER, reason, Style::note(t.ink));
        }
    });
}

/// A row that was given two lines is at least this high.
const TWO_LINES: f32 = 52.0;

fn lines_of(row: Rect) -> f32 {
    if row.height() >= TWO_LINES - 0.1 { 2.0 } else { 1.0 }
}

/// A titled panel of rows of one or two lines; what does not fit is counted in the title. Returns panel and rows.
fn lines_panel(c: &mut Canvas<'_>, area: Rect, title: &str, wanted: &[f32]) -> (Rect, Vec<Rect>) {
    let mut stack = Stack::new(area, 6.0);
    let heading = stack.top(30.0);
    let panel = stack.rest();
    let mut free = panel.height() - 12.0;
    let mut heights: Vec<f32> = Vec::new();
    for lines in wanted {
        let height = lines * 26.0;
        if height > free {
            break;
        }
        free -= height;
        heights.push(height);
    }
    let hidden = wanted.len() - heights.len();
    let more = if hidden > 0 { c.w.and_more(hidden) } else { String::new() };
    panels::heading(c, heading, title, &more);
    let fill = c.t.surface;
    c.panel(panel, fill);
    let count = heights.iter().fold(0.0_f32, |n, _| n + 1.0).max(1.0);
    let mut rows = Stack::new(panel.shrink2(vec2(14.0, 6.0)), (free / count).min(12.0));
    (panel, heights.into_iter().map(|height| rows.top(height)).collect())
}

fn beds(c: &mut Canvas<'_>, rect: Rect, vm: &HospitalDetailVm) {
    let t = c.t;
    let (bar, style) = if vm.beds_old {
        (t.attention.fill, Style::note(t.attention.fill).bold())
    } else {
        (t.line, Style::note(t.ink))
    };
    c.barred_panel(rect, t.surface, bar);
    let room = Rect::from_min_max(rect.min + vec2(BAR + 14.0, 2.0), rect.max - vec2(14.0, 2.0));
    c.on(t.surface, |c| c.text(room, Align2::LEFT_CENTER, &vm.beds, style));
}
