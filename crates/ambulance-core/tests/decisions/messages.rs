//! What dispatch tells the unit: shown, acknowledged, and only by a tablet that has a part in the case.

use crate::bench::{Bench, identity};
use ambulance_core::{Command, Input};
use case::{Body, CardAnswer, Event, EventName, Hash, OnBehalf, Stored, Subject, Writer};
use model::{
    BootId, CaseId, ClockOffset, DeviceId, EventTime, IncidentId, LogId, MessageId, Monotonic, Timestamp, UnitId,
};
use wire::{Entry, FeedItem};

const CASE: CaseId = CaseId::from_bytes([0x21; 16]);
const MESSAGE: MessageId = MessageId::from_bytes([0x22; 16]);

fn item(at: Timestamp, position: u64, writer: Writer, log: u8, body: Body) -> FeedItem {
    let event = Event {
        name: EventName { log: LogId::from_bytes([log; 16]), seq: if log == 9 { position } else { 1 } },
        prev: Hash::NONE,
        at: EventTime {
            utc: at,
            mono: Monotonic { boot: BootId::from_bytes([8; 16]), us: 0 },
            offset: Some(ClockOffset { us: 0, uncertainty_us: 0 }),
        },
        writer,
        department: identity().department,
        subject: Subject::Case(CASE),
        training: true,
        body,
    };
    let stored = Stored::encode(&event).expect("encodes");
    let entry = Entry { log: event.name.log, seq: event.name.seq, schema: stored.schema, bytes: stored.bytes };
    FeedItem::Fact { case: CASE, position, received_at: at, entry }
}

fn told(bench: &mut Bench, bodies: Vec<Body>) {
    let at = bench.now.utc;
    let writer = Writer::Server(OnBehalf::System);
    let items = (1..).zip(bodies).map(|(position, body)| item(at, position, writer, 9, body)).collect();
    bench.input(Input::Feed(items));
}

fn opened() -> Body {
    Body::CaseOpened {
        incident: IncidentId::from_bytes([1; 16]),
        patient_no: 1,
        call_received_at: None,
        scene: None,
        place: None,
        call_text: None,
    }
}

fn assigned() -> Body {
    Body::UnitAssigned { unit: identity().unit, callsign: "立川01".into(), leg: 1 }
}

fn message(to: Option<UnitId>) -> Body {
    Body::MessageToUnit { message: MESSAGE, to, text: "家族が玄関で待っています".into() }
}

#[test]
fn a_message_waits_until_the_crew_has_read_it() {
    let mut bench = Bench::signed_in();
    told(&mut bench, vec![opened(), assigned(), message(None), Body::CardAsked { answer: CardAnswer::Ready }]);
    let waiting = bench.core.state().waiting_messages().into_iter().map(|(case, id, _)| (case, id)).collect::<Vec<_>>();
    assert_eq!(waiting, [(CASE, MESSAGE)]);
    assert_eq!(bench.core.state().case().and_then(|c| c.view.card_asked).map(|(a, _)| a), Some(CardAnswer::Ready));
    for _ in 0..2 {
        bench.command(Command::MessageShown(MESSAGE));
    }
    assert_eq!(bench.core.state().waiting_messages().len(), 1, "shown is not read");
    for _ in 0..2 {
        bench.command(Command::AcknowledgeMessage(MESSAGE));
    }
    assert!(bench.core.state().waiting_messages().is_empty());
    let written = bench.bodies();
    let of = |kind: &str| written.iter().filter(|body| *body == kind).count();
    assert_eq!((of("message_shown"), of("message_acknowledged")), (1, 1), "{written:?}");
}

#[test]
fn a_message_for_another_unit_is_not_shown() {
    let mut bench = Bench::signed_in();
    told(&mut bench, vec![opened(), assigned(), message(Some(UnitId::from_bytes([0x77; 16])))]);
    bench.command(Command::MessageShown(MESSAGE));
    bench.command(Command::AcknowledgeMessage(MESSAGE));
    assert!(bench.core.state().waiting_messages().is_empty());
    assert!(!bench.bodies().iter().any(|body| body.starts_with("message")), "{:?}", bench.bodies());
}

#[test]
fn a_tablet_without_a_part_in_the_case_does_not_take_it_over_by_showing_something() {
    let mut bench = Bench::signed_in();
    let other = DeviceId::from_bytes([0x66; 16]);
    told(&mut bench, vec![opened(), assigned(), message(None)]);
    let joined = Body::TabletJoined { device: other, reason: case::JoinReason::Assigned };
    let writer = Writer::Tablet { device: other, unit: identity().unit, crew: None };
    let at = bench.now.utc;
    bench.input(Input::Feed(vec![item(at, 4, writer, 6, joined)]));
    bench.command(Command::MessageShown(MESSAGE));
    assert!(!bench.bodies().iter().any(|body| body == "message_shown"), "{:?}", bench.bodies());
    bench.command(Command::AcknowledgeMessage(MESSAGE));
    let written = bench.bodies();
    assert!(written.iter().any(|body| body == "message_acknowledged"), "a press is the crew's own: {written:?}");
}
