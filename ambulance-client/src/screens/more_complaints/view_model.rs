//! 訴え・状況, second page: the complaints that the twelve cells of the observation do not hold.

use crate::widgets::chips::ChipVm;

/// Complaints on the first page before 「その他」 opens this one.
pub const ON_FIRST_PAGE: usize = 11;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoreComplaintsVm {
    /// Complaints chosen on the first page, in words; may be empty.
    pub chosen_before: String,
    /// The further complaints, any number chosen; the last one is 「その他」 itself.
    pub complaints: Vec<ChipVm>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoreComplaintsAction {
    /// Turn the complaint with this index (of this page) on or off.
    ToggleComplaint(usize),
    /// Back to the observation.
    Back,
}
