//! A case's log as it leaves an installation, to be replayed: stored events in the order of their positions and the choices of
//! hospitals that were made, one a line (JSON Lines), one case a file.
//!
//! Who wrote and about whom is replaced by pseudonyms ([`Pseudonyms`]), and what somebody typed or said is left out. Times, places,
//! findings, needs, codes and hospitals stay: without them nothing can be decided again. **A file is personal data all the same.** Rows of a
//! history never stand in events or choices.

use crate::store::CommittedFact;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use case::{Body, DecodeError, EnquiryAnswer, Event, EventName, Hash, OnBehalf, Stored, Subject, Writer};
use hmac::{Hmac, KeyInit, Mac};
use model::{
    BootId, CaseId, DecisionId, DepartmentId, EventTime, HospitalId, IncidentId, LogId, Monotonic, Position, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// JSON Schema (2020-12) of one line.
pub const LOG_LINE_SCHEMA: &str = include_str!("exported.schema.json");
/// Longest line, bytes: an event of 64 KiB in base64, or a choice with its ranking. A longer one is refused.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of the key that pseudonyms are made with.
pub const KEY_BYTES: usize = 32;

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactLine {
    /// Its place in the case, from 1.
    pub position: u64,
    /// When the server received it, microseconds since 1970.
    pub received_at: Timestamp,
    /// Its log.
    pub log: LogId,
    /// Its place in the log, from 1.
    pub seq: u64,
    /// The schema of its bytes.
    pub schema: u16,
    /// Its kind, for whoever looks at the file.
    pub kind: String,
    /// The stored event (CBOR), base64.
    pub bytes: String,
}

/// A choice of hospitals that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionLine {
    /// Its id.
    pub decision: DecisionId,
    /// When, microseconds since 1970.
    pub at: Timestamp,
    /// What it depends on: the text of a case file (`dispatch-server rank --schema`).
    pub case_file: String,
    /// What came of it: the text of a ranking, byte for byte.
    pub ranking: String,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A stored event.
    Fact(FactLine),
    /// A choice.
    Decision(DecisionLine),
}

/// A line that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Longer than [`LINE_BYTES_MAX`].
    #[error("{0} bytes; a line has at most {LINE_BYTES_MAX}")]
    TooLong(usize),
    /// Not JSON, or not of this form.
    #[error("not a line of a log (sim replay --schema)")]
    Form(#[source] serde_json::Error),
    /// The bytes are no base64.
    #[error("bytes: not base64")]
    Base64(#[source] base64::DecodeError),
    /// The bytes are no event.
    #[error("bytes: not an event")]
    Event(#[source] DecodeError),
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// [`LineError`]: unknown and missing fields are named.
    pub fn read(text: &str) -> Result<Self, LineError> {
        if text.len() > LINE_BYTES_MAX {
            return Err(LineError::TooLong(text.len()));
        }
        let value: Value = serde_json::from_str(text).map_err(LineError::Form)?;
        if value.get("decision").is_some() {
            return serde_json::from_value(value).map(Self::Decision).map_err(LineError::Form);
        }
        serde_json::from_value(value).map(Self::Fact).map_err(LineError::Form)
    }

    /// The line's text, without its end.
    ///
    /// # Errors
    /// None that a line can cause; the encoder's, passed on.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Fact(line) => serde_json::to_string(line),
            Self::Decision(line) => serde_json::to_string(line),
        }
    }
}

impl FactLine {
    /// Of a stored event.
    #[must_use]
    pub fn of(stored: &Stored, kind: &str, position: u64, received_at: Timestamp) -> Self {
        Self {
            position,
            received_at,
            log: stored.name.log,
            seq: stored.name.seq,
            schema: stored.schema,
            kind: kind.to_owned(),
            bytes: STANDARD.encode(&stored.bytes),
        }
    }

    /// The event, and the hash of its bytes.
    ///
    /// # Errors
    /// [`LineError`] when the bytes are no event.
    pub fn event(&self) -> Result<(Event, Hash), LineError> {
        let bytes = STANDARD.decode(&self.bytes).map_err(LineError::Base64)?;
        let event = Stored::decode(self.schema, &bytes).map_err(LineError::Event)?;
        Ok((event, Hash::of(&bytes)))
    }
}

/// Replaces ids by others that only the holder of the key could connect with them. The same id gives the same pseudonym.
pub struct Pseudonyms<'a> {
    key: [u8; KEY_BYTES],
    /// Hospitals are public and stay.
    hospitals: &'a BTreeSet<HospitalId>,
}

impl<'a> Pseudonyms<'a> {
    /// With a key that is thrown away afterwards.
    #[must_use]
    pub const fn new(key: [u8; KEY_BYTES], hospitals: &'a BTreeSet<HospitalId>) -> Self {
        Self { key, hospitals }
    }

