//! Drawing of a keypad page.

use egui::{Align2, Rect, vec2};

use super::{ValueKeypadAction, ValueKeypadVm};
use crate::canvas::{Canvas, Kind, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::side::{self, Foot, Primary};
use crate::widgets::{chips, keypad, panels};

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &ValueKeypadVm, out: &mut Out<ValueKeypadAction>) {
    let look = if vm.record_note.is_some() { Look::Primary } else { Look::Disabled };
    let note = vm.record_note.as_deref().unwrap_or(&vm.missing);
    let primary = Primary::new(c.w.record, note, ValueKeypadAction::Record).look(look);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), &vm.title, c.w.keypad_hint);
    let rects = grid::weighted_columns(stack.rest(), &[396.0, 436.0], 24.0);
    let [left, right] = rects.as_slice() else { return };
    out.screen.extend(keypad::keypad(c, *right).map(ValueKeypadAction::Key));
    shortcuts(c, *left, vm, out);
    let mut parts = vec![side::word_and_note(96.0, c.w.next_item, &vm.next_item, ValueKeypadAction::NextItem)];
    parts.extend(vm.revert.as_deref().map(|words| side::word(84.0, words, ValueKeypadAction::Revert)));
    side::top(c, above, parts, out);
}

fn shortcuts(c: &mut Canvas<'_>, area: Rect, vm: &ValueKeypadVm, out: &mut Out<ValueKeypadAction>) {
    let mut stack = Stack::new(area, GAP);
    value(c, stack.top(150.0), vm);
    panels::heading(c, stack.top(30.0), c.w.common_keys, "");
    let steps = [("−10", -10), ("−1", -1), ("+1", 1), ("+10", 10)];
    for (i, (rect, (word, step))) in grid::columns(stack.top(92.0), 4, GAP).into_iter().zip(steps).enumerate() {
        let button = Button::new(rect, ("step", i), ButtonFace::word(word)).kind(Kind::Key);
        out.when(button.show(c), ValueKeypadAction::Add(step));
    }
    if !vm.parts.is_empty() {
        out.at(chips::row(c, stack.top(76.0), "part", &vm.parts), ValueKeypadAction::ChoosePart);
    }
    if vm.limits {
        let words =
            [(c.w.below_range, ValueKeypadAction::BelowRange), (c.w.above_range, ValueKeypadAction::AboveRange)];
        pair(c, stack.top(76.0), "limit", words, out);
    }
    let words = [
        (c.w.cannot_measure, ValueKeypadAction::CannotMeasure),
        (c.w.will_not_measure, ValueKeypadAction::WillNotMeasure),
    ];
    pair(c, stack.top(76.0), "not measured", words, out);
    c.text(stack.top(26.0), Align2::LEFT_CENTER, &vm.previous, Style::note(c.t.ink2));
}

fn pair(
    c: &mut Canvas<'_>,
    area: Rect,
    key: &'static str,
    words: [(&str, ValueKeypadAction); 2],
    out: &mut Out<ValueKeypadAction>,
) {
    for (i, (rect, (word, action))) in grid::columns(area, 2, GAP).into_iter().zip(words).enumerate() {
        out.when(Button::new(rect, (key, i), ButtonFace::word(word)).show(c), action);
    }
}

fn value(c: &mut Canvas<'_>, rect: Rect, vm: &ValueKeypadVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 12.0)), 0.0);
        c.text(stack.top(26.0), Align2::LEFT_CENTER, &vm.unit, Style::note(t.ink2));
        let line = stack.top(62.0);
        let (left, right) = line.split_left_right_at_fraction(0.6);
        c.text(left, Align2::LEFT_CENTER, &vm.value, Style::figure(t.ink));
        c.text(right, Align2::RIGHT_BOTTOM, &vm.taken_at, Style::note(t.ink));
        stack.skip(8.0);
        c.text(stack.top(28.0), Align2::LEFT_CENTER, &vm.advice, Style::note(t.ink2));
    });
}
