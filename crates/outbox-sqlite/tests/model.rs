//! The store on SQLite and the one in memory, side by side: whatever is asked of both, they answer alike and hold alike,
//! also when the file was closed and opened in between.

use delivery::limits::ACKED_KEEP_US;
use delivery::store::{LogKind, NewLog, StateChange, entry_digest};
use delivery::{LogHead, MemoryStore, OutboxStore, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, SqliteOutbox};
use proptest::collection::vec;
use proptest::prelude::*;
use std::path::Path;
use tempfile::TempDir;
use wire::log::{Entry, QuarantineReason};
use zeroize::Zeroizing;

const NOW: i64 = 1_800_000_000_000_000;

#[derive(Clone, Debug)]
enum Op {
    /// Logs to begin, and of each log: how many entries, and how far off their seq is.
    Append {
        begin: Vec<u8>,
        entries: Vec<(u8, u8, i8)>,
        close: Vec<u8>,
        state: Vec<(u8, Option<u8>)>,
    },
    Acknowledge(u8, u64),
    Reopen(u8, u64),
    Quarantine(u8, u64),
    Fork(u8, u64),
    End(u8),
    /// Head, acknowledged, which entries are there.
    Import(u8, u64, u64, u16),
    Prune(i64),
    /// Closes the file, or drops it, and opens it again.
    Restart {
        in_order: bool,
    },
}

fn op() -> impl Strategy<Value = Op> {
    let log = || 1..5u8;
    let seq = || 0..14u64;
    let off = prop_oneof![9 => Just(0i8), 1 => -1..2i8];
    let entries = vec((log(), 1..4u8, off), 0..3);
    let begin = prop_oneof![2 => Just(Vec::new()), 1 => vec(log(), 1..3)];
    let close = prop_oneof![5 => Just(Vec::new()), 1 => vec(log(), 1..2)];
    prop_oneof![
        12 => (begin, entries, close, vec((0..4u8, any::<Option<u8>>()), 0..3))
            .prop_map(|(begin, entries, close, state)| Op::Append { begin, entries, close, state }),
        5 => (log(), seq()).prop_map(|(log, seq)| Op::Acknowledge(log, seq)),
        2 => (log(), seq()).prop_map(|(log, seq)| Op::Reopen(log, seq)),
        1 => (log(), seq()).prop_map(|(log, seq)| Op::Quarantine(log, seq)),
        1 => (log(), 1..14u64).prop_map(|(log, seq)| Op::Fork(log, seq)),
        1 => log().prop_map(Op::End),
        1 => (5..8u8, seq(), seq(), any::<u16>()).prop_map(|(log, a, b, there)| Op::Import(log, a.max(b), a.min(b), there)),
        3 => (-2..3i64).prop_map(Op::Prune),
        1 => any::<bool>().prop_map(|in_order| Op::Restart { in_order }),
    ]
}

fn log(n: u8) -> LogId {
    LogId::from_bytes([n; 16])
}

fn entry(n: u8, seq: u64) -> Entry {
    Entry { log: log(n), seq, schema: u16::from(n), bytes: format!("{n}/{seq}").into_bytes() }
}

