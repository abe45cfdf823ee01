//! Unknown patients, cards and cases of one patient: facts are added, never changed.

use case::{Body, CardMark, CaseFacts, CaseView, Event, EventName, Hash, IdentitySource, Stored, Subject, Writer};
use model::{
    BootId, CaseId, ClockOffset, DepartmentId, DeviceId, EventTime, LogId, LookupId, Monotonic, Timestamp, UnitId,
};
use patient_history::IdentityLevel;

const CASE: CaseId = CaseId::from_bytes([2; 16]);
const OTHER: CaseId = CaseId::from_bytes([3; 16]);
const LOOKUP: LookupId = LookupId::from_bytes([8; 16]);

const fn name(log: u8, seq: u64) -> EventName {
    EventName { log: LogId::from_bytes([log; 16]), seq }
}

fn event(log: u8, seq: u64, utc_s: i64, body: Body) -> Event {
    Event {
        name: name(log, seq),
        prev: Hash::NONE,
        at: EventTime {
            utc: Timestamp(utc_s * 1_000_000),
            mono: Monotonic { boot: BootId::from_bytes([log; 16]), us: 0 },
            offset: Some(ClockOffset { us: 0, uncertainty_us: 1_000 }),
        },
        writer: Writer::Tablet {
            device: DeviceId::from_bytes([log; 16]),
            unit: UnitId::from_bytes([7; 16]),
            crew: None,
        },
        department: DepartmentId::from_bytes([1; 16]),
        subject: Subject::Case(CASE),
        training: true,
        body,
    }
}

/// The same from every order.
fn view(events: &[Event]) -> CaseView {
    let fold = |events: &mut dyn Iterator<Item = &Event>| {
        let mut facts = CaseFacts::new();
        for event in events {
            let stored = Stored::encode(event).expect("encodes");
            facts.insert(event.clone(), stored.hash(), None);
        }
        facts.view()
    };
    let view = fold(&mut events.iter());
    assert_eq!(view, fold(&mut events.iter().rev()));
    view
}

fn asked() -> Body {
    Body::LookupAsked { lookup: LOOKUP, consent: name(4, 2), level: IdentityLevel::Visual }
}

#[test]
fn a_temporary_id_stays_when_the_patient_is_known() {
    let unknown = event(4, 1, 10, Body::TemporaryIdSet { id: Some(0) });
    let first = view(std::slice::from_ref(&unknown));
    assert_eq!((first.temporary_id, first.is_identified()), (Some(0), false));
    let judged = Body::IdentityJudged { level: IdentityLevel::Visual, same_person: true };
    let by_card = view(&[unknown.clone(), event(4, 2, 20, judged)]);
    assert_eq!((by_card.temporary_id, by_card.is_identified()), (Some(0), true));
    let found = event(4, 2, 20, Body::IdentityFound { by: Some(IdentitySource::Police) });
    let told = view(&[unknown.clone(), found.clone()]);
    assert!(told.is_identified());
    let back = view(&[unknown, found, event(4, 3, 30, Body::IdentityFound { by: None })]);
    assert_eq!((back.temporary_id, back.identity_found), (Some(0), None));
}

#[test]
fn a_look_up_is_of_the_card_bound_before_it_in_its_own_log() {
    let card = |certificate: &[u8]| CardMark::of(CASE, certificate);
    let bound = |certificate: &[u8]| Body::CardBound { mark: card(certificate), also_of: None };
    let events = [
        event(4, 1, 10, bound(b"one")),
        event(5, 1, 15, bound(b"of another tablet")),
        event(4, 2, 20, asked()),
        event(4, 3, 30, bound(b"two")),
    ];
    let seen = view(&events);
    assert_eq!(seen.lookups[&LOOKUP].card, Some(card(b"one")));
    assert_eq!(seen.cards.len(), 3);
    let released = event(4, 4, 40, Body::CardReleased { mark: card(b"one") });
    let after = view(&[events.as_slice(), &[released]].concat());
    assert!(!after.cards.contains_key(&card(b"one")), "not this patient's after all");
    assert_eq!(after.lookups[&LOOKUP].card, Some(card(b"one")), "what was asked stays on record");
}

#[test]
fn cases_of_one_patient_name_each_other_until_it_is_undone() {
    let same = |goes_on| event(4, 1, 10, Body::SamePatient { other: OTHER, goes_on });
    let over = view(&[same(OTHER)]);
    assert_eq!((over.goes_on_in(), over.is_closed(), over.ending), (Some(OTHER), true, None));
    let goes_on = view(&[same(CASE)]);
    assert_eq!((goes_on.goes_on_in(), goes_on.is_closed()), (None, false));
    assert!(goes_on.same_patient.contains_key(&OTHER), "the case that goes on shows it too");
    let undone = view(&[same(OTHER), event(4, 2, 5, Body::SamePatientUndone { of: name(4, 1) })]);
    assert_eq!((undone.goes_on_in(), undone.is_closed(), undone.same_patient.len()), (None, false, 0));
    let again =
        [same(OTHER), event(4, 2, 20, Body::SamePatientUndone { of: name(4, 1) }), event(5, 1, 30, same(OTHER).body)];
    assert_eq!(view(&again).goes_on_in(), Some(OTHER));
}

#[test]
fn the_stored_forms_are_frozen() {
    let json = |body: &Body| serde_json::to_string(body).expect("json");
    let set = Body::TemporaryIdSet { id: Some(1) };
    let found = Body::IdentityFound { by: Some(IdentitySource::Document) };
    assert_eq!(json(&set), r#"{"kind":"temporary_id_set","data":{"id":1}}"#);
    assert_eq!(json(&found), r#"{"kind":"identity_found","data":{"by":"document"}}"#);
    let without_card = Body::AttributesLookupAsked { lookup: LOOKUP, consent: name(4, 1) };
    let stored = json(&without_card);
    assert!(stored.starts_with(r#"{"kind":"attributes_lookup_asked","data":{"lookup":"#), "{stored}");
    assert!(stored.contains(r#","consent":{"log":"#), "{stored}");
    let mark = CardMark([1; 16]);
    let bodies = [
        set,
        found,
        Body::CardBound { mark, also_of: Some(OTHER) },
        Body::CardReleased { mark },
        Body::SamePatient { other: OTHER, goes_on: CASE },
        Body::SamePatientUndone { of: name(4, 1) },
        without_card,
    ];
    for body in bodies {
        let event = event(4, 2, 120, body);
        let stored = Stored::encode(&event).expect("encodes");
        assert_eq!(Stored::decode(stored.schema, &stored.bytes).expect("reads"), event);
    }
}

#[test]
fn a_look_up_without_a_card_has_its_own_level_and_no_card() {
    let bound = Body::CardBound { mark: CardMark::of(CASE, b"one"), also_of: None };
    let asked = Body::AttributesLookupAsked { lookup: LOOKUP, consent: name(4, 2) };
    let seen = view(&[event(4, 1, 10, bound), event(4, 2, 20, asked)]);
    let look_up = &seen.lookups[&LOOKUP];
    assert_eq!((look_up.level, look_up.card), (IdentityLevel::FourAttributes, None));
}
