//! `cargo xtask demo`: installs and builds what one whole transport needs, then becomes `sim demo`, which runs it.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};
use clap::Args;

use crate::packages::Group;
use crate::steps::Steps;
use crate::{cargo, install};

/// Options of `cargo xtask demo`. All but `--no-install` go to `sim demo` as they stand.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub(crate) struct Options {
    /// Opens no window.
    #[arg(long)]
    headless: bool,
    /// Writes what happened, with times, to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Saves every screen of the transport as a PNG in this folder.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Leaves everything running at the end.
    #[arg(long)]
    keep: bool,
    /// Installs nothing: uses what is there.
    #[arg(long)]
    no_install: bool,
    /// More for `sim demo`.
    #[arg(last = true, value_name = "ARGS")]
    more: Vec<String>,
}

/// Comes back only when something failed before the demo began: the orchestrator takes this process over, so that Ctrl-C and
/// the exit code are its own.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = cargo::root()?;
    let mut steps = Steps::new(false);
    if options.no_install {
        steps.skip("system packages", "asked by --no-install");
    } else {
        steps.check("system packages", || install::ensure(&[Group::Build, Group::Card, Group::Window]));
    }
    let mut build = cargo::command(&root);
    steps.run("build", build.args(["build", "--bins", "-p", "dispatch-server", "-p", "sim", "-p", "ambulance-client"]));
    steps.finish()?;
    let folder = cargo::binary_folder(&root, "debug")?;
    let program = folder.join("sim");
    let mut demo = Command::new(&program);
    demo.arg("demo").args(forwarded(options)).arg("--bin-dir").arg(&folder);
    println!();
    Err(anyhow!(demo.exec()).context(format!("starting {}", program.display())))
}

fn forwarded(options: &Options) -> Vec<std::ffi::OsString> {
    let mut arguments = Vec::new();
    for (flag, given) in [("--headless", options.headless), ("--keep", options.keep)] {
        if given {
            arguments.push(flag.into());
        }
    }
    for (flag, path) in [("--json", &options.json), ("--pictures", &options.pictures)] {
        if let Some(path) = path {
            arguments.extend([flag.into(), path.clone().into_os_string()]);
        }
    }
    arguments.extend(options.more.iter().map(Into::into));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orchestrator_gets_what_was_given_and_nothing_else() {
        assert!(forwarded(&Options::default()).is_empty());
        let options = Options {
            headless: true,
            json: Some("out.json".into()),
            more: vec!["--seed".into(), "7".into()],
            ..Options::default()
        };
        assert_eq!(forwarded(&options), ["--headless", "--json", "out.json", "--seed", "7"]);
    }
}