/// Carries an operation out; the answer as text, without the cause that only one store has.
async fn apply(store: &impl OutboxStore, op: &Op, at: Timestamp) -> String {
    match op {
        Op::Append { begin, entries, close, state } => {
            let heads = store.heads().await.expect("heads");
            let mut next: std::collections::BTreeMap<u8, u64> = std::collections::BTreeMap::new();
            let mut all = Vec::new();
            for (n, count, off) in entries {
                let present = heads.iter().find(|head| head.log == log(*n)).map_or(0, |head| head.head);
                let seq = next.entry(*n).or_insert(present + 1);
                for _ in 0..*count {
                    all.push(entry(*n, seq.saturating_add_signed(i64::from(*off))));
                    *seq += 1;
                }
            }
            let kind = |n: u8| if n == 4 { LogKind::Unit } else { LogKind::Case(CaseId::from_bytes([n; 16])) };
            let transaction = Transaction {
                begin: begin.iter().map(|n| NewLog { log: log(*n), kind: kind(*n) }).collect(),
                entries: all,
                close: close.iter().map(|n| log(*n)).collect(),
                state: state
                    .iter()
                    .map(|(key, value)| match value {
                        Some(value) => StateChange::Put { key: format!("k/{key}"), value: vec![*value; 3] },
                        None => StateChange::Delete { key: format!("k/{key}") },
                    })
                    .collect(),
            };
            format!("{:?}", store.append(transaction, at).await)
        }
        Op::Acknowledge(n, through) => format!("{:?}", store.acknowledge(log(*n), *through, at).await),
        Op::Reopen(n, from) => format!("{:?}", store.reopen(log(*n), *from).await),
        Op::Quarantine(n, seq) => format!("{:?}", store.quarantine(log(*n), *seq, QuarantineReason::REFUSED, at).await),
        Op::Fork(n, seq) => format!("{:?}", store.mark_forked(log(*n), *seq).await),
        Op::End(n) => format!("{:?}", store.end_log(log(*n)).await),
        Op::Import(n, head, acknowledged, there) => {
            let digest = (*head > 0).then(|| entry_digest(&entry(*n, *head).bytes));
            let case = LogKind::Case(CaseId::from_bytes([*n; 16]));
            let taken = LogHead { head: *head, acknowledged: *acknowledged, digest, ..LogHead::new(log(*n), case, at) };
            // What is acknowledged and not there is not kept; salvage says so in the same way.
            let is_there = |seq: u64| there >> seq & 1 == 1;
            let kept_from = (1..=*acknowledged).rfind(|seq| !is_there(*seq)).map_or(1, |seq| seq + 1);
            let entries = (kept_from..=*head).filter(|seq| is_there(*seq)).map(|seq| (entry(*n, seq), at)).collect();
            if store.heads().await.expect("heads").iter().any(|head| head.log == log(*n)) {
                return format!("{:?}", store.import(taken, Vec::new(), at).await.is_ok());
            }
            format!("{:?}", store.import(LogHead { kept_from, ..taken }, entries, at).await)
        }
        Op::Prune(steps) => format!("{:?}", store.prune(at.plus_us(ACKED_KEEP_US + steps * 1_000_000)).await),
        Op::Restart { .. } => String::new(),
    }
}

/// Everything that can be seen of a store.
async fn seen(store: &impl OutboxStore) -> String {
    let heads = store.heads().await.expect("heads");
    let mut text = format!("{:?}\n{:?}\n{:?}\n", store.counts().await, store.wedged().await, store.states("").await);
    for head in &heads {
        text += &format!("{head:?} {:?}\n", store.read_log(head.log, 0, 99).await);
        text += &format!("{:?}\n", store.read_log(head.log, head.acknowledged + 1, 2).await);
    }
    text + &format!("{:?}", store.pending(7).await)
}

async fn open(path: &Path) -> SqliteOutbox {
    SqliteOutbox::open(path, &DeviceKey::from_bytes(Zeroizing::new([7; 32]))).await.expect("opens")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_agree(ops in vec(op(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let folder = TempDir::new().expect("a folder");
            let path = folder.path().join("outbox.sqlite");
            let (memory, mut sqlite) = (MemoryStore::new(), open(&path).await);
            for (n, op) in (0i64..).zip(&ops) {
                let at = Timestamp(NOW + n * 1_000_000);
                if let Op::Restart { in_order } = op {
                    if *in_order {
                        sqlite.close().await.expect("closes");
                    } else {
                        drop(sqlite);
                    }
                    sqlite = open(&path).await;
                }
                let (expected, got) = (apply(&memory, op, at).await, apply(&sqlite, op, at).await);
                assert_eq!(got, expected, "step {n}: {op:?}");
                assert_eq!(seen(&sqlite).await, seen(&memory).await, "after step {n}: {op:?}");
            }
        });
    }
}
