//! The cases' logs as files for `sim replay`: one a case, one stored event or choice a line.

use crate::world::CaseLog;
use anyhow::{Context, Result};
use case::Stored;
use dispatch_core::exported::{FactLine, Line};
use std::path::Path;

/// Writes the logs into a folder that is made where it is missing; how many cases.
///
/// # Errors
/// A folder or file that cannot be written; an event that does not read back.
pub(super) fn write(folder: &Path, logs: Vec<CaseLog>) -> Result<usize> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let written = logs.len();
    for log in logs {
        let path = folder.join(format!("{}.jsonl", log.case));
        let text = text(log)?;
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(written)
}

fn text(log: CaseLog) -> Result<String> {
    let mut text = String::new();
    for (position, (stored, received_at)) in (1..).zip(&log.events) {
        let event = Stored::decode(stored.schema, &stored.bytes).context("read an event back")?;
        text += &Line::Fact(FactLine::of(stored, event.body.kind(), position, *received_at)).text()?;
        text.push('\n');
    }
    for choice in log.choices {
        text += &Line::Decision(choice).text()?;
        text.push('\n');
    }
    Ok(text)
}
