//! Power cuts while a plain key is sealed in place: the calls are recorded, and the files rebuilt with unsynced writes lost,
//! torn or reordered.

#![expect(clippy::disallowed_methods, reason = "these tests rebuild files")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use key_seal::{KeyFile, TpmSeal};
use std::path::Path;
use test_kit::SoftwareTpm;
use write_recorder::{CrashState, Recording, Syncs, mark, record};

const KEY: [u8; 32] = [0x5A; 32];
const NAME: &str = "outbox.key";
/// States that are tried; each moment of some ten calls comes up in all its ways.
const CUTS: u64 = 2_000;
/// Of those that differ, so many are started again.
const STARTS: usize = 20;

/// What was written while the key was sealed, and how it rests then.
fn sealing(seal: &TpmSeal, syncs: Syncs) -> (Recording, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::write(root.join(NAME), KEY).unwrap();
    // What an earlier try left.
    std::fs::write(root.join("outbox.part"), b"left over").unwrap();
    let (recording, sealed) = record(&root, syncs, || {
        KeyFile::new(root.join(NAME), NAME).protect(seal).unwrap();
        mark(1);
        std::fs::read(root.join(NAME)).unwrap()
    });
    assert!(recording.ops.len() > 4, "the calls are not recorded: {:?}", recording.ops);
    (recording, sealed)
}

fn violation(state: &CrashState, sealed: &[u8]) -> Option<String> {
    let Some(rests) = state.files.get(Path::new(NAME)) else { return Some("there is no key".into()) };
    match rests == sealed {
        true => None,
        false if *rests != KEY => Some(format!("{} bytes that are no key", rests.len())),
        false if state.promised == 1 => Some("the key was sealed, and rests in plain".into()),
        false => None,
    }
}

#[test]
fn a_power_cut_leaves_the_plain_key_or_the_sealed_one() {
    let tpm = SoftwareTpm::start().unwrap();
    let seal = TpmSeal::at(&tpm.tcti()).unwrap();
    let (recording, sealed) = sealing(&seal, Syncs::Kept);
    let states = (0..CUTS).map(|seed| recording.crash(seed));
    let mut started = Vec::new();
    for (seed, state) in states.enumerate() {
        assert_eq!(violation(&state, &sealed), None, "seed {seed}: {:?} after {} calls", state.fate, state.ops);
        if started.len() < STARTS && !started.contains(&state.files) {
            starts_again(&state, &seal);
            started.push(state.files);
        }
    }
    assert!(started.len() > 3, "{} different states", started.len());
}

fn starts_again(state: &CrashState, seal: &TpmSeal) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &state.files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let key = KeyFile::new(folder.path().join(NAME), NAME);
    key.protect(seal).unwrap();
    assert_eq!(key.load(seal).unwrap().unwrap().content[..], KEY);
}

#[test]
fn without_syncs_a_power_cut_would_cost_the_key() {
    let tpm = SoftwareTpm::start().unwrap();
    let (recording, sealed) = sealing(&TpmSeal::at(&tpm.tcti()).unwrap(), Syncs::Dropped);
    let lost = (0..CUTS).filter(|seed| violation(&recording.crash(*seed), &sealed).is_some()).count();
    assert!(lost > 0, "the test above could not fail");
}
