//! いま使えるもの: what works without the radio, and what waits to be sent.

use crate::widgets::icons::Icon;

/// How well something works now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorksVm {
    /// ○ as always.
    #[default]
    Yes,
    /// △ in part.
    Partly,
    /// × not now.
    No,
}

impl WorksVm {
    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Yes => Icon::Circle,
            Self::Partly => Icon::Triangle,
            Self::No => Icon::Cross,
        }
    }
}

/// One thing and how it works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorksRowVm {
    /// How well.
    pub works: WorksVm,
    /// What.
    pub what: String,
    /// In a word.
    pub state: String,
    /// Why, or what happens next.
    pub note: String,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorksNowVm {
    /// No radio: the banner's title and what is being done.
    pub banner: Option<(String, String)>,
    /// Up to seven things.
    pub rows: Vec<WorksRowVm>,
    /// What waits: title and lines (kinds, oldest, wedged).
    pub waiting: (String, Vec<String>),
    /// No link: 「いますぐつなぐ」 does something.
    pub can_connect: bool,
    /// 「端末の状態」 in a word: what is wrong, else what the page holds.
    pub tablet: String,
    /// The primary: whom to phone, and its name.
    pub phone: (String, String),
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorksNowAction {
    /// Connect now.
    ConnectNow,
    /// Link, clock, queue and disk.
    OpenTablet,
    /// Phone the hospital.
    PhoneHospital,
}
