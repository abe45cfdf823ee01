//! 搬送しないで終わる: the seven endings without a handover to a physician.

use crate::widgets::chips::ChipVm;

/// Endings on the page: 傷病者なし, 拒否, 明らかな死亡, 誤報, 取消, 他隊, 他隊へ引継ぎ.
pub const ENDINGS: usize = 7;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndingVm {
    /// Which case ends: 「傷病者 1 ・ 指令番号 1120-0417」.
    pub case: String,
    /// The [`ENDINGS`] endings, at most one chosen.
    pub endings: Vec<ChipVm>,
    /// What will be recorded, with who and when.
    pub record: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndingAction {
    /// Choose the ending with this index.
    ChooseEnding(usize),
    /// Back to where the page was opened.
    Back,
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// End the case; the history on this tablet goes. Cannot be undone.
    End,
}
