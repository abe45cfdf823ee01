//! `sim compare`: the same look-ups and positions over our QUIC link, gRPC and MQTT, as ratios.
//!
//! In: how many rounds. Out: a [`Report`](crate::report::Report). Who is measured, and how, is `crates/link-bench/src/compare`,
//! a program of its own that is started here: the only crates that know QUIC, gRPC and MQTT stay the only ones. Ratios are formed
//! inside a round and told by their median and their spread.

mod found;
mod report;

use crate::report::Output;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const PROGRAM: &str = "link-bench";

/// Compares our link with gRPC and MQTT on this machine.
#[derive(Clone, Debug, clap::Args)]
pub struct CompareArgs {
    /// Alternating rounds of each link on each network.
    #[arg(long, default_value_t = 5)]
    pub rounds: u32,
    /// The first seed of the bad network.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where the report goes.
    #[command(flatten)]
    pub output: Output,
    /// Folder of `link-bench`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
    /// Goes to `link-bench compare` as it stands, for example `-- --connections 1000 --rate 4000 --clean-only`; its `--help` has all.
    #[arg(last = true, value_name = "ARGS")]
    pub more: Vec<String>,
}

/// Compares, prints and writes the report. False when a question stayed without an answer or the generator was the limit.
///
/// # Errors
/// When the comparing program is not there or fails.
pub fn run(args: &CompareArgs) -> Result<bool> {
    let mut report = crate::report::Report::new("The QUIC link beside gRPC and MQTT", Some(args.seed));
    let outcome = measure(args)?;
    report::fill(&mut report, &outcome);
    report.deliver(&args.output)
}

fn measure(args: &CompareArgs) -> Result<found::Outcome> {
    let folder = match &args.bin_dir {
        Some(folder) => folder.clone(),
        None => {
            let own = std::env::current_exe().context("find this program's folder")?;
            own.parent().context("find this program's folder")?.to_owned()
        }
    };
    let program = folder.join(PROGRAM);
    if !program.exists() {
        bail!(
            "no {PROGRAM} beside this program: run `cargo xtask compare`, or build it with `cargo build --release -p {PROGRAM}`"
        );
    }
    let mut command = Command::new(program);
    command.arg("compare").args(["--rounds", &args.rounds.to_string(), "--seed", &args.seed.to_string()]);
    // What it says while it measures is progress for whoever waits.
    let output = command.args(&args.more).stderr(Stdio::inherit()).output().context("start link-bench")?;
    if !output.status.success() {
        bail!("link-bench ended with {}", output.status);
    }
    found::parse(&output.stdout)
}
