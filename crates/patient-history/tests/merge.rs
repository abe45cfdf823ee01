//! One view of several sources: no duplicates, nothing lost, nothing unmasked.

use model::{CivilDate, LookupId, Sex, Timestamp};
use patient_history::{
    Coverage, Facility, Filter, HistorySnapshot, Informant, Item, Line, LookBack, MedicalText, MedicineGroup,
    MedicineNames, MergedHistory, NoNames, OralAnswer, OralTopic, Origin, Period, PersonOnRecord,
    QualificationValidity, Reach, Row, RowCode, RowSource, Section, SectionKind, SectionState, Sources, Told, merge,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const WARFARIN: &str = "3332001F1032";
const WARFARIN_RECEIPT: &str = "613330003";

fn day(text: &str) -> CivilDate {
    CivilDate::try_from(text.to_owned()).expect("a date")
}

fn medicine(date: &str, code: RowCode, name: &str, days: Option<u16>, source: RowSource) -> Row {
    Row {
        date: day(date),
        code,
        name: name.into(),
        days_supplied: days,
        quantity: None,
        source,
        facility: None,
        sensitive: false,
    }
}

fn snapshot(sections: Vec<Section>) -> HistorySnapshot {
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
        sections,
        notices: Vec::new(),
    }
}

fn section(kind: SectionKind, rows: Vec<Row>) -> Section {
    let look_back = kind.look_back(Period::Summary);
    let state = if rows.is_empty() {
        SectionState::NoRecord { look_back }
    } else {
        SectionState::Records { rows, look_back, complete_up_to: None }
    };
    Section { kind, state }
}

/// A master with one medicine.
struct OneMedicine;

impl OneMedicine {
    fn knows(code: &RowCode) -> bool {
        matches!(code.text(), Some(WARFARIN | WARFARIN_RECEIPT))
    }
}

impl MedicineNames for OneMedicine {
    fn generic_name(&self, code: &RowCode) -> Option<MedicalText> {
        Self::knows(code).then(|| "ワルファリンカリウム".into())
    }
    fn class_name(&self, code: &RowCode) -> Option<MedicalText> {
        Self::knows(code).then(|| "抗凝固薬".into())
    }
    fn same_medicine(&self, code: &RowCode) -> Option<MedicalText> {
        Self::knows(code).then(|| "3332001F1".into())
    }
}

fn lines<'a>(merged: &'a MergedHistory, filter: &Filter) -> Vec<&'a Line> {
    let page = merged.page(filter, 0, usize::MAX);
    page.items.iter().filter_map(|item| if let Item::Line(line) = item { Some(*line) } else { None }).collect()
}

fn opened() -> Filter {
    Filter { opened: true, ..Filter::default() }
}

#[test]
fn one_dispensing_in_three_sources_is_one_line_that_names_them() {
    let claims = medicine(
        "2026-09-28",
        RowCode::Receipt(WARFARIN_RECEIPT.into()),
        "ワルファリンＫ錠１ｍｇ",
        Some(28),
        RowSource::Claims,
    );
    let by_yj = |source| medicine("2026-09-28", RowCode::Yj(WARFARIN.into()), "ワルファリンK錠1mg", Some(28), source);
    let mut notebook = vec![by_yj(RowSource::Notebook)];
    notebook[0].quantity = Some("1日1回 朝".into());
    let national = snapshot(vec![
        section(SectionKind::EPrescriptions, vec![by_yj(RowSource::EPrescription)]),
        section(SectionKind::Medications, vec![claims]),
        section(SectionKind::Surgeries, Vec::new()),
    ]);
    let sources = Sources { national: &[&national], notebooks: &[&notebook], told: &[] };
    for names in [&OneMedicine as &dyn MedicineNames, &NoNames] {
        let merged = merge(&sources, names);
        let lines = lines(&merged, &Filter::default());
        let [line] = lines.as_slice() else { panic!("one line, not {}", lines.len()) };
        let all = BTreeSet::from([RowSource::Claims, RowSource::EPrescription, RowSource::Notebook]);
        assert_eq!(line.sources(), all, "the receipt code is known by the master, or by the name it shares");
        assert_eq!(line.age_days(day("2026-10-08")), Some(10));
        assert_eq!((line.days_supplied(), line.quantity()), (Some(28), Some("1日1回 朝")));
    }
    let merged = merge(&sources, &OneMedicine);
    let line = lines(&merged, &Filter::default())[0];
    assert_eq!((line.generic(), line.class()), (Some("ワルファリンカリウム"), Some("抗凝固薬")));
    assert_eq!(merged.section(SectionKind::Surgeries).coverage, Coverage::NoRecord { look_back: LookBack::Years(5) });
    assert_eq!(merged.section(SectionKind::Dialysis).coverage, Coverage::NotAsked);
    let both = [SectionKind::EPrescriptions, SectionKind::Medications];
    assert_eq!(both.map(|kind| merged.section(kind).lines), [1, 1], "one line that is found in both sections");
}

