//! Drawing of the lock screen. The stage block works without unlocking.

use egui::{Align2, Rect, pos2, vec2};

use super::{CrewMemberVm, LockAction, LockVm, PIN_DIGITS};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips::chosen_name;
use crate::widgets::icons::Icon;
use crate::widgets::keypad::{self, KeypadPress};
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Part};

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &LockVm, out: &mut Out<LockAction>) {
    let above = side::foot(c, shell, Foot::SolidStage { height: 172.0, figure: false }, out);
    let mut stack = Stack::new(grid::content_and_rail(c.display.hand), GAP);
    banner(c, shell, &mut stack);
    title(c, stack.top(if shell.age_banner.is_some() { 48.0 } else { 72.0 }), &vm.title);
    let rects = grid::weighted_columns(stack.rest(), &[430.0, 510.0], 24.0);
    if let [left, right] = rects.as_slice() {
        members(c, *left, vm, out);
        out.screen.extend(pin(c, *right, vm.entered, &vm.state).map(LockAction::Key));
    }
    let lines = vec![c.w.lock_can_stage.to_owned(), c.w.dispatch_phone.to_owned()];
    let parts = vec![
        Part::Info { title: c.w.lock_can.to_owned(), lines },
        side::word(84.0, c.w.dispatch_phone, LockAction::PhoneDispatch),
        side::word(72.0, &vm.theme, LockAction::NextTheme),
    ];
    side::top(c, above, parts, out);
}

/// What stands on every page until its cause ends stands here too.
pub(in crate::screens) fn banner(c: &mut Canvas<'_>, shell: &ShellVm, stack: &mut Stack) {
    if let Some(banner) = &shell.age_banner {
        frame::draw_banner(c, stack.top(72.0), banner);
    }
}

/// The lock and the title of a screen without rail.
pub(in crate::screens) fn title(c: &mut Canvas<'_>, rect: Rect, words: &str) {
    let ink = c.t.ink;
    c.icon(Icon::Lock, Rect::from_center_size(pos2(rect.min.x + 26.0, rect.center().y), vec2(52.0, 52.0)), ink);
    c.text(rect.with_min_x(rect.min.x + 68.0), Align2::LEFT_CENTER, words, Style::title(ink));
}

fn members(c: &mut Canvas<'_>, area: Rect, vm: &LockVm, out: &mut Out<LockAction>) {
    let mut stack = Stack::new(area, GAP);
    panels::heading(c, stack.top(30.0), c.w.who_are_you, "");
    let rule = stack.bottom(68.0);
    let height = member_height(stack.rest().height(), vm.crew.len());
    for (i, vm) in vm.crew.iter().enumerate() {
        if stack.rest().height() + 1.0 < height {
            break;
        }
        out.when(member(c, stack.top(height), i, vm), LockAction::ChooseMember(i));
    }
    panels::rule_strip(c, rule, "", c.w.lock_rule);
}

/// All members fit where an alarm takes room, down to rows of 72 points.
fn member_height(room: f32, members: usize) -> f32 {
    let gaps = (1..members).fold(0.0, |sum, _| sum + GAP);
    let count = (0..members).fold(0.0, |sum: f32, _| sum + 1.0).max(1.0);
    ((room - gaps) / count).clamp(72.0, 100.0)
}

/// A crew member; true when pressed.
pub(in crate::screens) fn member(c: &mut Canvas<'_>, rect: Rect, place: usize, vm: &CrewMemberVm) -> bool {
    let face = ButtonFace::default().line(vm.name.clone(), Size::Strong, true);
    let face = face.line(vm.role.clone(), Size::Note, true).left(26.0);
    let face = if vm.chosen { face.icon(Icon::Check, 28.0) } else { face };
    let name = chosen_name(c, &format!("{} {}", vm.name, vm.role), vm.chosen);
    let look = if vm.chosen { Look::Selected } else { Look::Rest };
    let mut button = Button::new(rect, ("member", place), face).look(look).name(name);
    button.chosen = Some(vm.chosen);
    button.show(c)
}

/// Six dots and the keypad.
pub(in crate::screens) fn pin(c: &mut Canvas<'_>, area: Rect, entered: usize, state: &str) -> Option<KeypadPress> {
    let t = c.t;
    let mut stack = Stack::new(area, GAP);
    panels::heading(c, stack.top(30.0), c.w.pin_title, state);
    for (i, rect) in grid::columns(stack.top(64.0), PIN_DIGITS, GAP).into_iter().enumerate() {
        c.panel(rect, t.surface);
        if i < entered {
            let dot = Rect::from_center_size(rect.center(), vec2(30.0, 30.0));
            c.fill(dot, 15, t.ink);
        }
    }
    keypad::keypad(c, stack.rest())
}
