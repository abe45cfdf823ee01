//! `cargo xtask simulate`: builds the fault simulation with optimisation, then becomes it.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::cargo;
use crate::mutants;
use crate::steps::Steps;

/// Optimised, but quickly built: see the workspace manifest.
const PROFILE: &str = "simulate";

/// Options of `cargo xtask simulate`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// How many seeds to run.
    #[arg(long)]
    seeds: Option<u64>,
    /// The first seed.
    #[arg(long)]
    from: Option<u64>,
    /// Tells every write, order and word of one seed on the standard error.
    #[arg(long, value_name = "SEED", conflicts_with_all = ["seeds", "from", "json"])]
    trace: Option<u64>,
    /// Plants known bugs one at a time: each must be found within 1,000 seeds.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    mutants: bool,
    /// Only this planted bug.
    #[arg(long, requires = "mutants", value_name = "NAME")]
    only: Option<String>,
    /// Where to write the result as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Goes to the simulation as it stands; `-- --help` lists all.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Comes back only when something failed before the run began: Ctrl-C and the exit code are the run's own.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.mutants {
        return mutants::run(options.only.as_deref(), options.json.as_deref());
    }
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--profile", PROFILE, "-p", "fault-simulation"]));
    steps.finish()?;
    let program = cargo::binary_folder(&root, PROFILE)?.join("fault-simulation");
    let mut simulation = Command::new(&program);
    for (name, value) in [("--seeds", options.seeds), ("--from", options.from), ("--trace", options.trace)] {
        if let Some(value) = value {
            simulation.args([name, &value.to_string()]);
        }
    }
    if let Some(path) = &options.json {
        simulation.arg("--json").arg(path);
    }
    let error = simulation.args(&options.args).exec();
    Err(anyhow!(error).context(format!("starting {}", program.display())))
}
