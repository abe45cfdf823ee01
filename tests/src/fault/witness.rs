//! A store that writes down what its store has promised: the one place where "recorded" becomes true.

use super::journal::{Journal, Line};
use case::Hash;
use delivery::{AppendError, Counts, LogHead, OutboxStore, StoreError, Transaction, Wedged, entry_digest};
use model::{LogId, Timestamp};
use wire::log::{Entry, QuarantineReason};

/// The real store, watched.
pub struct Witness<S> {
    store: S,
    journal: Journal,
}

impl<S> Witness<S> {
    /// Watches a store.
    pub const fn new(store: S, journal: Journal) -> Self {
        Self { store, journal }
    }
}

impl<S: OutboxStore> OutboxStore for Witness<S> {
    async fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        let recorded =
            |entry: &Entry| Line::Recorded { log: entry.log, seq: entry.seq, hash: Hash(entry_digest(&entry.bytes)) };
        let lines: Vec<Line> = transaction.entries.iter().map(recorded).collect();
        let result = self.store.append(transaction, at).await;
        match &result {
            Ok(()) => self.journal.write(&lines),
            Err(_) if lines.is_empty() => {}
            Err(_) => self.journal.write(&[Line::Refused { entries: lines.len() }]),
        }
        result
    }

    /// The core shows an acknowledgement before it has the store keep it: so it is written down first.
    async fn acknowledge(&self, log: LogId, through: u64, at: Timestamp) -> Result<(), StoreError> {
        self.journal.write(&[Line::Acknowledged { log, through }]);
        self.store.acknowledge(log, through, at).await
    }

    async fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.journal.write(&[Line::Wedged { log, seq }]);
        self.store.quarantine(log, seq, reason, at).await
    }

    async fn mark_forked(&self, log: LogId, seq: u64) -> Result<(), StoreError> {
        self.journal.write(&[Line::Forked { log, seq }]);
        self.store.mark_forked(log, seq).await
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        self.store.heads().await
    }
    async fn read_log(&self, log: LogId, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.store.read_log(log, from, limit).await
    }
    async fn reopen(&self, log: LogId, from: u64) -> Result<(), StoreError> {
        self.store.reopen(log, from).await
    }
    async fn wedged(&self) -> Result<Vec<Wedged>, StoreError> {
        self.store.wedged().await
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        self.store.counts().await
    }
    async fn state(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.state(key).await
    }
    async fn states(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.store.states(prefix).await
    }
    async fn end_log(&self, log: LogId) -> Result<(), StoreError> {
        self.store.end_log(log).await
    }
    async fn import(&self, head: LogHead, entries: Vec<(Entry, Timestamp)>, at: Timestamp) -> Result<(), AppendError> {
        self.store.import(head, entries, at).await
    }
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.store.prune(now).await
    }
}
