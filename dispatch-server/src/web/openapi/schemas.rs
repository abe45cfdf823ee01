//! Schemas of what goes in and out. Words of closed lists come from the lists themselves. Inputs are closed; outputs are open,
//! because fields may be added.

use crate::web::limits::{CLOSURE_MINUTES, CONDITION_MINUTES, REPORTS_MAX};
use crate::web::watching::PAGE_NAME_MAX;
use case::message::MESSAGE_CHARS_MAX;
use case::{CardAnswer, DeclineReason};
use dispatch_core::limits::{MASS_MINUTES, PLACES_MAX, TEXT_CHARS_MAX};
use hospital_selection::{CapacityState, Category};
use model::{Capability, Stage, Triage, Vital};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An id.
pub(super) fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// A schema by its name.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// One of a closed list's words.
fn one_of<T: Serialize>(words: &[T]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn text() -> Value {
    json!({ "type": "string" })
}
fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}
fn whole() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}
fn truth() -> Value {
    json!({ "type": "boolean" })
}
fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}
fn maybe(of: Value) -> Value {
    json!({ "anyOf": [of, { "type": "null" }] })
}
/// What is sent out: all fields are there, and more may come.
fn out<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> = fields.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}
/// What is taken in: nothing else.
fn taken<const N: usize>(fields: [(&str, Value); N], required: &[&str]) -> Value {
    let properties: Map<String, Value> = fields.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// All of them by name.
pub(super) fn all() -> Value {
    let groups = [common(), dispatch(), case(), desk(), history()];
    let all: Map<String, Value> = groups.into_iter().flatten().map(|(name, of)| (name.to_owned(), of)).collect();
    Value::Object(all)
}

type Named = Vec<(&'static str, Value)>;

fn common() -> Named {
    vec![
        ("Document", json!({ "type": "object", "required": ["openapi", "info", "paths"] })),
        (
            "Problem",
            out([
                ("type", text()),
                ("status", json!({ "type": "integer", "minimum": 400, "maximum": 599 })),
                ("code", text()),
                ("title", text()),
                ("detail", text()),
            ]),
        ),
        (
            "Credentials",
            taken([("login", text()), ("passcode", text()), ("code", maybe(text()))], &["login", "passcode"]),
        ),
        ("Ringing", out([("registered", truth()), ("ringing", whole()), ("until", maybe(whole()))])),
        (
            "SignedIn",
            out([
                ("token", text()),
                ("until", time()),
                ("account", id()),
                ("name", text()),
                ("kind", text()),
                ("roles", list(text())),
                ("department", maybe(id())),
                ("hospital", maybe(id())),
                ("hospital_name", maybe(text())),
                ("training", truth()),
                ("one_time", truth()),
            ]),
        ),
        ("Position", position()),
        ("Places", places()),
        ("Stats", stats()),
    ]
}

/// In full: `dispatch-server stats --schema`.
fn stats() -> Value {
    let any = || json!({ "type": "object" });
    out([
        ("format", json!({ "const": "stats/1" })),
        ("scope", any()),
        ("transported", whole()),
        ("training_cases", whole()),
        ("not_transported", whole()),
        ("open", whole()),
        ("stages", list(any())),
        ("funnel", list(any())),
        ("viewed_without_card", whole()),
        ("readings_ended", list(any())),
        ("lookups_ended", list(any())),
        ("consents_otherwise", list(any())),
        ("read_cost", any()),
        ("enquiries", any()),
        ("overrides", any()),
        ("hospitals", list(any())),
        ("units", list(any())),
    ])
}

/// RFC 7946.
fn places() -> Value {
    let pair = json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 });
    let point = out([("type", json!({ "const": "Point" })), ("coordinates", pair)]);
    let feature = out([
        ("type", json!({ "const": "Feature" })),
        ("id", id()),
        ("geometry", maybe(point)),
        ("properties", json!({ "type": "object" })),
    ]);
    out([("type", json!({ "const": "FeatureCollection" })), ("features", list(feature))])
}

