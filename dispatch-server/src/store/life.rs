//! Which life of the store this is.

use super::SqliteStore;
use super::fields::{Columns, failed};
use dispatch_core::store::StoreError;
use model::{StoreId, Timestamp};
use sqlx::SqliteConnection;

const SELECT_LIFE: &str = "SELECT id FROM life ORDER BY n DESC LIMIT 1";
const INSERT_LIFE: &str = "INSERT INTO life (id, begun_at) VALUES ($1, $2)";
/// The server's logs of an earlier life take nothing more: their next names may have been given already.
const END_SERVER_LOGS: &str = "UPDATE log SET forked_at = head + 1 WHERE owner_kind = 'server' AND forked_at IS NULL";

impl SqliteStore {
    /// Begins another life: once after the files were put back from a backup, while no server runs on them.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn begin_life(&self, now: Timestamp) -> Result<StoreId, StoreError> {
        let mut transaction = self.write.begin().await.map_err(failed)?;
        sqlx::query(END_SERVER_LOGS).execute(&mut *transaction).await.map_err(failed)?;
        let id = insert(&mut transaction, now).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(id)
    }
}

/// The present life; the first one begins when the files are made.
pub(super) async fn present(conn: &mut SqliteConnection) -> Result<StoreId, StoreError> {
    let row = sqlx::query(SELECT_LIFE).fetch_optional(&mut *conn).await.map_err(failed)?;
    match row {
        Some(row) => Ok(StoreId::from_bytes(row.fixed("id")?)),
        None => insert(conn, Timestamp(0)).await,
    }
}

async fn insert(conn: &mut SqliteConnection, now: Timestamp) -> Result<StoreId, StoreError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| StoreError::Failed(Box::new(error)))?;
    sqlx::query(INSERT_LIFE).bind(id.to_vec()).bind(now.0).execute(conn).await.map_err(failed)?;
    Ok(StoreId::from_bytes(id))
}
