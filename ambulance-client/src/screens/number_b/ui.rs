//! Drawing of the 照合番号B page.

use egui::{Align2, Rect, Vec2, vec2};

use super::{NumberBAction, NumberBVm};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::theme::{Face, Size};
use crate::widgets::icons::Icon;
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{keypad, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &NumberBVm, out: &mut Out<NumberBAction>) {
    let look = keypad::next_look(vm.action.is_some(), vm.action == Some(NumberBAction::UseLastTry));
    let primary = Primary::new(&vm.primary.0, &vm.primary.1, vm.action.unwrap_or(NumberBAction::Open)).look(look);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.number_b_title, &vm.progress);
    fields(c, stack.top(96.0), vm.digits.as_str());
    let pressed = keypad::beside(c, stack.rest(), vm.keys, |c, rect| explanation(c, rect, vm));
    out.screen.extend(pressed.map(NumberBAction::Key));
    let back = (vm.action != Some(NumberBAction::Back))
        .then(|| side::word_and_note(92.0, c.w.back, c.w.to_visual, NumberBAction::Back));
    let parts = back.into_iter().chain([side::word(84.0, c.w.without_card, NumberBAction::WithoutCard)]);
    side::top(c, above, parts.collect(), out);
}

fn fields(c: &mut Canvas<'_>, area: Rect, digits: &str) {
    let t = c.t;
    let entered = digits.chars().count();
    let parts = [(c.w.birth_date, 0, 6), (c.w.expiry_year, 6, 4), (c.w.security_code, 10, 4)];
    for (rect, (label, from, length)) in grid::columns(area, 3, GAP).into_iter().zip(parts) {
        let current = (from..from + length).contains(&entered);
        let ground = if current { t.tint } else { t.surface };
        c.panel(rect, ground);
        if current {
            c.fill(Rect::from_min_size(rect.min, vec2(rect.width(), 6.0)), 0, t.accent.fill);
        }
        let mut text: String = digits.chars().skip(from).take(length).collect();
        for _ in text.chars().count()..length {
            text.push('_');
        }
        let (top, bottom) = rect.shrink2(vec2(8.0, 12.0)).split_top_bottom_at_y(rect.min.y + 40.0);
        c.on(ground, |c| {
            c.text(top, Align2::CENTER_CENTER, label, Style::note(t.ink));
            let style = Style { size: Size::Title, face: Face::Fixed, colour: t.ink };
            c.text(bottom, Align2::CENTER_CENTER, &text, style);
        });
    }
}

/// Where the photo will stand, in points.
const PORTRAIT: Vec2 = vec2(120.0, 150.0);

/// An empty place, dashed like everything that is not there yet.
fn portrait(c: &mut Canvas<'_>, rect: Rect) {
    let t = c.t;
    c.dashed(rect, t.bg, t.line);
    c.icon(Icon::Person, Rect::from_center_size(rect.center(), vec2(100.0, 100.0)), t.line);
}

fn explanation(c: &mut Canvas<'_>, rect: Rect, vm: &NumberBVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 14.0)), 10.0);
        match &vm.trouble {
            None => {
                c.text(stack.top(26.0), Align2::LEFT_CENTER, c.w.number_b_opens, Style::note(t.ink2));
                let mut room = stack.top(PORTRAIT.y);
                portrait(c, Rect::from_min_size(room.min, PORTRAIT));
                room.min.x += PORTRAIT.x + GAP;
                c.text(room, Align2::LEFT_TOP, c.w.number_b_content, Style::body(t.ink));
                c.rule(stack.top(4.0));
                c.text(stack.top(106.0), Align2::LEFT_TOP, c.w.number_b_where, Style::note(t.ink));
            }
            Some((what, next)) => {
                c.text(stack.top(74.0), Align2::LEFT_TOP, what, Style::strong(t.attention.fill));
                c.text(stack.top(128.0), Align2::LEFT_TOP, next, Style::body(t.ink));
                c.rule(stack.top(4.0));
            }
        }
        match vm.tries_left {
            Some(tries) => {
                c.text(stack.top(52.0), Align2::LEFT_CENTER, &c.w.tries_left(u32::from(tries)), Style::strong(t.ink))
            }
            None => c.text(stack.top(52.0), Align2::LEFT_TOP, c.w.number_b_tries, Style::note(t.ink)),
        }
        c.text(stack.rest(), Align2::LEFT_TOP, c.w.number_b_never, Style::note(t.ink2));
    });
}
