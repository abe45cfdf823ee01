//! Drawing of the wipe's countdown.

use egui::{Align2, Rect, pos2, vec2};

use super::{WipeAction, WipeVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &WipeVm, out: &mut Out<WipeAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 196.0, figure: false }, out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    let buttons = stack.bottom(84.0);
    middle(c, stack.rest(), vm);
    let words = [(c.w.card_returned, WipeAction::CardReturned), (c.w.book_returned, WipeAction::BookReturned)];
    for (i, (rect, (word, action))) in grid::columns(buttons, 2, GAP).into_iter().zip(words).enumerate() {
        let mut face = ButtonFace::word(word);
        if let Some(when) = vm.returned.get(i).and_then(Option::as_deref) {
            face = face.line(when, Size::Note, true);
        }
        out.when(Button::new(rect, ("returned", i), face).show(c), action);
    }
    side::top(c, above, vec![side::word(84.0, c.w.next_patient, WipeAction::NextPatient)], out);
    if vm.counting {
        c.repaint_after(1.0);
    }
}

fn middle(c: &mut Canvas<'_>, rect: Rect, vm: &WipeVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let room = Rect::from_center_size(rect.center(), vec2(rect.width() - 40.0, 420.0));
        let mut stack = Stack::new(room, 18.0);
        let icon = stack.top(88.0);
        c.icon(Icon::Check, Rect::from_center_size(icon.center(), vec2(88.0, 88.0)), t.ink);
        c.text(stack.top(42.0), Align2::CENTER_CENTER, &vm.title, Style::title(t.ink));
        c.text(stack.top(32.0), Align2::CENTER_CENTER, &vm.received, Style::body(t.ink));
        let rule = stack.top(3.0);
        c.rule(Rect::from_center_size(rule.center(), vec2(560.0, 3.0)));
        c.text(stack.top(40.0), Align2::CENTER_CENTER, &vm.countdown, Style::strong(t.ink));
        let bar = Rect::from_center_size(stack.top(24.0).center(), vec2(560.0, 24.0));
        c.rounded(bar, t.bg, t.line, 3.0);
        let width = (bar.width() - 6.0) * vm.passed.clamp(0.0, 1.0);
        c.fill(Rect::from_min_size(pos2(bar.min.x + 3.0, bar.min.y + 3.0), vec2(width, 18.0)), 4, t.line);
        c.text(stack.top(64.0), Align2::CENTER_CENTER, &vm.what, Style::body(t.ink));
    });
}