#[test]
fn what_only_looks_alike_stays_apart() {
    let yj = || RowCode::Yj(WARFARIN.into());
    let claims = |days| medicine("2026-09-28", yj(), "ワルファリン", days, RowSource::Claims);
    // Twice in one source: two dispensings. Another number of days: a contradiction that must be seen.
    let rows = vec![claims(Some(28)), claims(Some(28))];
    let national = snapshot(vec![section(SectionKind::Medications, rows)]);
    let notebook = |days, date| vec![medicine(date, yj(), "ワルファリン", days, RowSource::Notebook)];
    let count = |rows: &[Row]| {
        let merged = merge(&Sources { national: &[&national], notebooks: &[rows], told: &[] }, &NoNames);
        lines(&merged, &Filter::default()).len()
    };
    assert_eq!(count(&notebook(Some(28), "2026-09-28")), 2);
    assert_eq!(count(&notebook(None, "2026-09-28")), 2, "not saying the days contradicts nothing");
    assert_eq!(count(&notebook(Some(14), "2026-09-28")), 3);
    assert_eq!(count(&notebook(Some(28), "2026-09-29")), 3);
}

#[test]
fn a_longer_look_back_adds_and_repeats_nothing() {
    let row = |date: &&str| medicine(date, RowCode::None, "内科", None, RowSource::Claims);
    let visits = |dates: &[&str]| vec![section(SectionKind::Visits, dates.iter().map(row).collect())];
    let summary = snapshot(visits(&["2026-10-01"]));
    let full = HistorySnapshot { period: Period::Full, ..snapshot(visits(&["2026-10-01", "2023-10-01"])) };
    let merged = merge(&Sources { national: &[&summary, &full], ..Sources::default() }, &NoNames);
    assert_eq!(merged.section(SectionKind::Visits).lines, 2);
    let summary_only = Reach::Period(Period::Summary, day("2026-10-10"));
    assert_eq!(lines(&merged, &Filter { reach: summary_only, ..Filter::default() }).len(), 1);
    let since = Reach::Since(day("2023-10-01"));
    assert_eq!(lines(&merged, &Filter { reach: since, ..Filter::default() }).len(), 2);
}

#[test]
fn search_finds_every_way_of_writing_and_nothing_masked() {
    let open = medicine("2026-09-01", RowCode::Yj(WARFARIN.into()), "ワルファリンＫ錠", None, RowSource::Claims);
    let mut hidden = medicine("2026-09-02", RowCode::None, "クロザピン錠", None, RowSource::Claims);
    hidden.sensitive = true;
    hidden.facility = Some(Facility { name: "みどり病院".into(), institution_code: None });
    let national = snapshot(vec![section(SectionKind::Medications, vec![open, hidden])]);
    let told = [Told {
        at: Timestamp::from_millis(5),
        topic: OralTopic::BloodThinner,
        answer: OralAnswer::Yes,
        by: Some(Informant::Family),
    }];
    let merged = merge(&Sources { national: &[&national], notebooks: &[], told: &told }, &OneMedicine);
    let found =
        |text: &str, opened| merged.page(&Filter { text: text.into(), opened, ..Filter::default() }, 0, 9).total;
    for text in ["わるふぁりん", "ﾜﾙﾌｧﾘﾝ k", "カリウム", "抗凝固", "さらさら"] {
        assert_eq!(found(text, false), 1, "{text}");
    }
    for text in ["クロザピン", "みどり"] {
        assert_eq!((found(text, false), found(text, true)), (0, 1), "{text}");
    }
    let page = merged.page(&Filter::default(), 0, 9);
    assert_eq!(page.items[0], Item::Told(&told[0]));
    assert_eq!(page.items[1], Item::Masked(SectionKind::Medications));
    assert_eq!(merged.section(SectionKind::Medications).masked, 1);
    let told_only = Filter { origin: Some(Origin::Told), ..Filter::default() };
    assert_eq!(merged.page(&told_only, 0, 9).total, 1);
    assert_eq!(merged.medicines(false).filter(|group| matches!(group, MedicineGroup::Masked { lines: 1 })).count(), 1);
}

