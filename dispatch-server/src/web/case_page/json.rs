//! A case for programs: the same fold, with no content of a history.

use crate::web::clinical::{FindingsJson, findings_json};
use crate::web::state::App;
use crate::web::words::{answer_words, consent_words, sentence, writer_words};
use case::{CardAnswer, CaseView, EnquiryAnswer, EnquiryState, HowDecided, Message, ReleaseReason, StageTime};
use dispatch_core::{CaseSummary, CaseTimeline, TimelineEntry};
use model::{CaseId, EnquiryId, HospitalId, IncidentId, LogId, MessageId, Position, Stage, Timestamp, UnitId};
use serde::Serialize;
use std::collections::BTreeMap;

/// One case in a list.
#[derive(Serialize)]
pub(crate) struct SummaryJson {
    case: CaseId,
    incident: Option<IncidentId>,
    position: u64,
    opened_at: String,
    changed_at: String,
    closed: bool,
    training: bool,
    place: Option<String>,
    units: Vec<UnitJson>,
    stage: Option<&'static str>,
    triage: Option<model::Triage>,
    enquiries: usize,
    destination: Option<DestinationJson>,
}

#[derive(Serialize)]
struct UnitJson {
    unit: UnitId,
    callsign: String,
    leg: u8,
}

#[derive(Serialize)]
struct DestinationJson {
    version: u32,
    hospital: HospitalId,
    name: String,
    how: HowDecided,
    at: String,
}

#[derive(Serialize)]
struct StageJson {
    leg: u8,
    at: String,
    uncertain: bool,
    corrected_from: Option<String>,
    /// The dispatch system told it; no tablet stamped it.
    told_by_machine: bool,
}

#[derive(Serialize)]
struct EnquiryJson {
    enquiry: EnquiryId,
    hospital: HospitalId,
    name: String,
    sent_at: String,
    seen_at: Option<String>,
    by_telephone: bool,
    batch: u8,
    answer: Option<EnquiryAnswer>,
    answer_ja: Option<String>,
    answered_at: Option<String>,
    released: Option<ReleaseReason>,
}

#[derive(Serialize)]
struct EntryJson {
    position: u64,
    kind: String,
    at: String,
    uncertain: bool,
    received_at: String,
    by: &'static str,
    text: String,
}

#[derive(Serialize)]
struct GapJson {
    log: LogId,
    known_through: u64,
}

#[derive(Serialize)]
struct LostJson {
    log: LogId,
    from: u64,
    through: u64,
}

/// When a unit did something with a message.
#[derive(Serialize)]
struct WhenJson {
    unit: UnitId,
    at: String,
}

#[derive(Serialize)]
struct MessageJson {
    message: MessageId,
    to: Option<UnitId>,
    text: String,
    sent_at: String,
    shown: Vec<WhenJson>,
    acknowledged: Vec<WhenJson>,
}

fn message_json(message: MessageId, told: &Message) -> MessageJson {
    let when = |units: &BTreeMap<UnitId, Timestamp>| {
        units.iter().map(|(unit, at)| WhenJson { unit: *unit, at: time(*at) }).collect()
    };
    MessageJson {
        message,
        to: told.to,
        text: told.text.clone(),
        sent_at: time(told.sent_at),
        shown: when(&told.shown),
        acknowledged: when(&told.acknowledged),
    }
}

/// One case whole.
#[derive(Serialize)]
pub(crate) struct CaseJson {
    #[serde(flatten)]
    summary: SummaryJson,
    patient_no: u8,
    scene: Option<Position>,
    call_text: Option<String>,
    /// By the stage's key; the current leg's, 覚知 of the first.
    stages: BTreeMap<&'static str, StageJson>,
    findings: FindingsJson,
    consent: Option<String>,
    enquiries_sent: Vec<EnquiryJson>,
    handover_document: Option<String>,
    card_asked: Option<CardAnswer>,
    messages: Vec<MessageJson>,
    /// 身元不明 A: what an unknown patient was called, also after it became known who it is.
    temporary_id: Option<String>,
    /// Cases of the same patient.
    same_patient: Vec<CaseId>,
    /// The case in which this patient goes on, when it is another one.
    goes_on_in: Option<CaseId>,
    ending: Option<case::Ending>,
    gaps: Vec<GapJson>,
    lost: Vec<LostJson>,
    not_understood: u32,
    timeline: Vec<EntryJson>,
}

fn time(at: Timestamp) -> String {
    at.tokyo_rfc3339()
}

