//! A second fold, written from the rules in the design and as plainly as can be: figures of a case from its facts. Slow,
//! and shares nothing with the product's but the facts.

use case::{Body, CaseView, EventName, FindingsChange};
use dispatch_core::store::CommittedFact;
use model::{Complaint, HospitalId, Stage, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Facts in the order in which they count: by corrected time, but never against the order of a log.
fn ordered(facts: &[CommittedFact]) -> Vec<&CommittedFact> {
    let time_of = |fact: &CommittedFact| {
        let earlier = facts.iter().filter(|other| {
            other.stored.name.log == fact.stored.name.log && other.stored.name.seq <= fact.stored.name.seq
        });
        earlier.map(corrected).max()
    };
    let mut keyed: Vec<_> = facts.iter().map(|fact| (time_of(fact), fact.stored.name, fact)).collect();
    keyed.sort_by_key(|(at, name, _)| (*at, *name));
    keyed.into_iter().map(|(_, _, fact)| fact).collect()
}

fn corrected(fact: &CommittedFact) -> Timestamp {
    let at = fact.event.at;
    Timestamp(at.utc.0 + at.offset.map_or(0, |offset| offset.us))
}

/// The times of the stages, by leg.
fn stages(facts: &[&CommittedFact]) -> BTreeMap<(u8, Stage), (EventName, Timestamp)> {
    let mut gone = BTreeSet::new();
    for fact in facts {
        match fact.event.body {
            Body::StageUndone { of } | Body::StageCorrected { of, to: None, .. } => drop(gone.insert(of)),
            _ => {}
        }
    }
    let mut times = BTreeMap::new();
    for fact in facts {
        if let Body::StageStamped { stage, leg } = fact.event.body
            && !gone.contains(&fact.stored.name)
        {
            times.entry((leg, stage)).or_insert((fact.stored.name, corrected(fact)));
        }
    }
    for fact in facts {
        if let Body::StageCorrected { of, to: Some(to), .. } = fact.event.body {
            for (_, at) in times.values_mut().filter(|(stamp, _)| *stamp == of) {
                *at = to;
            }
        }
    }
    times
}

fn complaints(facts: &[&CommittedFact]) -> BTreeSet<Complaint> {
    let mut chosen = BTreeMap::new();
    for fact in facts {
        if let Body::Observed { change: FindingsChange::Complaint { complaint, chosen: yes } } = &fact.event.body {
            chosen.insert(*complaint, *yes);
        }
    }
    chosen.into_iter().filter(|(_, yes)| *yes).map(|(complaint, _)| complaint).collect()
}

fn destination(facts: &[&CommittedFact]) -> Option<HospitalId> {
    let decided = facts.iter().filter_map(|fact| match fact.event.body {
        Body::DestinationDecided { version, hospital, .. } => Some((version, hospital)),
        _ => None,
    });
    decided.max_by_key(|(version, _)| *version).map(|(_, hospital)| hospital)
}

/// Consents that stand at the end: none once the last one is withdrawn.
fn consents(facts: &[&CommittedFact]) -> (usize, bool) {
    let recorded: Vec<EventName> = facts
        .iter()
        .filter(|fact| matches!(fact.event.body, Body::ConsentRecorded { .. }))
        .map(|fact| fact.stored.name)
        .collect();
    let withdrawn = facts
        .iter()
        .any(|fact| matches!(fact.event.body, Body::ConsentWithdrawn { of } if Some(&of) == recorded.last()));
    (recorded.len(), !recorded.is_empty() && !withdrawn)
}

/// What differs between a view and the plain figures, if anything.
pub(crate) fn compare(facts: &[CommittedFact], view: &CaseView) -> Result<(), String> {
    let facts = ordered(facts);
    for ((leg, stage), (stamp, at)) in stages(&facts) {
        match view.stages.get(&(leg, stage)) {
            Some(shown) if shown.at == at && shown.stamp == stamp => {}
            // The dispatch centre's own times take these two places first.
            Some(_) if matches!(stage, Stage::CallReceived | Stage::Notified) => {}
            shown => return Err(format!("{stage:?}: {stamp:?} at {at:?}, shown {shown:?}")),
        }
    }
    if complaints(&facts) != view.findings.complaints {
        return Err(format!("complaints {:?}, shown {:?}", complaints(&facts), view.findings.complaints));
    }
    if destination(&facts) != view.destination().map(|decided| decided.hospital) {
        return Err(format!("destination {:?}, shown {:?}", destination(&facts), view.destination()));
    }
    let (recorded, stands) = consents(&facts);
    if (recorded, stands) != (view.consents.len(), view.consent().is_some()) {
        return Err(format!("consents {recorded} (stands: {stands}), shown {:?}", view.consents));
    }
    let ended = facts.iter().any(|fact| matches!(fact.event.body, Body::CaseEnded { .. }));
    if ended != view.is_closed() {
        return Err(format!("ended {ended}, shown {:?}", view.ending));
    }
    if !view.conflicts.is_empty() {
        return Err(format!("versions decided twice: {:?}", view.conflicts));
    }
    Ok(())
}
