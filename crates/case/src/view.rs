//! A case as every screen sees it: the words of the view. What makes it of the facts is in [`fold`].

mod fold;
mod late;

pub use fold::fold;

use crate::event::{Event, EventName, OnBehalf, Writer};
use crate::message::{AlarmMark, CardAnswer, Checked, Messages};
use crate::oral::OralHistory;
use crate::patient::{BoundCard, CardMark, IdentitySource, SamePatient};
use crate::words::{
    Belonging, CardOutcome, DeclineReason, Ending, EnquiryAnswer, HowDecided, JoinReason, LookupOutcome,
    OverrideReason, Receiver, ReleaseReason, WipeCause,
};
use model::{
    CaseId, CrewId, DepartmentId, DeviceId, EnquiryId, Findings, HospitalId, IncidentId, LogId, LookupId, Need,
    Position, Stage, Timestamp, UnitId, Vital,
};
use patient_history::{ConsentBasis, IdentityLevel, Period};
use std::collections::{BTreeMap, BTreeSet};

/// When a stage was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageTime {
    /// The stamp it comes from.
    pub stamp: EventName,
    /// Corrected UTC.
    pub at: Timestamp,
    /// The writer's clock offset was unknown: show '±'.
    pub uncertain: bool,
    /// The time before a correction.
    pub corrected_from: Option<Timestamp>,
    /// Not yet acknowledged by the server.
    pub pending: bool,
}

/// A recorded basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEntry {
    /// Its event.
    pub name: EventName,
    /// When.
    pub at: Timestamp,
    /// What.
    pub basis: ConsentBasis,
    /// Taken back.
    pub withdrawn: bool,
}

/// A look-up's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupState {
    /// When it was asked.
    pub asked_at: Timestamp,
    /// The basis.
    pub consent: EventName,
    /// Identity.
    pub level: IdentityLevel,
    /// The card that was bound when it was asked; none in facts of older tablets.
    pub card: Option<CardMark>,
    /// How far back it reaches.
    pub period: Period,
    /// How it ended, if it has.
    pub outcome: Option<LookupOutcome>,
    /// Seen by the crew.
    pub viewed: bool,
    /// Wiped from the tablet.
    pub wiped: Option<WipeCause>,
}

/// An enquiry's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnquiryState {
    /// Whom.
    pub hospital: HospitalId,
    /// When.
    pub sent_at: Timestamp,
    /// The look-up behind it.
    pub lookup: Option<LookupId>,
    /// What is needed.
    pub needs: Vec<Need>,
    /// Alerts told.
    pub tell_alerts: bool,
    /// Hospitals asked together.
    pub batch: u8,
    /// By telephone.
    pub by_telephone: bool,
    /// Minutes to arrival, tenths.
    pub eta_tenths: Option<i32>,
    /// Why this hospital and not the first.
    pub override_reason: Option<OverrideReason>,
    /// A page of the desk has it.
    pub delivered_at: Option<Timestamp>,
    /// No page was watching when it arrived: telephone first.
    pub unwatched: bool,
    /// Seen at the desk.
    pub seen_at: Option<Timestamp>,
    /// The standing answer.
    pub answer: Option<(EnquiryAnswer, Timestamp)>,
    /// Over.
    pub released: Option<ReleaseReason>,
    /// The acceptance was taken back.
    pub withdrawn: Option<(DeclineReason, Timestamp)>,
    /// The server has it.
    pub acknowledged: bool,
}

impl EnquiryState {
    /// Asked and agreed by telephone, without anything else on record.
    #[must_use]
    pub const fn by_telephone(hospital: HospitalId, sent_at: Timestamp) -> Self {
        Self {
            hospital,
            sent_at,
            lookup: None,
            needs: Vec::new(),
            tell_alerts: false,
            batch: 1,
            by_telephone: true,
            eta_tenths: None,
            override_reason: None,
            delivered_at: None,
            unwatched: false,
            seen_at: None,
            answer: None,
            released: None,
            withdrawn: None,
            acknowledged: true,
        }
    }
}

