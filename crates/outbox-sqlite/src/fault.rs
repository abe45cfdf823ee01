//! Failures of SQLite and of sealing, in the words of the store.

use delivery::StoreError;

/// A row that could not be sealed; nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error("the system gives no random bytes")]
    NoRandomness,
    #[error("the content is too long to seal")]
    TooLong,
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        Self::Medium(Box::new(error))
    }
}

/// Primary result codes of SQLite (<https://www.sqlite.org/rescode.html>).
pub(crate) mod code {
    pub(crate) const PERMISSION: u32 = 3;
    pub(crate) const BUSY: u32 = 5;
    pub(crate) const LOCKED: u32 = 6;
    pub(crate) const READ_ONLY: u32 = 8;
    pub(crate) const CORRUPT: u32 = 11;
    pub(crate) const FULL: u32 = 13;
    pub(crate) const NOT_A_DATABASE: u32 = 26;
}

/// The primary result code, when the database itself failed.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xFF)
}

/// What a failed statement means for the caller.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match primary_code(&error) {
        Some(code::FULL) => StoreError::DiskFull,
        Some(code::CORRUPT | code::NOT_A_DATABASE) => StoreError::DamagedFile(Box::new(error)),
        // A column of another type than the schema says cannot come from us.
        _ if matches!(error, sqlx::Error::ColumnDecode { .. }) => StoreError::DamagedFile(Box::new(error)),
        _ => StoreError::Medium(Box::new(error)),
    }
}

/// SQLite counts in `i64`; a seq beyond it cannot have been written, so the largest stands for it.
pub(crate) fn as_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
