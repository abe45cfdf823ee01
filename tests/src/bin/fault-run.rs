//! Faults on real processes: see `system_tests::fault`. Exit code 0 when every promise was kept, 1 when one was not, 2 on bad
//! usage or when the run itself failed.

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use system_tests::fault::kill::{Plan, run};
use system_tests::fault::report::Report;

/// Faults on real processes, with every promise checked afterwards.
#[derive(Parser)]
#[command(name = "fault-run")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Kill tablets and server with SIGKILL at random moments, under load, behind bad links.
    Kill(KillArgs),
    /// Let a client that is not ours (aioquic, in Python) speak broken frames to the server while a tablet works.
    Strangers(StrangersArgs),
}

#[derive(Args)]
struct StrangersArgs {
    /// A Python that has aioquic and cbor2 (`python3 -m venv DIR && DIR/bin/pip install aioquic cbor2`).
    #[arg(long, value_name = "PYTHON")]
    python: PathBuf,
    /// What it runs.
    #[arg(long, value_name = "FILE", default_value = "tests/quic/strangers.py")]
    script: PathBuf,
}

#[derive(Args)]
struct KillArgs {
    /// SIGKILLs of tablets.
    #[arg(long, default_value_t = 2_000)]
    tablet_kills: u64,
    /// SIGKILLs of the server.
    #[arg(long, default_value_t = 500)]
    server_kills: u64,
    /// Tablets at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    tablets: u16,
    /// Mean pause between two presses of a crew, milliseconds.
    #[arg(long, default_value_t = 30)]
    pause_ms: u64,
    /// Seed of every choice; the programs' own timing is the machine's.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the figures as JSON to this file; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Work in this folder and leave it there; it must be new or empty.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

fn main() -> ExitCode {
    let kept = match Cli::parse().command {
        Command::Kill(args) => kill(&args).map(|report| report.violations.is_empty()),
        Command::Strangers(args) => strangers(&args),
    };
    match kept {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // Nobody reads when this fails; the exit code says it.
            let _gone = writeln!(std::io::stderr(), "fault-run: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn kill(args: &KillArgs) -> Result<Report> {
    let temporary = tempfile::tempdir().context("make a folder")?;
    let folder = args.keep.as_deref().unwrap_or_else(|| temporary.path());
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let plan = Plan {
        seed: args.seed,
        tablets: args.tablets.into(),
        tablet_kills: args.tablet_kills,
        server_kills: args.server_kills,
        pause_ms: args.pause_ms,
    };
    let bar = ProgressBar::new(plan.tablet_kills + plan.server_kills);
    bar.set_style(ProgressStyle::with_template("{elapsed_precise} {bar:40} {pos}/{len} kills, {per_sec}")?);
    let watch = {
        let bar = bar.clone();
        Arc::new(move || bar.inc(1))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(run(plan, folder, watch))?;
    bar.finish();
    tell(&report, args.json.as_deref())?;
    Ok(report)
}

fn strangers(args: &StrangersArgs) -> Result<bool> {
    let folder = tempfile::tempdir().context("make a folder")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let seen = runtime.block_on(system_tests::fault::strangers::run(&args.python, &args.script, folder.path()))?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&seen)?)?;
    Ok(seen.answered && seen.broken.is_empty())
}

fn tell(report: &Report, json: Option<&Path>) -> Result<()> {
    let text = serde_json::to_string_pretty(report)?;
    let mut out = std::io::stdout().lock();
    match json {
        Some(path) if path.as_os_str() != "-" => {
            #[expect(clippy::disallowed_methods, reason = "this is a program")]
            std::fs::write(path, &text).with_context(|| format!("write {}", path.display()))?;
            writeln!(
                out,
                "kills {:?}, {} events recorded, {} acknowledged, {} broken promises",
                report.kills,
                report.recorded,
                report.acknowledged,
                report.violations.len()
            )?;
            report.violations.iter().take(20).try_for_each(|v| writeln!(out, "BROKEN {}: {}", v.what, v.at))?;
        }
        _ => writeln!(out, "{text}")?,
    }
    Ok(())
}
