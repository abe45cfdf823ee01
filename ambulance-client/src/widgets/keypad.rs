//! Digits 0–9, clear all, clear one. Values are shown outside the keys.

use egui::Rect;

use super::button::{Button, ButtonFace};
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
