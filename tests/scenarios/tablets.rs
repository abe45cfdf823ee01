//! Several tablets, lost stores, copied stores, killed tablets: nothing is doubled, nothing acknowledged is lost.

use crate::fault_copy::copy_all;
use ambulance_core::{Command, Fault};
use case::{Body, CaseView};
use dispatch_core::CaseTimeline;
use model::{Complaint, Stage};
use std::collections::BTreeMap;
use system_tests::tablet::STAMPED;
use system_tests::{Installation, observed, repeated};

/// How often each stage was stamped in the server's record.
fn stamps(timeline: &CaseTimeline) -> BTreeMap<Stage, usize> {
    let mut counted = BTreeMap::new();
    for entry in &timeline.entries {
        if let Body::StageStamped { stage, .. } = entry.event.body {
            *counted.entry(stage).or_insert(0) += 1;
        }
    }
    counted
}

fn each_once() -> BTreeMap<Stage, usize> {
    STAMPED.into_iter().map(|stage| (stage, 1)).collect()
}

/// What everybody must agree on: everything but what only a writer knows of its own queue.
fn shared(view: &CaseView) -> CaseView {
    let mut view = view.clone();
    view.pending = 0;
    view
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tablet_takes_over_and_both_see_the_same() {
    let mut installation = Installation::start().await;
    let (first, enrolled) = installation.connected(0, "立川訓練1").await;
    let (second, _) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    first.assigned(case).await;
    first.stamp(&STAMPED[..3]).await;
    second.assigned(case).await;
    second.until_case("the first one's stamps came", |c| c.view.stage(Stage::AtPatient).is_some()).await;
    second.press(Command::TakeOver(case)).await;
    second.stamp(&STAMPED[3..5]).await;
    // Both press the same stage: both facts stay, one time counts.
    first.until_case("the second one's stamps came", |c| c.view.stage(Stage::LeftScene).is_some()).await;
    first.stamp(&[Stage::AtDestination]).await;
    second.stamp(&[Stage::AtDestination]).await;
    first.delivered().await;
    second.delivered().await;
    let position = installation.timeline(0, case).await.head.position;
    let all = |c: &ambulance_core::CaseState| c.received_through >= position && c.view.pending == 0;
    let (ours, theirs) = (first.until_case("all came", all).await, second.until_case("all came", all).await);
    let timeline = installation.timeline(0, case).await;
    assert_eq!(shared(&ours.view), shared(&theirs.view));
    assert_eq!(shared(&ours.view), shared(&timeline.view));
    assert_eq!(timeline.view.tablets.len(), 2);
    assert!(timeline.view.gaps.is_empty(), "{:?}", timeline.view.gaps);
    assert_eq!(timeline.view.stages.len(), 2 + 6, "覚知 and 指令, and six stamps");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_deleted_in_mid_case_loses_nothing_acknowledged_and_shows_a_gap() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.stamp(&STAMPED[..3]).await;
    tablet.delivered().await;
    let folder = tablet.stop().await;
    std::fs::remove_dir_all(folder.join("data")).unwrap();
    let tablet = installation.tablet(folder).await;
    tablet.until_case("the acknowledged stamps came back", |c| c.view.stage(Stage::AtPatient).is_some()).await;
    let position = installation.timeline(0, case).await.head.position;
    tablet.until_case("all came", |c| c.received_through >= position).await;
    tablet.press(Command::SelectCase(case)).await;
    tablet.stamp(&STAMPED[3..]).await;
    tablet.delivered().await;
    let timeline = installation.timeline(0, case).await;
    assert_eq!(stamps(&timeline), each_once());
    assert_eq!(timeline.view.gaps.len(), 1, "the server shows where facts may be missing");
    assert_eq!(tablet.case().view.gaps, timeline.view.gaps, "and so does the tablet");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_store_is_found_and_nothing_is_doubled_or_lost() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.stamp(&STAMPED[..2]).await;
    tablet.delivered().await;
    let folder = tablet.stop().await;
    let copied = installation.folder().join("copied");
    // The store closes behind the tablet: its journal goes away when it has.
    let journal = folder.join("data").join("outbox.sqlite-wal");
    repeated("the store is closed", async || (!journal.exists()).then_some(())).await;
    copy_all(&folder, &copied);
    let original = installation.tablet(folder).await;
    original.press(Command::SelectCase(case)).await;
    original.stamp(&[Stage::AtPatient]).await;
    original.press(observed(Complaint::HeadInjury)).await;
    original.delivered().await;
    // The copy records while there is no server, so that what it offers later is all on its disk.
    installation.stop_server().await;
    let copy = installation.tablet(copied).await;
    copy.press(Command::SelectCase(case)).await;
    copy.stamp(&[Stage::InVehicle]).await;
    copy.press(observed(Complaint::ChestPain)).await;
    copy.until("its start, a stamp and an observation wait on disk", |s| s.outbox.waiting >= 3 && s.unwritten == 0)
        .await;
    println!("{:?}", copy.case().view.tablets);
    installation.start_server().await;
    copy.until("the fork is shown", |s| s.faults.contains(&Fault::Forked)).await;
    copy.delivered().await;
    original.stamp(&[Stage::LeftScene]).await;
    original.delivered().await;
    let timeline = installation.timeline(0, case).await;
    let expected: BTreeMap<_, _> = STAMPED[..5].iter().map(|stage| (*stage, 1)).collect();
    assert_eq!(stamps(&timeline), expected);
    let findings = &timeline.view.findings;
    assert!(findings.has(Complaint::HeadInjury) && findings.has(Complaint::ChestPain), "{findings:?}");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_killed_in_mid_transport_goes_on_from_its_store() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.stamp(&STAMPED[..2]).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.delivered().await;
    installation.stop_server().await;
    tablet.until("the server is gone", |s| !s.link.is_up()).await;
    tablet.stamp(&STAMPED[2..4]).await;
    tablet.until("on disk", |s| s.outbox.waiting >= 2 && s.unwritten == 0).await;
    let folder = tablet.kill();
    let tablet = installation.tablet(folder).await;
    assert_eq!(tablet.state().current, Some(case));
    assert!(tablet.case().view.stage(Stage::InVehicle).is_some(), "what was on disk is back without a server");
    tablet.stamp(&STAMPED[4..]).await;
    installation.start_server().await;
    tablet.delivered().await;
    let timeline = installation.timeline(0, case).await;
    assert_eq!(stamps(&timeline), each_once());
    assert!(timeline.view.gaps.is_empty());
    assert!(timeline.view.findings.has(Complaint::HeadInjury));
    installation.stop().await;
}
