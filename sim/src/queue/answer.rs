//! Replications, their means and half-widths, and the exact values beside them.

use super::exact::Exacts;
use super::fields::QueueFile;
use super::figures::{Unit, figures};
use super::observe::Window;
use super::plan::Plan;
use super::run::{BATCHES, replicate};
use crate::engine::stats::Estimate;
use crate::threads::in_order;
use serde::{Deserialize, Serialize};

/// The level at which exact and expected values are checked.
const CHECKED_AT: f64 = 0.999;

/// What `sim queue` found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The file's name and origin.
    pub name: String,
    /// Where the example is from.
    pub about: String,
    /// The unit of times.
    pub time_unit: String,
    /// The seed.
    pub seed: u64,
    /// Independent runs.
    pub replications: u32,
    /// Batches that the run was cut into; with one replication only.
    pub batches: Option<u32>,
    /// Level of the half-widths.
    pub confidence: f64,
    /// Time of each run that did not count.
    pub warm_up: f64,
    /// Time of each run that counted.
    pub length: f64,
    /// Calls that counted, in all.
    pub calls: u64,
    /// Every figure.
    pub figures: Vec<Figure>,
    /// What the file expected.
    pub expected: Vec<Expected>,
    /// Whether everything expected was found.
    pub ok: bool,
}

/// One figure.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its name: `system.…`, `server.ID.…`, `area.ID.…`, `priority.N.…`, `set.101`.
    pub figure: String,
    /// `share`, `number`, `rate`, or the unit of time.
    pub unit: String,
    /// The mean of replications or batches.
    pub mean: f64,
    /// The interval is mean ± this.
    pub half_width: Option<f64>,
    /// The exact value, where there is one.
    pub exact: Option<f64>,
    /// What gave it.
    pub formula: Option<String>,
    /// Whether the interval of 99.9 % holds the exact value; nothing of what never happened.
    pub holds_exact: Option<bool>,
}

/// What the file expected, and whether it was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The figure.
    pub figure: String,
    /// Expected.
    pub value: f64,
    /// Simulated.
    pub mean: f64,
    /// The simulated mean may lie so far from it: the given tolerance, or the half-width at 99.9 %.
    pub within: f64,
    /// Whether it does.
    pub ok: bool,
}

/// Runs all replications on `threads` threads; `done` is told after each. The result does not depend on the threads.
///
/// # Errors
/// An expected figure that the model does not have.
pub(super) fn answered(
    file: &QueueFile,
    plan: &Plan,
    threads: usize,
    done: &(dyn Fn() + Sync),
) -> Result<Answer, String> {
    let windows = all_windows(plan, threads, done);
    let told: Vec<_> = windows.iter().map(|window| figures(plan, window)).collect();
    let exacts = Exacts::of(plan);
    let mut found = Vec::new();
    let mut checks = Vec::new();
    for index in 0..told.first().map_or(0, Vec::len) {
        let values: Vec<f64> = told.iter().filter_map(|window| window[index].value).collect();
        if values.is_empty() {
            continue;
        }
        let (shown, checked) = (Estimate::of(&values, plan.confidence), Estimate::of(&values, CHECKED_AT));
        let (name, unit) = (told[0][index].name.clone(), told[0][index].unit);
        let exact = exacts.get(&name);
        found.push(Figure {
            figure: name,
            unit: spelled(unit, file),
            mean: shown.mean,
            half_width: shown.half_width,
            exact: exact.map(|exact| exact.value),
            formula: exact.map(|exact| exact.formula.to_owned()),
            holds_exact: exact.filter(|_| happened(&values)).map(|exact| checked.holds(exact.value)),
        });
        checks.push(checked);
    }
    let expected = expected(file, &found, &checks)?;
    Ok(Answer {
        name: file.name.clone(),
        about: file.about.clone(),
        time_unit: file.time_unit.clone(),
        seed: plan.seed,
        replications: plan.replications,
        batches: (plan.replications == 1).then_some(BATCHES),
        confidence: plan.confidence,
        warm_up: plan.warm_up,
        length: plan.length,
        calls: windows.iter().flat_map(|window| &window.areas).map(|area| area.calls).sum(),
        figures: found,
        ok: expected.iter().all(|one| one.ok),
        expected,
    })
}

/// Reads a model from a text and answers it, on this thread.
///
/// # Errors
/// A text that is no model, or an expected figure that it does not have; in one sentence.
pub fn answer(text: &str) -> Result<Answer, String> {
    let (file, plan) = QueueFile::parse("model", text).map_err(|error| error.to_string())?;
    answered(&file, &plan, 1, &|| ())
}

impl Answer {
    /// A figure by its name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.figure == name)
    }
}

/// Whether it ever happened: what is 0 in every run has an interval without width, which says nothing.
fn happened(values: &[f64]) -> bool {
    values.iter().any(|value| *value != 0.0)
}

fn spelled(unit: Unit, file: &QueueFile) -> String {
    match unit {
        Unit::Share => "share".to_owned(),
        Unit::Number => "number".to_owned(),
        Unit::Rate => format!("per {}", file.time_unit),
        Unit::Time => file.time_unit.clone(),
    }
}

fn expected(file: &QueueFile, found: &[Figure], checks: &[Estimate]) -> Result<Vec<Expected>, String> {
    let of = |expect: &super::fields::Expect| {
        let at = found.iter().position(|figure| figure.figure == expect.figure);
        let Some(at) = at else {
            return Err(format!(
                "expect: this model has no figure {:?}; run it without to see those that it has",
                expect.figure
            ));
        };
        let mean = found[at].mean;
        let within = expect.tolerance.or(checks[at].half_width).unwrap_or(0.0);
        let ok =
            expect.tolerance.map_or_else(|| checks[at].holds(expect.value), |off| (mean - expect.value).abs() <= off);
        Ok(Expected { figure: expect.figure.clone(), value: expect.value, mean, within, ok })
    };
    file.expect.iter().map(of).collect()
}

/// The windows of all replications, in their order.
fn all_windows(plan: &Plan, threads: usize, done: &(dyn Fn() + Sync)) -> Vec<Window> {
    let one = |replication: usize| replicate(plan, u32::try_from(replication).unwrap_or(u32::MAX));
    in_order(plan.replications as usize, threads, &one, done).into_iter().flatten().collect()
}
