//! What is recorded of a case: real events of `case`, so that what is measured is what the product's fold makes of them.

use case::{
    AnsweredBy, Body, CardOutcome, CaseFacts, CaseView, Commit, Ending, EnquiryAnswer, Event, EventName,
    FindingsChange, Hash, JoinReason, OnBehalf, Receiver, Stored, Subject, Writer,
};
use dispatch_core::exported::DecisionLine;
use model::{
    BootId, CaseId, ClockOffset, CrewId, DepartmentId, DeviceId, EnquiryId, EventTime, Findings, HospitalId, IdSource,
    IncidentId, LogId, Monotonic, Stage, Timestamp, UnitId,
};
use rand_chacha::ChaCha12Rng;
use uuid::Uuid;

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Tablet,
    System,
    Desk(HospitalId),
}

/// The log of one case as it leaves an installation.
#[derive(Clone, Debug)]
pub struct CaseLog {
    /// The case.
    pub case: CaseId,
    /// Stored events in the order of the server, and when it received them.
    pub events: Vec<(Stored, Timestamp)>,
    /// Choices of hospitals, each with what it depends on.
    pub choices: Vec<DecisionLine>,
}

/// The growing record of one case.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) case: CaseId,
    incident: IncidentId,
    ids: IdSource,
    facts: CaseFacts,
    /// Of the unit's tablet and of the server.
    logs: [Log; 2],
    unit: Option<UnitId>,
    department: DepartmentId,
    position: u64,
    /// Stored forms, where they are kept.
    stored: Option<Vec<(Stored, Timestamp)>>,
    /// Choices with what they depend on, where logs are kept.
    choices: Vec<DecisionLine>,
}

#[derive(Clone, Copy, Debug)]
struct Log {
    id: LogId,
    seq: u64,
    prev: Hash,
}

/// An id that belongs to a number for good.
pub(super) fn numbered(kind: u128, number: usize) -> Uuid {
    // Version 7 in shape, so that it reads as every other id.
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | (kind << 40) | number as u128)
}

impl Record {
    pub(super) fn open(rng: ChaCha12Rng, at: Timestamp, department: usize, keep: bool) -> Self {
        let mut ids = IdSource::new(rng);
        let log = |ids: &mut IdSource| Log { id: ids.log(), seq: 0, prev: Hash::NONE };
        let case = CaseId::from_uuid(ids.uuid(at));
        let incident = IncidentId::from_uuid(ids.uuid(at));
        let logs = [log(&mut ids), log(&mut ids)];
        let department = DepartmentId::from_uuid(numbered(1, department));
        Self {
            case,
            incident,
            ids,
            facts: CaseFacts::new(),
            logs,
            unit: None,
            department,
            position: 0,
            stored: keep.then(Vec::new),
            choices: Vec::new(),
        }
    }

    pub(super) fn view(&self) -> CaseView {
        self.facts.view()
    }

    /// What is kept of it, in the order of the server; none where logs are not kept.
    pub(super) fn into_log(self) -> Option<CaseLog> {
        let case = self.case;
        let choices = self.choices;
        self.stored.map(|events| CaseLog { case, events, choices })
    }

    /// A choice with what it depends on.
    pub(super) fn chosen(&mut self, choice: DecisionLine) {
        self.choices.push(choice);
    }

    pub(super) const fn keeps(&self) -> bool {
        self.stored.is_some()
    }

    pub(super) fn write(&mut self, by: By, at: Timestamp, body: Body) {
        let (log, writer) = match by {
            By::Tablet => (0, self.tablet()),
            By::System => (1, Writer::Server(OnBehalf::System)),
            By::Desk(hospital) => {
                let account = CrewId::from_uuid(hospital.uuid());
                (1, Writer::Server(OnBehalf::Desk { hospital, account }))
            }
        };
        let Some(log) = self.logs.get_mut(log) else { return };
        log.seq += 1;
        let boot = BootId::from_uuid(numbered(9, 0));
        let mono = Monotonic { boot, us: at.0.unsigned_abs() };
        let event = Event {
            name: EventName { log: log.id, seq: log.seq },
            prev: log.prev,
            at: EventTime { utc: at, mono, offset: Some(ClockOffset { us: 0, uncertainty_us: 0 }) },
            writer,
            department: self.department,
            subject: Subject::Case(self.case),
            training: true,
            body,
        };
        let hash = match &mut self.stored {
            None => counted(log.seq),
            Some(stored) => match Stored::encode(&event) {
                Ok(form) => {
                    let hash = Hash::of(&form.bytes);
                    stored.push((form, at));
                    hash
                }
                // Only what is too large or of an unknown kind is refused: neither is made here.
                Err(_) => counted(log.seq),
            },
        };
        log.prev = hash;
        self.position += 1;
        self.facts.insert(event, hash, Some(Commit { position: self.position, received_at: at }));
    }

