//! A list in full, on pages: medicines, visits, surgery, dialysis, excluded hospitals, moved ranks, other alerts.

use crate::frame::Tab;

/// Most rows on one page.
pub const ROWS: usize = 6;

/// What a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListRowKind {
    /// Only to be read.
    #[default]
    Plain,
    /// Only to be read, and to be looked at: attention tint and bar.
    Notice,
    /// A press opens or chooses it.
    Opens,
    /// It is chosen.
    Chosen,
    /// An alert: attention tint and bar; a press opens it.
    Alert,
    /// 「伏せた受診 1件」: a press opens it, and that is logged.
    Masked,
}

/// A row of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRowVm {
    /// What it is.
    pub kind: ListRowKind,
    /// The strong line.
    pub strong: String,
    /// The line below: date, source, facility, reason; may be empty.
    pub note: String,
    /// At the right: days, 「3位 → 2位」, a rule's id; may be empty.
    pub right: String,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListVm {
    /// The part of the case it belongs to.
    pub tab: Option<Tab>,
    /// What is listed, with its count: 「薬剤 7」.
    pub title: String,
    /// How far back, how old.
    pub note: String,
    /// All rows; where [`Self::total`] says how many there are, those of the page only.
    pub rows: Vec<ListRowVm>,
    /// How many rows there are on all pages, of a list too long to be made whole for one page.
    pub total: Option<usize>,
    /// The button that narrows the list down: word and what is chosen now.
    pub filter: Option<(String, String)>,
    /// The page shown, from 0.
    pub page: usize,
    /// What an empty list means; a list is never an empty area.
    pub empty: String,
    /// The rule strip: 「記録なし ≠ なし」 and its note.
    pub rule: Option<(String, String)>,
    /// The next thing to do, word and note: 「わかった」; none where the stage block is it.
    pub primary: Option<(String, String)>,
    /// Where 「もどる」 leads: 「病歴の要点へ」.
    pub back_to: String,
}

/// What the crew can do here. Indices count all rows, not those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListAction {
    /// Open or choose the row with this index.
    Open(usize),
    /// The primary.
    Primary,
    /// 前へ.
    PreviousPage,
    /// 次へ.
    NextPage,
    /// Narrow the list down.
    Filter,
    /// Back to where the list was opened.
    Back,
}
