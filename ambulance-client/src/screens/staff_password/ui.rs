//! Drawing of the staff password's keypad.

use egui::{Align2, Rect, vec2};

use super::{DIGITS, StaffPasswordAction, StaffPasswordVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{GAP, Stack};
use crate::theme::{Face, Size};
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{keypad, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &StaffPasswordVm, out: &mut Out<StaffPasswordAction>) {
    let look = keypad::next_look(vm.ready, false);
    let primary = Primary::new(&vm.primary.0, &vm.primary.1, StaffPasswordAction::Done).look(look);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), &vm.title, "");
    let pressed = keypad::beside(c, stack.rest(), vm.keys, |c, rect| explanation(c, rect, vm));
    out.screen.extend(pressed.map(StaffPasswordAction::Key));
    let back = side::word_and_note(92.0, &vm.back.0, &vm.back.1, StaffPasswordAction::Back);
    side::top(c, above, vec![back], out);
}

fn explanation(c: &mut Canvas<'_>, rect: Rect, vm: &StaffPasswordVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 14.0)), 10.0);
        if vm.keys {
            let places: String = (0..DIGITS).map(|place| if place < vm.entered { '●' } else { '○' }).collect();
            let style = Style { size: Size::Title, face: Face::Fixed, colour: t.ink };
            c.text(stack.top(56.0), Align2::CENTER_CENTER, &places, style);
            c.rule(stack.top(4.0));
        }
        match &vm.trouble {
            Some((what, next)) => {
                c.text(stack.top(96.0), Align2::LEFT_TOP, what, Style::strong(t.attention.fill));
                c.text(stack.top(160.0), Align2::LEFT_TOP, next, Style::body(t.ink));
            }
            None => {
                for line in &vm.explanation {
                    c.text(stack.top(66.0), Align2::LEFT_TOP, line, Style::note(t.ink2));
                }
            }
        }
    });
}
