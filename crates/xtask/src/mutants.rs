//! `cargo xtask simulate --mutants`: plants one bug at a time into a copy of the tree and asks the fault simulation to find
//! it. A bug that survives says that the simulation is not done.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use toml::Value;

use crate::cargo;

/// The bugs.
const FILE: &str = "crates/fault-simulation/mutants.toml";
/// Each must be found within so many seeds.
const SEEDS: &str = "1000";
/// The unchanged tree must be quiet for so many, or a find proves nothing.
const QUIET_SEEDS: &str = "200";

struct Mutant {
    name: String,
    why: String,
    edits: Vec<Edit>,
}

struct Edit {
    file: PathBuf,
    find: String,
    replace: String,
}

/// Builds and runs every mutant; fails when one survives. `only` names one of them.
pub(crate) fn run(only: Option<&str>, report: Option<&Path>) -> Result<()> {
    let root = cargo::root()?;
    let text = fs::read_to_string(root.join(FILE)).with_context(|| format!("reading {FILE}"))?;
    let all = parse(&text)?;
    let mutants: Vec<&Mutant> = all.iter().filter(|mutant| only.is_none_or(|name| name == mutant.name)).collect();
    ensure!(!mutants.is_empty(), "no planted bug of this name stands in {FILE}");
    let tree = copy_tree(&root)?;
    println!("the unchanged tree, {QUIET_SEEDS} seeds …");
    ensure!(simulate(&tree, QUIET_SEEDS)?.is_none(), "the unchanged tree breaks a promise: repair that first");
    let mut rows = Vec::new();
    for mutant in mutants {
        let begun = Instant::now();
        let found = with_edits(&tree, mutant)?;
        let seconds = begun.elapsed().as_secs();
        match &found {
            Some(line) => println!("{:<28} found    {seconds:>4} s  {}", mutant.name, cut(line)),
            None => println!("{:<28} SURVIVED {seconds:>4} s  {}", mutant.name, mutant.why),
        }
        rows.push(json!({ "name": mutant.name, "why": mutant.why, "found": found, "seconds": seconds }));
    }
    let survived = rows.iter().filter(|row| row["found"].is_null()).count();
    if let Some(path) = report {
        let text = serde_json::to_string_pretty(&json!({ "mutants": rows, "survived": survived }))?;
        fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    ensure!(survived == 0, "{survived} of {} planted bugs survived {SEEDS} seeds", rows.len());
    println!("{} planted bugs, each found within {SEEDS} seeds", rows.len());
    Ok(())
}

fn cut(line: &str) -> String {
    line.chars().take(110).collect()
}

fn parse(text: &str) -> Result<Vec<Mutant>> {
    let document: toml::Table = text.parse().with_context(|| format!("understanding {FILE}"))?;
    let mutants = document.get("mutant").and_then(Value::as_array).with_context(|| format!("{FILE} has no mutants"))?;
    mutants.iter().map(mutant).collect()
}

fn mutant(value: &Value) -> Result<Mutant> {
    let name = text_of(value, "name")?;
    let edits = value.get("edit").and_then(Value::as_array).with_context(|| format!("mutant {name} has no edit"))?;
    let edits = edits.iter().map(|edit| {
        let file = PathBuf::from(text_of(edit, "file")?);
        Ok(Edit { file, find: text_of(edit, "find")?, replace: text_of(edit, "replace")? })
    });
    Ok(Mutant { edits: edits.collect::<Result<_>>()?, why: text_of(value, "why")?, name })
}

fn text_of(value: &Value, key: &str) -> Result<String> {
    let text = value.get(key).and_then(Value::as_str);
    Ok(text.with_context(|| format!("{FILE}: a `{key}` is missing"))?.to_owned())
}

/// What is under version control, as it stands here, in a folder of its own. Files that are equal keep their times, so
/// that only what changed is built again.
fn copy_tree(root: &Path) -> Result<PathBuf> {
    let tree = cargo::binary_folder(root, "mutants")?.join("tree");
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().context("starting git")?;
    ensure!(listed.status.success(), "git could not list the files of this tree");
    let listed = String::from_utf8_lossy(&listed.stdout);
    let names: BTreeSet<&str> = listed.split('\0').filter(|name| !name.is_empty()).collect();
    for name in &names {
        let (from, to) = (root.join(name), tree.join(name));
        let Ok(bytes) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|present| present == bytes) {
            continue;
        }
        let folder = to.parent().context("a file without a folder")?;
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        fs::write(&to, bytes).with_context(|| format!("writing {}", to.display()))?;
    }
    remove_others(&tree, &tree, &names)?;
    Ok(tree)
}

