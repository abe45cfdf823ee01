//! The rules of the enquiry (受入照会): what an answer, an offer taken or a telephone agreement makes true.
//!
//! Each function looks at a view and returns the events that must be written together with the cause, under a
//! compare-and-set on [`CaseView::next_version`]: at most one destination at any position of the log, every loser released.

use crate::body::Body;
use crate::facts::{CaseFacts, Fact};
use crate::view::{CaseView, Destination, EnquiryState};
use crate::words::{AnsweredBy, DeclineReason, EnquiryAnswer, HowDecided, ReleaseReason};
use model::{EnquiryId, HospitalId, Timestamp};
use std::collections::BTreeMap;

/// A hospital's page has so many minutes to answer; then the enquiry is over (`TimedOut`), and the crew telephones or goes on.
pub const ANSWER_MINUTES: i64 = 5;

/// An enquiry that nobody has seen after so many seconds is shown as unread: telephone (未読・電話へ).
pub const UNSEEN_SECONDS: i64 = 30;

/// Why an answer cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerRefused {
    /// No such enquiry in this case.
    #[error("answering an enquiry: it is not of this case")]
    Unknown,
    /// It was sent to another hospital.
    #[error("answering an enquiry: it was sent to another hospital")]
    OtherHospital,
    /// It is over: another hospital was decided, or the crew took it back.
    #[error("answering an enquiry: it is over")]
    Over,
    /// The offer has expired or was never made.
    #[error("taking an offer: there is no standing offer")]
    NoOffer,
    /// The case is closed.
    #[error("answering an enquiry: the case is closed")]
    Closed,
}

/// A page that was too late stays too late; whoever is reached by telephone afterwards has answered.
fn open_enquiry(view: &CaseView, enquiry: EnquiryId, by: AnsweredBy) -> Result<&EnquiryState, AnswerRefused> {
    let state = view.enquiries.get(&enquiry).ok_or(AnswerRefused::Unknown)?;
    if view.is_closed() {
        return Err(AnswerRefused::Closed);
    }
    let decided_for_it = view.destination().is_some_and(|d| d.enquiry == Some(enquiry));
    let reached = by == AnsweredBy::Telephone && state.released == Some(ReleaseReason::TimedOut);
    let over = state.released.is_some() && !reached;
    if over || state.withdrawn.is_some() || (view.destination().is_some() && !decided_for_it) {
        return Err(AnswerRefused::Over);
    }
    Ok(state)
}

/// A hospital answers. An unconditional acceptance of an open enquiry decides at once and releases everyone else.
///
/// # Errors
/// When the enquiry is unknown, another hospital's, or over. Answering the same again is allowed and adds nothing.
pub fn answer(
    view: &CaseView,
    enquiry: EnquiryId,
    hospital: HospitalId,
    answer: EnquiryAnswer,
    by: AnsweredBy,
) -> Result<Vec<Body>, AnswerRefused> {
    let known = view.enquiries.get(&enquiry).ok_or(AnswerRefused::Unknown)?;
    if known.hospital != hospital {
        return Err(AnswerRefused::OtherHospital);
    }
    let decided_for_it = view.destination().is_some_and(|d| d.enquiry == Some(enquiry));
    let accepted = answer == EnquiryAnswer::Accepted;
    let repeats = known.answer.as_ref().is_some_and(|(standing, _)| *standing == answer);
    // An acceptance that decides no more is no repetition: whoever says it again must hear that it is over.
    if repeats && (!accepted || decided_for_it) {
        return Ok(Vec::new());
    }
    open_enquiry(view, enquiry, by)?;
    if decided_for_it {
        return Err(AnswerRefused::Over);
    }
    let mut bodies = vec![Body::EnquiryAnswered { enquiry, hospital, answer, by }];
    if accepted {
        let how = if by == AnsweredBy::Telephone { HowDecided::Telephone } else { HowDecided::Accepted };
        decide(view, hospital, Some(enquiry), how, &mut bodies);
    }
    Ok(bodies)
}

/// The crew takes a conditional offer before it expires.
///
/// # Errors
/// When there is no standing offer.
pub fn take_offer(view: &CaseView, enquiry: EnquiryId, now: Timestamp) -> Result<Vec<Body>, AnswerRefused> {
    let state = open_enquiry(view, enquiry, AnsweredBy::Page)?;
    let stands = matches!(&state.answer, Some((EnquiryAnswer::Conditional { expires_at, .. }, _)) if *expires_at > now);
    if !stands {
        return Err(AnswerRefused::NoOffer);
    }
    let mut bodies = Vec::new();
    decide(view, state.hospital, Some(enquiry), HowDecided::OfferTaken, &mut bodies);
    Ok(bodies)
}

