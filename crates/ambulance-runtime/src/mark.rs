//! How far the outbox had come, in a small file beside it: written after each commit, never synced by itself, so it is never ahead of
//! what is durable. An outbox that is found behind its mark has lost entries, though nothing in it looks damaged: a journal that was
//! cut off at its end, or an older copy that was put in its place.
//!
//! A power cut may leave an older mark, or none: then it proves nothing, and nothing is concluded.

use delivery::{
    AppendError, Counts, Gap, LogHead, OutboxStore, Recovered, StoreError, Transaction, Wedged, entry_digest,
};
use model::{LogId, Timestamp};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use wire::log::{Entry, QuarantineReason};

/// `total ‖ log ‖ seq ‖ first bytes of the SHA-256 of these`.
const MARK_BYTES: usize = 40;
const SUMMED_BYTES: usize = 32;

/// How far an outbox had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The heads of all logs, added up: it only grows.
    total: u64,
    /// The last entry.
    log: LogId,
    seq: u64,
}

fn file(data: &Path) -> PathBuf {
    data.join("outbox.mark")
}

impl Mark {
    pub(crate) fn of(heads: &[LogHead]) -> Self {
        let newest = heads.iter().max_by_key(|head| head.begun_at);
        let (log, seq) = newest.map_or((LogId::from_bytes([0; 16]), 0), |head| (head.log, head.head));
        Self { total: heads.iter().map(|head| head.head).sum(), log, seq }
    }

    /// The mark that lies beside an outbox; none where there is none, or a torn one.
    pub(crate) fn read(data: &Path) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
        let bytes = std::fs::read(file(data)).ok()?;
        let (said, sum) = bytes.get(..MARK_BYTES)?.split_at(SUMMED_BYTES);
        let (total, rest) = said.split_first_chunk::<8>()?;
        let (log, seq) = rest.split_first_chunk::<16>()?;
        let is_whole = entry_digest(said).starts_with(sum);
        let seq = u64::from_be_bytes(seq.try_into().ok()?);
        is_whole.then_some(Self { total: u64::from_be_bytes(*total), log: LogId::from_bytes(*log), seq })
    }

    fn bytes(self) -> Vec<u8> {
        let said = [&self.total.to_be_bytes()[..], &self.log.bytes(), &self.seq.to_be_bytes()].concat();
        let sum = entry_digest(&said);
        [&said[..], sum.get(..MARK_BYTES - SUMMED_BYTES).unwrap_or_default()].concat()
    }

    /// Whether an outbox with these heads has lost something.
    pub(crate) fn is_ahead_of(self, heads: &[LogHead]) -> bool {
        self.total > heads.iter().map(|head| head.head).sum()
    }

    /// Adds to a report what this mark knows and the outbox with these heads does not.
    pub(crate) fn tell(self, heads: &[LogHead], mut told: Recovered) -> Recovered {
        let there: u64 = heads.iter().map(|head| head.head).sum();
        let head = heads.iter().find(|head| head.log == self.log).map_or(0, |head| head.head);
        let named = self.seq.saturating_sub(head);
        if named > 0 {
            told.gaps.push(Gap { log: self.log, from: head + 1, through: Some(self.seq) });
        }
        told.logs_may_miss |= self.total.saturating_sub(there) > named;
        told
    }
}

/// Marks how far an outbox has come that was begun anew.
pub(crate) fn leave_mark(data: &Path, heads: &[LogHead]) {
    let left = open(data).and_then(|file| file.write_all_at(&Mark::of(heads).bytes(), 0));
    if let Err(error) = left {
        tracing::warn!(%error, "the outbox leaves no mark");
    }
}

fn open(data: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file(data))
}

/// A store that leaves its mark.
pub(crate) struct Marked<S> {
    store: S,
    mark: Mutex<Mark>,
    file: Option<File>,
}

