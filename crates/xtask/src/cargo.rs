//! Calls of cargo from inside cargo.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A cargo command that runs in `root` as if it had been typed there.
///
/// `cargo run` leaves `CARGO_PKG_…` of this tool in the environment; some build scripts watch those, so that they would be
/// built again at every change between `cargo xtask` and plain `cargo`. They are taken out.
pub(crate) fn command(root: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(belongs_to_this_tool) {
            command.env_remove(&name);
        }
    }
    command
}

fn belongs_to_this_tool(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || matches!(variable, "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR")
}

/// True when `cargo NAME` answers to `--version`.
pub(crate) fn has_subcommand(root: &Path, name: &str) -> bool {
    let mut command = command(root);
    command.args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `cargo metadata` of this workspace; with targets also of every package that is compiled for one of them.
pub(crate) fn metadata(root: &Path, targets: Option<&[String]>) -> Result<Value> {
    let mut command = command(root);
    command.args(["metadata", "--format-version", "1"]).stderr(Stdio::inherit());
    match targets {
        None => command.arg("--no-deps"),
        Some(targets) => command.args(targets.iter().flat_map(|target| ["--filter-platform", target])),
    };
    let output = command.output().context("starting cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed");
    }
    serde_json::from_slice(&output.stdout).context("reading the answer of cargo metadata")
}

/// The folder that holds the built programs of a profile: `debug` (the `dev` profile) or `release`.
pub(crate) fn binary_folder(root: &Path, profile: &str) -> Result<PathBuf> {
    let metadata = metadata(root, None)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata named no target folder")?;
    Ok(Path::new(target).join(profile))
}

/// The top of the checkout: two folders above this crate.
pub(crate) fn root() -> Result<PathBuf> {
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = here.ancestors().nth(2).context("this crate does not stand in crates/xtask")?;
    if !root.join("Cargo.toml").is_file() {
        bail!("no workspace manifest above crates/xtask: run this through `cargo xtask`");
    }
    Ok(root.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_this_tool_are_told_from_the_users() {
        assert!(belongs_to_this_tool("CARGO_PKG_NAME"));
        assert!(belongs_to_this_tool("CARGO_MANIFEST_DIR"));
        assert!(!belongs_to_this_tool("CARGO_HOME"));
        assert!(!belongs_to_this_tool("CARGO_INCREMENTAL"));
    }
}