/// A decided destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Its version.
    pub version: u32,
    /// Where to.
    pub hospital: HospitalId,
    /// The enquiry, if one decided.
    pub enquiry: Option<EnquiryId>,
    /// How.
    pub how: HowDecided,
    /// When.
    pub at: Timestamp,
}

/// Why a destination ended before the patient was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationEnd {
    /// The hospital took its acceptance back.
    Withdrawn(DeclineReason),
    /// The crew changed it.
    Changed(OverrideReason),
}

/// A destination agreed by telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its event.
    pub name: EventName,
    /// Where to.
    pub hospital: HospitalId,
    /// The telephone enquiry, if one was recorded.
    pub enquiry: Option<EnquiryId>,
    /// When it was agreed.
    pub at: Timestamp,
}

/// A change of destination by the crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its event.
    pub name: EventName,
    /// The version that the crew had before it.
    pub version: u32,
    /// Where to instead.
    pub to: Option<HospitalId>,
    /// When.
    pub at: Timestamp,
}

/// Who signed for the patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The hospital.
    pub hospital: HospitalId,
    /// As entered at the desk.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// A tablet's part in the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabletPart {
    /// The tablet.
    pub device: DeviceId,
    /// Why it began this log.
    pub reason: JoinReason,
    /// The last event known of it.
    pub known_through: u64,
}

/// A place where events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The log.
    pub log: LogId,
    /// The last event known of it.
    pub known_through: u64,
}

/// Recorded events that nobody has any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lost {
    /// Their log.
    pub log: LogId,
    /// The first of them.
    pub from: u64,
    /// The last of them.
    pub through: u64,
}

/// A case as every screen sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseView {
    /// The case.
    pub case: Option<CaseId>,
    /// Its incident.
    pub incident: Option<IncidentId>,
    /// Its department.
    pub department: Option<DepartmentId>,
    /// 1 for the incident's first patient.
    pub patient_no: u8,
    /// A training case.
    pub training: bool,
    /// Where.
    pub scene: Option<Position>,
    /// The place in words.
    pub place: Option<String>,
    /// What the caller said.
    pub call_text: Option<String>,
    /// Units by leg.
    pub units: BTreeMap<u8, Vec<(UnitId, String)>>,
    /// Tablets that write, by log.
    pub tablets: BTreeMap<LogId, TabletPart>,
    /// Stage times by leg and stage.
    pub stages: BTreeMap<(u8, Stage), StageTime>,
    /// What was observed.
    pub findings: Findings,
    /// When each vital sign was taken.
    pub vitals_at: BTreeMap<Vital, Timestamp>,
    /// When the trouble began.
    pub onset_at: Option<Timestamp>,
    /// What was told.
    pub oral: OralHistory,
    /// Notebooks of which medicines were taken into the view; their content is nowhere but in a tablet's memory.
    pub notebooks: u32,
    /// The last card reading.
    pub card: Option<(CardOutcome, Timestamp)>,
    /// The last judgement of identity.
    pub identity: Option<(IdentityLevel, bool, EventName)>,
    /// Cards found to be the patient's.
    pub cards: BTreeMap<CardMark, BoundCard>,
    /// The temporary id of a patient whom nobody knew; it stays when the patient is known.
    pub temporary_id: Option<u8>,
    /// How it became known who the patient is, without a card.
    pub identity_found: Option<(IdentitySource, Timestamp)>,
    /// Other cases of the same patient.
    pub same_patient: BTreeMap<CaseId, SamePatient>,
    /// Every recorded basis, in order.
    pub consents: Vec<ConsentEntry>,
    /// Look-ups.
    pub lookups: BTreeMap<LookupId, LookupState>,
    /// Enquiries.
    pub enquiries: BTreeMap<EnquiryId, EnquiryState>,
    /// Destinations by version; the last one counts.
    pub destinations: BTreeMap<u32, Destination>,
    /// Versions decided twice: never made by a sound server, shown if they exist.
    pub conflicts: BTreeSet<u32>,
    /// Versions that ended before the patient was there, when and why.
    pub ended_destinations: BTreeMap<u32, (DestinationEnd, Timestamp)>,
    /// Every telephone agreement, in order.
    pub agreements: Vec<Agreement>,
    /// Every change by the crew, in order.
    pub changes: Vec<Change>,
    /// Telephone agreements that no destination has taken up yet.
    pub agreed: Vec<(EventName, HospitalId)>,
    /// What was given back, and when first.
    pub returned: BTreeMap<Belonging, Timestamp>,
    /// Who took the patient over.
    pub received_by: Option<Receiver>,
    /// SHA-256 of the last handover document.
    pub handover_document: Option<(HospitalId, String)>,
    /// Who signed for the patient, first.
    pub signed_by: Option<Signature>,
    /// How it ended.
    pub ending: Option<(Ending, Timestamp)>,
    /// The dispatcher who opened the case, when one did.
    pub opened_by: Option<CrewId>,
    /// Stages that stand because the dispatch system told them, and of which unit; no tablet stamped them.
    pub reported: BTreeMap<(u8, Stage), UnitId>,
    /// What dispatch told the units.
    pub messages: Messages,
    /// What the caller last said of card and notebook.
    pub card_asked: Option<(CardAnswer, Timestamp)>,
    /// Alarms that somebody at the dispatch centre has seen to.
    pub checked: BTreeMap<AlarmMark, Checked>,
    /// Where events may be missing.
    pub gaps: BTreeSet<Gap>,
    /// Events that were recorded and are lost.
    pub lost: BTreeSet<Lost>,
    /// Events of a kind that this program does not know.
    pub not_understood: u32,
    /// Facts not yet acknowledged.
    pub pending: u32,
}