impl<S: OutboxStore> Marked<S> {
    /// Marks how far a store with these heads has come, from now on as well.
    pub(crate) fn new(store: S, heads: &[LogHead], data: &Path) -> Self {
        let file = open(data).inspect_err(|error| tracing::warn!(%error, "the outbox leaves no mark")).ok();
        let marked = Self { store, mark: Mutex::new(Mark::of(heads)), file };
        marked.note(&[]);
        marked
    }

    fn note(&self, entries: &[(LogId, u64)]) {
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        mark.total = mark.total.saturating_add(entries.len() as u64);
        if let Some((log, seq)) = entries.last() {
            (mark.log, mark.seq) = (*log, *seq);
        }
        if let Some(Err(error)) = self.file.as_ref().map(|file| file.write_all_at(&mark.bytes(), 0)) {
            tracing::debug!(%error, "a mark was not left: an older one stands");
        }
    }
}

impl<S: OutboxStore> OutboxStore for Marked<S> {
    async fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        let names: Vec<_> = transaction.entries.iter().map(|entry| (entry.log, entry.seq)).collect();
        self.store.append(transaction, at).await?;
        if !names.is_empty() {
            self.note(&names);
        }
        Ok(())
    }
    async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        self.store.heads().await
    }
    async fn read_log(&self, log: LogId, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.store.read_log(log, from, limit).await
    }
    async fn acknowledge(&self, log: LogId, through: u64, at: Timestamp) -> Result<(), StoreError> {
        self.store.acknowledge(log, through, at).await
    }
    async fn reopen(&self, log: LogId, from: u64) -> Result<(), StoreError> {
        self.store.reopen(log, from).await
    }
    async fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.quarantine(log, seq, reason, at).await
    }
    async fn mark_forked(&self, log: LogId, seq: u64) -> Result<(), StoreError> {
        self.store.mark_forked(log, seq).await
    }
    async fn end_log(&self, log: LogId) -> Result<(), StoreError> {
        self.store.end_log(log).await
    }
    async fn import(&self, head: LogHead, entries: Vec<(Entry, Timestamp)>, at: Timestamp) -> Result<(), AppendError> {
        self.store.import(head, entries, at).await
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
    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.store.prune(now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delivery::{LogKind, MemoryStore};

    fn entry(log: LogId, seq: u64) -> Entry {
        Entry { log, seq, schema: 1, bytes: vec![1] }
    }

    #[expect(clippy::disallowed_methods, reason = "a mark is torn by hand")]
    #[tokio::test]
    async fn a_store_behind_its_mark_has_lost_something() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = LogId::from_bytes([7; 16]);
        let marked = Marked::new(MemoryStore::default(), &[], folder.path());
        marked.begin_log(log, LogKind::Unit, Timestamp(1)).await.expect("begins");
        marked.append(Transaction::of(entry(log, 1)), Timestamp(2)).await.expect("appends");
        let before = marked.heads().await.expect("reads");
        marked.append(Transaction::of(entry(log, 2)), Timestamp(3)).await.expect("appends");
        let mark = Mark::read(folder.path()).expect("a mark");
        assert_eq!(mark, Mark { total: 2, log, seq: 2 });
        assert!(!mark.is_ahead_of(&marked.heads().await.expect("reads")));
        assert!(mark.is_ahead_of(&before));
        let none = Recovered { kept: String::new(), entries: 1, gaps: Vec::new(), logs_may_miss: false };
        let told = mark.tell(&before, none.clone());
        assert_eq!((told.gaps, told.logs_may_miss), (vec![Gap { log, from: 2, through: Some(2) }], false));
        assert!(mark.tell(&[], none).gaps.contains(&Gap { log, from: 1, through: Some(2) }));
        // A torn mark proves nothing.
        let path = file(folder.path());
        let mut bytes = std::fs::read(&path).expect("reads");
        bytes[3] ^= 1;
        std::fs::write(&path, &bytes).expect("writes");
        assert_eq!(Mark::read(folder.path()), None);
    }
}
