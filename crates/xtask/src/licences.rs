//! Licences, banned packages and sources by the lists of `deny.toml`, for machines without cargo-deny.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{cargo, spdx};

/// What `deny.toml` allows and bans.
#[derive(Debug, Default)]
struct Policy {
    /// Machines whose packages count.
    targets: Vec<String>,
    allowed: Vec<String>,
    banned: Vec<String>,
}

/// `cargo xtask licences`.
pub(crate) fn run() -> Result<()> {
    check(&cargo::root()?)
}

/// Checks every package of the workspace's lock file. Fails with all findings.
pub(crate) fn check(root: &Path) -> Result<()> {
    let text = fs::read_to_string(root.join("deny.toml")).context("reading deny.toml")?;
    let policy = policy(&text)?;
    let metadata = cargo::metadata(root, Some(&policy.targets))?;
    let packages = metadata["packages"].as_array().context("cargo metadata named no packages")?;
    let found: Vec<String> = packages.iter().flat_map(|package| findings(&policy, package)).collect();
    for finding in &found {
        eprintln!("{finding}");
    }
    if !found.is_empty() {
        bail!("{} packages break deny.toml", found.len());
    }
    println!("{} packages: licences, bans and sources are as deny.toml says", packages.len());
    Ok(())
}

fn policy(text: &str) -> Result<Policy> {
    let table: toml::Table = text.parse().context("reading deny.toml")?;
    let list = |section: &str, key: &str| -> Result<Vec<toml::Value>> {
        let value = table.get(section).and_then(|section| section.get(key)).and_then(toml::Value::as_array);
        Ok(value.with_context(|| format!("deny.toml has no list {section}.{key}"))?.clone())
    };
    let word = |value: &toml::Value| value.as_str().map(str::to_owned).context("deny.toml: expected a text");
    let targets = list("graph", "targets")?.iter().map(word).collect::<Result<_>>()?;
    let allowed = list("licenses", "allow")?.iter().map(word).collect::<Result<_>>()?;
    let banned =
        list("bans", "deny")?.iter().map(|entry| word(entry.get("crate").unwrap_or(entry))).collect::<Result<_>>()?;
    Ok(Policy { targets, allowed, banned })
}

fn findings(policy: &Policy, package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or("?");
    let shown = format!("{name} {}", package["version"].as_str().unwrap_or("?"));
    let mut found = Vec::new();
    match package["license"].as_str() {
        Some(licence) if spdx::satisfied(licence, &policy.allowed) => {}
        Some(licence) => found.push(format!("{shown}: licence `{licence}` offers nothing that deny.toml allows")),
        None => found.push(format!("{shown}: no licence expression")),
    }
    if policy.banned.iter().any(|banned| banned == name) {
        found.push(format!("{shown}: banned by deny.toml"));
    }
    let source = package["source"].as_str();
    if source.is_some_and(|source| !source.starts_with("registry+")) {
        found.push(format!("{shown}: comes from {}, not from the registry", source.unwrap_or_default()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ours() -> Policy {
        policy(include_str!("../../../deny.toml")).expect("deny.toml of this tree")
    }

    #[test]
    fn the_trees_own_lists_are_read() {
        let policy = ours();
        assert!(policy.allowed.iter().any(|licence| licence == "MIT"));
        assert!(policy.targets.iter().any(|target| target == "x86_64-unknown-linux-gnu"));
        assert!(policy.banned.iter().any(|name| name == "openssl-sys"));
    }

    #[test]
    fn each_kind_of_finding_is_named() {
        let registry = "registry+https://example.invalid/index";
        let good = json!({"name": "a", "version": "1.0.0", "license": "MIT OR GPL-3.0-only", "source": registry});
        assert_eq!(findings(&ours(), &good), Vec::<String>::new());
        let bad = json!({"name": "openssl-sys", "version": "1.0.0", "license": null, "source": "git+https://example.invalid/x"});
        let found = findings(&ours(), &bad);
        assert_eq!(found.len(), 3, "{found:?}");
        let copyleft = json!({"name": "b", "version": "1.0.0", "license": "GPL-3.0-only", "source": registry});
        assert!(findings(&ours(), &copyleft).concat().contains("offers nothing"));
    }

    #[test]
    fn a_list_that_is_missing_is_an_error_and_not_an_empty_list() {
        assert!(policy("[licenses]\nallow = [\"MIT\"]\n").is_err());
    }
}
