//! Drawing of the PIN page: dots, a big keypad, what to say to the patient.

use egui::{Align2, Rect, vec2};

use super::{DIGITS, PinAction, PinVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{keypad, panels};

/// Height of the four fields.
const FIELDS: f32 = 96.0;
/// A keyed digit.
const DOT: f32 = 36.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &PinVm, out: &mut Out<PinAction>) {
    let look = keypad::next_look(vm.action.is_some(), vm.action == Some(PinAction::UseLastTry));
    let primary = Primary::new(&vm.primary.0, &vm.primary.1, vm.action.unwrap_or(PinAction::Sign)).look(look);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.card_pin_title, &vm.progress);
    fields(c, stack.top(FIELDS), vm.entered);
    let pressed = keypad::beside(c, stack.rest(), vm.keys, |c, rect| explanation(c, rect, vm));
    out.screen.extend(pressed.map(PinAction::Key));
    let visual = (vm.action != Some(PinAction::Visual))
        .then(|| side::word_and_note(92.0, c.w.pin_to_visual, c.w.pin_to_visual_note, PinAction::Visual));
    let parts = visual.into_iter().chain([side::word(84.0, c.w.without_card, PinAction::WithoutCard)]);
    side::top(c, above, parts.collect(), out);
}

fn fields(c: &mut Canvas<'_>, area: Rect, entered: usize) {
    let t = c.t;
    for (i, rect) in grid::columns(area, DIGITS, GAP).into_iter().enumerate() {
        let current = i == entered;
        let ground = if current { t.tint } else { t.surface };
        c.panel(rect, ground);
        if current {
            c.fill(Rect::from_min_size(rect.min, vec2(rect.width(), 6.0)), 0, t.accent.fill);
        }
        if i < entered {
            c.fill(Rect::from_center_size(rect.center(), vec2(DOT, DOT)), 18, t.ink);
        }
    }
}

fn explanation(c: &mut Canvas<'_>, rect: Rect, vm: &PinVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 14.0)), 10.0);
        match &vm.trouble {
            None => {
                c.text(stack.top(98.0), Align2::LEFT_TOP, c.w.pin_who, Style::body(t.ink));
                c.rule(stack.top(4.0));
                c.text(stack.top(80.0), Align2::LEFT_TOP, c.w.pin_which, Style::note(t.ink));
            }
            Some((what, next)) => {
                c.text(stack.top(74.0), Align2::LEFT_TOP, what, Style::strong(t.attention.fill));
                c.text(stack.top(132.0), Align2::LEFT_TOP, next, Style::body(t.ink));
                c.rule(stack.top(4.0));
            }
        }
        match vm.tries_left {
            Some(tries) => {
                c.text(stack.top(52.0), Align2::LEFT_CENTER, &c.w.tries_left(u32::from(tries)), Style::strong(t.ink))
            }
            None => c.text(stack.top(80.0), Align2::LEFT_TOP, c.w.pin_tries, Style::note(t.ink)),
        }
        c.text(stack.rest(), Align2::LEFT_TOP, c.w.pin_never, Style::note(t.ink2));
    });
}
