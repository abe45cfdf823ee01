//! The side column, bottom-anchored: the stage block, above it the primary or the undo block, on top the rest.

use egui::Rect;

use super::button::{Button, ButtonFace, Look};
use super::icons::Icon;
use super::panels;
use crate::canvas::{Canvas, Kind};
use crate::frame::{Out, ShellAction, ShellVm, UndoVm};
use crate::theme::Size;
use crate::theme::grid::{self, GAP, GAP_PRIMARY, PRIMARY_HEIGHT, STAGE_HEIGHT, Stack};

/// Height of the undo block at 医師引継ぎ, where the content tells what was recorded.
const LARGE_UNDO: f32 = 196.0;

/// The next thing to do on a screen.
#[derive(Clone, Debug)]
pub struct Primary<A> {
    /// Its words.
    pub face: ButtonFace,
    /// Its height in points, at least 120.
    pub height: f32,
    /// [`Look::Primary`], [`Look::Irreversible`] or [`Look::Disabled`].
    pub look: Look,
    /// What it does.
    pub action: A,
}

impl<A> Primary<A> {
    /// A primary with a title word and one note.
    #[must_use]
    pub fn new(word: &str, note: &str, action: A) -> Self {
        let face = ButtonFace::default().line(word, Size::Title, true).line(note, Size::Note, true);
        Self { face, height: PRIMARY_HEIGHT, look: Look::Primary, action }
    }

    /// The same with another height.
    #[must_use]
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// The same with another look.
    #[must_use]
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// The same with other words.
    #[must_use]
    pub fn face(mut self, face: ButtonFace) -> Self {
        self.face = face;
        self
    }
}

/// What stands at the foot of the side column.
#[derive(Clone, Debug)]
pub enum Foot<A> {
    /// A primary above an outlined stage block.
    Primary(Primary<A>),
    /// An outlined stage block; the primary is in the content (the two card steps) or a step is missing.
    StageOnly,
    /// The stage block is the primary: this high, with its word as the figure of the screen or not.
    SolidStage {
        /// Height in points.
        height: f32,
        /// Whether the word is 56 points.
        figure: bool,
    },
}

/// Draws the foot; returns what is left above it, a target's gap away.
pub fn foot<A>(c: &mut Canvas<'_>, shell: &ShellVm, foot: Foot<A>, out: &mut Out<A>) -> Rect {
    let mut stack = Stack::new(grid::side(c.display.hand), GAP);
    match (&shell.undo, foot) {
        (Some(undo), _) => {
            let stage = stack.bottom(STAGE_HEIGHT);
            let height = if undo.recorded.is_empty() { LARGE_UNDO } else { PRIMARY_HEIGHT };
            let rect = above_stage(&mut stack, height);
            undo_block(c, rect, undo, out);
            stage_block(c, stage, shell, Look::Stage, Size::Title, out);
        }
        (None, Foot::Primary(primary)) => {
            let stage = stack.bottom(STAGE_HEIGHT);
            let rect = above_stage(&mut stack, primary.height);
            let button = Button::new(rect, ("primary", 0), primary.face).look(primary.look).kind(Kind::Primary);
            out.when(button.show(c), primary.action);
            stage_block(c, stage, shell, Look::Stage, Size::Title, out);
        }
        (None, Foot::StageOnly) => {
            let stage = stack.bottom(STAGE_HEIGHT);
            stage_block(c, stage, shell, Look::Stage, Size::Title, out);
        }
        (None, Foot::SolidStage { height, figure }) => {
            let stage = stack.bottom(height);
            let size = if figure { Size::Figure } else { Size::Title };
            stage_block(c, stage, shell, Look::Primary, size, out);
        }
    }
    stack.rest()
}

fn above_stage(stack: &mut Stack, height: f32) -> Rect {
    let extra = GAP_PRIMARY - GAP;
    let with_gap = stack.bottom(height + extra);
    Rect::from_min_size(with_gap.min, egui::vec2(with_gap.width(), height))
}

