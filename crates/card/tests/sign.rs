//! The PIN: one VERIFY for one key press, never at one try left without confirmation, and a signature that verifies.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod common;

use card::{Challenge, ChallengeParts, Failure, GuardedChannel, LastTry, ReadError, Step, TrustAnchors, sign_with_pin};
use common::{NOW, card, counted, keyed, material};
use model::{CaseId, CrewId, DeviceId, Timestamp};
use virtual_card::{Behaviour, Hostile, Token, VirtualCard};

fn challenge(nonce: &[u8]) -> Challenge {
    Challenge::new(&ChallengeParts {
        nonce,
        device: DeviceId::from_bytes([1; 16]),
        crew: CrewId::from_bytes([2; 16]),
        case: CaseId::from_bytes([3; 16]),
        consent: [4; 32],
        tablet_time: Timestamp(NOW * 1_000_000),
    })
}

fn sign(virtual_card: &mut VirtualCard, pin: &str, last_try: LastTry) -> Result<Vec<u8>, ReadError> {
    sign_with_pin(&mut GuardedChannel::new(virtual_card), &keyed(pin), last_try, &challenge(b"nonce"))
}

#[test]
fn the_signature_verifies_under_the_cards_certificate_and_no_other_challenge() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    let signature = sign(&mut virtual_card, "1234", LastTry::Unconfirmed).unwrap();
    let anchors = TrustAnchors::training([material().auth_ca_certificate()]).unwrap();
    let read = card::read_auth_certificate(&mut GuardedChannel::new(&mut virtual_card), NOW, &anchors).unwrap();
    assert!(challenge(b"nonce").is_signed_by(&read.certificate, &signature));
    assert!(!challenge(b"other").is_signed_by(&read.certificate, &signature));
    assert!(!challenge(b"nonce").is_signed_by(&read.certificate, &signature[1..]));
    assert!(!challenge(b"nonce").is_signed_by(material().auth_ca_certificate(), &signature), "another key");
    assert!(!challenge(b"nonce").is_signed_by(b"no certificate", &signature));
    assert_eq!(counted(&virtual_card), 1);
}

#[test]
fn one_try_left_needs_a_confirmation() {
    let mut virtual_card = card("warfarin", Behaviour::default());
    assert_eq!(
        sign(&mut virtual_card, "0000", LastTry::Unconfirmed).unwrap_err().failure,
        Failure::PinWrong { left: 2 }
    );
    assert_eq!(
        sign(&mut virtual_card, "0000", LastTry::Unconfirmed).unwrap_err().failure,
        Failure::PinWrong { left: 1 }
    );
    let refused = sign(&mut virtual_card, "1234", LastTry::Unconfirmed).unwrap_err();
    assert_eq!((refused.failure, refused.step, refused.status), (Failure::LastTry, Step::Present, None));
    assert_eq!(counted(&virtual_card), 2, "the third was not presented");
    assert!(sign(&mut virtual_card, "1234", LastTry::Confirmed).is_ok());
    assert_eq!(counted(&virtual_card), 3);
}

#[test]
fn a_blocked_pin_is_named_and_not_presented() {
    let mut virtual_card = card("warfarin", Behaviour { auth_pin_left: Some(1), ..Behaviour::default() });
    let blocking = sign(&mut virtual_card, "0000", LastTry::Confirmed).unwrap_err();
    assert_eq!((blocking.failure, blocking.status), (Failure::PinBlocked, Some(0x63C0)));
    let blocked = sign(&mut virtual_card, "1234", LastTry::Confirmed).unwrap_err();
    assert_eq!((blocked.failure, blocked.step), (Failure::PinBlocked, Step::Counter));
    assert_eq!(counted(&virtual_card), 1);
}

#[test]
fn a_hostile_card_ends_in_a_sentence() {
    for (hostile, failure) in [
        (Hostile::SignatureOf(255), Failure::Unreadable),
        (Hostile::SignatureOf(0), Failure::Unreadable),
        (Hostile::SignatureOf(257), Failure::Unreadable),
        (Hostile::VerifyStatus(0x6982), Failure::Unreadable),
        (Hostile::CounterStatus(0x6983), Failure::PinBlocked),
        (Hostile::CounterStatus(0x6A88), Failure::PinNotOffered),
    ] {
        let mut virtual_card = card("warfarin", Behaviour { hostile: Some(hostile), ..Behaviour::default() });
        let error = sign(&mut virtual_card, "1234", LastTry::Unconfirmed).unwrap_err();
        assert_eq!(error.failure, failure, "{hostile:?}");
        assert!(counted(&virtual_card) <= 1, "{hostile:?}");
    }
    let mut foreign = card("warfarin", Behaviour { foreign: true, ..Behaviour::default() });
    assert_eq!(sign(&mut foreign, "1234", LastTry::Unconfirmed).unwrap_err().failure, Failure::NotMyNumberCard);
}

#[test]
fn an_answer_that_is_lost_behind_the_pin_is_not_asked_for_again() {
    // SELECT, SELECT, counter, PIN, SELECT, sign.
    for command in 1..=6 {
        let behaviour = Behaviour { answer_lost_at: Some(command), token: Token::Card, ..Behaviour::default() };
        let mut virtual_card = card("warfarin", behaviour);
        let error = sign(&mut virtual_card, "1234", LastTry::Unconfirmed).unwrap_err();
        assert_eq!(error.failure, Failure::CardMoved, "command {command}");
        assert_eq!(counted(&virtual_card), u64::from(command >= 4), "command {command}");
    }
}

#[test]
fn a_permission_does_not_outlive_its_procedure() {
    let mut virtual_card = card("warfarin", Behaviour { auth_pin_blocked: true, ..Behaviour::default() });
    let mut channel = GuardedChannel::new(&mut virtual_card);
    let outcome = sign_with_pin(&mut channel, &keyed("1234"), LastTry::Confirmed, &challenge(b"nonce"));
    assert_eq!(outcome.unwrap_err().failure, Failure::PinBlocked);
    let pin = [0x00, 0x20, 0x00, 0x80, 0x04, b'1', b'2', b'3', b'4'];
    assert_eq!(channel.exchange(&pin), Err(card::ChannelError::Refused(card::Refusal::PinNotAllowed)));
}
