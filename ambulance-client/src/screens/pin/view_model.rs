//! What the PIN page shows: how many digits were keyed, never which.

use crate::widgets::keypad::KeypadPress;

/// Digits of the 利用者証明用 PIN.
pub const DIGITS: usize = card::PIN_DIGITS;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinVm {
    /// How many digits were keyed, at most [`DIGITS`].
    pub entered: usize,
    /// What stands at the right of the title: 「あと2桁」.
    pub progress: String,
    /// Tries left, as the card told them; none before it was asked.
    pub tries_left: Option<u8>,
    /// What happened, and what to do; none at first.
    pub trouble: Option<(String, String)>,
    /// Whether digits can be keyed.
    pub keys: bool,
    /// The next thing to do: its word and note.
    pub primary: (String, String),
    /// What it does; none when it cannot be pressed now.
    pub action: Option<PinAction>,
}

/// What can be done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinAction {
    /// A key.
    Key(KeypadPress),
    /// Present the digits to the card, once.
    Sign,
    /// The same with the last try: wrong, and the PIN is blocked.
    UseLastTry,
    /// No PIN after all: compare the face.
    Visual,
    /// カードなしで進む.
    WithoutCard,
}
