//! The command line of `sim queue`.

use super::answer::{Answer, Figure, answered};
use super::fields::QueueFile;
use super::file::{EXAMPLE, SCHEMA};
use crate::light::print_json;
use anyhow::{Context, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, Write};
use std::path::PathBuf;

/// A queueing example of a textbook, simulated, with exact values beside it.
#[derive(Clone, Debug, clap::Args)]
pub struct QueueArgs {
    /// The model, TOML or JSON.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Another seed than the file's.
    #[arg(long)]
    seed: Option<u64>,
    /// Other replications than the file's.
    #[arg(long)]
    replications: Option<u32>,
    /// Threads; the result does not depend on them.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Print every figure; otherwise sets and numbers in the system are left to --json.
    #[arg(long)]
    all: bool,
    /// Write the result; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints the JSON Schema of the file.
    #[arg(long, conflicts_with = "example")]
    schema: bool,
    /// Prints an example of the file with every field.
    #[arg(long)]
    example: bool,
}

/// Runs `sim queue`. False when a figure that the file expects lies elsewhere.
///
/// # Errors
/// A file that cannot be used.
pub fn run(args: &QueueArgs) -> Result<bool> {
    let mut out = io::stdout().lock();
    if args.schema || args.example {
        let text = if args.schema { SCHEMA } else { EXAMPLE };
        return write!(out, "{text}").map(|()| true).map_err(Into::into);
    }
    let Some(path) = &args.file else { bail!("give a model with --file; --example prints one") };
    let (file, mut plan) = QueueFile::load(path)?;
    plan.seed = args.seed.unwrap_or(plan.seed);
    if let Some(replications) = args.replications {
        if replications == 0 {
            bail!("--replications: expected at least 1");
        }
        plan.replications = replications;
    }
    let bar = ProgressBar::new(plan.replications.into());
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} replications, {eta} left").context("the progress bar")?,
    );
    let answer = answered(&file, &plan, args.threads.max(1), &|| bar.inc(1)).map_err(|what| anyhow!(what))?;
    bar.finish_and_clear();
    if args.json.as_deref() != Some("-".as_ref()) {
        print(&mut out, &answer, args.all)?;
    }
    drop(out);
    print_json(&answer, args.json.as_deref())?;
    Ok(answer.ok)
}

fn print(out: &mut impl Write, answer: &Answer, all: bool) -> io::Result<()> {
    writeln!(out, "{}", answer.name)?;
    let runs = answer.batches.map_or_else(
        || format!("{} replications", answer.replications),
        |batches| format!("one run in {batches} batches"),
    );
    writeln!(
        out,
        "{runs} of {} {} after {}, {} calls, seed {}; intervals of {} %\n",
        answer.length,
        answer.time_unit,
        answer.warm_up,
        answer.calls,
        answer.seed,
        answer.confidence * 100.0
    )?;
    let detail = |figure: &&Figure| {
        all || !(figure.figure.starts_with("set.") || figure.figure.starts_with("system.in_system."))
    };
    let shown: Vec<&Figure> = answer.figures.iter().filter(detail).collect();
    let width = shown.iter().map(|figure| figure.figure.chars().count()).max().unwrap_or(0);
    writeln!(out, "{:width$}  {:>12}   {:>10}  {:>12}", "figure", "mean", "±", "exact")?;
    for figure in shown {
        let half = figure.half_width.map_or_else(String::new, |half| format!("{half:.6}"));
        let exact = figure.exact.map_or_else(String::new, |exact| format!("{exact:.6}"));
        write!(out, "{:width$}  {:>12.6}   {half:>10}  {exact:>12}", figure.figure, figure.mean)?;
        let outside = if figure.holds_exact == Some(false) { "  outside 99.9 %" } else { "" };
        writeln!(out, "  {}{outside}", figure.formula.as_deref().unwrap_or_default())?;
    }
    let checked = answer.figures.iter().filter_map(|figure| figure.holds_exact);
    let (held, all) = checked.fold((0, 0), |(held, all), holds| (held + u32::from(holds), all + 1));
    if all > 0 {
        writeln!(out, "\n{held} of {all} exact values lie in the interval of 99.9 %")?;
    }
    for expected in &answer.expected {
        let word = if expected.ok { "found" } else { "NOT FOUND" };
        let (name, value, mean, within) = (&expected.figure, expected.value, expected.mean, expected.within);
        writeln!(out, "expected {name} = {value}: {word}, {mean:.6} ± {within:.6}")?;
    }
    Ok(())
}
