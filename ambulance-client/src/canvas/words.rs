//! Words in a room: laid out, made smaller if they do not fit, placed, noted.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Align2, Pos2, Rect, Vec2, pos2};
use std::sync::Arc;

use super::ledger::WordsEntry;
use super::{Canvas, Style};
use crate::theme::Size;
use crate::theme::type_scale::font;

impl Canvas<'_> {
    /// Words that are part of something already named (a target, a panel): drawn only.
    pub fn ink(&mut self, rect: Rect, at: Align2, text: &str, style: Style) {
        self.ink_spans(rect, at, &[(text, style)]);
    }

    /// As [`Self::ink`], in runs of different styles. Words that do not fit the room are made smaller, one size at a
    /// time; at the smallest size the rest is cut with … and noted as elided.
    pub fn ink_spans(&mut self, rect: Rect, at: Align2, runs: &[(&str, Style)]) {
        let text: String = runs.iter().map(|(text, _)| *text).collect();
        let (galley, size) = self.fit(rect.size(), at, runs);
        let anchor = anchor(rect, at, galley.size());
        let leading = (size.line_height() - size.points()) / 2.0;
        let ink = galley.rect.translate(anchor.to_vec2()).shrink2(egui::vec2(0.0, leading));
        let Some((_, first)) = runs.first() else { return };
        self.ledger.words.push(WordsEntry {
            text,
            size,
            ink,
            room: rect,
            elided: galley.elided,
            colour: first.colour,
            ground: self.ground,
        });
        self.ui.painter().galley(anchor, galley, first.colour);
    }

    /// Width in points that `text` takes on one line.
    #[must_use]
    pub fn width(&self, text: &str, style: Style) -> f32 {
        self.lay(f32::INFINITY, Align2::LEFT_TOP, &[(text, style)], 0, 1).size().x
    }

    fn fit(&self, room: Vec2, at: Align2, runs: &[(&str, Style)]) -> (Arc<egui::Galley>, Size) {
        let largest = runs.iter().map(|(_, s)| s.size).max().unwrap_or(Size::Note);
        let mut size = largest;
        let mut steps = 0;
        loop {
            let rows = rows_that_fit(room.y, size);
            let mut galley = self.lay(room.x, at, runs, steps, rows);
            let is_name = matches!(runs, [(name, _)] if galley.rows.len() > 1 && name_parts(name).next().is_some());
            let parted = if is_name && rows > 1 { self.parted(room.x, at, runs, steps, rows) } else { None };
            let inside = is_name && parted.is_none();
            galley = parted.unwrap_or(galley);
            // The leading of the outer lines may stand over: the ink itself stays inside.
            let leading = size.line_height() - size.points();
            let broken = inside || is_torn(&galley) || self.breaks_a_word(room.x, runs, steps);
            let whole = galley.rows.len() < 2 || !broken;
            let fits =
                whole && !galley.elided && galley.size().x <= room.x + 0.5 && galley.size().y <= room.y + leading;
            match size.smaller() {
                Some(smaller) if !fits => {
                    size = smaller;
                    steps += 1;
                }
                _ => return (galley, size),
            }
        }
    }

    /// A hospital's name in two lines, between its words; none where a part of it is wider than the room.
    fn parted(
        &self,
        width: f32,
        at: Align2,
        runs: &[(&str, Style)],
        steps: u32,
        rows: usize,
    ) -> Option<Arc<egui::Galley>> {
        let [(name, style)] = runs else { return None };
        let shown = Style { size: shrunk(style.size, steps), ..*style };
        let (front, end) = name_parts(name)
            .find(|(front, end)| self.width(front, shown) <= width && self.width(end, shown) <= width)?;
        let text = format!("{front}\n{end}");
        Some(self.lay(width, at, &[(&text, *style)], steps, rows))
    }

    /// Whether a Latin word is wider than the room, so that it would be broken inside.
    fn breaks_a_word(&self, width: f32, runs: &[(&str, Style)], steps: u32) -> bool {
        runs.iter().any(|(text, style)| {
            let style = Style { size: shrunk(style.size, steps), ..*style };
            text.split_whitespace().filter(|w| w.is_ascii()).any(|word| self.width(word, style) > width)
        })
    }

    fn lay(&self, width: f32, at: Align2, runs: &[(&str, Style)], steps: u32, rows: usize) -> Arc<egui::Galley> {
        let mut job = LayoutJob { halign: at.x(), ..LayoutJob::default() };
        job.wrap.max_width = width;
        job.wrap.max_rows = rows;
        for (text, style) in runs {
            let size = shrunk(style.size, steps);
            let format = TextFormat {
                font_id: font(size, style.face, self.t.bold_throughout),
                color: style.colour,
                line_height: Some(size.line_height()),
                valign: Align::BOTTOM,
                ..TextFormat::default()
            };
            job.append(text, 0.0, format);
        }
        self.ui.painter().layout_job(job)
    }
}

