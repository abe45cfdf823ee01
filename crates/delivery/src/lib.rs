//! Outbox and sync as one thing: how a recorded event gets to the server exactly once, in the order of its log.
//!
//! In: entries that were recorded, the link going up and down, replies of the server, time. Out: frames, work for the
//! store, events for the screen, deadlines with their reason.
//!
//! The rules, in the order in which they matter:
//!
//! 1. An event's name is (log, seq). A log's id is random, made with its store and never used again; seq counts from 1
//!    without gaps, enforced by the store in the transaction that also holds the local state ([`OutboxStore::append`]).
//! 2. Only [`wire::log::LogReply::Durable`] (or a `Resume` beyond it) acknowledges. Nothing else removes an entry from
//!    those waiting, and nothing ever expires.
//! 3. On every connection a log goes on where the server says ([`wire::log::LogReply::Resume`]); repeating is harmless,
//!    because the same name with the same bytes changes nothing.
//! 4. Lanes: newest open case, other open cases, unit log, older cases ([`lane`]); inside a log always in seq order.
//! 5. An entry that can never be accepted is *wedged*: acknowledged with a reason, shown, and nothing waits behind it.
//! 6. The same name with other bytes is a *fork*: two writers use one log. It is kept and raised; the log ends there and
//!    its writer begins a new one.
//! 7. What is acknowledged is kept for [`limits::ACKED_KEEP_US`], so that a server restored from a backup gets it again.
//!
//! **Invariant:** no socket, file, clock or ambient randomness is in here, and nothing here reads what an entry says.

pub mod backoff;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod lane;
pub mod limits;
pub mod memory;
pub mod receiver;
pub mod sender;
pub mod store;

pub use lane::Lane;
pub use memory::MemoryStore;
pub use sender::{DeliveryEvent, ReadRequest, Sender, StoreOrder, Timeout, Transmit};
pub use store::{
    AppendError, Counts, EntryDigest, Gap, LogHead, LogKind, NewLog, OutboxStore, Recovered, StateChange, StoreError,
    Transaction, Wedged, entry_digest,
};
