//! 照会中: who answered what, and the alarm of a hard case.

use crate::widgets::enquiry_row::EnquiryRowVm;

/// Most enquiries on one page.
pub const ROWS: usize = 5;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnquiryVm {
    /// 搬送困難: title and who knows; stays until the cause ends.
    pub alarm: Option<(String, String)>,
    /// When was asked, how many.
    pub asked: String,
    /// At most [`ROWS`] enquiries, best answer first.
    pub rows: Vec<EnquiryRowVm>,
    /// Enquiries by phone so far.
    pub phone_count: u32,
    /// What 「次の2か所へ」 widens.
    pub next_note: String,
    /// The hospital that can be decided for, and its condition and drive.
    pub decide: Option<(String, String)>,
    /// All declined or none fits, or its time has come: the primary asks for final acceptance.
    pub last_resort: bool,
    /// When final acceptance is to be asked for.
    pub last_resort_note: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnquiryAction {
    /// The button of the row with this index.
    RowButton(usize),
    /// One more enquiry by phone.
    CountPhoneEnquiry,
    /// Ask dispatch to coordinate.
    AskDispatch,
    /// Ask the next two.
    AskNext,
    /// Ask for final acceptance.
    LastResort,
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// Decide for the hospital of the primary.
    Decide,
}
