//! Every ending of a card (docs/card-ladder.md) through the real PC/SC stack and the tablet's own reader thread: failing and
//! hostile virtual cards, and what stands on the screen for each.

use ambulance_core::{CardInput, OpenedFace};
use ambulance_runtime::reader::{FaceRequest, SignRequest, check};
use card::{CardRead, Challenge, ChallengeParts, Failure, LastTry, Observed, Recorded, TrustAnchors, check_person};
use model::{AgeBand, CaseId, CrewId, DeviceId, Sex, Timestamp};
use sim::pcscd::Pcscd;
use std::fmt::Write as _;
use std::sync::Arc;
use system_tests::cable::Cable;
use system_tests::card_reader::{CardReader, card_material, keyed, now_s};
use virtual_card::{Behaviour, CertificateAge, Hostile, Persona, Portrait, Token};

/// What stands on the screen, line by line.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, what: &str, failure: Option<Failure>) {
        match failure {
            None => writeln!(self.0, "{what}: read"),
            Some(f) => writeln!(self.0, "{what}: {}\n  {}\n  {}", f.code(), f.ja(), f.next_ja()),
        }
        .unwrap();
    }
}

/// As the tablet's core takes it: what keeps from a look-up first.
fn ending(read: &Result<CardRead, Failure>) -> Option<Failure> {
    match read {
        Err(failure) => Some(*failure),
        Ok(read) => {
            let all = read.failures();
            all.iter().find(|failure| failure.stops_lookup()).or(all.first()).copied()
        }
    }
}

fn aged(certificate: CertificateAge) -> Behaviour {
    Behaviour { certificate, ..Behaviour::default() }
}

fn hostile(how: Hostile) -> Behaviour {
    Behaviour { hostile: Some(how), ..Behaviour::default() }
}

fn token(token: Token) -> Behaviour {
    Behaviour { token, ..Behaviour::default() }
}

