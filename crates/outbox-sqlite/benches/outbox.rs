//! What the outbox costs, one JSON line per figure: `cargo bench -p outbox-sqlite`.
//!
//! A durable enqueue (seal, entry, log, local state, one transaction) is measured against one `fdatasync` of a block in the
//! same folder, in turn; then reading 10,000 waiting entries in batches and one by one, and opening a large
//! store. `OUTBOX_BENCH_MIB` sets its size (256 without it), `OUTBOX_BENCH_DIR` the folder.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time on a real disk")]
#![expect(clippy::print_stdout, reason = "its output")]

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use delivery::limits::TRANSACTION_ENTRIES_MAX;
use delivery::store::{LogKind, NewLog, StateChange};
use delivery::{OutboxStore, Transaction};
use model::{CaseId, LogId, Timestamp};
use outbox_sqlite::{DeviceKey, SqliteOutbox};
use wire::log::Entry;
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const ROUNDS: usize = 9;
const PER_ROUND: usize = 60;
const DRAINED: u64 = 10_000;
/// A stage stamp or an observation has about this size.
const ENTRY_BYTES: usize = 300;
const LARGE_ENTRY_BYTES: usize = 3_000;

fn log(n: u64) -> LogId {
    LogId::from_bytes(u128::from(n + 1).to_be_bytes())
}

fn entry(log: LogId, seq: u64, bytes: usize) -> Entry {
    Entry { log, seq, schema: 1, bytes: vec![7; bytes] }
}

fn begin(n: u64) -> NewLog {
    NewLog { log: log(n), kind: LogKind::Case(CaseId::from_bytes(u128::from(n).to_be_bytes())) }
}

