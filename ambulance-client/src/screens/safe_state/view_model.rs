//! 安全な状態: what happened, what it means, what to do, what still works.

/// Most steps.
pub const STEPS: usize = 4;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeStateVm {
    /// What happened.
    pub title: String,
    /// What it means for the crew now.
    pub meaning: String,
    /// What to do next, in order: what, and how. At most [`STEPS`].
    pub steps: Vec<(String, String)>,
    /// What is kept: the title and the sentence.
    pub kept: (String, String),
    /// What still works without this tablet: title and lines.
    pub works: (String, Vec<String>),
    /// For the administrator: the sign and the file.
    pub footer: String,
    /// When it was last tried.
    pub tried: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeStateAction {
    /// Open the tablet again.
    TryAgain,
    /// The next theme.
    NextTheme,
    /// The other language.
    OtherLanguage,
    /// Close the window.
    Close,
}