fn readings() -> Vec<(&'static str, Behaviour)> {
    vec![
        ("an ordinary card", Behaviour::default()),
        ("pulled while it is read", Behaviour { pulled_after: Some(6), ..Behaviour::default() }),
        ("slower than the deadline", Behaviour { answer_delay_ms: 3_000, ..Behaviour::default() }),
        ("another kind of card", Behaviour { foreign: true, ..Behaviour::default() }),
        ("an Android phone", token(Token::Android)),
        ("an iPhone", token(Token::Iphone)),
        ("an old resident register card", token(Token::OldJukiCard)),
        ("not valid yet", aged(CertificateAge::NotYetValid)),
        ("expired a month ago", aged(CertificateAge::InGrace)),
        ("expired four months ago", aged(CertificateAge::Expired)),
        ("answers without end", hostile(Hostile::EndlessMore)),
        ("lengths of four gigabytes", hostile(Hostile::HugeLengths)),
        ("files that end in the middle", hostile(Hostile::Truncated)),
        ("noise", hostile(Hostile::Noise)),
        ("reads are refused", hostile(Hostile::ReadStatus(0x6F00))),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_every_reading_ends_in_its_sentence() {
    let mut reader = CardReader::training();
    let mut shown = Shown::default();
    for (what, behaviour) in readings() {
        let (plugged, read) = reader.put("warfarin", behaviour).await;
        shown.add(what, ending(&read));
        reader.take(plugged).await;
    }
    service_down(&mut reader, &mut shown).await;
    insta::assert_snapshot!("readings", shown.0);
}

/// The service ends while a card is read; and is asked when it is gone.
async fn service_down(reader: &mut CardReader, shown: &mut Shown) {
    let certificate = vec![1];
    assert!(reader.daemon.as_ref().unwrap().is_ours(), "a daemon of somebody else is not ended");
    reader.daemon = None;
    while !matches!(reader.next().await, CardInput::ReaderMissing) {}
    reader.reader.sign.ask(request(certificate, "1234", LastTry::Unconfirmed));
    shown.add("the card service is down", signed(reader).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_a_card_of_another_authority_ends_in_its_sentence() {
    let mut shown = Shown::default();
    let own = card_material(7);
    let others = card_material(8);
    for (what, anchors) in [
        ("a training tablet of another installation", TrustAnchors::training([others.auth_ca_certificate()]).unwrap()),
        ("a live tablet", TrustAnchors::live()),
    ] {
        let mut reader = CardReader::with(anchors, own.clone());
        let (plugged, read) = reader.put("warfarin", Behaviour::default()).await;
        shown.add(what, ending(&read));
        reader.take(plugged).await;
    }
    insta::assert_snapshot!("authorities", shown.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_a_card_that_somebody_else_uses_ends_in_its_sentence() {
    let mut shown = Shown::default();
    // Each answer takes long enough that the second tablet comes while the first one reads.
    let busy = Behaviour { answer_delay_ms: 150, ..Behaviour::default() };
    let mut first = CardReader::training();
    let mut second = first.beside();
    let (plugged, read) = first.put("warfarin", busy).await;
    let mut outcomes = vec![ending(&read)];
    loop {
        match second.next().await {
            CardInput::Read { read, .. } => break outcomes.push(ending(&Ok(*read))),
            CardInput::Failed { failure, .. } => break outcomes.push(Some(failure)),
            _ => {}
        }
    }
    outcomes.sort_by_key(Option::is_some);
    for (what, outcome) in ["who came first", "who came second"].into_iter().zip(outcomes) {
        shown.add(what, outcome);
    }
    first.take(plugged).await;
    insta::assert_snapshot!("in_use", shown.0);
}

/// The reader is not there, is plugged in, is unplugged in the middle of a reading, and is plugged in again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_a_reader_that_is_unplugged_ends_in_its_sentence() {
    let mut shown = Shown::default();
    let without = tempfile::tempdir().unwrap();
    let mut reader = CardReader::on(Pcscd::configured(without.path()).unwrap());
    no_reader("no reader is configured", &mut reader, &mut shown).await;
    drop(reader);
    let cable = Cable::new().await;
    let mut reader = CardReader::on(Pcscd::configured(cable.configuration()).unwrap());
    no_reader("its cable is out", &mut reader, &mut shown).await;
    let pulled = Behaviour { pulled_after: Some(6), ..Behaviour::default() };
    for (what, behaviour) in
        [("unplugged while a card is read", pulled), ("plugged in again, with the card on it", Behaviour::default())]
    {
        let card = reader.card("warfarin", behaviour);
        let plugged = cable.plug_in(card).await;
        shown.add(what, ending(&reader.read().await));
        drop(plugged);
        until_missing(&mut reader).await;
    }
    insta::assert_snapshot!("unplugged", shown.0);
}

/// What a press ends with, and the check at the start of a shift.
async fn no_reader(what: &str, reader: &mut CardReader, shown: &mut Shown) {
    until_missing(reader).await;
    reader.reader.sign.ask(request(vec![1], "1234", LastTry::Unconfirmed));
    shown.add(what, signed(reader).await);
    let checked = tokio::task::spawn_blocking(|| check(TrustAnchors::live())).await.unwrap();
    let found: Vec<&str> = checked.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(found, [Failure::NoReader.code()], "the check says the same");
}

async fn until_missing(reader: &mut CardReader) {
    while !matches!(reader.next().await, CardInput::ReaderMissing) {}
}

/// The snapshots of this file are what was seen on the screen: together they hold every ending that there is.
#[test]
fn every_ending_of_the_ladder_stands_in_a_snapshot() {
    let seen = [
        include_str!("snapshots/scenarios__card_ladder__readings.snap"),
        include_str!("snapshots/scenarios__card_ladder__authorities.snap"),
        include_str!("snapshots/scenarios__card_ladder__in_use.snap"),
        include_str!("snapshots/scenarios__card_ladder__unplugged.snap"),
        include_str!("snapshots/scenarios__card_ladder__key_presses.snap"),
    ];
    let is_seen = |code: &str| seen.iter().any(|snapshot| snapshot.contains(&format!(": {code}\n")));
    let missing: Vec<&str> = Failure::ALL.iter().map(|failure| failure.code()).filter(|code| !is_seen(code)).collect();
    assert!(missing.is_empty(), "reached by no scenario: {missing:?}");
}

fn request(certificate: Vec<u8>, pin: &str, last_try: LastTry) -> SignRequest {
    let challenge = Challenge::new(&ChallengeParts {
        nonce: b"a nonce",
        device: DeviceId::from_bytes([1; 16]),
        crew: CrewId::from_bytes([2; 16]),
        case: CaseId::from_bytes([3; 16]),
        consent: [4; 32],
        tablet_time: Timestamp(5),
    });
    SignRequest { press: 1, certificate, pin: Arc::new(keyed(pin)), last_try, challenge }
}

async fn signed(reader: &mut CardReader) -> Option<Failure> {
    loop {
        if let CardInput::Signed { result, .. } = reader.next().await {
            return result.err();
        }
    }
}

async fn opened(reader: &mut CardReader) -> Result<Box<OpenedFace>, Failure> {
    loop {
        if let CardInput::Face { result, .. } = reader.next().await {
            return result;
        }
    }
}

/// What the card says, beside a man of thirty.
fn contradiction(face: &OpenedFace) -> Option<Failure> {
    let recorded = Recorded { birth: face.birth, sex: face.sex };
    let observed = Observed { age: Some(AgeBand(3)), sex: Some(Sex::Male) };
    let today = Timestamp(now_s() * 1_000_000).tokyo_date()?;
    (!check_person(recorded, observed, today).differences.is_empty()).then_some(Failure::WrongPerson)
}

fn pins() -> Vec<(&'static str, Behaviour, &'static str)> {
    let left = |left| Behaviour { auth_pin_left: Some(left), ..Behaviour::default() };
    vec![
        ("the right PIN", Behaviour::default(), "1234"),
        ("a wrong PIN", Behaviour::default(), "9999"),
        ("one try left", left(1), "1234"),
        ("a blocked PIN", Behaviour { auth_pin_blocked: true, ..Behaviour::default() }, "1234"),
        ("no PIN on the card", hostile(Hostile::CounterStatus(0x6A88)), "1234"),
        ("a counter without sense", hostile(Hostile::CounterStatus(0x9000)), "1234"),
        ("an answer to the PIN without sense", hostile(Hostile::VerifyStatus(0x6F00)), "1234"),
        ("a signature of another length", hostile(Hostile::SignatureOf(12)), "1234"),
        ("a signature of noise", hostile(Hostile::SignatureOf(256)), "1234"),
    ]
}

fn numbers() -> Vec<(&'static str, Behaviour, &'static str)> {
    let left = |left| Behaviour { number_b_left: Some(left), ..Behaviour::default() };
    let photo = |portrait| Behaviour { portrait, ..Behaviour::default() };
    vec![
        ("the right number B", Behaviour::default(), "warfarin"),
        ("a wrong number B", Behaviour::default(), "insulin"),
        ("one try left", left(1), "warfarin"),
        ("a blocked number B", left(0), "warfarin"),
        ("no number B on the card", Behaviour { without_surface: true, ..Behaviour::default() }, "warfarin"),
        ("half a photo", photo(Portrait::Torn), "warfarin"),
        ("a photo of another kind", photo(Portrait::Png), "warfarin"),
        ("no photo", photo(Portrait::Absent), "warfarin"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_every_key_press_ends_in_its_sentence() {
    let mut reader = CardReader::training();
    let mut shown = Shown::default();
    for (what, behaviour, pin) in pins() {
        let (plugged, read) = reader.put("warfarin", behaviour).await;
        reader.reader.sign.ask(request(read.unwrap().certificate, pin, LastTry::Unconfirmed));
        shown.add(what, signed(&mut reader).await);
        reader.take(plugged).await;
    }
    for (what, behaviour, number_of) in numbers() {
        let (plugged, read) = reader.put("warfarin", behaviour).await;
        let digits = Persona::named(number_of).unwrap().verification_number_b(now_s()).unwrap();
        let (certificate, number) = (read.unwrap().certificate, Arc::new(keyed(&digits)));
        let last_try = LastTry::Unconfirmed;
        reader.reader.open_face.ask(FaceRequest { press: 1, certificate, number, last_try });
        let face = opened(&mut reader).await;
        let trouble = match &face {
            Ok(face) => face.photo.is_none().then_some(Failure::PhotoUnreadable),
            Err(failure) => Some(*failure),
        };
        shown.add(what, trouble);
        if let (Ok(face), None) = (&face, trouble) {
            shown.add("the same, and a man of thirty is seen", contradiction(face));
        }
        reader.take(plugged).await;
    }
    reader.reader.sign.ask(request(vec![1], "1234", LastTry::Unconfirmed));
    shown.add("no card on the reader", signed(&mut reader).await);
    insta::assert_snapshot!("key_presses", shown.0);
}
