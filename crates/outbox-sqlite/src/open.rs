//! Opening: one process, the right key, a file that is whole.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use delivery::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::fault::{code, primary_code, store_error};
use crate::logs;
use crate::outbox::SqliteOutbox;
use crate::pages::{JournalEnd, Pages, beside};
use crate::recover;
use crate::schema;
use crate::seal::{DeviceKey, Name, Sealer};
use crate::store::{Inner, Tables};
use crate::suspect;

/// Largest file that is checked page by page when opened (64 MiB). In a larger one damage shows when a page is read; then
/// the next opening checks it whole ([`crate::suspect`]).
const CHECK_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How long the last holder's connection may take to close (its process lock is already ours).
const CLOSING_MAX: Duration = Duration::from_secs(2);

/// The journal file shrinks to this size (4 MiB) when it was merged. It is merged every 1,000 pages, which nothing can
/// delay: there is no other reader.
const JOURNAL_KEEP_BYTES: &str = "4194304";

/// Memory of freed content is overwritten; sealed as it is, nothing older stays behind.
const SECURE_DELETE: &str = "ON";

/// An outbox that cannot be used. The file is left as it is; the caller keeps a damaged one aside and begins a new
/// store, which begins new logs.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses it.
    #[error("the outbox {} is in use by another process", path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// Sealed under another device key. Not damage: with the right key everything is there.
    #[error("the outbox {} is sealed under another device key", path.display())]
    WrongKey {
        /// The database.
        path: PathBuf,
    },
    /// Not an outbox, torn, or tampered with; the cause names the row where one is known.
    #[error("the outbox {} is damaged", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        #[source]
        source: Option<StoreError>,
    },
    /// Written by a newer version of this program.
    #[error("the outbox {} has schema {found}, this program knows up to {known}", path.display())]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
    /// The disk is full.
    #[error("the disk of the outbox {} is full: make room", path.display())]
    DiskFull {
        /// The database.
        path: PathBuf,
    },
    /// This account may not read or write it.
    #[error("the outbox {} may not be read and written by this account: correct its owner and permissions", path.display())]
    Forbidden {
        /// The database.
        path: PathBuf,
    },
    /// Too many damaged files are kept beside it; none is ever deleted here.
    #[error("{kept} damaged files are kept beside the outbox {}: move them to safety and have the disk replaced", path.display())]
    KeptFull {
        /// The database.
        path: PathBuf,
        /// How many.
        kept: usize,
    },
    /// Anything else: permissions, missing directory, failing disk.
    #[error("open the outbox {}", path.display())]
    Medium {
        /// The database.
        path: PathBuf,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SqliteOutbox {
    /// Opens the outbox at `path`, or makes an empty one where no file is. The directory must exist. A file
    /// `<path>.lock` holds the process lock and stays.
    ///
    /// # Errors
    /// [`OpenError`]; nothing in an existing file was changed, except a migration that succeeded.
    pub async fn open(path: &Path, key: &DeviceKey) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        recover::finish(path).map_err(|error| from_io(path, error))?;
        // Made here, so that only the owner can read it; the journal takes over its permissions.
        private(path).map_err(|error| from_io(path, error))?;
        let fault = |error| fault(path, error);
        if Pages::open(path).map_err(|error| from_io(path, error))?.journal == JournalEnd::Damaged {
            // SQLite would take what stands before the damage for everything.
            return Err(OpenError::Damaged { path: path.into(), source: None });
        }
        let mut conn = connect(path).await?;
        let sealer = Sealer::new(key);
        let version = schema::version(&mut conn).await.map_err(fault)?;
        if version > schema::NEWEST {
            return Err(OpenError::TooNew { path: path.into(), found: version, known: schema::NEWEST });
        }
        if version == 0 && has_tables(&mut conn).await.map_err(fault)? {
            return Err(OpenError::Damaged { path: path.into(), source: None });
        }
        let is_suspect = suspect::is_suspect(path);
        check_pages(&mut conn, path, is_suspect).await?;
        empty_journal(&mut conn).await.map_err(fault)?;
        schema::migrate(&mut conn, version).await.map_err(fault)?;
        check_key(&mut conn, &sealer, path).await?;
        let logs = logs::load(&mut conn, &sealer).await.map_err(|error| from_store(path, error))?;
        let tables = Tables::new(Inner { conn, logs, is_stale: false }, sealer, lock);
        if is_suspect {
            tables.check_rows().await.map_err(|error| from_store(path, error))?;
            suspect::clear(path).map_err(|error| from_io(path, error))?;
        }
        Ok(Self::new(tables, path))
    }
}

