//! Power cuts: the real store's writes are recorded, and the files are rebuilt with unsynced writes lost, torn or reordered.
//!
//! `POWER_CUTS` sets how many states are tried (1,000 without it), `POWER_CUT_SEED` where they begin.

#![expect(clippy::disallowed_methods, reason = "these tests rebuild files")]

use std::cell::Cell;
use std::path::Path;

use delivery::limits::ACKED_KEEP_US;
use delivery::store::{LogKind, NewLog, StateChange};
use delivery::{OutboxStore, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, OpenError, SqliteOutbox, recover};
use tempfile::TempDir;
use wire::log::Entry;
use write_recorder::{CrashState, Recording, Syncs, mark, record};
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const LOGS: u64 = 3;
const STEPS: u64 = 240;
/// The store is closed, or left like a killed process, after so many steps each.
const SESSION: u64 = 60;

fn key() -> DeviceKey {
    DeviceKey::from_bytes(Zeroizing::new([3; 32]))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

fn log(n: u64) -> LogId {
    LogId::from_bytes([u8::try_from(n % LOGS).expect("small") + 1; 16])
}

/// Step n appends one entry to log n mod 3 and says so in the local state; some need more than one page.
fn entry(step: u64) -> Entry {
    let length = if step.is_multiple_of(17) { 12_000 } else { 80 + usize::try_from(step).expect("small") };
    Entry {
        log: log(step),
        seq: step / LOGS + 1,
        schema: 1,
        bytes: vec![u8::try_from(step % 251).expect("small"); length],
    }
}

/// Works the store and promises each step after its call returned.
async fn work(path: &Path) {
    let mut store = SqliteOutbox::open(path, &key()).await.expect("opens");
    for step in 0..STEPS {
        let begin = (step < LOGS).then(|| NewLog { log: log(step), kind: LogKind::Case(CaseId::from_bytes([9; 16])) });
        let transaction = Transaction {
            begin: begin.into_iter().collect(),
            entries: vec![entry(step)],
            close: Vec::new(),
            state: vec![StateChange::Put { key: "step".into(), value: step.to_be_bytes().to_vec() }],
        };
        store.append(transaction, NOW).await.expect("appends");
        mark(step + 1);
        if step % 11 == 0 {
            store.acknowledge(log(step), step / LOGS + 1, NOW).await.expect("acknowledges");
        }
        if step % 50 == 49 {
            store.prune(NOW.plus_us(ACKED_KEEP_US)).await.expect("prunes");
        }
        if step % SESSION == SESSION - 1 {
            store.close().await.expect("closes");
            store = SqliteOutbox::open(path, &key()).await.expect("opens again");
        }
    }
}

fn recording(syncs: Syncs) -> Recording {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let (recording, ()) = record(&root, syncs, || block_on(work(&root.join("outbox.sqlite"))));
    assert!(recording.ops.len() as u64 > STEPS, "the calls are not recorded");
    recording
}

/// What is wrong with the store of a crash state, if anything.
async fn violation(state: &CrashState) -> Option<String> {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in &state.files {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
    }
    let path = folder.path().join("outbox.sqlite");
    let store = match SqliteOutbox::open(&path, &key()).await {
        Ok(store) => store,
        Err(error) => return Some(format!("does not open: {error:?}")),
    };
    let heads = store.heads().await.expect("heads");
    let count: u64 = heads.iter().map(|head| head.head).sum();
    if count < state.promised {
        return Some(format!("{} entries were promised, {count} are there", state.promised));
    }
    // One step may have been written and not yet promised.
    if count > state.promised + 1 {
        return Some(format!("{} entries were promised, and {count} are there", state.promised));
    }
    for head in &heads {
        let kept: Vec<_> = match store.read_log(head.log, 1, 9_999).await {
            Ok(kept) => kept,
            Err(error) => return Some(format!("cannot be read: {error:?}")),
        };
        let steps = (0..count).filter(|step| log(*step) == head.log).map(entry);
        if head.kept_from > head.acknowledged + 1
            || kept != steps.skip_while(|entry| entry.seq < head.kept_from).collect::<Vec<_>>()
        {
            return Some(format!("log {} is not there once, whole and in order: {head:?}", head.log));
        }
    }
    let told = store.state("step").await;
    let expected = count.checked_sub(1).map(|step| step.to_be_bytes().to_vec());
    if !matches!(&told, Ok(told) if *told == expected) {
        return Some(format!("{count} entries, and a local state that is not of their transaction: {told:?}"));
    }
    let next = Transaction {
        begin: (count < LOGS).then(|| NewLog { log: log(count), kind: LogKind::Unit }).into_iter().collect(),
        ..Transaction::of(entry(count))
    };
    store.append(next, NOW).await.err().map(|error| format!("does not go on: {error:?}"))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn no_promise_is_broken_by_a_power_cut() {
    let recording = recording(Syncs::Kept);
    let first = number("POWER_CUT_SEED").unwrap_or(1);
    let cuts = number("POWER_CUTS").unwrap_or(1_000);
    let promised = Cell::new(0);
    for seed in first..first + cuts {
        let state = recording.crash(seed);
        promised.set(promised.get() + u64::from(state.promised > 0));
        if let Some(violation) = block_on(violation(&state)) {
            panic!(
                "POWER_CUT_SEED={seed}, after {} of {} calls, {:?}: {violation}",
                state.ops,
                recording.ops.len(),
                state.fate
            );
        }
    }
    println!(
        "{{\"power_cuts\":{cuts},\"calls\":{},\"with_promises\":{},\"violations\":0}}",
        recording.ops.len(),
        promised.get()
    );
}

#[test]
fn without_syncs_promises_are_broken() {
    let recording = recording(Syncs::Dropped);
    let broken = (1..=100).filter(|seed| block_on(violation(&recording.crash(*seed))).is_some()).count();
    assert!(broken >= 20, "only {broken} of 100 states break a promise: this test would not see a missing sync");
}

/// A damaged outbox is recovered, and the power is cut at any moment of that: in the end everything readable is in the new
/// store, and the damaged file is kept as it was.
#[test]
fn a_recovery_survives_power_cuts() {
    let kind_of = |_: &Entry| Some(LogKind::Unit);
    let report = |_: &delivery::Recovered, _: outbox_sqlite::States<'_>| StateChange::Put {
        key: "recovered".into(),
        value: Vec::new(),
    };
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let path = root.join("outbox.sqlite");
    block_on(work(&path));
    let mut damaged = std::fs::read(&path).expect("reads");
    damaged[..4096].fill(0xA5);
    std::fs::write(&path, &damaged).expect("writes");
    let (recording, heads) = record(&root, Syncs::Kept, || {
        block_on(async {
            let store = recover(&path, &key(), NOW, kind_of, report).await.expect("recovers");
            store.heads().await.expect("heads")
        })
    });
    for seed in 1..=200 {
        let state = recording.crash(seed);
        let folder = TempDir::new().expect("a folder");
        for (name, bytes) in &state.files {
            std::fs::write(folder.path().join(name), bytes).expect("writes");
        }
        let path = folder.path().join("outbox.sqlite");
        let after = block_on(async {
            let store = match SqliteOutbox::open(&path, &key()).await {
                Err(OpenError::Damaged { .. }) => recover(&path, &key(), NOW, kind_of, report).await,
                opened => opened,
            };
            store.unwrap_or_else(|error| panic!("seed {seed}: {error:?}")).heads().await.expect("heads")
        });
        assert_eq!(after, heads, "seed {seed}, after {} of {} calls, {:?}", state.ops, recording.ops.len(), state.fate);
        let files = std::fs::read_dir(folder.path()).expect("the folder").flatten();
        let kept = files.filter(|file| file.file_name().to_string_lossy().contains(".damaged-"));
        let kept: Vec<_> = kept.map(|file| std::fs::read(file.path()).expect("reads")).collect();
        assert!(kept.contains(&damaged), "seed {seed}: the damaged file is gone");
    }
}
