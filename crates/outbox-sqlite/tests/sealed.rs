//! Keys, damage, second openers, and what rests in the files.

#![expect(clippy::disallowed_methods, reason = "these tests look into the files of an edge")]

use std::path::{Path, PathBuf};

use delivery::store::{LogKind, NewLog, StateChange};
use delivery::{AppendError, OutboxStore, StoreError, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, OpenError, SqliteOutbox};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wire::log::{Entry, QuarantineReason};
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const SECRET: &[u8] = b"chest pain since 14:20, takes warfarin";

fn key(byte: u8) -> DeviceKey {
    DeviceKey::from_bytes(Zeroizing::new([byte; 32]))
}

fn log(byte: u8) -> LogId {
    LogId::from_bytes([byte; 16])
}

fn entry(log: LogId, seq: u64) -> Entry {
    Entry { log, seq, schema: 1, bytes: [SECRET, &seq.to_le_bytes()].concat() }
}

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("outbox.db");
    (directory, path)
}

/// A store with two logs of three entries and one state row.
async fn filled(path: &Path) -> SqliteOutbox {
    let store = SqliteOutbox::open(path, &key(1)).await.expect("opens");
    let begin = [1, 2].map(|n| NewLog { log: log(n), kind: LogKind::Case(CaseId::from_bytes([n; 16])) }).to_vec();
    let entries = [1, 2].into_iter().flat_map(|n| (1..=3).map(move |seq| entry(log(n), seq))).collect();
    let state = vec![
        StateChange::Put { key: "case/1".into(), value: SECRET.to_vec() },
        StateChange::Put { key: "case/2".into(), value: vec![2] },
    ];
    store.append(Transaction { begin, entries, state, ..Transaction::default() }, NOW).await.expect("append");
    store
}

/// Changes the closed file behind the store's back.
async fn tamper(path: &Path, statement: &'static str) {
    let mut conn: SqliteConnection = SqliteConnectOptions::new().filename(path).connect().await.expect("connects");
    let changed = sqlx::query(statement).execute(&mut conn).await.expect("changes").rows_affected();
    assert!(changed > 0, "{statement} changed nothing");
    conn.close().await.expect("closes");
}

#[tokio::test]
async fn everything_is_there_again_after_a_drop() {
    let (_directory, path) = place();
    let store = filled(&path).await;
    store.acknowledge(log(1), 2, NOW).await.expect("acknowledge");
    store.quarantine(log(1), 1, QuarantineReason(77), NOW).await.expect("quarantine");
    let (heads, counts) = (store.heads().await.expect("heads"), store.counts().await.expect("counts"));
    drop(store);

    let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens again");
    assert_eq!(store.heads().await.expect("heads"), heads);
    assert_eq!(store.counts().await.expect("counts"), counts);
    assert_eq!(store.read_log(log(2), 1, 9).await.expect("read").last(), Some(&entry(log(2), 3)));
    assert_eq!(store.state("case/1").await.expect("state").as_deref(), Some(SECRET));
    assert_eq!(store.wedged().await.expect("wedged")[0].reason, QuarantineReason(77));
    store.append(Transaction::of(entry(log(1), 4)), NOW).await.expect("goes on");
}

#[tokio::test]
async fn another_key_is_refused_and_changes_nothing() {
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    let refused = SqliteOutbox::open(&path, &key(2)).await.err();
    assert!(matches!(refused, Some(OpenError::WrongKey { .. })), "{refused:?}");
    assert_eq!(SqliteOutbox::open(&path, &key(1)).await.expect("opens").heads().await.expect("heads").len(), 2);
}

#[tokio::test]
async fn a_second_opener_is_refused_while_the_first_lives() {
    let (_directory, path) = place();
    let first = filled(&path).await;
    let refused = SqliteOutbox::open(&path, &key(1)).await.err();
    assert!(matches!(refused, Some(OpenError::Locked { .. })), "{refused:?}");
    first.append(Transaction::of(entry(log(1), 4)), NOW).await.expect("the first goes on");
    drop(first);
    assert!(SqliteOutbox::open(&path, &key(1)).await.is_ok());
}

#[tokio::test]
async fn a_damaged_entry_is_named_and_its_neighbours_are_read() {
    for statement in [
        "UPDATE entry SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE log = x'01010101010101010101010101010101' AND seq = 2",
        "UPDATE entry SET sealed = (SELECT other.sealed FROM entry AS other WHERE other.log <> entry.log AND other.seq = 2) \
         WHERE log = x'01010101010101010101010101010101' AND seq = 2",
        "UPDATE entry SET schema = 9 WHERE log = x'01010101010101010101010101010101' AND seq = 2",
        "UPDATE entry SET schema = 99999 WHERE log = x'01010101010101010101010101010101' AND seq = 2",
        "UPDATE entry SET sealed = x'' WHERE log = x'01010101010101010101010101010101' AND seq = 2",
        "DELETE FROM entry WHERE log = x'01010101010101010101010101010101' AND seq = 2",
    ] {
        let (_directory, path) = place();
        filled(&path).await.close().await.expect("closes");
        tamper(&path, statement).await;
        let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens");
        let read = store.read_log(log(1), 1, 9).await;
        assert!(
            matches!(read, Err(StoreError::DamagedEntry { log: l, seq: 2 }) if l == log(1)),
            "{statement}: {read:?}"
        );
        assert_eq!(store.read_log(log(1), 1, 1).await.expect("before"), [entry(log(1), 1)]);
        assert_eq!(store.read_log(log(1), 3, 1).await.expect("behind"), [entry(log(1), 3)]);
        assert_eq!(store.read_log(log(2), 1, 9).await.expect("other log").len(), 3);
    }
}

