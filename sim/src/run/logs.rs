//! The cases' logs as files: one a case, one stored event a line.

use anyhow::{Context, Result};
use case::Stored;
use dispatch_core::exported::{FactLine, Line};
use model::{CaseId, Timestamp};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Writes the logs into a folder that is made where it is missing; how many cases.
///
/// # Errors
/// A folder or file that cannot be written; an event that does not read back.
pub(super) fn write(folder: &Path, logs: Vec<(Stored, Timestamp)>) -> Result<usize> {
    let name = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("make {name}"))?;
    let mut cases: BTreeMap<CaseId, (u64, String)> = BTreeMap::new();
    for (stored, received_at) in logs {
        let event = Stored::decode(stored.schema, &stored.bytes).context("read an event back")?;
        let Some(case) = event.subject.case() else { continue };
        let (position, text) = cases.entry(case).or_default();
        *position += 1;
        let line = Line::Fact(FactLine::of(&stored, event.body.kind(), *position, received_at));
        writeln!(text, "{}", line.text().context("write a line")?).context("write a line")?;
    }
    let written = cases.len();
    for (case, (_, text)) in cases {
        let path = folder.join(format!("{case}.jsonl"));
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(written)
}
