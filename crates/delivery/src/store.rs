//! The store of the outbox: what it keeps, what it promises, how it fails.
//!
//! Every implementation passes the suite in `contract`. Promises:
//!
//! - [`OutboxStore::append`] is one transaction: all entries and all state changes, or none. When it returns `Ok`, they
//!   survive a power cut.
//! - seq of a log counts from 1 without gaps; the store refuses anything else.
//! - No entry that is not acknowledged is ever removed.
//! - A row that cannot be read is an error that names it; it is never taken for absent.

use core::error::Error;
use core::future::Future;

use model::{CaseId, LogId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wire::log::{Entry, QuarantineReason};

use crate::lane::lane_order;
use crate::limits::{GAPS_MAX, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX, TRANSACTION_ENTRIES_MAX};

/// SHA-256 of an entry's stored bytes: what the event after it carries.
pub type EntryDigest = [u8; 32];

/// The digest of an entry's stored bytes.
#[must_use]
pub fn entry_digest(bytes: &[u8]) -> EntryDigest {
    Sha256::digest(bytes).into()
}

/// What a log is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogKind {
    /// This writer's facts of one case.
    Case(CaseId),
    /// This writer's facts of the unit itself.
    Unit,
}

/// A log to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLog {
    /// Random, never used before.
    pub log: LogId,
    /// What it is about.
    pub kind: LogKind,
}

/// What a store knows of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// The log.
    pub log: LogId,
    /// What it is about.
    pub kind: LogKind,
    /// When it was begun (this device's UTC).
    pub begun_at: Timestamp,
    /// No longer the crew's current work; only a lane, entries may still follow.
    pub closed: bool,
    /// Newest seq; 0 while empty.
    pub head: u64,
    /// Everything up to here is durable on the server.
    pub acknowledged: u64,
    /// Oldest seq whose content is still here; `head + 1` when none is.
    pub kept_from: u64,
    /// Set when nothing from this seq on can be delivered under its name: the server holds other bytes there, or the row is
    /// damaged. What stands before it still waits and is sent.
    pub forked_at: Option<u64>,
    /// Nothing is appended any more (taken over from a damaged store, or given up behind a damaged row); what waits is
    /// still sent.
    pub ended: bool,
    /// Digest of the newest entry; stays when the entry was pruned.
    pub digest: Option<EntryDigest>,
}

impl LogHead {
    /// A log without entries.
    #[must_use]
    pub const fn new(log: LogId, kind: LogKind, begun_at: Timestamp) -> Self {
        Self {
            log,
            kind,
            begun_at,
            closed: false,
            head: 0,
            acknowledged: 0,
            kept_from: 1,
            forked_at: None,
            ended: false,
            digest: None,
        }
    }
    /// The case that it is about, if it is one.
    #[must_use]
    pub const fn case(&self) -> Option<CaseId> {
        match self.kind {
            LogKind::Case(case) => Some(case),
            LogKind::Unit => None,
        }
    }
    /// The last seq that can be delivered under its name.
    #[must_use]
    pub const fn end(&self) -> u64 {
        match self.forked_at {
            Some(forked_at) if forked_at <= self.head => forked_at.saturating_sub(1),
            _ => self.head,
        }
    }
    /// Entries that wait for the server.
    #[must_use]
    pub const fn waiting(&self) -> u64 {
        self.end().saturating_sub(self.acknowledged)
    }
}

/// A change of local state.
#[derive(Clone, PartialEq, Eq)]
pub enum StateChange {
    /// Sets a value.
    Put {
        /// Ids only: keys rest unsealed.
        key: String,
        /// Rests sealed.
        value: Vec<u8>,
    },
    /// Removes a value; nothing happens when it is absent.
    Delete {
        /// The key.
        key: String,
    },
}

impl StateChange {
    /// The key that changes.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// Keys, never values.
impl core::fmt::Debug for StateChange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Put { key, value } => f.debug_struct("Put").field("key", key).field("len", &value.len()).finish(),
            Self::Delete { key } => f.debug_struct("Delete").field("key", key).finish(),
        }
    }
}

/// One user action: everything in it happens together or not at all. Applied in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Logs to begin.
    pub begin: Vec<NewLog>,
    /// Entries; per log in seq order, going on from its head.
    pub entries: Vec<Entry>,
    /// Logs whose case is closed on this tablet.
    pub close: Vec<LogId>,
    /// Local state.
    pub state: Vec<StateChange>,
}

