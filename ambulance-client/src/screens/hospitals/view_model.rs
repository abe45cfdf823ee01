//! 受入候補: the order, and every minute of it.

use crate::widgets::hospital_row::HospitalRowVm;

/// Most candidates on one page.
pub const ROWS: usize = 4;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HospitalsVm {
    /// What changed by history: title and from → to with why.
    pub changed: Option<(String, String)>,
    /// How many candidates there are.
    pub count: usize,
    /// At most [`ROWS`] of them.
    pub rows: Vec<HospitalRowVm>,
    /// 「除外 3」 and who and why; none when none is excluded.
    pub excluded: Option<(String, String)>,
    /// What must still be confirmed; versions of rules and register.
    pub footer: String,
    /// Whose roads the minutes are of; none where they are by distance.
    pub credit: Option<String>,
    /// Whom the primary asks.
    pub ask: Option<String>,
    /// What 一斉に照会 asks.
    pub together: TogetherVm,
    /// When to turn to the last resort, and to whom: title and lines.
    pub last_resort: Option<(String, Vec<String>)>,
}

/// Whom 一斉に照会 asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TogetherVm {
    /// How many: 「おすすめ 2か所」, 「上位3か所」.
    pub whom: String,
    /// Minutes at once and one after the other, where the ranking proposes it; then a press chooses them, else it asks.
    pub minutes: String,
    /// They are chosen: the primary asks them.
    pub picked: bool,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HospitalsAction {
    /// Choose the row with this index; again: its terms in words.
    SelectHospital(usize),
    /// Open what changed.
    OpenChanged,
    /// Open the excluded hospitals.
    OpenExcluded,
    /// Send the enquiry to the chosen one.
    SendEnquiry,
    /// Choose those that are proposed to be asked at once, or none of them again; without a proposal ask the best at once.
    AskTogether,
    /// Ask by phone.
    AskByPhone,
    /// Another hospital, with a reason.
    AnotherHospital,
}
