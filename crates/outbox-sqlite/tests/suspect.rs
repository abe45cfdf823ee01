//! Damage in a file that is too large to be checked at every start shows while it runs; the next start checks it whole.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use delivery::store::{LogKind, NewLog, StateChange};
use delivery::{OutboxStore, StoreError, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, OpenError, SqliteOutbox, recover};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wire::log::Entry;
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
/// Above it a file is not checked when it is opened.
const LARGE_BYTES: u64 = 64 * 1024 * 1024;
const LOGS: u8 = 6;
const ENTRIES: u64 = 20;
/// The entry of a damaged log that does not open.
const DAMAGED: u64 = 7;

fn key() -> DeviceKey {
    DeviceKey::from_bytes(Zeroizing::new([1; 32]))
}

fn log(n: u8) -> LogId {
    LogId::from_bytes([n; 16])
}

fn case(log: LogId) -> LogKind {
    LogKind::Case(CaseId::from_bytes(log.bytes()))
}

async fn open(path: &Path) -> Result<SqliteOutbox, OpenError> {
    SqliteOutbox::open(path, &key()).await
}

fn mark(path: &Path) -> PathBuf {
    path.with_file_name("outbox.sqlite.suspect")
}

/// A large outbox; in `damaged` of its logs one row is not what was written.
async fn large(folder: &TempDir, damaged: &[u8]) -> PathBuf {
    let path = folder.path().join("outbox.sqlite");
    let store = open(&path).await.expect("opens");
    for n in 1..=LOGS {
        let begin = vec![NewLog { log: log(n), kind: case(log(n)) }];
        let entries = (1..=ENTRIES).map(|seq| Entry { log: log(n), seq, schema: 1, bytes: vec![n; 300] }).collect();
        store.append(Transaction { begin, entries, ..Transaction::default() }, NOW).await.expect("appends");
    }
    store.close().await.expect("closes");
    let mut conn: SqliteConnection = SqliteConnectOptions::new().filename(&path).connect().await.expect("connects");
    // Stands for months of entries, which take long to seal.
    sqlx::query("CREATE TABLE filler (value BLOB)").execute(&mut conn).await.expect("creates");
    let filler = sqlx::query("INSERT INTO filler (value) VALUES (zeroblob(?1))");
    filler.bind(i64::try_from(LARGE_BYTES).expect("fits")).execute(&mut conn).await.expect("fills");
    for n in damaged {
        let damage = sqlx::query("UPDATE entry SET sealed = x'A5' WHERE log = ?1 AND seq = ?2");
        let damage = damage.bind(log(*n).bytes().to_vec()).bind(i64::try_from(DAMAGED).expect("fits"));
        damage.execute(&mut conn).await.expect("damages");
    }
    conn.close().await.expect("closes");
    assert!(fs::metadata(&path).expect("a file").len() > LARGE_BYTES);
    path
}

/// The seq of the first damaged entry; none when all are whole.
async fn first_damaged(store: &SqliteOutbox, log: LogId) -> Option<u64> {
    for seq in 1..=ENTRIES {
        match store.read_log(log, seq, 1).await {
            Ok(_) => {}
            Err(StoreError::DamagedEntry { seq, .. }) => return Some(seq),
            Err(error) => panic!("{error:?}"),
        }
    }
    None
}

#[tokio::test]
async fn damage_that_showed_is_looked_for_everywhere_at_the_next_start() {
    let folder = TempDir::new().expect("a folder");
    let path = large(&folder, &[2, 5]).await;
    let store = open(&path).await.expect("a large file is not checked");
    assert_eq!(first_damaged(&store, log(1)).await, None);
    assert!(!mark(&path).exists(), "nothing was seen yet");
    assert_eq!(first_damaged(&store, log(2)).await, Some(DAMAGED));
    assert!(mark(&path).exists(), "and noted");
    // As the sender does: the log is cut there, so that this row is known to be lost.
    store.mark_forked(log(2), DAMAGED).await.expect("cuts");
    store.close().await.expect("closes");

    // What nobody has read yet is found.
    let refused = open(&path).await.err();
    assert!(
        matches!(&refused, Some(OpenError::Damaged { source: Some(StoreError::DamagedEntry { log: found, .. }), .. }) if *found == log(5)),
        "{refused:?}"
    );
    assert!(mark(&path).exists(), "until somebody has done something about it");
    let report = |_: &_, _: outbox_sqlite::States<'_>| StateChange::Put { key: "recovered".into(), value: Vec::new() };
    let store = recover(&path, &key(), NOW, |entry| Some(case(entry.log)), report).await.expect("recovers");
    assert!(!mark(&path).exists());
    assert_eq!(first_damaged(&store, log(1)).await, None);
    assert_eq!(first_damaged(&store, log(5)).await, Some(DAMAGED), "the gap has a name");
    assert!(!mark(&path).exists(), "a gap that is known makes nothing suspect");
    store.close().await.expect("closes");
    open(&path).await.expect("opens");
}

#[tokio::test]
async fn what_is_known_to_be_lost_is_not_looked_at_again() {
    let folder = TempDir::new().expect("a folder");
    let path = large(&folder, &[3]).await;
    let store = open(&path).await.expect("opens");
    assert_eq!(first_damaged(&store, log(3)).await, Some(DAMAGED));
    store.mark_forked(log(3), DAMAGED).await.expect("cuts");
    store.close().await.expect("closes");
    assert!(mark(&path).exists());
    let store = open(&path).await.expect("all else is whole");
    assert!(!mark(&path).exists());
    assert_eq!(first_damaged(&store, log(3)).await, Some(DAMAGED));
    assert!(!mark(&path).exists(), "it is not new");
}

#[tokio::test]
async fn pages_that_hold_no_entry_are_checked_as_well() {
    let folder = TempDir::new().expect("a folder");
    let path = large(&folder, &[4]).await;
    let file = OpenOptions::new().write(true).open(&path).expect("opens");
    file.write_all_at(&[0xA5; 4096], LARGE_BYTES / 2).expect("writes");
    let store = open(&path).await.expect("a large file is not checked");
    assert_eq!(first_damaged(&store, log(4)).await, Some(DAMAGED));
    store.mark_forked(log(4), DAMAGED).await.expect("cuts");
    drop(store);
    let refused = open(&path).await.err();
    assert!(matches!(refused, Some(OpenError::Damaged { source: None, .. })), "{refused:?}");
}
