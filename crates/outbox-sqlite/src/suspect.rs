//! A mark beside the outbox that damage showed while it ran: the next opening checks the file whole, whatever its size.
//!
//! The mark is an empty file `<path>.suspect`. It goes when the whole check found nothing that is not known, or when the
//! file was replaced. A mark that could not be left is told in the log: then damage shows again when its page is read.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use delivery::{AppendError, StoreError};

use crate::pages::beside;
use crate::recover::{remove, sync_folder};

const SUSPECT: &str = ".suspect";

/// Leaves the mark once.
pub(crate) struct Suspect {
    path: PathBuf,
    is_left: AtomicBool,
}

/// A failure that may be damage.
pub(crate) trait Fault {
    /// True when bytes of the file are not what was written.
    fn is_damage(&self) -> bool;
}

impl Fault for StoreError {
    fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::DamagedFile(_) | Self::DamagedEntry { .. } | Self::DamagedLog { .. } | Self::DamagedState { .. }
        )
    }
}

impl Fault for AppendError {
    fn is_damage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_damage())
    }
}

impl Suspect {
    pub(crate) fn of(path: &Path) -> Self {
        Self { path: path.into(), is_left: AtomicBool::new(is_suspect(path)) }
    }

    /// Passes a result on; where it tells of damage, the mark is left first.
    pub(crate) fn note<T, E: Fault>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.as_ref().is_err_and(E::is_damage) && !self.is_left.swap(true, Ordering::Relaxed) {
            match leave(&self.path) {
                Ok(()) => tracing::error!("the outbox shows damage: the next start checks it whole"),
                Err(error) => tracing::error!(%error, "the outbox shows damage, and no mark of it could be left"),
            }
        }
        result
    }
}

pub(crate) fn is_suspect(path: &Path) -> bool {
    beside(path, SUSPECT).exists()
}

fn leave(path: &Path) -> io::Result<()> {
    let mark = beside(path, SUSPECT);
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(mark)?.sync_all()?;
    sync_folder(path)
}

/// The file is whole, or another stands in its place.
pub(crate) fn clear(path: &Path) -> io::Result<()> {
    let mark = beside(path, SUSPECT);
    if !mark.exists() {
        return Ok(());
    }
    remove(&mark)?;
    sync_folder(path)
}
