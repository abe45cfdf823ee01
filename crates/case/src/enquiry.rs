//! The rules of the enquiry (受入照会): what an answer, an offer taken or a telephone agreement makes true.
//!
//! Each function looks at a view and returns the events that must be written together with the cause, under a
//! compare-and-set on [`CaseView::next_version`]: at most one destination at any position of the log, every loser released.

use crate::body::Body;
use crate::view::{CaseView, EnquiryState};
use crate::words::{AnsweredBy, EnquiryAnswer, HowDecided, ReleaseReason};
use model::{EnquiryId, HospitalId, Timestamp};

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

fn open_enquiry(view: &CaseView, enquiry: EnquiryId) -> Result<&EnquiryState, AnswerRefused> {
    let state = view.enquiries.get(&enquiry).ok_or(AnswerRefused::Unknown)?;
    if view.is_closed() {
        return Err(AnswerRefused::Closed);
    }
    let decided_for_it = view.destination().is_some_and(|d| d.enquiry == Some(enquiry));
    if state.released.is_some() || (view.destination().is_some() && !decided_for_it) {
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
    if known.answer.as_ref().is_some_and(|(standing, _)| *standing == answer) {
        return Ok(Vec::new());
    }
    open_enquiry(view, enquiry)?;
    if view.destination().is_some_and(|d| d.enquiry == Some(enquiry)) {
        return Err(AnswerRefused::Over);
    }
    let accepted = answer == EnquiryAnswer::Accepted;
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
    let state = open_enquiry(view, enquiry)?;
    let stands = matches!(&state.answer, Some((EnquiryAnswer::Conditional { expires_at, .. }, _)) if *expires_at > now);
    if !stands {
        return Err(AnswerRefused::NoOffer);
    }
    let mut bodies = Vec::new();
    decide(view, state.hospital, Some(enquiry), HowDecided::OfferTaken, &mut bodies);
    Ok(bodies)
}

/// A destination agreed by telephone is a fact: it becomes the next version unless it is the destination already.
#[must_use]
pub fn agreed(view: &CaseView, hospital: HospitalId, enquiry: Option<EnquiryId>) -> Vec<Body> {
    let mut bodies = Vec::new();
    if view.destination().is_none_or(|d| d.hospital != hospital) && !view.is_closed() {
        decide(view, hospital, enquiry, HowDecided::Telephone, &mut bodies);
    }
    bodies
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
