//! The fold depends on the set of facts alone, and the stored form never loses anything.

use case::{
    AlarmMark, AnsweredBy, Body, CardAnswer, CaseFacts, CorrectionReason, EnquiryAnswer, Event, EventName,
    FindingsChange, Hash, Inserted, JoinReason, OnBehalf, OralChange, Stored, Subject, Writer, enquiry,
};
use model::{
    BootId, Capability, CaseId, ClockOffset, Complaint, DepartmentId, DeviceId, EnquiryId, EventTime, HospitalId,
    IncidentId, Jcs, LogId, MessageId, Monotonic, Need, Stage, Strength, Timestamp, Triage, UnitId,
};
use patient_history::{Informant, OralAnswer, OralTopic};
use proptest::prelude::*;

fn id(n: u8) -> [u8; 16] {
    [n; 16]
}

fn event(log: u8, seq: u64, utc_s: i64, body: Body) -> Event {
    let writer = if log == 9 {
        Writer::Server(OnBehalf::System)
    } else {
        Writer::Tablet { device: DeviceId::from_bytes(id(log)), unit: UnitId::from_bytes(id(7)), crew: None }
    };
    Event {
        name: EventName { log: LogId::from_bytes(id(log)), seq },
        prev: Hash::NONE,
        at: EventTime {
            utc: Timestamp(utc_s * 1_000_000),
            mono: Monotonic { boot: BootId::from_bytes(id(log)), us: 0 },
            offset: Some(ClockOffset { us: 0, uncertainty_us: 1_000 }),
        },
        writer,
        department: DepartmentId::from_bytes(id(1)),
        subject: Subject::Case(CaseId::from_bytes(id(2))),
        training: true,
        body,
    }
}

fn stamp(stage: Stage) -> Body {
    Body::StageStamped { stage, leg: 1 }
}

fn sent(enquiry: u8, hospital: u8) -> Body {
    Body::EnquirySent {
        enquiry: EnquiryId::from_bytes(id(enquiry)),
        hospital: HospitalId::from_bytes(id(hospital)),
        lookup: None,
        needs: vec![],
        tell_alerts: false,
        batch: 2,
        by_telephone: false,
        eta_tenths: Some(125),
        override_reason: None,
    }
}

/// Two tablets and the server write one transport, with an undo, a correction, and clocks that disagree.
fn transport() -> Vec<Event> {
    [by_server(), by_tablets()].concat()
}

fn by_server() -> Vec<Event> {
    vec![
        event(
            9,
            1,
            100,
            Body::CaseOpened {
                incident: IncidentId::from_bytes(id(3)),
                patient_no: 1,
                call_received_at: Some(Timestamp(90_000_000)),
                scene: model::Position::new(35.69, 139.4).ok(),
                place: Some("錦町3丁目".into()),
                call_text: None,
            },
        ),
        event(9, 2, 101, Body::UnitAssigned { unit: UnitId::from_bytes(id(7)), callsign: "立川01".into(), leg: 1 }),
        event(
            9,
            3,
            500,
            Body::EnquiryAnswered {
                enquiry: EnquiryId::from_bytes(id(21)),
                hospital: HospitalId::from_bytes(id(31)),
                answer: EnquiryAnswer::Accepted,
                by: AnsweredBy::Page,
            },
        ),
        event(
            9,
            4,
            500,
            Body::DestinationDecided {
                version: 1,
                hospital: HospitalId::from_bytes(id(31)),
                enquiry: Some(EnquiryId::from_bytes(id(21))),
                how: case::HowDecided::Accepted,
            },
        ),
        event(
            9,
            5,
            500,
            Body::EnquiryReleased {
                enquiry: EnquiryId::from_bytes(id(20)),
                reason: case::ReleaseReason::DecidedElsewhere,
            },
        ),
    ]
}

