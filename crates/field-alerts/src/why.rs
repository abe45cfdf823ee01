//! Why an alert speaks, in one sentence: the record, the finding, the rule, and whether a hospital may be told.

use crate::alert::{Alert, Cause, EnquiryMark};
use patient_history::{Informant, MedicalText};

/// Ingredients named in one sentence at most; the others are counted.
const NAMED: usize = 3;

impl Alert {
    /// `「抗凝固薬（ワルファリン）の処方記録」（2026-10-02、レセプト）と観察「頭部打撲」による表示（規則R01 第1版、照会に添付可）`
    #[must_use]
    pub fn why_ja(&self) -> MedicalText {
        let row = match (&self.row, self.told) {
            (Some(r), _) => format!("（{}、{}）", r.date, r.source.ja()),
            (None, Some(told)) => {
                format!("（{} {}）", told.by.map_or("話した人は不明", Informant::ja), told.at.tokyo_hhmm())
            }
            (None, None) => String::new(),
        };
        let record = format!("「{}」{row}{}", self.title_ja.as_str(), self.several_ja());
        let shown = match &self.cause {
            Cause::AnyFinding => format!("{record}による表示（観察を問わない）"),
            Cause::Finding(observed) => format!("{record}と観察「{}」による表示", observed.ja.as_str()),
            Cause::Kept => format!("{record}の一覧（今の観察に当てはまるものなし）"),
            Cause::LongAgo => format!("{record}の一覧（古い記録）"),
        };
        let mark = match self.enquiry_mark() {
            EnquiryMark::MayBeTold => "照会に添付可",
            EnquiryMark::Never => "照会には添付しない",
        };
        MedicalText::new(format!("{shown}（規則{} 第{}版、{mark}）", self.rule.as_str(), self.rule_version))
    }

    /// The same in English.
    #[must_use]
    pub fn why_en(&self) -> MedicalText {
        let row = match (&self.row, self.told) {
            (Some(r), _) => format!(" ({}, {})", r.date, r.source.en()),
            (None, Some(told)) => {
                format!(" ({}, {})", told.by.map_or("by whom is unknown", Informant::en), told.at.tokyo_hhmm())
            }
            (None, None) => String::new(),
        };
        let record = format!("\"{}\"{row}{}", self.title_en.as_str(), self.several_en());
        let shown = match &self.cause {
            Cause::AnyFinding => format!("Shown for {record}, whatever is observed"),
            Cause::Finding(observed) => format!("Shown for {record} with the finding \"{}\"", observed.en.as_str()),
            Cause::Kept => format!("Listed for {record}; nothing observed now bears on it"),
            Cause::LongAgo => format!("Listed for {record}; an old record"),
        };
        let mark = match self.enquiry_mark() {
            EnquiryMark::MayBeTold => "may be told in an enquiry",
            EnquiryMark::Never => "never in an enquiry",
        };
        MedicalText::new(format!("{shown} (rule {} version {}, {mark}).", self.rule.as_str(), self.rule_version))
    }

    fn several_ja(&self) -> String {
        self.several().map_or_else(String::new, |(named, count)| format!("【{count}成分: {}】", named.join("、")))
    }

    fn several_en(&self) -> String {
        self.several()
            .map_or_else(String::new, |(named, count)| format!(" [{count} ingredients: {}]", named.join(", ")))
    }

    /// Two ingredients or more: their names, and how many there are.
    fn several(&self) -> Option<(Vec<&str>, usize)> {
        let named = self.ingredients.iter().take(NAMED).map(MedicalText::as_str).collect();
        (self.ingredients.len() > 1).then_some((named, self.ingredients.len()))
    }
}