impl SummaryJson {
    /// From a fold.
    pub(crate) fn new<S>(app: &App<S>, head: &dispatch_core::store::CaseHead, view: &CaseView) -> Self {
        let units = view.units.iter().flat_map(|(leg, units)| {
            units.iter().map(|(unit, callsign)| UnitJson { unit: *unit, callsign: callsign.clone(), leg: *leg })
        });
        let destination = view.destination().map(|d| DestinationJson {
            version: d.version,
            hospital: d.hospital,
            name: app.hospital_name(d.hospital),
            how: d.how,
            at: time(d.at),
        });
        Self {
            case: head.case,
            incident: head.incident,
            position: head.position,
            opened_at: time(head.opened_at),
            changed_at: time(head.changed_at),
            closed: view.is_closed(),
            training: view.training,
            place: view.place.clone(),
            units: units.collect(),
            stage: view.last_stage().map(|(stage, _)| stage.key()),
            triage: view.findings.triage,
            enquiries: view.enquiries.len(),
            destination,
        }
    }
    /// From a list's entry.
    pub(crate) fn of<S>(app: &App<S>, case: &CaseSummary) -> Self {
        Self::new(app, &case.head, &case.view)
    }
}

impl CaseJson {
    /// From a timeline.
    pub(crate) fn new<S>(app: &App<S>, timeline: &CaseTimeline) -> Self {
        let view = &timeline.view;
        let stages = Stage::ALL.into_iter().filter_map(|s| Some((s.key(), stage_json(view, s)?)));
        Self {
            summary: SummaryJson::new(app, &timeline.head, view),
            patient_no: view.patient_no,
            scene: view.scene,
            call_text: view.call_text.clone(),
            stages: stages.collect(),
            findings: findings_json(&view.findings_at(app.now()), &view.vitals_at),
            consent: view.consent().map(|c| consent_words(&c.basis)),
            enquiries_sent: view.enquiries.iter().map(|(id, e)| enquiry_json(app, *id, e)).collect(),
            handover_document: view.handover_document.as_ref().map(|(_, sha256)| sha256.clone()),
            card_asked: view.card_asked.map(|(answer, _)| answer),
            messages: view.messages.iter().map(|(id, message)| message_json(*id, message)).collect(),
            temporary_id: view.temporary_id.map(|id| format!("身元不明 {}", case::temporary_letter(id))),
            same_patient: view.same_patient.keys().copied().collect(),
            goes_on_in: view.goes_on_in(),
            ending: view.ending.map(|(ending, _)| ending),
            gaps: view.gaps.iter().map(|g| GapJson { log: g.log, known_through: g.known_through }).collect(),
            lost: view.lost.iter().map(|l| LostJson { log: l.log, from: l.from, through: l.through }).collect(),
            not_understood: view.not_understood,
            timeline: timeline.entries.iter().map(|entry| entry_json(app, entry)).collect(),
        }
    }
}

fn stage_json(view: &CaseView, stage: Stage) -> Option<StageJson> {
    let (leg, reached) = (view.leg(), view.stage(stage)?);
    let StageTime { at, uncertain, corrected_from, .. } = *reached;
    let told_by_machine = view.reported.contains_key(&(leg, stage));
    Some(StageJson { leg, at: time(at), uncertain, corrected_from: corrected_from.map(time), told_by_machine })
}

fn enquiry_json<S>(app: &App<S>, enquiry: EnquiryId, state: &EnquiryState) -> EnquiryJson {
    let answer = state.answer.as_ref();
    EnquiryJson {
        enquiry,
        hospital: state.hospital,
        name: app.hospital_name(state.hospital),
        sent_at: time(state.sent_at),
        seen_at: state.seen_at.map(time),
        by_telephone: state.by_telephone,
        batch: state.batch,
        answer: answer.map(|(answer, _)| answer.clone()),
        answer_ja: answer.map(|(answer, _)| answer_words(answer)),
        answered_at: answer.map(|(_, at)| time(*at)),
        released: state.released,
    }
}

fn entry_json<S>(app: &App<S>, entry: &TimelineEntry) -> EntryJson {
    EntryJson {
        position: entry.position,
        kind: entry.event.body.kind().to_owned(),
        at: time(entry.at),
        uncertain: entry.event.at.offset.is_none(),
        received_at: time(entry.received_at),
        by: writer_words(&entry.event.writer),
        text: sentence(&entry.event.body, &app.hospitals),
    }
}
