//! Who looked at which patient's history, when, on what basis, and what was shown: hash-chained entries.
//!
//! In: what the server is about to do or has done (ids and codes). Out: entries to store, and the verdict on stored ones.
//!
//! `Begin` is written and durable before any history is fetched, `Complete` after; one chain per node and start. Each
//! entry carries the hash of the one before it, so a changed, missing, added or exchanged entry is found and named.
//! A chain's end can be cut off unseen only up to the newest head that was anchored outside ([`Head`], signed by the
//! server and kept elsewhere). A purge removes the oldest entries and leaves the head of what it removed.
//!
//! The fields are those of the ministry's emergency viewing record (閲覧者ID, 閲覧日時, 患者情報, 表示項目, 同意状況, 救急時閲覧;
//! 厚生労働省 健康・医療・介護情報利活用検討会 医療等情報利活用WG 第13回), with ids for the patient.
//!
//! **Invariant:** no name, card data or history is in an entry, and nothing in here stores, sends, or knows the time.

mod chain;
mod code;
mod entry;
mod verify;

pub use chain::Chain;
pub use code::{CODE_BYTES_MAX, Code, CodeError};
pub use entry::{
    Act, Anchor, AuditEntry, Basis, Begin, ChainId, Complete, ConsentRef, Hash, Head, Kind, Outcome, Purge, ShownItem,
    Stored, Viewer, Viewing,
};
pub use verify::{AuditFault, Verified, verify};
