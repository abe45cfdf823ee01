//! The one button of the design in all its looks. Round and bordered means it can be pressed.

use egui::{Align2, Color32, Rect, pos2, vec2};

use super::icons::Icon;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::{Face, Size};

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Surface, ordinary border.
    Rest,
    /// Tint, strong accent border; the face carries the check.
    Selected,
    /// Dashed, regular: cannot be pressed now, and its note says why.
    Disabled,
    /// Dashed like disabled, but a press answers it: never preset.
    Untouched,
    /// Solid accent: the next thing to do.
    Primary,
    /// Solid attention: cannot be taken back.
    Irreversible,
    /// Strong accent border, accent words.
    Stage,
}

/// One line of a button's face.
#[derive(Clone, Debug)]
pub struct Line {
    /// The words; may hold line breaks.
    pub text: String,
    /// Their size; smaller if they do not fit.
    pub size: Size,
    /// Whether they are bold.
    pub bold: bool,
}

/// What stands on a button.
#[derive(Clone, Debug, Default)]
pub struct ButtonFace {
    /// An icon and its size in points.
    pub icon: Option<(Icon, f32)>,
    /// Whether the icon stands above the words instead of before a line.
    pub icon_above: bool,
    /// The line before which the icon stands.
    pub icon_line: usize,
    /// The lines, top to bottom.
    pub lines: Vec<Line>,
    /// Left-aligned with this padding instead of centred.
    pub left: Option<f32>,
}

impl ButtonFace {
    /// A bold word of 24 points, the ordinary button.
    #[must_use]
    pub fn word(text: impl Into<String>) -> Self {
        Self::default().line(text, Size::Body, true)
    }

    /// The same with a line added below.
    #[must_use]
    pub fn line(mut self, text: impl Into<String>, size: Size, bold: bool) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.lines.push(Line { text, size, bold });
        }
        self
    }

    /// The same with an icon before the first line.
    #[must_use]
    pub fn icon(mut self, icon: Icon, size: f32) -> Self {
        self.icon = Some((icon, size));
        self
    }

    /// The same, left-aligned.
    #[must_use]
    pub fn left(mut self, padding: f32) -> Self {
        self.left = Some(padding);
        self
    }

    /// The words in one sentence, for the accessible name.
    #[must_use]
    pub fn spoken(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(|l| l.text.replace('\n', " ")).collect();
        lines.join(" ")
    }
}

