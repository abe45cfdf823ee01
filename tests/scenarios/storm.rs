//! A small storm against the real program: everything exactly once, memory bounded, whoever reads nothing included.

use crate::programs;
use sim::storm::{Limits, StormArgs, storm};

fn args(units: usize) -> StormArgs {
    StormArgs {
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
        json: None,
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
