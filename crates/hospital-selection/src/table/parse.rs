//! Reading the table's file: all or nothing, every bad row named by its line.

use super::{Hospital, HospitalTable, Standing, short_name};
use crate::Standards;
use core::fmt;
use model::{Capability, HospitalId, Position};
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Deserialize, de::IntoDeserializer};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use travel_time::Land;

/// Most rows one table may have; a longer file is refused.
pub(crate) const MAX_ROWS: usize = 20_000;
/// Most row errors reported at once; the rest are counted.
const MAX_ERRORS: usize = 20;

const COLUMNS: [&str; 15] = [
    "id",
    "record_id",
    "name",
    "pref",
    "area_code",
    "municipality",
    "lat",
    "lon",
    "beds",
    "tertiary",
    "secondary",
    "ambulance_accepted",
    "operations",
    "deliveries",
    "capabilities",
];

/// One bad row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line in the file, from 1.
    pub line: u64,
    /// The column, or empty when the row as a whole is bad.
    pub column: &'static str,
    /// What was expected.
    pub expected: &'static str,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.column.is_empty() {
            write!(f, ", column {}", self.column)?;
        }
        write!(f, ": expected {}", self.expected)
    }
}

/// A file that is no hospital table. Nothing of it is used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The first line must be `#version,<text>`.
    #[error("reading the hospital table: line 1: expected `#version,` and the edition's name")]
    NoVersion,
    /// The column names differ.
    #[error("reading the hospital table: line 2: expected the columns {}", COLUMNS.join(","))]
    Columns,
    /// The text is no CSV.
    #[error("reading the hospital table as CSV")]
    Csv(#[source] csv::Error),
    /// More than 20,000 rows.
    #[error("reading the hospital table: more than {MAX_ROWS} rows")]
    TooLong,
    /// No row.
    #[error("reading the hospital table: no hospital in it")]
    Empty,
    /// Rows that cannot be used.
    #[error("reading the hospital table: {} (of {total} errors)", rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rows {
        /// The first ones.
        rows: Vec<RowError>,
        /// How many there are.
        total: usize,
    },
}

impl HospitalTable {
    /// Reads a table (format: `data/README.md`). All or nothing.
    ///
    /// # Errors
    /// Names the line and column of what is wrong: the version line, columns, a row's value, a duplicate id.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let sha256 = hex::encode(Sha256::digest(text.as_bytes()));
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let version =
            first.strip_prefix("#version,").map(str::trim).filter(|v| !v.is_empty()).ok_or(TableError::NoVersion)?;
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
        if reader.headers().map_err(TableError::Csv)?.iter().ne(COLUMNS) {
            return Err(TableError::Columns);
        }
        let mut hospitals = Vec::new();
        let mut errors = Vec::new();
        let mut seen = Seen::default();
        for record in reader.records() {
            let record = record.map_err(TableError::Csv)?;
            if hospitals.len() >= MAX_ROWS {
                return Err(TableError::TooLong);
            }
            let line = record.position().map_or(0, csv::Position::line);
            match row(&record, line).and_then(|h| seen.check(h, line)) {
                Ok(hospital) => hospitals.push(hospital),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            let total = errors.len();
            errors.truncate(MAX_ERRORS);
            return Err(TableError::Rows { rows: errors, total });
        }
        if hospitals.is_empty() {
            return Err(TableError::Empty);
        }
        hospitals.sort_by_key(|h| h.id);
        let near = super::Near::new(&hospitals);
        Ok(Self { version: version.to_owned(), sha256, hospitals, near, standards: Standards::none() })
    }
}

#[derive(Default)]
struct Seen {
    ids: BTreeSet<HospitalId>,
    records: BTreeSet<String>,
}

impl Seen {
    fn check(&mut self, hospital: Hospital, line: u64) -> Result<Hospital, RowError> {
        if !self.ids.insert(hospital.id) {
            return Err(RowError { line, column: "id", expected: "an id that no other row has" });
        }
        if !self.records.insert(hospital.record_id.clone()) {
            return Err(RowError { line, column: "record_id", expected: "a record id that no other row has" });
        }
        Ok(hospital)
    }
}

