//! Power cuts of the server: an append that was acknowledged is in its log once and in order.
//!
//! As in the outbox's test of the same name: `POWER_CUTS` sets how many states are tried, `POWER_CUT_SEED` where they begin.

#![expect(clippy::disallowed_methods, reason = "these tests rebuild files")]

use case::{Body, Subject};
use dispatch_core::Scope;
use dispatch_core::contract::fixtures::{NOW, TabletPen, Town, opened};
use dispatch_core::store::{Append, AppendOutcome, EventStore, LogOwner, NewEntry};
use dispatch_server::store::SqliteStore;
use model::{CaseId, LogId, Stage};
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;
use write_recorder::{CrashState, Recording, Syncs, mark, record, set_room};

const TOWN: Town = Town(1);
/// Tablets that write at one time: their appends are committed in groups.
const WRITERS: u8 = 4;
const BATCHES: u64 = 25;

/// Log, last seq, in the order of their acknowledgement; mark n stands for the first n.
type Promises = Vec<(LogId, u64)>;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime").block_on(future)
}

fn case(writer: u8) -> CaseId {
    CaseId::from_bytes([writer + 1; 16])
}

/// A batch of each writer: two stamps; the first one opens the case.
fn batches(writer: u8) -> Vec<Vec<NewEntry>> {
    let mut pen = TabletPen::new(TOWN, writer + 1).about(Subject::Case(case(writer)));
    let stamp = || Body::StageStamped { stage: Stage::OnScene, leg: 1 };
    let batch = |n| vec![if n == 0 { pen.fact(opened(1)) } else { pen.fact(stamp()) }, pen.fact(stamp())];
    (0..BATCHES).map(batch).collect()
}

async fn open(folder: &Path) -> Result<SqliteStore, dispatch_server::store::OpenError> {
    SqliteStore::open(&folder.join("ems.sqlite"), &folder.join("keys.sqlite"), true).await
}

async fn work(folder: &Path) -> Promises {
    let promises = Mutex::new(Promises::new());
    let mut all: Vec<_> = (0..WRITERS).map(|writer| batches(writer).into_iter()).collect();
    for session in 0..2 {
        let store = open(folder).await.expect("opens");
        if session == 0 {
            TOWN.settle(&store).await.expect("settles");
        }
        let write = async |batches: &mut dyn Iterator<Item = Vec<NewEntry>>| {
            for entries in batches {
                let last = entries.last().expect("a batch").stored.name;
                let owner = LogOwner::Device(TOWN.device());
                let append = Append {
                    owner,
                    entries,
                    before: None,
                    end: None,
                    effects: Vec::new(),
                    expect: None,
                    received_at: NOW,
                };
                let done = store.append(append).await.expect("appends");
                assert_eq!(done.outcome, AppendOutcome::Durable { through: last.seq });
                let mut promises = promises.lock().expect("a lock");
                promises.push((last.log, last.seq));
                mark(promises.len() as u64);
            }
        };
        let half = usize::try_from(BATCHES / 2).expect("small");
        let mut parts: Vec<_> =
            all.iter_mut().map(|batches| batches.take(if session == 0 { half } else { usize::MAX })).collect();
        let [a, b, c, d] = parts.as_mut_slice() else { unreachable!("four writers") };
        tokio::join!(write(a), write(b), write(c), write(d));
        store.close().await;
    }
    promises.into_inner().expect("a lock")
}

fn recording(syncs: Syncs) -> (Recording, Promises) {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let (recording, promises) = record(&root, syncs, || block_on(work(&root)));
    assert!(recording.ops.len() as u64 > BATCHES, "the calls are not recorded");
    (recording, promises)
}

