//! The command line of `sim calibrate`.

use super::departments::{DepartmentsFile, EXAMPLE, Found, SCHEMA};
use super::sheet::report;
use crate::report::Output;
use crate::run::{Figures, load};
use crate::scenario::{Moment, Scenario};
use crate::threads::in_order;
use crate::world::{Options, simulate};
use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use model::Timestamp;
use std::io::Write;
use std::path::{Path, PathBuf};

/// 2023-01-01T00:00:00+09:00: the published year.
const YEAR_BEGINS: Timestamp = Timestamp::from_millis(1_672_498_800_000);
/// A file of departments has at most so many bytes.
const BYTES_MAX: u64 = 4 << 20;

/// What the simulator makes beside what is published.
#[derive(Clone, Debug, clap::Args)]
pub struct CalibrateArgs {
    /// Name of a scenario that ships (`sim run --list`), or a TOML file; its start is replaced by days of 2023.
    #[arg(value_name = "SCENARIO", default_value = "national-day")]
    scenario: String,
    /// Days, spread evenly over the year; a multiple of 7 has every weekday alike.
    #[arg(long, default_value_t = 14)]
    days: u32,
    /// Another seed than the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Threads; the result does not depend on them.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Departments whose figures were kept out of the fit, TOML; those that ship when not given.
    #[arg(long, value_name = "FILE")]
    departments: Option<PathBuf>,
    /// Prints the JSON Schema of the file of departments.
    #[arg(long, conflicts_with = "example")]
    schema: bool,
    /// Prints the file of departments that ships.
    #[arg(long)]
    example: bool,
    /// Where the report goes.
    #[command(flatten)]
    output: Output,
}

/// Runs `sim calibrate`. False when a tolerance is missed.
///
/// # Errors
/// A scenario, file or option that cannot be used.
pub fn run(args: &CalibrateArgs) -> Result<bool> {
    if args.schema || args.example {
        let text = if args.schema { SCHEMA } else { EXAMPLE };
        return std::io::stdout().lock().write_all(text.as_bytes()).map(|()| true).context("print");
    }
    ensure!((2..=365).contains(&args.days), "--days: expected 2 to 365");
    let (mut scenario, text) = load(&args.scenario)?;
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    let (file, departments) = departments(args.departments.as_deref())?;
    let bar = ProgressBar::new(args.days.into());
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} days, {eta} left").context("the progress bar")?);
    let one = |day: usize| {
        let options = Options { replication: day as u64, ..Options::default() };
        simulate(&Scenario { start: Moment(start(day, args.days)), ..scenario.clone() }, options)
    };
    let outcomes = in_order(args.days as usize, args.threads.max(1), &one, &|| bar.inc(1));
    bar.finish_and_clear();
    ensure!(outcomes.len() == args.days as usize, "a day failed; its message stands above");
    let figures = Figures::of(&scenario, outcomes);
    report(&scenario, text, &figures, (&departments, &file.source)).deliver(&args.output)
}

/// The beginning of a day in the middle of its part of the year.
fn start(day: usize, days: u32) -> Timestamp {
    let middle = (2 * i64::try_from(day).unwrap_or(0) + 1) * 365 / (2 * i64::from(days));
    YEAR_BEGINS.plus_minutes(middle * 24 * 60)
}

fn departments(file: Option<&Path>) -> Result<(DepartmentsFile, Vec<Found>)> {
    let Some(path) = file else { return Ok(DepartmentsFile::parse("departments.toml", EXAMPLE)?) };
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let long = std::fs::metadata(path).with_context(|| format!("read {name}"))?.len() > BYTES_MAX;
    ensure!(!long, "{name}: longer than 4 MiB");
    #[expect(clippy::disallowed_methods, reason = "a program's edge: its input file")]
    let text = std::fs::read_to_string(path).with_context(|| format!("read {name}"))?;
    Ok(DepartmentsFile::parse(&name, &text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_days_have_every_weekday_twice_and_lie_in_the_year() {
        let mut weekdays = [0; 7];
        for day in 0..14 {
            let at = start(day, 14);
            weekdays[usize::from(at.tokyo_hour_of_week() / 24)] += 1;
            assert_eq!(at.tokyo_hour_of_week() % 24, 0);
            assert!(at.tokyo_rfc3339().starts_with("2023-"));
        }
        assert_eq!(weekdays, [2; 7]);
    }
}
