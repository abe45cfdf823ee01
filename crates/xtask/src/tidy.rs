//! `cargo xtask tidy`: goes through the tree's text files and prints what breaks a limit.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cargo;
use crate::tidy_rules;

/// Files that people write. Tables of data and lock files are left out.
const TEXT: &[&str] = &[
    "rs", "toml", "md", "sh", "sql", "html", "css", "js", "ts", "mjs", "yml", "yaml", "conf", "service", "socket",
    "rules", "txt",
];
/// Folders that tools fill.
const NOT_OURS: &[&str] = &["target", "node_modules", ".git"];
/// Folders that are the same on every machine, so that a checkout below one gives no path worth searching for.
const COMMON: &[&str] = &[
    "/",
    "/home",
    "/opt",
    "/srv",
    "/mnt",
    "/media",
    "/usr",
    "/usr/src",
    "/usr/local",
    "/usr/local/src",
    "/var",
    "/var/lib",
];

/// Checks every text file of the checkout.
pub(crate) fn run() -> Result<()> {
    let root = cargo::root()?;
    let home = env::var_os("HOME").map(PathBuf::from);
    let machine_paths = machine_paths(&root, home.as_deref());
    let mut files = Vec::new();
    text_files(&root, &mut files)?;
    let mut count = 0;
    for file in &files {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let path = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().into_owned();
        let Ok(text) = String::from_utf8(bytes) else {
            eprintln!("{path}: not UTF-8");
            count += 1;
            continue;
        };
        for finding in tidy_rules::check(&path, &text, &machine_paths) {
            eprintln!("{path}:{}: {}", finding.line, finding.what);
            count += 1;
        }
    }
    if count > 0 {
        bail!("{count} findings");
    }
    println!("{} files are tidy", files.len());
    Ok(())
}

/// The checkout, the folder above it, and the user's home, as far as they tell one machine from another.
fn machine_paths(root: &Path, home: Option<&Path>) -> Vec<String> {
    let all = [Some(root), root.parent(), home];
    let told = all.into_iter().flatten().filter(|path| path.components().count() > 1);
    let named = told.map(|path| path.to_string_lossy().into_owned());
    named.filter(|path| !COMMON.contains(&path.as_str()) && !path.ends_with("tmp")).collect()
}

fn text_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .with_context(|| format!("listing {}", folder.display()))?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_symlink() || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            text_files(&path, files)?;
        } else if is_text(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    let script = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == ".ci");
    script
        || path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| TEXT.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_tell_a_machine_are_searched() {
        let all = machine_paths(Path::new("/data/house/tree"), Some(Path::new("/people/someone")));
        assert_eq!(all, ["/data/house/tree", "/data/house", "/people/someone"]);
        assert_eq!(machine_paths(Path::new("/srv/tree"), Some(Path::new("/"))), ["/srv/tree"]);
    }

    #[test]
    fn scripts_and_sources_are_text_and_tables_are_not() {
        assert!(is_text(Path::new("a/.ci/run")) && is_text(Path::new("a/b.rs")) && is_text(Path::new("x.service")));
        assert!(!is_text(Path::new("a/b.csv")) && !is_text(Path::new("Cargo.lock")));
    }
}