fn by_tablets() -> Vec<Event> {
    let name = |log: u8, seq| EventName { log: LogId::from_bytes(id(log)), seq };
    vec![
        event(4, 1, 110, Body::TabletJoined { device: DeviceId::from_bytes(id(4)), reason: JoinReason::Assigned }),
        event(4, 2, 120, stamp(Stage::EnRoute)),
        event(4, 3, 400, stamp(Stage::OnScene)),
        event(4, 4, 410, stamp(Stage::AtPatient)),
        event(4, 5, 412, Body::StageUndone { of: name(4, 4) }),
        event(4, 6, 430, stamp(Stage::AtPatient)),
        event(5, 1, 300, Body::TabletJoined { device: DeviceId::from_bytes(id(5)), reason: JoinReason::TakenOver }),
        event(5, 2, 405, stamp(Stage::OnScene)),
        event(5, 3, 440, Body::Observed { change: FindingsChange::Jcs(Jcs::new(2)) }),
        event(4, 7, 450, Body::Observed { change: FindingsChange::Jcs(Jcs::new(10)) }),
        event(
            5,
            4,
            200,
            Body::Observed { change: FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true } },
        ),
        event(4, 8, 460, Body::Observed { change: FindingsChange::Triage(Some(Triage::Yellow)) }),
        event(
            4,
            9,
            470,
            Body::StageCorrected {
                of: name(4, 3),
                to: Some(Timestamp(390_000_000)),
                reason: CorrectionReason::PressedLate,
            },
        ),
        event(4, 10, 480, sent(20, 30)),
        event(4, 11, 480, sent(21, 31)),
    ]
}

fn facts(events: &[Event]) -> CaseFacts {
    let mut facts = CaseFacts::new();
    for event in events {
        let hash = Stored::encode(event).expect("encodes").hash();
        facts.insert(event.clone(), hash, None);
    }
    facts
}

#[test]
fn one_transport_reads_as_it_happened() {
    let view = facts(&transport()).view();
    let at = |stage| view.stage(stage).expect("stamped").at.0 / 1_000_000;
    assert_eq!(at(Stage::CallReceived), 90);
    assert_eq!(at(Stage::OnScene), 390, "corrected, and the second tablet's stamp doubles nothing");
    assert_eq!(view.stage(Stage::OnScene).and_then(|s| s.corrected_from), Some(Timestamp(400_000_000)));
    assert_eq!(at(Stage::AtPatient), 430, "the undone stamp is gone");
    assert_eq!(view.findings.jcs.map(Jcs::grade), Some(10));
    assert!(view.findings.has(Complaint::HeadInjury), "a clock set back does not lose an observation");
    assert_eq!(view.destination().map(|d| d.hospital), Some(HospitalId::from_bytes(id(31))));
    assert_eq!(view.next_stage(), Some(Stage::InVehicle));
    assert!(view.gaps.is_empty() && view.conflicts.is_empty());
}

#[test]
fn a_new_store_in_mid_case_is_a_possible_gap() {
    let mut events = transport();
    events.push(event(
        6,
        1,
        600,
        Body::TabletJoined { device: DeviceId::from_bytes(id(4)), reason: JoinReason::NewStore },
    ));
    let view = facts(&events).view();
    let gap = view.gaps.first().expect("a gap");
    assert_eq!((gap.log, gap.known_through), (LogId::from_bytes(id(4)), 11));
}

#[test]
fn the_same_name_with_other_bytes_is_refused() {
    let mut known = facts(&transport());
    let before = known.view();
    let forged = event(4, 3, 999, stamp(Stage::LeftScene));
    let hash = Stored::encode(&forged).expect("encodes").hash();
    assert_eq!(known.insert(forged, hash, None), Inserted::Fork);
    assert_eq!(known.view(), before);
}

#[test]
fn an_acceptance_decides_once_and_releases_the_others() {
    let events: Vec<Event> =
        transport().into_iter().filter(|e| !(e.name.log == LogId::from_bytes(id(9)) && e.name.seq > 2)).collect();
    let view = facts(&events).view();
    let (e20, h30) = (EnquiryId::from_bytes(id(20)), HospitalId::from_bytes(id(30)));
    let made = enquiry::answer(&view, e20, h30, EnquiryAnswer::Accepted, AnsweredBy::Page).expect("open");
    assert_eq!(
        made.iter().map(Body::kind).collect::<Vec<_>>(),
        ["enquiry_answered", "destination_decided", "enquiry_released"]
    );
    let decided = facts(&transport()).view();
    let late = enquiry::answer(&decided, e20, h30, EnquiryAnswer::Accepted, AnsweredBy::Page);
    assert_eq!(late, Err(enquiry::AnswerRefused::Over));
    let wrong = enquiry::answer(&view, e20, HospitalId::from_bytes(id(31)), EnquiryAnswer::Accepted, AnsweredBy::Page);
    assert_eq!(wrong, Err(enquiry::AnswerRefused::OtherHospital));
}

