//! A scenario by the name under which it ships, or from a file.

use crate::scenario::{MAX_SCENARIO_BYTES, SHIPPED, Scenario, ScenarioError, shipped};
use anyhow::{Context, Result};
use std::io::Read;
use std::path::Path;

/// The scenario, checked, and its text.
///
/// # Errors
/// Neither a name nor a file, a file that cannot be read, or a [`ScenarioError`] with line and field.
pub fn load(name: &str) -> Result<(Scenario, String)> {
    if let Some(one) = shipped(name) {
        return Ok((Scenario::shipped(name)?, one.toml.to_owned()));
    }
    let path = Path::new(name);
    if !path.exists() {
        let known: Vec<&str> = SHIPPED.iter().map(|one| one.name).collect();
        return Err(ScenarioError::Unknown { name: name.to_owned(), known: known.join(", ") }.into());
    }
    let bytes = read(path).with_context(|| format!("read {name}"))?;
    let scenario = Scenario::parse(name, &bytes)?;
    Ok((scenario, String::from_utf8_lossy(&bytes).into_owned()))
}

/// At most a little more than is allowed: the parser says that it is too long.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let file = std::fs::File::open(path)?;
    file.take(MAX_SCENARIO_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
