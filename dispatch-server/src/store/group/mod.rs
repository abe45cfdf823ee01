//! Group commit: what many callers append at the same time is judged in memory, one after another, against what the
//! database holds, and written with few statements and one flush to the disk.

mod known;
mod rows;
mod staged;

use super::fields::failed;
use super::ledger::insert_decisions;
use dispatch_core::store::{Append, Appended, DecisionRecord, StoreError};
use known::Known;
use sqlx::{SqliteConnection, SqlitePool};
use staged::Staged;

/// Commits all of them, or none. Each result is that of its append or decision record alone, in their order; a decision's is false
/// when its question was decided before.
///
/// Its statements are our own: when a commit fails (a full disk), SQLite has rolled back by itself, and sqlx's
/// `Transaction` would count on as if it had not and never begin a real one again.
pub(super) async fn commit(
    pool: &SqlitePool,
    appends: &[&Append],
    decisions: &[&DecisionRecord],
) -> Result<(Vec<Appended>, Vec<bool>), StoreError> {
    let mut conn = pool.acquire().await.map_err(failed)?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(failed)?;
    let written = write_all(&mut conn, appends, decisions).await;
    if written.is_err()
        && let Err(error) = sqlx::query("ROLLBACK").execute(&mut *conn).await
    {
        tracing::debug!(%error, "SQLite has rolled back by itself");
        // Whatever it was: the next transaction begins on a new connection.
        conn.close_on_drop();
    }
    written
}

async fn write_all(
    conn: &mut SqliteConnection,
    appends: &[&Append],
    decisions: &[&DecisionRecord],
) -> Result<(Vec<Appended>, Vec<bool>), StoreError> {
    let mut staged = Staged::new(Known::read(conn, appends).await?);
    let results = appends.iter().map(|append| staged.take(append)).collect();
    staged.rows().write(conn).await?;
    let decided = insert_decisions(conn, decisions).await?;
    sqlx::query("COMMIT").execute(conn).await.map_err(failed)?;
    Ok((results, decided))
}
