//! Builders for the tests of this crate.

use field_alerts::{Evaluation, RuleTable, evaluate};
use model::{
    Capability, CivilDate, Complaint, Findings, FollowUp, FollowUpAnswer, LookupId, Need, Sex, Strength, Timestamp,
    Vital, VitalReading,
};
use patient_history::{
    Facility, HistorySnapshot, LookBack, Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource,
    Section, SectionKind, SectionState,
};
use std::sync::OnceLock;

pub(crate) fn today() -> CivilDate {
    CivilDate::new(2026, 11, 20).expect("a date")
}

/// The embedded table, read once: property tests evaluate hundreds of times.
pub(crate) fn table() -> &'static RuleTable {
    static TABLE: OnceLock<RuleTable> = OnceLock::new();
    TABLE.get_or_init(|| RuleTable::embedded().expect("the embedded table loads"))
}

fn row(code: RowCode, days_ago: i32) -> Row {
    Row {
        date: today().plus_days(-days_ago),
        code,
        name: "訓練の行".into(),
        days_supplied: Some(28),
        quantity: None,
        source: RowSource::Claims,
        facility: Some(Facility { name: "見本病院".into(), institution_code: None }),
        sensitive: false,
    }
}

pub(crate) fn drug(yj: &str) -> (SectionKind, Row) {
    (SectionKind::Medications, row(RowCode::Yj(yj.into()), 20))
}

pub(crate) fn drug_days(yj: &str, days_ago: i32, days: u16) -> (SectionKind, Row) {
    let (kind, mut row) = drug(yj);
    row.date = today().plus_days(-days_ago);
    row.days_supplied = Some(days);
    (kind, row)
}

pub(crate) fn surgery(code: &str, days_ago: i32) -> (SectionKind, Row) {
    (SectionKind::Surgeries, row(RowCode::Procedure(code.into()), days_ago))
}

pub(crate) fn treatment(code: &str, days_ago: i32) -> (SectionKind, Row) {
    (SectionKind::Treatments, row(RowCode::Procedure(code.into()), days_ago))
}

pub(crate) fn visit(department: &str, days_ago: i32) -> (SectionKind, Row) {
    let mut row = row(RowCode::None, days_ago);
    row.name = department.into();
    (SectionKind::Visits, row)
}

/// A history of these rows, everything else looked at and empty; a woman of 34.
pub(crate) fn history(rows: Vec<(SectionKind, Row)>) -> HistorySnapshot {
    let sections = SectionKind::ALL
        .into_iter()
        .map(|kind| {
            let rows: Vec<Row> = rows.iter().filter(|(k, _)| *k == kind).map(|(_, r)| r.clone()).collect();
            let look_back = LookBack::Years(5);
            let state = if rows.is_empty() {
                SectionState::NoRecord { look_back }
            } else {
                SectionState::Records { rows, look_back, complete_up_to: None }
            };
            Section { kind, state }
        })
        .collect();
    HistorySnapshot {
        lookup: LookupId::from_bytes([0; 16]),
        fetched_at: Timestamp(0),
        person: PersonOnRecord {
            name: "訓練　花".into(),
            kana: "クンレン　ハナ".into(),
            birth_date: CivilDate::new(1992, 4, 1).expect("a date"),
            sex: Sex::Female,
        },
        validity: QualificationValidity::Valid,
        period: Period::Full,
        sections,
        notices: Vec::new(),
    }
}

pub(crate) fn complaints(complaints: &[Complaint]) -> Findings {
    Findings { complaints: complaints.iter().copied().collect(), ..Findings::default() }
}

pub(crate) fn yes(follow_up: FollowUp) -> Findings {
    Findings { follow_ups: [(follow_up, FollowUpAnswer::Yes)].into(), ..Findings::default() }
}

pub(crate) fn vital(vital: Vital, tenths: i32) -> Findings {
    Findings { vitals: [(vital, VitalReading::Measured(tenths))].into(), ..Findings::default() }
}

pub(crate) fn run(rows: Vec<(SectionKind, Row)>, findings: &Findings) -> Evaluation {
    evaluate(table(), &history(rows), findings, today())
}

pub(crate) fn ids(evaluation: &Evaluation) -> Vec<&str> {
    evaluation.alerts.iter().map(|a| a.rule.as_str()).collect()
}

pub(crate) fn fires(rows: Vec<(SectionKind, Row)>, findings: &Findings, rule: &str) -> bool {
    ids(&run(rows, findings)).contains(&rule)
}

pub(crate) fn need(evaluation: &Evaluation, capability: Capability) -> Option<Strength> {
    evaluation.needs.iter().find(|n: &&Need| n.capability == capability).map(|n| n.strength)
}
