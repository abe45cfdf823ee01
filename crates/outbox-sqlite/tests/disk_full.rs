//! A disk that fills up at any byte: nothing half is written, nothing written is lost, and the outbox goes on by itself
//! when there is room again.

use delivery::store::{LogKind, NewLog, StateChange};
use delivery::{AppendError, OutboxStore, StoreError, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, SqliteOutbox};
use tempfile::TempDir;
use wire::log::Entry;
use write_recorder::{Syncs, record, set_room};
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const LOG: LogId = LogId::from_bytes([1; 16]);

fn key() -> DeviceKey {
    DeviceKey::from_bytes(Zeroizing::new([3; 32]))
}

fn step(seq: u64) -> Transaction {
    let entry = Entry { log: LOG, seq, schema: 1, bytes: vec![7; if seq.is_multiple_of(5) { 9_000 } else { 200 }] };
    let state = vec![StateChange::Put { key: "step".into(), value: seq.to_be_bytes().to_vec() }];
    Transaction { state, ..Transaction::of(entry) }
}

async fn stands_at(store: &SqliteOutbox, seq: u64) {
    assert_eq!(store.heads().await.expect("heads")[0].head, seq);
    assert_eq!(store.read_log(LOG, 1, 10_000).await.expect("reads").len() as u64, seq);
    let state = store.state("step").await.expect("state");
    assert_eq!(state, (seq > 0).then(|| seq.to_be_bytes().to_vec()));
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let path = root.join("outbox.sqlite");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    record(&root, Syncs::Kept, || {
        runtime.block_on(async {
            let mut store = SqliteOutbox::open(&path, &key()).await.expect("opens");
            store.begin_log(LOG, LogKind::Case(CaseId::from_bytes([9; 16])), NOW).await.expect("begins");
            let mut head = 0;
            // Each time it is full a little later: in the journal's header, in a frame, between two.
            for room in (0..60_000).step_by(1_777) {
                set_room(Some(room));
                let mut refused = 0;
                while refused < 3 {
                    match store.append(step(head + 1), NOW).await {
                        Ok(()) => head += 1,
                        Err(AppendError::Store(StoreError::DiskFull)) => refused += 1,
                        Err(other) => panic!("room {room}: {other:?}"),
                    }
                }
                stands_at(&store, head).await;
                let full = store.acknowledge(LOG, head, NOW).await;
                assert!(head == 0 || matches!(full, Err(StoreError::DiskFull)), "{full:?}");
                if room % 3 == 0 {
                    // Killed, or started, while the disk is full: it may refuse to open, by name.
                    drop(store);
                    let opened = SqliteOutbox::open(&path, &key()).await;
                    assert!(
                        matches!(opened, Ok(_) | Err(outbox_sqlite::OpenError::DiskFull { .. })),
                        "{:?}",
                        opened.err()
                    );
                    drop(opened);
                    set_room(None);
                    store = SqliteOutbox::open(&path, &key()).await.expect("opens again");
                }
                set_room(None);
                stands_at(&store, head).await;
                store.append(step(head + 1), NOW).await.expect("goes on when there is room");
                head += 1;
                stands_at(&store, head).await;
            }
            let begin = vec![NewLog { log: LogId::from_bytes([2; 16]), kind: LogKind::Unit }];
            store.append(Transaction { begin, ..Transaction::default() }, NOW).await.expect("as any other");
        });
    });
}
