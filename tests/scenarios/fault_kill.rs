//! Real tablets and the real server, killed with SIGKILL while they work: nothing lost, nothing doubled, nothing out of order.
//! `cargo xtask fault-run` is the same for as long as you like.

use dispatch_server::store::SqliteStore;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use system_tests::fault::check::{Findings, Subject, tablet};
use system_tests::fault::journal::{Journal, Line};
use system_tests::fault::kill::{Plan, run};
use system_tests::fault::process::{Around, TabletProcess};
use system_tests::fault::site::{Site, present};
use system_tests::fault::tablet::{Life, Shown};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_tablets_and_servers_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let seed = present().0.unsigned_abs() % 1_000_000;
    println!(
        "seed {seed}: cargo xtask fault-run -- kill --tablet-kills 60 --server-kills 20 --tablets 4 --seed {seed}"
    );
    let plan = Plan { seed, tablets: 4, tablet_kills: 60, server_kills: 20, pause_ms: 30 };
    let report = run(plan, folder.path(), Arc::new(|| {})).await.unwrap();
    println!("{}", serde_json::to_string(&report).unwrap());
    assert!(report.violations.is_empty(), "seed {seed}: {:#?}", report.violations);
    // Only what a tablet recorded by itself in the moment between the last look and its kill may be unacknowledged.
    let open = report.recorded - report.acknowledged;
    assert!(report.acknowledged > 100 && open <= plan.tablets as u64, "the programs worked: {open} not acknowledged");
}

/// A tablet that worked, was drained and killed.
async fn drained(site: &mut Site, folder: &Path) -> Subject {
    let mut place = site.server();
    let mut server = place.spawn().unwrap();
    place.ready(&mut server).await.unwrap();
    let enrolled = site.enrol(place.quic).await.unwrap();
    let subject = Subject {
        folder: enrolled.out,
        unit: enrolled.unit,
        journal: folder.join("journal"),
        disk_failed: false,
        drained_at: None,
    };
    let life = Life {
        folder: subject.folder.clone(),
        journal: subject.journal.clone(),
        seed: 1,
        pause_ms: None,
        crew: None,
        cards: site.cards.clone(),
    };
    let mut process = TabletProcess::spawn(&life, &folder.join("log"), &Around::default()).unwrap();
    process.ready().await.unwrap();
    process.order("press").await.unwrap();
    let delivered = |shown: &Shown| shown.waiting == 0 && shown.cases.values().any(|(through, _)| *through >= 4);
    process.until("delivered", |shown| shown.up && delivered(shown)).await.unwrap();
    process.0.kill().await.unwrap();
    server.0.kill().await.unwrap();
    subject
}

async fn broken(store: &SqliteStore, subject: &Subject) -> BTreeSet<String> {
    let mut found = Findings::default();
    tablet(store, subject, &mut found).await.unwrap();
    found.violations.into_iter().map(|violation| violation.what).collect()
}

/// What the run looks for, it finds: a comparison that cannot fail would prove nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_fault_run_looks_for_it_finds() {
    let folder = tempfile::tempdir().unwrap();
    let mut site = Site::make(folder.path(), &folder.path().join("server")).await.unwrap();
    let mut subject = drained(&mut site, folder.path()).await;
    let store = site.data.open_store().await.unwrap();
    assert_eq!(broken(&store, &subject).await, BTreeSet::new());
    let told = system_tests::fault::journal::read(&subject.journal);
    let recorded = told.iter().find(|line| matches!(line, Line::Recorded { .. })).cloned();
    let Some(Line::Recorded { log, seq, .. }) = recorded else { panic!("nothing was recorded") };
    // Told that something is recorded, which nobody has.
    let other = subject.journal.clone();
    subject.journal = folder.path().join("planted");
    let planted = Journal::open(&subject.journal).unwrap();
    planted.write(&[Line::Recorded { log, seq: 9_999, hash: case::Hash([9; 32]) }]);
    planted.write(&[Line::Acknowledged { log, through: 9_999 }]);
    planted.write(&[Line::Forked { log, seq }, Line::Wedged { log, seq }, Line::Refused { entries: 1 }]);
    let found = broken(&store, &subject).await;
    for what in [
        "an event the crew saw as recorded is nowhere",
        "an acknowledged event is not on the server as it was",
        "a fork was shown without a second writer",
        "an entry was refused for good",
        "an action was not recorded on a sound disk",
    ] {
        assert!(found.contains(what), "{what}: {found:?}");
    }
    // The tablet's own store is gone: the server holds what its tablet never kept.
    subject.journal = other;
    std::fs::remove_file(subject.folder.join("data/outbox.sqlite")).unwrap();
    let found = broken(&store, &subject).await;
    assert!(found.contains("the server holds a fact that its tablet never kept"), "{found:?}");
    store.close().await;
    // A server without the facts: what was told to be acknowledged is missed.
    let aside = folder.path().join("other");
    std::fs::create_dir(&aside).unwrap();
    let empty = Site::make(&aside, &aside.join("server")).await.unwrap();
    let store = empty.data.open_store().await.unwrap();
    let found = broken(&store, &subject).await;
    assert!(found.contains("an acknowledged event is not on the server as it was"), "{found:?}");
    store.close().await;
}
