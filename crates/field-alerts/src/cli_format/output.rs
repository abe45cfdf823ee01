//! What the command prints.

use crate::alert::{Evaluation, FIRST_SCREEN, NO_RECORD_IS_NOT_NONE_JA};
use crate::table::RuleTable;
use model::CivilDate;
use patient_history::{HistorySnapshot, SectionCount, SectionKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// The rule table that was used.
#[derive(Clone, Debug, Serialize)]
pub struct TableName {
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, lower hex.
    pub sha256: String,
    /// Who approved it.
    pub authority: String,
}

/// The output of `dispatch-server alerts`, format `alerts/1`. It holds medical content: print it only where asked to.
#[derive(Clone, Debug, Serialize)]
pub struct AlertsOutput {
    /// `alerts/1`.
    pub format: &'static str,
    /// The day on which the records were judged.
    pub today: CivilDate,
    /// The rule table.
    pub table: TableName,
    /// How many of the alerts are the first screen.
    pub first_screen: usize,
    /// What each section amounts to.
    pub sections: BTreeMap<SectionKind, SectionCount>,
    /// Always said: no record is not "takes nothing".
    pub reminder: &'static str,
    /// The result.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

impl AlertsOutput {
    pub(super) fn new(table: &RuleTable, history: &HistorySnapshot, today: CivilDate, evaluation: Evaluation) -> Self {
        Self {
            format: "alerts/1",
            today,
            table: TableName {
                version: table.version().to_owned(),
                sha256: table.sha256().to_owned(),
                authority: table.authority().to_owned(),
            },
            first_screen: evaluation.alerts.len().min(FIRST_SCREEN),
            sections: history.counts(),
            reminder: NO_RECORD_IS_NOT_NONE_JA,
            evaluation,
        }
    }
}
