//! The suite that every outbox passes, on SQLite.

use std::cell::RefCell;

use outbox_sqlite::{DeviceKey, SqliteOutbox};
use tempfile::TempDir;
use zeroize::Zeroizing;

thread_local! {
    /// Directories live as long as the thread of their test.
    static DIRECTORIES: RefCell<Vec<TempDir>> = const { RefCell::new(Vec::new()) };
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

async fn empty_store() -> SqliteOutbox {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("outbox.db");
    DIRECTORIES.with_borrow_mut(|all| all.push(directory));
    SqliteOutbox::open(&path, &DeviceKey::from_bytes(Zeroizing::new([7; 32]))).await.expect("opens")
}

delivery::outbox_contract!(block_on, empty_store);
