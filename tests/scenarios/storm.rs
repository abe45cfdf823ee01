//! A small storm against the real program: everything exactly once, memory bounded, whoever reads nothing included.

use crate::programs;
use sim::storm::{BackArgs, Cause, Limits, StormArgs, loss, storm};

fn args(units: usize) -> StormArgs {
    StormArgs {
        cause: Cause::Arrival,
        units,
        events: 40,
        departments: units.div_ceil(8),
        seed: 3,
        spread: 0.0,
        stall: 0,
        deaf: 0,
        heavy: 0,
        heavy_events: 2_000,
        limits: Limits { max_wall: 120, max_ack_p99: None, max_unit_kib: None, min_fairness: None },
        back: BackArgs {
            away: 3.0,
            idle: 1.0,
            calm: 3.0,
            calm_units: 8,
            calm_every_ms: 500,
            per_socket: 0,
            // Unoptimised, beside other tests: figures say nothing here, only that nothing is lost and everybody comes back.
            max_connected: 60.0,
            max_acknowledged: 60.0,
            max_calm_ratio: 1_000.0,
            max_idle_kib: 10_000.0,
            max_idle_cores: 2.0,
        },
        json: None,
        html: None,
        bin_dir: Some(programs::folder()),
        data: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_returning_fleet_delivers_everything_once() {
    // The caches of the database (32 MiB and four of 4 MiB) fill whatever the number of units: a quarter of a MiB each
    // here. The rest is what a connection costs.
    let limits = Limits { max_unit_kib: Some(256 + 256), ..args(1).limits };
    let report = storm(&StormArgs { deaf: 20, limits, ..args(200) }).await.unwrap();
    assert_eq!(report.missed, Vec::<String>::new(), "{report:?}");
    assert_eq!((report.verdict.stored, report.violations), (200 * 40, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_loses_nothing_and_nobody() {
    let report = storm(&StormArgs { stall: 14, heavy: 2, ..args(60) }).await.unwrap();
    assert_eq!(report.missed, Vec::<String>::new(), "{report:?}");
    assert_eq!((report.verdict.stored, report.violations), (58 * 40 + 2 * 2_000, 0));
}

async fn everything_comes_back(args: StormArgs) -> sim::storm::BackReport {
    let report = loss(&args).await.unwrap();
    assert_eq!(report.missed(), Vec::<String>::new(), "{report:?}");
    assert_eq!((report.done, report.violations), (args.units, 0));
    // One event in each unit's log, the others in its case's.
    assert!(report.verdict.stored >= args.units as u64 * (args.events + 1), "{report:?}");
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_finds_its_fleet_again() {
    let report = everything_comes_back(StormArgs { cause: Cause::Killed, ..args(40) }).await;
    assert_eq!((report.kept, report.calm.is_none()), (0, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_comes_back_from_a_tunnel_and_calm_units_notice_nothing() {
    let report = everything_comes_back(StormArgs { cause: Cause::Radio, ..args(40) }).await;
    assert_eq!(report.calm.map(|calm| (calm.units, calm.lost)), Some((8, 0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_comes_back_at_other_addresses() {
    let report = everything_comes_back(StormArgs { cause: Cause::Address, ..args(40) }).await;
    assert_eq!(report.calm.map(|calm| (calm.units, calm.lost)), Some((8, 0)));
}
