//! The keypad page of one value.

use crate::widgets::chips::ChipVm;
use crate::widgets::keypad::KeypadPress;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueKeypadVm {
    /// What is measured.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// The value being entered; ― while empty.
    pub value: String,
    /// When it was measured.
    pub taken_at: String,
    /// What to enter.
    pub advice: String,
    /// The value before, in words.
    pub previous: String,
    /// Two parts of one value (最高 / 最低 of a blood pressure), one being entered; empty otherwise.
    pub parts: Vec<ChipVm>,
    /// The meter can show Lo and Hi.
    pub limits: bool,
    /// The item after this.
    pub next_item: String,
    /// 「もどす(112 → ―)」, when something was entered.
    pub revert: Option<String>,
    /// The primary's note; none while nothing can be recorded.
    pub record_note: Option<String>,
    /// Why it cannot be recorded yet.
    pub missing: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKeypadAction {
    /// A key.
    Key(KeypadPress),
    /// −10, −1, +1, +10.
    Add(i32),
    /// Enter the part with this index.
    ChoosePart(usize),
    /// The meter shows Lo.
    BelowRange,
    /// The meter shows Hi.
    AboveRange,
    /// 測れない.
    CannotMeasure,
    /// 測らない.
    WillNotMeasure,
    /// Go to the next item.
    NextItem,
    /// Back to the value before.
    Revert,
    /// Record and return.
    Record,
}
