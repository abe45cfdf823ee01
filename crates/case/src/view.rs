//! The one meaning of a case's facts.

use crate::body::Body;
use crate::event::{Event, EventName, OnBehalf, Subject, Writer};
use crate::facts::{CaseFacts, Fact};
use crate::oral::OralHistory;
use crate::patient::{BoundCard, CardMark, IdentitySource, SamePatient};
use crate::words::{
    Belonging, CardOutcome, Ending, EnquiryAnswer, FindingsChange, HowDecided, JoinReason, LookupOutcome,
    OverrideReason, Receiver, ReleaseReason, WipeCause,
};
use model::{
    CaseId, ClockOffset, DepartmentId, DeviceId, EnquiryId, Findings, HospitalId, IncidentId, LogId, LookupId, Need,
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
    /// Shown at the desk.
    pub seen_at: Option<Timestamp>,
    /// The standing answer.
    pub answer: Option<(EnquiryAnswer, Timestamp)>,
    /// Over.
    pub released: Option<ReleaseReason>,
    /// The server has it.
    pub acknowledged: bool,
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
    /// Telephone agreements that no destination has taken up yet.
    pub agreed: Vec<(EventName, HospitalId)>,
    /// What was given back, and when first.
    pub returned: BTreeMap<Belonging, Timestamp>,
    /// Who took the patient over.
    pub received_by: Option<Receiver>,
    /// SHA-256 of the last handover document.
    pub handover_document: Option<(HospitalId, String)>,
    /// How it ended.
    pub ending: Option<(Ending, Timestamp)>,
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
    /// The destination that counts.
    #[must_use]
    pub fn destination(&self) -> Option<&Destination> {
        self.destinations.values().next_back()
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

/// Folds the facts. The result depends on the set alone.
#[must_use]
pub fn fold(facts: &CaseFacts) -> CaseView {
    let mut view = CaseView::default();
    let ordered = facts.in_order();
    let taken_back = taken_back(&ordered);
    for fact in &ordered {
        view.pending += u32::from(fact.commit.is_none());
        note_writer(&mut view, &fact.event);
        // Only these are ever taken back: after a fork another fact may stand under a name.
        let can_be = matches!(fact.event.body, Body::StageStamped { .. } | Body::SamePatient { .. });
        if !(can_be && taken_back.contains(&fact.event.name)) {
            apply(&mut view, fact);
        }
    }
    // Corrections and withdrawals may sort before what they name when clocks disagree: they are applied last.
    for fact in &ordered {
        apply_late(&mut view, fact);
    }
    settle_cards(&mut view, &ordered);
    settle_agreements(&mut view);
    settle_gaps(&mut view);
    view
}

fn taken_back(ordered: &[&Fact]) -> BTreeSet<EventName> {
    ordered
        .iter()
        .filter_map(|fact| match &fact.event.body {
            Body::StageUndone { of } | Body::StageCorrected { of, to: None, .. } | Body::SamePatientUndone { of } => {
                Some(*of)
            }
            _ => None,
        })
        .collect()
}

fn note_writer(view: &mut CaseView, event: &Event) {
    if let Subject::Case(case) = event.subject {
        view.case = view.case.or(Some(case));
    }
    view.department = view.department.or(Some(event.department));
    view.training |= event.training;
    if let (Some(part), Writer::Tablet { .. }) = (view.tablets.get_mut(&event.name.log), event.writer) {
        part.known_through = part.known_through.max(event.name.seq);
    }
}

fn apply(view: &mut CaseView, fact: &Fact) {
    let at = fact.event.at.corrected();
    match &fact.event.body {
        Body::CaseOpened { .. } | Body::UnitAssigned { .. } | Body::TabletJoined { .. } => {
            apply_opening(view, fact, at)
        }
        Body::StageStamped { stage, leg } => stamp(view, fact, *stage, *leg),
        Body::Observed { change } => observe(view, change, at),
        Body::CardRead { outcome, .. } => view.card = Some((outcome.clone(), at)),
        Body::IdentityJudged { level, same_person } => view.identity = Some((*level, *same_person, fact.event.name)),
        Body::ConsentRecorded { basis } => {
            view.consents.push(ConsentEntry { name: fact.event.name, at, basis: basis.clone(), withdrawn: false });
        }
        Body::LookupAsked { lookup, consent, level } => asked(view, *lookup, *consent, *level, at),
        Body::AttributesLookupAsked { lookup, consent } => {
            asked(view, *lookup, *consent, IdentityLevel::FourAttributes, at);
        }
        Body::EnquirySent { .. } => send_enquiry(view, fact, at),
        Body::DestinationDecided { version, hospital, enquiry, how } => {
            decide(view, Destination { version: *version, hospital: *hospital, enquiry: *enquiry, how: *how, at });
        }
        Body::DestinationAgreed { hospital, .. } => view.agreed.push((fact.event.name, *hospital)),
        Body::BelongingReturned { what } => {
            view.returned.entry(*what).or_insert(at);
        }
        Body::HandoverReceived { by } => view.received_by = Some(*by),
        Body::HandoverDocumentMade { hospital, sha256 } => view.handover_document = Some((*hospital, sha256.clone())),
        Body::CaseEnded { ending } => view.ending = view.ending.or(Some((*ending, at))),
        Body::GapNoted { log, known_through } => {
            view.gaps.insert(Gap { log: *log, known_through: *known_through });
        }
        Body::EntriesLost { log, from, through } => {
            view.lost.insert(Lost { log: *log, from: *from, through: *through });
        }
        Body::NotebookRead { .. } => view.notebooks += 1,
        Body::OralHistoryNoted { change } => view.oral.change(*change, at),
        Body::CardBound { .. }
        | Body::CardReleased { .. }
        | Body::TemporaryIdSet { .. }
        | Body::IdentityFound { .. }
        | Body::SamePatient { .. } => apply_patient(view, fact, at),
        Body::Unknown { .. } => view.not_understood += 1,
        Body::StageUndone { .. }
        | Body::SamePatientUndone { .. }
        | Body::StageCorrected { .. }
        | Body::ConsentWithdrawn { .. }
        | Body::LookupReaches { .. }
        | Body::LookupEnded { .. }
        | Body::HistoryViewed { .. }
        | Body::SensitiveOpened { .. }
        | Body::HistoryWiped { .. }
        | Body::EnquirySeen { .. }
        | Body::EnquiryAnswered { .. }
        | Body::OfferTaken { .. }
        | Body::EnquiryReleased { .. }
        | Body::SuggestionRecorded { .. }
        | Body::TabletStarted { .. }
        | Body::CrewSignedIn { .. } => {}
    }
}

fn asked(view: &mut CaseView, lookup: LookupId, consent: EventName, level: IdentityLevel, asked_at: Timestamp) {
    view.lookups.entry(lookup).or_insert(LookupState {
        asked_at,
        consent,
        level,
        card: None,
        period: Period::Summary,
        outcome: None,
        viewed: false,
        wiped: None,
    });
}

fn apply_patient(view: &mut CaseView, fact: &Fact, at: Timestamp) {
    match &fact.event.body {
        Body::CardBound { mark, also_of } => drop(view.cards.insert(*mark, BoundCard { at, also_of: *also_of })),
        Body::CardReleased { mark } => drop(view.cards.remove(mark)),
        Body::TemporaryIdSet { id } => view.temporary_id = *id,
        Body::IdentityFound { by } => view.identity_found = by.map(|by| (by, at)),
        Body::SamePatient { other, goes_on } => {
            let same = SamePatient { name: fact.event.name, at, goes_on: *goes_on };
            view.same_patient.insert(*other, same);
        }
        _ => {}
    }
}

/// A look-up is of the card that was bound last before it in its own log.
fn settle_cards(view: &mut CaseView, ordered: &[&Fact]) {
    let mut last: BTreeMap<LogId, CardMark> = BTreeMap::new();
    for fact in ordered {
        let log = fact.event.name.log;
        match &fact.event.body {
            Body::CardBound { mark, .. } => drop(last.insert(log, *mark)),
            Body::LookupAsked { lookup, .. } => {
                if let Some(state) = view.lookups.get_mut(lookup) {
                    state.card = state.card.or_else(|| last.get(&log).copied());
                }
            }
            _ => {}
        }
    }
}

fn decide(view: &mut CaseView, decided: Destination) {
    match view.destinations.get(&decided.version) {
        None => drop(view.destinations.insert(decided.version, decided)),
        Some(first) if first.hospital != decided.hospital => drop(view.conflicts.insert(decided.version)),
        Some(_) => {}
    }
}

fn apply_opening(view: &mut CaseView, fact: &Fact, at: Timestamp) {
    match &fact.event.body {
        Body::CaseOpened { incident, patient_no, call_received_at, scene, place, call_text } => {
            view.incident = view.incident.or(Some(*incident));
            view.patient_no = view.patient_no.max(*patient_no);
            view.scene = scene.or(view.scene);
            view.place = place.clone().or(view.place.take());
            view.call_text = call_text.clone().or(view.call_text.take());
            if let Some(received) = call_received_at {
                view.stages
                    .entry((1, Stage::CallReceived))
                    .or_insert_with(|| StageTime { at: *received, ..plain(fact) });
            }
        }
        Body::UnitAssigned { unit, callsign, leg } => {
            let units = view.units.entry(*leg).or_default();
            if !units.iter().any(|(known, _)| known == unit) {
                units.push((*unit, callsign.clone()));
            }
            view.stages.entry((*leg, Stage::Notified)).or_insert_with(|| StageTime { at, ..plain(fact) });
        }
        Body::TabletJoined { device, reason } => {
            let part = TabletPart { device: *device, reason: *reason, known_through: fact.event.name.seq };
            if *reason == JoinReason::NewStore {
                note_lost_store(view, *device, fact.event.name.log);
            }
            view.tablets.insert(fact.event.name.log, part);
        }
        _ => {}
    }
}

/// A tablet whose store is new wrote here before: what stood only in the old store may be missing.
fn note_lost_store(view: &mut CaseView, device: DeviceId, new_log: LogId) {
    let old: Vec<Gap> = view
        .tablets
        .iter()
        .filter(|(log, part)| part.device == device && **log != new_log)
        .map(|(log, _)| Gap { log: *log, known_through: 0 })
        .collect();
    if old.is_empty() {
        view.gaps.insert(Gap { log: new_log, known_through: 0 });
    }
    view.gaps.extend(old);
}

fn plain(fact: &Fact) -> StageTime {
    StageTime {
        stamp: fact.event.name,
        at: fact.event.at.corrected(),
        uncertain: is_uncertain(fact),
        corrected_from: None,
        pending: fact.commit.is_none(),
    }
}

/// The server's clock is the reference; a tablet's is uncertain until it has measured its offset.
fn is_uncertain(fact: &Fact) -> bool {
    let offset: Option<ClockOffset> = fact.event.at.offset;
    matches!(fact.event.writer, Writer::Tablet { .. }) && offset.is_none()
}

/// The earliest standing stamp of a stage counts: two tablets that both press it double nothing.
fn stamp(view: &mut CaseView, fact: &Fact, stage: Stage, leg: u8) {
    view.stages.entry((leg, stage)).or_insert_with(|| plain(fact));
}

fn observe(view: &mut CaseView, change: &FindingsChange, at: Timestamp) {
    let findings = &mut view.findings;
    match change {
        FindingsChange::Complaint { complaint, chosen: true } => drop(findings.complaints.insert(*complaint)),
        FindingsChange::Complaint { complaint, chosen: false } => drop(findings.complaints.remove(complaint)),
        FindingsChange::Jcs(jcs) => findings.jcs = *jcs,
        FindingsChange::Vital { vital, reading: Some(reading) } => {
            findings.vitals.insert(*vital, *reading);
            view.vitals_at.insert(*vital, at);
        }
        FindingsChange::Vital { vital, reading: None } => {
            findings.vitals.remove(vital);
            view.vitals_at.remove(vital);
        }
        FindingsChange::FollowUp { question, answer: Some(answer) } => {
            findings.follow_ups.insert(*question, *answer);
        }
        FindingsChange::FollowUp { question, answer: None } => drop(findings.follow_ups.remove(question)),
        FindingsChange::Triage(triage) => findings.triage = *triage,
        FindingsChange::Sex(sex) => findings.sex = *sex,
        FindingsChange::AgeBand(band) => findings.age_band = *band,
        FindingsChange::AgeYears(years) => findings.age_years = *years,
        FindingsChange::Onset(onset) => view.onset_at = *onset,
    }
}

fn send_enquiry(view: &mut CaseView, fact: &Fact, at: Timestamp) {
    let Body::EnquirySent {
        enquiry,
        hospital,
        lookup,
        needs,
        tell_alerts,
        batch,
        by_telephone,
        eta_tenths,
        override_reason,
    } = &fact.event.body
    else {
        return;
    };
    view.enquiries.entry(*enquiry).or_insert_with(|| EnquiryState {
        hospital: *hospital,
        sent_at: at,
        lookup: *lookup,
        needs: needs.clone(),
        tell_alerts: *tell_alerts,
        batch: *batch,
        by_telephone: *by_telephone,
        eta_tenths: *eta_tenths,
        override_reason: *override_reason,
        seen_at: None,
        answer: None,
        released: None,
        acknowledged: fact.commit.is_some(),
    });
}

fn apply_late(view: &mut CaseView, fact: &Fact) {
    let at = fact.event.at.corrected();
    match &fact.event.body {
        Body::StageCorrected { of, to: Some(to), .. } => correct(view, *of, *to),
        Body::ConsentWithdrawn { of } => {
            for consent in view.consents.iter_mut().filter(|c| c.name == *of) {
                consent.withdrawn = true;
            }
        }
        Body::LookupEnded { lookup, outcome } => {
            if let Some(state) = view.lookups.get_mut(lookup) {
                state.outcome.get_or_insert_with(|| outcome.clone());
            }
        }
        Body::LookupReaches { lookup, period } => {
            if let Some(state) = view.lookups.get_mut(lookup) {
                state.period = *period;
            }
        }
        Body::HistoryViewed { lookup } => {
            if let Some(state) = view.lookups.get_mut(lookup) {
                state.viewed = true;
            }
        }
        Body::HistoryWiped { lookup, cause } => {
            if let Some(state) = view.lookups.get_mut(lookup) {
                state.wiped.get_or_insert(*cause);
            }
        }
        Body::EnquirySeen { enquiry } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.seen_at.get_or_insert(at);
            }
        }
        Body::EnquiryAnswered { enquiry, answer, .. } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.answer = Some((answer.clone(), at));
            }
        }
        Body::EnquiryReleased { enquiry, reason } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.released.get_or_insert(*reason);
            }
        }
        _ => {}
    }
}

/// A gap says how far its log is known.
fn settle_gaps(view: &mut CaseView) {
    let tablets = &view.tablets;
    let known = |log: &LogId| tablets.get(log).map_or(0, |part| part.known_through);
    view.gaps =
        view.gaps.iter().map(|g| Gap { log: g.log, known_through: g.known_through.max(known(&g.log)) }).collect();
}

fn correct(view: &mut CaseView, of: EventName, to: Timestamp) {
    for time in view.stages.values_mut().filter(|time| time.stamp == of) {
        time.corrected_from.get_or_insert(time.at);
        time.at = to;
    }
}

/// A telephone agreement is taken up by the destination of the same hospital that the server wrote for it.
fn settle_agreements(view: &mut CaseView) {
    let decided: BTreeSet<HospitalId> = view.destinations.values().map(|d| d.hospital).collect();
    view.agreed.retain(|(_, hospital)| !decided.contains(hospital));
}

/// Whether an event was written for a hospital's desk.
#[must_use]
pub fn desk_of(event: &Event) -> Option<HospitalId> {
    match event.writer {
        Writer::Server(OnBehalf::Desk { hospital, .. }) => Some(hospital),
        Writer::Server(_) | Writer::Tablet { .. } => None,
    }
}
