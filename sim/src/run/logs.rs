//! The cases' logs as files: one a case, one stored event a line.

use anyhow::{Context, Result};
use base64::Engine as _;
use case::Stored;
use model::{CaseId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    position: u64,
    received_at: i64,
    log: String,
    seq: u64,
    schema: u16,
    kind: &'a str,
    bytes: String,
}

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
        let line = Line {
            position: *position,
            received_at: received_at.0,
            log: stored.name.log.to_string(),
            seq: stored.name.seq,
            schema: stored.schema,
            kind: event.body.kind(),
            bytes: base64::engine::general_purpose::STANDARD.encode(&stored.bytes),
        };
        writeln!(text, "{}", serde_json::to_string(&line).context("write a line")?).context("write a line")?;
    }
    let written = cases.len();
    for (case, (_, text)) in cases {
        let path = folder.join(format!("{case}.jsonl"));
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(written)
}
