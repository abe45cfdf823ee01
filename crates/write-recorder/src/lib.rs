//! Power cuts for tests: records what a store writes, truncates and syncs, and rebuilds the files as a power cut would
//! leave them.
//!
//! In: a program part that runs with [`record`]; marks of what it promised ([`mark`]). Out: a [`Recording`], and of it any
//! number of crash states ([`Recording::crash`]) in which unsynced writes are lost, torn at sectors, or reordered.
//!
//! A test that links this crate has its calls of `write`, `ftruncate`, `fsync` and the like go through
//! [`calls`]: those of SQLite and of the standard library alike, since both call the C library by name. No child process
//! is needed: what counts is the order of the calls, and a process that dies changes nothing of it.
//!
//! What the model takes for granted of a disk: a sector of [`SECTOR`] bytes is written whole or not; a sync that returned
//! made everything before it in that file durable; names of files change in order, and are durable with the next sync.
//!
//! **Invariant:** for tests only; the one library with `unsafe` code.

pub mod calls;
mod crash;

pub use crash::{CrashState, Fate};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a disk writes at one time.
pub const SECTOR: usize = 512;

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Bytes at an offset.
    Write {
        /// The file.
        path: PathBuf,
        /// Where.
        at: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// A new length.
    Truncate {
        /// The file.
        path: PathBuf,
        /// The length.
        length: u64,
    },
    /// Everything before it in this file (or folder) is durable.
    Sync {
        /// The file or folder.
        path: PathBuf,
    },
    /// A name is gone.
    Remove {
        /// The file.
        path: PathBuf,
    },
    /// A name moved.
    Rename {
        /// From here.
        from: PathBuf,
        /// To there.
        to: PathBuf,
    },
    /// The program promised this much.
    Mark(u64),
}

/// Whether syncs do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncs {
    /// As the program asks.
    Kept,
    /// A program without syncs: each call says "done" and does nothing.
    Dropped,
}

/// What was written below a folder, in order.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The calls.
    pub ops: Vec<Op>,
    /// What stood in the folder before them, durable.
    pub before: BTreeMap<PathBuf, Vec<u8>>,
    folder: PathBuf,
}

struct Running {
    recording: Recording,
    syncs: Syncs,
    room: Option<u64>,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

fn running() -> MutexGuard<'static, Option<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records everything that `work` writes below `folder` (an absolute path without links). One recording at a time.
///
/// # Panics
/// When another recording runs.
pub fn record<T>(folder: &Path, syncs: Syncs, work: impl FnOnce() -> T) -> (Recording, T) {
    calls::link();
    let recording = Recording { ops: Vec::new(), before: present(folder), folder: folder.to_owned() };
    assert!(running().replace(Running { recording, syncs, room: None }).is_none(), "one recording at a time");
    let done = work();
    let recording = running().take().map(|running| running.recording).unwrap_or_default();
    (recording, done)
}

/// Notes a promise of the program, in the order of its writes. Numbers must not fall.
pub fn mark(promise: u64) {
    if let Some(running) = &mut *running() {
        running.recording.ops.push(Op::Mark(promise));
    }
}

/// Lets the disk of the running recording fill up: so many more bytes can be written, then writes fail with `ENOSPC`.
/// `None`: room again. (Every write takes room, also over what stands there: harsher than a disk.)
pub fn set_room(bytes: Option<u64>) {
    if let Some(running) = &mut *running() {
        running.room = bytes;
    }
}

fn present(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    #[expect(clippy::disallowed_methods, reason = "a test looks at its own folder")]
    files.filter_map(|file| Some((PathBuf::from(file.file_name()), std::fs::read(file.path()).ok()?))).collect()
}
