//! 現場 観察: everything by taps.

use crate::widgets::chips::{ChipVm, FollowUpVm, TriageVm};
use crate::widgets::value_cell::ValueVm;

/// A candidate in the side column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideCandidateVm {
    /// The hospital's name.
    pub name: String,
    /// Expected minutes.
    pub minutes: i32,
    /// The terms in words, and the age of its beds; two or three lines.
    pub lines: Vec<String>,
    /// The beds are too old: their line stands in attention.
    pub old: bool,
}

/// The candidates of the side column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideCandidatesVm {
    /// What the calculation knew, and the age of the beds.
    pub note: String,
    /// The beds are too old: the note in attention.
    pub warn: bool,
    /// The best, up to three.
    pub best: Vec<SideCandidateVm>,
}

/// The follow-up questions of a complaint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUpsVm {
    /// 「頭部打撲のとき」.
    pub title: String,
    /// Up to four questions.
    pub chips: Vec<FollowUpVm>,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnSceneVm {
    /// Twelve complaints, any number chosen.
    pub complaints: Vec<ChipVm>,
    /// The ten JCS cells, one chosen.
    pub jcs: Vec<ChipVm>,
    /// Six values.
    pub values: Vec<ValueVm>,
    /// Questions of the latest complaint that has some.
    pub follow_ups: Option<FollowUpsVm>,
    /// The category.
    pub triage: Option<TriageVm>,
    /// The candidates.
    pub candidates: SideCandidatesVm,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSceneAction {
    /// Turn the complaint with this index on or off.
    ToggleComplaint(usize),
    /// Choose the JCS cell with this index.
    ChooseJcs(usize),
    /// Open the keypad of the value with this index.
    OpenValue(usize),
    /// Turn the follow-up with this index: 未 → なし → あり → 未.
    CycleFollowUp(usize),
    /// Choose a category.
    ChooseTriage(TriageVm),
    /// Open the candidates.
    OpenCandidates,
    /// Without radio: what works now.
    OpenWorksNow,
}
