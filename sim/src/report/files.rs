//! Where a report goes, and how one is read again.

use super::model::{FORMAT, Report};
use anyhow::{Context, Result, ensure};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The JSON Schema of a report.
pub const SCHEMA: &str = include_str!("report.schema.json");
/// A report with every field.
pub const EXAMPLE: &str = include_str!("report.example.json");
/// Longer than any report; a longer file is none.
const MAX_BYTES: u64 = 64 * 1_024 * 1_024;

/// Where a command writes its report.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Output {
    /// Write the report as JSON (`sim report --schema`); "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the report as one HTML page, which opens offline.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

impl Report {
    /// The report as JSON, with a line's end.
    ///
    /// # Errors
    /// None that a report can cause; the encoder's, passed on.
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self).context("write the report as JSON")? + "\n")
    }

    /// Prints a summary on standard error and writes the files. Whether every limit was kept.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn deliver(&self, output: &Output) -> Result<bool> {
        // Whoever closed the terminal does not want to know.
        let _closed = std::io::stderr().lock().write_all(self.summary().as_bytes());
        if let Some(path) = &output.html {
            write(path, &self.to_html())?;
        }
        if let Some(path) = &output.json {
            write(path, &self.to_json()?)?;
        }
        Ok(self.kept())
    }
}

/// Reads a report.
///
/// # Errors
/// A file that is no report: its name, the path of the field and what was expected.
pub fn read(path: &Path) -> Result<Report> {
    let name = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("read {name}"))?.len();
    ensure!(size <= MAX_BYTES, "{name} has {size} bytes; a report has at most {MAX_BYTES}");
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let text = std::fs::read_to_string(path).with_context(|| format!("read {name}"))?;
    parse(&text).with_context(|| format!("{name} is no report (sim report --schema)"))
}

fn parse(text: &str) -> Result<Report> {
    let mut from = serde_json::Deserializer::from_str(text);
    let report: Report = serde_path_to_error::deserialize(&mut from)?;
    from.end().context("something follows the report")?;
    ensure!(report.format == FORMAT, "format {} is not {FORMAT}: write it anew with this program", report.format);
    for (at, table) in report.sections.iter().flat_map(|section| &section.blocks).filter_map(table).enumerate() {
        let wrong = table.rows.iter().position(|row| row.len() != table.columns.len());
        if let Some(row) = wrong {
            anyhow::bail!("table {at} (\"{}\"), row {row}: not as many cells as the table has columns", table.title);
        }
    }
    Ok(report)
}

const fn table(block: &super::Block) -> Option<&super::Table> {
    match block {
        super::Block::Table(table) => Some(table),
        _ => None,
    }
}

/// Writes a text; "-" is standard output.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    if path == Path::new("-") {
        return std::io::stdout().lock().write_all(text.as_bytes()).context("print the report");
    }
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_example_is_a_report_and_keeps_its_schema() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("schema");
        assert!(jsonschema::meta::is_valid(&schema));
        let validator = jsonschema::validator_for(&schema).expect("a usable schema");
        let example: Value = serde_json::from_str(EXAMPLE).expect("example");
        let wrong: Vec<_> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let report = parse(EXAMPLE).expect("a report");
        let again: Value = serde_json::from_str(&report.to_json().expect("JSON")).expect("JSON");
        assert_eq!(again, example, "the example has every field, and nothing else");
    }

    #[test]
    fn figures_that_are_none_go_there_and_back() {
        let mut report = parse(EXAMPLE).expect("a report");
        report.verdict(super::super::Verdict::at_most("never measured", f64::NAN, 1.0, "s"));
        let again = parse(&report.to_json().expect("JSON")).expect("a report");
        assert!(again.verdicts.last().is_some_and(|last| last.measured.is_nan() && !last.passes()));
    }

    #[test]
    fn a_file_that_is_no_report_says_where() {
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut value: Value = serde_json::from_str(EXAMPLE).expect("example");
            change(&mut value);
            format!("{:#}", parse(&value.to_string()).expect_err("no report"))
        };
        let unknown = changed(&|value| value["machine"]["colour"] = json!("red"));
        assert!(unknown.starts_with("machine") && unknown.contains("colour"), "{unknown}");
        let format = changed(&|value| value["format"] = json!(2));
        assert!(format.contains("format 2 is not 1"), "{format}");
        let cells = changed(&|value| value["sections"][0]["blocks"][1]["table"]["rows"][0] = json!([]));
        assert!(cells.contains("row 0"), "{cells}");
        assert!(parse("").is_err() && parse("{}").is_err());
    }
}
