//! 照会中: what has happened and what is waited for; nothing waits for it.

/// A step of the look-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookupStepVm {
    /// Whether it is done.
    pub done: bool,
    /// The step in words.
    pub words: String,
    /// When it was done.
    pub time: String,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryWaitingVm {
    /// 「照会しています 0:03」 or 「順番待ちです 0:41」.
    pub title: String,
    /// The steps.
    pub steps: Vec<LookupStepVm>,
    /// What the candidates know: title and lines.
    pub candidates: (String, Vec<String>),
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryWaitingAction {
    /// Cancel the look-up.
    CancelLookup,
    /// To 聞き取り.
    AddOral,
    /// To the hospitals, without history.
    ChooseHospital,
}