fn position() -> Value {
    let degrees = |from: u8, to: u8| json!({ "type": "number", "minimum": from, "maximum": to });
    taken([("lat", degrees(20, 46)), ("lon", degrees(122, 154))], &["lat", "lon"])
}

fn dispatch() -> Named {
    let said = || json!({ "type": "string", "maxLength": TEXT_CHARS_MAX });
    let stamped = |of: &str| out([("at", time()), ("items", list(named(of)))]);
    vec![
        (
            "NewIncident",
            taken(
                [
                    ("call_received_at", maybe(time())),
                    ("scene", maybe(named("Position"))),
                    ("place", maybe(said())),
                    ("call_text", maybe(said())),
                    ("unit", maybe(id())),
                    ("card", maybe(card())),
                ],
                &[],
            ),
        ),
        ("NewMessage", taken([("message", maybe(id())), ("to", maybe(id())), ("text", message())], &["text"])),
        ("Told", out([("message", id())])),
        (
            "StageTold",
            taken([("unit", id()), ("stage", one_of(&Stage::ALL)), ("at", maybe(time()))], &["unit", "stage"]),
        ),
        ("CardSaid", taken([("answer", card())], &["answer"])),
        ("Opened", out([("incident", id()), ("case", id())])),
        ("Assign", taken([("unit", id()), ("next_leg", truth())], &["unit"])),
        ("Made", out([("sha256", json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })), ("path", text())])),
        ("CaseList", stamped("CaseSummary")),
        ("UnitList", stamped("Unit")),
        (
            "Unit",
            out([
                ("unit", id()),
                ("callsign", text()),
                ("duty", text()),
                ("silent", truth()),
                ("connected", truth()),
                ("last_heard", maybe(time())),
                ("position", maybe(named("Position"))),
                ("position_at", maybe(time())),
                ("case", maybe(id())),
            ]),
        ),
    ]
}

/// What the caller said of card and notebook.
fn card() -> Value {
    one_of(&CardAnswer::ALL)
}

/// The words of a message to a unit.
fn message() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MESSAGE_CHARS_MAX })
}

fn case() -> Named {
    let stage_keys: Vec<&str> = Stage::ALL.iter().map(|stage| stage.key()).collect();
    let sent = out([("unit", id()), ("callsign", text()), ("leg", whole())]);
    let destination =
        out([("version", whole()), ("hospital", id()), ("name", text()), ("how", text()), ("at", time())]);
    let summary = out([
        ("case", id()),
        ("incident", maybe(id())),
        ("position", whole()),
        ("opened_at", time()),
        ("changed_at", time()),
        ("closed", truth()),
        ("training", truth()),
        ("place", maybe(text())),
        ("units", list(sent)),
        ("stage", maybe(one_of(&stage_keys))),
        ("triage", maybe(one_of(&Triage::ALL))),
        ("enquiries", whole()),
        ("destination", maybe(destination)),
    ]);
    let stage = out([
        ("leg", whole()),
        ("at", time()),
        ("uncertain", truth()),
        ("corrected_from", maybe(time())),
        ("told_by_machine", truth()),
    ]);
    let whole_case = out([
        ("patient_no", whole()),
        ("scene", maybe(named("Position"))),
        ("call_text", maybe(text())),
        ("stages", json!({ "type": "object", "propertyNames": one_of(&stage_keys), "additionalProperties": stage })),
        ("findings", named("Findings")),
        ("consent", maybe(text())),
        ("enquiries_sent", list(named("SentEnquiry"))),
        ("handover_document", maybe(text())),
        ("card_asked", maybe(card())),
        ("messages", list(told())),
        ("temporary_id", maybe(text())),
        ("same_patient", list(id())),
        ("goes_on_in", maybe(id())),
        ("ending", json!({})),
        ("gaps", list(out([("log", id()), ("known_through", whole())]))),
        ("lost", list(out([("log", id()), ("from", whole()), ("through", whole())]))),
        ("not_understood", whole()),
        ("timeline", list(named("Entry"))),
    ]);
    vec![
        ("CaseSummary", summary),
        ("Case", json!({ "allOf": [named("CaseSummary"), whole_case] })),
        ("SentEnquiry", sent_enquiry()),
        (
            "Entry",
            out([
                ("position", whole()),
                ("kind", text()),
                ("at", time()),
                ("uncertain", truth()),
                ("received_at", time()),
                ("by", text()),
                ("text", text()),
            ]),
        ),
        ("Findings", findings()),
    ]
}

