//! Files, identities and hostile certificates.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use rustls_pki_types::CertificateDer;
use uuid::Uuid;

use crate::{
    CaCertificate, CertificateAuthority, DeviceBundle, DeviceIdentity, Fingerprint, IdentityError, PkiError,
    Revocations, ServiceIdentity,
};

/// 2026-11-20.
const NOW_S: u64 = 1_795_132_800;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW_S)
}

fn authority(training: bool) -> CertificateAuthority {
    CertificateAuthority::create("Test CA", training, now()).expect("authority")
}

fn bundle(ca: &CertificateAuthority, device: u128) -> DeviceBundle {
    let id = Uuid::from_u128;
    let credential = ca.issue_device(id(device), id(2), id(3), now()).expect("device");
    DeviceBundle::new(credential, ca.certificate().clone()).expect("bundle")
}

#[test]
fn a_device_certificate_says_who_it_is() {
    for training in [false, true] {
        let ca = authority(training);
        let credential =
            ca.issue_device(Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3), now()).expect("device");
        let identity = DeviceIdentity::from_certificate(credential.certificate()).expect("parse");
        assert_eq!(identity.device_id, Uuid::from_u128(1));
        assert_eq!(identity.unit_id, Uuid::from_u128(2));
        assert_eq!(identity.department_id, Uuid::from_u128(3));
        assert_eq!(identity.training, training);
        assert_eq!(identity.fingerprint, credential.fingerprint());
        assert!(!identity.serial.is_empty());
        let valid_for = identity.not_after.duration_since(now()).expect("valid");
        assert_eq!(valid_for.as_secs() / 86_400, 730);
    }
}

#[test]
fn servers_and_services_are_not_devices() {
    let ca = authority(false);
    let server = ca.issue_server(&["localhost"], &[], now()).expect("server");
    let service = ca.issue_service("dispatch-server", now()).expect("service");
    for credential in [&server, &service] {
        assert_eq!(DeviceIdentity::from_certificate(credential.certificate()), Err(IdentityError::Missing("device")));
    }
    let identity = ServiceIdentity::from_certificate(service.certificate()).expect("parse");
    assert_eq!(identity.name, "dispatch-server");
    assert!(matches!(
        ServiceIdentity::from_certificate(bundle(&ca, 1).credential().certificate()),
        Err(IdentityError::Missing("service"))
    ));
}

#[test]
fn names_that_cannot_be_certified_are_refused() {
    let ca = authority(false);
    for names in [&["a b"][..], &["日本"], &["*.."], &[]] {
        let refused = ca.issue_server(names, &[], now());
        assert!(matches!(refused, Err(PkiError::BadName { .. })), "{names:?}");
    }
    for name in ["", "Upper", "a/b", &"x".repeat(65)] {
        let refused = ca.issue_service(name, now());
        assert!(matches!(refused, Err(PkiError::BadName { .. })), "{name:?}");
    }
}

#[test]
fn a_broken_clock_issues_nothing() {
    for seconds in [0, 1_000_000_000, 5_000_000_000] {
        let clock = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let refused = CertificateAuthority::create("Test CA", false, clock);
        assert!(matches!(refused, Err(PkiError::ClockOutOfRange)));
    }
}

#[test]
fn nothing_outlives_its_authority() {
    let ca = authority(false);
    let late = now() + Duration::from_secs(9 * 365 * 86_400 + 364 * 86_400);
    let id = Uuid::from_u128(1);
    let device = ca.issue_device(id, id, id, late).expect("device");
    let identity = DeviceIdentity::from_certificate(device.certificate()).expect("parse");
    assert_eq!(identity.not_after, ca.certificate().not_after());
}

