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
mod fleet;
mod installation;
mod plan;
mod report;
mod run;
mod socket;
mod steps;
mod tablet;
mod traffic;
mod verify;
mod wallet;

pub use report::Report;
pub use run::measure;
pub use steps::Step;
pub use verify::Verdict;

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
pub struct FleetArgs {
    /// Units, one tablet each. 5,334 are the ambulances of Japan with a card reader in 2025.
    #[arg(long, default_value_t = 5_334)]
    pub units: usize,
    /// Departments the units are spread over; 720 take part in the national rollout.
    #[arg(long, default_value_t = 720)]
    pub departments: usize,
    /// Calls a second, on average. 0.214 are the nation's mean of 2024, 4.3 twenty times that.
    #[arg(long, default_value_t = 4.3, value_name = "PER SECOND")]
    pub rate: f64,
    /// Calls come for so many seconds; then the transports under way are carried to their end.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub seconds: u64,
    /// The times of a transport's stages are divided by this: 1 is life, 60 makes a minute a second.
    #[arg(long, default_value_t = 60.0, value_name = "TIMES")]
    pub pace: f64,
    /// Share of patients whose card is read: 0.174 in December 2025.
    #[arg(long, default_value_t = 0.174, value_name = "SHARE")]
    pub cards: f64,
    /// Chance that a hospital accepts.
    #[arg(long, default_value_t = 0.7, value_name = "SHARE")]
    pub accept: f64,
    /// Hospitals whose desk answers over HTTPS; the others are called by telephone.
    #[arg(long, default_value_t = 100)]
    pub desks: usize,
    /// A desk thinks so long, on average; divided by the pace.
    #[arg(long, default_value_t = 240.0, value_name = "SECONDS")]
    pub desk_seconds: f64,
    /// Pages of dispatch consoles that are open, one department each.
    #[arg(long, default_value_t = 4)]
    pub consoles: usize,
    /// Every unit tells its position so often; 0 for never.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pub positions_every: u64,
    /// The national stand-in waits so long before each answer; it is taken out of the times.
    #[arg(long, default_value_t = 200, value_name = "MS")]
    pub national_ms: u64,
    /// Where a tablet's outbox is.
    #[arg(long, value_enum, default_value = "memory")]
    pub outbox: OutboxKind,
    /// Units whose address never changes share one UDP socket in groups of this size; 1 gives each its own.
    #[arg(long, default_value_t = 16)]
    pub units_per_socket: usize,
    /// The same seed gives the same calls and answers.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// What must hold.
    #[command(flatten)]
    pub limits: Limits,
    /// Write the report; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Folder of `dispatch-server`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
    /// Make the training installation here and leave it; a temporary folder when not given.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Limits that make the command fail when they are missed. Nothing may be lost or doubled, and no transport may break off,
/// whatever is stated here.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// All units must be connected within so many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub max_connected: Option<f64>,
    /// 99 of 100 look-ups must take at most this long, without the national stand-in's own time.
    #[arg(long, value_name = "MS")]
    pub max_look_up_p99: Option<f64>,
    /// 99 of 100 suggestions must take at most this long.
    #[arg(long, value_name = "MS")]
    pub max_suggestion_p99: Option<f64>,
    /// 99 of 100 acknowledgements must take at most this long.
    #[arg(long, value_name = "MS")]
    pub max_ack_p99: Option<f64>,
    /// The generator was the limit when 99 of 100 of its presses came more than this late.
    #[arg(long, default_value_t = 20.0, value_name = "MS")]
    pub max_lag_p99: f64,
}

/// Measures and prints what came of it. False when a limit was missed.
///
/// # Errors
/// When the server cannot be started, or a number makes no sense.
pub async fn run(args: FleetArgs) -> Result<bool> {
    let report = measure(&args).await?;
    report.print(args.json.as_deref())?;
    Ok(report.missed.is_empty())
}