async fn violation(state: &CrashState, promises: &Promises) -> Option<String> {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in &state.files {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
    }
    let store = match open(folder.path()).await {
        Ok(store) => store,
        Err(error) => return Some(format!("does not open: {error:?}")),
    };
    let promised = &promises[..usize::try_from(state.promised).expect("small")];
    for writer in 0..WRITERS {
        let written: Vec<_> = batches(writer).into_iter().flatten().map(|entry| entry.stored).collect();
        let log = written[0].name.log;
        let facts = match store.case_facts(Scope::Installation, case(writer), 0, 1_000).await {
            Ok(facts) => facts,
            Err(error) => return Some(format!("cannot be read: {error:?}")),
        };
        let through = promised.iter().filter(|(name, _)| *name == log).map(|(_, seq)| *seq).max().unwrap_or(0);
        if (facts.len() as u64) < through {
            return Some(format!("log {log}: {through} entries were acknowledged, {} are there", facts.len()));
        }
        for (n, fact) in facts.iter().enumerate() {
            if fact.position != n as u64 + 1 || written.get(n) != Some(&fact.stored) {
                return Some(format!("log {log}: entry {n} is not there once, whole and in order"));
            }
        }
        let head = store.log_head(log).await.ok().flatten().map_or(0, |head| head.head);
        if head != facts.len() as u64 {
            return Some(format!("log {log}: the head says {head}, {} facts are there", facts.len()));
        }
    }
    store.close().await;
    None
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn no_acknowledgement_is_broken_by_a_power_cut() {
    let (recording, promises) = recording(Syncs::Kept);
    let first = number("POWER_CUT_SEED").unwrap_or(1);
    let cuts = number("POWER_CUTS").unwrap_or(300);
    for seed in first..first + cuts {
        let state = recording.crash(seed);
        if let Some(violation) = block_on(violation(&state, &promises)) {
            panic!(
                "POWER_CUT_SEED={seed}, after {} of {} calls, {:?}: {violation}",
                state.ops,
                recording.ops.len(),
                state.fate
            );
        }
    }
    println!("{{\"power_cuts\":{cuts},\"calls\":{},\"violations\":0}}", recording.ops.len());
}

#[test]
fn without_syncs_acknowledgements_are_broken() {
    let (recording, promises) = recording(Syncs::Dropped);
    let broken = (1..=60).filter(|seed| block_on(violation(&recording.crash(*seed), &promises)).is_some()).count();
    assert!(
        broken >= 12,
        "only {broken} of 60 states break an acknowledgement: this test would not see a missing sync"
    );
}

/// A disk that fills up: what is refused is not there, what was acknowledged is, and appends go on when there is room.
#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    record(&root, Syncs::Kept, || {
        block_on(async {
            let store = open(&root).await.expect("opens");
            TOWN.settle(&store).await.expect("settles");
            let append = async |entries: &[NewEntry]| {
                let (owner, entries) = (LogOwner::Device(TOWN.device()), entries.to_vec());
                store
                    .append(Append {
                        owner,
                        entries,
                        before: None,
                        end: None,
                        effects: Vec::new(),
                        expect: None,
                        received_at: NOW,
                    })
                    .await
            };
            for (n, entries) in batches(0).iter().enumerate() {
                set_room(Some(n as u64 * 3_001));
                let mut tries = 0;
                while tries < 3 && append(entries).await.is_err() {
                    tries += 1;
                }
                let there = store.case_facts(Scope::Installation, case(0), 0, 1_000).await.expect("reads");
                assert_eq!(there.len(), if tries < 3 { 2 * n + 2 } else { 2 * n }, "all or nothing of a batch");
                set_room(None);
                let done = append(entries).await.expect("goes on when there is room");
                assert_eq!(done.outcome, AppendOutcome::Durable { through: 2 * n as u64 + 2 });
            }
            store.close().await;
            let store = open(&root).await.expect("opens again");
            let there = store.case_facts(Scope::Installation, case(0), 0, 1_000).await.expect("reads");
            assert_eq!(there.len() as u64, 2 * BATCHES);
        });
    });
}
