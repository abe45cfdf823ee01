//! What the rules look at: the workspace's crates, what they depend on, and their code.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{cargo, rust_text};

/// In which of its builds a crate needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

/// One line of a crate's dependency tables.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// The package's own name, also where the crate renames it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// One Rust file, without comments and literals.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the workspace's top, with `/`.
    pub(crate) path: String,
    pub(crate) code: String,
    /// Compiled for tests only.
    pub(crate) test: bool,
}

impl Source {
    /// The part that is compiled into the product; empty for a test file.
    pub(crate) fn product_code(&self) -> &str {
        if self.test { "" } else { rust_text::without_tests(&self.code) }
    }
}

/// One member of the workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) sources: Vec<Source>,
    /// Text of its Cargo.toml.
    pub(crate) manifest: String,
}

/// Reads every member.
pub(crate) fn read(root: &Path) -> Result<Vec<Crate>> {
    let metadata = cargo::metadata(root, None)?;
    let packages = metadata["packages"].as_array().context("cargo metadata named no packages")?;
    packages.iter().map(|package| read_crate(root, package)).collect()
}

fn read_crate(root: &Path, package: &Value) -> Result<Crate> {
    let name = text(package, "name")?;
    let manifest_path = PathBuf::from(text(package, "manifest_path")?);
    let folder = manifest_path.parent().with_context(|| format!("folder of {name}"))?;
    let manifest =
        fs::read_to_string(&manifest_path).with_context(|| format!("reading {}", manifest_path.display()))?;
    let mut files = Vec::new();
    rust_files(folder, &mut files)?;
    let sources = files.iter().map(|file| read_source(root, folder, file)).collect::<Result<_>>()?;
    let listed = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let dependencies = listed.iter().map(read_dependency).collect::<Result<_>>()?;
    Ok(Crate { name, dependencies, sources, manifest })
}

fn read_dependency(value: &Value) -> Result<Dependency> {
    let kind = match value["kind"].as_str() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    Ok(Dependency { name: text(value, "name")?, kind })
}

fn read_source(root: &Path, folder: &Path, file: &Path) -> Result<Source> {
    let source = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let inside = slashed(file.strip_prefix(folder).unwrap_or(file));
    let path = slashed(file.strip_prefix(root).unwrap_or(file));
    Ok(Source { path, code: rust_text::code_only(&source), test: is_test_file(&inside) })
}

/// Code outside the product, by its place: `tests/…`, `benches/…`, `examples/…`, `src/…/tests.rs`, `src/…/tests/…`, `…_tests.rs`.
fn is_test_file(inside: &str) -> bool {
    let stem = inside.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
    let folders: Vec<&str> = inside.split('/').rev().skip(1).collect();
    stem == "tests"
        || stem.ends_with("_tests")
        || folders.iter().any(|folder| matches!(*folder, "tests" | "benches" | "examples"))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .with_context(|| format!("listing {}", folder.display()))?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            rust_files(&path, files)?;
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("cargo metadata gave no {key}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_files_are_known_by_their_place() {
        for test in [
            "tests/a.rs",
            "src/fold/tests.rs",
            "src/fold/tests/order.rs",
            "src/lock_tests.rs",
            "benches/b.rs",
            "examples/c.rs",
        ] {
            assert!(is_test_file(test), "{test}");
        }
        for product in ["src/lib.rs", "src/testing.rs", "src/contract.rs", "build.rs"] {
            assert!(!is_test_file(product), "{product}");
        }
    }
}
