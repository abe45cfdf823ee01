//! Rules over what was told when the crew asked (聞き取り): an answer, not a record. They speak where no rule over a record of the
//! same thing has spoken, and ask nothing of hospitals: what an answer asks is said by whoever keeps the answers.

use crate::alert::{Alert, Cause};
use crate::table::RuleTable;
use crate::wording;
use model::{Findings, Timestamp};
use patient_history::{Informant, MedicalText, OralAnswer, OralTopic, Told};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who said it, and when: the source of an alert that stands on no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldBy {
    /// Who answered; none when the crew did not say.
    pub by: Option<Informant>,
    /// When.
    pub at: Timestamp,
}

/// One rule: an answer, what to watch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldRule {
    /// `T01`.
    pub id: String,
    /// Counts up with every change of meaning or words.
    pub version: u16,
    /// The question; the rule is about its answer あり.
    pub topic: OralTopic,
    /// The answer, Japanese.
    pub title_ja: String,
    /// The answer, English.
    pub title_en: String,
    /// What to watch, Japanese.
    pub watch_ja: String,
    /// What to watch, English.
    pub watch_en: String,
    /// 0–3: relevance for a patient in danger; first key of the order.
    pub red: u8,
    /// Smaller first, among equals of relevance.
    pub rank: u16,
    pub(crate) when: Vec<String>,
    /// Rules over records that say more of the same: where one of them speaks, this one does not.
    #[serde(default)]
    pub(crate) covered_by: BTreeSet<String>,
}

impl ToldRule {
    /// What is wrong with the words; nothing when they are within the limits.
    pub(crate) fn words_fault(&self) -> Option<String> {
        wording::told_fault(&self.title_ja, &self.title_en, &self.watch_ja, &self.watch_en)
    }

    fn alert(&self, told: &Told, cause: Cause) -> Alert {
        Alert {
            rule: self.id.as_str().into(),
            rule_version: self.version,
            title_ja: self.title_ja.as_str().into(),
            title_en: self.title_en.as_str().into(),
            watch_ja: self.watch_ja.as_str().into(),
            watch_en: self.watch_en.as_str().into(),
            row: None,
            told: Some(ToldBy { by: told.by, at: told.at }),
            further_rows: 0,
            ingredients: Vec::new(),
            cause,
            red: self.red,
            needs: Vec::new(),
            notify: false,
            enquiry: false,
            sensitive: false,
        }
    }
}

/// What the answers mean with the present findings. `said`: ids of the rules that have spoken over records. Alerts first by
/// relevance, then by rank. "No" and "unknown" say nothing.
#[must_use]
pub fn evaluate_told(
    table: &RuleTable,
    told: &[Told],
    findings: &Findings,
    said: &BTreeSet<MedicalText>,
) -> Vec<Alert> {
    let is_covered = |rule: &ToldRule| said.iter().any(|id| rule.covered_by.contains(id.as_str()));
    let mut alerts: Vec<(u16, Alert)> = Vec::new();
    for rule in table.told_rules().iter().filter(|rule| table.is_on(&rule.id) && !is_covered(rule)) {
        let answered = |t: &&Told| t.topic == rule.topic && t.answer == OralAnswer::Yes;
        if let (Some(told), Some(cause)) = (told.iter().find(answered), table.cause(&rule.when, findings)) {
            alerts.push((rule.rank, rule.alert(told, cause)));
        }
    }
    alerts.sort_by(|(rank_a, a), (rank_b, b)| b.red.cmp(&a.red).then_with(|| rank_a.cmp(rank_b)));
    alerts.into_iter().map(|(_, alert)| alert).collect()
}