#[tokio::test]
async fn a_tail_cut_off_is_named() {
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    tamper(&path, "DELETE FROM entry WHERE seq = 3").await;
    let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens");
    let read = store.read_log(log(1), 1, 9).await;
    assert!(matches!(read, Err(StoreError::DamagedEntry { seq: 3, .. })), "{read:?}");
}

#[tokio::test]
async fn counters_and_state_cannot_be_changed_unseen() {
    for statement in [
        "UPDATE log SET head = 2",
        "UPDATE log SET acknowledged = 3",
        "UPDATE log SET kept_from = 4",
        "UPDATE log SET ended = 1",
        "UPDATE log SET case_id = x'09090909090909090909090909090909'",
    ] {
        let (_directory, path) = place();
        filled(&path).await.close().await.expect("closes");
        tamper(&path, statement).await;
        let refused = SqliteOutbox::open(&path, &key(1)).await.err();
        let Some(OpenError::Damaged { source: Some(StoreError::DamagedLog { log: l, .. }), .. }) = refused else {
            panic!("{statement}: {refused:?}")
        };
        assert_eq!(l, log(1));
    }
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    tamper(&path, "UPDATE state SET sealed = (SELECT sealed FROM state WHERE key = 'case/2') WHERE key = 'case/1'")
        .await;
    let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens");
    let read = store.state("case/1").await;
    assert!(matches!(&read, Err(StoreError::DamagedState { key }) if key == "case/1"), "{read:?}");
}

#[tokio::test]
async fn a_broken_file_is_damaged_and_left_as_it_is() {
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    let whole = std::fs::read(&path).expect("the file");
    let middle = whole.len() / 2;
    let garbled = [&whole[..middle], &vec![0xA5; whole.len() - middle][..]].concat();
    for bytes in
        [b"not a database at all, but long enough to look at".repeat(100), whole[..middle - 100].to_vec(), garbled]
    {
        std::fs::write(&path, &bytes).expect("writes");
        let refused = SqliteOutbox::open(&path, &key(1)).await.err();
        assert!(matches!(&refused, Some(OpenError::Damaged { path: p, .. }) if *p == path), "{refused:?}");
        assert_eq!(std::fs::read(&path).expect("the file"), bytes, "kept for the caller");
    }
    std::fs::write(&path, &whole).expect("writes");
    assert!(SqliteOutbox::open(&path, &key(1)).await.is_ok());
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    let mut conn = SqliteConnectOptions::new().filename(&path).connect().await.expect("connects");
    sqlx::query("PRAGMA user_version = 9").execute(&mut conn).await.expect("sets");
    conn.close().await.expect("closes");
    let refused = SqliteOutbox::open(&path, &key(1)).await.err();
    assert!(matches!(refused, Some(OpenError::TooNew { found: 9, known: 2, .. })), "{refused:?}");
}

#[tokio::test]
async fn a_file_of_the_first_schema_goes_on() {
    let (_directory, path) = place();
    filled(&path).await.close().await.expect("closes");
    let mut conn = SqliteConnectOptions::new().filename(&path).connect().await.expect("connects");
    let back = sqlx::raw_sql("ALTER TABLE log DROP COLUMN ended; PRAGMA user_version = 1;");
    back.execute(&mut conn).await.expect("as it was written by schema 1");
    conn.close().await.expect("closes");
    let store = SqliteOutbox::open(&path, &key(1)).await.expect("migrates");
    assert!(store.heads().await.expect("heads").iter().all(|head| !head.ended && head.head == 3));
    store.end_log(log(1)).await.expect("ends");
    store.append(Transaction::of(entry(log(2), 4)), NOW).await.expect("goes on");
    drop(store);
    let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens");
    assert_eq!(store.heads().await.expect("heads").iter().map(|head| head.ended).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn no_content_rests_unsealed() {
    let (directory, path) = place();
    let store = filled(&path).await;
    store.append(Transaction::of(entry(log(1), 4)), NOW).await.expect("append");
    let found = |needle: &[u8]| {
        let files: Vec<_> = std::fs::read_dir(directory.path())
            .expect("the directory")
            .map(|file| file.expect("a file").path())
            .collect();
        assert!(files.len() >= 2, "{files:?}");
        files
            .iter()
            .any(|file| std::fs::read(file).expect("readable").windows(needle.len()).any(|bytes| bytes == needle))
    };
    assert!(found(b"case/1"), "keys rest unsealed: the search itself works");
    for word in SECRET.split(|byte| *byte == b' ').filter(|word| word.len() > 3) {
        assert!(!found(word), "{} rests in a file", String::from_utf8_lossy(word));
    }
    assert!(!found(&delivery::entry_digest(&entry(log(1), 4).bytes)), "a digest would let content be guessed");
    let refused = store.append(Transaction::of(entry(log(1), 9)), NOW).await;
    assert!(matches!(refused, Err(AppendError::NotNext { expected: 5, got: 9, .. })));
}

#[tokio::test]
async fn a_dropped_call_leaves_the_truth() {
    let (_directory, path) = place();
    let store = filled(&path).await;
    for polls in 0..40 {
        let expected = store.heads().await.expect("heads")[0].head + 1;
        let append = store.append(Transaction::of(entry(log(1), expected)), NOW);
        let mut append = Box::pin(append);
        let mut left = polls;
        std::future::poll_fn(|context| {
            if left == 0 || append.as_mut().poll(context).is_ready() {
                return std::task::Poll::Ready(());
            }
            left -= 1;
            std::task::Poll::Pending
        })
        .await;
        drop(append);
        let head = store.heads().await.expect("heads")[0];
        assert!(head.head == expected || head.head == expected - 1);
        assert_eq!(store.read_log(log(1), 1, 999).await.expect("whole").len() as u64, head.head);
    }
}