#[test]
fn unknown_kinds_and_fields_survive() {
    let original = event(4, 1, 5, stamp(Stage::OnScene));
    let stored = Stored::encode(&original).expect("encodes");
    assert_eq!(Stored::decode(stored.schema, &stored.bytes).expect("reads"), original);
    let newer = replace(&stored.bytes, b"stage_stamped", b"stage_sniffed");
    let read = Stored::decode(1, &newer).expect("still an event");
    assert_eq!(read.body, Body::Unknown { kind: "stage_sniffed".into() });
    assert_eq!(facts(&[]).view().not_understood, 0);
    assert!(matches!(Stored::decode(2, &stored.bytes), Err(case::DecodeError::NewerSchema(2))));
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|w| w == from).expect("found");
    let mut out = bytes.to_vec();
    out[at..at + to.len()].copy_from_slice(to);
    out
}

#[test]
fn the_stored_form_of_schema_1_is_frozen() {
    let stored = Stored::encode(&event(4, 2, 120, stamp(Stage::EnRoute))).expect("encodes");
    insta::assert_snapshot!(hex(&stored.bytes));
}

#[test]
fn the_stored_form_of_what_is_told_and_read_is_frozen() {
    let told = Body::OralHistoryNoted {
        change: OralChange::Topic { topic: OralTopic::Allergy, answer: Some(OralAnswer::Unknown) },
    };
    let read = Body::NotebookRead { codes: 2, medicines: 7, undated: 1 };
    let json = |body: &Body| serde_json::to_string(body).expect("json");
    assert_eq!(
        json(&told),
        r#"{"kind":"oral_history_noted","data":{"change":{"topic":{"topic":"allergy","answer":"unknown"}}}}"#
    );
    assert_eq!(json(&read), r#"{"kind":"notebook_read","data":{"codes":2,"medicines":7,"undated":1}}"#);
    for body in [told, read] {
        let event = event(4, 2, 120, body);
        let stored = Stored::encode(&event).expect("encodes");
        assert_eq!(Stored::decode(stored.schema, &stored.bytes).expect("reads"), event);
    }
}

#[test]
fn the_stored_form_of_what_dispatch_tells_is_frozen() {
    let message = MessageId::from_bytes(id(40));
    let json = |body: &Body| serde_json::to_string(body).expect("json");
    let told = Body::MessageToUnit { message, to: None, text: "一報を".into() };
    let name = "28282828-2828-2828-2828-282828282828";
    let expected = [
        format!(r#"{{"kind":"message_to_unit","data":{{"message":"{name}","to":null,"text":"一報を"}}}}"#),
        format!(r#"{{"kind":"message_shown","data":{{"message":"{name}"}}}}"#),
        format!(r#"{{"kind":"message_acknowledged","data":{{"message":"{name}"}}}}"#),
        r#"{"kind":"card_asked","data":{"answer":"could_not_ask"}}"#.to_owned(),
        r#"{"kind":"alarm_checked","data":{"alarm":{"withdrawn":{"version":1}},"level":2}}"#.to_owned(),
        r#"{"kind":"stage_reported","data":{"unit":"07070707-0707-0707-0707-070707070707","stage":"on_scene","leg":1,"at":90000000}}"#
            .to_owned(),
    ];
    let bodies = [
        told,
        Body::MessageShown { message },
        Body::MessageAcknowledged { message },
        Body::CardAsked { answer: CardAnswer::CouldNotAsk },
        Body::AlarmChecked { alarm: AlarmMark::Withdrawn { version: 1 }, level: 2 },
        reported(Stage::OnScene, 90),
    ];
    assert_eq!(bodies.each_ref().map(json), expected);
    for body in bodies {
        let event = event(4, 2, 120, body);
        let stored = Stored::encode(&event).expect("encodes");
        assert_eq!(Stored::decode(stored.schema, &stored.bytes).expect("reads"), event);
    }
}

fn reported(stage: Stage, at_s: i64) -> Body {
    Body::StageReported { unit: UnitId::from_bytes(id(7)), stage, leg: 1, at: Timestamp(at_s * 1_000_000) }
}

#[test]
fn a_stage_that_the_dispatch_system_told_stands_until_a_tablet_stamps_it() {
    let told = event(9, 1, 200, reported(Stage::OnScene, 90));
    let again = event(9, 2, 210, reported(Stage::OnScene, 95));
    let view = facts(&[told.clone(), again.clone()]).view();
    let key = (1, Stage::OnScene);
    assert_eq!(view.stages.get(&key).map(|stage| stage.at), Some(Timestamp(90_000_000)), "as it was told");
    assert!(view.reported.contains_key(&key));
    let stamped = event(4, 1, 100, stamp(Stage::OnScene));
    let view = facts(&[again, stamped, told.clone()]).view();
    assert_eq!(view.stages.get(&key).map(|stage| stage.at), Some(Timestamp(100_000_000)), "the tablet's counts");
    assert!(view.reported.is_empty());
    let of = told.name;
    let back = event(4, 2, 300, Body::StageCorrected { of, to: None, reason: CorrectionReason::Mistake });
    assert!(facts(&[back, told]).view().stages.is_empty(), "it never happened");
}

#[test]
fn a_receipt_that_sorts_before_its_message_still_counts() {
    let message = MessageId::from_bytes(id(40));
    let shown = event(4, 1, 100, Body::MessageShown { message });
    let told = event(9, 1, 120, Body::MessageToUnit { message, to: None, text: "一報を".into() });
    let view = facts(&[told, shown]).view();
    let known = view.messages.get(&message).expect("told");
    assert_eq!(known.shown.keys().copied().collect::<Vec<_>>(), [UnitId::from_bytes(id(7))]);
    assert!(known.waits_for(UnitId::from_bytes(id(7))));
}

#[test]
fn an_answer_taken_back_was_not_asked() {
    let topic = OralTopic::Dialysis;
    let say = |seq, answer| {
        event(
            4,
            seq,
            120 + i64::try_from(seq).expect("fits"),
            Body::OralHistoryNoted { change: OralChange::Topic { topic, answer } },
        )
    };
    let by = event(4, 3, 130, Body::OralHistoryNoted { change: OralChange::Informant(Some(Informant::Family)) });
    let answered = facts(&[say(1, Some(OralAnswer::No)), say(2, Some(OralAnswer::Yes)), by]).view();
    let told = answered.oral.told();
    assert_eq!(
        told.iter().map(|t| (t.topic, t.answer, t.by)).collect::<Vec<_>>(),
        [(topic, OralAnswer::Yes, Some(Informant::Family))]
    );
    let dialysis = |strength| vec![Need { capability: Capability::DialysisInpatient, strength }];
    assert_eq!(answered.oral.needs(Some(Triage::Yellow)), dialysis(Strength::Hard));
    assert_eq!(answered.oral.needs(None), dialysis(Strength::Soft));
    let back = facts(&[say(1, Some(OralAnswer::Yes)), say(2, None)]).view();
    assert_eq!(back.oral.needs(Some(Triage::Red)), []);
    assert_eq!((back.oral.answer(topic), back.oral.answered()), (None, 0));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join("")
}

proptest! {
    /// Any interleaving, with duplicates, ends in the same view.
    #[test]
    fn any_interleaving_with_duplicates_gives_one_view(order in prop::collection::vec(0usize..20, 0..80), seed in any::<u64>()) {
        let events = transport();
        let expected = facts(&events).view();
        let mut shuffled: Vec<usize> = (0..events.len()).collect();
        shuffled.sort_by_key(|i| (*i as u64).wrapping_mul(seed | 1).rotate_left(17) ^ seed);
        let delivered: Vec<Event> = order.iter().map(|i| i % events.len()).chain(shuffled).map(|i| events[i].clone()).collect();
        prop_assert_eq!(facts(&delivered).view(), expected);
    }

    /// Bytes from outside never panic.
    #[test]
    fn decoding_anything_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _unused = Stored::decode(1, &bytes);
    }
}
