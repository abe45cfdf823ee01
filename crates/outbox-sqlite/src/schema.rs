//! Migrations: numbered, forward only, each with its `user_version` in one transaction.

use sqlx::{Connection, SqliteConnection};

/// Each ends with its own `PRAGMA user_version`.
const MIGRATIONS: [&str; 2] =
    [include_str!("../migrations/0001_outbox.sql"), include_str!("../migrations/0002_ended.sql")];

pub(crate) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// The schema of the file; 0 for a new one.
pub(crate) async fn version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(conn).await
}

/// Brings the file from `version` to [`NEWEST`].
pub(crate) async fn migrate(conn: &mut SqliteConnection, version: i64) -> Result<(), sqlx::Error> {
    let done = usize::try_from(version).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        let mut transaction = conn.begin().await?;
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}