#[test]
fn nothing_of_it_is_in_debug() {
    let rows = vec![medicine("2026-09-01", RowCode::Yj(WARFARIN.into()), "ワルファリン", None, RowSource::Claims)];
    let national = snapshot(vec![section(SectionKind::Medications, rows)]);
    let merged = merge(&Sources { national: &[&national], ..Sources::default() }, &OneMedicine);
    let shown = format!("{merged:?} {:?}", merged.page(&Filter::default(), 0, 5));
    for secret in ["ワルファリン", WARFARIN, "2026-09-01", "抗凝固"] {
        assert!(!shown.contains(secret), "{secret} must not be in {shown}");
    }
}

/// Rows from so few words that many are alike.
fn any_row(source: RowSource) -> impl Strategy<Value = Row> {
    let codes = prop::sample::select(vec![
        RowCode::Yj(WARFARIN.into()),
        RowCode::Yj("3332001F1999".into()),
        RowCode::Yj("2171022F1029".into()),
        RowCode::Receipt(WARFARIN_RECEIPT.into()),
        RowCode::None,
    ]);
    let names = prop::sample::select(vec!["ワルファリンＫ錠", "ﾜﾙﾌｧﾘﾝK錠", "アムロジピン錠", ""]);
    let days = prop::sample::select(vec![None, Some(14), Some(28)]);
    let places = prop::sample::select(vec![None, Some("緑川医院"), Some("青波病院")]);
    (0..3i32, codes, names, days, places, prop::bool::weighted(0.2)).prop_map(
        move |(back, code, name, days_supplied, place, sensitive)| Row {
            date: day("2026-10-01").plus_days(-back),
            code,
            name: name.into(),
            days_supplied,
            quantity: None,
            source,
            facility: place.map(|name| Facility { name: name.into(), institution_code: None }),
            sensitive,
        },
    )
}

fn rows(source: RowSource) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(any_row(source), 0..8)
}

prop_compose! {
    fn any_snapshot()(
        e_prescriptions in rows(RowSource::EPrescription),
        claims in rows(RowSource::Claims),
        visits in rows(RowSource::Claims),
        shared in rows(RowSource::HealthRecord),
    ) -> HistorySnapshot {
        snapshot(vec![
            section(SectionKind::Visits, visits.into_iter().chain(shared).collect()),
            section(SectionKind::EPrescriptions, e_prescriptions),
            section(SectionKind::Medications, claims),
        ])
    }
}

/// How often each row is in each section and source.
type Counts = BTreeMap<(SectionKind, Row), usize>;

