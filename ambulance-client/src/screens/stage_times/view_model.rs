//! 活動の時刻: the ten stages, corrected or removed with a reason; both times stay in the log.

use crate::widgets::chips::ChipVm;

/// Stages on the page, 覚知 to 帰署.
pub const STAGES: usize = 10;
/// Minutes that the four keys move a time.
pub const SHIFTS: [i32; 4] = [-5, -1, 1, 5];

/// A stage with its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageTimeVm {
    /// The stage's word.
    pub word: String,
    /// HH:MM of the stamp; none when it was not stamped.
    pub time: Option<String>,
    /// The clock was not certain then: 「±」 stands at the time.
    pub uncertain: bool,
    /// 「訂正 10:31→10:29」 or 「取消 10:31」; empty when nothing was corrected.
    pub corrected: String,
    /// It is the one being corrected.
    pub chosen: bool,
}

/// What is being done to the chosen stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageEditVm {
    /// The stage's word.
    pub word: String,
    /// It has a stamp: it can be moved or removed. Else it can be stamped now.
    pub stamped: bool,
    /// 「10:31 → 10:29」, 「10:31 → なかった」; the stamp's time alone while unchanged.
    pub change: String,
    /// 「なかった」 is chosen.
    pub removed: bool,
    /// The reasons: 押し忘れ, 押しまちがい, 時計のずれ, 無線の記録; at most one chosen.
    pub reasons: Vec<ChipVm>,
    /// The primary's note when it can be recorded; none while a step is missing.
    pub record: Option<String>,
    /// Why it cannot be recorded yet.
    pub missing: String,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageTimesVm {
    /// Who stamped and how far the clock is off, in words; may be empty.
    pub note: String,
    /// All [`STAGES`] stages in order.
    pub stages: Vec<StageTimeVm>,
    /// The chosen stage; none before one is chosen.
    pub edit: Option<StageEditVm>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageTimesAction {
    /// Choose the stage with this index; again: choose none.
    ChooseStage(usize),
    /// Move the chosen stage's time by these minutes.
    Shift(i32),
    /// 「なかった（取り消す）」 on or off.
    ToggleRemoved,
    /// Choose the reason with this index.
    ChooseReason(usize),
    /// Record the correction.
    Record,
    /// 「いま記録」: stamp the chosen stage, which was skipped, with the present time.
    StampNow,
    /// To the page of the endings without transport.
    EndWithoutTransport,
    /// Back to where the page was opened.
    Back,
}
