//! Exactly once: what the tablets hold against what the server's tables hold, log by log.

use super::tablet::Outbox;
use anyhow::{Context, Result};
use case::Hash;
use delivery::EntryDigest;
use dispatch_server::DataDir;
use dispatch_server::store::LogCount;
use model::LogId;
use serde::Serialize;
use std::collections::BTreeMap;

/// What was found. Everything but the first three must be zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Entries that tablets recorded.
    pub recorded: u64,
    /// Entries of tablets on the server.
    pub stored: u64,
    /// Entries that the server wrote itself.
    pub by_server: u64,
    /// Recorded and not there.
    pub lost: u64,
    /// There more than once.
    pub doubled: u64,
    /// Logs that end in another entry than the tablet's, or forked.
    pub different: u64,
    /// Entries in quarantine.
    pub quarantined: u64,
    /// Entries of tablets' logs that no tablet has.
    pub unknown: u64,
    /// Entries that a tablet still holds for unacknowledged.
    pub waiting: u64,
}

impl Verdict {
    /// Whether nothing is lost, doubled, different or left over.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.different + self.quarantined + self.unknown + self.waiting == 0
    }
}

/// Where every log of the fleet ends: its length and the digest of its last entry, which names all before it.
#[derive(Debug, Default)]
pub(super) struct Expected {
    logs: BTreeMap<LogId, (u64, EntryDigest)>,
    waiting: u64,
}

impl Expected {
    /// What one tablet holds.
    pub(super) async fn add(&mut self, outbox: &Outbox) -> Result<()> {
        for head in outbox.heads().await.context("read an outbox")? {
            self.logs.insert(head.log, (head.head, head.digest.unwrap_or_default()));
            self.waiting += head.head.saturating_sub(head.acknowledged);
        }
        Ok(())
    }

    /// Counts the rows of a data directory on which no server runs any more.
    pub(super) async fn verify(self, data: &DataDir) -> Result<Verdict> {
        let store = data.open_store().await?;
        let counted = store.count_logs().await?;
        store.close().await;
        Ok(self.compare(counted))
    }

    fn compare(self, counted: Vec<LogCount>) -> Verdict {
        let recorded = self.logs.values().map(|(head, _)| head).sum();
        let mut verdict = Verdict { recorded, waiting: self.waiting, ..Verdict::default() };
        let mut missing = self.logs;
        for log in counted {
            verdict.doubled += log.entries.saturating_sub(log.names);
            verdict.quarantined += log.quarantined;
            if log.by_server {
                verdict.by_server += log.entries;
                continue;
            }
            verdict.stored += log.entries;
            match missing.remove(&log.log) {
                None => verdict.unknown += log.entries,
                Some((head, digest)) => {
                    verdict.lost += head.saturating_sub(log.names);
                    let same = log.head == head && log.hash == Hash(digest) && log.forked_at.is_none();
                    verdict.different += u64::from(!same);
                }
            }
        }
        verdict.lost += missing.values().map(|(head, _)| head).sum::<u64>();
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(log: u8, head: u64, by_server: bool) -> LogCount {
        LogCount {
            log: LogId::from_bytes([log; 16]),
            by_server,
            head,
            hash: Hash([log; 32]),
            entries: head,
            names: head,
            quarantined: 0,
            forked_at: None,
        }
    }

    fn expected(logs: &[(u8, u64)]) -> Expected {
        let logs = logs.iter().map(|(log, head)| (LogId::from_bytes([*log; 16]), (*head, [*log; 32])));
        Expected { logs: logs.collect(), waiting: 0 }
    }

    #[test]
    fn the_server_s_own_logs_are_no_tablet_s() {
        let verdict = expected(&[(1, 4)]).compare(vec![counted(1, 4, false), counted(9, 3, true)]);
        assert!(verdict.is_clean() && verdict.by_server == 3 && verdict.stored == 4, "{verdict:?}");
    }

    #[test]
    fn a_lost_entry_a_foreign_log_and_a_second_row_are_found() {
        let short = expected(&[(1, 4), (2, 2)]).compare(vec![counted(1, 3, false)]);
        assert_eq!((short.lost, short.different), (1 + 2, 1));
        assert_eq!(expected(&[]).compare(vec![counted(1, 3, false)]).unknown, 3);
        let twice = LogCount { entries: 5, ..counted(1, 4, false) };
        assert_eq!(expected(&[(1, 4)]).compare(vec![twice]).doubled, 1);
    }
}
