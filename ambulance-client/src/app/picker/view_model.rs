//! What a generic page shows.

use crate::widgets::chips::ChipVm;

/// Rows of one page.
pub const PAGE: usize = 6;

/// What stands under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Items {
    /// Strong line and note, only to be read.
    Rows(Vec<(String, String)>),
    /// Chips, this many per row.
    Chips {
        /// Per row.
        across: usize,
        /// The chips.
        chips: Vec<ChipVm>,
        /// They are keys: a second press counts sooner, and they are as small as a target may be.
        keys: bool,
    },
}

/// A heading with rows or chips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionVm {
    /// The heading; none when empty.
    pub heading: String,
    /// What stands under it.
    pub items: Items,
}

impl SectionVm {
    /// Rows to read.
    #[must_use]
    pub fn rows(heading: &str, rows: Vec<(String, String)>) -> Self {
        Self { heading: heading.to_owned(), items: Items::Rows(rows) }
    }
    /// Four chips per row.
    #[must_use]
    pub fn chips(heading: &str, chips: Vec<ChipVm>) -> Self {
        Self { heading: heading.to_owned(), items: Items::Chips { across: 4, chips, keys: false } }
    }
    /// Two chips per row.
    #[must_use]
    pub fn wide_chips(heading: &str, chips: Vec<ChipVm>) -> Self {
        Self { heading: heading.to_owned(), items: Items::Chips { across: 2, chips, keys: false } }
    }
    /// Ten keys per row.
    #[must_use]
    pub fn keys(chips: Vec<ChipVm>) -> Self {
        Self { heading: String::new(), items: Items::Chips { across: 10, chips, keys: true } }
    }
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerVm {
    /// Its key: presses of different pages never mix.
    pub key: &'static str,
    /// The sentence of the page.
    pub title: String,
    /// A note at its right.
    pub right: String,
    /// The parts, top to bottom.
    pub sections: Vec<SectionVm>,
    /// A rule strip: rule and note.
    pub rule: Option<(String, String)>,
    /// The next thing to do: word and note.
    pub primary: Option<(String, String)>,
    /// Why it cannot be pressed yet.
    pub primary_blocked: Option<String>,
    /// There is a page behind this one; its note.
    pub back: Option<String>,
    /// From which row on, of how many.
    pub pages: Option<(usize, usize)>,
    /// Rows per page.
    pub page_size: usize,
}

impl Default for PickerVm {
    fn default() -> Self {
        Self {
            key: "picker",
            title: String::new(),
            right: String::new(),
            sections: Vec::new(),
            rule: None,
            primary: None,
            primary_blocked: None,
            back: Some(String::new()),
            pages: None,
            page_size: PAGE,
        }
    }
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
    /// The page that begins with this row.
    From(usize),
}
