//! The command line of `sim policies`.

use super::days::DAYS;
use super::sheet::{Found, report};
use crate::report::Output;
use crate::run::load;
use crate::scenario::{Scenario, Span};
use crate::threads::in_order;
use crate::world::{Options, Outcome, simulate};
use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};

/// Most replications.
const REPLICATIONS_MAX: u64 = 1_000;

/// Ways to choose a hospital beside each other, and beside oracles.
#[derive(Clone, Debug, clap::Args)]
pub struct PoliciesArgs {
    /// Name of a scenario that ships (`sim run --list`), or a TOML file.
    #[arg(value_name = "SCENARIO", default_value = "national-day")]
    scenario: String,
    /// Days with chance of their own; intervals come from them.
    #[arg(long, default_value_t = 5)]
    replications: u64,
    /// Another length than the scenario's.
    #[arg(long, value_name = "TIME")]
    duration: Option<Span>,
    /// Another seed than the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Threads; the result does not depend on them.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Keep the choice of every so manieth case.
    #[arg(long, default_value_t = 10, value_name = "CASES")]
    every: u64,
    /// Only the choices; the whole days are left out.
    #[arg(long)]
    choices_only: bool,
    /// Where the report goes.
    #[command(flatten)]
    output: Output,
}

/// Runs `sim policies`. False when the product costs more than a simpler policy.
///
/// # Errors
/// A scenario or an option that cannot be used.
pub fn run(args: &PoliciesArgs) -> Result<bool> {
    ensure!((1..=REPLICATIONS_MAX).contains(&args.replications), "--replications: expected 1 to {REPLICATIONS_MAX}");
    ensure!(args.every > 0, "--every: expected at least 1");
    let (mut scenario, text) = load(&args.scenario)?;
    scenario.duration = args.duration.unwrap_or(scenario.duration);
    scenario.seed = args.seed.unwrap_or(scenario.seed);
    let days = if args.choices_only { &DAYS[..1] } else { &DAYS[..] };
    let scenarios: Vec<Scenario> = days.iter().map(|day| day.of(&scenario)).collect();
    let outcomes = outcomes(args, &scenarios)?;
    report(&scenario, text, &found(&outcomes, args.replications)).deliver(&args.output)
}

/// The outcomes of every day and replication, the replications of a day together.
fn outcomes(args: &PoliciesArgs, scenarios: &[Scenario]) -> Result<Vec<Outcome>> {
    let replications = usize::try_from(args.replications)?;
    let count = scenarios.len() * replications;
    let bar = ProgressBar::new(count as u64);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {eta} left").context("the progress bar")?);
    let one = |piece: usize| {
        let (day, replication) = (piece / replications, piece % replications);
        // Choices are kept under the product's policy: what stands before them is then what the product meets.
        let choice_points = if day == 0 { args.every } else { 0 };
        simulate(&scenarios[day], Options { replication: replication as u64, choice_points, ..Options::default() })
    };
    let outcomes = in_order(count, args.threads.max(1), &one, &|| bar.inc(1));
    bar.finish_and_clear();
    ensure!(outcomes.len() == count, "a run failed; its message stands above");
    Ok(outcomes)
}

fn found(outcomes: &[Outcome], replications: u64) -> Found {
    let per_day = usize::try_from(replications).unwrap_or(usize::MAX);
    Found {
        points: outcomes.iter().flat_map(|outcome| outcome.choice_points.iter().cloned()).collect(),
        days: outcomes.chunks(per_day).map(|day| day.iter().map(|outcome| outcome.tally.clone()).collect()).collect(),
    }
}
