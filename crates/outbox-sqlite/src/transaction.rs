//! Transactions as SQLite itself counts them.
//!
//! sqlx keeps a count of its own, and loses it: when a `COMMIT` fails for want of space, SQLite has rolled back already
//! (<https://www.sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction"), sqlx's `ROLLBACK` fails, and its next
//! transactions are savepoints. Once the release of such a savepoint fails, every later one is nested in a transaction that nobody
//! ends: it "commits" into memory. Here every transaction is a plain one, and a lost count is an error.

use delivery::StoreError;
use sqlx::{Executor as _, SqliteConnection};

use crate::fault::store_error;

/// Begins; an error when one is open already.
pub(crate) async fn begin(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    conn.execute("BEGIN IMMEDIATE").await.map(drop).map_err(store_error)
}

/// Ends it durably; an error when none is open any more.
pub(crate) async fn commit(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    conn.execute("COMMIT").await.map(drop).map_err(store_error)
}

/// Nothing of it happened. SQLite may have rolled back already, and then says that there is nothing to roll back; should it fail
/// otherwise, the next [`begin`] fails.
pub(crate) async fn roll_back(conn: &mut SqliteConnection) {
    let _rolled_back_already = conn.execute("ROLLBACK").await;
}
