//! Both seals keep the same promises; the TPM is Debian's `swtpm`, a process of its own.

#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use key_seal::{FileSeal, KeySeal, SealError, TpmSeal, contract};
use test_kit::SoftwareTpm;

fn seal(tpm: &SoftwareTpm) -> TpmSeal {
    TpmSeal::at(&tpm.tcti()).unwrap()
}

#[test]
fn a_file_keeps_the_promises() {
    let tpm = SoftwareTpm::start().unwrap();
    contract::every_promise(&FileSeal, &FileSeal, &[&FileSeal, &seal(&tpm)]);
}

#[test]
fn a_tpm_keeps_the_promises() {
    let (tpm, other) = (SoftwareTpm::start().unwrap(), SoftwareTpm::start().unwrap());
    contract::every_promise(&seal(&tpm), &seal(&tpm), &[&FileSeal, &seal(&other)]);
}

#[test]
fn a_tpm_opens_after_its_own_restart_and_not_after_it_was_cleared() {
    let tpm = SoftwareTpm::start().unwrap();
    let resting = seal(&tpm).seal("outbox.key", &[7; 32]).unwrap();
    let state = tpm.stop();
    assert!(matches!(seal_at_nothing().open("outbox.key", &resting), Err(SealError::Tpm(_))), "no TPM answers");
    let tpm = SoftwareTpm::start_with(state).unwrap();
    assert_eq!(*seal(&tpm).open("outbox.key", &resting).unwrap(), [7; 32]);
    tpm.clear().unwrap();
    assert!(matches!(seal(&tpm).open("outbox.key", &resting), Err(SealError::OtherTpm)));
}

/// A port of this machine on which nobody listens.
fn seal_at_nothing() -> TpmSeal {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    TpmSeal::at(&format!("swtpm:host=127.0.0.1,port={port}")).unwrap()
}
