//! 断られた: nothing is sent; other ways to ask.

use crate::widgets::chips::ChipVm;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentRefusedVm {
    /// Four reasons, only if told.
    pub reasons: Vec<ChipVm>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentRefusedAction {
    /// Note the reason with this index.
    ChooseReason(usize),
    /// To 聞き取り.
    Oral,
    /// To お薬手帳.
    MedicineBook,
    /// The patient changed their mind.
    ChangedMind,
    /// カードを返した.
    CardReturned,
}
