//! Drawing of 引継ぎ. Its primary is the stage block 医師引継ぎ.

use egui::{Align2, Rect, pos2, vec2};

use super::{DocumentLineVm, HandoverAction, HandoverVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot};
use crate::widgets::{chips, panels, qr};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &HandoverVm, out: &mut Out<HandoverAction>) {
    let t = c.t;
    let above = side::foot(c, shell, Foot::SolidStage { height: 196.0, figure: false }, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    title(c, stack.top(36.0), vm);
    let notice = stack.bottom(76.0);
    let receivers = stack.bottom(64.0);
    let heading = stack.bottom(30.0);
    let rects = grid::weighted_columns(stack.rest(), &[540.0, 304.0], GAP);
    if let [left, right] = rects.as_slice() {
        document(c, *left, &vm.lines);
        code(c, *right, vm, out);
    }
    panels::heading(c, heading, c.w.received_by, "");
    out.at(chips::row(c, receivers, "receiver", &vm.receivers), HandoverAction::ChooseReceiver);
    let message = panels::Message {
        icon: Icon::Warning,
        icon_size: 36.0,
        title: c.w.erase_title,
        title_style: Style::body(t.ink).bold(),
        body: c.w.erase_note,
        body_style: Style::note(t.ink),
    };
    panels::notice(c, notice, &message);
    let parts = vec![
        side::word_and_note(
            96.0,
            c.w.card_returned,
            vm.returned.as_deref().unwrap_or(c.w.book_too),
            HandoverAction::CardReturned,
        ),
        side::word(72.0, c.w.fix_document, HandoverAction::FixDocument),
    ];
    side::top(c, above, parts, out);
}

fn title(c: &mut Canvas<'_>, rect: Rect, vm: &HandoverVm) {
    let right = vm.delivered.as_deref().unwrap_or("");
    let style = Style::note(c.t.ink).bold();
    let width = c.width(right, style) + 2.0;
    let (left, words) = rect.split_left_right_at_x(rect.max.x - width);
    panels::page_title(c, left.with_max_x(left.max.x - 40.0), c.w.handover_title, "");
    if vm.delivered.is_some() {
        c.text(words, Align2::RIGHT_CENTER, right, style);
        let ink = c.t.ink;
        c.icon(Icon::Check, Rect::from_center_size(pos2(words.min.x - 22.0, rect.center().y), vec2(22.0, 22.0)), ink);
    }
}

fn document(c: &mut Canvas<'_>, rect: Rect, lines: &[DocumentLineVm]) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 10.0)), 7.0);
        for line in lines {
            if stack.rest().height() < 26.0 {
                break;
            }
            match line {
                DocumentLineVm::Heading(words) => {
                    c.text(stack.top(32.0), Align2::LEFT_CENTER, words, Style::body(t.ink).bold());
                }
                DocumentLineVm::Text(bold, words) => {
                    let gap = if bold.is_empty() { "" } else { " " };
                    let runs = [
                        (bold.as_str(), Style::note(t.ink).bold()),
                        (gap, Style::note(t.ink)),
                        (words.as_str(), Style::note(t.ink)),
                    ];
                    c.spans(stack.top(27.0), Align2::LEFT_CENTER, &runs);
                }
                DocumentLineVm::Times(words) => {
                    c.text(stack.top(26.0), Align2::LEFT_CENTER, words, Style::note(t.ink2));
                }
                DocumentLineVm::Rule => c.rule(stack.top(3.0)),
            }
        }
    });
}

fn code(c: &mut Canvas<'_>, rect: Rect, vm: &HandoverVm, out: &mut Out<HandoverAction>) {
    let t = c.t;
    c.panel(rect, t.surface);
    let mut stack = Stack::new(rect.shrink2(vec2(12.0, 12.0)), GAP);
    let title = stack.top(28.0);
    let buttons = stack.bottom(64.0);
    let note = stack.bottom(30.0);
    c.on(t.surface, |c| {
        c.text(title, Align2::CENTER_CENTER, c.w.qr_title, Style::note(t.ink).bold());
        c.text(note, Align2::CENTER_CENTER, &vm.qr_note, Style::note(t.ink));
    });
    if let Some(code) = &vm.qr {
        qr::qr(c, stack.rest(), code, c.w.qr_name);
    }
    let words = [(c.w.print, HandoverAction::Print), (c.w.full_text, HandoverAction::FullText)];
    for (i, (rect, (word, action))) in grid::columns(buttons, 2, GAP).into_iter().zip(words).enumerate() {
        out.when(Button::new(rect, ("document", i), ButtonFace::word(word)).show(c), action);
    }
}
