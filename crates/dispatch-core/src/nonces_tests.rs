use super::*;
use crate::contract::fixtures::{NOW, Town};
use proptest::prelude::*;
use std::collections::BTreeSet;

const A: Town = Town(1);
const B: Town = Town(2);

fn secret(fill: u8) -> NonceSecret {
    NonceSecret::new(Zeroizing::new([fill; SECRET_BYTES]))
}

fn random(seed: u8) -> [[u8; RANDOM_BYTES]; NONCES_AT_ONCE] {
    let mut random = [[seed; RANDOM_BYTES]; NONCES_AT_ONCE];
    for (n, bytes) in (0..).zip(&mut random) {
        bytes[0] = n;
    }
    random
}

fn one(now: Timestamp) -> Nonce {
    issue(&secret(1), A.device(), now, &random(5))[0]
}

#[test]
fn nonces_are_known_again_for_their_tablet_and_their_server_alone() {
    let nonces = issue(&secret(1), A.device(), NOW, &random(5));
    assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), NONCES_AT_ONCE);
    for nonce in &nonces {
        assert_eq!(check(&secret(1), A.device(), nonce, NOW), Ok(()));
        assert_eq!(check(&secret(1), B.device(), nonce, NOW), Err(NonceFault::Wrong));
        assert_eq!(check(&secret(2), A.device(), nonce, NOW), Err(NonceFault::Wrong));
    }
}

#[test]
fn the_layout_is_as_documented() {
    let nonce = one(Timestamp(0x0102_0304));
    assert_eq!(nonce.bytes()[..8], [0, 0, 0, 0, 1, 2, 3, 4]);
    assert_eq!(nonce.bytes()[8..24], random(5)[0]);
    assert_eq!(format!("{nonce:?}"), "Nonce");
}

#[test]
fn the_epoch_has_a_key_of_its_own() {
    let day = Timestamp(NOW.0.div_euclid(EPOCH_US) * EPOCH_US);
    let secret = secret(1);
    assert_eq!(secret.key_of(day), secret.key_of(day.plus_us(EPOCH_US - 1)));
    assert_ne!(secret.key_of(day), secret.key_of(day.plus_us(EPOCH_US)));
    assert_ne!(secret.key_of(day), secret.key_of(day.plus_us(-1)));
}

/// RFC 4231, test case 2 has a key of four bytes; ours have 32: the same filled with zeros.
#[test]
fn the_mac_is_hmac_sha_256() {
    let mut key = [0; 32];
    key[..4].copy_from_slice(b"Jefe");
    let mut mac = keyed(&key);
    mac.update(b"what do ya want for nothing?");
    let hex = hex::encode(mac.finalize().into_bytes());
    assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

#[test]
fn a_tablet_is_given_nonces_so_often_and_again_later() {
    let (secret, mut limit) = (secret(1), IssueLimit::default());
    let mut give = |who: &Principal, now| give_nonces(&secret, &mut limit, who, now, &random(5));
    for _ in 0..NONCE_ANSWERS {
        let given = give(&A.tablet(), NOW).expect("given");
        assert_eq!((given.nonces.len(), given.until), (NONCES_AT_ONCE, NOW.plus_minutes(NONCE_HOURS * 60)));
    }
    assert!(matches!(give(&A.tablet(), NOW), Err(UseCaseError::TooOften)));
    assert!(give(&B.tablet(), NOW).is_ok(), "another tablet");
    assert!(matches!(give(&A.dispatcher(), NOW), Err(UseCaseError::NotPermitted(_))));
    let later = NOW.plus_minutes(NONCE_ANSWERS_MINUTES);
    assert!(matches!(give(&A.tablet(), later.plus_us(-1)), Err(UseCaseError::TooOften)));
    assert!(give(&A.tablet(), later).is_ok());
}

proptest! {
    #[test]
    fn a_nonce_is_good_for_a_day_across_epochs(made in any::<i32>(), age in -100_000_000_000_i64..200_000_000_000) {
        // Microseconds of many years around NOW.
        let made = NOW.plus_us(i64::from(made) * 1_000_000);
        let day = NONCE_HOURS * 60 * 60 * 1_000_000;
        let expected = if age.abs() <= day { Ok(()) } else { Err(NonceFault::Expired) };
        prop_assert_eq!(check(&secret(1), A.device(), &one(made), made.plus_us(age)), expected);
    }

    #[test]
    fn a_changed_nonce_is_wrong(at in 0..NONCE_BYTES, by in 1..=u8::MAX) {
        let mut bytes = *one(NOW).bytes();
        bytes[at] ^= by;
        prop_assert_eq!(check(&secret(1), A.device(), &Nonce::from_bytes(bytes), NOW), Err(NonceFault::Wrong));
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in any::<[u8; 20]>(), more in any::<[u8; 20]>(), now in any::<i64>()) {
        let mut nonce = [0; NONCE_BYTES];
        nonce[..20].copy_from_slice(&bytes);
        nonce[20..].copy_from_slice(&more);
        prop_assert!(check(&secret(1), A.device(), &Nonce::from_bytes(nonce), Timestamp(now)).is_err());
    }
}
