//! 目視確認用パスワード: four digits of the crew member, not of the card.

use crate::widgets::keypad::KeypadPress;

/// Digits of a staff password.
pub const DIGITS: usize = 4;

/// What the page shows. The digits themselves are never drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffPasswordVm {
    /// 「目視確認用パスワード」.
    pub title: String,
    /// How many digits are entered, at most [`DIGITS`].
    pub entered: usize,
    /// What it is and where it comes from, while nothing is wrong.
    pub explanation: Vec<String>,
    /// What was wrong, and what to do; none at first.
    pub trouble: Option<(String, String)>,
    /// Whether digits help now.
    pub keys: bool,
    /// The next thing to do: its word and note.
    pub primary: (String, String),
    /// It can be pressed.
    pub ready: bool,
    /// The way back: its word and note.
    pub back: (String, String),
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffPasswordAction {
    /// A key.
    Key(KeypadPress),
    /// All digits are there: go on.
    Done,
    /// Back to the face, or on without the look-up.
    Back,
}
