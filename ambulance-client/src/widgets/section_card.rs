//! A section of the history: count, look-back, three rows; the rest opens on its own page.

use egui::{Align2, Rect, pos2, vec2};

use crate::canvas::{Canvas, Kind, Style, Target};

/// A section as its card shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionVm {
    /// Its word with the count: 「薬剤 7」.
    pub title: String,
    /// How far back it was asked: 「3か月」.
    pub look_back: String,
    /// Up to three rows, newest first; masked rows read 「伏せた受診 1件」.
    pub lines: Vec<String>,
}

/// Height in points that a card of these lines asks.
#[must_use]
pub fn section_height(vm: &SectionVm) -> f32 {
    vm.lines.iter().take(3).fold(8.0 + 30.0 + 8.0, |sum, _| sum + LINE)
}

const LINE: f32 = 25.0;

/// Draws the card; true when pressed.
pub fn section_card(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &SectionVm) -> bool {
    let t = c.t;
    let name = format!("{} {} {}", vm.title, vm.look_back, vm.lines.join(" "));
    let kind = Kind::Ordinary;
    let press = c.press(Target { rect, key: ("section", index), name, kind, enabled: true, selected: None });
    let (fill, line, width) =
        if press.held { (t.tint, t.accent.fill, t.strong_border) } else { (t.surface, t.line, t.border) };
    c.rounded(rect, fill, line, width);
    let room = rect.shrink2(vec2(16.0, 8.0));
    let top = Rect::from_min_size(room.min, vec2(room.width(), 30.0));
    c.on(fill, |c| {
        let (left, right) = top.split_left_right_at_fraction(0.7);
        c.ink(left, Align2::LEFT_CENTER, &vm.title, Style::body(t.ink).bold());
        c.ink(right, Align2::RIGHT_CENTER, &vm.look_back, Style::note(t.ink2));
        let mut y = top.max.y;
        for line in &vm.lines {
            if y + LINE > rect.max.y {
                break;
            }
            let row = Rect::from_min_size(pos2(room.min.x, y), vec2(room.width(), LINE));
            c.ink(row, Align2::LEFT_CENTER, line, Style::note(t.ink));
            y += LINE;
        }
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}
