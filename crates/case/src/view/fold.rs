//! The one meaning of a case's facts: each at its place in the order.

use super::late::{apply_late, settle_agreements, settle_cards, settle_gaps};
use super::{
    Agreement, CaseView, Change, ConsentEntry, Destination, DestinationEnd, EnquiryState, Gap, LookupState, Lost,
    Signature, StageTime, TabletPart,
};
use crate::body::Body;
use crate::event::{Event, EventName, OnBehalf, Subject, Writer};
use crate::facts::{CaseFacts, Fact};
use crate::message::{Checked, Message};
use crate::patient::{BoundCard, SamePatient};
use crate::words::{FindingsChange, JoinReason};
use model::{ClockOffset, CrewId, DeviceId, LogId, LookupId, Stage, Timestamp};
use patient_history::{IdentityLevel, Period};
use std::collections::{BTreeMap, BTreeSet};

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
    settle_reported(&mut view, &ordered, &taken_back);
    // Corrections and withdrawals may sort before what they name when clocks disagree: they are applied last.
    for fact in &ordered {
        apply_late(&mut view, fact);
    }
    settle_cards(&mut view, &ordered);
    settle_agreements(&mut view, &ordered);
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
        Body::DestinationDecided { .. }
        | Body::DestinationAgreed { .. }
        | Body::AcceptanceWithdrawn { .. }
        | Body::DestinationChanged { .. }
        | Body::HandoverSigned { .. } => apply_destination(view, fact, at),
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
        Body::MessageToUnit { .. } | Body::CardAsked { .. } | Body::AlarmChecked { .. } => {
            apply_dispatch(view, fact, at)
        }
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
        | Body::EnquiryDelivered { .. }
        | Body::EnquiryUnwatched { .. }
        | Body::EnquirySeen { .. }
        | Body::EnquiryAnswered { .. }
        | Body::OfferTaken { .. }
        | Body::EnquiryReleased { .. }
        | Body::SuggestionRecorded { .. }
        | Body::StageReported { .. }
        | Body::MessageShown { .. }
        | Body::MessageAcknowledged { .. }
        | Body::TabletStarted { .. }
        | Body::CrewSignedIn { .. } => {}
    }
}

/// A stage that no tablet stamped stands as the dispatch system told it; the earliest report counts.
fn settle_reported(view: &mut CaseView, ordered: &[&Fact], taken_back: &BTreeSet<EventName>) {
    let stamped: BTreeSet<(u8, Stage)> = view.stages.keys().copied().collect();
    for fact in ordered.iter().filter(|fact| !taken_back.contains(&fact.event.name)) {
        let Body::StageReported { unit, stage, leg, at } = &fact.event.body else { continue };
        if stamped.contains(&(*leg, *stage)) {
            continue;
        }
        let earlier = view.stages.get(&(*leg, *stage)).is_some_and(|known| known.at <= *at);
        if !earlier {
            view.stages.insert((*leg, *stage), StageTime { at: *at, ..plain(fact) });
            view.reported.insert((*leg, *stage), *unit);
        }
    }
}

/// What the dispatch centre did beside sending units.
fn apply_dispatch(view: &mut CaseView, fact: &Fact, at: Timestamp) {
    match &fact.event.body {
        Body::MessageToUnit { message, to, text } => {
            view.messages.entry(*message).or_insert_with(|| Message {
                to: *to,
                text: text.clone(),
                sent_at: at,
                shown: BTreeMap::new(),
                acknowledged: BTreeMap::new(),
            });
        }
        Body::CardAsked { answer } => view.card_asked = Some((*answer, at)),
        Body::AlarmChecked { alarm, level } => {
            view.checked.insert(*alarm, Checked { level: *level, by: dispatcher_of(fact), at });
        }
        _ => {}
    }
}

/// The dispatcher on whose behalf the server wrote it.
fn dispatcher_of(fact: &Fact) -> Option<CrewId> {
    match fact.event.writer {
        Writer::Server(OnBehalf::Dispatcher(crew)) => Some(crew),
        Writer::Server(_) | Writer::Tablet { .. } => None,
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

fn apply_destination(view: &mut CaseView, fact: &Fact, at: Timestamp) {
    match &fact.event.body {
        Body::DestinationDecided { version, hospital, enquiry, how } => {
            decide(view, Destination { version: *version, hospital: *hospital, enquiry: *enquiry, how: *how, at });
        }
        Body::DestinationAgreed { hospital, enquiry } => {
            let agreement = Agreement { name: fact.event.name, hospital: *hospital, enquiry: *enquiry, at };
            view.agreements.push(agreement);
        }
        Body::AcceptanceWithdrawn { version, reason, .. } => {
            end(view, *version, DestinationEnd::Withdrawn(*reason), at);
        }
        Body::DestinationChanged { version, to, reason } => {
            view.changes.push(Change { name: fact.event.name, version: *version, to: *to, at });
            end(view, *version, DestinationEnd::Changed(*reason), at);
        }
        Body::HandoverSigned { hospital, name } => {
            view.signed_by.get_or_insert_with(|| Signature { hospital: *hospital, name: name.clone(), at });
        }
        _ => {}
    }
}

/// A hospital takes back what stands: where a change came as well, it came later.
fn end(view: &mut CaseView, version: u32, why: DestinationEnd, at: Timestamp) {
    let known = view.ended_destinations.entry(version).or_insert((why, at));
    if matches!((known.0, why), (DestinationEnd::Changed(_), DestinationEnd::Withdrawn(_))) {
        *known = (why, at);
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
            view.opened_by = view.opened_by.or(dispatcher_of(fact));
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
        delivered_at: None,
        unwatched: false,
        seen_at: None,
        answer: None,
        released: None,
        withdrawn: None,
        acknowledged: fact.commit.is_some(),
    });
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
