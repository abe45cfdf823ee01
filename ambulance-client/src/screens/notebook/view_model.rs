//! What お薬手帳 shows.

/// Most medicines shown here; all of them stand in the history once the notebook is used.
pub const MAX_MEDICINES: usize = 5;

/// A notebook that was read whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundVm {
    /// 「読めた薬 3」.
    pub title: String,
    /// 「調剤 2026-10-26」.
    pub date: String,
    /// Name, and quantity with days; at most [`MAX_MEDICINES`].
    pub medicines: Vec<(String, String)>,
    /// 「ほか 4件」, pharmacy and prescriber.
    pub more: Vec<String>,
    /// 「手帳の名前 森川 和子 S23.3.4 女」.
    pub owner: String,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotebookVm {
    /// Where the reading stands: 「3枚のうち 2枚」 and what is missing.
    pub progress: (String, String),
    /// Why the last code was not taken, and what to do.
    pub trouble: Option<(String, String)>,
    /// What was read.
    pub found: Option<FoundVm>,
    /// Without a notebook on screen: what stands in the right panel, title and lines.
    pub empty: (String, Vec<String>),
    /// Where 「もどる」 leads.
    pub back_to: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotebookAction {
    /// It is this patient's: show its medicines with the history.
    Use,
    /// It is somebody else's: forget it.
    OtherPerson,
    /// Forget the codes and begin again.
    ReadAgain,
    /// To 聞き取り.
    Oral,
    /// Back.
    Back,
}
