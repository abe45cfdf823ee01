//! A database file that breaks between two runs: bytes turned over, pages emptied, ends cut off, at places drawn from a seed.

use anyhow::{Context, Result};
use model::RngStreams;
use rand::RngExt;
use std::path::Path;

/// What can happen to a file.
const KINDS: u8 = 5;

/// Breaks one file. Returns what was done to it, for the report.
///
/// # Errors
/// When the file cannot be read or written.
pub fn damage(path: &Path, seed: u64) -> Result<String> {
    let mut rng = RngStreams::from_u64(seed).stream("damage");
    let mut bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    if bytes.is_empty() {
        return Ok("empty already".into());
    }
    let place = rng.random_range(0..bytes.len());
    let what = match rng.random_range(0..KINDS) {
        3 => {
            bytes.truncate(place);
            format!("cut at {place}")
        }
        0 => {
            bytes[place] ^= 1 << rng.random_range(0..8_u8);
            format!("one bit at {place}")
        }
        1 => {
            let end = (place + rng.random_range(1..64_usize)).min(bytes.len());
            rng.fill(&mut bytes[place..end]);
            format!("noise at {place}..{end}")
        }
        2 => {
            let page = place / 4096 * 4096;
            let end = (page + 4096).min(bytes.len());
            bytes[page..end].fill(0);
            format!("zeros at {page}..{end}")
        }
        _ => {
            for _ in 0..20 {
                let n = rng.random_range(0..bytes.len());
                bytes[n] = rng.random();
            }
            "noise at twenty places".to_owned()
        }
    };
    std::fs::write(path, &bytes).with_context(|| format!("write {}", path.display()))?;
    Ok(format!("{}: {what}", path.file_name().unwrap_or_default().to_string_lossy()))
}
