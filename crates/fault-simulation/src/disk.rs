//! A tablet's disk: the store's promises, kept in memory, and what damage does to single rows.

use ambulance_core::Restored;
use delivery::contract::block_on_ready;
use delivery::{AppendError, LogHead, MemoryStore, OutboxStore, ReadRequest, StoreError, StoreOrder, Transaction};
use model::{LogId, Timestamp};
use std::collections::BTreeSet;
use wire::log::Entry;

/// Entries read at once when a tablet starts.
const PAGE: usize = 64;

/// One disk. Its number names it for the oracle.
pub(crate) struct Disk {
    pub(crate) number: u32,
    store: MemoryStore,
    damaged: BTreeSet<(LogId, u64)>,
}

impl Disk {
    pub(crate) fn new(number: u32) -> Self {
        Self { number, store: MemoryStore::new(), damaged: BTreeSet::new() }
    }

    pub(crate) fn copy(&self, number: u32) -> Self {
        Self { number, store: self.store.copy(), damaged: self.damaged.clone() }
    }

    pub(crate) fn append(&self, transaction: Transaction, at: Timestamp) -> Result<(), AppendError> {
        block_on_ready(self.store.append(transaction, at))
    }

    pub(crate) fn carry_out(&self, order: StoreOrder, at: Timestamp) -> Result<(), StoreError> {
        block_on_ready(async {
            match order {
                StoreOrder::Acknowledge { log, through } => self.store.acknowledge(log, through, at).await,
                StoreOrder::Reopen { log, from } => self.store.reopen(log, from).await,
                StoreOrder::Quarantine { log, seq, reason } => self.store.quarantine(log, seq, reason, at).await,
                StoreOrder::MarkForked { log, seq } => self.store.mark_forked(log, seq).await,
            }
        })
    }

    pub(crate) fn read(&self, request: ReadRequest) -> Result<Vec<Entry>, StoreError> {
        let ReadRequest { log, from, limit } = request;
        let entries = block_on_ready(self.store.read_log(log, from, limit))?;
        match entries.iter().find(|entry| self.damaged.contains(&(log, entry.seq))) {
            Some(entry) => Err(StoreError::DamagedEntry { log, seq: entry.seq }),
            None => Ok(entries),
        }
    }

    pub(crate) fn heads(&self) -> Vec<LogHead> {
        block_on_ready(self.store.heads()).unwrap_or_default()
    }

    pub(crate) fn counts(&self) -> delivery::Counts {
        block_on_ready(self.store.counts()).unwrap_or_default()
    }

    pub(crate) fn wedged(&self) -> Vec<delivery::Wedged> {
        block_on_ready(self.store.wedged()).unwrap_or_default()
    }

    /// Every entry that can be read.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for head in self.heads() {
            entries.extend(self.readable(&head));
        }
        entries
    }

    /// Every entry as it was written.
    pub(crate) fn entries_before_damage(&self) -> Vec<Entry> {
        Self { damaged: BTreeSet::new(), ..self.copy(self.number) }.entries()
    }

    fn readable(&self, head: &LogHead) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut from = head.kept_from;
        while from <= head.head {
            match self.read(ReadRequest { log: head.log, from, limit: PAGE }) {
                Ok(page) => {
                    let Some(last) = page.last().map(|entry| entry.seq) else { break };
                    from = last + 1;
                    entries.extend(page);
                }
                Err(StoreError::DamagedEntry { seq, .. }) if seq > from => {
                    let limit = usize::try_from(seq - from).unwrap_or(PAGE);
                    entries.extend(self.read(ReadRequest { log: head.log, from, limit }).unwrap_or_default());
                    from = seq + 1;
                }
                Err(_) => from += 1,
            }
        }
        entries
    }

    /// What a starting tablet finds.
    pub(crate) fn restored(&self) -> Restored {
        let heads = self.heads();
        let entries = heads.iter().flat_map(|head| self.readable(head)).collect();
        Restored {
            entries,
            wedged: self.wedged(),
            states: block_on_ready(self.store.states("")).unwrap_or_default(),
            counts: self.counts(),
            heads,
            ..Restored::default()
        }
    }

    /// Makes a row unreadable.
    pub(crate) fn damage(&mut self, log: LogId, seq: u64) {
        self.damaged.insert((log, seq));
    }
}