    fn digest(&self, bytes: &[u8]) -> [u8; 32] {
        let mut hash = match Hmac::<Sha256>::new_from_slice(&self.key) {
            Ok(hash) => hash,
            Err(_) => unreachable!("HMAC takes keys of any length"),
        };
        hash.update(bytes);
        hash.finalize().into_bytes().into()
    }

    /// The pseudonym of an id.
    #[must_use]
    pub fn of(&self, id: Uuid) -> Uuid {
        if self.hospitals.contains(&HospitalId::from_uuid(id)) {
            return id;
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(self.digest(id.as_bytes()).split_at(16).0);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Every id inside, at whatever depth; marks of cards are bytes.
    fn replace(&self, value: &mut Value, key: &str) {
        match value {
            Value::String(text) => {
                if let Ok(id) = Uuid::parse_str(text) {
                    *text = self.of(id).hyphenated().to_string();
                }
            }
            Value::Array(items) if key == "mark" => {
                let bytes: Vec<u8> = items.iter().filter_map(|byte| byte.as_u64()?.try_into().ok()).collect();
                let hidden = self.digest(&bytes);
                items.iter_mut().zip(hidden).for_each(|(item, byte)| *item = byte.into());
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item, key)),
            Value::Object(fields) => fields.iter_mut().for_each(|(key, field)| self.replace(field, key)),
            _ => {}
        }
    }
}

/// A case's facts under pseudonyms, in their order. Events that this program does not understand are left out: what stands in them
/// cannot be judged.
///
/// # Errors
/// An event that cannot be written again.
pub fn export(facts: &[CommittedFact], pseudonyms: &Pseudonyms<'_>) -> Result<Vec<FactLine>, ExportError> {
    let mut ends: BTreeMap<LogId, Hash> = BTreeMap::new();
    let mut lines = Vec::with_capacity(facts.len());
    for fact in facts {
        let mut event = fact.event.clone();
        if matches!(event.body, Body::Unknown { .. }) {
            continue;
        }
        forget_words(&mut event.body);
        let mut value = serde_json::to_value(&event).map_err(ExportError::Form)?;
        pseudonyms.replace(&mut value, "");
        let mut event: Event = serde_json::from_value(value).map_err(ExportError::Form)?;
        // Other bytes have other hashes: the chain is made anew.
        event.prev = ends.get(&event.name.log).copied().unwrap_or(Hash::NONE);
        let stored = Stored::encode(&event).map_err(ExportError::Event)?;
        ends.insert(event.name.log, stored.hash());
        lines.push(FactLine::of(&stored, event.body.kind(), fact.position, fact.received_at));
    }
    Ok(lines)
}

/// Why a case could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// An event has no JSON form.
    #[error("give an event pseudonyms")]
    Form(#[source] serde_json::Error),
    /// An event cannot be stored.
    #[error("write an event again")]
    Event(#[source] case::stored::EncodeError),
}

/// What somebody typed or said.
fn forget_words(body: &mut Body) {
    match body {
        Body::CaseOpened { place, call_text, .. } => (*place, *call_text) = (None, None),
        Body::UnitAssigned { callsign, .. } => callsign.clear(),
        Body::HandoverSigned { name, .. } => name.clear(),
        Body::MessageToUnit { text, .. } => text.clear(),
        Body::EnquiryAnswered { answer: EnquiryAnswer::Conditional { condition, .. }, .. } => condition.clear(),
        _ => {}
    }
}

/// Whether a log's events follow each other: each carries the hash of the one before it in its log. The first that does not.
#[must_use]
pub fn broken_chain(events: &[(Event, Hash)]) -> Option<EventName> {
    let mut ends: BTreeMap<LogId, Hash> = BTreeMap::new();
    for (event, hash) in events {
        let before = ends.insert(event.name.log, *hash).unwrap_or(Hash::NONE);
        if event.prev != before {
            return Some(event.name);
        }
    }
    None
}

/// A file with one event and one choice.
///
/// # Errors
/// None; those of what it is made with, passed on.
pub fn example() -> Result<String, ExportError> {
    let case = hospital_selection::example_case();
    let (table, travel) = (hospital_selection::HospitalTable::embedded(), travel_time::RoadModel::japan());
    let ranking = hospital_selection::CaseFile::open(case, table, &travel)
        .ok()
        .map(|file| hospital_selection::rank(table, &file.capacity, &travel, &file.request()))
        .and_then(|ranking| ranking.to_json_bytes().ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    let event = opened();
    let stored = Stored::encode(&event).map_err(ExportError::Event)?;
    let at = event.at.utc;
    let fact = Line::Fact(FactLine::of(&stored, event.body.kind(), 1, at));
    let decision = DecisionId::from_bytes([4; 16]);
    let choice = Line::Decision(DecisionLine { decision, at, case_file: case.to_owned(), ranking });
    let mut text = String::new();
    for line in [fact, choice] {
        text += &line.text().map_err(ExportError::Form)?;
        text.push('\n');
    }
    Ok(text)
}

/// A case's first event.
fn opened() -> Event {
    let at = Timestamp(1_767_225_600_000_000);
    Event {
        name: EventName { log: LogId::from_bytes([1; 16]), seq: 1 },
        prev: Hash::NONE,
        at: EventTime { utc: at, mono: Monotonic { boot: BootId::from_bytes([2; 16]), us: 0 }, offset: None },
        writer: Writer::Server(OnBehalf::System),
        department: DepartmentId::from_bytes([3; 16]),
        subject: Subject::Case(CaseId::from_bytes([5; 16])),
        training: true,
        body: Body::CaseOpened {
            incident: IncidentId::from_bytes([6; 16]),
            patient_no: 1,
            call_received_at: Some(at),
            scene: Position::new(35.69, 139.41).ok(),
            place: None,
            call_text: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use case::{CardMark, CaseFacts, Commit};

    const HOSPITAL: HospitalId = HospitalId::from_bytes([9; 16]);

    fn committed(seq: u64, prev: Hash, body: Body) -> CommittedFact {
        let mut event = Event { prev, body, ..opened() };
        event.name.seq = seq;
        let crew = Some(model::CrewId::from_bytes([8; 16]));
        event.writer = Writer::Tablet {
            device: model::DeviceId::from_bytes([7; 16]),
            unit: model::UnitId::from_bytes([6; 16]),
            crew,
        };
        let stored = Stored::encode(&event).expect("an event");
        CommittedFact { stream: event.subject, position: seq, received_at: event.at.utc, stored, event }
    }

    fn log() -> Vec<CommittedFact> {
        let Body::CaseOpened { incident, patient_no, call_received_at, scene, .. } = opened().body else {
            panic!("a case is opened")
        };
        let (place, call_text) = (Some("立川市錦町".to_owned()), Some("母が倒れた".to_owned()));
        let first = committed(
            1,
            Hash::NONE,
            Body::CaseOpened { incident, patient_no, call_received_at, scene, place, call_text },
        );
        let mark = CardMark([11; 16]);
        let second = committed(2, first.stored.hash(), Body::CardBound { mark, also_of: None });
        let decided = Body::DestinationDecided {
            version: 1,
            hospital: HOSPITAL,
            enquiry: None,
            how: case::HowDecided::Telephone,
        };
        let third = committed(3, second.stored.hash(), decided);
        vec![first, second, third]
    }

    fn exported(key: u8) -> Vec<FactLine> {
        let hospitals = [HOSPITAL].into();
        export(&log(), &Pseudonyms::new([key; KEY_BYTES], &hospitals)).expect("exported")
    }

    #[test]
    fn names_and_words_are_gone_and_the_log_still_means_the_same() {
        let events: Vec<_> = exported(1).iter().map(|line| line.event().expect("an event")).collect();
        let told: String = events.iter().map(|(event, _)| serde_json::to_string(event).expect("JSON")).collect();
        for id in [1, 3, 5, 6, 7, 8, 11] {
            let id = Uuid::from_bytes([id; 16]).hyphenated().to_string();
            assert!(!told.contains(&id), "{id} in {told}");
        }
        assert!(!told.contains("錦町") && !told.contains("母が") && !told.contains("[11,11"), "{told}");
        assert_eq!(broken_chain(&events), None);
        let mut facts = CaseFacts::new();
        for (line, (event, hash)) in exported(1).iter().zip(events) {
            facts.insert(event, hash, Some(Commit { position: line.position, received_at: line.received_at }));
        }
        assert_eq!(facts.view().destination().map(|to| to.hospital), Some(HOSPITAL), "hospitals are public");
        assert!(facts.view().scene.is_some());
    }

    #[test]
    fn one_key_gives_one_name_and_another_key_another() {
        assert_eq!(exported(1), exported(1));
        let logs: BTreeSet<LogId> = [1, 1, 2].into_iter().flat_map(exported).map(|line| line.log).collect();
        assert_eq!(logs.len(), 2);
    }

    #[test]
    fn a_line_is_read_back_and_what_is_none_is_told() {
        let text = example().expect("an example");
        let lines: Vec<Line> = text.lines().map(|line| Line::read(line).expect("a line")).collect();
        assert!(matches!(lines[..], [Line::Fact(_), Line::Decision(_)]));
        let again: Vec<String> = lines.iter().map(|line| line.text().expect("text")).collect();
        assert_eq!(again.join("\n") + "\n", text);
        let told = |text: &str| Line::read(text).err().map(|e| format!("{e} {:?}", std::error::Error::source(&e)));
        assert!(told("{\"position\":1,\"more\":2}").is_some_and(|told| told.contains("more")));
        assert!(Line::read(&" ".repeat(LINE_BYTES_MAX + 1)).is_err());
    }

    #[test]
    fn an_event_that_is_left_out_breaks_the_chain() {
        let mut events: Vec<_> = exported(1).iter().map(|line| line.event().expect("an event")).collect();
        events.remove(1);
        assert_eq!(broken_chain(&events).map(|name| name.seq), Some(3));
    }
}
