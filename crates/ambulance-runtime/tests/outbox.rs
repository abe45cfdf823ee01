//! A tablet starts again whatever became of its outbox, and says what became of it.

#![expect(clippy::disallowed_methods, reason = "these tests damage files")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use ambulance_core::RECOVERED_KEY;
use ambulance_runtime::{StartError, open_outbox};
use delivery::{LogKind, NewLog, OutboxStore, StateChange, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::OpenError;
use std::path::Path;
use tempfile::TempDir;
use wire::Entry;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const LOG: LogId = LogId::from_bytes([1; 16]);

fn entry(seq: u64) -> Entry {
    Entry { log: LOG, seq, schema: 1, bytes: vec![7; 300] }
}

/// A tablet's folder with three entries, one of them acknowledged.
async fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    let (store, restored) = open_outbox(folder.path(), NOW).await.unwrap();
    assert!(restored.heads.is_empty() && restored.recovered.is_none());
    let begin = vec![NewLog { log: LOG, kind: LogKind::Case(CaseId::from_bytes([9; 16])) }];
    let entries = (1..=3).map(entry).collect();
    store.append(Transaction { begin, entries, ..Transaction::default() }, NOW).await.unwrap();
    store.acknowledge(LOG, 1, NOW).await.unwrap();
    store.close().await.unwrap();
    folder
}

fn damage(folder: &Path, page: usize) {
    let path = folder.join("outbox.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_outbox_is_taken_over_and_told_until_it_was_recorded() {
    let folder = filled().await;
    damage(folder.path(), 0);
    for _ in 0..2 {
        let (store, restored) = open_outbox(folder.path(), NOW).await.unwrap();
        let recovered = restored.recovered.expect("told at every start");
        assert_eq!((recovered.entries, recovered.gaps.len()), (3, 0));
        assert!(folder.path().join(recovered.kept).exists());
        assert!(restored.heads[0].ended && restored.heads[0].acknowledged == 1);
        assert_eq!(restored.entries, (1..=3).map(entry).collect::<Vec<_>>());
        assert_eq!(restored.counts.waiting, 2);
        store.close().await.unwrap();
    }
    let (store, _) = open_outbox(folder.path(), NOW).await.unwrap();
    let state = vec![StateChange::Delete { key: RECOVERED_KEY.to_owned() }];
    store.append(Transaction { state, ..Transaction::default() }, NOW).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(open_outbox(folder.path(), NOW).await.unwrap().1.recovered, None);
}

#[tokio::test]
async fn a_damaged_row_found_at_start_is_passed_over_afterwards() {
    let folder = filled().await;
    let path = folder.path().join("outbox.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    // The second entry's row: its log's id, then a seq of 2 in one byte, then the schema's constant.
    let places: Vec<_> =
        (0..bytes.len() - 19).filter(|at| bytes[*at..].starts_with(&[[1; 16].as_slice(), &[2]].concat())).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + 60] ^= 1;
    }
    std::fs::write(path, bytes).unwrap();
    let (store, restored) = open_outbox(folder.path(), NOW).await.unwrap();
    let recovered = restored.recovered.expect("told");
    assert_eq!(recovered.gaps.len(), 1, "{recovered:?}");
    assert_eq!((recovered.gaps[0].log, recovered.gaps[0].from, recovered.gaps[0].through), (LOG, 2, Some(2)));
    assert_eq!(restored.entries, [entry(1), entry(3)]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_key_is_told_and_the_file_kept() {
    let folder = filled().await;
    let before = std::fs::read(folder.path().join("outbox.sqlite")).unwrap();
    std::fs::remove_file(folder.path().join("outbox.key")).unwrap();
    let (_store, restored) = open_outbox(folder.path(), NOW).await.unwrap();
    let recovered = restored.recovered.expect("told");
    assert!(recovered.logs_may_miss && recovered.entries == 0 && restored.heads.is_empty());
    assert_eq!(std::fs::read(folder.path().join(recovered.kept)).unwrap(), before);
}

#[tokio::test]
async fn what_somebody_can_remove_is_told_and_changes_nothing() {
    let folder = filled().await;
    let path = folder.path().join("outbox.sqlite");
    let before = std::fs::read(&path).unwrap();
    let key = std::fs::read(folder.path().join("outbox.key")).unwrap();
    std::fs::write(folder.path().join("outbox.key"), [9; 32]).unwrap();
    let refused = open_outbox(folder.path(), NOW).await.err();
    assert!(matches!(refused, Some(StartError::Outbox(OpenError::WrongKey { .. }))), "{refused:?}");
    std::fs::write(folder.path().join("outbox.key"), [9; 5]).unwrap();
    assert!(matches!(open_outbox(folder.path(), NOW).await, Err(StartError::Key(_))));
    std::fs::write(folder.path().join("outbox.key"), key).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let (_first, _) = open_outbox(folder.path(), NOW).await.unwrap();
    let refused = open_outbox(folder.path(), NOW).await.err();
    assert!(matches!(refused, Some(StartError::Outbox(OpenError::Locked { .. }))), "{refused:?}");
}
