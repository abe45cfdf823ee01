//! What an evaluation says.

use crate::told::ToldBy;
use core::fmt;
use model::{CivilDate, Need, Triage};
use patient_history::{Facility, MedicalText, RowSource, SectionKind};
use serde::{Deserialize, Serialize};

/// Alerts on the first screen at most; the rest stand behind one tap.
pub const FIRST_SCREEN: usize = 3;
/// Always said where records are shown.
pub const NO_RECORD_IS_NOT_NONE_JA: &str = "記録なし ≠ 服用なし";
/// The same in English.
pub const NO_RECORD_IS_NOT_NONE_EN: &str = "No record ≠ takes nothing";

/// The newest row that made a rule speak.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerRow {
    /// Where it stands.
    pub section: SectionKind,
    /// Its code, when it has one.
    pub code: Option<MedicalText>,
    /// Its name as recorded.
    pub name: MedicalText,
    /// The ingredient behind a medicine's code, when listed.
    pub ingredient: Option<MedicalText>,
    /// Day of dispensing, treatment, surgery or visit.
    pub date: CivilDate,
    /// Days of supply of a medicine.
    pub days_supplied: Option<u16>,
    /// Where the national system has it from.
    pub source: RowSource,
    /// Who recorded it.
    pub facility: Option<Facility>,
}

/// A finding in the crew's words. It belongs to a patient, so its `Debug` prints nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Japanese.
    pub ja: MedicalText,
    /// English.
    pub en: MedicalText,
}

impl Observed {
    pub(crate) fn new(ja: &str, en: &str) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
    pub(crate) fn same(text: String) -> Self {
        Self { ja: text.as_str().into(), en: text.into() }
    }
}

/// What made a rule speak beside its record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing: the record matters with any finding.
    #[default]
    AnyFinding,
    /// This finding.
    Finding(Observed),
    /// No finding of now: the record is listed because it is worth a line.
    Kept,
    /// The record is of long ago: it is listed and asks for nothing.
    LongAgo,
}

/// Whether an enquiry may carry an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnquiryMark {
    /// Its title, if the crew leaves it on.
    MayBeTold,
    /// Never.
    Never,
}

/// One record that matters now, and what to watch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule's id, `R01`: it names content of a history.
    pub rule: MedicalText,
    /// The rule's version.
    pub rule_version: u16,
    /// The record, Japanese.
    pub title_ja: MedicalText,
    /// The record, English.
    pub title_en: MedicalText,
    /// What to watch, Japanese.
    pub watch_ja: MedicalText,
    /// What to watch, English.
    pub watch_en: MedicalText,
    /// The newest row behind it; none when the point is that there is no row.
    pub row: Option<TriggerRow>,
    /// Who told it, when it stands on an answer (聞き取り) and on no record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ToldBy>,
    /// How many further rows are behind it.
    pub further_rows: usize,
    /// The different ingredients among the rows that the rule is about, the newest first: two of them are two medicines.
    #[serde(default)]
    pub ingredients: Vec<MedicalText>,
    /// What made the rule speak beside the record.
    #[serde(default)]
    pub cause: Cause,
    /// Relevance for a patient in danger, 0–3.
    pub red: u8,
    /// What it asks of a hospital.
    pub needs: Vec<Need>,
    /// Whether it belongs into the words to the hospital.
    pub notify: bool,
    /// Whether an enquiry may carry it, if the crew leaves it on.
    pub enquiry: bool,
    /// Whether it is masked until the crew opens it.
    pub sensitive: bool,
}

/// An alert as an enquiry carries it (DESIGN §5.12, §5.13): which rule, its title, and where and when the newest row behind it
/// was recorded. Of the row itself nothing: no code, no name, no days of supply, no facility.
#[derive(Clone, PartialEq, Eq)]
pub struct EnquiryAlert {
    /// The rule's id.
    pub rule: MedicalText,
    /// The rule's version.
    pub rule_version: u16,
    /// The record, Japanese.
    pub title_ja: MedicalText,
    /// The record, English.
    pub title_en: MedicalText,
    /// None when the point is that there is no row.
    pub recorded: Option<Recorded>,
}

/// Where and when a row was recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Day of dispensing, treatment, surgery or visit.
    pub date: CivilDate,
    /// Which section it stands in.
    pub section: SectionKind,
    /// Where the national system has it from.
    pub source: RowSource,
}

impl Alert {
    /// Whether an enquiry may carry it: a sensitive one never, whatever else is set.
    #[must_use]
    pub const fn enquiry_mark(&self) -> EnquiryMark {
        if self.enquiry && !self.sensitive { EnquiryMark::MayBeTold } else { EnquiryMark::Never }
    }
    /// What an enquiry may carry of it; nothing of a sensitive rule.
    #[must_use]
    pub fn for_enquiry(&self) -> Option<EnquiryAlert> {
        let told = || EnquiryAlert {
            rule: self.rule.clone(),
            rule_version: self.rule_version,
            title_ja: self.title_ja.clone(),
            title_en: self.title_en.clone(),
            recorded: self.row.as_ref().map(|row| Recorded {
                date: row.date,
                section: row.section,
                source: row.source,
            }),
        };
        (self.enquiry_mark() == EnquiryMark::MayBeTold).then(told)
    }
    /// `ワルファリンＫ錠１ｍｇ 2026-10-02 28日分 レセプト`; empty when there is no row.
    #[must_use]
    pub fn row_line_ja(&self) -> MedicalText {
        let Some(row) = &self.row else { return MedicalText::default() };
        let days = row.days_supplied.map_or_else(String::new, |d| format!(" {d}日分"));
        MedicalText::new(format!("{} {}{} {}", row.name.as_str(), row.date, days, row.source.ja()))
    }
}

/// Everything that one history means with one set of findings.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The rule table's version.
    pub table_version: String,
    /// SHA-256 of the rule table.
    pub table_sha256: String,
    /// By relevance, then newest first; the first [`FIRST_SCREEN`] are the first screen.
    pub alerts: Vec<Alert>,
    /// Records worth a line though no finding makes them an alert; they ask for nothing.
    pub also_recorded: Vec<Alert>,
    /// What is needed of a hospital, one entry per capability, without its cause.
    pub needs: Vec<Need>,
    /// An urgency above the crew's that a rule suggests; never one below.
    pub raised_triage: Option<Triage>,
    /// Facilities that already know the patient, newest first, for the rules that ask for continuity.
    pub continuity: Vec<Facility>,
    /// Medicine rows whose code the medicine master does not know (or that have none): no rule could look at them.
    pub rows_not_checked: usize,
    /// Sections that were not asked for or not permitted: silence there means nothing.
    pub sections_not_read: Vec<SectionKind>,
    /// Rules of the table that the department has switched off: how many did not speak whatever was recorded.
    #[serde(default)]
    pub rules_off: usize,
}

impl Evaluation {
    /// The alerts of the first screen.
    #[must_use]
    pub fn first_screen(&self) -> &[Alert] {
        self.alerts.get(..self.alerts.len().min(FIRST_SCREEN)).unwrap_or(&[])
    }
}

impl fmt::Debug for TriggerRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TriggerRow(..)")
    }
}

impl fmt::Debug for EnquiryAlert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnquiryAlert(..)")
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorded(..)")
    }
}

impl fmt::Debug for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Alert(..)")
    }
}

impl fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("table_version", &self.table_version)
            .field("alerts", &self.alerts.len())
            .field("also_recorded", &self.also_recorded.len())
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
