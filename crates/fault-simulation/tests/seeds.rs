//! A bounded number of seeds with every check, the seeds that once broke a promise, and the proof that a seed is a replay.
//! `cargo xtask simulate` runs as many as one likes.

use fault_simulation::{Fault, FaultCounts, Outcome, Plan, run};

/// Seeds that reported a violation while the simulation grew: by faults of the product, some by faults of the oracle.
const REGRESSIONS: [u64; 30] = [
    3, 6, 14, 15, 17, 24, 29, 33, 35, 49, 60, 88, 119, 473, 503, 620, 1_582, 1_745, 2_283, 2_828, 2_846, 3_051, 4_425,
    5_746, 6_429, 7_706, 8_225, 8_348, 8_775, 9_078,
];
/// Seeds of every run.
const SEEDS: std::ops::RangeInclusive<u64> = 1_001..=1_012;

fn assert_kept(outcome: &Outcome) {
    let broken: Vec<String> = outcome.violations.iter().map(|v| format!("{}: {}", v.promise, v.what)).collect();
    assert!(broken.is_empty(), "seed {}: {}", outcome.seed, broken.join("\n"));
}

#[test]
fn every_promise_holds_whatever_goes_wrong() {
    let mut faults = FaultCounts::default();
    for seed in SEEDS {
        let outcome = run(seed, Plan::default());
        assert_kept(&outcome);
        assert!(outcome.recorded > 0, "seed {seed} recorded nothing");
        faults.add(&outcome.faults);
    }
    for fault in [Fault::Drop, Fault::TabletCrash, Fault::ServerCrash, Fault::FailedWrite, Fault::TornWrite] {
        assert!(faults.of(fault) > 0, "{} never happened", fault.key());
    }
}

#[test]
fn what_broke_once_does_not_break_again() {
    for seed in REGRESSIONS {
        assert_kept(&run(seed, Plan::default()));
    }
}

#[test]
fn a_seed_is_one_exact_replay() {
    let (first, second) = (run(7, Plan::default()), run(7, Plan::default()));
    assert_eq!(
        (first.steps, first.virtual_us, first.recorded, first.facts, &first.faults),
        (second.steps, second.virtual_us, second.recorded, second.facts, &second.faults)
    );
    assert_ne!(run(8, Plan::default()).steps, first.steps);
}

#[test]
fn a_fair_day_is_quiet() {
    let outcome = run(1, Plan::default().calm());
    assert_kept(&outcome);
    assert_eq!(outcome.faults.total(), 0);
    assert!(outcome.facts > 50, "{} facts", outcome.facts);
}

#[test]
fn another_mix_of_faults_breaks_nothing_and_a_wrong_one_is_named() {
    let harsh = ["drop=250", "poison=100", "trouble_every_ms=3000"];
    let plan = harsh.into_iter().try_fold(Plan::default(), Plan::set).expect("settings of a run");
    assert_eq!((plan.drop, plan.trouble_every_us), (250, 3_000_000));
    for seed in 2_001..=2_004 {
        assert_kept(&run(seed, plan));
    }
    for wrong in ["drop", "drop=much", "rain=5"] {
        assert!(Plan::default().set(wrong).is_err(), "{wrong}");
    }
}
