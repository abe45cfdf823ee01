//! The files: opening, migrating, connections.

use super::writer::Writer;
use super::{CHANGES_BEHIND, SqliteStore, life, new_chain};
use crate::edge::spawn;
use model::StoreId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, broadcast, watch};

/// A number and what it does; each ends with `PRAGMA user_version` of that number. Numbers rise and may leave some out.
type Migration = (i64, &'static str);

const MIGRATIONS: [Migration; 12] = [
    (1, include_str!("../../migrations/0001_server.sql")),
    (2, include_str!("../../migrations/0002_life.sql")),
    (3, include_str!("../../migrations/0003_indexes.sql")),
    (4, include_str!("../../migrations/0004_audit_question.sql")),
    (5, include_str!("../../migrations/0005_used_nonce.sql")),
    (6, include_str!("../../migrations/0006_reviews.sql")),
    (7, include_str!("../../migrations/0007_staff_password.sql")),
    (8, include_str!("../../migrations/0008_pin_page.sql")),
    (9, include_str!("../../migrations/0009_disaster.sql")),
    (10, include_str!("../../migrations/0010_filings.sql")),
    (15, include_str!("../../migrations/0015_receipt.sql")),
    (16, include_str!("../../migrations/0016_second_factor.sql")),
];
const KEY_MIGRATIONS: [Migration; 1] = [(1, include_str!("../../migrations/0001_keys.sql"))];

/// Connections for reading pages. Further readers wait for one.
pub(crate) const READERS: u32 = 4;

/// Pages that the writing connection keeps in memory: the inner pages of the indexes, which every group walks.
const WRITER_CACHE_KIB: u32 = 32 * 1024;

/// The same of each reader.
const READER_CACHE_KIB: u32 = 4 * 1024;

/// The write-ahead log is cut back to this after a time in which readers kept it long.
const WAL_KEPT_BYTES: u32 = 64 * 1024 * 1024;

/// How long a statement waits for another process (an administrator's command) that is writing.
const BUSY: Duration = Duration::from_secs(10);

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite refused.
    #[error("open the database {}", path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// Written by a newer version of this program.
    #[error("the database {} has schema {found}, this program knows up to {known}", path.display())]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// The store's life cannot be read or begun.
    #[error("read the database {}", path.display())]
    Life {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: dispatch_core::store::StoreError,
    },
    /// No random numbers from the system.
    #[error("take random numbers from the system")]
    Random(#[source] getrandom::Error),
}

impl SqliteStore {
    /// Opens both files and brings them to the newest schema; makes the database when `create`, and the key store when it is missing.
    ///
    /// # Errors
    /// [`OpenError`]; an existing file is not changed, except by a migration that succeeded.
    pub async fn open(database: &Path, keys: &Path, create: bool) -> Result<Self, OpenError> {
        let write = pool(database, create, 1, WRITER_CACHE_KIB).await?;
        migrate(&write, database, &MIGRATIONS).await?;
        let life = present_life(&write, database).await?;
        // Never backed up, so a restored directory has none: it begins anew, and earlier histories stay gone.
        let keys_pool = pool(keys, true, 1, READER_CACHE_KIB).await?;
        migrate(&keys_pool, keys, &KEY_MIGRATIONS).await?;
        let read = pool(database, false, READERS, READER_CACHE_KIB).await?;
        let (changes, _) = broadcast::channel(CHANGES_BEHIND);
        let (writer, task) = Writer::new(write.clone(), changes.clone());
        spawn(task);
        let chain = Arc::new(Mutex::new(new_chain().map_err(OpenError::Random)?));
        let (capacity, capacity_kept) = (watch::Sender::new(0), Arc::default());
        Ok(Self { read, write, keys: keys_pool, writer, changes, chain, capacity, capacity_kept, life })
    }
}

async fn present_life(write: &SqlitePool, path: &Path) -> Result<StoreId, OpenError> {
    let mut conn = write.acquire().await.map_err(|source| OpenError::Database { path: path.into(), source })?;
    life::present(&mut conn).await.map_err(|source| OpenError::Life { path: path.into(), source })
}

async fn pool(path: &Path, create: bool, connections: u32, cache_kib: u32) -> Result<SqlitePool, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("cache_size", format!("-{cache_kib}"))
        .pragma("journal_size_limit", WAL_KEPT_BYTES.to_string())
        // What is deleted is overwritten: a destroyed key leaves no copy in the file.
        .pragma("secure_delete", "ON");
    let pool = SqlitePoolOptions::new().max_connections(connections).min_connections(1).connect_with(options);
    pool.await.map_err(|source| OpenError::Database { path: path.into(), source })
}

async fn migrate(pool: &SqlitePool, path: &Path, migrations: &[Migration]) -> Result<(), OpenError> {
    let fault = |source| OpenError::Database { path: path.into(), source };
    let mut conn = pool.acquire().await.map_err(fault)?;
    let found = version(&mut conn).await.map_err(fault)?;
    let known = migrations.last().map_or(0, |(number, _)| *number);
    if found > known {
        return Err(OpenError::TooNew { path: path.into(), found, known });
    }
    for (_, migration) in migrations.iter().filter(|(number, _)| *number > found) {
        let mut transaction = conn.begin().await.map_err(fault)?;
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
    }
    Ok(())
}

async fn version(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(conn).await
}
