//! The document as a plain FHIR R4 collection. What JP Core asks of these resources, and which of it is true here, stands in
//! `jp-core.toml`, which a test compares with the bundle; no conformance is claimed.
//!
//! Only what is known is written: no name before the release, a medicine's record is
//! no statement that it is taken, and a measurement that was not made has no value.

use super::HistoryPart;
use crate::web::state::App;
use dispatch_core::{Call, HandoverDocument, MadeDocument};
use model::{Sex, Stage, Timestamp, Vital, VitalReading};
use patient_history::{QualificationValidity, Row, RowCode, SectionKind};
use serde_json::{Map, Value, json};

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";
const YJ: &str = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code";
/// Kana beside kanji, as HL7 FHIR writes it.
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// How FHIR and JP Core say what an observation is, with the same codes.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const JP_CATEGORY: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";
/// Identifiers that are addresses (RFC 3986), as a UUID is.
const URI: &str = "urn:ietf:rfc:3986";

/// Says that a value is missing, and why.
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// The bundle.
pub(super) fn bundle<S>(app: &App<S>, call: &mut Call<'_>, made: &MadeDocument, history: &HistoryPart) -> Value {
    let document = &made.document;
    let mut entries = Entries { call, list: Vec::new() };
    let patient = entries.add(patient(document, history));
    let encounter = entries.add(encounter(app, document, &patient));
    for (vital, reading) in &document.findings.vitals {
        if let Some(observation) = vital_sign(document, *vital, *reading, &patient, &encounter) {
            entries.add(observation);
        }
    }
    if let Some(jcs) = document.findings.jcs {
        entries.add(with(
            observation_base(&patient, &encounter, None),
            [
                ("category", category("exam")),
                ("code", json!({ "text": "Japan Coma Scale" })),
                ("valueInteger", json!(jcs.grade())),
            ],
        ));
    }
    let by_crew = entries.targets(0);
    if let HistoryPart::Released(released) = history {
        let first = entries.list.len();
        if let Some(coverage) = coverage(released.snapshot.validity, &patient) {
            entries.add(coverage);
        }
        for (kind, row) in released.snapshot.all_rows() {
            entries.record(kind, row, &patient);
        }
        let from_records = entries.targets(first);
        if !from_records.is_empty() {
            entries.add(provenance_of_records(from_records, released.snapshot.fetched_at, document.consent.as_deref()));
        }
    }
    entries.add(json!({
        "resourceType": "Provenance",
        "target": by_crew,
        "recorded": app.now().tokyo_rfc3339(),
        "agent": [{ "who": { "display": document.department } }],
        "entity": [{ "role": "source", "what": { "identifier": { "value": format!("sha256:{}", made.sha256) } } }],
    }));
    let list = entries.list;
    let mut bundle = json!({
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": app.now().tokyo_rfc3339(),
        "entry": list,
    });
    if document.training {
        bundle["meta"] = json!({ "security": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "訓練"
        }] });
    }
    bundle
}

struct Entries<'a, 'b> {
    call: &'a mut Call<'b>,
    list: Vec<Value>,
}

impl Entries<'_, '_> {
    fn add(&mut self, resource: Value) -> String {
        let url = format!("urn:uuid:{}", self.call.uuid());
        self.list.push(json!({ "fullUrl": url, "resource": resource }));
        url
    }
    /// References to everything from the entry with this index on.
    fn targets(&self, from: usize) -> Vec<Value> {
        self.list.iter().skip(from).filter_map(|e| e.get("fullUrl").cloned()).map(reference).collect()
    }
    fn record(&mut self, kind: SectionKind, row: &Row, patient: &str) {
        match (kind, &row.code) {
            (SectionKind::Medications | SectionKind::EPrescriptions, _) => {
                self.add(medication(row, patient));
            }
            (SectionKind::Surgeries | SectionKind::Dialysis, _) | (_, RowCode::Procedure(_)) => {
                self.add(procedure(row, patient));
            }
            _ => {}
        }
    }
}

