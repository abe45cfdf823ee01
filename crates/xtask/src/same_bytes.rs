//! `cargo xtask same-bytes`: rankings of a build without optimisation and of one with all of it are the same, byte for byte.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::cargo;

/// The program that prints one number over many rankings.
const PROGRAM: [&str; 7] = ["run", "--quiet", "--locked", "-p", "hospital-selection", "--bin", "rank_digest"];
/// The two builds' optimisation; the target directory of the second is its own, so that it builds nothing of the first anew.
const LEVELS: [(&str, &str); 2] = [("0", "target"), ("3", "target/opt3")];

/// Builds and runs the program at both levels; fails when the numbers differ.
pub(crate) fn run() -> Result<()> {
    let root = cargo::root()?;
    let [first, second] = LEVELS.map(|(level, target)| digest(&root, level, target));
    let (first, second) = (first?, second?);
    ensure!(first == second, "rankings differ between builds: {first} without optimisation, {second} with all of it");
    println!("the same bytes without optimisation and with all of it: {first}");
    Ok(())
}

fn digest(root: &Path, level: &str, target: &str) -> Result<String> {
    let mut command = cargo::command(root);
    let profile = format!("profile.dev.opt-level={level}");
    command.args(PROGRAM).args(["--config", &profile, "--target-dir"]).arg(root.join(target)).stderr(Stdio::inherit());
    let output = command.output().context("running cargo")?;
    ensure!(output.status.success(), "the program that prints the rankings' digest failed at level {level}");
    let text = String::from_utf8(output.stdout).context("reading the digest")?;
    let digest = text.trim();
    ensure!(digest.len() == 64, "the program printed `{digest}`, which is no SHA-256");
    Ok(digest.to_owned())
}
