//! Digits 0–9, clear all, clear one. Values are shown outside the keys; what is secret is kept by whoever draws them.

use egui::Rect;

use super::button::{Button, ButtonFace, Look};
use crate::canvas::{Canvas, Kind};
use crate::theme::Size;
use crate::theme::grid::{self, GAP};

/// A key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeypadPress {
    /// A digit, 0–9.
    Digit(u8),
    /// Clear everything.
    ClearAll,
    /// Clear the last character.
    ClearOne,
}

/// How the button of a page for secret digits looks: nothing to do yet, the last try, or the next step.
pub const fn next_look(is_ready: bool, is_last_try: bool) -> Look {
    match (is_ready, is_last_try) {
        (false, _) => Look::Disabled,
        (true, true) => Look::Irreversible,
        (true, false) => Look::Primary,
    }
}

/// A page for secret digits: the keys, and beside them what is to be said; without keys that takes all the room.
pub fn beside(
    c: &mut Canvas<'_>,
    area: Rect,
    has_keys: bool,
    explain: impl FnOnce(&mut Canvas<'_>, Rect),
) -> Option<KeypadPress> {
    let rects = grid::weighted_columns(area, &[432.0, 412.0], GAP);
    let [left, right] = rects.as_slice() else { return None };
    if !has_keys {
        explain(c, left.union(*right));
        return None;
    }
    let pressed = keypad(c, *left);
    explain(c, *right);
    pressed
}

/// Draws the keys into `area`, three columns, four rows.
pub fn keypad(c: &mut Canvas<'_>, area: Rect) -> Option<KeypadPress> {
    let height = (area.height() - 3.0 * GAP) / 4.0;
    let mut pressed = None;
    for (i, rect) in grid::cells(area, 3, height, 12).into_iter().enumerate() {
        let (word, press) = match i {
            9 => (c.w.clear_all.to_owned(), KeypadPress::ClearAll),
            10 => ("0".to_owned(), KeypadPress::Digit(0)),
            11 => (c.w.clear_one.to_owned(), KeypadPress::ClearOne),
            _ => {
                let digit = u8::try_from(i + 1).unwrap_or(9);
                (digit.to_string(), KeypadPress::Digit(digit))
            }
        };
        let size = if matches!(press, KeypadPress::Digit(_)) { Size::Title } else { Size::Body };
        let face = ButtonFace::default().line(word, size, true);
        if Button::new(rect, ("key", i), face).kind(Kind::Key).show(c) {
            pressed = Some(press);
        }
    }
    pressed
}
