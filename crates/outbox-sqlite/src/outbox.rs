//! The outbox as its users see it: whoever is told of damage finds the file checked whole at the next start.

use std::path::Path;

use delivery::{AppendError, Counts, LogHead, OutboxStore, StoreError, Transaction, Wedged};
use model::{LogId, Timestamp};
use wire::log::{Entry, QuarantineReason};

use crate::store::Tables;
use crate::suspect::Suspect;

/// The outbox of one device; made by [`SqliteOutbox::open`]. Calls take turns.
pub struct SqliteOutbox {
    tables: Tables,
    suspect: Suspect,
}

impl SqliteOutbox {
    pub(crate) fn new(tables: Tables, path: &Path) -> Self {
        Self { tables, suspect: Suspect::of(path) }
    }

    /// Closes the database in an orderly way (the journal is merged and removed).
    ///
    /// # Errors
    /// [`StoreError`] when the merge fails; nothing is lost, the next opening does it.
    pub async fn close(self) -> Result<(), StoreError> {
        self.suspect.note(self.tables.close().await)
    }
}

impl OutboxStore for SqliteOutbox {
    async fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        self.suspect.note(self.tables.append(transaction, at).await)
    }
    async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        self.suspect.note(self.tables.heads().await)
    }
    async fn read_log(&self, log: LogId, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let read = self.tables.read_log(log, from, limit).await;
        match read {
            // Known already: it makes nothing suspect.
            Err(StoreError::DamagedEntry { seq, .. }) if self.tables.is_written_off(log, seq).await => read,
            _ => self.suspect.note(read),
        }
    }
    async fn acknowledge(&self, log: LogId, through: u64, at: Timestamp) -> Result<(), StoreError> {
        self.suspect.note(self.tables.acknowledge(log, through, at).await)
    }
    async fn reopen(&self, log: LogId, from: u64) -> Result<(), StoreError> {
        self.suspect.note(self.tables.reopen(log, from).await)
    }
    async fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.suspect.note(self.tables.quarantine(log, seq, reason, at).await)
    }
    async fn mark_forked(&self, log: LogId, seq: u64) -> Result<(), StoreError> {
        self.suspect.note(self.tables.mark_forked(log, seq).await)
    }
    async fn end_log(&self, log: LogId) -> Result<(), StoreError> {
        self.suspect.note(self.tables.end_log(log).await)
    }
    async fn import(&self, head: LogHead, entries: Vec<(Entry, Timestamp)>, at: Timestamp) -> Result<(), AppendError> {
        self.suspect.note(self.tables.import(head, entries, at).await)
    }
    async fn wedged(&self) -> Result<Vec<Wedged>, StoreError> {
        self.suspect.note(self.tables.wedged().await)
    }
    async fn counts(&self) -> Result<Counts, StoreError> {
        self.suspect.note(self.tables.counts().await)
    }
    async fn state(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.suspect.note(self.tables.state(key).await)
    }
    async fn states(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.suspect.note(self.tables.states(prefix).await)
    }
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.suspect.note(self.tables.prune(now).await)
    }
}
