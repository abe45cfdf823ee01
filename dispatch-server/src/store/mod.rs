//! The store on SQLite: facts, directory, ledger, audit and vault. The only place that names sqlx.
//!
//! Write-ahead log, `synchronous=FULL`; facts are written by one task with group commit, everything else by single
//! statements on the same one connection for writing; pages are read on others. Statements are text constants that
//! PostgreSQL understands as well.

mod audit_log;
mod database;
mod directory;
mod disasters;
mod events;
mod fields;
mod filings;
mod fleet;
mod group;
mod heads;
mod hospitals;
mod ledger;
mod life;
mod machine_tokens;
mod multi;
mod pin_pages;
mod reviews;
mod rows;
mod second_factors;
mod sessions;
mod staff_passwords;
mod used_nonces;
mod vault;
#[cfg(test)]
mod vault_tests;
mod writer;

pub use database::OpenError;
pub(crate) use database::READERS;
pub use fleet::LogCount;
pub use writer::Changed;

use audit::{Chain, ChainId};
use model::StoreId;
use sqlx::SqlitePool;
use std::sync::Arc;
use tokio::sync::{Mutex, broadcast, watch};

/// Groups of changes that a subscriber may be behind; then it is told that it missed some and reads from the store.
pub const CHANGES_BEHIND: usize = 256;

/// Everything a server keeps, on two SQLite files.
#[derive(Clone)]
pub struct SqliteStore {
    read: SqlitePool,
    write: SqlitePool,
    keys: SqlitePool,
    writer: writer::Writer,
    changes: broadcast::Sender<Arc<Vec<Changed>>>,
    chain: Arc<Mutex<Chain>>,
    capacity: watch::Sender<u64>,
    capacity_kept: Arc<ledger::CapacityKept>,
    life: StoreId,
}

impl SqliteStore {
    /// Streams that have new facts, once for every commit, from now on. Hints for those who read on from the store.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<Changed>>> {
        self.changes.subscribe()
    }

    /// A hint that a capacity report came.
    #[must_use]
    pub fn capacity_changes(&self) -> watch::Receiver<u64> {
        self.capacity.subscribe()
    }

    /// Waits for writes under way and closes the files in an orderly way.
    pub async fn close(&self) {
        self.write.close().await;
        self.keys.close().await;
        self.read.close().await;
    }
}

impl core::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SqliteStore")
    }
}

/// A chain for this start of this node.
fn new_chain() -> Result<Chain, getrandom::Error> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)?;
    Ok(Chain::start(ChainId(id)))
}
