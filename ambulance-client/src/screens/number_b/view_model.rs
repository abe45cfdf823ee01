//! 照合番号B: 14 printed digits open photo and four attributes. Never the 12 digits of the back.

use crate::widgets::keypad::KeypadPress;

/// Digits of 照合番号B: birth date 6, expiry year 4, security code 4.
pub const DIGITS: usize = 14;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberBVm {
    /// The digits entered so far, at most [`DIGITS`].
    pub digits: String,
    /// What stands at the right of the title: 「11桁まで入力」.
    pub progress: String,
    /// Tries left, as read from the card.
    pub tries_left: Option<u32>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberBAction {
    /// A key.
    Key(KeypadPress),
    /// Send the digits to the card, once.
    Open,
    /// Back to comparing by eye.
    Back,
    /// カードなしで進む.
    WithoutCard,
}
