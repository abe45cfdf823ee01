//! Which facilities saw the person, and how long ago.

use model::{CivilDate, LookupId, Sex, Timestamp};
use patient_history::{
    Facility, HistorySnapshot, Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource, Section,
    SectionKind, SectionState,
};

fn day(text: &str) -> CivilDate {
    CivilDate::try_from(text.to_owned()).expect("a date")
}

fn row(date: &str, facility: &str, sensitive: bool) -> Row {
    Row {
        date: day(date),
        code: RowCode::None,
        name: "内科".into(),
        days_supplied: None,
        quantity: None,
        source: RowSource::Claims,
        facility: Some(Facility { name: facility.into(), institution_code: None }),
        sensitive,
    }
}

fn snapshot(sections: Vec<(SectionKind, Vec<Row>)>) -> HistorySnapshot {
    let section = |(kind, rows): (SectionKind, Vec<Row>)| Section {
        kind,
        state: SectionState::Records { rows, look_back: kind.look_back(Period::Summary), complete_up_to: None },
    };
    HistorySnapshot {
        lookup: LookupId::from_bytes([7; 16]),
        fetched_at: Timestamp::from_millis(1_000),
        person: PersonOnRecord {
            name: "試験　花子".into(),
            kana: "シケン　ハナコ".into(),
            birth_date: day("1948-03-08"),
            sex: Sex::Female,
        },
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: sections.into_iter().map(section).collect(),
        notices: Vec::new(),
    }
}

#[test]
fn the_newest_row_of_each_facility_counts_and_masked_rows_and_medicines_never() {
    let history = snapshot(vec![
        (
            SectionKind::Visits,
            vec![
                row("2026-11-18", "甲病院", false),
                row("2026-08-20", "乙病院", false),
                row("2026-11-19", "丙病院", true),
            ],
        ),
        (SectionKind::Medications, vec![row("2026-11-19", "丁薬局", false)]),
        (SectionKind::Surgeries, vec![row("2026-11-10", "乙病院", false), row("2025-11-20", "甲病院", false)]),
    ]);
    let told = |today: &str| {
        let visited = history.visited(day(today));
        visited.iter().map(|one| (one.facility.name.as_str().to_owned(), one.days)).collect::<Vec<_>>()
    };
    assert_eq!(told("2026-11-20"), [("甲病院".to_owned(), 2), ("乙病院".to_owned(), 10)]);
    assert_eq!(told("2027-11-18"), [("甲病院".to_owned(), 365), ("乙病院".to_owned(), 373)]);
    assert_eq!(told("2026-11-01")[0].1, 0, "a row of a day to come is of today");
    assert!(snapshot(Vec::new()).visited(day("2026-11-20")).is_empty());
}