/// A message, and when each unit's tablet showed it and its crew read it.
fn told() -> Value {
    let when = || list(out([("unit", id()), ("at", time())]));
    out([
        ("message", id()),
        ("to", maybe(id())),
        ("text", text()),
        ("sent_at", time()),
        ("shown", when()),
        ("acknowledged", when()),
    ])
}

fn sent_enquiry() -> Value {
    out([
        ("enquiry", id()),
        ("hospital", id()),
        ("name", text()),
        ("sent_at", time()),
        ("seen_at", maybe(time())),
        ("by_telephone", truth()),
        ("batch", whole()),
        ("answer", maybe(answer())),
        ("answer_ja", maybe(text())),
        ("answered_at", maybe(time())),
        ("released", json!({})),
    ])
}

/// A standing answer.
fn answer() -> Value {
    let conditional = out([("condition", text()), ("expires_at", json!({ "type": "integer" }))]);
    json!({ "oneOf": [
        { "enum": ["accepted", "no_answer"] },
        out([("conditional", conditional)]),
        out([("declined", one_of(&DeclineReason::ALL))]),
    ] })
}

fn findings() -> Value {
    let vital = out([
        ("vital", one_of(&Vital::ALL)),
        ("state", one_of(&["measured", "not_measurable", "not_measured"])),
        ("value", maybe(json!({ "type": "number" }))),
        ("unit", text()),
        ("at", maybe(time())),
    ]);
    out([
        ("age_years", maybe(whole())),
        ("age_band", maybe(whole())),
        ("age", text()),
        ("sex", maybe(text())),
        ("triage", maybe(one_of(&Triage::ALL))),
        ("complaints", list(text())),
        ("complaints_ja", text()),
        ("jcs", maybe(whole())),
        ("vitals", list(vital)),
        ("follow_ups", json!({ "type": "object", "additionalProperties": text() })),
        ("onset_minutes", maybe(whole())),
    ])
}

fn desk() -> Named {
    let minutes = |range: core::ops::RangeInclusive<i64>| json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() });
    let conditional = taken(
        [
            ("condition", json!({ "type": "string", "minLength": 1, "maxLength": TEXT_CHARS_MAX })),
            ("minutes", minutes(CONDITION_MINUTES)),
        ],
        &["condition", "minutes"],
    );
    let declined = taken([("reason", one_of(&DeclineReason::ALL))], &["reason"]);
    let states =
        [CapacityState::Free, CapacityState::Limited, CapacityState::Full, CapacityState::Down, CapacityState::OffDuty];
    let of = || maybe(one_of(Capability::ALL));
    let lasts = || maybe(minutes(CLOSURE_MINUTES));
    let capacity = taken([("capability", of()), ("state", one_of(&states)), ("minutes", lasts())], &["state"]);
    let report = taken(
        [("hospital", id()), ("capability", of()), ("state", one_of(&states)), ("minutes", lasts())],
        &["hospital", "state"],
    );
    let reports = json!({ "type": "array", "items": report, "maxItems": REPORTS_MAX });
    vec![
        ("Board", out([("at", time()), ("items", list(named("Enquiry")))])),
        ("MaybeEnquiry", maybe(named("Enquiry"))),
        ("Enquiry", enquiry()),
        (
            "Said",
            json!({ "oneOf": [
                taken([("accepted", taken([], &[]))], &["accepted"]),
                taken([("conditional", conditional)], &["conditional"]),
                taken([("declined", declined)], &["declined"]),
            ] }),
        ),
        ("Capacity", capacity),
        ("CapacityReports", taken([("reports", reports)], &["reports"])),
        ("CapacityTold", capacity_told(&states)),
        ("MassCapacity", mass_capacity()),
        (
            "Watch",
            taken(
                [
                    ("page", json!({ "type": "string", "minLength": 1, "maxLength": PAGE_NAME_MAX })),
                    ("watches", truth()),
                ],
                &["page", "watches"],
            ),
        ),
    ]
}

