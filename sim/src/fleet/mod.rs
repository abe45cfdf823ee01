//! `sim fleet`: thousands of whole transports by real tablets against a real `dispatch-server serve`.
//!
//! In: how many units, what is called for and when, a pace, a seed. Out: times of every kind of step from the intended start and
//! from the real one, what server and generator cost, whether the generator was the limit, and whether every fact stands on the
//! server exactly once; false when a stated limit was missed.
//!
//! A unit is the tablet's own loop ([`ambulance_runtime::start`]) with its own certificate, connection and outbox; what its crew
//! presses is in `crew`. Cards are real bytes (`wallet`), hospitals' desks and the departments' dispatch systems speak HTTPS. Calls
//! come on a schedule that does not wait for the server (an open model).

mod book;
mod call;
mod consoles;
mod crew;
mod dispatch;
mod installation;
mod plan;
mod radio;
mod report;
mod run;
mod saturate;
mod setup;
mod socket;
mod steps;
mod tablet;
mod traffic;
mod units;
mod verify;
mod wallet;

pub(crate) use call::{Call, Stages};
pub(crate) use crew::mix as card_of_replay;
pub use run::measure;
pub use setup::Setup;
pub use steps::Step;
pub use verify::Verdict;

use crate::report::Output;
use crate::scenario::Span;
use anyhow::Result;
use std::path::PathBuf;

/// Where a tablet's outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OutboxKind {
    /// In memory, behind the same contract.
    #[default]
    Memory,
    /// On disk, sealed, as in a vehicle; for a few hundred units.
    Sqlite,
}

/// Whole transports by a fleet of real tablets.
#[derive(Clone, Debug, clap::Args)]
pub struct FleetCommand {
    /// A scenario that ships (`sim run --list`), or a TOML file.
    #[arg(default_value = "national-peak-x10")]
    pub scenario: String,
    /// How it is run.
    #[command(flatten)]
    pub args: FleetArgs,
}

/// How a fleet is run.
#[derive(Clone, Debug, clap::Args)]
pub struct FleetArgs {
    /// Units, one tablet each; the scenario's, or 5,334, when left out.
    #[arg(long)]
    pub units: Option<usize>,
    /// The same seed gives the same calls, patients and answers; the scenario's when left out.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Calls come for so long (`10m`); then the transports under way are carried to their end. The scenario's when left out.
    #[arg(long, value_name = "TIME")]
    pub duration: Option<Span>,
    /// Calls a second, on average, in place of the scenario's; 0.214 are the nation's mean of 2024. Its patients come again when
    /// there are too few.
    #[arg(long, value_name = "PER SECOND")]
    pub rate: Option<f64>,
    /// Raise the rate step by step until server or generator are saturated, and say where that is.
    #[arg(long, conflicts_with_all = ["rate", "duration"])]
    pub saturate: bool,
    /// The times of a transport's stages are divided by this: 1 is life, 60 makes a minute a second. 60 when left out, 600 with
    /// --saturate.
    #[arg(long, value_name = "TIMES")]
    pub pace: Option<f64>,
    /// Departments the units are spread over; 720 take part in the national rollout. At most one for each unit.
    #[arg(long, default_value_t = 720)]
    pub departments: usize,
    /// Hospitals whose desk answers over HTTPS, those nearest to most scenes; the others are called by telephone.
    #[arg(long, default_value_t = 200)]
    pub desks: usize,
    /// Pages of dispatch consoles that are open, each with its map, one department each.
    #[arg(long, default_value_t = 4)]
    pub consoles: usize,
    /// The national stand-in waits so long before each answer; it is taken out of the times.
    #[arg(long, default_value_t = 200, value_name = "MS")]
    pub national_ms: u64,
    /// Where a tablet's outbox is.
    #[arg(long, value_enum, default_value = "memory")]
    pub outbox: OutboxKind,
    /// Units whose address never changes share one UDP socket in groups of this size; 1 gives each its own, and so does a scenario
    /// whose units are without radio at times.
    #[arg(long, default_value_t = 16, value_name = "UNITS")]
    pub per_socket: usize,
    /// Where the report goes.
    #[command(flatten)]
    pub output: Output,
    /// Folder of `dispatch-server`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
    /// Make the training installation here and leave it; a temporary folder when not given.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Measures and delivers the report. False when a limit was missed.
///
/// # Errors
/// When a scenario is none, a number makes no sense, or the server cannot be started.
pub async fn run(command: FleetCommand) -> Result<bool> {
    let FleetCommand { scenario, args } = command;
    let report = measure(Setup::of(&setup::scenario(&scenario)?, &args)?).await?;
    report.deliver(&args.output)
}
