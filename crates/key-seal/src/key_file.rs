//! A key's file: made once, sealed later in place, never lost between.
//!
//! A plain file becomes a sealed one by a rename over its name, after the sealed bytes are durable and were opened once from the
//! disk. A power cut at any point leaves a file that opens. The plain bytes are overwritten afterwards as far as the disk
//! lets them be: a flash disk keeps old blocks, which is why a key that ever rested in plain is only as safe as the
//! disk's own encryption.

use crate::file::FileSeal;
use crate::seal::{CONTENT_BYTES_MAX, KeySeal, Protection, SealError};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Longest file that is read, bytes; a longer one is damaged.
const FILE_BYTES_MAX: usize = 2 * CONTENT_BYTES_MAX;
/// Files that were set aside under one name, at most.
const ASIDE_MAX: u32 = 100;
/// Permission bits.
const MODE: u32 = 0o600;

/// A key's file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The disk.
    #[error("use the key file {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The seal.
    #[error("open the key file {}", path.display())]
    Seal {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: SealError,
    },
}

/// A key in memory, and how it rests.
pub struct Opened {
    /// The key; zeroed when dropped.
    pub content: Zeroizing<Vec<u8>>,
    /// How it rests.
    pub rests: Protection,
}

/// The file of one key. See the module.
pub struct KeyFile {
    path: PathBuf,
    name: &'static str,
}

impl KeyFile {
    /// The file at a path. The name is part of the seal: a key of another name that was copied here does not open.
    #[must_use]
    pub fn new(path: PathBuf, name: &'static str) -> Self {
        Self { path, name }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How the key rests, without opening it; none when there is no file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rests(&self) -> Result<Option<Protection>, KeyFileError> {
        Ok(self.read()?.map(|bytes| rests(&bytes)))
    }

    /// Opens the key; none when there is no file. A plain one opens under every seal.
    ///
    /// # Errors
    /// When the file cannot be read, or the seal does not open it.
    pub fn load(&self, seal: &dyn KeySeal) -> Result<Option<Opened>, KeyFileError> {
        let Some(bytes) = self.read()? else { return Ok(None) };
        let rests = rests(&bytes);
        let opened = match rests {
            Protection::File => FileSeal.open(self.name, &bytes),
            Protection::Tpm => seal.open(self.name, &bytes),
        };
        Ok(Some(Opened { content: opened.map_err(|source| self.seal_error(source))?, rests }))
    }

    /// Writes a new key, sealed; in plain where the TPM cannot be used, which is logged. Durable, with its name, when this
    /// returns. An existing file is never replaced.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub fn create(&self, content: &[u8], seal: &dyn KeySeal) -> Result<Protection, KeyFileError> {
        let (bytes, rests) = match seal.seal(self.name, content) {
            Ok(bytes) => (bytes, seal.protection()),
            Err(SealError::Tpm(error)) => {
                tracing::warn!(%error, key = self.name, "the TPM cannot be used: the key rests in a file");
                let plain = FileSeal.seal(self.name, content).map_err(|source| self.seal_error(source))?;
                (plain, Protection::File)
            }
            Err(source) => return Err(self.seal_error(source)),
        };
        let part = self.write_part(&bytes)?;
        // A link does not replace what another process was faster to write.
        std::fs::hard_link(&part, &self.path).map_err(|source| self.error(source))?;
        std::fs::remove_file(&part).map_err(|source| self.error(source))?;
        self.sync_folder()?;
        Ok(rests)
    }

    /// Seals a plain key in place. What rests sealed already, and what cannot be sealed, stays as it is.
    ///
    /// # Errors
    /// When the file cannot be read or written, or the TPM cannot be used: the plain key is still there then.
    pub fn protect(&self, seal: &dyn KeySeal) -> Result<Protection, KeyFileError> {
        let Some(plain) = self.read()? else { return Ok(Protection::File) };
        if rests(&plain) == Protection::Tpm || seal.protection() == Protection::File {
            return Ok(rests(&plain));
        }
        let sealed = seal.seal(self.name, &plain).map_err(|source| self.seal_error(source))?;
        let part = self.write_part(&sealed)?;
        let durable = read(&part).map_err(|source| self.error(source))?.unwrap_or_default();
        let opened = seal.open(self.name, &durable).map_err(|source| self.seal_error(source))?;
        if *opened != *plain {
            return Err(self.seal_error(SealError::Damaged));
        }
        let old = OpenOptions::new().write(true).open(&self.path).map_err(|source| self.error(source))?;
        std::fs::rename(&part, &self.path).map_err(|source| self.error(source))?;
        self.sync_folder()?;
        overwrite(old, plain.len());
        Ok(Protection::Tpm)
    }

    /// Moves the file aside, under a name of its own beside it; where it is now.
    ///
    /// # Errors
    /// When it cannot be moved, or too many were.
    pub fn set_aside(&self) -> Result<PathBuf, KeyFileError> {
        let free = (1..=ASIDE_MAX).map(|n| self.aside(n)).find(|aside| !aside.exists());
        let aside = free.ok_or_else(|| self.error(ErrorKind::AlreadyExists.into()))?;
        std::fs::rename(&self.path, &aside).map_err(|source| self.error(source))?;
        self.sync_folder()?;
        Ok(aside)
    }

    /// Whether an earlier file of this name was moved aside.
    #[must_use]
    pub fn was_set_aside(&self) -> bool {
        self.aside(1).exists()
    }

    fn aside(&self, n: u32) -> PathBuf {
        self.path.with_extension(format!("key.aside-{n}"))
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFileError> {
        let bytes = read(&self.path).map_err(|source| self.error(source))?;
        match bytes {
            Some(bytes) if bytes.len() > FILE_BYTES_MAX => Err(self.seal_error(SealError::Damaged)),
            other => Ok(other),
        }
    }

    /// The bytes under another name, durable. A leftover of an earlier try goes first: it may be a second name of the key.
    fn write_part(&self, bytes: &[u8]) -> Result<PathBuf, KeyFileError> {
        let part = self.path.with_extension("part");
        let write = || -> io::Result<()> {
            match std::fs::remove_file(&part) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut new = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&part)?;
            new.write_all(bytes)?;
            new.sync_all()
        };
        write().map_err(|source| self.error(source))?;
        Ok(part)
    }

    fn sync_folder(&self) -> Result<(), KeyFileError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        open(folder).and_then(|folder| folder.sync_all()).map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> KeyFileError {
        KeyFileError::File { path: self.path.clone(), source }
    }

    fn seal_error(&self, source: SealError) -> KeyFileError {
        KeyFileError::Seal { path: self.path.clone(), source }
    }
}

fn rests(bytes: &[u8]) -> Protection {
    if crate::is_sealed(bytes) { Protection::Tpm } else { Protection::File }
}

#[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// At most one byte more than a key file may have.
fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // Room for all of it at once: growing would leave unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX + 1));
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The plain key has no name any more; its blocks are overwritten where the disk does so.
fn overwrite(mut old: File, length: usize) {
    let done = old.write_all(&vec![0; length]).and_then(|()| old.sync_all());
    if let Err(error) = done {
        tracing::warn!(%error, "the plain key could not be overwritten; it is deleted");
    }
}
