//! A long life of records: what the merge costs once, and what one page costs at every drawing.
//! `cargo bench -p patient-history --bench merged`
//!
//! 10,000 rows, of which every third dispensing is in two sources. Medians of nine rounds.

use model::{CivilDate, LookupId, Sex, Timestamp};
use patient_history::{
    Filter, HistorySnapshot, LookBack, MergedHistory, NoNames, Period, PersonOnRecord, QualificationValidity, Row,
    RowCode, RowSource, Section, SectionKind, SectionState, Sources, merge,
};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROWS: usize = 10_000;
const ROUNDS: usize = 9;
const ROWS_ON_SCREEN: usize = 7;

fn main() {
    let Some(newest) = CivilDate::new(2026, 10, 1) else { return };
    let (claims, notebook) = (rows(newest, RowSource::Claims, 1), rows(newest, RowSource::Notebook, 3));
    let national = snapshot(newest, claims);
    let sources = Sources { national: &[&national], notebooks: &[&notebook], told: &[] };
    let merged = merge(&sources, &NoNames);
    let words = Filter { text: "みどり 4217".into(), ..Filter::default() };
    say("merge", median(|| merge(&sources, &NoNames)), merged.line_count());
    say("a page in the middle", page(&merged, &Filter::default()), merged.line_count());
    say("a page of a search", page(&merged, &words), merged.page(&words, 0, ROWS_ON_SCREEN).total);
}

fn page(merged: &MergedHistory, filter: &Filter) -> Duration {
    median(|| merged.page(black_box(filter), merged.line_count() / 2, ROWS_ON_SCREEN).items.len())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the wall clock")]
fn median<T>(mut of: impl FnMut() -> T) -> Duration {
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            black_box(of());
            begin.elapsed()
        })
        .collect();
    took.sort_unstable();
    took.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn rows(newest: CivilDate, source: RowSource, every: usize) -> Vec<Row> {
    let last = if every == 1 { ROWS - ROWS / 4 } else { (ROWS / 4) * every };
    (0..last)
        .step_by(every)
        .map(|n| Row {
            date: newest.plus_days(-i32::try_from(n / 8).unwrap_or(i32::MAX)),
            code: RowCode::Yj(format!("{:07}F1029", n % 700).into()),
            name: format!("試験錠{}ｍｇ", n % 700).into(),
            days_supplied: Some(28),
            quantity: Some("1日1回 朝".into()),
            source,
            facility: Some(patient_history::Facility {
                name: format!("みどり医院{n}").into(), institution_code: None
            }),
            sensitive: n % 50 == 0,
        })
        .collect()
}

fn snapshot(newest: CivilDate, rows: Vec<Row>) -> HistorySnapshot {
    let state = SectionState::Records { rows, look_back: LookBack::Years(5), complete_up_to: None };
    HistorySnapshot {
        lookup: LookupId::from_bytes([1; 16]),
        fetched_at: Timestamp(0),
        person: PersonOnRecord {
            name: "試験".into(), kana: "シケン".into(), birth_date: newest, sex: Sex::Female
        },
        validity: QualificationValidity::Valid,
        period: Period::Full,
        sections: vec![Section { kind: SectionKind::Medications, state }],
        notices: Vec::new(),
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
fn say(what: &str, took: Duration, lines: usize) {
    println!("{what:<22} {:>9.1} us ({lines} lines)", took.as_secs_f64() * 1e6);
}
