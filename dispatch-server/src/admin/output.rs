//! What commands print and write.

use crate::edge::write_whole;
use anyhow::{Context as _, Result};
use serde::Serialize;
use std::io::Write as _;
use std::path::Path;

/// Prints text on standard output. A closed pipe is no failure of the command.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("write to standard output"),
        _ => Ok(()),
    }
}

/// One line.
pub(super) fn line(text: &str) -> Result<()> {
    print(&format!("{text}\n"))
}

/// Bytes to a file, or to standard output for `-`.
pub(super) fn write_bytes(target: &Path, bytes: &[u8]) -> Result<()> {
    if target == Path::new("-") {
        return print(&String::from_utf8_lossy(bytes));
    }
    write_whole(target, bytes).with_context(|| format!("write {}", target.display()))
}

/// A result: as JSON where it was asked for, else as lines for a person.
pub(super) fn result(json: Option<&Path>, value: &impl Serialize, lines: &str) -> Result<()> {
    let Some(target) = json else { return print(lines) };
    let mut bytes = serde_json::to_vec_pretty(value).context("write the result as JSON")?;
    bytes.push(b'\n');
    if target != Path::new("-") {
        print(lines)?;
    }
    write_bytes(target, &bytes)
}

/// A file's bytes, at most `max`.
pub(super) fn read_input(path: &Path, max: usize) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let what = || format!("read {}", path.display());
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    let file = std::fs::File::open(path).with_context(what)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX);
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).with_context(what)?;
    anyhow::ensure!(bytes.len() <= max, "read {}: more than {max} bytes", path.display());
    Ok(bytes)
}

/// A file's text.
pub(super) fn read_text_input(path: &Path, max: usize) -> Result<String> {
    let bytes = read_input(path, max)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("read {}: byte {at} is not UTF-8; expected a text in UTF-8", path.display())
    })
}
