//! `sim run`: a scenario in virtual time.
//!
//! In: the name of a scenario that ships or a file, what the command line changes of it. Out: a report of times by stage, enquiries,
//! units at work, per prefecture, beside what is published; on request the cases' logs as they would be stored. False when a limit of
//! the scenario was missed.
//!
//! This is the edge around [`crate::world`]: files, threads, progress. Never in here: what happens in a scenario.

mod bare;
mod figures;
mod load;
mod logs;
pub(crate) mod published;
mod sheet;

pub use figures::Figures;
pub use load::load;

use crate::report::Output;
use crate::scenario::{SCENARIO_SCHEMA, SHIPPED, Scenario, Span, example};
use crate::world::{Options, Outcome, simulate};
use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Most replications of one call.
const MOST_REPLICATIONS: u64 = 10_000;
/// Most threads.
const MOST_THREADS: usize = 64;

/// A scenario in virtual time.
#[derive(Clone, Debug, clap::Args)]
pub struct RunArgs {
    /// Name of a scenario that ships (--list), or a TOML file.
    #[arg(value_name = "SCENARIO", required_unless_present_any = ["list", "schema", "example"])]
    pub scenario: Option<String>,
    /// Names of the scenarios that ship, with what they are for.
    #[arg(long)]
    pub list: bool,
    /// The JSON Schema of what a scenario's TOML holds.
    #[arg(long)]
    pub schema: bool,
    /// A scenario with every field; with a name the one that ships under it.
    #[arg(long)]
    pub example: bool,
    /// So many units instead of the scenario's.
    #[arg(long)]
    pub units: Option<u32>,
    /// Another seed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Another length, e.g. 6h.
    #[arg(long)]
    pub duration: Option<Span>,
    /// Independent repetitions; confidence intervals come from them.
    #[arg(long, default_value_t = 1)]
    pub replications: u64,
    /// Threads that run replications.
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// Keep the cases' logs of the first replication in this folder, one file a case, for `sim replay`.
    #[arg(long, value_name = "FOLDER")]
    pub log: Option<PathBuf>,
    /// Only calls, the nearest free unit and a service, as an engine beside others is measured: no hospitals, no records.
    #[arg(long)]
    pub bare: bool,
    /// With --bare: write its world, for `sim/benches/bare_simpy.py`.
    #[arg(long, value_name = "FILE", requires = "bare")]
    pub bare_world: Option<PathBuf>,
    /// Where the report goes.
    #[command(flatten)]
    pub output: Output,
}

/// Runs a scenario and prints what came of it. False when a limit was missed.
///
/// # Errors
/// A scenario that cannot be read, a number that makes no sense, a file that cannot be written.
pub fn run(args: &RunArgs) -> Result<bool> {
    if let Some(text) = told(args)? {
        std::io::stdout().lock().write_all(text.as_bytes()).context("print")?;
        return Ok(true);
    }
    ensure!(
        (1..=MOST_REPLICATIONS).contains(&args.replications),
        "--replications: expected 1 to {MOST_REPLICATIONS}, got {}",
        args.replications
    );
    ensure!(
        (1..=MOST_THREADS).contains(&args.threads),
        "--threads: expected 1 to {MOST_THREADS}, got {}",
        args.threads
    );
    let (scenario, text) = scenario(args)?;
    if args.bare {
        return bare::run(&scenario, args);
    }
    let begun = now();
    let mut outcomes = replicate(&scenario, args)?;
    let took = begun.elapsed();
    if let (Some(folder), Some(first)) = (&args.log, outcomes.first_mut()) {
        let cases = logs::write(folder, std::mem::take(&mut first.logs))?;
        tracing::info!(cases, "wrote the logs");
    }
    let figures = Figures::of(&scenario, outcomes);
    sheet::report(&scenario, text, &figures, took).deliver(&args.output)
}

fn told(args: &RunArgs) -> Result<Option<String>> {
    if args.schema {
        return Ok(Some(SCENARIO_SCHEMA.to_owned()));
    }
    if args.example {
        let ships = args.scenario.as_deref().map(crate::scenario::shipped);
        return Ok(Some(ships.flatten().map_or_else(example, |one| one.toml).to_owned()));
    }
    if !args.list {
        return Ok(None);
    }
    let line = |one: &crate::scenario::Shipped| {
        let about = Scenario::shipped(one.name)?.about;
        Ok(format!("{:<20} {about}\n", one.name))
    };
    let lines: Result<Vec<String>> = SHIPPED.iter().map(line).collect();
    Ok(Some(lines?.concat()))
}

/// The scenario with what the command line changed, and its text as the report shows it.
fn scenario(args: &RunArgs) -> Result<(Scenario, String)> {
    let (mut scenario, mut text) = load(args.scenario.as_deref().unwrap_or_default())?;
    let mut changed = Vec::new();
    if let Some(units) = args.units {
        scenario.fleet.units = Some(units);
        changed.push(format!("--units {units}"));
    }
    if let Some(seed) = args.seed {
        scenario.seed = seed;
        changed.push(format!("--seed {seed}"));
    }
    if let Some(duration) = args.duration {
        scenario.duration = duration;
        changed.push(format!("--duration {duration}"));
    }
    // What the command line says has to make sense as well.
    let written = toml::to_string(&scenario).context("write the scenario")?;
    let checked = Scenario::parse("command line", written.as_bytes())?;
    if !changed.is_empty() {
        text = format!("# changed on the command line: {}\n{text}", changed.join(" "));
    }
    Ok((checked, text))
}

/// Runs all replications, on as many threads as wanted; the outcomes stand in their order.
fn replicate(scenario: &Scenario, args: &RunArgs) -> Result<Vec<Outcome>> {
    let bar = bar(args.replications)?;
    let next = AtomicU64::new(0);
    let one = || {
        let mut done = Vec::new();
        loop {
            let replication = next.fetch_add(1, Ordering::Relaxed);
            if replication >= args.replications {
                return done;
            }
            let keep_logs = replication == 0 && args.log.is_some();
            done.push((replication, simulate(scenario, Options { replication, keep_logs, choice_points: 0 })));
            bar.inc(1);
        }
    };
    let threads = args.threads.min(usize::try_from(args.replications).unwrap_or(usize::MAX));
    let mut outcomes: Vec<(u64, Outcome)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    bar.finish_and_clear();
    outcomes.sort_by_key(|(replication, _)| *replication);
    ensure!(outcomes.len() as u64 == args.replications, "a replication failed: see above");
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

fn bar(replications: u64) -> Result<ProgressBar> {
    let bar = ProgressBar::new(replications);
    bar.set_style(ProgressStyle::with_template("{elapsed_precise} {wide_bar} {pos}/{len} replications")?);
    bar.enable_steady_tick(Duration::from_millis(250));
    Ok(bar)
}

#[expect(clippy::disallowed_methods, reason = "this is a program: it says how long it took")]
fn now() -> Instant {
    Instant::now()
}