impl Transaction {
    /// A transaction of one entry.
    #[must_use]
    pub fn of(entry: Entry) -> Self {
        Self { entries: vec![entry], ..Self::default() }
    }

    /// Checks what every store checks before it writes: lengths and counts.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub fn check_limits(&self) -> Result<(), AppendError> {
        if self.entries.len() > TRANSACTION_ENTRIES_MAX {
            return Err(AppendError::TooMany { entries: self.entries.len() });
        }
        for entry in &self.entries {
            if !wire::log::entry_fits(&entry.bytes) {
                return Err(AppendError::TooLong { log: entry.log, seq: entry.seq, bytes: entry.bytes.len() });
            }
        }
        for change in &self.state {
            let long_value = matches!(change, StateChange::Put { value, .. } if value.len() > STATE_VALUE_BYTES_MAX);
            if change.key().len() > STATE_KEY_BYTES_MAX || long_value {
                return Err(AppendError::StateTooLong { key: change.key().chars().take(64).collect() });
            }
        }
        Ok(())
    }

    /// Applies the logs' part of this transaction to a table of heads: the rule that every store shares.
    /// `head_of` reads the present head of a log, `None` for an unknown one. Returns each log that changes, as it will be.
    ///
    /// # Errors
    /// [`AppendError`] when a log exists already, is unknown, is forked, was ended, or an entry is not the next one.
    pub fn heads_after(
        &self,
        at: Timestamp,
        head_of: impl Fn(LogId) -> Option<LogHead>,
    ) -> Result<Vec<LogHead>, AppendError> {
        self.check_limits()?;
        let mut changed = std::collections::BTreeMap::<LogId, LogHead>::new();
        for new in &self.begin {
            if head_of(new.log).is_some() || changed.contains_key(&new.log) {
                return Err(AppendError::LogExists { log: new.log });
            }
            changed.insert(new.log, LogHead::new(new.log, new.kind, at));
        }
        let present = |changed: &std::collections::BTreeMap<LogId, LogHead>, log: LogId| {
            changed.get(&log).copied().or_else(|| head_of(log)).ok_or(AppendError::UnknownLog { log })
        };
        for entry in &self.entries {
            let mut head = present(&changed, entry.log)?;
            if head.forked_at.is_some() {
                return Err(AppendError::Forked { log: entry.log });
            }
            if head.ended {
                return Err(AppendError::Ended { log: entry.log });
            }
            let expected = head.head.saturating_add(1);
            if entry.seq != expected {
                return Err(AppendError::NotNext { log: entry.log, expected, got: entry.seq });
            }
            head.head = entry.seq;
            head.digest = Some(entry_digest(&entry.bytes));
            changed.insert(entry.log, head);
        }
        for log in &self.close {
            let mut head = present(&changed, *log)?;
            head.closed = true;
            changed.insert(*log, head);
        }
        Ok(changed.into_values().collect())
    }
}

/// Checks an import against what is known of its log, and returns the head as it will stand: the rule that every store
/// shares.
///
/// # Errors
/// [`AppendError::LogExists`] unless the log was taken over with this very head; [`AppendError::NotNext`] for an entry
/// outside `kept_from..=head`; the limits of a transaction.
pub fn imported_head(
    head: LogHead,
    known: Option<LogHead>,
    entries: &[(Entry, Timestamp)],
) -> Result<LogHead, AppendError> {
    let head = LogHead { ended: true, ..head };
    if known.is_some_and(|known| known != head) {
        return Err(AppendError::LogExists { log: head.log });
    }
    if entries.len() > TRANSACTION_ENTRIES_MAX {
        return Err(AppendError::TooMany { entries: entries.len() });
    }
    for (entry, _) in entries {
        if entry.log != head.log || !(head.kept_from..=head.head).contains(&entry.seq) {
            return Err(AppendError::NotNext { log: head.log, expected: head.kept_from, got: entry.seq });
        }
        if !wire::log::entry_fits(&entry.bytes) {
            return Err(AppendError::TooLong { log: entry.log, seq: entry.seq, bytes: entry.bytes.len() });
        }
    }
    Ok(head)
}

/// An entry that the server can never accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wedged {
    /// The log.
    pub log: LogId,
    /// The entry.
    pub seq: u64,
    /// The server's reason.
    pub reason: QuarantineReason,
    /// When this device learned of it.
    pub at: Timestamp,
}