fn capacity_told(states: &[CapacityState]) -> Value {
    let report = out([
        ("hospital", id()),
        ("capability", maybe(one_of(Capability::ALL))),
        ("state", one_of(states)),
        ("source", text()),
        ("at", time()),
        ("until", maybe(time())),
    ]);
    let offer = out([
        ("hospital", id()),
        ("red", whole()),
        ("yellow", whole()),
        ("green", whole()),
        ("black", whole()),
        ("at", time()),
        ("until", time()),
    ]);
    out([("at", time()), ("reports", list(report)), ("mass", list(offer))])
}

fn mass_capacity() -> Value {
    let places = || json!({ "type": "integer", "minimum": 0, "maximum": PLACES_MAX });
    let minutes = json!({ "type": "integer", "minimum": 0, "maximum": MASS_MINUTES.end() });
    let fields =
        [("red", places()), ("yellow", places()), ("green", places()), ("black", places()), ("minutes", minutes)];
    taken(fields, &["red", "yellow", "green", "black", "minutes"])
}

/// Of the row behind an alert: the day, the section, the kind of source.
fn enquiry_alert() -> Value {
    let date = json!({ "type": "string", "format": "date" });
    out([
        ("rule", text()),
        ("rule_version", whole()),
        ("title", text()),
        ("date", maybe(date)),
        ("section_ja", maybe(text())),
        ("source_ja", maybe(text())),
    ])
}

fn enquiry() -> Value {
    let patient = out([
        ("category", one_of(Category::ALL)),
        ("findings", named("Findings")),
        ("needs", list(out([("capability", one_of(Capability::ALL)), ("strength", text())]))),
        ("needs_ja", list(text())),
        ("alerts", list(text())),
        ("alerts_recorded", list(enquiry_alert())),
        ("eta", maybe(time())),
        ("eta_late", maybe(time())),
        ("left_scene_at", maybe(time())),
        ("arrived_at", maybe(time())),
    ]);
    out([
        ("enquiry", id()),
        ("case", id()),
        ("state", text()),
        ("sent_at", time()),
        ("department", text()),
        ("callsign", text()),
        ("training", truth()),
        ("batch", whole()),
        ("seen_at", maybe(time())),
        ("answer", maybe(answer())),
        ("answer_ja", maybe(text())),
        ("answered_at", maybe(time())),
        ("released_ja", maybe(text())),
        ("closed", truth()),
        ("history_released", truth()),
        ("patient", maybe(patient)),
    ])
}

fn history() -> Named {
    let date = || json!({ "type": "string", "format": "date" });
    let row = out([
        ("date", date()),
        ("code", maybe(text())),
        ("name", text()),
        ("days_supplied", maybe(whole())),
        ("quantity", maybe(text())),
        ("source", text()),
        ("facility", maybe(text())),
        ("sensitive", truth()),
    ]);
    let section = out([
        ("section", text()),
        ("section_ja", text()),
        ("state", text()),
        ("look_back", maybe(text())),
        ("complete_up_to", maybe(date())),
        ("rows", list(row)),
    ]);
    let alert = out([
        ("rule", text()),
        ("rule_version", whole()),
        ("title", text()),
        ("watch", text()),
        ("row", text()),
        ("sensitive", truth()),
    ]);
    vec![(
        "History",
        out([
            ("case", id()),
            ("fetched_at", time()),
            ("until", time()),
            ("person", out([("name", text()), ("kana", text()), ("birth_date", date()), ("sex", text())])),
            ("alerts", list(alert)),
            ("alert_rules", text()),
            ("sections", list(section)),
            ("notices", list(text())),
            ("note", text()),
        ]),
    )]
}
