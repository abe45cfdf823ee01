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
    pub lines: Vec<SectionLine>,
}

/// One row of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionLine {
    /// What it is; cut short when the card is too narrow.
    pub words: String,
    /// Date and days, never cut: 「11-16 28日分」. May be empty.
    pub when: String,
}

impl SectionLine {
    /// A row of words alone.
    #[must_use]
    pub const fn words(words: String) -> Self {
        Self { words, when: String::new() }
    }
}

impl std::fmt::Display for SectionLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words)?;
        if self.when.is_empty() { Ok(()) } else { write!(f, " {}", self.when) }
    }
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
    let lines: Vec<String> = vm.lines.iter().map(ToString::to_string).collect();
    let name = format!("{} {} {}", vm.title, vm.look_back, lines.join(" "));
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
            line_in(c, row, line);
            y += LINE;
        }
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

/// The date stands right behind the words, and stays whole where they are cut.
fn line_in(c: &mut Canvas<'_>, row: Rect, line: &SectionLine) {
    let style = Style::note(c.t.ink);
    let whole = line.to_string();
    if line.when.is_empty() || c.width(&whole, style) <= row.width() {
        c.ink(row, Align2::LEFT_CENTER, &whole, style);
        return;
    }
    let when = format!(" {}", line.when);
    let (words, when_room) = row.split_left_right_at_x(row.max.x - c.width(&when, style).ceil());
    c.ink(words, Align2::LEFT_CENTER, &line.words, style);
    c.ink(when_room, Align2::RIGHT_CENTER, &when, style);
}
