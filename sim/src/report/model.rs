//! The report as a whole.

use super::block::Section;
use super::generator::Generator;
use super::machine::Machine;
use super::number::nan_from_null;
use super::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The number of the file's form. A reader refuses another.
pub const FORMAT: u32 = 1;

/// What a command found.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// What was measured, in a line.
    pub title: String,
    /// The command as it was typed, folders left out.
    pub command: String,
    /// When it was begun, RFC 3339.
    pub at: String,
    /// The version of this program, and whether it was built for speed: `0.1.0 release`.
    pub build: String,
    /// On what it ran.
    pub machine: Machine,
    /// What everything random came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The scenario that ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioText>,
    /// What was assumed, a sentence each.
    #[serde(default)]
    pub assumptions: Vec<String>,
    /// What was made to go wrong, a sentence each.
    #[serde(default)]
    pub faults: Vec<String>,
    /// What had to hold.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// The numbers that are looked at first.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Was it the bottleneck? Absent where there is none, as in virtual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<Generator>,
    /// Everything else.
    #[serde(default)]
    pub sections: Vec<Section>,
}

/// A scenario, as its file had it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ScenarioText {
    /// Its name.
    pub name: String,
    /// The whole file, with what the command line changed.
    pub text: String,
}

/// A number that is looked at first.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// How much.
    #[serde(deserialize_with = "nan_from_null")]
    pub value: f64,
    /// Of what.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Half the width of its 95 % confidence interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_width: Option<f64>,
}

impl Report {
    /// An empty report of this program, on this machine, now.
    #[must_use]
    pub fn new(title: impl Into<String>, seed: Option<u64>) -> Self {
        Self {
            format: FORMAT,
            title: title.into(),
            command: command_line(std::env::args()),
            at: now(),
            build: build(),
            machine: Machine::here(),
            seed,
            scenario: None,
            assumptions: Vec::new(),
            faults: Vec::new(),
            verdicts: Vec::new(),
            figures: Vec::new(),
            generator: None,
            sections: Vec::new(),
        }
    }

    /// What had to hold.
    pub fn verdict(&mut self, verdict: Verdict) -> &mut Self {
        self.verdicts.push(verdict);
        self
    }

    /// A number that is looked at first.
    pub fn figure(&mut self, name: impl Into<String>, value: f64, unit: impl Into<String>) -> &mut Self {
        self.figures.push(Figure { name: name.into(), value, unit: unit.into(), half_width: None });
        self
    }

    /// The same with half the width of its 95 % confidence interval.
    pub fn estimate(&mut self, name: impl Into<String>, (value, half): (f64, f64), unit: &str) -> &mut Self {
        self.figures.push(Figure { name: name.into(), value, unit: unit.to_owned(), half_width: Some(half) });
        self
    }

    /// What the generator did; its verdicts become the report's.
    pub fn generator(&mut self, generator: Generator) -> &mut Self {
        self.verdicts.extend(generator.verdicts());
        self.generator = Some(generator);
        self
    }

    /// A part under its own heading.
    pub fn section(&mut self, section: Section) -> &mut Self {
        self.sections.push(section);
        self
    }

    /// Something that was assumed.
    pub fn assume(&mut self, sentence: impl Into<String>) -> &mut Self {
        self.assumptions.push(sentence.into());
        self
    }

    /// Something that was made to go wrong.
    pub fn fault(&mut self, sentence: impl Into<String>) -> &mut Self {
        self.faults.push(sentence.into());
        self
    }

    /// Whether every limit was kept. Without a limit it was.
    #[must_use]
    pub fn kept(&self) -> bool {
        self.verdicts.iter().all(Verdict::passes)
    }
}

fn now() -> String {
    // Parts of a second say nothing here.
    jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).map_or_else(|_| String::new(), |at| at.to_string())
}

fn build() -> String {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("{} {profile}", env!("CARGO_PKG_VERSION"))
}

/// The command without the folders of this machine.
fn command_line(arguments: impl IntoIterator<Item = String>) -> String {
    let short = |argument: String| match argument.split_once('=') {
        Some((option, value)) => format!("{option}={}", without_folder(value)),
        None => without_folder(&argument),
    };
    arguments.into_iter().map(short).collect::<Vec<_>>().join(" ")
}

fn without_folder(argument: &str) -> String {
    let is_path = argument.contains('/') && !argument.contains("://");
    let name = Path::new(argument).file_name().filter(|_| is_path);
    name.map_or_else(|| argument.to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_told_without_folders() {
        let typed = ["/a/b/sim", "storm", "--data=/a/secret/storm", "--json", "out/a.json", "--units", "5"];
        let told = command_line(typed.map(str::to_owned));
        assert_eq!(told, "sim storm --data=storm --json a.json --units 5");
    }

    #[test]
    fn one_missed_limit_is_enough() {
        let mut report = Report::new("test", Some(1));
        assert!(report.kept());
        report.verdict(Verdict::at_most("a", 1.0, 2.0, "s"));
        assert!(report.kept());
        report.verdict(Verdict::at_most("b", 3.0, 2.0, "s"));
        assert!(!report.kept());
        assert_eq!(report.at.len(), "2026-01-01T00:00:00Z".len(), "{}", report.at);
    }
}
