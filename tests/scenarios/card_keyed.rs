//! PIN and 照合番号B through the real PC/SC stack, judged by the card's own counters and transcript: a press presents once,
//! never at one try left without a confirmation, never to another card, never again.

use ambulance_core::{CardInput, OpenedFace};
use ambulance_runtime::reader::{FaceRequest, SignRequest};
use card::{Challenge, ChallengeParts, Failure, LastTry};
use model::{CaseId, CrewId, DeviceId, Timestamp};
use sim::card::Plugged;
use std::sync::Arc;
use system_tests::card_reader::{CardReader, keyed, now_s};
use virtual_card::{Behaviour, Persona};

const RIGHT_PIN: &str = "1234";
const WRONG_PIN: &str = "9999";
/// VERIFY without data: the counter.
const COUNTER: &str = "00200080";

/// A card on the reader that was read, and its certificate.
struct Laid {
    plugged: Plugged,
    certificate: Vec<u8>,
}

async fn laid(reader: &mut CardReader, behaviour: Behaviour) -> Laid {
    let (plugged, read) = reader.put("warfarin", behaviour).await;
    Laid { plugged, certificate: read.unwrap().certificate }
}

impl Laid {
    /// How often the card was presented something.
    fn presented(&self) -> u64 {
        self.plugged.card().transcript().presented()
    }

    /// Each presentation follows a look at the counter, and shows no digit.
    fn is_careful(&self) {
        let card = self.plugged.card();
        let commands: Vec<&str> = card.transcript().exchanges().iter().map(|e| e.command.as_str()).collect();
        let verifies = commands.iter().enumerate().filter(|(_, command)| command.starts_with(COUNTER));
        for (at, command) in verifies.filter(|(_, command)| command.len() > COUNTER.len()) {
            assert_eq!(commands[at - 1], COUNTER, "the counter was read just before");
            assert!(command[COUNTER.len()..].chars().all(|c| c == '*'), "masked");
        }
    }
}

fn challenge() -> Challenge {
    Challenge::new(&ChallengeParts {
        nonce: b"a nonce",
        device: DeviceId::from_bytes([1; 16]),
        crew: CrewId::from_bytes([2; 16]),
        case: CaseId::from_bytes([3; 16]),
        consent: [4; 32],
        tablet_time: Timestamp(5),
    })
}

async fn sign(reader: &mut CardReader, laid: &Laid, pin: &str, last_try: LastTry) -> Result<Vec<u8>, Failure> {
    let (certificate, pin) = (laid.certificate.clone(), Arc::new(keyed(pin)));
    reader.reader.sign.ask(SignRequest { press: 7, certificate, pin, last_try, challenge: challenge() });
    loop {
        if let CardInput::Signed { press, result, .. } = reader.next().await {
            assert_eq!(press, 7);
            return result;
        }
    }
}

async fn open(
    reader: &mut CardReader,
    laid: &Laid,
    number: &str,
    last_try: LastTry,
) -> Result<Box<OpenedFace>, Failure> {
    let (certificate, number) = (laid.certificate.clone(), Arc::new(keyed(number)));
    reader.reader.open_face.ask(FaceRequest { press: 8, certificate, number, last_try });
    loop {
        if let CardInput::Face { press, result, .. } = reader.next().await {
            assert_eq!(press, 8);
            return result;
        }
    }
}

