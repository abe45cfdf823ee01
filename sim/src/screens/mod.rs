//! `sim screens`: how long it takes until a status that a crew presses stands on the dispatch console and on the hospital's
//! board, while a whole fleet is connected and moves.
//!
//! In: how many units, how many of them work on a case, for how long. Out: a report of the times from the moment at which a
//! button was meant to be pressed until each open page was told; false when 99 of 100 took longer than the limit.
//!
//! All units are light ([`crate::light`]) and send their positions as tablets do. Presses follow a schedule that does not wait
//! for the server. A page here reads the stream that the real page reads, and looks for the stage in the same HTML; what the
//! browser then needs to draw it is not in the times (`docs/console.md` has what a frame costs).

mod book;
mod pages;
mod places;
mod report;
mod run;
mod script;
mod unit;

pub use report::Found;
pub use run::measure;

use crate::report::{Output, Report};
use anyhow::Result;
use std::path::PathBuf;

/// A status on a tablet, seen on console and board.
#[derive(Clone, Debug, clap::Args)]
pub struct ScreensArgs {
    /// Units, one tablet each, all connected. 5,334 are the ambulances of Japan with a card reader in 2025.
    #[arg(long, default_value_t = 5_334)]
    pub units: usize,
    /// Departments the units are spread over; the console is the first one's. With one department it shows every unit.
    #[arg(long, default_value_t = 1)]
    pub departments: usize,
    /// Units of the first department that work on a case; each stamps the stages from 出動 to 病院到着.
    #[arg(long, default_value_t = 60)]
    pub cases: usize,
    /// The stamps are spread at random over so many seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub seconds: u64,
    /// Every unit tells its position so often.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pub positions_every: u64,
    /// Pages of the dispatch console that are open, with their map.
    #[arg(long, default_value_t = 1)]
    pub consoles: usize,
    /// Hospitals with an open board; the cases go there in turn.
    #[arg(long, default_value_t = 6)]
    pub boards: usize,
    /// The same seed gives the same places and moments.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 99 of 100 statuses must stand on each kind of page within so many milliseconds.
    #[arg(long, default_value_t = 1_000.0, value_name = "MS")]
    pub max_p99: f64,
    /// Where the report goes.
    #[command(flatten)]
    pub output: Output,
    /// Folder of `dispatch-server`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
}

/// Measures and prints what came of it. False when the limit was missed.
///
/// # Errors
/// When the server cannot be started, a unit or page cannot be connected, or a number makes no sense.
pub async fn run(args: ScreensArgs) -> Result<bool> {
    let mut report = Report::new("How soon a status stands on console and board", Some(args.seed));
    measure(&args).await?.fill(&mut report, &args);
    report.deliver(&args.output)
}