fn undo_block<A>(c: &mut Canvas<'_>, rect: Rect, undo: &UndoVm, out: &mut Out<A>) {
    let left = c.w.seconds_left(undo.seconds_left);
    let large = undo.recorded.is_empty();
    let mut face = ButtonFace::default()
        .line(undo.recorded.clone(), Size::Note, true)
        .line(c.w.undo, Size::Title, true)
        .line(left, Size::Note, true)
        .icon(Icon::Undo, if large { 48.0 } else { 36.0 });
    face.icon_above = large;
    face.icon_line = 1;
    let name = c.w.undo_name(&undo.stage, undo.seconds_left);
    let button = Button::new(rect, ("undo", 0), face).look(Look::Primary).kind(Kind::Primary).name(name);
    if button.show(c) {
        out.shell.push(ShellAction::UndoStamp);
    }
    c.repaint_after(1.0);
}

fn stage_block<A>(c: &mut Canvas<'_>, rect: Rect, shell: &ShellVm, look: Look, size: Size, out: &mut Out<A>) {
    let stage = &shell.stage;
    if stage.word.is_empty() {
        return;
    }
    let face = ButtonFace::default()
        .line(stage.caption.clone(), Size::Note, true)
        .line(stage.word.clone(), size, true)
        .line(stage.note.clone(), Size::Note, true);
    let name = c.w.stage_name(&stage.caption, &stage.word);
    let look = if stage.waiting { Look::Disabled } else { look };
    if stage.waiting {
        c.repaint_after(0.5);
    }
    if Button::new(rect, ("stage block", 0), face).look(look).kind(Kind::Stage).name(name).show(c) {
        out.shell.push(ShellAction::StampNext);
    }
}

/// 照会する, or without radio 電話で照会: what asking a hospital is now.
#[must_use]
pub fn ask_word(c: &Canvas<'_>, shell: &ShellVm) -> &'static str {
    if shell.radio { c.w.ask } else { c.w.ask_by_phone }
}

/// Something in the upper part of the side column.
#[derive(Clone, Debug)]
pub enum Part<A> {
    /// A titled panel of notes, only to be read.
    Info {
        /// The bold line.
        title: String,
        /// The notes.
        lines: Vec<String>,
    },
    /// A button this high.
    Button {
        /// Height in points.
        height: f32,
        /// Its words.
        face: ButtonFace,
        /// What it does.
        action: A,
    },
    /// A button that cannot be pressed now, and why.
    Blocked {
        /// Height in points.
        height: f32,
        /// Its word and the reason.
        face: ButtonFace,
    },
}

/// A button that cannot be pressed now, and why.
pub fn blocked<A>(height: f32, text: &str, why: &str) -> Part<A> {
    Part::Blocked { height, face: ButtonFace::word(text).line(why, Size::Note, false) }
}

/// A button of one bold word.
pub fn word<A>(height: f32, text: &str, action: A) -> Part<A> {
    Part::Button { height, face: ButtonFace::word(text), action }
}

/// A button of a bold word and a note.
pub fn word_and_note<A>(height: f32, text: &str, note: &str, action: A) -> Part<A> {
    let face = ButtonFace::word(text).line(note, Size::Note, true);
    Part::Button { height, face, action }
}

/// A button of a strong word and a note: the wider answers.
pub fn strong_and_note<A>(height: f32, text: &str, note: &str, action: A) -> Part<A> {
    let face = ButtonFace::default().line(text, Size::Strong, true).line(note, Size::Note, true);
    Part::Button { height, face, action }
}

/// Draws parts from the top of `area`. A part that would leave the area is not drawn.
pub fn top<A>(c: &mut Canvas<'_>, area: Rect, parts: Vec<Part<A>>, out: &mut Out<A>) {
    let mut stack = Stack::new(area, GAP);
    for (i, part) in parts.into_iter().enumerate() {
        match part {
            Part::Info { title, lines } => {
                let rect = stack.top(panels::info_height(c, area.width(), &lines));
                panels::info(c, rect, &title, &lines);
            }
            Part::Button { height, face, action } => {
                if stack.rest().height() + 1.0 < height {
                    return;
                }
                let rect = stack.top(height);
                out.when(Button::new(rect, ("side", i), face).show(c), action);
            }
            Part::Blocked { height, face } => {
                let rect = stack.top(height);
                let _never = Button::new(rect, ("side", i), face).look(Look::Disabled).show(c);
            }
        }
    }
}
