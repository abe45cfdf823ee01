//! Drawing of お薬手帳.

use egui::{Align2, Rect, pos2, vec2};

use super::{FoundVm, NotebookAction, NotebookVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

const NOTE: f32 = 26.0;
const MEDICINE: f32 = 33.0;
/// Room for a sentence and what to do next.
const TROUBLE: f32 = 168.0;

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &NotebookVm, out: &mut Out<NotebookAction>) {
    let foot = match &vm.found {
        Some(_) => Foot::Primary(Primary::new(c.w.use_notebook, c.w.use_notebook_note, NotebookAction::Use)),
        None => Foot::SolidStage { height: 148.0, figure: false },
    };
    let above = side::foot(c, shell, foot, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.notebook_title, c.w.works_without_radio);
    panels::rule_strip(c, stack.bottom(44.0), c.w.record_none_rule, c.w.notebook_rule);
    let rects = grid::weighted_columns(stack.rest(), &[400.0, 444.0], GAP);
    if let [left, right] = rects.as_slice() {
        reading(c, *left, vm);
        match &vm.found {
            Some(found) => medicines(c, *right, found, out),
            None => nothing(c, *right, vm),
        }
    }
    let parts = vec![
        side::word(84.0, c.w.to_oral, NotebookAction::Oral),
        side::word(72.0, c.w.read_again, NotebookAction::ReadAgain),
        side::word_and_note(84.0, c.w.back, &vm.back_to, NotebookAction::Back),
    ];
    side::top(c, above, parts, out);
}

/// How to read, how far it has come, and what was wrong.
fn reading(c: &mut Canvas<'_>, area: Rect, vm: &NotebookVm) {
    let t = c.t;
    let mut stack = Stack::new(area, GAP);
    let progress = stack.bottom(96.0);
    c.panel(progress, t.surface);
    let room = progress.shrink2(vec2(16.0, 12.0));
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 36.0);
    c.on(t.surface, |c| {
        c.ink(top, Align2::LEFT_CENTER, &vm.progress.0, Style::strong(t.ink));
        c.ink(bottom, Align2::LEFT_CENTER, &vm.progress.1, Style::note(t.ink2));
    });
    c.name_region(progress, &format!("{} {}", vm.progress.0, vm.progress.1), Some(egui::accesskit::Live::Polite));
    if let Some((what, next)) = &vm.trouble {
        let body = format!("{what}\n{next}");
        let m = panels::Message {
            icon: Icon::Warning,
            icon_size: 40.0,
            title: c.w.code_not_taken,
            title_style: Style::note(t.ink).bold(),
            body: body.trim_end(),
            body_style: Style::note(t.ink),
        };
        panels::notice(c, stack.bottom(TROUBLE), &m);
    }
    let how = stack.rest();
    c.panel(how, t.surface);
    let room = how.shrink2(vec2(16.0, 12.0));
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 64.0);
    c.on(t.surface, |c| {
        c.text(top, Align2::LEFT_CENTER, c.w.notebook_how, Style::body(t.ink).bold());
        c.text(bottom, Align2::LEFT_TOP, c.w.notebook_how_note, Style::note(t.ink));
    });
}

fn medicines(c: &mut Canvas<'_>, area: Rect, found: &FoundVm, out: &mut Out<NotebookAction>) {
    let t = c.t;
    c.panel(area, t.surface);
    let room = area.shrink2(vec2(16.0, 12.0));
    let mut stack = Stack::new(room, 4.0);
    let button = stack.bottom(72.0);
    // A name is never cut: it says whose notebook this is.
    let owner = stack.bottom(2.0 * NOTE);
    let heading = stack.top(36.0);
    c.on(t.surface, |c| {
        panels::heading(c, heading, &found.title, &found.date);
        c.ink(owner, Align2::LEFT_CENTER, &found.owner, Style::note(t.ink).bold());
        let more = (NOTE + 4.0) * found.more.len().min(3) as f32;
        let floor = stack.rest().max.y - more;
        for (name, how) in &found.medicines {
            if stack.rest().min.y + MEDICINE + NOTE + 4.0 > floor {
                break;
            }
            let row = stack.top(MEDICINE + NOTE);
            let (top, bottom) = row.split_top_bottom_at_y(row.min.y + MEDICINE);
            c.ink(top, Align2::LEFT_CENTER, name, Style::body(t.ink).bold());
            c.ink(bottom, Align2::LEFT_CENTER, how, Style::note(t.ink2));
        }
        let mut y = floor;
        for line in found.more.iter().take(3) {
            let row = Rect::from_min_size(pos2(room.min.x, y), vec2(room.width(), NOTE));
            c.ink(row, Align2::LEFT_CENTER, line, Style::note(t.ink));
            y += NOTE + 4.0;
        }
    });
    let other = Button::new(button, ("notebook", 0), ButtonFace::word(c.w.other_persons_notebook));
    out.when(other.show(c), NotebookAction::OtherPerson);
}

fn nothing(c: &mut Canvas<'_>, area: Rect, vm: &NotebookVm) {
    let t = c.t;
    c.panel(area, t.surface);
    let room = area.shrink2(vec2(16.0, 12.0));
    let mut stack = Stack::new(room, 4.0);
    let heading = stack.top(36.0);
    c.on(t.surface, |c| {
        panels::heading(c, heading, &vm.empty.0, "");
        for line in &vm.empty.1 {
            c.ink(stack.top(NOTE * 2.0), Align2::LEFT_CENTER, line, Style::note(t.ink));
        }
    });
}
