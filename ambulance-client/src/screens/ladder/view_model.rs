//! A ladder page: what happened, what it means, at most four steps, 「カードなしで進む」.

use crate::widgets::icons::Icon;

/// Most steps.
pub const STEPS: usize = 4;

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// Was tried and did not work.
    Failed,
    /// To be tried now.
    Now,
    /// Later.
    #[default]
    Later,
}

/// A step of the ladder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LadderStepVm {
    /// Where it stands.
    pub state: StepState,
    /// What to do.
    pub title: String,
    /// How, or why.
    pub note: String,
    /// Whether a press does it (else it is done with the hands and seen by itself).
    pub pressable: bool,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderVm {
    /// The icon: a warning, or the struck bars.
    pub icon: Icon,
    /// What happened.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// At most [`STEPS`].
    pub steps: Vec<LadderStepVm>,
    /// That nobody has to wait: title and candidates without history.
    pub no_wait: (String, String),
    /// A rule (「見られない ≠ 記録なし」) and its note.
    pub rule: Option<(String, String)>,
    /// Time taken and the sign for the support line.
    pub footer: String,
    /// The primary: word and note.
    pub primary: (String, String),
    /// Buttons of the side column: word and note.
    pub side: Vec<(String, String)>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LadderAction {
    /// The step with this index.
    Step(usize),
    /// The side button with this index.
    Side(usize),
    /// The primary.
    Primary,
}
