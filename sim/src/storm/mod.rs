//! `sim storm`: a whole fleet comes back at once, each unit with a backlog, against a real `dispatch-server serve`.
//!
//! In: how many units, how many events each, a seed. Out: a report of how long it took whom, what it cost the server, and
//! whether every event stands on the server exactly once; false when a stated limit was missed.
//!
//! A unit here is light ([`crate::light`]). Arrivals follow a schedule that does not wait for the server (an open model), and
//! every latency counts from the moment a unit was meant to start, not from when the generator came to it.

mod back;
mod backlog;
mod fleet;
mod limits;
mod report;
mod unit;
mod verify;

pub use back::scale::{ScaleArgs, run as scale};
pub use back::{BackArgs, BackReport, Cause};
pub use limits::Limits;
pub use report::Report;

use crate::light::{Installation, Wanted};
use anyhow::{Context, Result};
use fleet::Fleet;
use std::path::PathBuf;

/// A whole fleet comes back at once.
#[derive(Clone, Debug, clap::Args)]
pub struct StormArgs {
    /// Why nobody is connected.
    #[arg(long, value_enum, default_value_t = Cause::Arrival)]
    pub cause: Cause,
    /// Units, one tablet each. 5,334 are the ambulances of Japan with a card reader in 2025.
    #[arg(long, default_value_t = 5_334)]
    pub units: usize,
    /// Events that wait on each tablet: one in its unit's log, the others in the log of one case.
    #[arg(long, default_value_t = 40)]
    pub events: u64,
    /// Departments the units are spread over; 720 take part in the national rollout.
    #[arg(long, default_value_t = 720)]
    pub departments: usize,
    /// The same seed gives the same events and arrivals.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Arrivals are spread evenly and at random over so many seconds; 0 is all at once.
    #[arg(long, default_value_t = 0.0, value_name = "SECONDS")]
    pub spread: f64,
    /// Stop the server's process for so many seconds once half of the units are in (SIGSTOP), then let it go on.
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    pub stall: u64,
    /// So many units never read their feed.
    #[arg(long, default_value_t = 0, value_name = "UNITS")]
    pub deaf: usize,
    /// So many units carry a backlog of this many events instead (see --heavy-events).
    #[arg(long, default_value_t = 0, value_name = "UNITS")]
    pub heavy: usize,
    /// The backlog of a heavy unit.
    #[arg(long, default_value_t = 20_000, value_name = "EVENTS")]
    pub heavy_events: u64,
    /// What must hold.
    #[command(flatten)]
    pub limits: Limits,
    /// How a connected fleet loses the server.
    #[command(flatten)]
    pub back: BackArgs,
    /// Write the report; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write it as one HTML page, which opens offline (not with --cause arrival).
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Folder of `dispatch-server`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
    /// Make the training installation here and leave it; a temporary folder when not given.
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Runs a storm and prints what came of it. False when a limit was missed.
///
/// # Errors
/// When the server cannot be started, or a number makes no sense.
pub async fn run(args: StormArgs) -> Result<bool> {
    if args.cause == Cause::Arrival {
        let report = storm(&args).await?;
        report.print(args.json.as_deref())?;
        return Ok(report.missed.is_empty());
    }
    let output = crate::report::Output { json: args.json.clone(), html: args.html.clone() };
    loss(&args).await?.report(&args).deliver(&output)
}

/// A connected fleet loses its server and comes back.
///
/// # Errors
/// As [`run`].
pub async fn loss(args: &StormArgs) -> Result<BackReport> {
    back::storm(args).await
}

/// Runs a storm.
///
/// # Errors
/// As [`run`].
pub async fn storm(args: &StormArgs) -> Result<Report> {
    let wanted = Wanted {
        units: args.units,
        departments: args.departments,
        folder: args.data.as_deref(),
        bin_dir: args.bin_dir.as_deref(),
    };
    let mut installation = Installation::prepare(wanted).await.context("prepare the storm")?;
    let fleet = Fleet::prepare(args, installation.take_tablets()).await.context("prepare the fleet")?;
    let expected = fleet.expected().await?;
    let server = installation.serve().await.context("start the server")?;
    let before = server.figures()?;
    let outcome = fleet.storm(&server, args).await.context("run the storm")?;
    let after = server.figures()?;
    installation.stop().await;
    let verdict = verify::verify(&installation.data(), &expected).await.context("count what the server holds")?;
    Ok(Report::new(args, &outcome, (before, after), verdict))
}