fn reference(url: Value) -> Value {
    json!({ "reference": url })
}

fn with<const N: usize>(mut resource: Value, more: [(&str, Value); N]) -> Value {
    for (name, value) in more {
        resource[name] = value;
    }
    resource
}

const fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unspecified => "unknown",
    }
}

fn patient(document: &HandoverDocument, history: &HistoryPart) -> Value {
    let mut patient = Map::new();
    patient.insert("resourceType".into(), json!("Patient"));
    // One case is one patient, so its number is a true name of the patient, for a time. A patient's number of some
    // institution is not known, and none is made up.
    let number = json!({
        "use": "temp",
        "system": URI,
        "value": format!("urn:uuid:{}", document.case),
        "assigner": { "display": document.department },
    });
    patient.insert("identifier".into(), json!([number]));
    match history {
        HistoryPart::Released(released) => {
            let person = &released.snapshot.person;
            let kana = json!([{ "url": REPRESENTATION, "valueCode": "SYL" }]);
            let kanji = json!([{ "url": REPRESENTATION, "valueCode": "IDE" }]);
            patient.insert(
                "name".into(),
                json!([
                    { "extension": kanji, "text": person.name.as_str() },
                    { "extension": kana, "text": person.kana.as_str() },
                ]),
            );
            patient.insert("gender".into(), json!(gender(person.sex)));
            patient.insert("birthDate".into(), json!(person.birth_date.to_string()));
        }
        HistoryPart::Withheld(_) => {
            if let Some(sex) = document.findings.sex {
                patient.insert("gender".into(), json!(gender(sex)));
            }
        }
    }
    Value::Object(patient)
}

/// Whether the card's qualification was valid. Insurer and number are not asked for here: the payor is said to be unknown. What the
/// system could not say is no coverage.
fn coverage(validity: QualificationValidity, patient: &str) -> Option<Value> {
    let status = match validity {
        QualificationValidity::Valid | QualificationValidity::ValidUnregistered => "active",
        QualificationValidity::Invalid | QualificationValidity::InvalidNewExists => "cancelled",
        QualificationValidity::NoMatch | QualificationValidity::MultipleMatches => return None,
    };
    Some(json!({
        "resourceType": "Coverage",
        "status": status,
        "type": { "text": "医療保険（オンライン資格確認）" },
        "beneficiary": { "reference": patient },
        "payor": [{ "extension": [{ "url": ABSENT, "valueCode": "unknown" }], "display": "保険者番号は照会していません" }],
    }))
}

/// Where the rows come from, when they were fetched, and on what basis.
fn provenance_of_records(targets: Vec<Value>, fetched_at: Timestamp, consent: Option<&str>) -> Value {
    let provenance = json!({
        "resourceType": "Provenance",
        "target": targets,
        "recorded": fetched_at.tokyo_rfc3339(),
        "agent": [{ "who": { "display": "オンライン資格確認等システム（医療情報閲覧）" } }],
    });
    match consent {
        Some(consent) => with(provenance, [("reason", json!([{ "text": format!("照会の根拠: {consent}") }]))]),
        None => provenance,
    }
}

fn stage_at(document: &HandoverDocument, stage: Stage) -> Option<Timestamp> {
    document.stages.iter().rev().find(|s| s.stage == stage).map(|s| s.at)
}

fn encounter<S>(app: &App<S>, document: &HandoverDocument, patient: &str) -> Value {
    let end = stage_at(document, Stage::TransferOfCare);
    let mut period = Map::new();
    if let Some(start) = stage_at(document, Stage::AtPatient) {
        period.insert("start".into(), json!(start.tokyo_rfc3339()));
    }
    if let Some(end) = end {
        period.insert("end".into(), json!(end.tokyo_rfc3339()));
    }
    let encounter = json!({
        "resourceType": "Encounter",
        "identifier": [{ "value": document.case.to_string() }],
        "status": if end.is_some() { "finished" } else { "in-progress" },
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "FLD", "display": "field" },
        "subject": { "reference": patient },
        "serviceProvider": { "display": document.department },
        "hospitalization": { "destination": { "display": app.hospital_name(document.hospital) } },
    });
    if period.is_empty() { encounter } else { with(encounter, [("period", Value::Object(period))]) }
}

