//! 記録なし: what was searched and how far back; the ranking does not relax.

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEmptyVm {
    /// Each section and how far back it has no record.
    pub searched: Vec<(String, String)>,
    /// The full period can be asked for as well.
    pub offers_full: bool,
    /// What can never be in the answer.
    pub rule_note: String,
    /// What the candidates know: title and lines.
    pub candidates: (String, Vec<String>),
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryEmptyAction {
    /// To お薬手帳.
    MedicineBook,
    /// Look up again.
    LookUpAgain,
    /// Look at the full period as well.
    LookUpFull,
    /// To 聞き取り.
    Oral,
}
