//! SQLite keeps the promises of the store.

use dispatch_server::store::SqliteStore;
use std::ops::Deref;
use tempfile::TempDir;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A store and the directory that goes with it.
struct Kept {
    store: SqliteStore,
    _directory: TempDir,
}

impl Deref for Kept {
    type Target = SqliteStore;
    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

async fn store() -> Kept {
    let directory = TempDir::new().expect("a directory");
    let (database, keys) = (directory.path().join("ems.sqlite"), directory.path().join("keys.sqlite"));
    let store = SqliteStore::open(&database, &keys, true).await.expect("a store");
    Kept { store, _directory: directory }
}

dispatch_core::store_contract!(block_on, store);
