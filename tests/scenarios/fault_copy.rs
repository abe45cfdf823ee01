//! A tablet's folder is copied while it runs, and both go on: the fork is found, named with the first entry that differs, and
//! nothing that either crew saw as recorded is lost or doubled.

use case::Body;
use dispatch_core::Scope;
use dispatch_core::store::EventStore;
use model::Stage;
use std::collections::BTreeMap;
use std::path::Path;
use system_tests::fault::journal::{Line, read};
use system_tests::fault::one::One;
use system_tests::fault::process::{Around, TabletProcess};
use system_tests::fault::tablet::{Life, Shown};

pub(crate) fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// How often each stage stands in the server's record, over all cases of the unit.
async fn stamps(one: &One) -> BTreeMap<Stage, usize> {
    let store = one.site.data.open_store().await.unwrap();
    let mut counted = BTreeMap::new();
    for head in system_tests::fault::check::heads(&store, one.subject.unit).await.unwrap() {
        for fact in store.case_facts(Scope::Installation, head.case, 0, 500).await.unwrap() {
            if let Body::StageStamped { stage, .. } = fact.event.body {
                *counted.entry(stage).or_insert(0) += 1;
            }
        }
    }
    store.close().await;
    counted
}

fn drained(shown: &Shown) -> bool {
    shown.up && shown.waiting == 0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_copied_while_it_runs_is_found_and_nothing_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    one.start_tablet().await.unwrap();
    // 指令, 出動 by the case's beginning; 現着 by hand.
    one.press(1).await.unwrap();
    one.tablet().order("stamp").await.unwrap();
    one.delivered().await.unwrap();
    let shared = read(&one.subject.journal);
    let copied = folder.path().join("copied");
    copy_all(&one.subject.folder, &copied);
    // The original goes on and is acknowledged; the copy records while nobody can hear it.
    one.tablet().order("stamp").await.unwrap();
    one.delivered().await.unwrap();
    let common = |line: &&Line| matches!(line, Line::Recorded { .. });
    let mut case_log = shared.iter().filter(common).filter_map(|line| match line {
        Line::Recorded { log, seq: 2.., .. } => Some(*log),
        _ => None,
    });
    let log = case_log.next_back().unwrap();
    let head = shared.iter().filter_map(|line| match line {
        Line::Recorded { log: of, seq, .. } if *of == log => Some(*seq),
        _ => None,
    });
    let head = head.max().unwrap();
    one.kill_server().await.unwrap();
    one.kill_tablet().await.unwrap();
    let journal = folder.path().join("copy.journal");
    let life = Life { folder: copied.clone(), journal: journal.clone(), ..one.life.clone() };
    let mut copy = TabletProcess::spawn(&life, &folder.path().join("copy.log"), &Around::default()).unwrap();
    copy.ready().await.unwrap();
    copy.order("stamp").await.unwrap();
    copy.order("press").await.unwrap();
    let recorded = |path: &Path| read(path).iter().filter(|line| matches!(line, Line::Recorded { .. })).count();
    system_tests::repeated("its start, a stamp and a case are on its disk", async || {
        (recorded(&journal) >= 6).then_some(())
    })
    .await;
    one.start_server().await.unwrap();
    copy.until("the fork is found", |shown| shown.faults.contains(&"Forked".to_owned())).await.unwrap();
    copy.until("drained", drained).await.unwrap();
    let forks: Vec<_> = read(&journal).into_iter().filter(|line| matches!(line, Line::Forked { .. })).collect();
    assert!(forks.contains(&Line::Forked { log, seq: head + 1 }), "named by the first that differs: {forks:?}");
    copy.0.kill().await.unwrap();
    // The original comes back and finds out about the copy's part.
    one.start_tablet().await.unwrap();
    one.press(1).await.unwrap();
    one.tablet().until("drained", drained).await.unwrap();
    one.delivered().await.unwrap();
    one.kill_tablet().await.unwrap();
    let counted = stamps(&one).await;
    // Three cases were begun; in the first, both stamped 接触: two facts of two crews, each once.
    assert_eq!(counted.get(&Stage::EnRoute), Some(&3), "{counted:?}");
    assert_eq!(counted.get(&Stage::OnScene), Some(&1), "{counted:?}");
    assert_eq!(counted.get(&Stage::AtPatient), Some(&2), "{counted:?}");
}
