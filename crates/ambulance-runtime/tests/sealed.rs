//! A tablet whose outbox key is sealed by a TPM: Debian's `swtpm`, a process of its own.

#![expect(clippy::disallowed_methods, reason = "these tests copy and look at files")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use ambulance_core::Restored;
use ambulance_runtime::{KeyError, StartError, open_outbox, open_outbox_with};
use delivery::{LogKind, NewLog, OutboxStore, Transaction};
use key_seal::{FileSeal, KeyFile, Protection, TpmSeal};
use model::{CaseId, LogId, Timestamp};
use std::path::Path;
use tempfile::TempDir;
use test_kit::SoftwareTpm;
use wire::Entry;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const LOG: LogId = LogId::from_bytes([1; 16]);

fn entry(seq: u64) -> Entry {
    Entry { log: LOG, seq, schema: 1, bytes: vec![7; 300] }
}

/// A tablet's folder with three entries, made when there was no TPM.
async fn filled() -> TempDir {
    let folder = TempDir::new().unwrap();
    let (store, _) = open_outbox(folder.path(), NOW).await.unwrap();
    let begin = vec![NewLog { log: LOG, kind: LogKind::Case(CaseId::from_bytes([9; 16])) }];
    let entries = (1..=3).map(entry).collect();
    store.append(Transaction { begin, entries, ..Transaction::default() }, NOW).await.unwrap();
    store.close().await.unwrap();
    folder
}

fn copy(folder: &Path) -> TempDir {
    let other = TempDir::new().unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), other.path().join(file.file_name())).unwrap();
    }
    other
}

async fn opened(folder: &Path, tpm: &SoftwareTpm) -> Result<Restored, StartError> {
    opened_as(folder, tpm, false).await
}

async fn opened_as(folder: &Path, tpm: &SoftwareTpm, enrolled_anew: bool) -> Result<Restored, StartError> {
    let seal = TpmSeal::at(&tpm.tcti()).unwrap();
    let (store, restored) = open_outbox_with(folder, &seal, enrolled_anew, NOW).await?;
    store.close().await.unwrap();
    Ok(restored)
}

fn rests(folder: &Path) -> Protection {
    KeyFile::new(folder.join("outbox.key"), "outbox.key").rests().unwrap().unwrap()
}

#[tokio::test]
async fn a_plain_key_is_sealed_at_start_and_the_outbox_opens_on_this_machine_only() {
    let folder = filled().await;
    let (tpm, other) = (SoftwareTpm::start().unwrap(), SoftwareTpm::start().unwrap());
    assert_eq!(rests(folder.path()), Protection::File);
    let all: Vec<Entry> = (1..=3).map(entry).collect();
    assert_eq!(opened(folder.path(), &tpm).await.unwrap().entries, all);
    assert_eq!(rests(folder.path()), Protection::Tpm);

    let stolen = copy(folder.path());
    let before = std::fs::read(stolen.path().join("outbox.sqlite")).unwrap();
    let refused = opened(stolen.path(), &other).await.err();
    assert!(matches!(refused, Some(StartError::Key(KeyError::OtherTpm { .. }))), "{refused:?}");
    let refused = open_outbox_with(stolen.path(), &FileSeal, false, NOW).await.err();
    assert!(matches!(refused, Some(StartError::Key(KeyError::NoTpm { .. }))), "{refused:?}");
    let kept = copy(stolen.path());
    assert_eq!(std::fs::read(kept.path().join("outbox.sqlite")).unwrap(), before);

    // The machine is switched off and on.
    let state = tpm.stop();
    let tpm = SoftwareTpm::start_with(state).unwrap();
    assert_eq!(opened(folder.path(), &tpm).await.unwrap().entries, all);
    assert_eq!(opened(kept.path(), &tpm).await.unwrap().entries, all, "what was refused elsewhere is whole");
}

#[tokio::test]
async fn a_new_outbox_on_a_machine_with_a_tpm_never_has_a_plain_key() {
    let (folder, tpm) = (TempDir::new().unwrap(), SoftwareTpm::start().unwrap());
    assert!(opened(folder.path(), &tpm).await.unwrap().heads.is_empty());
    assert_eq!(rests(folder.path()), Protection::Tpm);
    assert!(opened(folder.path(), &tpm).await.is_ok());
}

#[tokio::test]
async fn after_a_new_enrolment_a_key_that_this_tpm_cannot_open_counts_as_lost() {
    let folder = filled().await;
    let (tpm, other) = (SoftwareTpm::start().unwrap(), SoftwareTpm::start().unwrap());
    opened(folder.path(), &tpm).await.unwrap();
    let sealed = std::fs::read(folder.path().join("outbox.key")).unwrap();
    let cut_off = copy(folder.path());

    let recovered = opened_as(folder.path(), &other, true).await.unwrap().recovered.expect("told");
    assert!(recovered.logs_may_miss && recovered.entries == 0);
    assert!(folder.path().join(recovered.kept).exists());
    assert_eq!(std::fs::read(folder.path().join("outbox.key.aside-1")).unwrap(), sealed);
    assert!(opened(folder.path(), &other).await.unwrap().recovered.is_some(), "told until it was recorded");

    // The power was cut after the key was set aside, before the outbox was.
    let key = KeyFile::new(cut_off.path().join("outbox.key"), "outbox.key");
    key.set_aside().unwrap();
    key.create(&[8; 32], &FileSeal).unwrap();
    assert!(opened_as(cut_off.path(), &other, true).await.unwrap().recovered.is_some());
}