/// A file that was moved or deleted here stays in no copy: a module must not stand there twice.
fn remove_others(tree: &Path, folder: &Path, names: &BTreeSet<&str>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry?.path();
        let name = path.strip_prefix(tree).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            remove_others(tree, &path, names)?;
        } else if !names.contains(name.as_str()) && path.extension().is_some_and(|kind| kind == "rs") {
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
}

/// Plants a bug, looks for it, and takes it out again whatever happened.
fn with_edits(tree: &Path, mutant: &Mutant) -> Result<Option<String>> {
    let mut before = Vec::new();
    let planted = plant(tree, mutant, &mut before);
    let found = planted.and_then(|()| simulate(tree, SEEDS));
    // In reverse: a file that was edited twice ends as it was before the first edit.
    for (path, text) in before.into_iter().rev() {
        fs::write(&path, text).with_context(|| format!("restoring {}", path.display()))?;
    }
    found.with_context(|| format!("planted bug {}", mutant.name))
}

fn plant(tree: &Path, mutant: &Mutant, before: &mut Vec<(PathBuf, String)>) -> Result<()> {
    for edit in &mutant.edits {
        let path = tree.join(&edit.file);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", edit.file.display()))?;
        let places = text.matches(&edit.find).count();
        ensure!(places == 1, "its text stands {places} times in {}: bring {FILE} up to date", edit.file.display());
        fs::write(&path, text.replacen(&edit.find, &edit.replace, 1))?;
        before.push((path, text));
    }
    Ok(())
}

/// Builds the simulation of the copy and runs it; what it found first, if anything.
fn simulate(tree: &Path, seeds: &str) -> Result<Option<String>> {
    let target = tree.with_file_name("target");
    let mut build = cargo::command(tree);
    build.args(["build", "--quiet", "--profile", "simulate", "-p", "fault-simulation"]);
    build.env("CARGO_TARGET_DIR", &target).env("RUSTFLAGS", "-Awarnings").stdin(Stdio::null());
    ensure!(build.status().context("starting cargo")?.success(), "it does not compile");
    let program = target.join("simulate/fault-simulation");
    let mut run = Command::new(&program);
    run.args(["--seeds", seeds, "--first"]).stderr(Stdio::null());
    let output = run.output().with_context(|| format!("starting {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match output.status.code() {
        Some(0) => Ok(None),
        // A promise was broken, or the planted bug brought the program down: found either way.
        Some(1) => Ok(Some(text.lines().find(|line| line.starts_with("seed ")).unwrap_or("found").to_owned())),
        Some(101) => Ok(Some("the program panicked".to_owned())),
        code => bail!("the simulation ended with {code:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each planted bug still fits the tree: found here in a second, not after an hour.
    #[test]
    fn every_planted_bug_has_its_place() {
        let root = cargo::root().expect("a workspace");
        let text = fs::read_to_string(root.join(FILE)).expect("the list");
        let mutants = parse(&text).expect("a list of mutants");
        assert!(mutants.len() >= 12, "{} planted bugs", mutants.len());
        for mutant in mutants {
            for edit in mutant.edits {
                let text = fs::read_to_string(root.join(&edit.file)).expect("the file");
                assert_eq!(text.matches(&edit.find).count(), 1, "{} in {}", mutant.name, edit.file.display());
                assert_ne!(edit.find, edit.replace, "{}", mutant.name);
            }
        }
    }
}