/// LOINC code, its name, UCUM unit.
const fn coding(vital: Vital) -> (&'static str, &'static str, &'static str) {
    match vital {
        Vital::RespiratoryRate => ("9279-1", "Respiratory rate", "/min"),
        Vital::PulseRate => ("8867-4", "Heart rate", "/min"),
        Vital::SystolicPressure => ("8480-6", "Systolic blood pressure", "mm[Hg]"),
        Vital::DiastolicPressure => ("8462-4", "Diastolic blood pressure", "mm[Hg]"),
        Vital::OxygenSaturation => ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%"),
        Vital::Temperature => ("8310-5", "Body temperature", "Cel"),
        Vital::Glucose => ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL"),
    }
}

fn observation_base(patient: &str, encounter: &str, at: Option<Timestamp>) -> Value {
    let base = json!({
        "resourceType": "Observation",
        "status": "final",
        "subject": { "reference": patient },
        "encounter": { "reference": encounter },
    });
    match at {
        Some(at) => with(base, [("effectiveDateTime", json!(at.tokyo_rfc3339()))]),
        None => base,
    }
}

fn vital_sign(
    document: &HandoverDocument,
    vital: Vital,
    reading: VitalReading,
    patient: &str,
    encounter: &str,
) -> Option<Value> {
    let (code, name, unit) = coding(vital);
    let outcome = match reading {
        VitalReading::Measured(tenths) => {
            ("valueQuantity", json!({ "value": f64::from(tenths) / 10.0, "unit": unit, "system": UCUM, "code": unit }))
        }
        VitalReading::NotMeasured => (
            "dataAbsentReason",
            json!({ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-performed"
            }] }),
        ),
        // "Could not be measured" is no code of the value set; the page says it in words.
        VitalReading::NotMeasurable => return None,
    };
    let base = observation_base(patient, encounter, document.vitals_at.get(&vital).copied());
    let code = json!({ "coding": [{ "system": LOINC, "code": code, "display": name }] });
    Some(with(base, [("category", category("vital-signs")), ("code", code), outcome]))
}

/// JP Core's code first: its profiles look at the first category.
fn category(code: &str) -> Value {
    json!([{ "coding": [{ "system": JP_CATEGORY, "code": code }, { "system": CATEGORY, "code": code }] }])
}

/// The record says that it was dispensed; whether it is taken, nobody knows: status `unknown`.
fn medication(row: &Row, patient: &str) -> Value {
    let mut concept = json!({ "text": row.name.as_str() });
    if let Some(code) = row.code.yj() {
        concept["coding"] = json!([{ "system": YJ, "code": code }]);
    }
    let days = row.days_supplied.map_or_else(String::new, |d| format!("・{d}日分"));
    let note = format!("調剤等の日 {}{days}・{}", row.date, row.source.ja());
    labelled(
        row,
        json!({
            "resourceType": "MedicationStatement",
            "status": "unknown",
            "medicationCodeableConcept": concept,
            "subject": { "reference": patient },
            "note": [{ "text": note }],
        }),
    )
}

fn procedure(row: &Row, patient: &str) -> Value {
    let text = row.code.text().map_or_else(|| row.name.as_str().to_owned(), |c| format!("{c} {}", row.name.as_str()));
    labelled(
        row,
        json!({
            "resourceType": "Procedure",
            "status": "completed",
            "code": { "text": text },
            "subject": { "reference": patient },
            "performedDateTime": row.date.to_string(),
            "note": [{ "text": row.source.ja() }],
        }),
    )
}

/// Rows that are masked on screen are marked as restricted.
fn labelled(row: &Row, resource: Value) -> Value {
    if !row.sensitive {
        return resource;
    }
    let label =
        json!({ "security": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R" }] });
    with(resource, [("meta", label)])
}
