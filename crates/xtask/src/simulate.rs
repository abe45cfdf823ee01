//! `cargo xtask simulate`: builds the fault simulation with optimisation, then becomes it.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::cargo;
use crate::steps::Steps;

/// Optimised, but quickly built: see the workspace manifest.
const PROFILE: &str = "simulate";

/// Options of `cargo xtask simulate`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Goes to the simulation as it stands: `--seeds N --from SEED --json FILE`; `--help` lists all.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Comes back only when something failed before the run began: Ctrl-C and the exit code are the run's own.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--profile", PROFILE, "-p", "fault-simulation"]));
    steps.finish()?;
    let program = cargo::binary_folder(&root, PROFILE)?.join("fault-simulation");
    let error = Command::new(&program).args(&options.args).exec();
    Err(anyhow!(error).context(format!("starting {}", program.display())))
}
