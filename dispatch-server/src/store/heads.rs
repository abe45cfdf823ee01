//! Heads of logs, and the words of the quarantine.

use super::fields::{Columns, failed, owner};
use dispatch_core::store::{LogHead, Quarantine, StoreError};
use model::LogId;
use sqlx::Sqlite;
use sqlx::sqlite::SqliteRow;

const SELECT_LOG: &str = "SELECT log, owner_kind, owner, head, hash, forked_at FROM log WHERE log = $1";

/// The log's head.
pub(super) async fn log_head<'e, E>(executor: E, log: LogId) -> Result<Option<LogHead>, StoreError>
where
    E: sqlx::Executor<'e, Database = Sqlite>,
{
    let row = sqlx::query(SELECT_LOG).bind(log.bytes().to_vec()).fetch_optional(executor).await.map_err(failed)?;
    row.map(|row| read_head(&row)).transpose()
}

pub(super) fn read_head(row: &SqliteRow) -> Result<LogHead, StoreError> {
    let forked_at = row.maybe_int("forked_at")?.map(|n| u64::try_from(n).unwrap_or(0));
    Ok(LogHead {
        log: LogId::from_bytes(row.fixed("log")?),
        owner: owner(&row.text("owner_kind")?, row.fixed("owner")?)?,
        head: row.counter("head")?,
        hash: row.hash("hash")?,
        forked_at,
    })
}

pub(super) fn quarantine(number: i64) -> Quarantine {
    Quarantine::from_number(u16::try_from(number).unwrap_or(0))
}
