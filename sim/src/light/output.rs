//! The machine-readable end of a report.

use anyhow::{Context, Result};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Writes a report as JSON where wanted; "-" is standard output.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn print_json(report: &impl Serialize, json: Option<&Path>) -> Result<()> {
    let Some(path) = json else { return Ok(()) };
    let text = serde_json::to_string_pretty(report).context("write JSON")? + "\n";
    if path == Path::new("-") {
        return std::io::stdout().lock().write_all(text.as_bytes()).context("print the report");
    }
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
