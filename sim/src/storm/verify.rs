//! Exactly once: what the tablets recorded against what the server's tables hold, row by row.

use anyhow::Result;
use case::Hash;
use delivery::EntryDigest;
use dispatch_server::DataDir;
use model::LogId;
use serde::Serialize;
use std::collections::BTreeMap;

/// Every log of the fleet: its length and the digest of its last entry, which names all before it (each entry carries the
/// hash of the one before).
#[derive(Debug, Default)]
pub(super) struct Expected(BTreeMap<LogId, (u64, EntryDigest)>);

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Entries that the tablets recorded.
    pub recorded: u64,
    /// Entries on the server, of all logs.
    pub stored: u64,
    /// Recorded and not there.
    pub lost: u64,
    /// There more than once.
    pub doubled: u64,
    /// Logs that end in another entry, or in none at all, or forked.
    pub different: u64,
    /// Entries in quarantine.
    pub quarantined: u64,
    /// Entries of logs that nobody recorded.
    pub unknown: u64,
}

impl Verdict {
    /// Everything that must be zero.
    #[must_use]
    pub const fn violations(&self) -> u64 {
        self.lost + self.doubled + self.different + self.quarantined + self.unknown
    }
}

impl Expected {
    pub(super) fn add(&mut self, log: LogId, head: u64, digest: EntryDigest) {
        self.0.insert(log, (head, digest));
    }
}

/// Counts the rows of a data directory on which no server runs any more.
pub(super) async fn verify(data: &DataDir, expected: &Expected) -> Result<Verdict> {
    let store = data.open_store().await?;
    let counted = store.count_logs().await?;
    store.close().await;
    let mut verdict = Verdict { recorded: expected.0.values().map(|(head, _)| head).sum(), ..Verdict::default() };
    let mut missing = expected.0.clone();
    for log in counted {
        verdict.stored += log.entries;
        verdict.doubled += log.entries.saturating_sub(log.names);
        verdict.quarantined += log.quarantined;
        match missing.remove(&log.log) {
            None => verdict.unknown += log.entries,
            Some((head, digest)) => {
                verdict.lost += head.saturating_sub(log.names);
                let same = log.head == head && log.names == head && log.hash == Hash(digest) && log.forked_at.is_none();
                verdict.different += u64::from(!same);
            }
        }
    }
    verdict.lost += missing.values().map(|(head, _)| head).sum::<u64>();
    verdict.different += missing.len() as u64;
    Ok(verdict)
}
