//! Months without a server: how long a tablet takes to start on 200,000 entries in 3,000 logs, and what memory it needs.
//! `cargo bench -p ambulance-runtime --bench months`
//!
//! Two outboxes are filled with the events of real transports, one of a shift and one of months; then a process of its own
//! opens each and makes the core, five times in turn. One JSON line per size: medians, and the most memory. `MONTHS_DIR`
//! keeps the large one as a tablet's data folder.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time on a real disk")]
#![expect(clippy::print_stdout, reason = "its output")]

use ambulance_core::journal::{Journal, Stamp};
use ambulance_core::{Core, Identity, Now};
use ambulance_runtime::open::config;
use ambulance_runtime::open_outbox;
use case::{Body, FindingsChange, JoinReason};
use delivery::OutboxStore;
use model::{
    BootId, CaseId, DepartmentId, DeviceId, IdSource, IncidentId, Monotonic, RngStreams, Timestamp, UnitId, Vital,
    VitalReading,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Cases of the two outboxes; beside them stands the unit's log.
const CASES: [u64; 2] = [10, 2_999];
/// Events of a case, its beginning included.
const EVENTS: u64 = 67;
const ROUNDS: usize = 5;
const BEGUN: Timestamp = Timestamp(1_790_000_000_000_000);
/// Between two transports, and between two events of one.
const CASE_US: u64 = 40 * 60 * 1_000_000;
const EVENT_US: u64 = 20 * 1_000_000;
/// The folder that a child opens.
const OPEN: &str = "MONTHS_OPEN";

const IDENTITY: Identity = Identity {
    device: DeviceId::from_bytes([1; 16]),
    unit: UnitId::from_bytes([2; 16]),
    department: DepartmentId::from_bytes([3; 16]),
    training: true,
};

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Some(folder) = std::env::var_os(OPEN) {
        return runtime.block_on(open(Path::new(&folder)));
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let kept = std::env::var_os("MONTHS_DIR").map(PathBuf::from);
    let folders = [temporary.path().join("shift"), kept.unwrap_or_else(|| temporary.path().join("months"))];
    for (folder, cases) in folders.iter().zip(CASES) {
        runtime.block_on(fill(folder, cases));
    }
    let mut found = [const { Vec::new() }; CASES.len()];
    for _ in 0..ROUNDS {
        for (results, folder) in found.iter_mut().zip(&folders) {
            results.push(start(folder));
        }
    }
    for ((results, cases), folder) in found.into_iter().zip(CASES).zip(&folders) {
        let column = |n: usize| {
            let mut values: Vec<f64> = results.iter().map(|result| result[n]).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let (opened, made, peak) = (column(0), column(1), column(2));
        println!(
            "{{\"bench\":\"start\",\"entries\":{},\"logs\":{},\"file_mib\":{},\"open_ms\":{:.0},\"core_ms\":{:.0},\"peak_mib\":{:.0}}}",
            cases * EVENTS + 1,
            cases + 1,
            std::fs::metadata(folder.join("outbox.sqlite")).expect("the file").len() / 1_048_576,
            opened[ROUNDS / 2],
            made[ROUNDS / 2],
            peak[ROUNDS - 1],
        );
    }
}

/// What a process of its own found: milliseconds to open, milliseconds to make the core, MiB at the peak.
fn start(folder: &Path) -> [f64; 3] {
    let program = std::env::current_exe().expect("this program");
    let said = Command::new(program).env(OPEN, folder).output().expect("runs").stdout;
    let said = String::from_utf8(said).expect("text");
    let mut figures = said.split_whitespace().map(|text| text.parse().expect("a figure"));
    std::array::from_fn(|_| figures.next().expect("three figures"))
}

async fn open(folder: &Path) {
    let utc = BEGUN.plus_us(i64::try_from(CASE_US * 3_001).expect("fits"));
    let begun = Instant::now();
    let (_store, restored) = open_outbox(folder, utc).await.expect("opens");
    let opened = begun.elapsed().as_secs_f64() * 1e3;
    let begun = Instant::now();
    let mono = Monotonic { boot: BootId::from_bytes([9; 16]), us: 1 };
    let _core = Core::new(config(IDENTITY, "救急1", "試験"), restored, &RngStreams::from_u64(1), Now { utc, mono });
    let made = begun.elapsed().as_secs_f64() * 1e3;
    println!("{opened} {made} {}", peak_mib());
}

async fn fill(folder: &Path, cases: u64) {
    let (store, _) = open_outbox(folder, BEGUN).await.expect("opens");
    let mut journal = Journal::new(IDENTITY, &[], &BTreeSet::new());
    let mut ids = IdSource::new(RngStreams::from_u64(7).stream("ids"));
    for n in 0..cases {
        let at = |event: u64| {
            let us = n * CASE_US + event * EVENT_US;
            let mono = Monotonic { boot: BootId::from_bytes([8; 16]), us };
            Now { utc: BEGUN.plus_us(i64::try_from(us).expect("fits")), mono }
        };
        let case = CaseId::from_uuid(ids.uuid(at(0).utc));
        let incident = IncidentId::from_uuid(ids.uuid(at(0).utc));
        if n == 0 {
            let stamp = Stamp { now: at(0), offset: None, crew: None, ids: &mut ids };
            journal.write_unit(Body::TabletStarted { version: "bench".into(), new_store: true }, stamp);
        }
        journal.join_case(
            case,
            JoinReason::Assigned,
            &mut Stamp { now: at(0), offset: None, crew: None, ids: &mut ids },
        );
        for event in 1..EVENTS {
            let stamp = Stamp { now: at(event), offset: None, crew: None, ids: &mut ids };
            journal.write_case(case, JoinReason::Assigned, body(event, incident), stamp);
        }
        journal.close(case);
        let (id, transaction) = journal.flush(at(0).utc).expect("something was written");
        store.append(transaction, at(0).utc).await.expect("appends");
        journal.take_in_flight(id);
    }
    store.close().await.expect("closes");
}

fn body(event: u64, incident: IncidentId) -> Body {
    if event == 1 {
        return Body::CaseOpened {
            incident,
            patient_no: 1,
            call_received_at: None,
            scene: None,
            place: None,
            call_text: None,
        };
    }
    let vital = Vital::ALL[usize::try_from(event).expect("fits") % Vital::ALL.len()];
    Body::Observed { change: FindingsChange::Vital { vital, reading: Some(VitalReading::Measured(720)) } }
}

/// The most memory that this process ever had.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