/// Entries that were recorded and can no longer be read on this device. The server may still have them: its position in
/// the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The log.
    pub log: LogId,
    /// First seq that cannot be read.
    pub from: u64,
    /// Last one; `None` when nothing left tells how far the log went.
    pub through: Option<u64>,
}

/// What became of a store that could not be used: said to the crew and to the server, never silently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Where the old file is kept.
    pub kept: String,
    /// Entries that were read from it and stand in the new store.
    pub entries: u64,
    /// What could not be read; shortened beyond [`GAPS_MAX`].
    pub gaps: Vec<Gap>,
    /// Whole logs may be missing that nothing names any more: parts of the file are in no readable form, or its key is
    /// lost (then `entries` is 0).
    pub logs_may_miss: bool,
}

impl Recovered {
    /// This report on a store that had itself taken over from a damaged one, whose report nobody has seen: both.
    #[must_use]
    pub fn after(mut self, earlier: Self) -> Self {
        // What was known of a log's end counts no more when less of it is left.
        let open = |log| self.gaps.iter().find(|gap| gap.log == log && gap.through.is_none()).map(|gap| gap.from);
        let mut still = earlier.gaps;
        still.retain(|gap| open(gap.log).is_none_or(|from| gap.from < from));
        self.gaps.extend(still);
        self.gaps.sort();
        self.gaps.dedup();
        shorten(&mut self.gaps);
        self.logs_may_miss |= earlier.logs_may_miss;
        self
    }
}

/// Sorts gaps; beyond [`GAPS_MAX`] each log keeps its first one, open-ended.
pub fn shorten(gaps: &mut Vec<Gap>) {
    gaps.sort();
    if gaps.len() > GAPS_MAX {
        gaps.dedup_by_key(|gap| gap.log);
        gaps.iter_mut().for_each(|gap| gap.through = None);
    }
}

/// What the crew always sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that wait for the server.
    pub waiting: u64,
    /// When the oldest of them was recorded (the earliest of each log's first waiting entry).
    pub oldest_waiting_at: Option<Timestamp>,
    /// Entries that the server can never accept.
    pub wedged: u64,
    /// Logs that ended in a fork.
    pub forked: u64,
}