fn row(record: &csv::StringRecord, line: u64) -> Result<Hospital, RowError> {
    if record.len() != COLUMNS.len() {
        return Err(RowError { line, column: "", expected: "15 columns" });
    }
    let cells = Cells { record, line };
    let (lat, lon) = (cells.degrees(6)?, cells.degrees(7)?);
    let position = Position::new(lat, lon).map_err(|_| cells.error(6, "a point in Japan"))?;
    let name = cells.filled(2)?;
    let tertiary = cells.flag(9)?;
    let secondary = cells.flag(10)?;
    let capabilities = cells.capabilities(14)?;
    if !tertiary && !secondary {
        return Err(cells.error(9, "a secondary or tertiary hospital"));
    }
    let short_from = name.len() - short_name::of(&name).len();
    let short = name.get(short_from..).unwrap_or(&name);
    Ok(Hospital {
        id: cells.filled(0)?.parse().map_err(|_| cells.error(0, "a UUID"))?,
        record_id: cells.filled(1)?,
        children_only: is_for_children(&name),
        short_from,
        shared: (name.as_str().into(), short.into()),
        name,
        pref: cells.filled(3)?,
        area_code: cells.text(4).to_owned(),
        municipality: cells.text(5).to_owned(),
        position,
        land: Land::of(position),
        beds: cells.count(8)?,
        tertiary,
        secondary,
        ambulance_accepted: cells.count(11)?,
        operations: cells.count(12)?,
        deliveries: cells.count(13)?,
        capabilities,
    })
}

/// Rule `derived:name`: the name says that it is for children, and not also for adults.
fn is_for_children(name: &str) -> bool {
    let children = ["こども", "子ども", "小児", "成育医療"].iter().any(|word| name.contains(word));
    let others_too = ["おとな", "周産期", "・こども"].iter().any(|word| name.contains(word));
    children && !others_too
}

struct Cells<'a> {
    record: &'a csv::StringRecord,
    line: u64,
}

impl Cells<'_> {
    fn text(&self, i: usize) -> &str {
        self.record.get(i).unwrap_or_default().trim()
    }
    fn error(&self, i: usize, expected: &'static str) -> RowError {
        RowError { line: self.line, column: COLUMNS.get(i).copied().unwrap_or_default(), expected }
    }
    fn filled(&self, i: usize) -> Result<String, RowError> {
        let text = self.text(i);
        if text.is_empty() || text.chars().any(char::is_control) {
            Err(self.error(i, "a text"))
        } else {
            Ok(text.to_owned())
        }
    }
    fn degrees(&self, i: usize) -> Result<f64, RowError> {
        self.text(i).parse().map_err(|_| self.error(i, "degrees as a decimal number"))
    }
    fn flag(&self, i: usize) -> Result<bool, RowError> {
        match self.text(i) {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err(self.error(i, "0 or 1")),
        }
    }
    fn count(&self, i: usize) -> Result<Option<u32>, RowError> {
        match self.text(i) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.error(i, "a whole number or nothing")),
        }
    }
    fn capabilities(&self, i: usize) -> Result<Vec<(Capability, Standing)>, RowError> {
        let mut all = Vec::new();
        for part in self.text(i).split(';').filter(|p| !p.is_empty()) {
            let (word, source) = part.split_once(':').ok_or_else(|| self.error(i, "capability:source;…"))?;
            let capability = capability(word).ok_or_else(|| self.error(i, "a known capability"))?;
            let standing =
                standing(source).ok_or_else(|| self.error(i, "confirmed, filed, derived:<rule> or absent"))?;
            all.push((capability, standing));
        }
        all.sort();
        let twice = all.windows(2).any(|w| matches!(w, [a, b] if a.0 == b.0));
        if twice { Err(self.error(i, "each capability once")) } else { Ok(all) }
    }
}

fn capability(word: &str) -> Option<Capability> {
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    Capability::deserialize(word).ok()
}

pub(crate) fn standing(text: &str) -> Option<Standing> {
    match text {
        "confirmed" => Some(Standing::Confirmed),
        "filed" => Some(Standing::Filed),
        "absent" => Some(Standing::Absent),
        _ => text.strip_prefix("derived:").filter(|rule| !rule.is_empty()).map(|rule| Standing::Derived(rule.into())),
    }
}
