//! `fault-simulation`: runs seeds, prints what happened. `cargo xtask simulate` builds and calls it.
#![expect(clippy::print_stdout, reason = "a command-line tool")]
#![expect(clippy::print_stderr, reason = "a command-line tool")]
#![expect(
    clippy::disallowed_methods,
    reason = "the program around the simulation: threads, files and a clock for progress"
)]

use clap::Parser;
use fault_simulation::{Fault, FaultCounts, Outcome, Plan, TRANSITIONS, Transitions, run};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Violations that are printed in full; the count is always whole.
const SHOWN_MAX: usize = 10;

/// Runs the deterministic fault simulation. Exit code 1 when a promise was broken.
#[derive(Parser)]
#[command(name = "fault-simulation", bin_name = "cargo xtask simulate")]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Stops at the first seed that breaks a promise.
    #[arg(long)]
    first: bool,
    /// Nothing goes wrong: what is left must be quiet.
    #[arg(long)]
    calm: bool,
    /// Another mix of faults, chances per mille: `--set drop=200 --set trouble_every_ms=3000`.
    #[arg(long, value_name = "NAME=NUMBER")]
    set: Vec<String>,
    /// Tells every write, order and word of one seed on the standard error.
    #[arg(long, value_name = "SEED", conflicts_with_all = ["seeds", "from", "json"])]
    trace: Option<u64>,
    /// Threads; one seed is always one thread.
    #[arg(long)]
    threads: Option<usize>,
    /// Where to write the result as JSON (`-` = standard output).
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    seeds: u64,
    from: u64,
    steps: u64,
    virtual_hours: f64,
    recorded: u64,
    facts: u64,
    faults: u64,
    faults_by_kind: FaultCounts,
    /// The rarest kind's share of all faults, per cent.
    rarest_fault_percent: f64,
    violations: u64,
    broken: Vec<Broken>,
    transitions_taken: usize,
    transitions_reachable: usize,
    transitions_missing: Vec<&'static str>,
    seconds: f64,
}

#[derive(Clone, Serialize)]
struct Broken {
    seed: u64,
    promise: &'static str,
    what: String,
}

#[derive(Default)]
struct Sum {
    seeds: u64,
    steps: u64,
    virtual_us: u64,
    recorded: u64,
    facts: u64,
    faults: FaultCounts,
    transitions: Transitions,
    broken: Vec<Broken>,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) {
        self.seeds += 1;
        self.steps += outcome.steps;
        self.virtual_us += outcome.virtual_us;
        self.recorded += outcome.recorded;
        self.facts += outcome.facts;
        self.faults.add(&outcome.faults);
        self.transitions.add(&outcome.transitions);
        let seed = outcome.seed;
        self.broken.extend(outcome.violations.into_iter().map(|v| Broken { seed, promise: v.promise, what: v.what }));
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = if arguments.calm { Plan::default().calm() } else { Plan::default() };
    let plan = match arguments.set.iter().try_fold(plan, |plan, setting| plan.set(setting)) {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("simulate: {error}");
            return ExitCode::from(2);
        }
    };
    if let Some(seed) = arguments.trace {
        return trace(seed, plan);
    }
    let begun = Instant::now();
    let sum = run_all(&arguments, plan, begun);
    let report = report(&arguments, sum, begun.elapsed());
    print(&report);
    if let Err(error) = write(&arguments, &report) {
        eprintln!("simulate: {error}");
        return ExitCode::from(2);
    }
    if report.violations == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn trace(seed: u64, plan: Plan) -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_level(false)
        .init();
    let outcome = run(seed, plan);
    for violation in &outcome.violations {
        println!("seed {seed}: {}: {}", violation.promise, violation.what);
    }
    if outcome.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn run_all(arguments: &Arguments, plan: Plan, begun: Instant) -> Sum {
    let threads = arguments.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let (next, stop) = (AtomicU64::new(arguments.from), AtomicBool::new(false));
    let end = arguments.from.saturating_add(arguments.seeds);
    let sum = Mutex::new(Sum::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let outcome = run(seed, plan);
                    if arguments.first && !outcome.violations.is_empty() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    sum.lock().unwrap_or_else(PoisonError::into_inner).add(outcome);
                }
            });
        }
        scope.spawn(|| show_progress(&sum, &stop, end - arguments.from, begun));
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A line every few seconds while it runs.
fn show_progress(sum: &Mutex<Sum>, stop: &AtomicBool, seeds: u64, begun: Instant) {
    let mut said = 0;
    loop {
        std::thread::sleep(Duration::from_millis(100));
        let (done, faults, broken) = {
            let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
            (sum.seeds, sum.faults.total(), sum.broken.len())
        };
        if done >= seeds || stop.load(Ordering::Relaxed) {
            return;
        }
        let seconds = begun.elapsed().as_secs();
        if seconds >= said + 5 {
            said = seconds;
            eprintln!("{done} of {seeds} seeds, {faults} faults, {broken} violations, {seconds} s");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(arguments: &Arguments, mut sum: Sum, took: Duration) -> Report {
    sum.broken.sort_by_key(|broken| broken.seed);
    let total = sum.faults.total();
    let rarest = Fault::ALL.iter().map(|fault| sum.faults.of(*fault)).min().unwrap_or(0);
    Report {
        seeds: sum.seeds,
        from: arguments.from,
        steps: sum.steps,
        virtual_hours: sum.virtual_us as f64 / 3.6e9,
        recorded: sum.recorded,
        facts: sum.facts,
        faults: total,
        rarest_fault_percent: if total == 0 { 0.0 } else { rarest as f64 * 100.0 / total as f64 },
        faults_by_kind: sum.faults,
        violations: sum.broken.len() as u64,
        broken: sum.broken,
        transitions_taken: sum.transitions.taken(),
        transitions_reachable: TRANSITIONS.len(),
        transitions_missing: sum.transitions.missing(),
        seconds: took.as_secs_f64(),
    }
}

fn print(report: &Report) {
    println!(
        "{} seeds from {}: {} steps, {:.0} virtual hours, {} entries recorded, {:.1} s",
        report.seeds, report.from, report.steps, report.virtual_hours, report.recorded, report.seconds
    );
    println!("{} faults, the rarest kind {:.1} %", report.faults, report.rarest_fault_percent);
    for fault in Fault::ALL {
        println!("  {:<20} {}", fault.key(), report.faults_by_kind.of(*fault));
    }
    println!("{} of {} transitions taken", report.transitions_taken, report.transitions_reachable);
    println!("{} violations", report.violations);
    for broken in report.broken.iter().take(SHOWN_MAX) {
        println!("seed {}: {}: {}", broken.seed, broken.promise, broken.what);
    }
}

fn write(arguments: &Arguments, report: &Report) -> Result<(), String> {
    let Some(path) = &arguments.json else { return Ok(()) };
    let text = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    if path.as_os_str() == "-" {
        println!("{text}");
        return Ok(());
    }
    std::fs::write(path, text).map_err(|error| format!("write {}: {error}", path.display()))
}
