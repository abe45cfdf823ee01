//! `cargo xtask deps`: which crate may know what.

use anyhow::{Result, bail};

use crate::deps_rules::{self, RULES};
use crate::{cargo, workspace};

/// Reads the workspace and prints each rule, kept or broken.
pub(crate) fn run() -> Result<()> {
    let root = cargo::root()?;
    let crates = workspace::read(&root)?;
    let broken = deps_rules::check(&crates);
    for rule in RULES {
        let count = broken.iter().filter(|found| found.rule == rule.number).count();
        let verdict = if count == 0 { "ok".to_owned() } else { format!("BROKEN in {count}") };
        println!("rule {} ({}): {verdict}", rule.number, rule.name);
    }
    for found in &broken {
        eprintln!("rule {} broken ({}): {}", found.rule, deps_rules::name_of(found.rule), found.what);
    }
    if broken.is_empty() {
        println!("{} crates, every arrow points the right way", crates.len());
        return Ok(());
    }
    let mut numbers: Vec<String> = broken.iter().map(|found| found.rule.to_string()).collect();
    numbers.dedup();
    bail!("arrow rules broken: {} (ARCHITECTURE.md tells why they are there)", numbers.join(", "))
}