/// A button at a fixed place.
#[derive(Clone, Debug)]
pub struct Button {
    /// Where it is.
    pub rect: Rect,
    /// What it is among the targets of the screen.
    pub key: (&'static str, usize),
    /// Its accessible name.
    pub name: String,
    /// How it looks.
    pub look: Look,
    /// What it is.
    pub kind: Kind,
    /// For choices: whether it is chosen.
    pub chosen: Option<bool>,
    /// What stands on it.
    pub face: ButtonFace,
}

impl Button {
    /// An ordinary button at rest, named by its face.
    #[must_use]
    pub fn new(rect: Rect, key: (&'static str, usize), face: ButtonFace) -> Self {
        Self { rect, key, name: face.spoken(), look: Look::Rest, kind: Kind::Ordinary, chosen: None, face }
    }

    /// The same with another look.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// The same with another accessible name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same as another kind of target.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Draws it; true when it was pressed.
    pub fn show(self, c: &mut Canvas<'_>) -> bool {
        let press = c.press(Target {
            rect: self.rect,
            key: self.key,
            name: self.name,
            kind: self.kind,
            enabled: self.look != Look::Disabled,
            selected: self.chosen,
        });
        let (ground, colour) = box_of(c, self.rect, self.look, press.held);
        let regular = matches!(self.look, Look::Disabled | Look::Untouched);
        c.on(ground, |c| paint_face(c, self.rect, &self.face, colour, regular));
        if press.focused {
            c.focus_line(self.rect);
        }
        press.fired
    }
}

fn box_of(c: &mut Canvas<'_>, rect: Rect, look: Look, held: bool) -> (Color32, Color32) {
    let t = c.t;
    match look {
        Look::Primary | Look::Irreversible => {
            let pair = if look == Look::Primary { t.accent } else { t.attention };
            c.ledger.solids += 1;
            c.rounded(rect, pair.fill, if held { t.ink } else { pair.fill }, t.strong_border);
            (pair.fill, pair.on)
        }
        Look::Disabled | Look::Untouched if !held => {
            c.dashed(rect, t.bg, t.line);
            (t.bg, t.ink2)
        }
        Look::Stage => {
            let fill = if held { t.tint } else { t.surface };
            c.rounded(rect, fill, t.accent.fill, t.strong_border);
            (fill, t.accent.fill)
        }
        Look::Rest if !held => {
            c.rounded(rect, t.surface, t.line, t.border);
            (t.surface, t.ink)
        }
        _ => {
            c.rounded(rect, t.tint, t.accent.fill, t.strong_border);
            (t.tint, t.ink)
        }
    }
}

struct Measured {
    size: Size,
    height: f32,
}

fn measure(c: &Canvas<'_>, line: &Line, width: f32, shrink: u32) -> Measured {
    let mut size = (0..shrink).fold(line.size, |s, _| s.smaller().unwrap_or(s));
    loop {
        let style = Style { size, face: face_of(line.bold), colour: Color32::WHITE };
        let longest = line.text.split([' ', '\n']).filter(|w| w.is_ascii()).map(|w| c.width(w, style));
        let breaks = longest.fold(0.0_f32, f32::max) > width || tears(c, &line.text, style, width);
        let Some(smaller) = size.smaller().filter(|_| breaks) else { break };
        size = smaller;
    }
    let style = Style { size, face: face_of(line.bold), colour: Color32::WHITE };
    let rows: f32 = line.text.split('\n').map(|part| (c.width(part, style) / width).ceil().max(1.0)).sum();
    Measured { size, height: rows * size.line_height() }
}

/// Whether the last line of a part would hold one or two letters only: then it is rather made smaller.
fn tears(c: &Canvas<'_>, text: &str, style: Style, width: f32) -> bool {
    let over = |part: &str| c.width(part, style) - width;
    text.split('\n').map(over).any(|over| over > 0.0 && over < 2.0 * style.size.points())
}

fn face_of(bold: bool) -> Face {
    if bold { Face::Bold } else { Face::Regular }
}

fn paint_face(c: &mut Canvas<'_>, rect: Rect, face: &ButtonFace, colour: Color32, regular: bool) {
    let padding = face.left.unwrap_or(if rect.width() < 160.0 { 5.0 } else { 10.0 });
    let room = rect.shrink2(vec2(padding, 3.0));
    let beside = face.icon.filter(|_| !face.icon_above);
    let beside_width = beside.map_or(0.0, |(_, size)| size + 10.0);
    let above = face.icon.filter(|_| face.icon_above).map_or(0.0, |(_, size)| size + 6.0);
    let mut shrink = 0;
    let measured = loop {
        let all: Vec<_> = face
            .lines
            .iter()
            .enumerate()
            .map(|(i, line)| {
                measure(c, line, room.width() - if i == face.icon_line { beside_width } else { 0.0 }, shrink)
            })
            .collect();
        let total: f32 = all.iter().map(|m| m.height).sum();
        if total + above <= room.height() || shrink == 4 {
            break all;
        }
        shrink += 1;
    };
    let total: f32 = above + measured.iter().map(|m| m.height).sum::<f32>();
    let mut y = room.center().y - total / 2.0;
    if let Some((icon, size)) = face.icon.filter(|_| face.icon_above) {
        c.icon(icon, Rect::from_center_size(pos2(room.center().x, y + size / 2.0), vec2(size, size)), colour);
        y += above;
    }
    for (i, (line, m)) in face.lines.iter().zip(&measured).enumerate() {
        let row = Rect::from_min_size(pos2(room.min.x, y), vec2(room.width(), m.height));
        let bold = line.bold && (!regular || line.size >= Size::Title);
        let style = Style { size: m.size, face: face_of(bold), colour };
        paint_line(c, row, &line.text, style, beside.filter(|_| i == face.icon_line), face.left.is_some());
        y += m.height;
    }
}

fn paint_line(c: &mut Canvas<'_>, row: Rect, text: &str, style: Style, icon: Option<(Icon, f32)>, left: bool) {
    let Some((icon, size)) = icon else {
        let at = if left { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER };
        c.ink(row, at, text, style);
        return;
    };
    let widest = text.split('\n').map(|part| c.width(part, style)).fold(0.0_f32, f32::max);
    let width = (widest + size + 10.0).min(row.width());
    let x = if left { row.min.x } else { row.center().x - width / 2.0 };
    let centre = pos2(x + size / 2.0, row.center().y);
    c.icon(icon, Rect::from_center_size(centre, vec2(size, size)), style.colour);
    let words = Rect::from_min_max(pos2(x + size + 10.0, row.min.y), row.max);
    c.ink(words, Align2::LEFT_CENTER, text, style);
}