/// A store that cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row does not open under its name: torn, tampered with, or moved from another place.
    #[error("the outbox row of log {log} seq {seq} is damaged")]
    DamagedEntry {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
    },
    /// The row of a log itself is damaged; `head` is what it claims.
    #[error("the outbox row of log {log} (head {head}) is damaged")]
    DamagedLog {
        /// The log.
        log: LogId,
        /// The claimed head.
        head: u64,
    },
    /// A row of local state does not open under its key.
    #[error("the local state {key:?} is damaged")]
    DamagedState {
        /// The key.
        key: String,
    },
    /// The log is not in this store.
    #[error("log {log} is not in this outbox")]
    UnknownLog {
        /// The log.
        log: LogId,
    },
    /// The server claims more than this log holds; the caller treats it as a fork.
    #[error("log {log} holds {head} entries, but {through} are said to be durable")]
    BeyondHead {
        /// The log.
        log: LogId,
        /// What the store holds.
        head: u64,
        /// What was claimed.
        through: u64,
    },
    /// The disk is full; nothing was written.
    #[error("the disk of the outbox is full")]
    DiskFull,
    /// The file of the store is damaged.
    #[error("the outbox file is damaged")]
    DamagedFile(#[source] Box<dyn Error + Send + Sync>),
    /// Any other failure of the medium; nothing was written.
    #[error("use the outbox")]
    Medium(#[source] Box<dyn Error + Send + Sync>),
}

/// A transaction that was not written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The entry is not the next of its log.
    #[error("log {log} goes on at seq {expected}, not {got}")]
    NotNext {
        /// The log.
        log: LogId,
        /// The next seq.
        expected: u64,
        /// What was given.
        got: u64,
    },
    /// The log was never begun in this store.
    #[error("log {log} was not begun in this outbox")]
    UnknownLog {
        /// The log.
        log: LogId,
    },
    /// The log was begun before; an id is never used twice.
    #[error("log {log} was begun before")]
    LogExists {
        /// The log.
        log: LogId,
    },
    /// The log ended in a fork; the caller begins a new one and records there.
    #[error("log {log} ended in a fork")]
    Forked {
        /// The log.
        log: LogId,
    },
    /// The log was ended; the caller begins a new one and records there.
    #[error("log {log} was ended")]
    Ended {
        /// The log.
        log: LogId,
    },
    /// Longer than [`wire::limits::ENTRY_BYTES_MAX`].
    #[error("the entry of log {log} seq {seq} has {bytes} bytes, which is too long")]
    TooLong {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// Its length.
        bytes: usize,
    },
    /// More than [`TRANSACTION_ENTRIES_MAX`].
    #[error("a transaction of {entries} entries is too large")]
    TooMany {
        /// Entries given.
        entries: usize,
    },
    /// Key or value of local state too long.
    #[error("the local state {key:?} is too long")]
    StateTooLong {
        /// The start of the key.
        key: String,
    },
    /// The store failed.
    #[error("write to the outbox")]
    Store(#[from] StoreError),
}

/// The durable outbox of one device, with the local state that changes together with it.
///
/// `at` and `now` are this device's UTC. A dropped future may or may not have written; the next call sees the truth.
pub trait OutboxStore: Send + Sync {
    /// Writes one transaction durably.
    fn append(&self, transaction: Transaction, at: Timestamp) -> impl Future<Output = Result<(), AppendError>> + Send;

    /// All logs, sorted by id.
    fn heads(&self) -> impl Future<Output = Result<Vec<LogHead>, StoreError>> + Send;

    /// Up to `limit` kept entries of a log from seq `from` on, in seq order; empty when none is kept there. The first
    /// damaged one among them is the error.
    fn read_log(
        &self,
        log: LogId,
        from: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// The server holds everything up to `through`. Never moves backwards; repeating it changes nothing.
    fn acknowledge(
        &self,
        log: LogId,
        through: u64,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The server lost what it had acknowledged from `from` on (restored from a backup): those entries wait again.
    fn reopen(&self, log: LogId, from: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The server can never accept this entry. The first reason stays.
    fn quarantine(
        &self,
        log: LogId,
        seq: u64,
        reason: QuarantineReason,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The server holds other bytes from `seq` on: the log ends there. The lowest place stays.
    fn mark_forked(&self, log: LogId, seq: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Nothing is appended to this log any more; what waits in it is still sent. Repeating it changes nothing.
    fn end_log(&self, log: LogId) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes over a log of a damaged store of this device, or more entries of one that was taken over: one
    /// transaction. The log is ended here. Each entry comes once, with the time at which it was recorded; those within
    /// `kept_from..=head` that never come are damaged ([`StoreError::DamagedEntry`]). What is acknowledged counts
    /// as acknowledged at `at`.
    fn import(
        &self,
        head: LogHead,
        entries: Vec<(Entry, Timestamp)>,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), AppendError>> + Send;

    /// All wedged entries, sorted by log and seq.
    fn wedged(&self) -> impl Future<Output = Result<Vec<Wedged>, StoreError>> + Send;

    /// What the crew always sees.
    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// A value of local state.
    fn state(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// All local state whose key starts with `prefix`, sorted by key.
    fn states(&self, prefix: &str) -> impl Future<Output = Result<Vec<(String, Vec<u8>)>, StoreError>> + Send;

    /// Removes entries that were acknowledged [`crate::limits::ACKED_KEEP_US`] ago or earlier; always a log's oldest, at
    /// most [`crate::limits::PRUNE_ENTRIES_MAX`]. Returns how many; 0 means that nothing is left to remove.
    fn prune(&self, now: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Begins a log on its own; usually it is part of the transaction with its first entry.
    fn begin_log(
        &self,
        log: LogId,
        kind: LogKind,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), AppendError>> + Send {
        self.append(Transaction { begin: vec![NewLog { log, kind }], ..Transaction::default() }, at)
    }

    /// Up to `limit` waiting entries in the order of sending (lanes, then seq).
    fn pending(&self, limit: usize) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send {
        async move {
            let heads = self.heads().await?;
            let mut entries = Vec::new();
            for (_, log) in lane_order(&heads) {
                let Some(head) = heads.iter().find(|head| head.log == log && head.waiting() > 0) else {
                    continue;
                };
                let room = limit.saturating_sub(entries.len());
                if room == 0 {
                    break;
                }
                entries.extend(self.read_log(log, head.acknowledged.saturating_add(1), room).await?);
            }
            Ok(entries)
        }
    }
}
