//! The command line of `sim replay`.

use super::again::{Again, again};
use super::file::{Log, files, read};
use super::live;
use crate::fleet::{FleetArgs, Setup, measure};
use crate::report::{Output, Report, Section, Table, Verdict};
use anyhow::{Context, Result, ensure};
use dispatch_core::exported::{LOG_LINE_SCHEMA, example};
use hospital_selection::HospitalTable;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write as _;
use std::path::PathBuf;
use travel_time::RoadModel;

/// Differences that a report lists; further ones are only counted.
const LISTED_MAX: usize = 200;

/// Recorded cases decided again, or driven again against a server.
#[derive(Clone, Debug, clap::Args)]
pub struct ReplayArgs {
    /// Files of logs, or folders of them (`dispatch-server logs export`, `sim run --log`).
    #[arg(required_unless_present_any = ["schema", "example"])]
    pub logs: Vec<PathBuf>,
    /// Send the same transports by the live driver against a server, and measure them like `sim fleet`.
    #[arg(long)]
    pub live: bool,
    /// Calls follow each other so many times as fast as recorded.
    #[arg(long, default_value_t = 1.0, value_name = "TIMES", requires = "live")]
    pub speed: f64,
    /// Print the JSON Schema of a line of a log.
    #[arg(long)]
    pub schema: bool,
    /// Print an example of a log.
    #[arg(long)]
    pub example: bool,
    /// What the live driver needs.
    #[command(flatten)]
    pub fleet: FleetArgs,
}

/// Replays and delivers the report. False when something differs, or a limit was missed.
///
/// # Errors
/// A file that is no log; what the live driver cannot do.
pub async fn run(args: ReplayArgs) -> Result<bool> {
    if args.schema || args.example {
        let text = if args.schema { LOG_LINE_SCHEMA.to_owned() } else { example().context("make the example")? };
        std::io::stdout().lock().write_all(text.as_bytes()).context("print")?;
        return Ok(true);
    }
    ensure!(args.speed > 0.0 && args.speed.is_finite(), "--speed: expected a number above 0, not {}", args.speed);
    let mut logs = Vec::new();
    for file in files(&args.logs)? {
        logs.push(read(&file)?);
    }
    let cases = decide(&logs)?;
    if !args.live {
        let mut report = Report::new("sim replay: recorded cases decided again", None);
        told(&mut report, &logs, &cases);
        return deliver(&report, &args.fleet.output);
    }
    let pairs: Vec<_> = logs.iter().zip(&cases).map(|(log, again)| (log, &again.view)).collect();
    let calls = live::calls(&pairs, args.speed);
    ensure!(!calls.is_empty(), "none of the cases has a place: nothing can be driven again");
    let mut report = measure(Setup::with_calls(&args.fleet, calls)?).await?;
    report.title = format!("sim replay --live: {} recorded cases, {} times as fast", logs.len(), args.speed);
    report.assume("Calls, places, findings and stage times are the recorded ones; hospitals accept with the share of each case's recorded answers.");
    told(&mut report, &logs, &cases);
    deliver(&report, &args.fleet.output)
}

fn deliver(report: &Report, output: &Output) -> Result<bool> {
    report.deliver(output)
}

fn decide(logs: &[Log]) -> Result<Vec<Again>> {
    let bar = ProgressBar::new(logs.len() as u64);
    bar.set_style(ProgressStyle::with_template("{elapsed} [{bar:40}] {pos}/{len} cases decided again")?);
    let (table, travel) = (HospitalTable::embedded(), RoadModel::japan());
    let cases = logs.iter().map(|log| {
        bar.inc(1);
        again(log, table, &travel)
    });
    let cases = cases.collect();
    bar.finish_and_clear();
    Ok(cases)
}

fn told(report: &mut Report, logs: &[Log], cases: &[Again]) {
    let choices: u64 = cases.iter().map(|case| case.choices).sum();
    let consequences: u64 = cases.iter().map(|case| case.consequences).sum();
    let facts: usize = logs.iter().map(|log| log.facts.len()).sum();
    let differences: usize = cases.iter().map(|case| case.differences.len()).sum();
    report.verdict(Verdict::exactly("decisions that come out otherwise than recorded", differences as u64, 0));
    report.figure("cases decided again", logs.len() as f64, "");
    report.figure("choices ranked again, byte for byte", choices as f64, "");
    report.figure("destinations and releases derived again", consequences as f64, "");
    report.figure("facts", facts as f64, "");
    report.assume(
        "Choices are ranked on this program's hospital table and by distance; one that was made with others says so.",
    );
    let mut table = Table::new("Where it differs", [("log", ""), ("at", ""), ("why", "")]);
    let all = logs.iter().zip(cases).flat_map(|(log, case)| case.differences.iter().map(move |one| (&log.name, one)));
    for (name, one) in all.take(LISTED_MAX) {
        table.row([name.as_str().into(), one.at.as_str().into(), one.why.as_str().into()]);
    }
    if differences > LISTED_MAX {
        table = table.with_note(format!("{differences} in all; the first {LISTED_MAX} are listed."));
    }
    let section = Section::new("Decided again");
    report.section(if differences > 0 {
        section.table(table)
    } else {
        section.text("Every choice and every consequence came out as recorded.")
    });
}
