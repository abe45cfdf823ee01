//! The tablet's outbox at start: opened, or, where it cannot be used, kept aside and replaced by what is readable.

use crate::device_key::{self, Key};
use crate::mark::{Mark, leave_mark};
use crate::open::StartError;
use ambulance_core::{RECOVERED_KEY, Restored};
use case::Stored;
use delivery::{LogHead, LogKind, OutboxStore, Recovered, StateChange, StoreError, Transaction};
use key_seal::{FileSeal, KeySeal};
use model::Timestamp;
use outbox_sqlite::{DeviceKey, OpenError, SqliteOutbox, States, begin_anew, recover};
use std::path::Path;
use wire::Entry;

/// Most closed cases whose entries are loaded at start, newest first. Entries of older ones go out from the store all
/// the same; only the tablet's own pages do not show them.
const CLOSED_CASES_LOADED_MAX: usize = ambulance_core::limits::CASES_MAX;

/// Most bytes of entries that are loaded at start (32 MiB), newest case first. What is beyond stays in the store.
const LOADED_BYTES_MAX: usize = 32 * 1024 * 1024;

/// [`open_outbox_with`] a key that rests in a file.
///
/// # Errors
/// As there; also when the key is sealed.
pub async fn open_outbox(data: &Path, now: Timestamp) -> Result<(SqliteOutbox, Restored), StartError> {
    open_outbox_with(data, &FileSeal, false, now).await
}

/// Opens a tablet's outbox with its device key and reads what it holds. A seal that is a TPM blocks for up to seconds.
///
/// The key is sealed in place where it rests in plain and can be sealed. One that another TPM sealed stops the start unless the unit
/// was enrolled again since (`enrolled_anew`): it counts as lost then.
///
/// A damaged one, or one that ends before its `Mark`, is kept aside and everything readable in it is taken over; one whose key is lost is kept aside as well.
/// Both are told in [`Restored::recovered`].
///
/// # Errors
/// When the key or the file cannot be used for a reason that somebody can remove; the files are left as they are.
pub async fn open_outbox_with(
    data: &Path,
    seal: &dyn KeySeal,
    enrolled_anew: bool,
    now: Timestamp,
) -> Result<(SqliteOutbox, Restored), StartError> {
    std::fs::create_dir_all(data).map_err(|source| StartError::Folder { path: data.display().to_string(), source })?;
    let path = data.join("outbox.sqlite");
    let mark = Mark::read(data);
    let (key, is_new) = match device_key::load_or_create(data, seal, enrolled_anew)? {
        Key::Old(key) => (key, false),
        Key::New(key) => (key, true),
    };
    if is_new && std::fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
        return anew(data, &path, &key, now).await;
    }
    let damage = match SqliteOutbox::open(&path, &key).await {
        Ok(store) => match restore(&store).await {
            Ok(restored) if mark.is_none_or(|mark| !mark.is_ahead_of(&restored.heads)) => return Ok((store, restored)),
            Ok(_) => {
                closed(store).await;
                "it ends before what was durable in it".to_owned()
            }
            Err(error @ (StoreError::DiskFull | StoreError::Medium(_))) => return Err(error.into()),
            Err(damage) => {
                closed(store).await;
                crate::store::chain(&damage)
            }
        },
        Err(damage @ OpenError::Damaged { .. }) => crate::store::chain(&damage),
        // The key was set aside for this one, and the start ended before the outbox was.
        Err(OpenError::WrongKey { .. }) if enrolled_anew && device_key::outbox_key(data).was_set_aside() => {
            return anew(data, &path, &key, now).await;
        }
        Err(other) => return Err(other.into()),
    };
    tracing::error!(%damage, "the outbox is damaged: taking over what is readable");
    let store = recover(&path, &key, now, kind_of, first_or_joined).await?;
    let mut restored = restore(&store).await?;
    if let Some(mark) = mark.filter(|mark| mark.is_ahead_of(&restored.heads))
        && let Some(told) = restored.recovered.take()
    {
        let told = mark.tell(&restored.heads, told);
        let note = Transaction { state: vec![report(&told)], ..Transaction::default() };
        if let Err(error) = store.append(note, now).await {
            tracing::error!(error = %crate::store::chain(&error), "the report on the old outbox could not be completed");
        }
        restored.recovered = Some(told);
    }
    leave_mark(data, &restored.heads);
    Ok((store, restored))
}

