//! What a start of a feed costs the table of capacity: read from the file, as after a report, and kept in memory.
//! `cargo bench -p dispatch-server --bench capacity`

use dispatch_core::store::Ledger as _;
use dispatch_server::store::SqliteStore;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{HospitalId, Timestamp};
use std::time::Instant;

/// Hospitals that have reported.
const HOSPITALS: u64 = 2_000;
/// Feeds that start after each report.
const FEEDS: u32 = 200;
const ROUNDS: usize = 9;

fn report(n: u64, at: i64) -> CapacityReport {
    CapacityReport {
        hospital: HospitalId::from_bytes(u128::from(n).to_be_bytes()),
        capability: None,
        state: CapacityState::Free,
        at: Timestamp(at),
        source: CapacitySource::Desk,
        until: None,
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark measures and prints")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::TempDir::new()?;
    let (database, keys) = (directory.path().join("ems.sqlite"), directory.path().join("keys.sqlite"));
    let store = SqliteStore::open(&database, &keys, true).await?;
    for n in 0..HOSPITALS {
        store.report_capacity(report(n, 1)).await?;
    }
    let (mut read, mut kept) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        store.report_capacity(report(0, 2 + i64::try_from(round)?)).await?;
        let began = Instant::now();
        let first = store.capacity_now().await?.len();
        read.push(began.elapsed());
        let began = Instant::now();
        for _ in 0..FEEDS {
            assert_eq!(store.capacity_now().await?.len(), first);
        }
        kept.push(began.elapsed() / FEEDS);
    }
    read.sort();
    kept.sort();
    let middle = ROUNDS / 2;
    println!("{HOSPITALS} reports: read {:?}, kept {:?} (medians of {ROUNDS})", read.get(middle), kept.get(middle));
    Ok(())
}
