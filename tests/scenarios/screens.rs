//! What a crew presses stands on the dispatch console and on the hospital's board, and on no other hospital's.

use crate::programs;
use sim::report::{Output, Report};
use sim::screens::{ScreensArgs, measure};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_status_of_a_tablet_is_told_to_console_and_board() {
    let args = ScreensArgs {
        units: 30,
        departments: 2,
        cases: 8,
        seconds: 4,
        positions_every: 2,
        consoles: 2,
        boards: 3,
        seed: 5,
        // The test is of what is told. How soon is measured by the command on a machine that does nothing else.
        max_p99: 30_000.0,
        output: Output::default(),
        bin_dir: Some(programs::folder()),
    };
    let found = measure(&args).await.unwrap();
    let mut report = Report::new("test", Some(args.seed));
    found.fill(&mut report, &args);
    assert!(report.kept(), "{}", report.summary());
    assert_eq!((found.console.count, found.board.count), (8 * 6, 8 * 6));
}
