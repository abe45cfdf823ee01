//! A store in memory: for the simulator and for tests. It keeps every promise but surviving.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{LogId, Timestamp};
use wire::log::{Entry, QuarantineReason};

use crate::limits::{ACKED_KEEP_US, PRUNE_ENTRIES_MAX};
use crate::store::{
    AppendError, Counts, LogHead, OutboxStore, StateChange, StoreError, Transaction, Wedged, imported_head,
};

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    logs: BTreeMap<LogId, LogHead>,
    entries: BTreeMap<(LogId, u64), Row>,
    wedged: BTreeMap<(LogId, u64), Wedged>,
    state: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Debug)]
struct Row {
    entry: Entry,
    recorded_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A copy as it stands: a cloned disk, or what a crash leaves behind.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { inner: Mutex::new(self.lock().clone()) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic inside never leaves a half-applied change: changes are computed first.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn log_mut(&mut self, log: LogId) -> Result<&mut LogHead, StoreError> {
        self.logs.get_mut(&log).ok_or(StoreError::UnknownLog { log })
    }
}

impl OutboxStore for MemoryStore {
    async fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        let mut inner = self.lock();
        let changed = transaction.heads_after(at, |log| inner.logs.get(&log).copied())?;
        inner.logs.extend(changed.into_iter().map(|head| (head.log, head)));
        for entry in transaction.entries {
            inner.entries.insert((entry.log, entry.seq), Row { entry, recorded_at: at, acknowledged_at: None });
        }
        for change in transaction.state {
            match change {
                StateChange::Put { key, value } => inner.state.insert(key, value),
                StateChange::Delete { key } => inner.state.remove(&key),
            };
        }
        Ok(())
    }

    async fn heads(&self) -> Result<Vec<LogHead>, StoreError> {
        Ok(self.lock().logs.values().copied().collect())
    }

    async fn read_log(&self, log: LogId, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let inner = self.lock();
        let head = inner.logs.get(&log).ok_or(StoreError::UnknownLog { log })?;
        let entry = |seq| inner.entries.get(&(log, seq)).ok_or(StoreError::DamagedEntry { log, seq });
        (from.max(head.kept_from)..=head.head).take(limit).map(|seq| entry(seq).map(|row| row.entry.clone())).collect()
    }

    async fn acknowledge(&self, log: LogId, through: u64, at: Timestamp) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let head = inner.log_mut(log)?;
        if through > head.head {
            return Err(StoreError::BeyondHead { log, head: head.head, through });
        }
        let before = head.acknowledged;
        if through <= before {
            return Ok(());
        }
        head.acknowledged = through;
        for (_, row) in inner.entries.range_mut((log, before + 1)..=(log, through)) {
            row.acknowledged_at = Some(at);
        }
        Ok(())
    }

    async fn reopen(&self, log: LogId, from: u64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let head = inner.log_mut(log)?;
        head.acknowledged = head.acknowledged.min(from.saturating_sub(1));
        for (_, row) in inner.entries.range_mut((log, from)..=(log, u64::MAX)) {
            row.acknowledged_at = None;
        }
        Ok(())
    }

    async fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let head = inner.log_mut(log)?;
        if seq == 0 || seq > head.head {
            return Err(StoreError::BeyondHead { log, head: head.head, through: seq });
        }
        inner.wedged.entry((log, seq)).or_insert(Wedged { log, seq, reason, at });
        Ok(())
    }

    async fn mark_forked(&self, log: LogId, seq: u64) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let cut = &mut inner.log_mut(log)?.forked_at;
        *cut = Some(cut.map_or(seq, |before| before.min(seq)));
        Ok(())
    }

    async fn end_log(&self, log: LogId) -> Result<(), StoreError> {
        self.lock().log_mut(log)?.ended = true;
        Ok(())
    }

    async fn import(&self, head: LogHead, entries: Vec<(Entry, Timestamp)>, at: Timestamp) -> Result<(), AppendError> {
        let mut inner = self.lock();
        let head = imported_head(head, inner.logs.get(&head.log).copied(), &entries)?;
        inner.logs.insert(head.log, head);
        for (entry, recorded_at) in entries {
            let acknowledged_at = (entry.seq <= head.acknowledged).then_some(at);
            let row = Row { entry, recorded_at, acknowledged_at };
            inner.entries.insert((head.log, row.entry.seq), row);
        }
        Ok(())
    }

    async fn wedged(&self) -> Result<Vec<Wedged>, StoreError> {
        Ok(self.lock().wedged.values().copied().collect())
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let inner = self.lock();
        let next_waiting = |head: &LogHead| {
            let mut rows = inner.entries.range((head.log, head.acknowledged + 1)..=(head.log, u64::MAX));
            rows.next().filter(|_| head.waiting() > 0).map(|(_, row)| row.recorded_at)
        };
        Ok(Counts {
            waiting: inner.logs.values().map(LogHead::waiting).sum(),
            oldest_waiting_at: inner.logs.values().filter_map(next_waiting).min(),
            wedged: inner.wedged.len() as u64,
            forked: inner.logs.values().filter(|head| head.forked_at.is_some()).count() as u64,
        })
    }

    async fn state(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().state.get(key).cloned())
    }

    async fn states(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let inner = self.lock();
        let from = inner.state.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(from.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut inner = self.lock();
        let Inner { logs, entries, .. } = &mut *inner;
        let before = entries.len();
        let mut room = PRUNE_ENTRIES_MAX;
        for head in logs.values_mut() {
            let is_kept = |row: &Row| row.acknowledged_at.is_none_or(|at| now.since_us(at) < ACKED_KEEP_US);
            let mut acknowledged = entries.range((head.log, 0)..=(head.log, head.acknowledged));
            let first_kept = acknowledged.find(|(_, row)| is_kept(row)).map(|((_, seq), _)| *seq);
            let kept_from = first_kept.unwrap_or(head.acknowledged + 1).max(head.kept_from);
            let pruned = (kept_from - head.kept_from).min(room);
            head.kept_from += pruned;
            room -= pruned;
        }
        entries.retain(|(log, seq), _| logs.get(log).is_some_and(|head| *seq >= head.kept_from));
        Ok((before - entries.len()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::outbox_contract!(crate::contract::block_on_ready, async || MemoryStore::new());
}
