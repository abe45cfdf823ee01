//! `cargo xtask fault-run`: builds the programs of a fault run, then becomes it.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::cargo;
use crate::steps::Steps;

/// Options of `cargo xtask fault-run`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Goes to `fault-run` as it stands, for example `-- kill --seed 7 --json FILE`. Without any: `kill`.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Comes back only when something failed before the run began: Ctrl-C and the exit code are the run's own.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--bins", "-p", "dispatch-server", "-p", "system-tests"]));
    steps.finish()?;
    let program = cargo::binary_folder(&root, "debug")?.join("fault-run");
    let mut fault_run = Command::new(&program);
    if options.args.is_empty() {
        fault_run.arg("kill");
    }
    Err(anyhow!(fault_run.args(&options.args).exec()).context(format!("starting {}", program.display())))
}
