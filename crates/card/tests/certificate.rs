//! What is held against a certificate that was sent.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{AnchorError, CertificateFault, GuardedChannel, TrustAnchors, read_auth_certificate};
use common::{NOW, card, make_material, material};
use virtual_card::{Behaviour, CertificateAge};

const DAY: i64 = 86_400;

fn anchors() -> TrustAnchors {
    TrustAnchors::training([material().auth_ca_certificate()]).unwrap()
}

fn sent(behaviour: Behaviour) -> Vec<u8> {
    let link = card("warfarin", behaviour);
    read_auth_certificate(&mut GuardedChannel::new(link), NOW, &anchors()).unwrap().certificate
}

fn aged(certificate: CertificateAge) -> Vec<u8> {
    sent(Behaviour { certificate, ..Behaviour::default() })
}

#[test]
fn issuer_period_and_use_are_looked_at() {
    let good = sent(Behaviour::default());
    let others = TrustAnchors::training([make_material(8).auth_ca_certificate()]).unwrap();
    let check = |der: &[u8]| anchors().check_certificate(der, NOW);
    assert_eq!(check(&good), Ok(()));
    assert_eq!(check(&aged(CertificateAge::InGrace)), Ok(()), "as on the tablet");
    assert_eq!(check(&aged(CertificateAge::Expired)), Err(CertificateFault::Expired));
    assert_eq!(check(&aged(CertificateAge::NotYetValid)), Err(CertificateFault::NotYetValid));
    assert_eq!(anchors().check_certificate(&good, NOW - 4_000 * DAY), Err(CertificateFault::NotYetValid));
    assert_eq!(others.check_certificate(&good, NOW), Err(CertificateFault::UntrustedIssuer));
    assert_eq!(TrustAnchors::live().check_certificate(&good, NOW), Err(CertificateFault::TestCard));
    for nothing in [&[][..], &[1], &good[..good.len() - 1]] {
        assert_eq!(check(nothing), Err(CertificateFault::Unreadable));
    }
}

#[test]
fn a_certificate_for_another_use_is_refused_whoever_signed_it() {
    assert_eq!(anchors().check_certificate(material().auth_ca_certificate(), NOW), Err(CertificateFault::WrongUse));
    let good = sent(Behaviour::default());
    let authentication = [0x04, 0x04, 0x03, 0x02, 0x07, 0x80];
    let at = good.windows(6).position(|bytes| bytes == authentication).unwrap();
    let mut documents = good.clone();
    documents[at + 4..at + 6].copy_from_slice(&[0x06, 0xC0]);
    assert_eq!(anchors().check_certificate(&documents, NOW), Err(CertificateFault::WrongUse));
    // The issuer's signature covers the use: it cannot be changed back.
    let mut changed = good;
    changed[at + 4] = 0x06;
    assert_eq!(anchors().check_certificate(&changed, NOW), Err(CertificateFault::UntrustedIssuer));
}

#[test]
fn a_live_installation_takes_further_roots_but_no_test_root() {
    let test_root = make_material(8);
    let refused = TrustAnchors::live_and([test_root.auth_ca_certificate()]);
    assert!(matches!(refused, Err(AnchorError::TestInLive)));
    assert!(matches!(TrustAnchors::live_and([&[1_u8][..]]), Err(AnchorError::Unreadable(_))));
    assert_eq!(TrustAnchors::live_and([]).unwrap().count(), TrustAnchors::live().count());
}

#[test]
fn every_fault_has_its_words_and_a_code_of_its_own() {
    let mut codes: Vec<_> = CertificateFault::ALL.iter().map(|fault| fault.code()).collect();
    for fault in CertificateFault::ALL {
        assert!(
            fault.ja().ends_with('。') && fault.next_ja().ends_with('。') && fault.en().ends_with('.'),
            "{fault:?}"
        );
    }
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CertificateFault::ALL.len());
}
