//! The one task that writes facts: what waits is committed together, with one flush to the disk.

use super::fields::failed;
use super::writing::write_append;
use dispatch_core::store::{Append, Appended, CommittedFact, StoreError};
use sqlx::{SqliteConnection, SqlitePool};
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Appends that may wait for the writer. Further callers wait in line.
pub(super) const JOBS_WAITING: usize = 8_192;

/// Appends in one commit at most: bounds how long the first of them waits.
const GROUP: usize = 512;

/// One append and where its result goes.
pub(super) struct Job {
    pub(super) append: Append,
    pub(super) reply: oneshot::Sender<Result<Appended, StoreError>>,
}

pub(super) async fn run(
    mut jobs: mpsc::Receiver<Job>,
    pool: SqlitePool,
    facts: broadcast::Sender<Arc<Vec<CommittedFact>>>,
) {
    while let Some(first) = jobs.recv().await {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        let appends: Vec<Append> = group.iter().map(|job| job.append.clone()).collect();
        match commit(&pool, appends).await {
            Ok(results) => {
                for (job, appended) in group.into_iter().zip(results) {
                    answer(job.reply, Ok(appended), &facts);
                }
            }
            // One append that the database refuses must not take the others with it.
            Err(error) => {
                tracing::warn!(%error, group = group.len(), "a group was not committed; writing one by one");
                for job in group {
                    let result = commit(&pool, vec![job.append]).await;
                    let result = result.and_then(|mut results| results.pop().ok_or(StoreError::Damaged("a commit")));
                    answer(job.reply, result, &facts);
                }
            }
        }
    }
}

fn answer(
    reply: oneshot::Sender<Result<Appended, StoreError>>,
    result: Result<Appended, StoreError>,
    facts: &broadcast::Sender<Arc<Vec<CommittedFact>>>,
) {
    if let Ok(appended) = &result {
        // Nobody listening is fine: readers read from the store.
        if !appended.committed.is_empty() && facts.send(Arc::new(appended.committed.clone())).is_err() {
            tracing::trace!("nobody listens to facts");
        }
    }
    if reply.send(result).is_err() {
        tracing::debug!("an append was committed after its caller had gone");
    }
}

/// All of them in one transaction. Its statements are our own: when a commit fails (a full disk), SQLite has rolled back
/// by itself, and sqlx's `Transaction` would count on as if it had not and never begin a real one again.
async fn commit(pool: &SqlitePool, appends: Vec<Append>) -> Result<Vec<Appended>, StoreError> {
    let mut conn = pool.acquire().await.map_err(failed)?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await.map_err(failed)?;
    let written = write_all(&mut conn, appends).await;
    if written.is_err()
        && let Err(error) = sqlx::query("ROLLBACK").execute(&mut *conn).await
    {
        tracing::debug!(%error, "SQLite has rolled back by itself");
        // Whatever it was: the next transaction begins on a new connection.
        conn.close_on_drop();
    }
    written
}

async fn write_all(conn: &mut SqliteConnection, appends: Vec<Append>) -> Result<Vec<Appended>, StoreError> {
    let mut results = Vec::with_capacity(appends.len());
    for append in appends {
        results.push(write_append(conn, append).await?);
    }
    sqlx::query("COMMIT").execute(conn).await.map_err(failed)?;
    Ok(results)
}
