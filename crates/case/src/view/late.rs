//! What is applied when every fact has had its place: corrections and answers to what they name, cards to their look-ups, what
//! destinations took up, how far gaps are known.

use super::{Agreement, CaseView, Destination, Gap};
use crate::body::Body;
use crate::event::{EventName, Writer};
use crate::facts::Fact;
use crate::patient::CardMark;
use model::{LogId, Timestamp, UnitId};
use std::collections::BTreeMap;

/// Corrections, withdrawals and answers, whatever stood before them.
pub(super) fn apply_late(view: &mut CaseView, fact: &Fact) {
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
        Body::EnquiryDelivered { enquiry } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.delivered_at.get_or_insert(at);
            }
        }
        Body::EnquiryUnwatched { enquiry } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.unwatched = true;
            }
        }
        Body::AcceptanceWithdrawn { enquiry, reason, .. } => {
            if let Some(state) = view.enquiries.get_mut(enquiry) {
                state.withdrawn.get_or_insert((*reason, at));
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
        Body::MessageShown { message } => {
            if let (Some(state), Some(unit)) = (view.messages.get_mut(message), unit_of(fact)) {
                state.shown.entry(unit).or_insert(at);
            }
        }
        Body::MessageAcknowledged { message } => {
            if let (Some(state), Some(unit)) = (view.messages.get_mut(message), unit_of(fact)) {
                state.acknowledged.entry(unit).or_insert(at);
            }
        }
        _ => {}
    }
}

/// The unit whose tablet wrote it.
fn unit_of(fact: &Fact) -> Option<UnitId> {
    match fact.event.writer {
        Writer::Tablet { unit, .. } => Some(unit),
        Writer::Server(_) => None,
    }
}

/// A gap says how far its log is known.
pub(super) fn settle_gaps(view: &mut CaseView) {
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

/// A telephone agreement is taken up by the destination that the server wrote for it, or by one of the same hospital that
/// stands anyway. An earlier destination of that hospital which stands no more says nothing of it.
pub(super) fn settle_agreements(view: &mut CaseView, ordered: &[&Fact]) {
    let placed = |fact: &Fact| fact.commit.map(|commit| commit.position).filter(|position| *position > 0);
    let decided: BTreeMap<u32, Option<u64>> = ordered
        .iter()
        .filter_map(|fact| match fact.event.body {
            Body::DestinationDecided { version, .. } => Some((version, placed(fact))),
            _ => None,
        })
        .collect();
    let agreed: BTreeMap<EventName, Option<u64>> = ordered.iter().map(|f| (f.event.name, placed(f))).collect();
    let taken_up = |a: &&Agreement| {
        let after = |d: &Destination| {
            let places = agreed.get(&a.name).copied().flatten().zip(decided.get(&d.version).copied().flatten());
            places.map_or(d.at >= a.at, |(agreed, decided)| decided > agreed)
        };
        let for_it = |d: &Destination| a.enquiry.is_some() && d.enquiry == a.enquiry;
        let stands = view.destination().is_some_and(|d| d.hospital == a.hospital);
        stands || view.destinations.values().any(|d| d.hospital == a.hospital && (for_it(d) || after(d)))
    };
    view.agreed = view.agreements.iter().filter(|a| !taken_up(a)).map(|a| (a.name, a.hospital)).collect();
}

/// A look-up is of the card that was bound last before it in its own log.
pub(super) fn settle_cards(view: &mut CaseView, ordered: &[&Fact]) {
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
