//! What was added inside one version: older peers say nothing of it, and are understood.

use model::{DepartmentId, DeviceId, Timestamp, UnitId};
use patient_history::SignedChallenge;
use serde::Serialize;
use wire::codec::{decode, encode};
use wire::{Answer, DisasterNotice, FeedItem, FeedStart, Nonces, Notice, Question, Welcome};

/// [`Welcome`] as the first servers sent it.
#[derive(Serialize)]
struct FirstWelcome {
    version: u16,
    server_at: Timestamp,
    sent_at: Timestamp,
    training: bool,
    device: DeviceId,
    unit: UnitId,
    callsign: &'static str,
    department: DepartmentId,
    department_name: &'static str,
    session_valid: bool,
}

/// [`SignedChallenge`] before it named the time.
#[derive(Serialize)]
struct FirstSigned {
    #[serde(with = "serde_bytes")]
    nonce: Vec<u8>,
    #[serde(with = "serde_bytes")]
    signature: Vec<u8>,
}

#[test]
fn a_server_that_does_not_speak_of_nonces_answers_none() {
    let first = FirstWelcome {
        version: 1,
        server_at: Timestamp(1),
        sent_at: Timestamp(2),
        training: true,
        device: DeviceId::from_bytes([1; 16]),
        unit: UnitId::from_bytes([2; 16]),
        callsign: "救急1",
        department: DepartmentId::from_bytes([3; 16]),
        department_name: "消防本部",
        session_valid: false,
    };
    let read: Welcome = decode(&encode(&first).expect("short")).expect("understood");
    assert!(!read.staff_passwords && !read.staff_password_required);
    assert!(!read.nonces && !read.looks_again && !read.previews);
    assert_eq!(read.notice, None, "an older server answers no look-up without a card");
}

#[test]
fn a_signature_without_its_time_is_read_with_none() {
    let first = FirstSigned { nonce: vec![1], signature: vec![2] };
    let read: SignedChallenge = decode(&encode(&first).expect("short")).expect("understood");
    assert_eq!((read.nonce, read.signature, read.tablet_time), (vec![1], vec![2], Timestamp::default()));
}

#[test]
fn nonces_are_asked_for_by_one_word_after_the_handshake() {
    let frame = encode(&Question::Nonces).expect("short");
    assert_eq!(frame, [b"\x66".as_slice(), b"nonces"].concat(), "a CBOR text");
    assert!(!Question::Nonces.may_be_early());
    let nonces = Nonces { nonces: vec![vec![0xAB; 40].into()], until: Timestamp(5) };
    let read = decode(&encode(&Answer::Nonces(nonces.clone())).expect("short")).expect("understood");
    assert!(matches!(read, Answer::Nonces(read) if read == nonces));
}

/// [`FeedStart`] before it said whether notices are understood.
#[derive(Serialize)]
struct FirstFeedStart {
    known: Vec<(model::CaseId, u64)>,
    capacity_known: Option<Timestamp>,
}

#[test]
fn an_older_tablet_is_sent_no_notice() {
    let first = FirstFeedStart { known: Vec::new(), capacity_known: None };
    let read: FeedStart = decode(&encode(&first).expect("short")).expect("understood");
    assert!(!read.notices && !read.levels);
    let disaster = DisasterNotice { until: Timestamp(7), area: vec!["訓練県見本市".into()] };
    let item = FeedItem::Notice(Notice { disaster: Some(disaster), relief: None, published: None });
    assert_eq!(decode::<FeedItem>(&encode(&item).expect("short")).expect("understood"), item);
}

/// [`wire::PreviewQuestion`] before it said whether ○ is understood.
#[derive(Serialize)]
struct FirstPreview {
    from: model::Position,
    findings: model::Findings,
    exclude: Vec<hospital_selection::Exclusion>,
}

#[test]
fn an_older_tablet_s_question_knows_no_third_level() {
    let from = model::Position::new(35.7, 139.4).expect("a place");
    let first = FirstPreview { from, findings: model::Findings::default(), exclude: Vec::new() };
    let read: wire::PreviewQuestion = decode(&encode(&first).expect("short")).expect("understood");
    assert!(!read.levels);
}

/// What a card shows, as it was sent before there were look-ups without one.
#[test]
fn a_card_s_evidence_has_kept_its_form() {
    let evidence = patient_history::LookupEvidence {
        level: patient_history::IdentityLevel::Visual,
        certificate: vec![1],
        signed: None,
        attributes: None,
    };
    let frame = encode(&evidence).expect("short");
    assert!(!frame.windows(10).any(|window| window == b"attributes"));
    assert_eq!(decode::<patient_history::LookupEvidence>(&frame).expect("understood"), evidence);
}

/// [`Notice`] before it named what is published.
#[derive(Serialize)]
struct FirstNotice {
    disaster: Option<DisasterNotice>,
    relief: Option<wire::ReliefNotice>,
}

#[test]
fn an_older_server_names_nothing_and_is_not_asked() {
    let first = FirstNotice { disaster: None, relief: None };
    let read: Notice = decode(&encode(&first).expect("short")).expect("understood");
    assert_eq!(read, Notice::default());
    assert_eq!(encode(&Notice::default()).expect("short"), encode(&first).expect("short"), "nothing is added to it");
    assert_eq!(
        encode(&Question::Published).expect("short"),
        [b"\x69".as_slice(), b"published"].concat(),
        "a CBOR text"
    );
    assert!(!Question::Published.may_be_early());
}
