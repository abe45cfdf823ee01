//! Measures the link beside its peers, on the same bad network, in the same run: ours and gRPC (tonic, HTTP/2, TLS)
//! through two network namespaces joined by `lossy-link`.
//!
//! *In:* which comparison, how many rounds. *Out:* a table with the required limits, a JSON report, and exit code 0 (all
//! limits kept), 1 (one missed) or 2 (it could not be measured).
//!
//! Rounds alternate (A B A B …) and every one has a fresh network, so that nothing is remembered between them. Figures
//! are medians of rounds with their spread; ratios are formed inside a round.
//!
//! **Invariant:** nothing of this is in a product's program, and no limit is bent: they are the numbers, in
//! [`required`].

mod backlog;
mod bed;
mod compare;
mod figures;
mod ours;
mod peer;
mod product;
mod question;
mod radio;
mod report;
mod required;
mod scenario;
mod settings;
mod uplink;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};

use report::Report;

/// Compares the link with gRPC and TCP on one bad network. Needs the right to make network namespaces.
#[derive(Debug, Parser)]
#[command(name = "link-bench", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// What to compare; everything by default.
    #[arg(value_enum)]
    what: Vec<What>,
    /// Alternating rounds of each comparison.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The first seed of the network; round n takes the n-th after it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also measures other settings of the link, to show why the present ones were chosen. Takes several times as long.
    #[arg(long)]
    settings: bool,
    /// Writes the report to this file (`-`: to the standard output, instead of the table).
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints the JSON Schema of the report and ends.
    #[arg(long)]
    schema: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The link beside gRPC and MQTT with the same questions and positions; prints JSON, of which `sim compare` makes the report.
    Compare(compare::CompareArgs),
    /// A server of a comparison, started by it.
    #[command(hide = true)]
    Serve(compare::Serve),
}

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// 8 parallel questions on each of 40 connections, 5 % loss, RTT 100 ms, against gRPC.
    Loss,
    /// The first answer after the tablet has changed its address, RTT 100 ms.
    Move,
    /// The first answer after a reconnect to a known server, RTT 100 ms, against gRPC.
    Reconnect,
    /// Stage stamps and answers while a backlog drains over 64 kbit/s, RTT 300 ms.
    Narrow,
    /// Answers while a backlog drains, 10 % loss, RTT 300 ms, against the idle link.
    Drain,
    /// A backlog in batches through the real server, RTT 50 ms, against one by one.
    DrainSpeed,
    /// 1,000 connections at once, 5 % loss, RTT 100 ms, against TCP with TLS.
    Storm,
    /// Suggestions per second through the real server, on a clean path, against gRPC with a handler that does nothing.
    Serve,
}

/// What every comparison is told.
#[derive(Debug, Clone, Copy)]
struct Plan {
    rounds: u32,
    seed: u64,
    settings: bool,
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            report::say(&format!("link-bench: {error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode> {
    match &cli.command {
        Some(Command::Compare(args)) => return compare::run(args).map(|()| ExitCode::SUCCESS),
        Some(Command::Serve(args)) => return compare::serve(args).map(|()| ExitCode::SUCCESS),
        None => {}
    }
    if cli.schema {
        report::print(report::SCHEMA)?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = Plan { rounds: cli.rounds, seed: cli.seed, settings: cli.settings };
    let what = if cli.what.is_empty() { What::value_variants() } else { &cli.what };
    let mut report = Report::new(plan.rounds, plan.seed);
    for what in what {
        let rows = match what {
            What::Loss => scenario::loss::run(plan).context("comparison `loss`")?,
            What::Move => scenario::moving::run(plan).context("comparison `move`")?,
            What::Reconnect => scenario::reconnect::run(plan).context("comparison `reconnect`")?,
            What::Narrow => scenario::narrow::run(plan).context("comparison `narrow`")?,
            What::Drain => scenario::drain::run(plan).context("comparison `drain`")?,
            What::DrainSpeed => scenario::drain_speed::run(plan).context("comparison `drain-speed`")?,
            What::Storm => scenario::storm::run(plan).context("comparison `storm`")?,
            What::Serve => scenario::serve::run(plan).context("comparison `serve`")?,
        };
        report.rows.extend(rows);
    }
    report.write(cli.json.as_deref())?;
    Ok(if report.all_kept() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_do_not_conflict() {
        super::Cli::command().debug_assert();
    }
}
