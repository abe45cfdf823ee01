//! What the answers hold: a face, a record, an empty record.

use ambulance_core::OpenedFace;
use card::photo::Photo;
use model::{CivilDate, Sex};
use patient_history::{Facility, LookBack, Period, Row, RowCode, RowSource, Section, SectionKind, SectionState};

/// A face with or without its photo.
pub(in crate::app::tests) fn woman_of_1948(with_photo: bool) -> Box<OpenedFace> {
    let pixels = zeroize::Zeroizing::new((0..=250).cycle().take(42 * 54).collect());
    let photo = with_photo.then_some(Photo { width: 42, height: 54, pixels, is_rgb: false });
    Box::new(OpenedFace { birth: CivilDate::new(1948, 3, 8), sex: Sex::Female, photo })
}

/// A record as 78-year-old patients have: medicines, visits with a masked one, surgery, dialysis.
pub(in crate::app::tests) fn full_record() -> Vec<Section> {
    let date = |m, d| CivilDate::new(2026, m, d).expect("a date");
    let row = |day, code, name: &str, days| Row {
        date: day,
        code,
        name: name.into(),
        days_supplied: days,
        quantity: None,
        source: RowSource::Claims,
        facility: Some(Facility { name: "緑川医院".into(), institution_code: None }),
        sensitive: false,
    };
    let medicines = vec![
        row(date(10, 28), RowCode::Yj("3332001F1024".into()), "ワルファリンＫ錠１ｍｇ", Some(28)),
        row(date(10, 28), RowCode::Yj("2492415G1020".into()), "インスリン グラルギンＢＳ注", Some(28)),
        row(date(10, 28), RowCode::Yj("2171022F1029".into()), "アムロジピンＯＤ錠５ｍｇ", Some(28)),
        row(date(10, 2), RowCode::Yj("3112001M1011".into()), "カルシトリオールカプセル", Some(28)),
    ];
    let mut covered = row(date(9, 30), RowCode::None, "こころの科", None);
    covered.sensitive = true;
    let visits = vec![row(date(11, 18), RowCode::None, "循環器内科", None), covered];
    let surgery =
        vec![row(CivilDate::new(2023, 6, 1).expect("a date"), RowCode::Procedure("K555".into()), "弁置換術", None)];
    let dialysis = vec![row(date(11, 18), RowCode::Procedure("J038".into()), "人工腎臓", None)];
    let section = |kind: SectionKind, rows| Section {
        kind,
        state: SectionState::Records {
            rows,
            look_back: kind.look_back(Period::Summary),
            complete_up_to: Some(date(9, 30)),
        },
    };
    vec![
        section(SectionKind::Medications, medicines),
        section(SectionKind::Visits, visits),
        section(SectionKind::Surgeries, surgery),
        section(SectionKind::Dialysis, dialysis),
    ]
}

/// Looked, and nothing is recorded.
pub(in crate::app::tests) fn blank_record() -> Vec<Section> {
    let none = |kind: SectionKind| Section { kind, state: SectionState::NoRecord { look_back: LookBack::Months(3) } };
    [SectionKind::Medications, SectionKind::Visits, SectionKind::Surgeries, SectionKind::Dialysis].map(none).to_vec()
}