/// The hospital takes its acceptance back: the destination is open again, and this hospital is asked no more.
///
/// # Errors
/// When its acceptance is not what the destination rests on. Withdrawing again is allowed and adds nothing.
pub fn withdraw(
    view: &CaseView,
    enquiry: EnquiryId,
    hospital: HospitalId,
    reason: DeclineReason,
) -> Result<Vec<Body>, AnswerRefused> {
    let known = view.enquiries.get(&enquiry).ok_or(AnswerRefused::Unknown)?;
    if known.hospital != hospital {
        return Err(AnswerRefused::OtherHospital);
    }
    if known.withdrawn.is_some() {
        return Ok(Vec::new());
    }
    if view.is_closed() {
        return Err(AnswerRefused::Closed);
    }
    let decided = view.destination().filter(|d| d.enquiry == Some(enquiry)).ok_or(AnswerRefused::Over)?;
    Ok(vec![Body::AcceptanceWithdrawn { version: decided.version, enquiry, hospital, reason }])
}

/// The crew does not go to `version` after all: `change`, which the view does not have yet. What the server adds because of it:
/// the hospital that is not gone to is released, and another one is the next version when the crew named it. Where the crew goes
/// is a fact also when the server has decided anew since (the change was made without radio); a change that names nothing then
/// moves nothing, and the same change recorded again under another name neither.
#[must_use]
pub fn changed(view: &CaseView, version: u32, to: Option<HospitalId>, at: Timestamp) -> Vec<Body> {
    let mut bodies = Vec::new();
    let again = view.changes.iter().any(|c| (c.version, c.to, c.at) == (version, to, at));
    let standing = view.destination();
    if again || view.is_closed() || standing.is_some_and(|d| Some(d.hospital) == to) {
        return bodies;
    }
    match to {
        Some(hospital) => decide(view, hospital, None, HowDecided::CrewChanged, &mut bodies),
        None if standing.is_some_and(|d| d.version == version) => {
            release_others(view, None, ReleaseReason::CrewWithdrew, &mut bodies);
        }
        None => {}
    }
    bodies
}

/// A destination agreed by telephone is a fact: it becomes the next version unless it is the destination already, or was
/// taken up before (by the answer to its enquiry, or as the same agreement recorded under another name).
#[must_use]
pub fn agreed(view: &CaseView, hospital: HospitalId, enquiry: Option<EnquiryId>, at: Timestamp) -> Vec<Body> {
    let mut bodies = Vec::new();
    let again = view.agreements.iter().any(|a| (a.hospital, a.enquiry, a.at) == (hospital, enquiry, at));
    let ended_before = |version: &u32| view.ended_destinations.get(version).is_some_and(|(_, ended)| *ended < at);
    let for_it = |(version, d): (&u32, &Destination)| d.enquiry == enquiry && !ended_before(version);
    let taken_up = enquiry.is_some() && view.destinations.iter().any(for_it);
    let stands = view.destination().is_some_and(|d| d.hospital == hospital);
    if !(stands || taken_up || again || view.is_closed()) {
        decide(view, hospital, enquiry, HowDecided::Telephone, &mut bodies);
    }
    bodies
}

/// Unanswered enquiries whose time to answer ([`ANSWER_MINUTES`]) is over. One by telephone waits for the crew.
#[must_use]
pub fn time_out(facts: &CaseFacts, view: &CaseView, now: Timestamp) -> Vec<Body> {
    let until = answer_until(facts);
    let late = |id: &EnquiryId, e: &EnquiryState| {
        let over = until.get(id).is_some_and(|until| *until <= now);
        over && e.answer.is_none() && e.released.is_none() && !e.by_telephone
    };
    let late = view.enquiries.iter().filter(|(id, e)| !view.is_closed() && late(id, e));
    late.map(|(id, _)| Body::EnquiryReleased { enquiry: *id, reason: ReleaseReason::TimedOut }).collect()
}

/// Until when answers are waited for, from the receipt by the server: enquiries that it does not have are left out. Who
/// received a fact when is no part of what it means, so that this is read from the facts and not from their view.
#[must_use]
pub fn answer_until(facts: &CaseFacts) -> BTreeMap<EnquiryId, Timestamp> {
    let until = |fact: &Fact| match fact.event.body {
        Body::EnquirySent { enquiry, .. } => {
            fact.commit.map(|commit| (enquiry, commit.received_at.plus_minutes(ANSWER_MINUTES)))
        }
        _ => None,
    };
    facts.iter().filter_map(until).collect()
}

fn decide(view: &CaseView, hospital: HospitalId, enquiry: Option<EnquiryId>, how: HowDecided, bodies: &mut Vec<Body>) {
    bodies.push(Body::DestinationDecided { version: view.next_version(), hospital, enquiry, how });
    release_others(view, enquiry, ReleaseReason::DecidedElsewhere, bodies);
}

/// Releases every open enquiry but one.
pub fn release_others(view: &CaseView, keep: Option<EnquiryId>, reason: ReleaseReason, bodies: &mut Vec<Body>) {
    for (id, _) in view.enquiries.iter().filter(|(id, e)| Some(**id) != keep && e.released.is_none()) {
        bodies.push(Body::EnquiryReleased { enquiry: *id, reason });
    }
}
