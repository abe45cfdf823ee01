//! `cargo xtask bench-link`: builds the comparison of the link with its peers, then becomes it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use clap::Args;

use crate::cargo;
use crate::steps::Steps;

/// Options of `cargo xtask bench-link`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Goes to `link-bench` as it stands, for example `-- loss move --rounds 5 --json FILE`. Without any: every comparison.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Comes back only when something failed before the comparison began: Ctrl-C and the exit code are its own.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--release", "-p", "link-bench"]));
    steps.finish()?;
    become_root_of_a_network(&cargo::binary_folder(&root, "release")?.join("link-bench"), &options.args)
}

/// Becomes a program that makes network namespaces, which root may, and the root of a user namespace.
pub(crate) fn become_root_of_a_network(program: &Path, args: &[String]) -> Result<()> {
    let is_root = fs::metadata("/proc/self").context("asking who runs this")?.uid() == 0;
    let mut bench = if is_root {
        Command::new(program)
    } else {
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user", "--net"]).arg(program);
        unshare
    };
    Err(anyhow!(bench.args(args).exec()).context(format!("starting {}", program.display())))
}