/// Keeps an outbox aside that no key opens, and begins an empty one.
async fn anew(
    data: &Path,
    path: &Path,
    key: &DeviceKey,
    now: Timestamp,
) -> Result<(SqliteOutbox, Restored), StartError> {
    tracing::error!("the device key was lost: the outbox is kept aside");
    let store = begin_anew(path, key, now, first_or_joined).await?;
    let restored = restore(&store).await?;
    leave_mark(data, &restored.heads);
    Ok((store, restored))
}

async fn closed(store: SqliteOutbox) {
    if let Err(error) = store.close().await {
        tracing::debug!(error = %crate::store::chain(&error), "the damaged outbox did not close");
    }
}

/// Reads what the core needs of a store.
///
/// # Errors
/// When a row is damaged: it is named, and nothing is dropped. In an ended log damage is known, and passed over.
pub async fn restore<S: OutboxStore>(store: &S) -> Result<Restored, StoreError> {
    let heads = store.heads().await?;
    let mut entries = Vec::new();
    let mut bytes = 0;
    for head in loaded(&heads) {
        let mut from = head.kept_from;
        while from <= head.head && bytes < LOADED_BYTES_MAX {
            let page = match store.read_log(head.log, from, delivery::limits::TRANSACTION_ENTRIES_MAX).await {
                Err(StoreError::DamagedEntry { seq, .. }) if head.ended => {
                    let page = store.read_log(head.log, from, usize::try_from(seq - from).unwrap_or(0)).await?;
                    from = seq + 1;
                    page
                }
                read => {
                    let page = read?;
                    from = page.last().map_or(head.head, |entry| entry.seq) + 1;
                    page
                }
            };
            bytes += page.iter().map(|entry| entry.bytes.len()).sum::<usize>();
            entries.extend(page);
        }
    }
    let recovered = match store.state(RECOVERED_KEY).await? {
        None => None,
        Some(value) => wire::codec::decode::<Recovered>(&value).ok(),
    };
    Ok(Restored {
        wedged: store.wedged().await?,
        states: store.states("").await?,
        counts: store.counts().await?,
        heads,
        entries,
        recovered,
    })
}

/// The logs whose entries are loaded: open cases, then the newest closed ones.
fn loaded(heads: &[LogHead]) -> Vec<&LogHead> {
    let mut cases: Vec<_> =
        heads.iter().filter(|head| matches!(head.kind, LogKind::Case(_)) && head.kept_from <= head.head).collect();
    cases.sort_by_key(|head| (head.closed, core::cmp::Reverse(head.begun_at), head.log));
    let open = cases.iter().take_while(|head| !head.closed).count();
    cases.truncate(open + CLOSED_CASES_LOADED_MAX);
    cases
}

/// What a log is about, told by one of its entries.
fn kind_of(entry: &Entry) -> Option<LogKind> {
    let event = Stored::decode(entry.schema, &entry.bytes).ok()?;
    Some(event.subject.case().map_or(LogKind::Unit, LogKind::Case))
}

/// A report on an earlier damage that stands unseen goes into the new one.
fn first_or_joined(recovered: &Recovered, states: States<'_>) -> StateChange {
    let mut states = states;
    let earlier = Iterator::find(&mut states, |(key, _)| key == RECOVERED_KEY).map(|(_, value)| value);
    match earlier.and_then(|value| wire::codec::decode(&value).ok()) {
        Some(earlier) => report(&recovered.clone().after(earlier)),
        None => report(recovered),
    }
}

fn report(recovered: &Recovered) -> StateChange {
    let value = wire::codec::encode(recovered).unwrap_or_else(|error| {
        tracing::error!(%error, "the report on the old outbox is too long; it is shortened");
        let short = Recovered { gaps: Vec::new(), logs_may_miss: true, ..recovered.clone() };
        wire::codec::encode(&short).unwrap_or_default()
    });
    StateChange::Put { key: RECOVERED_KEY.to_owned(), value }
}
