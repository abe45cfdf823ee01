//! Drawing of the look-up without a card: what stands entered, and the keys of the open part.

use egui::{Align2, Rect, vec2};

use super::{KANA, Part, WithoutCardAction, WithoutCardVm};
use crate::canvas::{Canvas, Kind, Style};
use crate::frame::{self, Out, ShellVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, Stack};
use crate::widgets::button::{Button, ButtonFace, Look};
use crate::widgets::chips;
use crate::widgets::keypad;
use crate::widgets::side::{self, Foot, Primary};

/// Height of a row of choices.
const ROW: f32 = 60.0;

/// Draws the page.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &WithoutCardVm, out: &mut Out<WithoutCardAction>) {
    let look = if vm.ready { Look::Primary } else { Look::Disabled };
    let primary = Primary::new(&vm.primary.0, &vm.primary.1, WithoutCardAction::Next).look(look);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    parts(c, stack.top(ROW), vm, out);
    entered(c, stack.top(ROW), vm);
    match vm.part {
        Part::Name => name(c, stack.rest(), out),
        Part::Birth => birth(c, stack.rest(), vm, out),
        Part::Address => address(c, stack.rest(), vm, out),
    }
    let side_parts = vec![
        side::word(84.0, c.w.back, WithoutCardAction::Back),
        side::word(84.0, c.w.without_card, WithoutCardAction::GoOn),
    ];
    side::top(c, above, side_parts, out);
}

fn parts(c: &mut Canvas<'_>, area: Rect, vm: &WithoutCardVm, out: &mut Out<WithoutCardAction>) {
    for (i, rect) in grid::columns(area, vm.parts.len(), GAP).into_iter().enumerate() {
        let (Some(chip), Some(part)) = (vm.parts.get(i), Part::ALL.get(i).copied()) else { continue };
        out.when(chips::chip(c, rect, ("part", i), chip), WithoutCardAction::Part(part));
        if part == vm.part {
            c.fill(Rect::from_min_size(rect.min, vec2(rect.width(), 6.0)), 0, c.t.accent.fill);
        }
    }
}

fn entered(c: &mut Canvas<'_>, rect: Rect, vm: &WithoutCardVm) {
    let t = c.t;
    c.panel(rect, t.tint);
    c.on(t.tint, |c| {
        let inner = rect.shrink2(vec2(16.0, 8.0));
        let width = c.width(&vm.note, Style::note(t.ink2)) + 8.0;
        let (left, right) = inner.split_left_right_at_x(inner.max.x - width);
        c.text(left.with_max_x(left.max.x - 8.0), Align2::LEFT_CENTER, vm.entered.as_str(), Style::strong(t.ink));
        c.text(right, Align2::RIGHT_CENTER, &vm.note, Style::note(t.ink2));
    });
}

fn key(c: &mut Canvas<'_>, rect: Rect, key: (&'static str, usize), word: &str) -> bool {
    let size = if word.chars().count() == 1 { Size::Title } else { Size::Body };
    Button::new(rect, key, ButtonFace::default().line(word.to_owned(), size, true)).kind(Kind::Key).show(c)
}

/// Ten columns as they are said, and a row for blanks and corrections.
fn name(c: &mut Canvas<'_>, area: Rect, out: &mut Out<WithoutCardAction>) {
    let rows = KANA.first().map_or(0, |column| column.len()) + 1;
    #[expect(clippy::cast_precision_loss, reason = "six rows")]
    let height = (area.height() - GAP * (rows - 1) as f32) / rows as f32;
    let mut stack = Stack::new(area, GAP);
    for row in 0..rows - 1 {
        for (column, rect) in grid::columns(stack.top(height), KANA.len(), GAP).into_iter().enumerate() {
            let Some(letter) = KANA.get(column).and_then(|letters| letters.get(row)).copied() else { continue };
            let pressed = key(c, rect, ("kana", column * rows + row), letter.encode_utf8(&mut [0; 4]));
            out.when(pressed, WithoutCardAction::Kana(letter));
        }
    }
    let words = [
        (c.w.kana_blank, WithoutCardAction::Blank),
        (c.w.clear_one, WithoutCardAction::ClearOne),
        (c.w.clear_all, WithoutCardAction::ClearAll),
    ];
    for (i, (rect, (word, action))) in grid::columns(stack.top(height), 3, GAP).into_iter().zip(words).enumerate() {
        out.when(key(c, rect, ("kana other", i), word), action);
    }
}

fn birth(c: &mut Canvas<'_>, area: Rect, vm: &WithoutCardVm, out: &mut Out<WithoutCardAction>) {
    let mut stack = Stack::new(area, GAP);
    out.at(chips::row(c, stack.top(ROW), "era", &vm.eras), WithoutCardAction::Era);
    out.at(chips::row(c, stack.top(ROW), "sex", &vm.sexes), WithoutCardAction::Sex);
    let rects = grid::weighted_columns(stack.rest(), &[432.0, 412.0], GAP);
    let [left, right] = rects.as_slice() else { return };
    out.screen.extend(keypad::keypad(c, *left).map(WithoutCardAction::Key));
    explanation(c, *right, vm);
}

fn address(c: &mut Canvas<'_>, area: Rect, vm: &WithoutCardVm, out: &mut Out<WithoutCardAction>) {
    let rects = grid::weighted_columns(area, &[432.0, 412.0], GAP);
    let [left, right] = rects.as_slice() else { return };
    let mut keys = Stack::new(*left, GAP);
    let dash = keys.bottom(72.0);
    out.screen.extend(keypad::keypad(c, keys.rest()).map(WithoutCardAction::Key));
    out.when(key(c, dash, ("dash", 0), c.w.address_dash), WithoutCardAction::Dash);
    let mut stack = Stack::new(*right, GAP);
    for (i, place) in vm.places.iter().enumerate() {
        out.when(chips::reason(c, stack.top(ROW), ("place", i), place), WithoutCardAction::Place(i));
    }
    if vm.more_places {
        let button = Button::new(stack.top(ROW), ("more places", 0), ButtonFace::word(c.w.more_places));
        out.when(button.show(c), WithoutCardAction::MorePlaces);
    }
    if stack.rest().height() > 60.0 {
        explanation(c, stack.rest(), vm);
    }
}

fn explanation(c: &mut Canvas<'_>, rect: Rect, vm: &WithoutCardVm) {
    let t = c.t;
    c.panel(rect, t.surface);
    c.on(t.surface, |c| {
        let mut stack = Stack::new(rect.shrink2(vec2(16.0, 12.0)), 8.0);
        for line in &vm.explanation {
            if stack.rest().height() < 52.0 {
                return;
            }
            c.text(stack.top(52.0), Align2::LEFT_TOP, line, Style::note(t.ink2));
        }
    });
}
