//! The command line of the stand-ins and the demo.

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Stand-ins and the demo of the マイナ救急 field system. For training installations.
#[derive(Debug, Parser)]
#[command(name = "sim", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A virtual My Number card on the machine's virtual reader.
    Card(sim::card::CardArgs),
    /// A stand-in for オンライン資格確認等システム.
    National(sim::national::NationalArgs),
    /// Hospital desks that answer enquiries.
    Hospitals(sim::hospitals::HospitalsArgs),
    /// One whole transport on this machine.
    Demo(sim::demo::DemoArgs),
    /// A console with thousands of moving units, to look at and to measure.
    Crowd(sim::crowd::CrowdArgs),
    /// How soon a status of a crew stands on the dispatch console and on the hospital's board, with a whole fleet connected.
    Screens(sim::screens::ScreensArgs),
    /// Thousands of whole transports by a fleet of real tablets.
    Fleet(sim::fleet::FleetCommand),
    /// Recorded cases decided again, or driven again against a server.
    Replay(sim::replay::ReplayArgs),
    /// A whole fleet comes back at once.
    Storm(sim::storm::StormArgs),
    /// What a unit costs the server, over the size of the fleet.
    Scale(sim::storm::ScaleArgs),
    /// A scenario in virtual time: times by stage, enquiries, units at work.
    Run(sim::run::RunArgs),
    /// What the simulator makes beside what is published.
    Calibrate(sim::calibrate::CalibrateArgs),
    /// Ways to choose a hospital beside each other, and beside oracles.
    Policies(sim::policies::PoliciesArgs),
    /// A queueing example of a textbook, simulated, with exact values beside it.
    Queue(sim::queue::QueueArgs),
    /// A scenario in virtual time: times by stage, enquiries, units at work.
    Run(sim::run::RunArgs),
    /// Renders reports that other commands wrote: one, or several beside each other.
    Report(sim::report::ReportArgs),
    /// Our link beside gRPC and MQTT, with the same questions and positions.
    Compare(sim::compare::CompareArgs),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::stderr).with_ansi(false).init();
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Card(args) => sim::card::run(args).map(|()| ExitCode::SUCCESS),
        Command::National(args) => runtime()?.block_on(sim::national::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Hospitals(args) => runtime()?.block_on(sim::hospitals::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Demo(args) => sim::demo::run(&args).map(checked),
        Command::Crowd(args) => runtime()?.block_on(sim::crowd::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Screens(args) => runtime()?.block_on(sim::screens::run(args)).map(checked),
        Command::Fleet(args) => runtime()?.block_on(sim::fleet::run(args)).map(checked),
        Command::Replay(args) => runtime()?.block_on(sim::replay::run(args)).map(checked),
        Command::Storm(args) => runtime()?.block_on(sim::storm::run(args)).map(checked),
        Command::Scale(args) => runtime()?.block_on(sim::storm::scale(args)).map(checked),
        Command::Run(args) => sim::run::run(&args).map(checked),
        Command::Calibrate(args) => sim::calibrate::run(&args).map(checked),
        Command::Policies(args) => sim::policies::run(&args).map(checked),
        Command::Queue(args) => sim::queue::run(&args).map(checked),
        Command::Run(args) => sim::run::run(&args).map(checked),
        Command::Report(args) => sim::report::run(&args).map(checked),
        Command::Compare(args) => sim::compare::run(&args).map(checked),
    }
}

fn checked(ok: bool) -> ExitCode {
    if ok { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

fn filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"))
}
