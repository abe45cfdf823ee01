//! Limits of delivery. One place; beside each stands what happens at the limit.

/// How long an acknowledged entry stays in the outbox (72 h, in microseconds), then [`crate::OutboxStore::prune`]
/// removes its content: a server restored from an older backup can ask for it again within that time.
pub const ACKED_KEEP_US: i64 = 72 * 60 * 60 * 1_000_000;

/// Most entries that one call of [`crate::OutboxStore::prune`] removes: a stamp never waits for more. The caller comes
/// again until nothing is left.
pub const PRUNE_ENTRIES_MAX: u64 = 256;

/// Most entries in one transaction; more is refused ([`crate::AppendError::TooMany`]).
pub const TRANSACTION_ENTRIES_MAX: usize = 256;

/// Longest key of local state in bytes; a longer one is refused ([`crate::AppendError::StateTooLong`]).
/// Keys hold ids only: they rest unsealed.
pub const STATE_KEY_BYTES_MAX: usize = 200;

/// Longest value of local state in bytes; a longer one is refused ([`crate::AppendError::StateTooLong`]).
pub const STATE_VALUE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most logs that offer or have batches in flight at one time. The others wait for their lane's turn; the newest
/// open case never waits for this.
pub const ACTIVE_LOGS_MAX: usize = 4;

/// Most batches of one log in flight. The next is read from the store when one is acknowledged.
pub const BATCHES_IN_FLIGHT_MAX: u32 = 2;

/// How long a log waits for a reply that moves it forward (30 s, in microseconds), on top of the time that everything on
/// its way needs at [`REPLY_RATE_MIN`]; then it backs off and offers again. A dead link is found
/// sooner by its probe; on one that lives nothing is lost, so this finds a server that answers late because a whole fleet came back:
/// with 10 s, 5,334 tablets with 40 entries each backed off while the server had nothing to do, and took 83 s.
pub const REPLY_TIMEOUT_US: u64 = 30_000_000;

/// The slowest link, bytes per second, on which a reply in time is still expected (a quarter of 64 kbit/s).
pub const REPLY_RATE_MIN: u64 = 2_000;

/// Most bytes of events in one batch that this side sends; a single longer entry goes alone. On 64 kbit/s it is on its
/// way for two seconds. [`wire::limits::BATCH_BYTES_MAX`] is what a server takes.
pub const SEND_BATCH_BYTES_MAX: usize = 16 * 1024;

/// First wait before a retry (0.5 s, in microseconds); doubles with every failure in a row.
pub const BACKOFF_FIRST_US: u64 = 500_000;

/// Longest wait before a retry (30 s, in microseconds).
pub const BACKOFF_MAX_US: u64 = 30_000_000;

/// Most gaps in a report on a damaged store ([`crate::Recovered`]). At the limit each log keeps its first one,
/// open-ended: it stands for those behind it.
pub const GAPS_MAX: usize = 1_000;