/// A last line of so few characters is the end of a word that was torn from it.
const TORN: usize = 2;
/// Longest label, in characters, that is rather made smaller than torn; longer ones are sentences.
const LABEL: usize = 24;
/// How hospitals' names end, the longest first: the word before which a name may be parted.
const NAME_ENDS: [&str; 12] = [
    "総合医療センター",
    "救命救急センター",
    "医療センター",
    "救命センター",
    "リハビリテーション病院",
    "センター",
    "総合病院",
    "大学病院",
    "記念病院",
    "中央病院",
    "病院",
    "クリニック",
];

/// The ways to part a hospital's name between words.
fn name_parts(name: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = NAME_ENDS.iter().filter_map(|end| Some((name.strip_suffix(end)?, *end)));
    parts.filter(|(front, _)| !front.is_empty() && !front.contains('\n'))
}

/// Whether a label's last line is the torn end of a word. Lines that were asked for stand as they are.
fn is_torn(galley: &egui::Galley) -> bool {
    let chars = |row: &egui::epaint::text::PlacedRow| row.glyphs.len();
    let asked = galley.rows.iter().any(|row| row.ends_with_newline);
    let all: usize = galley.rows.iter().map(chars).sum();
    !asked && all <= LABEL && galley.rows.last().is_some_and(|last| chars(last) <= TORN)
}

fn shrunk(size: Size, steps: u32) -> Size {
    (0..steps).fold(size, |s, _| s.smaller().unwrap_or(s))
}

fn rows_that_fit(height: f32, size: Size) -> usize {
    let mut rows = 1;
    let leading = size.line_height() - size.points();
    let mut used = size.line_height() * 2.0;
    while used <= height + leading && rows < 40 {
        rows += 1;
        used += size.line_height();
    }
    rows
}

fn anchor(rect: Rect, at: Align2, size: Vec2) -> Pos2 {
    let x = match at.x() {
        Align::Min => rect.min.x,
        Align::Center => rect.center().x,
        Align::Max => rect.max.x,
    };
    let y = match at.y() {
        Align::Min => rect.min.y,
        Align::Center => rect.center().y - size.y / 2.0,
        Align::Max => rect.max.y - size.y,
    };
    pos2(x.round(), y.round())
}

#[cfg(test)]
mod tests {
    use super::name_parts;

    #[test]
    fn a_name_is_parted_between_its_words_only() {
        let first = |name| name_parts(name).next();
        assert_eq!(first("災害医療センター"), Some(("災害", "医療センター")));
        assert_eq!(first("東京都立多摩総合医療センター"), Some(("東京都立多摩", "総合医療センター")));
        assert_eq!(first("立川相互病院"), Some(("立川相互", "病院")));
        assert_eq!(first("照会の返事を待っています"), None);
        assert_eq!(first("病院"), None, "nothing stands before it");
    }
}
