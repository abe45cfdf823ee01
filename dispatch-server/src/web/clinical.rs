//! Findings in words and as JSON: what the crew saw, never what a record says.

use super::parts::{Moment, age, hms};
use maud::{Markup, html};
use model::{Findings, FollowUpAnswer, Jcs, Sex, Timestamp, Vital, VitalReading};
use serde::Serialize;
use std::collections::BTreeMap;

/// A vital sign is shown as old after so many seconds.
pub(crate) const VITAL_LIFE_S: i64 = 15 * 60;

/// Name and unit.
pub(crate) const fn vital_words(vital: Vital) -> (&'static str, &'static str) {
    match vital {
        Vital::RespiratoryRate => ("呼吸", "回/分"),
        Vital::PulseRate => ("脈拍", "回/分"),
        Vital::SystolicPressure => ("血圧（収縮期）", "mmHg"),
        Vital::DiastolicPressure => ("血圧（拡張期）", "mmHg"),
        Vital::OxygenSaturation => ("SpO₂", "%"),
        Vital::Temperature => ("体温", "℃"),
        Vital::Glucose => ("血糖", "mg/dL"),
    }
}

/// `36.4`, `178`.
pub(crate) fn tenths(vital: Vital, value: i32) -> String {
    let whole = vital != Vital::Temperature && value % 10 == 0;
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    if whole { format!("{sign}{}", value / 10) } else { format!("{sign}{}.{}", value / 10, value % 10) }
}

fn reading_words(vital: Vital, reading: VitalReading) -> String {
    match reading {
        VitalReading::Measured(value) => tenths(vital, value),
        VitalReading::NotMeasurable => "測れない".to_owned(),
        VitalReading::NotMeasured => "測らない".to_owned(),
    }
}

/// `78歳`, `70代（推定）`, `年齢不明`.
pub(crate) fn age_words(findings: &Findings) -> String {
    match (findings.age_years, findings.age_band) {
        (Some(years), _) => format!("{years}歳"),
        (None, Some(band)) => match band.0 {
            0 => "10歳未満（推定）".to_owned(),
            9.. => "90歳以上（推定）".to_owned(),
            ten => format!("{ten}0代（推定）"),
        },
        (None, None) => "年齢不明".to_owned(),
    }
}

/// `男性`, `女性`, `性別不明`.
pub(crate) const fn sex_words(sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Male) => "男性",
        Some(Sex::Female) => "女性",
        Some(Sex::Unspecified) | None => "性別不明",
    }
}

/// `II-10`.
pub(crate) fn jcs_words(jcs: Jcs) -> String {
    match jcs.grade() {
        0 => "0（清明）".to_owned(),
        grade @ 1..10 => format!("I-{grade}"),
        grade @ 10..100 => format!("II-{grade}"),
        grade => format!("III-{grade}"),
    }
}

/// The chosen complaints; a statement when none was chosen.
pub(crate) fn complaint_words(findings: &Findings) -> String {
    if findings.complaints.is_empty() {
        return "訴え 未入力".to_owned();
    }
    findings.complaints.iter().map(|c| c.ja()).collect::<Vec<_>>().join("・")
}

pub(crate) const fn follow_up_words(answer: FollowUpAnswer) -> &'static str {
    match answer {
        FollowUpAnswer::Yes => "あり",
        FollowUpAnswer::No => "なし",
        FollowUpAnswer::Unknown => "不明",
    }
}

/// All findings as a table; what was not asked is not there, and that is said.
pub(crate) fn findings_table(findings: &Findings, vitals_at: &BTreeMap<Vital, Timestamp>, moment: Moment) -> Markup {
    html! {
        table.facts {
            tbody {
                tr { th scope="row" { "訴え" } td { (complaint_words(findings)) } td {} }
                tr { th scope="row" { "意識" } td.n { @if let Some(jcs) = findings.jcs { "JCS " (jcs_words(jcs)) } @else { "–" } } td {} }
                @for vital in Vital::ALL {
                    @let (name, unit) = vital_words(vital);
                    tr {
                        th scope="row" { (name) }
                        td { @if let Some(reading) = findings.vitals.get(&vital) {
                            b.n { (reading_words(vital, *reading)) }
                            @if matches!(reading, VitalReading::Measured(_)) { " " span.q.sm { (unit) } }
                        } @else { "–" } }
                        td { @if let Some(at) = vitals_at.get(&vital) { span.n.sm { (hms(*at)) } " " (age(*at, VITAL_LIFE_S, moment)) } }
                    }
                }
                @for (question, answer) in &findings.follow_ups {
                    tr { th scope="row" { (question.ja()) } td { (follow_up_words(*answer)) } td {} }
                }
            }
        }
        p.q.xs { "– は未入力（「なし」ではありません）" }
    }
}

/// A measurement as JSON.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub(crate) struct VitalJson {
    /// Which.
    pub(crate) vital: Vital,
    /// `measured`, `not_measurable`, `not_measured`.
    pub(crate) state: &'static str,
    /// In the unit, when measured.
    pub(crate) value: Option<f64>,
    /// The unit.
    pub(crate) unit: &'static str,
    /// When.
    pub(crate) at: Option<String>,
}

/// Findings as JSON.
#[derive(Serialize, Clone, Debug, PartialEq)]
pub(crate) struct FindingsJson {
    age_years: Option<u8>,
    age_band: Option<u8>,
    age: String,
    sex: Option<Sex>,
    triage: Option<model::Triage>,
    complaints: Vec<model::Complaint>,
    complaints_ja: String,
    jcs: Option<u16>,
    vitals: Vec<VitalJson>,
    follow_ups: BTreeMap<model::FollowUp, FollowUpAnswer>,
    onset_minutes: Option<u32>,
}

/// Findings for programs.
pub(crate) fn findings_json(findings: &Findings, vitals_at: &BTreeMap<Vital, Timestamp>) -> FindingsJson {
    let vitals = findings.vitals.iter().map(|(vital, reading)| {
        let (state, value) = match reading {
            VitalReading::Measured(tenths) => ("measured", Some(f64::from(*tenths) / 10.0)),
            VitalReading::NotMeasurable => ("not_measurable", None),
            VitalReading::NotMeasured => ("not_measured", None),
        };
        let at = vitals_at.get(vital).map(|at| at.tokyo_rfc3339());
        VitalJson { vital: *vital, state, value, unit: vital_words(*vital).1, at }
    });
    FindingsJson {
        age_years: findings.age_years,
        age_band: findings.age_band.map(|band| band.0),
        age: age_words(findings),
        sex: findings.sex,
        triage: findings.triage,
        complaints: findings.complaints.iter().copied().collect(),
        complaints_ja: complaint_words(findings),
        jcs: findings.jcs.map(Jcs::grade),
        vitals: vitals.collect(),
        follow_ups: findings.follow_ups.clone(),
        onset_minutes: findings.onset_minutes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_grades_are_written_as_crews_write_them() {
        assert_eq!(tenths(Vital::Temperature, 364), "36.4");
        assert_eq!(tenths(Vital::PulseRate, 880), "88");
        assert_eq!(tenths(Vital::Temperature, 370), "37.0");
        let words = |grade| jcs_words(Jcs::new(grade).expect("a grade"));
        assert_eq!((words(0), words(3), words(20)), ("0（清明）".into(), "I-3".into(), "II-20".into()));
        assert_eq!(words(300), "III-300");
    }
}
