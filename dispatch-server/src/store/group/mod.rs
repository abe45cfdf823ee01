//! Group commit: what many callers append at the same time is judged in memory, one after another, against what the
//! database holds, and written with few statements and one flush to the disk.

mod known;
mod rows;
mod staged;

use super::fields::failed;
use dispatch_core::store::{Append, Appended, StoreError};
use known::Known;
use sqlx::SqlitePool;
use staged::Staged;

/// Commits all of them, or none. Each result is that of its append alone, in their order.
pub(super) async fn commit(pool: &SqlitePool, appends: &[&Append]) -> Result<Vec<Appended>, StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let mut staged = Staged::new(Known::read(&mut transaction, appends).await?);
    let results = appends.iter().map(|append| staged.take(append)).collect();
    staged.rows().write(&mut transaction).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(results)
}
