//! The suite that every [`KeySeal`] passes. Each function is one promise.
//!
//! # Panics
//! Every function, when the promise is broken.

use crate::seal::{CONTENT_BYTES_MAX, KeySeal, Protection, SealError};

/// Names of keys, as a tablet has them.
const NAMES: [&str; 2] = ["device.key", "outbox.key"];

fn keys() -> Vec<Vec<u8>> {
    let long = (0..CONTENT_BYTES_MAX).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect();
    vec![vec![7; 32], (0..=255).collect(), vec![0], long]
}

/// A key opens as it was sealed, also by the seal of a later start.
pub fn a_key_comes_back_as_it_was(seal: &dyn KeySeal, later: &dyn KeySeal) {
    for key in keys() {
        let resting = seal.seal(NAMES[0], &key).expect("seals");
        assert_eq!(*seal.open(NAMES[0], &resting).expect("opens"), key);
        assert_eq!(*later.open(NAMES[0], &resting).expect("opens after a start"), key);
        assert_eq!(crate::is_sealed(&resting), seal.protection() == Protection::Tpm, "the form tells what it is");
    }
}

/// What is no key is refused, and so is what rests already sealed.
pub fn what_is_no_key_is_refused(seal: &dyn KeySeal) {
    let too_long = vec![1; CONTENT_BYTES_MAX + 1];
    for wrong in [&[][..], &too_long, b"EMS-KEY\x01 of another seal"] {
        assert!(matches!(seal.seal(NAMES[0], wrong), Err(SealError::Unsuitable)), "{} bytes", wrong.len());
    }
    for wrong in [&[][..], &vec![1; 100_000]] {
        assert!(matches!(seal.open(NAMES[0], wrong), Err(SealError::Damaged)), "{} bytes", wrong.len());
    }
}

/// A seal that is more than a file hides the key, and opens whole files under their own name only.
pub fn a_sealed_key_shows_nothing_and_is_opened_whole(seal: &dyn KeySeal) {
    if seal.protection() == Protection::File {
        return;
    }
    let key: Vec<u8> = (0..32).collect();
    let resting = seal.seal(NAMES[0], &key).expect("seals");
    assert!(!resting.windows(8).any(|window| key.windows(8).any(|part| part == window)), "eight bytes of the key show");
    assert_ne!(*seal.seal(NAMES[0], &key).expect("seals"), *resting, "two seals of one key are unlike");
    assert!(matches!(seal.open(NAMES[1], &resting), Err(SealError::Damaged)), "another name");
    for at in (0..resting.len()).step_by(17) {
        let mut flipped = resting.to_vec();
        flipped[at] ^= 1;
        assert!(matches!(seal.open(NAMES[0], &flipped), Err(SealError::Damaged)), "byte {at}");
        assert!(matches!(seal.open(NAMES[0], &resting[..at]), Err(SealError::Damaged)), "cut at {at}");
    }
}

/// What a TPM sealed opens neither without one nor with another one; what no TPM sealed is told apart.
pub fn a_key_stays_with_its_machine(seal: &dyn KeySeal, of_another_machine: &dyn KeySeal) {
    let key = vec![7; 32];
    let resting = seal.seal(NAMES[0], &key).expect("seals");
    let opened = of_another_machine.open(NAMES[0], &resting);
    match (seal.protection(), of_another_machine.protection()) {
        (Protection::File, Protection::File) => assert_eq!(*opened.expect("whoever has the file has the key"), key),
        (Protection::File, Protection::Tpm) => assert!(matches!(opened, Err(SealError::Damaged))),
        (Protection::Tpm, Protection::File) => assert!(matches!(opened, Err(SealError::NeedsTpm))),
        (Protection::Tpm, Protection::Tpm) => assert!(matches!(opened, Err(SealError::OtherTpm))),
    }
}

/// Every promise. `later` is the same machine after a start, `others` are other machines.
pub fn every_promise(seal: &dyn KeySeal, later: &dyn KeySeal, others: &[&dyn KeySeal]) {
    a_key_comes_back_as_it_was(seal, later);
    what_is_no_key_is_refused(seal);
    a_sealed_key_shows_nothing_and_is_opened_whole(seal);
    for other in others {
        a_key_stays_with_its_machine(seal, *other);
    }
}
