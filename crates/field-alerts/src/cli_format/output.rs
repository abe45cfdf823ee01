//! What the command prints.

use crate::alert::{Alert, EnquiryMark, Evaluation, FIRST_SCREEN, NO_RECORD_IS_NOT_NONE_JA};
use crate::table::RuleTable;
use model::{CivilDate, Need, Triage};
use patient_history::{Facility, HistorySnapshot, MedicalText, SectionCount, SectionKind};
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

/// An alert, with the sentence that says why it speaks.
#[derive(Clone, Debug, Serialize)]
pub struct AlertOutput {
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
    /// Why it speaks, Japanese.
    pub why_ja: MedicalText,
    /// Why it speaks, English.
    pub why_en: MedicalText,
    /// Whether an enquiry may carry it.
    pub enquiry_mark: EnquiryMark,
}

impl From<Alert> for AlertOutput {
    fn from(alert: Alert) -> Self {
        Self { why_ja: alert.why_ja(), why_en: alert.why_en(), enquiry_mark: alert.enquiry_mark(), alert }
    }
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
    /// The version of the rule table.
    pub table_version: String,
    /// SHA-256 of its text.
    pub table_sha256: String,
    /// The alerts in order.
    pub alerts: Vec<AlertOutput>,
    /// Records worth a line though no finding makes them an alert.
    pub also_recorded: Vec<AlertOutput>,
    /// What is needed of a hospital, without its cause.
    pub needs: Vec<Need>,
    /// An urgency above the crew's that a rule suggests.
    pub raised_triage: Option<Triage>,
    /// Facilities that know the patient, newest first.
    pub continuity: Vec<Facility>,
    /// Medicine rows that no rule could look at.
    pub rows_not_checked: usize,
    /// Sections where silence means nothing.
    pub sections_not_read: Vec<SectionKind>,
    /// Rules that are switched off.
    pub rules_off: usize,
}

impl AlertsOutput {
    pub(super) fn new(table: &RuleTable, history: &HistorySnapshot, today: CivilDate, e: Evaluation) -> Self {
        Self {
            format: "alerts/1",
            today,
            table: TableName {
                version: table.version().to_owned(),
                sha256: table.sha256().to_owned(),
                authority: table.authority().to_owned(),
            },
            first_screen: e.alerts.len().min(FIRST_SCREEN),
            sections: history.counts(),
            reminder: NO_RECORD_IS_NOT_NONE_JA,
            table_version: e.table_version,
            table_sha256: e.table_sha256,
            alerts: e.alerts.into_iter().map(Into::into).collect(),
            also_recorded: e.also_recorded.into_iter().map(Into::into).collect(),
            needs: e.needs,
            raised_triage: e.raised_triage,
            continuity: e.continuity,
            rows_not_checked: e.rows_not_checked,
            sections_not_read: e.sections_not_read,
            rules_off: e.rules_off,
        }
    }
}
