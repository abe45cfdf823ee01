//! From several sources to one view.
//!
//! The same dispensing reaches us up to three times: by electronic prescription at once, by claims a month later, and in
//! the notebook that the patient shows. Records are one line when day, medicine and days of supply agree; a record that
//! does not say its days of supply goes to a line that lacks its source. Two equal records of *one* source stay two
//! lines: nothing is ever lost, and the result depends neither on the order of sources nor on that of their rows.

use crate::folded::fold;
use crate::merged::{Coverage, Line, Medicine, MergedHistory, Record, Told};
use crate::{HistorySnapshot, MedicalText, MedicineNames, Row, RowCode, RowSource, SectionKind, SectionState};
use model::CivilDate;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be seen together.
#[derive(Clone, Copy, Default)]
pub struct Sources<'a> {
    /// Answers of the national system; a later one with a longer look-back adds to an earlier one.
    pub national: &'a [&'a HistorySnapshot],
    /// Medicines of notebooks that the patient showed, one slice for each.
    pub notebooks: &'a [&'a [Row]],
    /// What was told.
    pub told: &'a [Told],
}

/// One column of the comparison: rows of one column are never one line.
type Column = (SectionKind, RowSource);

/// Rows that may be the same thing: family of sections, day, what it is.
type Bucket = (SectionKind, Reverse<CivilDate>, MedicalText);

/// Merges everything into one view.
#[must_use]
pub fn merge(sources: &Sources<'_>, names: &dyn MedicineNames) -> MergedHistory {
    let columns = columns(sources);
    let keys = Keys::learn(&columns, names);
    let mut buckets: BTreeMap<Bucket, BTreeMap<Column, Vec<&Row>>> = BTreeMap::new();
    for (column, rows) in &columns {
        for row in rows {
            let bucket = (family(column.0), Reverse(row.date), keys.key(column.0, row, names));
            buckets.entry(bucket).or_default().entry(*column).or_default().push(row);
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    for ((family, _, key), rows) in buckets {
        let medicine = (family == SectionKind::Medications).then_some(key);
        lines.extend(rows_to_records(rows).into_iter().map(|records| line(records, medicine.clone(), names)));
    }
    lines.sort_by(by_date_then_content);
    let mut told = sources.told.to_vec();
    told.sort_by_key(|told| Reverse(*told));
    told.dedup();
    MergedHistory { medicines: medicines(&lines), lines, told, coverage: coverage(sources.national) }
}

/// Dispensings stand in two sections of the national system; they are compared with each other.
const fn family(kind: SectionKind) -> SectionKind {
    match kind {
        SectionKind::EPrescriptions => SectionKind::Medications,
        other => other,
    }
}

/// The rows of each column, sorted. What two inputs both have counts once; what one input has twice counts twice.
fn columns<'a>(sources: &Sources<'a>) -> BTreeMap<Column, Vec<&'a Row>> {
    let mut all: BTreeMap<Column, Vec<&'a Row>> = BTreeMap::new();
    let national = sources.national.iter().map(|snapshot| snapshot.all_rows().collect::<Vec<_>>());
    let notebooks =
        sources.notebooks.iter().map(|rows| rows.iter().map(|row| (SectionKind::Medications, row)).collect());
    for input in national.chain(notebooks) {
        let mut own: BTreeMap<Column, Vec<&'a Row>> = BTreeMap::new();
        for (kind, row) in input {
            own.entry((kind, row.source)).or_default().push(row);
        }
        for (column, mut rows) in own {
            rows.sort_unstable();
            let known = all.entry(column).or_default();
            *known = union(known, &rows);
        }
    }
    all
}

/// The union of two sorted lists in which an item occurs as often as in the one that has it more often.
fn union<'a>(left: &[&'a Row], right: &[&'a Row]) -> Vec<&'a Row> {
    let (mut left, mut right) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    let mut both = Vec::new();
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.cmp(r),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return both,
        };
        let next = if order == Ordering::Greater { right.next() } else { left.next() };
        if order == Ordering::Equal {
            right.next();
        }
        both.extend(next);
    }
}

/// Which medicine a name is, learned from the rows that have a code.
struct Keys(BTreeMap<MedicalText, Option<MedicalText>>);

impl Keys {
    fn learn(columns: &BTreeMap<Column, Vec<&Row>>, names: &dyn MedicineNames) -> Self {
        let mut known: BTreeMap<MedicalText, Option<MedicalText>> = BTreeMap::new();
        let of_medicines = columns.iter().filter(|((kind, _), _)| family(*kind) == SectionKind::Medications);
        for row in of_medicines.flat_map(|(_, rows)| rows) {
            let Some(key) = by_code(&row.code, names) else { continue };
            let name = known.entry(fold(row.name.as_str())).or_insert_with(|| Some(key.clone()));
            // One name for two medicines says nothing.
            if name.as_ref().is_some_and(|first| *first != key) {
                *name = None;
            }
        }
        Self(known)
    }

