//! The disk of the tablet, or of the server, is full: what could not be kept is said to be not kept, nothing is half written, and
//! work goes on when there is space again.

use crate::fault_copy::copy_all;
use std::collections::BTreeSet;
use system_tests::fault::disk::SmallDisk;
use system_tests::fault::journal::{Line, read};
use system_tests::fault::one::One;
use system_tests::fault::tablet::Shown;
use system_tests::repeated;

/// Events that the crew was told are recorded.
fn recorded(one: &One) -> u64 {
    read(&one.subject.journal).iter().filter(|line| matches!(line, Line::Recorded { .. })).count() as u64
}

/// Stamps on the screen.
fn stamps(shown: &Shown) -> usize {
    shown.cases.values().filter(|(_, view)| view.contains("EnRoute")).count()
}

/// Presses until several actions in a row were refused: the database finds room in its own files for a while.
async fn until_refused(one: &mut One) {
    repeated("refused again and again", async || {
        one.press(4).await.unwrap();
        let lines = read(&one.subject.journal);
        let told: Vec<_> = lines.iter().filter(|line| !matches!(line, Line::Acknowledged { .. })).collect();
        let last = told.len().saturating_sub(8);
        told[last..].iter().all(|line| matches!(line, Line::Refused { .. })).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_on_a_full_disk_says_so_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    one.subject.disk_failed = true;
    let data = one.subject.folder.join("data");
    std::fs::create_dir(&data).unwrap();
    let disk = SmallDisk::mount(&data, 1_024).unwrap();
    one.around = disk.around();
    one.start_tablet().await.unwrap();
    one.press(3).await.unwrap();
    let shown = one.delivered().await.unwrap();
    assert!(shown.faults.is_empty(), "{:?}", shown.faults);
    let before = recorded(&one);
    one.kill_server().await.unwrap();
    assert!(disk.fill().unwrap() > 0);
    until_refused(&mut one).await;
    // Nothing more is pressed: what was on its way is refused as well.
    let told = recorded(&one);
    let is_told = |shown: &Shown| shown.faults.contains(&"DiskFull".to_owned()) && shown.waiting == told - before;
    one.tablet().until("said to be full", is_told).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let full = one.tablet().show().await.unwrap();
    assert_eq!(full.waiting, told - before, "what waits is what was recorded");
    // It dies there, and what it had recorded is all there.
    one.kill_tablet().await.unwrap();
    disk.free().unwrap();
    one.start_tablet().await.unwrap();
    let restored = one.tablet().show().await.unwrap();
    assert_eq!(stamps(&restored), stamps(&full), "what was on the screen is what is on the disk");
    one.press(2).await.unwrap();
    one.start_server().await.unwrap();
    let after = one.delivered().await.unwrap();
    assert!(after.faults.is_empty(), "{:?}", after.faults);
    one.kill_tablet().await.unwrap();
    copy_back(&one, &disk);
    let (broken, found) = one.broken().await.unwrap();
    assert_eq!(broken, BTreeSet::new());
    assert!(found.recorded > told);
}

/// The comparison reads the tablet's folder where everybody sees it.
fn copy_back(one: &One, disk: &SmallDisk) {
    disk.copy_to(&one.subject.folder.join("data")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_a_full_disk_acknowledges_nothing_and_gets_all_later() {
    let folder = tempfile::tempdir().unwrap();
    let aside = folder.path().join("server");
    std::fs::create_dir(&aside).unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("made")).await.unwrap();
    one.start_tablet().await.unwrap();
    one.press(2).await.unwrap();
    one.delivered().await.unwrap();
    one.kill_server().await.unwrap();
    // The same installation on a small disk.
    let disk = SmallDisk::mount(&aside, 16 * 1_024).unwrap();
    copy_all(&folder.path().join("made"), &disk.path());
    one.place.data = aside.clone();
    one.place.around = disk.around();
    one.start_server().await.unwrap();
    disk.fill().unwrap();
    // Its database finds room in its own files for a while.
    let mut acknowledged = one.tablet().until("up", |shown| shown.up).await.unwrap();
    for _ in 0..400 {
        one.press(2).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let shown = one.tablet().show().await.unwrap();
        let stands_still = shown.waiting >= acknowledged.waiting + 8;
        acknowledged = shown;
        if stands_still && acknowledged.waiting > 64 {
            break;
        }
    }
    let told = recorded(&one);
    let shown = one.tablet().show().await.unwrap();
    assert!(shown.waiting > 0 && shown.faults.is_empty(), "{} wait, {:?}", shown.waiting, shown.faults);
    one.kill_server().await.unwrap();
    disk.free().unwrap();
    one.start_server().await.unwrap();
    one.tablet().until("drained", |shown| shown.up && shown.waiting == 0).await.unwrap();
    one.kill_tablet().await.unwrap();
    one.kill_server().await.unwrap();
    let after = folder.path().join("after");
    copy_all(&disk.path(), &after);
    one.site.data = dispatch_server::DataDir::new(after);
    let (broken, found) = one.broken().await.unwrap();
    assert_eq!(broken, BTreeSet::new());
    assert!(found.recorded >= told && told > 64);
}
