//! 傷病者の一覧: this unit's cases; each keeps its own band, card and queue.

use crate::widgets::chips::TriageVm;

/// Most cases on one page.
pub const ROWS: usize = 4;

/// A case of this unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientRowVm {
    /// 「傷病者 2」.
    pub number: String,
    /// The category.
    pub triage: Option<TriageVm>,
    /// Who, as far as it is known on this tablet: 「男 40代」.
    pub who: String,
    /// The last stamp with its time, or the ending.
    pub stage: String,
    /// Whose tablet writes: 「この端末」, 「2号端末が記録」.
    pub writer: String,
    /// 「記録の欠落の可能性」: what another tablet may have held; empty when nothing can be missing.
    pub gap: String,
    /// It is the case on the screens.
    pub current: bool,
    /// Another tablet of this unit writes: one press takes the case over.
    pub can_take_over: bool,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientsVm {
    /// Incident and place in a few words; may be empty.
    pub incident: String,
    /// All cases, the newest last.
    pub rows: Vec<PatientRowVm>,
    /// The page shown, from 0.
    pub page: usize,
    /// Sex and age as seen, of the case on the screens: 「女 ・ 70代」; none when there is no case to enter them for.
    pub seen: Option<String>,
    /// 「身元不明 A」 of the case on screen, empty when it has no temporary id; none when there is no case.
    pub identity: Option<String>,
}

/// What the crew can do here. Indices count all rows, not those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatientsAction {
    /// Look at the case with this index.
    Select(usize),
    /// 「この事案を引き取る」: this tablet writes the case with this index from now on.
    TakeOver(usize),
    /// 「傷病者を追加」: the next patient of this incident.
    AddPatient,
    /// Enter sex and age as seen, of the case on the screens.
    EditSeen,
    /// Who it is, and other cases of the same patient.
    EditIdentity,
    /// 前へ.
    PreviousPage,
    /// 次へ.
    NextPage,
    /// Back to where the page was opened.
    Back,
}
