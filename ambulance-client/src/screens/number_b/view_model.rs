//! 照合番号B: 14 printed digits open the chip's photo. Never the 12 digits of the back.

use crate::widgets::keypad::KeypadPress;
use std::fmt;
use zeroize::Zeroizing;

/// Digits of 照合番号B: birth date 6, expiry year 4, security code 4.
pub const DIGITS: usize = card::NUMBER_B_DIGITS;

/// What was keyed so far, to be shown: zeroed when dropped, not in Debug.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyedDigits(Zeroizing<String>);

impl KeyedDigits {
    /// Of these digits, from the first.
    #[must_use]
    pub fn of(digits: impl Iterator<Item = u8>) -> Self {
        // With room for all from the start, no copy is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(DIGITS));
        text.extend(digits.take(DIGITS).map(|digit| char::from(b'0' + digit.min(9))));
        Self(text)
    }

    /// For drawing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyedDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyedDigits({} digits)", self.0.len())
    }
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberBVm {
    /// The digits entered so far, at most [`DIGITS`].
    pub digits: KeyedDigits,
    /// What stands at the right of the title: 「11桁まで入力」.
    pub progress: String,
    /// Tries left, as the card told them; none before it was asked.
    pub tries_left: Option<u8>,
    /// What happened or cannot be right, and what to do; none at first.
    pub trouble: Option<(String, String)>,
    /// Whether more can be keyed.
    pub keys: bool,
    /// The next thing to do: its word and note.
    pub primary: (String, String),
    /// What it does; none when it cannot be pressed now.
    pub action: Option<NumberBAction>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberBAction {
    /// A key.
    Key(KeypadPress),
    /// Present the digits to the card, once.
    Open,
    /// The same with the last try: wrong, and the number is blocked.
    UseLastTry,
    /// Back to comparing by eye.
    Back,
    /// カードなしで進む.
    WithoutCard,
}
