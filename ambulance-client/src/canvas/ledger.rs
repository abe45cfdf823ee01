//! What was drawn, so that tests can measure a screen without pixels.

use egui::{Color32, Rect};

use crate::theme::Size;

/// What a target is, for the sizes it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any target: at least 59.5 points both ways.
    Ordinary,
    /// A key of a keypad: as ordinary, second press accepted after 120 ms.
    Key,
    /// The next thing to do on this screen: at least 118 points both ways.
    Primary,
    /// The stage block: at least 118 points both ways.
    Stage,
}

/// A target that was drawn.
#[derive(Clone, Debug)]
pub struct TargetEntry {
    /// Where it is, in points.
    pub rect: Rect,
    /// Its accessible name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether a press does something now.
    pub enabled: bool,
}

/// A run of words that was drawn.
#[derive(Clone, Debug)]
pub struct WordsEntry {
    /// The words.
    pub text: String,
    /// Their size after fitting.
    pub size: Size,
    /// Where the ink's box is.
    pub ink: Rect,
    /// The room they were given.
    pub room: Rect,
    /// Whether words had to be left out at the smallest size.
    pub elided: bool,
    /// Their colour.
    pub colour: Color32,
    /// The colour behind them.
    pub ground: Color32,
}

/// Everything drawn in one pass.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// All targets in drawing order, which is the focus order.
    pub targets: Vec<TargetEntry>,
    /// All words.
    pub words: Vec<WordsEntry>,
    /// Solid blocks (primary, solid stage, undo): one per screen, none while a step is missing.
    pub solids: u32,
}
