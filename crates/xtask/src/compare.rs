//! `cargo xtask compare`: builds the comparison of the link with gRPC and MQTT, installs the broker, then becomes `sim compare`.

use anyhow::Result;
use clap::Args;

use crate::packages::Group;
use crate::steps::Steps;
use crate::{bench_link, cargo, install};

/// Options of `cargo xtask compare`.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Installs no system package: what is missing is named in the report as not measured.
    #[arg(long)]
    no_install: bool,
    /// Goes to `sim compare` as it stands, for example `-- --rounds 5 --html FILE`.
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// Comes back only when something failed before the comparison began: Ctrl-C and the exit code are its own.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.no_install {
        install::ensure(&[Group::Build, Group::Peers])?;
    }
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--release", "-p", "link-bench", "-p", "sim"]));
    steps.finish()?;
    let mut args = vec!["compare".to_owned()];
    args.extend(options.args.iter().cloned());
    bench_link::become_root_of_a_network(&cargo::binary_folder(&root, "release")?.join("sim"), &args)
}