/// The process lock of an outbox.
pub(crate) fn lock(path: &Path) -> Result<File, OpenError> {
    let lock = private(&beside(path, ".lock")).map_err(|error| from_io(path, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: path.into() }),
        Err(TryLockError::Error(error)) => Err(from_io(path, error)),
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

pub(crate) fn from_io(path: &Path, error: std::io::Error) -> OpenError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => OpenError::DiskFull { path: path.into() },
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => OpenError::Forbidden { path: path.into() },
        _ => OpenError::Medium { path: path.into(), source: Box::new(error) },
    }
}

async fn connect(path: &Path) -> Result<SqliteConnection, OpenError> {
    SqliteConnectOptions::new()
        .filename(path)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("secure_delete", SECURE_DELETE)
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", JOURNAL_KEEP_BYTES)
        .busy_timeout(CLOSING_MAX)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|error| fault(path, error))
}

async fn has_tables(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_schema)").fetch_one(conn).await
}

async fn check_pages(conn: &mut SqliteConnection, path: &Path, is_suspect: bool) -> Result<(), OpenError> {
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    if bytes > CHECK_BYTES_MAX && !is_suspect {
        return Ok(());
    }
    let verdict: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(conn).await.map_err(|error| fault(path, error))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.into(), source: None }) }
}

/// Nothing of a transaction that a power cut tore stays in the journal: [`JournalEnd`] relies on it.
async fn empty_journal(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    match sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(conn).await {
        // On a full disk what stands in the journal stays there, and is read from there.
        Err(error) if primary_code(&error) == Some(code::FULL) => Ok(()),
        done => done.map(|_| ()),
    }
}

/// A new file gets a sealed mark; in an old one the mark must open.
async fn check_key(conn: &mut SqliteConnection, sealer: &Sealer, path: &Path) -> Result<(), OpenError> {
    let fault = |error| fault(path, error);
    let mark: Option<Vec<u8>> = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'key_check'")
        .fetch_optional(&mut *conn)
        .await
        .map_err(fault)?;
    if let Some(mark) = mark {
        if sealer.open(Name::KeyCheck, &mark).is_some() {
            return Ok(());
        }
        // One log that opens, and it is the mark that is damaged.
        let key_fits = logs::any_opens(conn, sealer).await.map_err(fault)?;
        return Err(if key_fits {
            OpenError::Damaged { path: path.into(), source: None }
        } else {
            OpenError::WrongKey { path: path.into() }
        });
    }
    let is_used: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM log) OR EXISTS (SELECT 1 FROM state)")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    if is_used {
        return Err(OpenError::Damaged { path: path.into(), source: None });
    }
    let mark = sealer.seal(Name::KeyCheck, &[]).map_err(|error| from_store(path, error.into()))?;
    let insert = sqlx::query("INSERT INTO meta (name, value) VALUES ('key_check', ?1)").bind(mark);
    insert.execute(conn).await.map_err(fault)?;
    Ok(())
}

fn fault(path: &Path, error: sqlx::Error) -> OpenError {
    match primary_code(&error) {
        Some(code::BUSY | code::LOCKED) => OpenError::Locked { path: path.into() },
        Some(code::READ_ONLY | code::PERMISSION) => OpenError::Forbidden { path: path.into() },
        _ => from_store(path, store_error(error)),
    }
}

pub(crate) fn from_store(path: &Path, error: StoreError) -> OpenError {
    match error {
        StoreError::DiskFull => OpenError::DiskFull { path: path.into() },
        StoreError::Medium(source) => OpenError::Medium { path: path.into(), source },
        damage => OpenError::Damaged { path: path.into(), source: Some(damage) },
    }
}

/// Closes in an orderly way; a process that is killed instead loses nothing.
pub(crate) async fn close(conn: SqliteConnection) -> Result<(), StoreError> {
    conn.close().await.map_err(store_error)
}