async fn open(path: &Path) -> SqliteOutbox {
    SqliteOutbox::open(path, &DeviceKey::from_bytes(Zeroizing::new([1; 32]))).await.expect("opens")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Microseconds of one call.
async fn timed<T>(work: impl Future<Output = T>) -> f64 {
    let begun = Instant::now();
    work.await;
    begun.elapsed().as_secs_f64() * 1e6
}

/// A file whose blocks are all there: a write to it syncs content alone, the least that a disk can be asked for. A file that
/// grows, as a young journal does, syncs its length as well.
fn written(path: &Path) -> File {
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(path).expect("creates");
    file.write_all_at(&vec![8; ROUNDS * PER_ROUND * 4096], 0).expect("writes");
    file.sync_all().expect("syncs");
    file
}

/// One block written and synced.
fn sync_one(file: &File, n: usize) {
    file.write_all_at(&[9; 4096], n as u64 * 4096).expect("writes");
    file.sync_data().expect("syncs");
}

async fn enqueue(folder: &Path) {
    let store = open(&folder.join("enqueue.sqlite")).await;
    store.append(Transaction { begin: vec![begin(0)], ..Transaction::default() }, NOW).await.expect("begins");
    let in_place = written(&folder.join("in-place"));
    let growing = File::create(folder.join("growing")).expect("creates");
    let (mut syncs, mut grown, mut appends, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut seq = 0;
    for round in 0..ROUNDS {
        let (mut sync, mut grow, mut append) = (Vec::new(), Vec::new(), Vec::new());
        // One of each in turn: whatever else the disk does meets all alike.
        for n in round * PER_ROUND..(round + 1) * PER_ROUND {
            sync.push(timed(async { sync_one(&in_place, n) }).await);
            seq += 1;
            let state = vec![StateChange::Put { key: "case/1".into(), value: vec![5; 300] }];
            let transaction = Transaction { state, ..Transaction::of(entry(log(0), seq, ENTRY_BYTES)) };
            append.push(timed(async { store.append(transaction, NOW).await.expect("appends") }).await);
            grow.push(timed(async { sync_one(&growing, n) }).await);
        }
        let (sync, append) = (median(sync), median(append));
        ratios.push(append / sync);
        syncs.push(sync);
        grown.push(median(grow));
        appends.push(append);
    }
    let (least, most) = ratios.iter().fold((f64::MAX, 0.0f64), |(least, most), r| (least.min(*r), most.max(*r)));
    println!(
        "{{\"bench\":\"enqueue\",\"rounds\":{ROUNDS},\"fdatasync_us\":{:.0},\"fdatasync_growing_us\":{:.0},\"append_us\":{:.0},\
         \"ratio\":{:.2},\"ratio_min\":{least:.2},\"ratio_max\":{most:.2}}}",
        median(syncs),
        median(grown),
        median(appends),
        median(ratios)
    );
}

async fn drain(folder: &Path) {
    let store = open(&folder.join("drain.sqlite")).await;
    store.append(Transaction { begin: vec![begin(0)], ..Transaction::default() }, NOW).await.expect("begins");
    for from in (1..=DRAINED).step_by(TRANSACTION_ENTRIES_MAX) {
        let to = (from + TRANSACTION_ENTRIES_MAX as u64 - 1).min(DRAINED);
        let entries = (from..=to).map(|seq| entry(log(0), seq, ENTRY_BYTES)).collect();
        store.append(Transaction { entries, ..Transaction::default() }, NOW).await.expect("appends");
    }
    let batches = timed(async {
        for from in (1..=DRAINED).step_by(TRANSACTION_ENTRIES_MAX) {
            let read = store.read_log(log(0), from, TRANSACTION_ENTRIES_MAX).await.expect("reads");
            let through = read.last().expect("some").seq;
            store.acknowledge(log(0), through, NOW).await.expect("acknowledges");
        }
    });
    let batches = batches.await / 1e3;
    store.reopen(log(0), 1).await.expect("reopens");
    let sample = DRAINED / 20;
    let singly = timed(async {
        for seq in 1..=sample {
            store.read_log(log(0), seq, 1).await.expect("reads");
            store.acknowledge(log(0), seq, NOW).await.expect("acknowledges");
        }
    });
    let singly = singly.await / 1e3 * 20.0;
    println!(
        "{{\"bench\":\"drain\",\"entries\":{DRAINED},\"batches_ms\":{batches:.0},\"one_by_one_ms\":{singly:.0},\"ratio\":{:.1}}}",
        singly / batches
    );
}

async fn large(folder: &Path, mebibytes: u64) {
    let path = folder.join("large.sqlite");
    let entries = mebibytes * 1_048_576 / (LARGE_ENTRY_BYTES as u64 + 80);
    let per_log = TRANSACTION_ENTRIES_MAX as u64;
    let store = open(&path).await;
    let begun = Instant::now();
    for n in 0..entries / per_log {
        let entries = (1..=per_log).map(|seq| entry(log(n), seq, LARGE_ENTRY_BYTES)).collect();
        let close = vec![log(n)];
        let state = vec![StateChange::Put { key: format!("fact/{n}"), value: vec![5; 300] }];
        store.append(Transaction { begin: vec![begin(n)], entries, close, state }, NOW).await.expect("appends");
    }
    let filled = begun.elapsed().as_secs_f64();
    store.close().await.expect("closes");
    let before = resident_kib();
    let mut opened = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let store = open(&path).await;
        opened.push(begun.elapsed().as_secs_f64() * 1e3);
        store.close().await.expect("closes");
    }
    let store = open(&path).await;
    let counts = timed(async { store.counts().await.expect("counts") }).await / 1e3;
    let logs = store.heads().await.expect("heads").len() as u64;
    let first = timed(async { store.pending(TRANSACTION_ENTRIES_MAX).await.expect("pending") }).await / 1e3;
    let appended = timed(async {
        store.append(Transaction::of(entry(log(0), per_log + 1, ENTRY_BYTES)), NOW).await.expect("appends");
    });
    let appended = appended.await / 1e3;
    for n in 0..logs.min(40) {
        store.acknowledge(log(n), per_log, NOW).await.expect("acknowledges");
    }
    let mut slices = Vec::new();
    loop {
        let mut pruned = 0;
        let slice = timed(async { pruned = store.prune(Timestamp(i64::MAX)).await.expect("prunes") }).await / 1e3;
        if pruned == 0 {
            break;
        }
        slices.push(slice);
    }
    let longest = slices.iter().copied().fold(0.0, f64::max);
    println!(
        "{{\"bench\":\"large\",\"file_mib\":{},\"entries\":{},\"logs\":{logs},\"fill_s\":{filled:.1},\"open_ms\":{:.1},\
         \"counts_ms\":{counts:.1},\"first_batch_ms\":{first:.1},\"append_ms\":{appended:.1},\
         \"prune_slices\":{},\"prune_slice_ms_max\":{longest:.1},\"rss_growth_mib\":{:.1}}}",
        std::fs::metadata(&path).expect("the file").len() / 1_048_576,
        logs * per_log,
        median(opened),
        slices.len(),
        (resident_kib() - before) / 1024.0
    );
}

/// Memory of this process in KiB.
fn resident_kib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0.0)
}

fn main() {
    let folder = std::env::var_os("OUTBOX_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::TempDir::new_in(folder).expect("a folder");
    let mebibytes = std::env::var("OUTBOX_BENCH_MIB").ok().and_then(|text| text.parse().ok()).unwrap_or(256);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        enqueue(folder.path()).await;
        drain(folder.path()).await;
        large(folder.path(), mebibytes).await;
    });
}