fn printed(persona: &str) -> String {
    Persona::named(persona).unwrap().verification_number_b(now_s()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_a_pin_is_presented_once_for_a_press() {
    let mut reader = CardReader::training();
    let right = laid(&mut reader, Behaviour::default()).await;
    let signature = sign(&mut reader, &right, RIGHT_PIN, LastTry::Unconfirmed).await.unwrap();
    assert!(challenge().is_signed_by(&right.certificate, &signature));
    assert_eq!(right.presented(), 1);
    right.is_careful();
    reader.take(right.plugged).await;

    let wrong = laid(&mut reader, Behaviour::default()).await;
    let two_left = sign(&mut reader, &wrong, WRONG_PIN, LastTry::Unconfirmed).await;
    assert_eq!((two_left, wrong.presented()), (Err(Failure::PinWrong { left: 2 }), 1));
    let one_left = sign(&mut reader, &wrong, WRONG_PIN, LastTry::Unconfirmed).await;
    assert_eq!((one_left, wrong.presented()), (Err(Failure::PinWrong { left: 1 }), 2));
    let refused = sign(&mut reader, &wrong, RIGHT_PIN, LastTry::Unconfirmed).await;
    assert_eq!((refused, wrong.presented()), (Err(Failure::LastTry), 2), "not even the right one");
    let blocked = sign(&mut reader, &wrong, WRONG_PIN, LastTry::Confirmed).await;
    assert_eq!((blocked, wrong.presented()), (Err(Failure::PinBlocked), 3));
    let still = sign(&mut reader, &wrong, RIGHT_PIN, LastTry::Confirmed).await;
    assert_eq!((still, wrong.presented()), (Err(Failure::PinBlocked), 3));
    wrong.is_careful();
    reader.take(wrong.plugged).await;

    // The last try, confirmed, with the right PIN.
    let last = laid(&mut reader, Behaviour { auth_pin_left: Some(1), ..Behaviour::default() }).await;
    assert_eq!(sign(&mut reader, &last, RIGHT_PIN, LastTry::Unconfirmed).await, Err(Failure::LastTry));
    assert_eq!(last.presented(), 0);
    sign(&mut reader, &last, RIGHT_PIN, LastTry::Confirmed).await.unwrap();
    assert_eq!(last.presented(), 1);
    reader.take(last.plugged).await;

    pulled_in_the_middle(&mut reader).await;
}

/// The PIN reaches the card, which leaves before it answers: the crew learns that the card moved, and nothing is sent again.
async fn pulled_in_the_middle(reader: &mut CardReader) {
    let pulled = laid(reader, Behaviour { first_secret_unanswered: true, ..Behaviour::default() }).await;
    assert_eq!(sign(reader, &pulled, RIGHT_PIN, LastTry::Unconfirmed).await, Err(Failure::CardMoved));
    assert_eq!(pulled.presented(), 1);
    reader.take(pulled.plugged).await;

    let nobody = Laid { certificate: vec![1], ..laid(reader, Behaviour::default()).await };
    assert_eq!(sign(reader, &nobody, RIGHT_PIN, LastTry::Unconfirmed).await, Err(Failure::CardMoved));
    assert_eq!(nobody.presented(), 0, "the PIN is for another card");
    let certificate = nobody.certificate.clone();
    reader.take(nobody.plugged).await;
    let (pin, last_try) = (Arc::new(keyed(RIGHT_PIN)), LastTry::Unconfirmed);
    reader.reader.sign.ask(SignRequest { press: 9, certificate, pin, last_try, challenge: challenge() });
    let told = reader.next().await;
    assert!(matches!(told, CardInput::Signed { press: 9, result: Err(Failure::NoCard), .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_number_b_is_presented_once_for_a_press() {
    let mut reader = CardReader::training();
    let (right_number, wrong_number) = (printed("warfarin"), printed("insulin"));
    let right = laid(&mut reader, Behaviour::default()).await;
    let face = open(&mut reader, &right, &right_number, LastTry::Unconfirmed).await.unwrap();
    assert!(face.photo.is_some() && face.birth.is_some());
    assert_eq!(right.presented(), 1);
    right.is_careful();
    reader.take(right.plugged).await;

    let wrong = laid(&mut reader, Behaviour { number_b_left: Some(3), ..Behaviour::default() }).await;
    for left in [2, 1] {
        let refused = open(&mut reader, &wrong, &wrong_number, LastTry::Unconfirmed).await;
        assert_eq!(refused.err(), Some(Failure::NumberBWrong { left }));
    }
    let refused = open(&mut reader, &wrong, &right_number, LastTry::Unconfirmed).await;
    assert_eq!((refused.err(), wrong.presented()), (Some(Failure::LastTry), 2));
    let blocked = open(&mut reader, &wrong, &wrong_number, LastTry::Confirmed).await;
    assert_eq!((blocked.err(), wrong.presented()), (Some(Failure::NumberBBlocked), 3));
    let still = open(&mut reader, &wrong, &right_number, LastTry::Confirmed).await;
    assert_eq!((still.err(), wrong.presented()), (Some(Failure::NumberBBlocked), 3));
    wrong.is_careful();
    reader.take(wrong.plugged).await;

    let pulled = laid(&mut reader, Behaviour { first_secret_unanswered: true, ..Behaviour::default() }).await;
    let moved = open(&mut reader, &pulled, &right_number, LastTry::Unconfirmed).await;
    assert_eq!((moved.err(), pulled.presented()), (Some(Failure::CardMoved), 1));
    reader.take(pulled.plugged).await;
}