    fn tablet(&self) -> Writer {
        let unit = self.unit.unwrap_or(UnitId::from_uuid(numbered(2, 0)));
        Writer::Tablet { device: DeviceId::from_uuid(unit.uuid()), unit, crew: None }
    }

    pub(super) fn opened(&mut self, at: Timestamp, scene: model::Position) {
        let incident = self.incident;
        let opened = Body::CaseOpened {
            incident,
            patient_no: 1,
            call_received_at: Some(at),
            scene: Some(scene),
            place: None,
            call_text: None,
        };
        self.write(By::System, at, opened);
    }

    pub(super) fn assigned(&mut self, at: Timestamp, unit: usize) {
        let id = UnitId::from_uuid(numbered(2, unit));
        self.unit = Some(id);
        self.write(By::System, at, Body::UnitAssigned { unit: id, callsign: format!("救急{unit}"), leg: 1 });
        let device = DeviceId::from_uuid(id.uuid());
        self.write(By::Tablet, at, Body::TabletJoined { device, reason: JoinReason::Assigned });
        self.stamp(at, Stage::Notified);
    }

    pub(super) fn stamp(&mut self, at: Timestamp, stage: Stage) {
        self.write(By::Tablet, at, Body::StageStamped { stage, leg: 1 });
    }

    pub(super) fn observed(&mut self, at: Timestamp, findings: &Findings) {
        let complaints = findings.complaints.iter().map(|c| FindingsChange::Complaint { complaint: *c, chosen: true });
        let vitals = findings.vitals.iter().map(|(v, r)| FindingsChange::Vital { vital: *v, reading: Some(*r) });
        let answers =
            findings.follow_ups.iter().map(|(q, a)| FindingsChange::FollowUp { question: *q, answer: Some(*a) });
        let others = [
            FindingsChange::Triage(findings.triage),
            FindingsChange::Jcs(findings.jcs),
            FindingsChange::Sex(findings.sex),
            FindingsChange::AgeYears(findings.age_years),
        ];
        let onset = findings.onset_minutes.map(|m| FindingsChange::Onset(Some(at.plus_minutes(-i64::from(m)))));
        // Of a case that is not kept only what decides is needed: the findings are at hand.
        let all: Vec<FindingsChange> = complaints.chain(others).chain(vitals).chain(answers).chain(onset).collect();
        let needed = if self.keeps() { all.len() } else { 1 };
        for change in all.into_iter().take(needed) {
            self.write(By::Tablet, at, Body::Observed { change });
        }
    }

    pub(super) fn card(&mut self, at: Timestamp, read: bool, took_minutes: f64) {
        let outcome = if read { CardOutcome::Read } else { CardOutcome::Failed { code: "no_answer".to_owned() } };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes")]
        let took_ms = (took_minutes * 60_000.0) as u32;
        self.write(By::Tablet, at, Body::CardRead { outcome, took_ms });
    }

    pub(super) fn enquiry(&mut self, at: Timestamp) -> EnquiryId {
        EnquiryId::from_uuid(self.ids.uuid(at))
    }

    /// A hospital answers: what the product's rules make of it is written with it. True when it decided the destination.
    pub(super) fn answered(
        &mut self,
        at: Timestamp,
        enquiry: EnquiryId,
        hospital: HospitalId,
        answer: EnquiryAnswer,
    ) -> bool {
        let view = self.view();
        match case::enquiry::answer(&view, enquiry, hospital, answer, AnsweredBy::Page) {
            Ok(bodies) => {
                let decided = bodies.iter().any(|body| matches!(body, Body::DestinationDecided { .. }));
                bodies.into_iter().for_each(|body| self.write(By::Desk(hospital), at, body));
                decided
            }
            // Too late: it was decided elsewhere or timed out.
            Err(_) => false,
        }
    }

    /// Enquiries whose time is over are released by the product's rule.
    pub(super) fn timed_out(&mut self, at: Timestamp) {
        let bodies = case::enquiry::time_out(&self.facts, &self.view(), at);
        bodies.into_iter().for_each(|body| self.write(By::System, at, body));
    }

    /// Agreed by telephone with the last resort.
    pub(super) fn agreed(&mut self, at: Timestamp, hospital: HospitalId) {
        let bodies = case::enquiry::agreed(&self.view(), hospital, None, at);
        self.write(By::Tablet, at, Body::DestinationAgreed { hospital, enquiry: None });
        bodies.into_iter().for_each(|body| self.write(By::System, at, body));
    }

    pub(super) fn ended(&mut self, at: Timestamp, ending: Ending) {
        if ending == Ending::HandedOver {
            self.write(By::Tablet, at, Body::HandoverReceived { by: Receiver::Physician });
        }
        self.write(By::Tablet, at, Body::CaseEnded { ending });
    }
}

/// Stands for the hash of an event that is not kept: it only has to tell events of a log apart.
fn counted(seq: u64) -> Hash {
    let mut bytes = [0_u8; 32];
    if let Some(head) = bytes.get_mut(..8) {
        head.copy_from_slice(&seq.to_be_bytes());
    }
    Hash(bytes)
}
