//! Damage to the file of an outbox: everything readable is taken over, nothing acknowledged is called lost, and the rest is
//! named by log and seq.

#![expect(clippy::disallowed_methods, reason = "these tests damage files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use delivery::store::{LogKind, StateChange};
use delivery::{LogHead, OutboxStore, Recovered, StoreError, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, OpenError, SqliteOutbox, States, begin_anew, recover};
use proptest::prelude::*;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wire::log::{Entry, QuarantineReason};
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const LOGS: u8 = 4;
const ENTRIES: u64 = 40;

fn key(byte: u8) -> DeviceKey {
    DeviceKey::from_bytes(Zeroizing::new([byte; 32]))
}

fn log(n: u8) -> LogId {
    LogId::from_bytes([n; 16])
}

/// Some fit on a page, some need overflow pages.
fn entry(log: LogId, seq: u64) -> Entry {
    let bytes = (0..=255)
        .cycle()
        .skip(usize::from(log.bytes()[0]))
        .take(if seq.is_multiple_of(10) { 9_000 } else { 120 })
        .collect();
    Entry { log, seq, schema: 1, bytes }
}

fn whole(log: LogId) -> Vec<Entry> {
    (1..=ENTRIES).map(|seq| entry(log, seq)).collect()
}

fn kind_of(entry: &Entry) -> Option<LogKind> {
    Some(LogKind::Case(CaseId::from_bytes(entry.log.bytes())))
}

fn report(recovered: &Recovered, _: States<'_>) -> StateChange {
    StateChange::Put { key: "recovered".into(), value: format!("{recovered:?}").into_bytes() }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Log n has 40 entries, 10n of them acknowledged; the fourth has everything acknowledged.
async fn filled(path: &Path) -> SqliteOutbox {
    let store = SqliteOutbox::open(path, &key(1)).await.expect("opens");
    for n in 1..=LOGS {
        store.begin_log(log(n), LogKind::Case(CaseId::from_bytes([n; 16])), NOW).await.expect("begins");
    }
    for seq in 1..=ENTRIES {
        let entries = (1..=LOGS).map(|n| entry(log(n), seq)).collect();
        let state = vec![StateChange::Put { key: format!("case/{seq}"), value: vec![7; 300] }];
        store.append(Transaction { entries, state, ..Transaction::default() }, NOW).await.expect("append");
    }
    for n in 1..=LOGS {
        store.acknowledge(log(n), u64::from(n) * 10, NOW).await.expect("acknowledge");
    }
    store.quarantine(log(1), 3, QuarantineReason(77), NOW).await.expect("quarantine");
    store
}

/// The bytes of a filled database, and of its journal where it was not merged.
async fn image(merged: bool) -> (Vec<u8>, Option<Vec<u8>>) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("outbox.sqlite");
    let store = filled(&path).await;
    if merged {
        store.close().await.expect("closes");
        return (fs::read(&path).expect("reads"), None);
    }
    (fs::read(&path).expect("reads"), Some(fs::read(beside(&path, "-wal")).expect("reads")))
}

fn lay(image: &(Vec<u8>, Option<Vec<u8>>)) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("outbox.sqlite");
    fs::write(&path, &image.0).expect("writes");
    if let Some(journal) = &image.1 {
        fs::write(beside(&path, "-wal"), journal).expect("writes");
    }
    (folder, path)
}

/// What every recovery promises. Returns the heads.
async fn check(store: &SqliteOutbox, recovered: Option<&Recovered>) -> BTreeMap<LogId, LogHead> {
    let gaps = recovered.map_or(&[][..], |recovered| &recovered.gaps);
    let heads: BTreeMap<_, _> = store.heads().await.expect("heads").into_iter().map(|head| (head.log, head)).collect();
    for n in 1..=LOGS {
        let log = log(n);
        let is_gap = |seq| {
            gaps.iter().any(|gap| gap.log == log && gap.from <= seq && gap.through.is_none_or(|last| seq <= last))
        };
        let Some(head) = heads.get(&log) else {
            assert!(recovered.is_some_and(|recovered| recovered.logs_may_miss), "log {n} is gone without a word");
            continue;
        };
        assert_eq!(head.ended, recovered.is_some(), "log {n}");
        assert_eq!(head.kind, LogKind::Case(CaseId::from_bytes([n; 16])));
        // One by one only where something is missing.
        if head.kept_from == 1 && store.read_log(log, 1, 99).await.is_ok_and(|read| read == whole(log)) {
            continue;
        }
        for seq in 1..=ENTRIES {
            match store.read_log(log, seq, 1).await {
                Ok(read) if read.first().is_some_and(|read| read.seq == seq) => assert_eq!(read, [entry(log, seq)]),
                Ok(_) if seq > head.head => assert!(is_gap(seq), "log {n} seq {seq} is gone without a word: {gaps:?}"),
                // Found in a store that opened: named when it is read, and the sender reports it.
                Err(StoreError::DamagedEntry { .. }) if recovered.is_none() => {}
                Ok(_) | Err(StoreError::DamagedEntry { .. }) => {
                    assert!(
                        seq <= u64::from(n) * 10 || is_gap(seq),
                        "log {n} seq {seq} is gone without a word: {gaps:?}"
                    );
                }
                Err(error) => panic!("log {n} seq {seq}: {error:?}"),
            }
        }
    }
    heads
}

