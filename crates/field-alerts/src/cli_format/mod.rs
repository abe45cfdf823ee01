//! Files of `dispatch-server alerts --history FILE --findings FILE --json -`.
//!
//! - History: JSON, [`HistoryFile`], format `alerts-history/1`. A section that is left out was not asked for; a section
//!   with `"state": "no_record"` was looked at and is empty; `"not_permitted"` lacks consent. Rows are in any order.
//!   `today` is the day on which the records are judged.
//! - Findings: JSON, [`model::Findings`]; every field may be left out, and left out means "not asked". Measured values
//!   are in tenths of the unit (`"systolic_pressure": {"measured": 1240}` is 124 mmHg).
//! - Output: JSON, [`AlertsOutput`], format `alerts/1`.
//!
//! An unknown field, a wrong type, a duplicate field, a code of the wrong shape or a date in the future is an error that
//! names the path and what was expected; nothing is evaluated then. Schemas: [`schema_history`], [`schema_findings`],
//! [`schema_output`]; full examples: [`example_history`], [`example_findings`].

mod convert;
mod history_file;
mod output;
mod schema;

pub use history_file::{FacilityFile, HistoryFile, PersonFile, RowFile, SectionFile, SectionStateFile, SectionsFile};
pub use output::{AlertOutput, AlertsOutput};
pub use schema::{example_findings, example_history, schema_findings, schema_history, schema_output};

use crate::{RuleTable, evaluate};
use model::{CivilDate, Findings};
use patient_history::HistorySnapshot;
use serde::de::DeserializeOwned;

/// Bytes of an input file at most; a larger one is refused before it is read as JSON.
pub const MAX_FILE_BYTES: usize = 8 << 20;
/// Rows of one section at most; more are refused.
pub const MAX_ROWS: usize = 20_000;

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
#[error("{file} file, at {path}: {what}")]
pub struct FormatError {
    /// `history` or `findings`.
    pub file: &'static str,
    /// Where in the file, as `sections.medications.rows[2].code`.
    pub path: String,
    /// What is wrong and what was expected.
    pub what: String,
}

/// A history file, read and checked.
#[derive(Clone, Debug)]
pub struct HistoryInput {
    /// The history.
    pub history: HistorySnapshot,
    /// The day on which it is judged.
    pub today: CivilDate,
}

/// Reads a history file.
///
/// # Errors
/// [`FormatError`] with the path of the first thing that is wrong.
pub fn read_history(bytes: &[u8]) -> Result<HistoryInput, FormatError> {
    let file: HistoryFile = read_json("history", bytes)?;
    convert::history(file)
}

/// Reads a findings file.
///
/// # Errors
/// [`FormatError`] with the path of the first thing that is wrong.
pub fn read_findings(bytes: &[u8]) -> Result<Findings, FormatError> {
    let findings: Findings = read_json("findings", bytes)?;
    convert::check_findings(&findings)?;
    Ok(findings)
}

/// Reads both files and evaluates them.
///
/// # Errors
/// [`FormatError`] of either file.
pub fn run(table: &RuleTable, history: &[u8], findings: &[u8]) -> Result<AlertsOutput, FormatError> {
    let HistoryInput { history, today } = read_history(history)?;
    let findings = read_findings(findings)?;
    let evaluation = evaluate(table, &history, &findings, today);
    Ok(AlertsOutput::new(table, &history, today, evaluation))
}

fn read_json<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, FormatError> {
    let at_top = |what: String| FormatError { file, path: "(top)".into(), what };
    if bytes.len() > MAX_FILE_BYTES {
        return Err(at_top(format!("{} bytes; expected at most {MAX_FILE_BYTES}", bytes.len())));
    }
    let text = core::str::from_utf8(bytes)
        .map_err(|e| at_top(format!("byte {} is not UTF-8; expected a JSON text in UTF-8", e.valid_up_to())))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let mut unknown = None;
    let read = serde_ignored::deserialize(tracked, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let value: T = read.map_err(|e| {
        let path = track.path().to_string();
        let path = if path == "." { "(top)".into() } else { path };
        FormatError { file, path, what: e.to_string() }
    })?;
    if let Some(path) = unknown {
        return Err(FormatError { file, path, what: "unknown field; `--schema` lists the fields".into() });
    }
    json.end().map_err(|e| at_top(format!("expected nothing after the object: {e}")))?;
    Ok(value)
}
