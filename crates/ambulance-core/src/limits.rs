//! Limits and waits of the tablet's decisions. What happens at each stands beside it.

/// A stamp can be undone for this long (8 s). Later it is corrected instead.
pub const UNDO_US: u64 = 8_000_000;
/// The handover's stamp waits this long before history is wiped (10 s): until then it can be undone.
pub const WIPE_DELAY_US: u64 = 10_000_000;
/// A look-up on the emergency basis that could not be sent for this long ends as expired (DESIGN §5.3).
pub const EMERGENCY_LOOKUP_WAIT_US: u64 = 10 * 60 * 1_000_000;
/// A question without an answer for this long is asked again with the same id.
pub const ANSWER_WAIT_US: u64 = 15_000_000;
/// A failed question that may help later is asked again after this long.
pub const RETRY_US: u64 = 5_000_000;
/// Suggestions are asked of the server at most this often; changes in between are gathered.
pub const SUGGEST_GATHER_US: u64 = 300_000;
/// The list is computed again when this much time has passed (freshness of capacity moves the order).
pub const RERANK_US: u64 = 60_000_000;
/// A change of order caused by history stays announced for this long unless pressed away.
pub const RANK_NOTICE_US: u64 = 5 * 60 * 1_000_000;
/// Cases kept in memory. The oldest closed ones are dropped beyond; their facts stay in the outbox and on the server.
pub const CASES_MAX: usize = 64;
/// Items of the feed that are taken in one transaction; more that arrived together follow in the next.
pub const FEED_BATCH_MAX: usize = 64;
/// Effects waiting for the runtime. More means that the runtime stands still: the oldest stay, new questions are dropped.
pub const EFFECTS_MAX: usize = 4096;
/// A disk that did not take a write is tried again after this long (10 s): the alarm ends with its cause.
pub const STORE_PROBE_US: u64 = 10_000_000;
/// Stuck entries that the screens know one by one; of more, the oldest are only counted.
pub const STUCK_SHOWN_MAX: usize = 64;
/// History must be gone this long after its look-up at the latest (24 h).
pub const VIEW_WINDOW_US: i64 = 24 * 60 * 60 * 1_000_000;
/// Times that are kept per log of entries that wait; of more, the newest are told as old as the last of these.
pub const WAITING_MARKS_MAX: usize = 64;
/// Nonces kept ahead; of an answer with more, the rest is dropped (DESIGN §5.1).
pub const NONCES_MAX: usize = 32;
/// Longest nonce that is kept; a longer one is dropped.
pub const NONCE_BYTES_MAX: usize = 64;
/// More nonces are asked for when fewer are left: enough for three tries with two patients and some more.
pub const NONCES_LOW: usize = 8;
/// Nonces are replaced when they are good for less than this (12 h of their 24 h): a tablet that loses the radio then can use
/// them for half a day.
pub const NONCES_OLD_US: i64 = 12 * 60 * 60 * 1_000_000;
/// After an answer, or a refusal, nonces are not asked for again this long (10 min; the server gives 8 answers an hour).
pub const NONCES_AGAIN_US: u64 = 10 * 60 * 1_000_000;
/// Entries of an ended log that are recorded again in one transaction; the next follow when it is durable.
pub const AGAIN_CHUNK: usize = 64;