fn most_often(inputs: &[Vec<(SectionKind, Row)>]) -> Counts {
    let mut most = Counts::new();
    for input in inputs {
        let mut own = Counts::new();
        for row in input {
            *own.entry(row.clone()).or_default() += 1;
        }
        for (row, count) in own {
            let known = most.entry(row).or_default();
            *known = count.max(*known);
        }
    }
    most
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_made_up(
        national in any_snapshot(),
        notebooks in prop::collection::vec(rows(RowSource::Notebook), 0..3),
    ) {
        let slices: Vec<&[Row]> = notebooks.iter().map(Vec::as_slice).collect();
        let merged = merge(&Sources { national: &[&national], notebooks: &slices, told: &[] }, &OneMedicine);
        let mut inputs = vec![national.all_rows().map(|(kind, row)| (kind, row.clone())).collect::<Vec<_>>()];
        inputs.extend(
            notebooks.iter().map(|rows| rows.iter().map(|row| (SectionKind::Medications, row.clone())).collect()),
        );
        let mut found = Counts::new();
        for line in lines(&merged, &opened()) {
            let columns: BTreeSet<_> = line.records().iter().map(|r| (r.kind, r.row.source)).collect();
            prop_assert_eq!(columns.len(), line.records().len(), "two records of one source are two lines");
            for record in line.records() {
                *found.entry((record.kind, record.row.clone())).or_default() += 1;
            }
        }
        prop_assert_eq!(found, most_often(&inputs));
        let in_groups: usize = merged.medicines(true).map(|group| match group {
            MedicineGroup::Shown(lines) => lines.len(),
            MedicineGroup::Masked { lines } => lines,
        }).sum();
        let medicines = |line: &&Line| !line.is_in(SectionKind::Visits);
        prop_assert_eq!(in_groups, lines(&merged, &opened()).iter().filter(|line| medicines(line)).count());
    }

    #[test]
    fn the_order_of_sources_and_rows_leaves_no_trace_and_repeating_adds_nothing(
        national in any_snapshot(),
        one in rows(RowSource::Notebook),
        other in rows(RowSource::Notebook),
    ) {
        let expected = merge(&Sources { national: &[&national], notebooks: &[&one, &other], told: &[] }, &OneMedicine);
        let mut turned = national.clone();
        for section in &mut turned.sections {
            if let SectionState::Records { rows, .. } = &mut section.state {
                rows.reverse();
            }
        }
        let mut reversed = one.clone();
        reversed.reverse();
        let again = Sources { national: &[&turned, &national], notebooks: &[&other, &reversed, &one], told: &[] };
        prop_assert_eq!(merge(&again, &OneMedicine), expected);
    }

    #[test]
    fn nothing_sensitive_is_shown_or_found_by_words_before_it_is_opened(
        national in any_snapshot(),
        notebook in rows(RowSource::Notebook),
        text in prop::sample::select(vec!["", "ワルファリン", "緑川", "抗凝固"]),
    ) {
        let merged = merge(&Sources { national: &[&national], notebooks: &[&notebook], told: &[] }, &OneMedicine);
        let filter = Filter { text: text.into(), ..Filter::default() };
        let page = merged.page(&filter, 0, usize::MAX);
        for item in &page.items {
            match item {
                Item::Line(line) => prop_assert!(line.records().iter().all(|record| !record.row.sensitive)),
                Item::Masked(_) => prop_assert!(text.is_empty(), "a masked line was found by its words"),
                Item::Told(_) => {}
            }
        }
        for group in merged.medicines(false) {
            if let MedicineGroup::Shown(lines) = group {
                prop_assert!(lines.iter().all(|line| !line.is_sensitive()));
            }
        }
    }

    #[test]
    fn pages_hold_what_is_on_the_screen_and_together_everything(
        national in any_snapshot(),
        rows in 1..7usize,
        behind in 0..100usize,
    ) {
        let merged = merge(&Sources { national: &[&national], ..Sources::default() }, &OneMedicine);
        let all = merged.page(&Filter::default(), 0, usize::MAX);
        let mut together = Vec::new();
        for first in (0..all.total).step_by(rows) {
            let page = merged.page(&Filter::default(), first, rows);
            prop_assert!(page.items.len() <= rows && page.total == all.total && page.first == first);
            together.extend(page.items);
        }
        prop_assert_eq!(together, all.items);
        let count = merged.count(&Filter::default());
        prop_assert_eq!((count.total, count.masked), (all.total, merged.masked_count()));
        let last = merged.page(&Filter::default(), all.total + behind, rows);
        prop_assert_eq!(last.items.is_empty(), all.total == 0, "behind the end there is the last page");
    }
}