    /// What a row is about: for a medicine the master's key, or its code's, or what its name is elsewhere, or its name; for
    /// everything else code or name, and where.
    fn key(&self, kind: SectionKind, row: &Row, names: &dyn MedicineNames) -> MedicalText {
        if family(kind) != SectionKind::Medications {
            let what = row.code.text().map_or_else(|| fold(row.name.as_str()), MedicalText::from);
            let place = row.facility.as_ref().map(|f| f.institution_code.as_ref().unwrap_or(&f.name));
            let place = place.map(|place| fold(place.as_str())).unwrap_or_default();
            return MedicalText::new([what.as_str(), "\n", place.as_str()].concat());
        }
        if let Some(key) = by_code(&row.code, names) {
            return key;
        }
        let name = fold(row.name.as_str());
        match self.0.get(&name) {
            Some(Some(key)) => key.clone(),
            _ if name.is_empty() => row.code.text().map(MedicalText::from).unwrap_or_default(),
            _ => name,
        }
    }
}

fn by_code(code: &RowCode, names: &dyn MedicineNames) -> Option<MedicalText> {
    const CLASS_TO_STRENGTH: usize = 9;
    let of_yj = || code.yj().and_then(|yj| yj.get(..CLASS_TO_STRENGTH)).map(MedicalText::from);
    names.same_medicine(code).or_else(of_yj)
}

/// Puts the records of one bucket together, at most one of each column in a line.
fn rows_to_records(columns: BTreeMap<Column, Vec<&Row>>) -> Vec<Vec<Record>> {
    let days: BTreeSet<Option<u16>> = columns.values().flatten().map(|row| row.days_supplied).collect();
    let mut lines: Vec<Vec<Record>> = Vec::new();
    // Rows without days of supply come last and look for a line of which their column is not yet part.
    for days in days.iter().filter(|days| days.is_some()).chain(days.iter().filter(|days| days.is_none())) {
        let first = if days.is_some() { lines.len() } else { 0 };
        for (column, rows) in &columns {
            let mut at = first;
            for row in rows.iter().filter(|row| row.days_supplied == *days) {
                while lines.get(at).is_some_and(|line| line.iter().any(|r| (r.kind, r.row.source) == *column)) {
                    at += 1;
                }
                let record = Record { kind: column.0, row: (*row).clone() };
                match lines.get_mut(at) {
                    Some(line) => line.push(record),
                    None => lines.push(vec![record]),
                }
            }
        }
    }
    lines
}

fn line(mut records: Vec<Record>, medicine: Option<MedicalText>, names: &dyn MedicineNames) -> Line {
    records.sort_unstable();
    let ask = |of: fn(&dyn MedicineNames, &RowCode) -> Option<MedicalText>| {
        let known = medicine.is_some().then_some(&records);
        known.and_then(|records| records.iter().find_map(|record| of(names, &record.row.code)))
    };
    let generic = ask(|names, code| names.generic_name(code));
    let class = ask(|names, code| names.class_name(code));
    let texts = records.iter().flat_map(|record| {
        let facility = record.row.facility.as_ref().map_or("", |facility| facility.name.as_str());
        [record.row.name.as_str(), facility]
    });
    let known = [&generic, &class].into_iter().flatten().map(MedicalText::as_str);
    let all: BTreeSet<MedicalText> = texts.chain(known).map(fold).collect();
    let searched = MedicalText::new(all.iter().map(MedicalText::as_str).collect::<Vec<_>>().join("\n"));
    Line { records, generic, class, medicine, searched }
}

fn by_date_then_content(a: &Line, b: &Line) -> Ordering {
    b.date().cmp(&a.date()).then_with(|| a.records.cmp(&b.records))
}

/// Lines of one medicine together; masked lines apart, so that a group never shows by its place what it hides.
fn medicines(lines: &[Line]) -> Vec<Medicine> {
    let mut groups: BTreeMap<(MedicalText, bool), Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(medicine) = &line.medicine else { continue };
        let known_by = line.generic.as_ref().unwrap_or(medicine).clone();
        groups.entry((known_by, line.is_sensitive())).or_default().push(at);
    }
    let mut medicines: Vec<Medicine> =
        groups.into_iter().map(|((_, sensitive), lines)| Medicine { lines, sensitive }).collect();
    // Lines stand newest first: the group with the smallest place was dispensed last.
    medicines.sort_by(|a, b| a.lines.first().cmp(&b.lines.first()));
    medicines
}

/// Of several answers the one that says most counts, then the one that looked further, then the newer one.
fn coverage(national: &[&HistorySnapshot]) -> Vec<(SectionKind, Coverage)> {
    let of_kind = |kind| {
        let said = national.iter().map(|snapshot| {
            let coverage = covered(snapshot.state(kind));
            (said_most(&coverage), snapshot.period, snapshot.fetched_at, coverage)
        });
        said.max().map_or(Coverage::NotAsked, |(_, _, _, coverage)| coverage)
    };
    SectionKind::ALL.into_iter().map(|kind| (kind, of_kind(kind))).collect()
}

const fn said_most(coverage: &Coverage) -> u8 {
    match coverage {
        Coverage::NotAsked => 0,
        Coverage::NotPermitted => 1,
        Coverage::NoRecord { .. } => 2,
        Coverage::Recorded { .. } => 3,
    }
}

const fn covered(state: &SectionState) -> Coverage {
    match state {
        SectionState::Records { look_back, complete_up_to, .. } => {
            Coverage::Recorded { look_back: *look_back, complete_up_to: *complete_up_to }
        }
        SectionState::NoRecord { look_back } => Coverage::NoRecord { look_back: *look_back },
        SectionState::NotPermitted => Coverage::NotPermitted,
        SectionState::NotAsked => Coverage::NotAsked,
    }
}
