//! The report: rows with figures and limits, as a table and as JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::figures::Spread;

/// The JSON Schema of the report.
pub(crate) const SCHEMA: &str = include_str!("report.schema.json");

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    format: u32,
    rounds: u32,
    seed: u64,
    pub(crate) rows: Vec<Row>,
}

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// The comparison.
    pub(crate) scenario: &'static str,
    /// What was measured, in words.
    pub(crate) figure: String,
    /// `ms`, `s`, `RTT` or `1/s`.
    pub(crate) unit: &'static str,
    /// The figure of our link.
    pub(crate) ours: Spread,
    /// The figure of the peer, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peer: Option<Spread>,
    /// Ours divided by the peer's, round by round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ratio: Option<Spread>,
    /// What must hold, if anything must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<Limit>,
    /// How many single measurements of ours are in it.
    pub(crate) count: usize,
}

/// A bound on a row's ratio, or on ours where there is no peer.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Limit {
    kind: Kind,
    required: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<f64>,
    kept: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    AtMost,
    AtLeast,
}

impl Row {
    /// The figure that is judged.
    fn judged(&self) -> f64 {
        self.ratio.unwrap_or(self.ours).median
    }

    /// Must be at most this. What could not be measured is not kept.
    pub(crate) fn at_most(mut self, required: f64, goal: Option<f64>) -> Self {
        let kept = self.judged() <= required;
        self.limit = Some(Limit { kind: Kind::AtMost, required, goal, kept });
        self
    }

    /// Must be at least this.
    pub(crate) fn at_least(mut self, required: f64) -> Self {
        let kept = self.judged() >= required;
        self.limit = Some(Limit { kind: Kind::AtLeast, required, goal: None, kept });
        self
    }
}

impl Report {
    pub(crate) const fn new(rounds: u32, seed: u64) -> Self {
        Self { format: 1, rounds, seed, rows: Vec::new() }
    }

    /// Whether every limit was kept.
    pub(crate) fn all_kept(&self) -> bool {
        self.rows.iter().all(|row| row.limit.is_none_or(|limit| limit.kept))
    }

    /// Writes the JSON, and the table unless the JSON went to the standard output.
    pub(crate) fn write(&self, json: Option<&Path>) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        match json {
            Some(path) if path == Path::new("-") => return print(&text),
            Some(path) => write_file(path, &text)?,
            None => {}
        }
        self.print_table();
        Ok(())
    }

    fn print_table(&self) {
        println!("{} alternating rounds from seed {}; median (least to most of the rounds)\n", self.rounds, self.seed);
        let header = ["comparison", "figure", "ours", "peer", "ratio", "limit", ""].map(str::to_owned);
        let lines: Vec<[String; 7]> = std::iter::once(header).chain(self.rows.iter().map(line)).collect();
        let widths: [usize; 7] = std::array::from_fn(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        });
        for line in &lines {
            let padded: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            println!("{}", padded.join("  ").trim_end());
        }
        let missed = self.rows.iter().filter_map(|row| row.limit).filter(|limit| !limit.kept).count();
        println!("\n{}", if missed == 0 { "Every limit was kept.".to_owned() } else { format!("MISSED: {missed}") });
    }
}

fn line(row: &Row) -> [String; 7] {
    let spread = |spread: Spread, unit: &str| {
        let digits = if unit == "ms" { 0 } else { 2 };
        let Spread { median, least, most } = spread;
        format!("{median:.digits$} {unit} ({least:.digits$} to {most:.digits$})")
    };
    let limit = row.limit.map(|limit| {
        let sign = match limit.kind {
            Kind::AtMost => '≤',
            Kind::AtLeast => '≥',
        };
        let goal = limit.goal.map_or_else(String::new, |goal| format!(" (goal {goal})"));
        format!("{sign} {}{goal}", limit.required)
    });
    [
        row.scenario.to_owned(),
        row.figure.clone(),
        spread(row.ours, row.unit),
        row.peer.map(|peer| spread(peer, row.unit)).unwrap_or_default(),
        row.ratio.map(|ratio| spread(ratio, "")).unwrap_or_default(),
        limit.unwrap_or_default(),
        row.limit.map_or("", |limit| if limit.kept { "kept" } else { "MISSED" }).to_owned(),
    ]
}

/// One line for whoever waits.
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// Text to the standard output; a closed pipe is not our failure to hide.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", text.trim_end()).context("writing to the standard output")
}

#[expect(clippy::disallowed_methods, reason = "the report is this tool's output")]
fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn row(ours: f64, peer: f64) -> Row {
        Row {
            scenario: "loss",
            figure: "p99".to_owned(),
            unit: "ms",
            ours: Spread::of([ours]),
            peer: Some(Spread::of([peer])),
            ratio: Some(Spread::of([ours / peer])),
            limit: None,
            count: 1,
        }
    }

    #[test]
    fn the_ratio_is_judged_and_what_was_not_measured_is_not_kept() {
        let mut report = Report::new(5, 1);
        report.rows.push(row(60.0, 100.0).at_most(0.6, Some(0.5)));
        report.rows.push(row(2_000.0, 100.0).at_least(20.0));
        assert!(report.all_kept());
        let alone = |ours| Row { peer: None, ratio: None, ..row(ours, 1.0) };
        for missed in
            [row(61.0, 100.0).at_most(0.6, None), alone(1.2).at_most(1.1, None), alone(f64::NAN).at_least(1.0)]
        {
            report.rows = vec![missed];
            assert!(!report.all_kept(), "{report:?}");
            assert_eq!(report.rows.first().map(|row| line(row)[6].clone()).as_deref(), Some("MISSED"));
        }
    }

    #[test]
    fn the_schema_names_every_field() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("schema");
        let full = row(1.0, 2.0).at_most(0.6, Some(0.5));
        let mut report = Report::new(5, 1);
        report.rows.push(full);
        let report = serde_json::to_value(&report).expect("report");
        let fields = |value: &Value| -> std::collections::BTreeSet<String> {
            value.as_object().expect("object").keys().cloned().collect()
        };
        let described = |part: &Value| fields(&part["properties"]);
        assert_eq!(fields(&report), described(&schema));
        let row = &schema["$defs"]["row"];
        assert_eq!(fields(&report["rows"][0]), described(row));
        assert_eq!(fields(&report["rows"][0]["limit"]), described(&row["properties"]["limit"]));
        assert_eq!(fields(&report["rows"][0]["ours"]), described(&schema["$defs"]["spread"]));
    }
}