#[test]
fn the_authority_is_written_once_and_its_key_is_private() {
    let directory = tempfile::tempdir().expect("directory");
    let path = directory.path().join("ca");
    let ca = authority(true);
    ca.save(&path).expect("save");
    let mode = |file: &str| {
        let metadata = path.join(file).metadata().expect("metadata");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("ca.key"), 0o600);

    let again = authority(true).save(&path);
    assert!(matches!(again, Err(PkiError::AlreadyExists { .. })));

    let loaded = CertificateAuthority::load(&path, true).expect("load");
    assert_eq!(loaded.certificate().fingerprint(), ca.certificate().fingerprint());
    let live = CertificateAuthority::load(&path, false);
    assert!(matches!(live, Err(PkiError::TrainingMismatch { .. })));

    let open = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(path.join("ca.key"), open).expect("permissions");
    let exposed = CertificateAuthority::load(&path, true);
    assert!(matches!(exposed, Err(PkiError::KeyExposed { mode: 0o640, .. })));
}

#[test]
fn a_bundle_survives_the_disk_and_a_mixed_one_is_refused() {
    let directory = tempfile::tempdir().expect("directory");
    let ca = authority(false);
    let (first, second) = (directory.path().join("1"), directory.path().join("2"));
    bundle(&ca, 1).write(&first).expect("write");
    bundle(&ca, 9).write(&second).expect("write");
    let loaded = DeviceBundle::load(&first).expect("load");
    assert_eq!(loaded.identity().device_id, Uuid::from_u128(1));
    let mode = first.join("device.key").metadata().expect("metadata");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);

    std::fs::copy(second.join("device.pem"), first.join("device.pem")).expect("copy");
    assert!(matches!(DeviceBundle::load(&first), Err(PkiError::KeyMismatch)));
    std::fs::remove_file(first.join("ca.pem")).expect("remove");
    std::fs::remove_file(first.join("device.pem")).expect("remove");
    assert!(matches!(DeviceBundle::load(&first), Err(PkiError::Missing { .. })));
    let training = authority(true);
    let mixed = DeviceBundle::new(bundle(&ca, 1).credential().clone(), training.certificate().clone());
    assert!(matches!(mixed, Err(PkiError::TrainingMismatch { .. })));
}

#[test]
fn a_leaf_is_not_taken_for_an_authority() {
    let device = bundle(&authority(false), 1);
    let refused = CaCertificate::from_der(device.credential().certificate().clone());
    assert!(matches!(refused, Err(PkiError::NotAnAuthority)));
}

#[test]
fn revocation_is_by_certificate_or_by_device() {
    let ca = authority(false);
    let (old, new) = (bundle(&ca, 1), bundle(&ca, 1));
    let revocations = Revocations::new();
    let other_handle = revocations.clone();
    assert!(!revocations.is_revoked(old.identity()));
    other_handle.revoke_certificate(old.identity().fingerprint);
    assert!(revocations.is_revoked(old.identity()));
    assert!(!revocations.is_revoked(new.identity()));
    other_handle.revoke_device(Uuid::from_u128(1));
    assert!(revocations.is_revoked(new.identity()));
    let stored: Fingerprint = old.identity().fingerprint.to_string().parse().expect("hex");
    revocations.replace([stored], []);
    assert!(revocations.is_revoked(old.identity()));
    assert!(!revocations.is_revoked(new.identity()));
}

fn parse_everything(bytes: Vec<u8>) {
    let der = CertificateDer::from(bytes);
    let device = DeviceIdentity::from_certificate(&der);
    let service = ServiceIdentity::from_certificate(&der);
    assert!(device.is_err() || service.is_err());
    if let Ok(ca) = CaCertificate::from_der(der) {
        assert!(!ca.der().is_empty());
    }
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(CaCertificate::from_pem(&bytes).is_err());
        parse_everything(bytes);
    }
}

#[test]
fn damaged_certificates_never_panic() {
    let whole = bundle(&authority(true), 1).credential().certificate().to_vec();
    for end in 0..whole.len() {
        parse_everything(whole.iter().copied().take(end).collect());
    }
    for (position, flip) in (0..whole.len()).flat_map(|at| [(at, 0x01), (at, 0x80), (at, 0xff)]) {
        let damaged = whole.iter().enumerate();
        let damaged = damaged.map(|(at, byte)| if at == position { byte ^ flip } else { *byte });
        parse_everything(damaged.collect());
    }
}
