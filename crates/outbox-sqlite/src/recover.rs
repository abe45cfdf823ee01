//! A store that cannot be used is kept aside, and a new one takes over what is still readable.
//!
//! The new store is made complete under another name first. Then a note of the move is written, so that a power cut at
//! any step of it ends, with the next opening, in the same place. The old files are never deleted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use delivery::limits::TRANSACTION_ENTRIES_MAX;
use delivery::{AppendError, LogKind, OutboxStore, Recovered, StateChange, Transaction};
use model::Timestamp;
use wire::log::Entry;

use crate::open::{self, OpenError, from_io, from_store};
use crate::outbox::SqliteOutbox;
use crate::pages::beside;
use crate::salvage::{Salvaged, salvage};
use crate::seal::DeviceKey;
use crate::suspect;

/// Most damaged files kept beside an outbox. At the limit the tablet does not start ([`OpenError::KeptFull`]): the disk
/// that damaged so many will damage the next one.
const KEPT_MAX: usize = 16;
/// Local state goes over in transactions of about this size (1 MiB).
const STATE_BYTES_AT_ONCE: usize = 1024 * 1024;
/// The database and what SQLite keeps beside it.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];
/// The local state that is taken over: an earlier report stands there that nobody has seen yet.
pub type States<'a> = &'a mut (dyn Iterator<Item = (String, Vec<u8>)> + 'a);

const NEW: &str = ".new";
const MOVE_NOTE: &str = ".moving";

/// Replaces a damaged outbox by a new one that holds everything readable, its logs ended. `report` says what is kept as
/// local state of the new store, given the local state of the old one; `kind_of` as in [`salvage`].
///
/// # Errors
/// [`OpenError`]; then the damaged file stands where it stood.
pub async fn recover(
    path: &Path,
    key: &DeviceKey,
    now: Timestamp,
    kind_of: impl Fn(&Entry) -> Option<LogKind>,
    report: impl Fn(&Recovered, States<'_>) -> StateChange,
) -> Result<SqliteOutbox, OpenError> {
    let lock = open::lock(path)?;
    let salvaged = salvage(path, key, kind_of).map_err(|error| from_io(path, error))?;
    replace(path, key, now, Some(salvaged), report).await?;
    drop(lock);
    SqliteOutbox::open(path, key).await
}

/// Keeps an outbox aside whose key is lost, and begins an empty one under a new key.
///
/// # Errors
/// As [`recover`].
pub async fn begin_anew(
    path: &Path,
    key: &DeviceKey,
    now: Timestamp,
    report: impl Fn(&Recovered, States<'_>) -> StateChange,
) -> Result<SqliteOutbox, OpenError> {
    let lock = open::lock(path)?;
    replace(path, key, now, None, report).await?;
    drop(lock);
    SqliteOutbox::open(path, key).await
}

async fn replace(
    path: &Path,
    key: &DeviceKey,
    now: Timestamp,
    salvaged: Option<Salvaged>,
    report: impl Fn(&Recovered, States<'_>) -> StateChange,
) -> Result<(), OpenError> {
    let io = |error| from_io(path, error);
    let kept = kept_name(path, now)?;
    let new = beside(path, NEW);
    for part in PARTS {
        remove(&beside(&new, part)).map_err(io)?; // of an attempt that was cut off
    }
    let recovered = Recovered {
        kept: kept.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        entries: salvaged.as_ref().map_or(0, Salvaged::entry_count),
        gaps: salvaged.as_ref().map_or_else(Vec::new, |salvaged| salvaged.gaps.clone()),
        logs_may_miss: salvaged.as_ref().is_none_or(|salvaged| salvaged.logs_may_miss),
    };
    // Boxed: opening finishes a move, so one opening lies within another.
    let store = Box::pin(SqliteOutbox::open(&new, key)).await?;
    let failed = |error| match error {
        AppendError::Store(error) => from_store(path, error),
        other => OpenError::Medium { path: path.into(), source: Box::new(other) },
    };
    if let Some(salvaged) = &salvaged {
        take_over(&store, salvaged, now).await.map_err(failed)?;
    }
    let mut states = salvaged.iter().flat_map(Salvaged::states);
    let note = Transaction { state: vec![report(&recovered, &mut states)], ..Transaction::default() };
    store.append(note, now).await.map_err(failed)?;
    store.close().await.map_err(|error| from_store(path, error))?;
    remove(&beside(&new, ".lock")).map_err(io)?;
    write_note(&beside(path, MOVE_NOTE), &recovered.kept).map_err(io)?;
    finish(path).map_err(io)
}

async fn take_over(store: &SqliteOutbox, salvaged: &Salvaged, now: Timestamp) -> Result<(), AppendError> {
    for head in &salvaged.logs {
        let mut from = head.kept_from;
        loop {
            let part: Vec<_> = salvaged.entries(head.log, from, TRANSACTION_ENTRIES_MAX).collect();
            let last = part.last().map(|(entry, _)| entry.seq);
            store.import(*head, part, now).await?;
            let Some(last) = last else { break };
            from = last + 1;
        }
    }
    for wedged in &salvaged.wedged {
        store.quarantine(wedged.log, wedged.seq, wedged.reason, wedged.at).await?;
    }
    let mut state = Vec::new();
    let mut bytes = 0;
    for (key, value) in salvaged.states() {
        bytes += value.len();
        state.push(StateChange::Put { key, value });
        if bytes >= STATE_BYTES_AT_ONCE {
            bytes = 0;
            let state = std::mem::take(&mut state);
            store.append(Transaction { state, ..Transaction::default() }, now).await?;
        }
    }
    store.append(Transaction { state, ..Transaction::default() }, now).await
}

/// Ends a move that was begun; does nothing where none was. Each step may have been done before.
pub(crate) fn finish(path: &Path) -> io::Result<()> {
    let note = beside(path, MOVE_NOTE);
    #[expect(clippy::disallowed_methods, reason = "the store's edge")]
    let kept = match fs::read_to_string(&note) {
        Ok(name) => path.with_file_name(name),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let new = beside(path, NEW);
    if new.try_exists()? {
        for part in PARTS {
            let (from, to) = (beside(path, part), beside(&kept, part));
            if from.try_exists()? && !to.try_exists()? {
                fs::rename(from, to)?;
            }
        }
        sync_folder(path)?;
        fs::rename(&new, path)?;
        sync_folder(path)?;
    }
    suspect::clear(path)?;
    remove(&note)?;
    sync_folder(path)
}

/// `outbox.sqlite` becomes `outbox.damaged-20260401T093000Z.sqlite`.
fn kept_name(path: &Path, now: Timestamp) -> Result<PathBuf, OpenError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned() + ".damaged-";
    let end = path.extension().map_or_else(String::new, |end| format!(".{}", end.to_string_lossy()));
    let folder = path.parent().unwrap_or(Path::new("."));
    let is_kept = |name: &str| name.starts_with(&stem) && name.ends_with(&end);
    let files = fs::read_dir(folder).map_err(|error| from_io(path, error))?;
    let kept = files.flatten().filter(|file| is_kept(&file.file_name().to_string_lossy())).count();
    if kept >= KEPT_MAX {
        return Err(OpenError::KeptFull { path: path.into(), kept });
    }
    let stamp = jiff::Timestamp::from_microsecond(now.0).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |n: usize| if n == 0 { format!("{stem}{stamp}{end}") } else { format!("{stem}{stamp}-{n}{end}") };
    let free = (0..=KEPT_MAX).map(|n| path.with_file_name(name(n))).find(|path| !path.exists());
    free.ok_or(OpenError::KeptFull { path: path.into(), kept })
}

fn write_note(note: &Path, kept: &str) -> io::Result<()> {
    let unfinished = beside(note, ".part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(kept.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, note)?;
    sync_folder(note)
}

pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Names in a folder are durable only after this.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[expect(clippy::disallowed_methods, reason = "the store's edge")]
    File::open(folder)?.sync_all()
}
