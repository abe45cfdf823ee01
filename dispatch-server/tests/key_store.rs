//! What the administrator's page on backups says is done here, by its own command line: the key store is never in a copy, and what was
//! restored opens no history.

#![expect(clippy::disallowed_methods, reason = "journals are laid beside the key store")]

use dispatch_core::contract::fixtures::{NOW, Town};
use dispatch_core::store::{Claim, HistoryVault, VaultEntry};
use dispatch_server::admin::init;
use dispatch_server::data_dir::DataDir;
use model::{CivilDate, LookupId, Sex};
use patient_history::{HistorySnapshot, Period, PersonOnRecord, QualificationValidity};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const BACKUP: &str = include_str!("../../deploy/backup.md");
const A: Town = Town(1);
const LOOKUP: LookupId = LookupId::from_bytes([3; 16]);

async fn keep(data: &DataDir) {
    let store = data.open_store().await.expect("a store");
    assert!(matches!(store.claim(LOOKUP, A.case(), NOW, NOW).await.expect("claimed"), Claim::Granted));
    let person = PersonOnRecord {
        name: "訓練".into(),
        kana: "クンレン".into(),
        birth_date: CivilDate::new(1948, 3, 8).expect("a date"),
        sex: Sex::Female,
    };
    let snapshot = HistorySnapshot {
        lookup: LOOKUP,
        fetched_at: NOW,
        person,
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: Vec::new(),
        notices: Vec::new(),
    };
    let expires_at = NOW.plus_minutes(60);
    let entry = VaultEntry { lookup: LOOKUP, case: A.case(), department: A.department(), expires_at, snapshot };
    store.put(entry).await.expect("kept");
    assert!(store.history(LOOKUP, A.case(), NOW).await.expect("read").is_some());
    store.close().await;
}

/// The command line of the page, for other folders.
fn copy(parent: &Path, to: &Path) {
    let line = BACKUP.lines().find(|line| line.starts_with("tar --create")).expect("the page has a command");
    let (parent, to) = (parent.to_str().expect("a path"), to.to_str().expect("a path"));
    let line = line.replace("/srv/backup/dispatch-$(date +%F).tar", to).replace("=/var/lib ", &format!("={parent} "));
    assert!(line.contains(to) && line.contains(parent), "both places are the page's: {line}");
    let done = Command::new("sh").arg("-c").arg(&line).status().expect("a shell");
    assert!(done.success(), "{line}");
}

fn tar(arguments: &[&str]) -> String {
    let done = Command::new("tar").args(arguments).output().expect("tar");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

#[tokio::test]
async fn a_copy_made_as_the_page_says_has_no_keys_and_what_is_restored_opens_no_history() {
    let folder = TempDir::new().expect("a directory");
    let data = DataDir::new(folder.path().join("dispatch-server"));
    init(&data, true, &[]).await.expect("an installation");
    keep(&data).await;
    let (_, keys) = data.databases();
    // A server that was killed leaves its journals as well.
    for journal in ["keys.sqlite-wal", "keys.sqlite-shm"] {
        std::fs::write(data.path().join(journal), b"").expect("written");
    }
    let archive = folder.path().join("copy.tar");
    copy(folder.path(), &archive);
    let names = tar(&["--list", "--file", archive.to_str().expect("a path")]);
    for there in ["ems.sqlite", "nonce.key", "second-factor.key", "installation.json", "ca/ca.key"] {
        assert!(names.contains(&format!("dispatch-server/{there}\n")), "{there} is missing: {names}");
    }
    let name = keys.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(!names.contains(name), "the key store is in the copy: {names}");

    let restored = folder.path().join("restored");
    std::fs::create_dir(&restored).expect("a directory");
    let (archive, to) = (archive.to_str().expect("a path"), restored.to_str().expect("a path"));
    tar(&["--extract", "--file", archive, "--directory", to]);
    let restored = DataDir::new(restored.join("dispatch-server"));
    let done = Command::new(env!("CARGO_BIN_EXE_dispatch-server"))
        .args(["restored", "--data", restored.path().to_str().expect("a path")])
        .output()
        .expect("runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let store = restored.open_store().await.expect("a store");
    assert!(store.history(LOOKUP, A.case(), NOW).await.expect("read").is_none(), "its key was not in the copy");
    assert!(matches!(store.claim(LOOKUP, A.case(), NOW, NOW).await.expect("asked"), Claim::Gone));
    store.close().await;
    let store = data.open_store().await.expect("a store");
    assert!(store.history(LOOKUP, A.case(), NOW).await.expect("read").is_some(), "the original has it");
    store.close().await;
}
