//! A key's file: made once, sealed in place, never lost between.

#![expect(clippy::disallowed_methods, reason = "these tests look at and damage files")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use key_seal::{FileSeal, KeyFile, KeyFileError, KeySeal, Protection, SealError, TpmSeal, is_sealed};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use test_kit::SoftwareTpm;
use zeroize::Zeroizing;

const KEY: [u8; 32] = [0x5A; 32];

fn file(folder: &Path) -> KeyFile {
    KeyFile::new(folder.join("outbox.key"), "outbox.key")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_plain_key_is_sealed_in_place_and_opens_as_before() {
    let (folder, tpm) = (tempfile::tempdir().unwrap(), SoftwareTpm::start().unwrap());
    let seal = TpmSeal::at(&tpm.tcti()).unwrap();
    let key = file(folder.path());
    assert_eq!(key.create(&KEY, &FileSeal).unwrap(), Protection::File);
    assert_eq!(std::fs::read(key.path()).unwrap(), KEY);
    // As a power cut during the first start leaves it: a second name of the same file.
    std::fs::hard_link(key.path(), folder.path().join("outbox.part")).unwrap();
    assert_eq!(key.protect(&seal).unwrap(), Protection::Tpm);
    assert_eq!(names(folder.path()), ["outbox.key"]);
    let resting = std::fs::read(key.path()).unwrap();
    assert!(is_sealed(&resting) && !resting.windows(16).any(|w| w == &KEY[..16]));
    assert_eq!(key.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let opened = key.load(&seal).unwrap().unwrap();
    assert_eq!((&opened.content[..], opened.rests), (&KEY[..], Protection::Tpm));
    assert_eq!(key.protect(&seal).unwrap(), Protection::Tpm);
    assert_eq!(std::fs::read(key.path()).unwrap(), resting, "sealed once");
    let elsewhere = key.load(&FileSeal);
    assert!(matches!(elsewhere, Err(KeyFileError::Seal { source: SealError::NeedsTpm, .. })));
}

#[test]
fn what_is_deleted_of_a_plain_key_is_overwritten_first() {
    let (folder, tpm) = (tempfile::tempdir().unwrap(), SoftwareTpm::start().unwrap());
    let key = file(folder.path());
    key.create(&KEY, &FileSeal).unwrap();
    // A second name that no program of ours knows keeps the old blocks in sight.
    let watched = folder.path().join("watched");
    std::fs::hard_link(key.path(), &watched).unwrap();
    key.protect(&TpmSeal::at(&tpm.tcti()).unwrap()).unwrap();
    assert_eq!(std::fs::read(watched).unwrap(), [0; 32]);
}

/// Fails at a chosen call, as a TPM that is unplugged between two of them.
struct Failing {
    inner: TpmSeal,
    open: bool,
}

impl KeySeal for Failing {
    fn protection(&self) -> Protection {
        Protection::Tpm
    }
    fn seal(&self, name: &str, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.inner.seal(name, content)
    }
    fn open(&self, name: &str, resting: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if self.open { Err(SealError::OtherTpm) } else { self.inner.open(name, resting) }
    }
}

#[test]
fn a_key_that_was_not_opened_from_the_disk_once_keeps_its_plain_file() {
    let (folder, tpm) = (tempfile::tempdir().unwrap(), SoftwareTpm::start().unwrap());
    let key = file(folder.path());
    key.create(&KEY, &FileSeal).unwrap();
    let mut seal = Failing { inner: TpmSeal::at(&tpm.tcti()).unwrap(), open: true };
    assert!(matches!(key.protect(&seal), Err(KeyFileError::Seal { source: SealError::OtherTpm, .. })));
    assert_eq!(std::fs::read(key.path()).unwrap(), KEY, "as after a power cut before the rename");
    assert_eq!(names(folder.path()), ["outbox.key", "outbox.part"]);
    seal.open = false;
    assert_eq!(key.protect(&seal).unwrap(), Protection::Tpm);
    assert_eq!(names(folder.path()), ["outbox.key"]);
    assert_eq!(key.load(&seal).unwrap().unwrap().content[..], KEY);
}

#[test]
fn a_tpm_that_does_not_answer_costs_protection_and_not_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = TpmSeal::at("device:/dev/no-such-tpm").unwrap();
    let key = file(folder.path());
    assert_eq!(key.create(&KEY, &nowhere).unwrap(), Protection::File);
    assert!(matches!(key.protect(&nowhere), Err(KeyFileError::Seal { source: SealError::Tpm(_), .. })));
    let opened = key.load(&nowhere).unwrap().unwrap();
    assert_eq!((&opened.content[..], opened.rests), (&KEY[..], Protection::File));
}

#[test]
fn an_existing_key_is_never_replaced_but_can_be_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let key = file(folder.path());
    assert!(key.load(&FileSeal).unwrap().is_none() && key.rests().unwrap().is_none());
    key.create(&KEY, &FileSeal).unwrap();
    assert!(matches!(key.create(&[1; 32], &FileSeal), Err(KeyFileError::File { .. })));
    assert_eq!(key.load(&FileSeal).unwrap().unwrap().content[..], KEY);
    assert!(!key.was_set_aside());
    let aside = [key.set_aside().unwrap(), {
        key.create(&[1; 32], &FileSeal).unwrap();
        key.set_aside().unwrap()
    }];
    assert!(key.was_set_aside());
    assert_eq!(std::fs::read(&aside[0]).unwrap(), KEY);
    assert_eq!(std::fs::read(&aside[1]).unwrap(), [1; 32]);
    std::fs::write(key.path(), vec![1; 100_000]).unwrap();
    assert!(matches!(key.load(&FileSeal), Err(KeyFileError::Seal { source: SealError::Damaged, .. })));
}
