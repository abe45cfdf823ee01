//! The built programs, and what they leave behind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folder of the built programs: as `cargo xtask test` names it, else beside this test.
pub(crate) fn folder() -> PathBuf {
    if let Some(named) = std::env::var_os("XTASK_BIN_DIR") {
        return named.into();
    }
    let own = std::env::current_exe().unwrap();
    let deps = own.parent().unwrap();
    deps.parent().unwrap().to_path_buf()
}

/// One of them.
pub(crate) fn program(name: &str) -> Command {
    let path = folder().join(name);
    assert!(path.exists(), "{} is not built: cargo build --bins", path.display());
    Command::new(path)
}

/// Processes that were started with this folder as their `TMPDIR`, with their command lines.
pub(crate) fn running_in(tmp: &Path) -> BTreeSet<(u32, String)> {
    let mark = format!("TMPDIR={}\0", tmp.display());
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.windows(mark.len()).any(|w| w == mark.as_bytes()) {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.insert((id, String::from_utf8_lossy(&line).replace('\0', " ")));
        }
    }
    found
}
