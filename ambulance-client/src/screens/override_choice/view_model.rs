//! ほかの病院: the order is changed only with one reason, by presses.

use crate::widgets::chips::ChipVm;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverrideChoiceVm {
    /// The first of the list, for comparison.
    pub first: String,
    /// Up to three hospitals with minutes.
    pub hospitals: Vec<ChipVm>,
    /// No hospital, where a destination stands: it is given up. Then two hospitals stand before it.
    pub nowhere: Option<ChipVm>,
    /// Eight reasons.
    pub reasons: Vec<ChipVm>,
    /// How much longer than the first, and its terms in words.
    pub compare: Option<(String, String)>,
    /// A destination stands and is changed: nobody is asked.
    pub changes: bool,
    /// The hospital and the reason in words, when both are chosen.
    pub ask: Option<(String, String)>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideChoiceAction {
    /// Choose the hospital with this index.
    ChooseHospital(usize),
    /// Give up the destination that stands.
    ChooseNowhere,
    /// Search the register, nearest first.
    SearchRegister,
    /// Choose the reason with this index.
    ChooseReason(usize),
    /// Back to the list.
    Back,
    /// Send the enquiry.
    SendEnquiry,
}
