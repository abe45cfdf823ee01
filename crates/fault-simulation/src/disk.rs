//! A tablet's disk: the store's promises, kept in memory, and what damage does to single rows.

use crate::broken::Break;
use crate::dice::Dice;
use ambulance_core::{RECOVERED_KEY, Restored};
use delivery::contract::block_on_ready;
use delivery::{
    AppendError, LogHead, MemoryStore, OutboxStore, ReadRequest, Recovered, StateChange, StoreError, StoreOrder,
    Transaction,
};
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
            recovered: self.report(),
        }
    }

    fn report(&self) -> Option<Recovered> {
        let report = block_on_ready(self.store.state(RECOVERED_KEY)).ok().flatten()?;
        wire::codec::decode(&report).ok()
    }

    /// A new disk that takes over what is readable of this one, as the tablet's runtime does after its file broke: logs
    /// end, some have lost rows in their middle, some their own row, their end and the knowledge of how far they went.
    /// Returns the rows that are gone as well, and whether it forgot how far a log was recorded again.
    pub(crate) fn taken_over(&self, number: u32, at: Timestamp, dice: &mut Dice) -> (Self, Vec<(LogId, u64)>, bool) {
        let new = Self { number, store: MemoryStore::new(), damaged: self.damaged.clone() };
        let (mut gaps, mut gone) = (Vec::new(), Vec::new());
        for head in self.heads() {
            let break_of = Break::draw(&head, self.readable(&head), dice);
            gone.extend(break_of.gone(&head));
            gaps.extend(break_of.gaps());
            let Break { head, rows, .. } = break_of;
            let rows = rows.into_iter().filter(|row| row.seq >= head.kept_from).map(|row| (row, at)).collect();
            new.must(block_on_ready(new.store.import(head, rows, at)), "import");
        }
        for wedged in self.wedged() {
            // One whose row is gone is not known any more either.
            drop(block_on_ready(new.store.quarantine(wedged.log, wedged.seq, wedged.reason, wedged.at)));
        }
        let entries = new.entries().len() as u64;
        let report = Recovered { kept: format!("disk {}", self.number), entries, gaps, logs_may_miss: false };
        let report = match self.report() {
            Some(earlier) => report.after(earlier),
            None => report,
        };
        let mut state = block_on_ready(self.store.states("")).unwrap_or_default();
        state.retain(|(key, _)| key != RECOVERED_KEY);
        let known = state.len();
        // How far a log was recorded again may stand in a page that broke.
        state.retain(|(key, _)| !(key.starts_with("again/") && dice.chance(300)));
        let forgot = state.len() < known;
        state.extend(wire::codec::encode(&report).ok().map(|value| (RECOVERED_KEY.to_owned(), value)));
        let state = state.into_iter().map(|(key, value)| StateChange::Put { key, value }).collect();
        new.must(new.append(Transaction { state, ..Transaction::default() }, at), "the report");
        (new, gone, forgot)
    }

    #[expect(clippy::panic, reason = "a store in memory that refuses is a mistake of the simulation")]
    fn must(&self, done: Result<(), AppendError>, what: &str) {
        if let Err(error) = done {
            panic!("disk {}: {what}: {error}", self.number);
        }
    }

    /// Makes a row unreadable.
    pub(crate) fn damage(&mut self, log: LogId, seq: u64) {
        self.damaged.insert((log, seq));
    }
}
