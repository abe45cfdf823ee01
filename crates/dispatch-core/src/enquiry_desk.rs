//! A desk sees and answers an enquiry. An unconditional acceptance decides at once; exactly one wins.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::principal::{Principal, Scope};
use crate::report_capacity::report_from_answer;
use crate::server_log::write_about;
use crate::store::{EnquiryRow, EventStore, Ledger};
use case::enquiry::{AnswerRefused, answer, answer_until, withdraw};
use case::{AnsweredBy, Body, DeclineReason, EnquiryAnswer};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{CaseId, EnquiryId, HospitalId, Stage, Timestamp};

/// Somebody at the desk has an enquiry before them. Seeing it again writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`]; [`AnswerRefused::Unknown`] for an enquiry that is not the desk's.
pub async fn see_enquiry<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    enquiry: EnquiryId,
) -> Result<(), UseCaseError> {
    let (hospital, row) = own_enquiry(store, principal, enquiry).await?;
    write_about(store, call, Scope::Hospital(hospital), row.case, principal.on_behalf(), |loaded| {
        let unseen = loaded.view.enquiries.get(&enquiry).is_some_and(|e| e.seen_at.is_none() && e.released.is_none());
        Ok(if unseen { vec![Body::EnquirySeen { enquiry }] } else { Vec::new() })
    })
    .await?;
    Ok(())
}

/// A page of the desk has an enquiry, whether anybody looks or not. Having it again writes nothing.
///
/// # Errors
/// As [`see_enquiry`].
pub async fn receive_enquiry<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    enquiry: EnquiryId,
) -> Result<(), UseCaseError> {
    let (hospital, row) = own_enquiry(store, principal, enquiry).await?;
    write_about(store, call, Scope::Hospital(hospital), row.case, principal.on_behalf(), |loaded| {
        let known = loaded.view.enquiries.get(&enquiry);
        let news = known.is_some_and(|e| e.delivered_at.is_none() && e.released.is_none());
        Ok(if news { vec![Body::EnquiryDelivered { enquiry }] } else { Vec::new() })
    })
    .await?;
    Ok(())
}

/// The desk takes its acceptance back. The destination is open again, crew and dispatch are alarmed. Again writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`]; [`UseCaseError::Answer`] when the destination does not rest on this acceptance.
pub async fn withdraw_acceptance<S: EventStore + Ledger>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    enquiry: EnquiryId,
    reason: DeclineReason,
) -> Result<(), UseCaseError> {
    let (hospital, row) = own_enquiry(store, principal, enquiry).await?;
    let written = write_about(store, call, Scope::Hospital(hospital), row.case, principal.on_behalf(), |loaded| {
        Ok(withdraw(&loaded.view, enquiry, hospital, reason)?)
    })
    .await?;
    let said = EnquiryAnswer::Declined(reason);
    if let Some(report) = written.and_then(|_| report_of(&said, hospital, call.now())) {
        report_from_answer(store, report).await?;
    }
    Ok(())
}

/// Somebody at the destination signs for the patient (引継の受領). The first signature stands; again writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless this hospital is the destination; [`UseCaseError::BadRequest`] for a name that is
/// empty or too long, and before the unit has arrived.
pub async fn sign_handover<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    case: CaseId,
    name: &str,
) -> Result<(), UseCaseError> {
    let what = "signing for a patient";
    principal.require_any(DESK, what)?;
    let hospital = principal.require_hospital(what)?;
    let name = name.trim();
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(UseCaseError::BadRequest("the name of who signs is empty or too long"));
    }
    write_about(store, call, Scope::Hospital(hospital), case, principal.on_behalf(), |loaded| {
        let view = &loaded.view;
        if view.destination().is_none_or(|d| d.hospital != hospital) {
            return Err(NotPermitted { what }.into());
        }
        if view.stage(Stage::AtDestination).is_none() && view.stage(Stage::TransferOfCare).is_none() {
            return Err(UseCaseError::BadRequest("the unit has not arrived"));
        }
        let signed = Body::HandoverSigned { hospital, name: name.to_owned() };
        Ok(if view.signed_by.is_some() { Vec::new() } else { vec![signed] })
    })
    .await?;
    Ok(())
}

/// The desk answers. Answering the same again writes nothing; the answer also refreshes what is known of the capacity.
///
/// # Errors
/// [`UseCaseError::NotPermitted`]; [`UseCaseError::Answer`] when it is unknown, another hospital's or over;
/// [`UseCaseError::BadRequest`] for a condition that is empty, too long or already expired, and for `NoAnswer`.
pub async fn answer_enquiry<S: EventStore + Ledger>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    enquiry: EnquiryId,
    said: EnquiryAnswer,
) -> Result<(), UseCaseError> {
    let (hospital, row) = own_enquiry(store, principal, enquiry).await?;
    let at = call.now();
    check_answer(&said, at)?;
    let written = write_about(store, call, Scope::Hospital(hospital), row.case, principal.on_behalf(), |loaded| {
        let view = &loaded.view;
        // What is late is late, also when nobody has written it down yet.
        let waits = view.enquiries.get(&enquiry).is_some_and(|e| e.answer.is_none());
        if waits && answer_until(&loaded.facts).get(&enquiry).is_some_and(|until| *until <= at) {
            return Err(AnswerRefused::Over.into());
        }
        Ok(answer(view, enquiry, hospital, said.clone(), AnsweredBy::Page)?)
    })
    .await?;
    if let Some(report) = written.and_then(|_| report_of(&said, hospital, call.now())) {
        report_from_answer(store, report).await?;
    }
    Ok(())
}

async fn own_enquiry(
    store: &impl EventStore,
    principal: &Principal,
    enquiry: EnquiryId,
) -> Result<(HospitalId, EnquiryRow), UseCaseError> {
    principal.require_any(DESK, "answering an enquiry")?;
    let hospital = principal.require_hospital("answering an enquiry")?;
    let row = store.enquiry(enquiry).await?.filter(|row| row.hospital == hospital);
    Ok((hospital, row.ok_or(AnswerRefused::Unknown)?))
}

fn check_answer(said: &EnquiryAnswer, now: Timestamp) -> Result<(), UseCaseError> {
    match said {
        EnquiryAnswer::Conditional { condition, expires_at } => {
            let length = condition.chars().count();
            let fits = (1..=TEXT_CHARS_MAX).contains(&length) && *expires_at > now;
            if fits { Ok(()) } else { Err(UseCaseError::BadRequest("the condition or its end is not usable")) }
        }
        EnquiryAnswer::NoAnswer => Err(UseCaseError::BadRequest("a desk cannot answer with no answer")),
        EnquiryAnswer::Accepted | EnquiryAnswer::Declined(_) => Ok(()),
    }
}

/// What an answer says of the hospital as a whole. Refusals for reasons of this patient say nothing of it.
fn report_of(said: &EnquiryAnswer, hospital: HospitalId, at: Timestamp) -> Option<CapacityReport> {
    let (state, source) = match said {
        EnquiryAnswer::Accepted => (CapacityState::Free, CapacitySource::Acceptance),
        EnquiryAnswer::Declined(DeclineReason::BedsFull | DeclineReason::Busy | DeclineReason::InSurgery) => {
            (CapacityState::Full, CapacitySource::Refusal)
        }
        _ => return None,
    };
    Some(CapacityReport { hospital, capability: None, state, at, source, until: None })
}