impl CaseView {
    /// The destination that counts: the last version, unless it has ended.
    #[must_use]
    pub fn destination(&self) -> Option<&Destination> {
        self.destinations.values().next_back().filter(|d| !self.ended_destinations.contains_key(&d.version))
    }
    /// The last destination, when the hospital has taken its acceptance back and nothing was decided since.
    #[must_use]
    pub fn withdrawn_destination(&self) -> Option<(&Destination, DeclineReason, Timestamp)> {
        let last = self.destinations.values().next_back()?;
        match self.ended_destinations.get(&last.version) {
            Some((DestinationEnd::Withdrawn(reason), at)) => Some((last, *reason, *at)),
            Some((DestinationEnd::Changed(_), _)) | None => None,
        }
    }
    /// Destinations that another one replaced while they stood, with what replaced them and when the crew did so: both
    /// hospitals may believe that the patient comes. A change that named the version it ends is none.
    pub fn replaced(&self) -> impl Iterator<Item = (&Destination, &Destination, Timestamp)> {
        let pairs = self.destinations.values().zip(self.destinations.values().skip(1));
        pairs.filter(|(old, new)| self.replaces(old, new)).map(|(old, new)| (old, new, self.agreed_at(new)))
    }
    /// Hospitals that said yes by telephone when another one was decided already: they may believe that the patient comes. On a
    /// page such an answer is refused; by telephone it was given before anybody knew. One that the crew has called off is none.
    pub fn accepted_in_vain(&self) -> impl Iterator<Item = (EnquiryId, HospitalId, Timestamp)> {
        let standing = self.destination().map(|d| d.hospital);
        let decided = |id: EnquiryId| self.destinations.values().any(|d| d.enquiry == Some(id));
        self.enquiries.iter().filter_map(move |(id, enquiry)| {
            let (EnquiryAnswer::Accepted, at) = enquiry.answer.as_ref()? else { return None };
            let called_off = enquiry.released == Some(ReleaseReason::CrewWithdrew);
            let here = standing? == enquiry.hospital;
            (!(decided(*id) || called_off || here)).then_some((*id, enquiry.hospital, *at))
        })
    }
    fn replaces(&self, old: &Destination, new: &Destination) -> bool {
        let named = |c: &Change| c.version == old.version && c.to.is_none_or(|to| to == new.hospital);
        let open = match self.ended_destinations.get(&old.version) {
            Some((DestinationEnd::Withdrawn(_), _)) => true,
            // One that came late ended nothing: only a change that leads to the next version did.
            Some((DestinationEnd::Changed(_), _)) => self.changes.iter().any(named),
            None => false,
        };
        let by_crew = matches!(new.how, HowDecided::Telephone | HowDecided::CrewChanged);
        by_crew && old.hospital != new.hospital && !open
    }
    /// When the crew agreed a destination by telephone, or changed to it: not when the server heard of it.
    #[must_use]
    pub fn agreed_at(&self, destination: &Destination) -> Timestamp {
        if destination.how == HowDecided::CrewChanged {
            let change = self.changes.iter().rev().find(|c| c.to == Some(destination.hospital));
            return change.map_or(destination.at, |c| c.at);
        }
        let of = |a: &&Agreement| a.hospital == destination.hospital;
        let exact = self.agreements.iter().rev().filter(of).find(|a| a.enquiry == destination.enquiry);
        exact.or_else(|| self.agreements.iter().rev().find(of)).map_or(destination.at, |a| a.at)
    }
    /// The version that the next decision must have.
    #[must_use]
    pub fn next_version(&self) -> u32 {
        self.destinations.keys().next_back().map_or(1, |v| v.saturating_add(1))
    }
    /// The current basis: the last one recorded that was not withdrawn. A withdrawal leaves none.
    #[must_use]
    pub fn consent(&self) -> Option<&ConsentEntry> {
        self.consents.last().filter(|c| !c.withdrawn)
    }
    /// The current leg: the highest with a unit or a stamp.
    #[must_use]
    pub fn leg(&self) -> u8 {
        let units = self.units.keys().next_back().copied();
        let stages = self.stages.keys().next_back().map(|(leg, _)| *leg);
        units.max(stages).unwrap_or(1)
    }
    /// The time of a stage of the current leg; the call's own time is shared by all legs.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Option<&StageTime> {
        self.stages
            .get(&(self.leg(), stage))
            .or_else(|| self.stages.get(&(1, stage)).filter(|_| stage == Stage::CallReceived))
    }
    /// The furthest stage stamped on the current leg.
    #[must_use]
    pub fn last_stage(&self) -> Option<(Stage, &StageTime)> {
        let leg = self.leg();
        self.stages
            .range((leg, Stage::CallReceived)..=(leg, Stage::BackInService))
            .next_back()
            .map(|((_, s), t)| (*s, t))
    }
    /// The stage to stamp next.
    #[must_use]
    pub fn next_stage(&self) -> Option<Stage> {
        self.last_stage().map_or(Some(Stage::CallReceived), |(s, _)| s.next())
    }
    /// Findings with the minutes since onset at `now`.
    #[must_use]
    pub fn findings_at(&self, now: Timestamp) -> Findings {
        let mut findings = self.findings.clone();
        findings.onset_minutes = self.onset_at.and_then(|onset| u32::try_from(onset.age_minutes(now)).ok());
        findings
    }
    /// Whether nothing more is to be done here: it ended, or the patient's other case goes on.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.ending.is_some() || self.goes_on_in().is_some()
    }
    /// The case in which this patient goes on, when it is another one.
    #[must_use]
    pub fn goes_on_in(&self) -> Option<CaseId> {
        self.same_patient.values().map(|same| same.goes_on).find(|goes_on| self.case != Some(*goes_on))
    }
    /// Whether somebody has said who the patient is, by the card or otherwise.
    #[must_use]
    pub const fn is_identified(&self) -> bool {
        matches!(self.identity, Some((_, true, _))) || self.identity_found.is_some()
    }
}

/// Whether an event was written for a hospital's desk.
#[must_use]
pub fn desk_of(event: &Event) -> Option<HospitalId> {
    match event.writer {
        Writer::Server(OnBehalf::Desk { hospital, .. }) => Some(hospital),
        Writer::Server(_) | Writer::Tablet { .. } => None,
    }
}
