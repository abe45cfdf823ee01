//! 病歴の要点: records, never diagnoses.

use crate::widgets::alert_row::AlertVm;
use crate::widgets::section_card::SectionVm;

/// Most alerts on the first screen.
pub const MAX_ALERTS: usize = 3;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryVm {
    /// The full period is shown, not the summary's.
    pub full_period: bool,
    /// The look-up of the full period.
    pub full: FullVm,
    /// When it was fetched, its age, the consent, how far the claims reach.
    pub fetched: String,
    /// At most [`MAX_ALERTS`].
    pub alerts: Vec<AlertVm>,
    /// What alerts there are besides, and where.
    pub more_alerts: String,
    /// Four sections: medicines, visits, surgery, dialysis.
    pub sections: Vec<SectionVm>,
    /// What was told so far, on the button that adds to it: 「5件」; empty when nothing was.
    pub told: String,
    /// What changed in the ranking: title and lines; none when nothing did.
    pub changed: Option<(String, Vec<String>)>,
    /// Why no look-up can be sent now: 「電波が戻ると自動」.
    pub look_up_blocked: Option<String>,
    /// The primary's note: the best candidate.
    pub best: String,
}

/// Where the look-up of the full period stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FullVm {
    /// Nothing to offer: it is here, or there is no summary.
    #[default]
    None,
    /// It can be asked for; with what the button says beside its word.
    Offered(String),
    /// It is on its way: 「0:12」.
    Asked(String),
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryAction {
    /// Open the rows behind the alert with this index.
    OpenAlert(usize),
    /// Open the section with this index.
    OpenSection(usize),
    /// Look up again.
    LookUpAgain,
    /// Look at the full period as well.
    LookUpFull,
    /// To 聞き取り.
    AddOral,
    /// Hide names and history at once.
    HideScreen,
    /// To the hospitals.
    ChooseHospital,
}
