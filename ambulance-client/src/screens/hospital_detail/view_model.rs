//! One hospital: the terms of its sum in words, its capabilities with their source, its beds with their age.

use crate::widgets::hospital_row::TERMS;
use crate::widgets::icons::Icon;

/// How a hospital stands to a need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkVm {
    /// ○ confirmed or filed.
    Yes,
    /// △ derived or unknown: ask.
    #[default]
    Unconfirmed,
    /// × known to be absent or down.
    No,
}

impl MarkVm {
    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Yes => Icon::Circle,
            Self::Unconfirmed => Icon::Triangle,
            Self::No => Icon::Cross,
        }
    }
}

/// A capability that is needed, and from where it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapabilityVm {
    /// How the hospital stands to it.
    pub mark: MarkVm,
    /// The capability.
    pub word: String,
    /// 届出, 派生 with the rule's name, or 未確認.
    pub source: String,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HospitalDetailVm {
    /// 「1位 青波中央病院」.
    pub title: String,
    /// Place and distance.
    pub place: String,
    /// Expected minutes, whole.
    pub minutes: i32,
    /// The terms, whole minutes that add up to [`Self::minutes`], each with what it is made of.
    pub terms: [(i32, String); TERMS],
    /// One per need.
    pub capabilities: Vec<CapabilityVm>,
    /// Why it stands where it stands.
    pub reasons: Vec<String>,
    /// What was told of the beds, when, and the probability of acceptance.
    pub beds: String,
    /// That word is too old.
    pub beds_old: bool,
    /// The telephone number, when known.
    pub telephone: Option<String>,
    /// The primary's word for the hospital; none when it cannot be asked (excluded, refused).
    pub ask: Option<String>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HospitalDetailAction {
    /// Ask this hospital.
    SendEnquiry,
    /// Phone it: counts as an enquiry by phone.
    PhoneHospital,
    /// Back to the candidates.
    Back,
}