async fn opened_or_recovered(path: &Path) -> (SqliteOutbox, Option<Recovered>) {
    match SqliteOutbox::open(path, &key(1)).await {
        Ok(store) => (store, None),
        Err(OpenError::Damaged { .. }) => {
            let seen = std::cell::RefCell::default();
            let key = key(1);
            let store = recover(path, &key, NOW, kind_of, |recovered, states| {
                seen.replace(Some(recovered.clone()));
                report(recovered, states)
            });
            let store = store.await.expect("recovers");
            (store, seen.into_inner())
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lost_header_loses_nothing() {
    let (mut file, _) = image(true).await;
    file[..4096].fill(0);
    let (folder, path) = lay(&(file.clone(), None));
    let (store, seen) = opened_or_recovered(&path).await;
    let seen = seen.expect("damage is seen");
    assert_eq!((&seen.gaps[..], seen.entries), (&[][..], u64::from(LOGS) * ENTRIES));
    let heads = check(&store, Some(&seen)).await;
    assert_eq!(heads[&log(2)].acknowledged, 20);
    assert_eq!(store.wedged().await.expect("wedged")[0].seq, 3);
    assert_eq!(store.states("case/").await.expect("states").len() as u64, ENTRIES);
    assert!(store.state("recovered").await.expect("state").is_some());
    assert_eq!(store.counts().await.expect("counts").waiting, 30 + 20 + 10);
    let kept = folder.path().join("outbox.damaged-20270115T080000Z.sqlite");
    assert_eq!(fs::read(kept).expect("kept"), file, "as it was");
    drop(store);
    check(&SqliteOutbox::open(&path, &key(1)).await.expect("opens as any other"), Some(&seen)).await;
}

#[tokio::test]
async fn any_page_may_be_lost() {
    let (file, _) = image(true).await;
    for page in (0..file.len() / 4096).step_by(4).chain([1, 2, 5, 7]) {
        let mut torn = file.clone();
        torn[page * 4096..(page + 1) * 4096].fill(0xA5);
        let (_folder, path) = lay(&(torn, None));
        let (store, seen) = opened_or_recovered(&path).await;
        check(&store, seen.as_ref()).await;
    }
}

#[tokio::test]
async fn a_file_cut_anywhere_gives_what_is_left() {
    let (file, _) = image(true).await;
    // An empty file is a new one.
    for sectors in (1..file.len() / 512).step_by(29) {
        let (_folder, path) = lay(&(file[..sectors * 512].to_vec(), None));
        let (store, seen) = opened_or_recovered(&path).await;
        check(&store, seen.as_ref()).await;
    }
}

#[tokio::test]
async fn a_flipped_byte_in_the_journal_is_no_silent_end() {
    let whole = image(false).await;
    let journal = whole.1.clone().expect("a journal");
    let (_folder, path) = lay(&whole);
    let (store, seen) = opened_or_recovered(&path).await;
    assert_eq!(seen, None, "whole as it was");
    check(&store, None).await;
    // Up to the last transactions, where damage cannot be told from a power cut.
    for at in (32..journal.len() - 16 * 4120).step_by(journal.len() / 25) {
        let mut flipped = journal.clone();
        flipped[at] ^= 0x10;
        let (_folder, path) = lay(&(whole.0.clone(), Some(flipped)));
        let (store, seen) = opened_or_recovered(&path).await;
        assert!(seen.is_some(), "byte {at}: the journal's damage is not seen");
        let heads = check(&store, seen.as_ref()).await;
        assert!(heads.values().all(|head| head.head >= ENTRIES - 1), "byte {at}: {heads:?}");
    }
}

#[tokio::test]
async fn a_damaged_log_row_costs_no_entry() {
    let (file, _) = image(true).await;
    let (_folder, path) = lay(&(file, None));
    let mut conn: SqliteConnection = SqliteConnectOptions::new().filename(&path).connect().await.expect("connects");
    sqlx::query("UPDATE log SET acknowledged = 39, kind = 2, case_id = NULL")
        .execute(&mut conn)
        .await
        .expect("changes");
    conn.close().await.expect("closes");
    let (store, seen) = opened_or_recovered(&path).await;
    let seen = seen.expect("damage is seen");
    assert!(seen.gaps.iter().all(|gap| gap.from == ENTRIES + 1 && gap.through.is_none()), "{seen:?}");
    assert!(!seen.logs_may_miss, "every page has its place");
    let heads = check(&store, Some(&seen)).await;
    assert!(heads.values().all(|head| head.acknowledged == 0), "what cannot be believed is sent again");
}

#[tokio::test]
async fn a_lost_key_keeps_the_file_and_says_so() {
    let (file, _) = image(true).await;
    let (folder, path) = lay(&(file.clone(), None));
    let seen = std::cell::RefCell::default();
    let key = key(2);
    let store = begin_anew(&path, &key, NOW, |recovered, states| {
        seen.replace(Some(recovered.clone()));
        report(recovered, states)
    });
    assert_eq!(store.await.expect("begins").heads().await.expect("heads"), []);
    let seen = seen.into_inner().expect("reported");
    assert!(seen.logs_may_miss && seen.entries == 0);
    assert_eq!(fs::read(folder.path().join(seen.kept)).expect("kept"), file);
}

#[tokio::test]
async fn damaged_files_are_kept_up_to_a_limit_and_never_deleted() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("outbox.sqlite");
    for _ in 0..16 {
        fs::write(&path, vec![9; 8192]).expect("writes");
        recover(&path, &key(1), NOW, kind_of, report).await.expect("recovers");
    }
    fs::write(&path, vec![9; 8192]).expect("writes");
    let refused = recover(&path, &key(1), NOW, kind_of, report).await.err();
    assert!(matches!(refused, Some(OpenError::KeptFull { kept: 16, .. })), "{refused:?}");
    assert_eq!(fs::read(&path).expect("stands"), vec![9; 8192]);
    let files = fs::read_dir(folder.path()).expect("folder").flatten();
    assert_eq!(files.filter(|file| file.file_name().to_string_lossy().contains("damaged")).count(), 16);
}

#[tokio::test]
async fn a_mark_that_is_damaged_is_no_wrong_key() {
    let (file, _) = image(true).await;
    let (_folder, path) = lay(&(file, None));
    let mut conn: SqliteConnection = SqliteConnectOptions::new().filename(&path).connect().await.expect("connects");
    sqlx::query("UPDATE meta SET value = x'00'").execute(&mut conn).await.expect("changes");
    conn.close().await.expect("closes");
    let refused = SqliteOutbox::open(&path, &key(1)).await.err();
    assert!(matches!(refused, Some(OpenError::Damaged { .. })), "{refused:?}");
    let refused = SqliteOutbox::open(&path, &key(2)).await.err();
    assert!(matches!(refused, Some(OpenError::WrongKey { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_recovery_that_was_cut_off_is_ended_by_the_next_opening() {
    let (mut file, _) = image(true).await;
    file[..4096].fill(0);
    // The states in which a power cut can leave the folder, from the note on.
    for steps in 0..3 {
        let (folder, path) = lay(&(file.clone(), None));
        drop(recover(&path, &key(1), NOW, kind_of, report).await.expect("recovers"));
        let kept = folder.path().join("outbox.damaged-20270115T080000Z.sqlite");
        fs::write(beside(&path, ".moving"), kept.file_name().expect("a name").as_encoded_bytes()).expect("writes");
        if steps < 2 {
            fs::rename(&path, beside(&path, ".new")).expect("renames");
        }
        if steps < 1 {
            fs::rename(&kept, &path).expect("renames");
        }
        let store = SqliteOutbox::open(&path, &key(1)).await.expect("opens");
        let whole = Recovered { kept: String::new(), entries: 0, gaps: Vec::new(), logs_may_miss: false };
        check(&store, Some(&whole)).await;
        assert_eq!(fs::read(kept).expect("kept"), file);
        assert!(!beside(&path, ".moving").exists() && !beside(&path, ".new").exists());
    }
}

std::thread_local! {
    /// Made once for all cases.
    static IMAGE: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever bytes change, nothing panics, nothing false is read, and nothing is gone without a word.
    #[test]
    fn bytes_may_change_anywhere(places in prop::collection::vec((0.0..1.0f64, any::<u8>(), 1usize..600), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut file = IMAGE.with_borrow(Clone::clone);
            if file.is_empty() {
                file = image(true).await.0;
                IMAGE.set(file.clone());
            }
            for (place, byte, length) in places {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
                let at = (place * file.len() as f64) as usize;
                let end = (at + length).min(file.len());
                file[at..end].fill(byte);
            }
            let (_folder, path) = lay(&(file, None));
            let key_is_read = match SqliteOutbox::open(&path, &key(1)).await {
                Err(OpenError::WrongKey { .. } | OpenError::TooNew { .. }) => false, // told, and left as it is
                _ => true,
            };
            if key_is_read {
                let (store, seen) = opened_or_recovered(&path).await;
                check(&store, seen.as_ref()).await;
            }
        });
    }
}
