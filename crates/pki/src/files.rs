//! Files that hold certificates and keys: made once, never overwritten, keys for their owner only.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::PkiError;

/// Largest certificate or key file that is read; a larger one is refused unread.
const MAX_FILE_BYTES: u64 = 64 * 1024;
/// Permission bits of a key file.
const KEY_MODE: u32 = 0o600;
/// Permission bits of a certificate file.
const CERTIFICATE_MODE: u32 = 0o644;
/// Permission bits of a directory with keys.
const DIRECTORY_MODE: u32 = 0o700;
/// Permission bits that let somebody else than the owner at a key.
const OTHERS: u32 = 0o077;

/// Makes the directory (and those above it) if it is not there.
pub(crate) fn create_directory(path: &Path) -> Result<(), PkiError> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path).map_err(|source| io_error(path, source))
}

/// Writes a new key file; refuses when the file is there.
pub(crate) fn write_key(path: &Path, pem: &str) -> Result<(), PkiError> {
    write_new(path, pem, KEY_MODE)
}

/// Writes a new certificate file; refuses when the file is there.
pub(crate) fn write_certificate(path: &Path, pem: &str) -> Result<(), PkiError> {
    write_new(path, pem, CERTIFICATE_MODE)
}

/// Reads a key file that only its owner can read.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, PkiError> {
    read_limited(path, OTHERS)
}

/// Reads a certificate file.
pub(crate) fn read_certificate(path: &Path) -> Result<Zeroizing<Vec<u8>>, PkiError> {
    read_limited(path, 0)
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), PkiError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(|source| io_error(path, source))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| io_error(path, source))
}

fn read_limited(path: &Path, forbidden_mode: u32) -> Result<Zeroizing<Vec<u8>>, PkiError> {
    let file = OpenOptions::new().read(true).open(path).map_err(|source| io_error(path, source))?;
    let mode = file.metadata().map_err(|source| io_error(path, source))?.mode() & 0o777;
    if mode & forbidden_mode != 0 {
        return Err(PkiError::KeyExposed { path: path.to_owned(), mode });
    }
    // Room for all of it at once: growing would leave unwiped copies of a key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES as usize + 1));
    let read = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|source| io_error(path, source))?;
    if read as u64 > MAX_FILE_BYTES {
        return Err(PkiError::FileTooLarge { path: path.to_owned(), limit: MAX_FILE_BYTES });
    }
    Ok(bytes)
}

fn io_error(path: &Path, source: io::Error) -> PkiError {
    let path = path.to_owned();
    if source.kind() == io::ErrorKind::AlreadyExists {
        PkiError::AlreadyExists { path }
    } else if source.kind() == io::ErrorKind::NotFound {
        PkiError::Missing { path }
    } else {
        PkiError::Io { path, source }
    }
}
