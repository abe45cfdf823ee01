//! What a page of choices shows.

use crate::widgets::chips::ChipVm;

/// Chips under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionVm {
    /// The heading; none when empty.
    pub heading: String,
    /// Chips per row.
    pub across: usize,
    /// The chips.
    pub chips: Vec<ChipVm>,
    /// They are keys: a second press counts sooner.
    pub keys: bool,
}

impl SectionVm {
    /// Four chips per row.
    #[must_use]
    pub fn chips(heading: &str, chips: Vec<ChipVm>) -> Self {
        Self { heading: heading.to_owned(), across: 4, chips, keys: false }
    }
    /// Two chips per row.
    #[must_use]
    pub fn wide_chips(heading: &str, chips: Vec<ChipVm>) -> Self {
        Self { across: 2, ..Self::chips(heading, chips) }
    }
    /// Ten keys per row.
    #[must_use]
    pub fn keys(chips: Vec<ChipVm>) -> Self {
        Self { heading: String::new(), across: 10, chips, keys: true }
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PickerVm {
    /// Its key: presses of different pages never mix.
    pub key: &'static str,
    /// The sentence of the page.
    pub title: String,
    /// A note at its right.
    pub right: String,
    /// The parts, top to bottom.
    pub sections: Vec<SectionVm>,
    /// The next thing to do: word and note.
    pub primary: Option<(String, String)>,
    /// Why it cannot be pressed yet.
    pub primary_blocked: Option<String>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickerAction {
    /// The chip with this section and index.
    Chip(usize, usize),
    /// The primary.
    Primary,
    /// Back.
    Back,
}
