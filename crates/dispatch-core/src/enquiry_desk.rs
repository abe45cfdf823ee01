//! A desk sees and answers an enquiry. An unconditional acceptance decides at once; exactly one wins.

use crate::board::DESK;
use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::TEXT_CHARS_MAX;
use crate::principal::{Principal, Scope};
use crate::server_log::write_about;
use crate::store::{EnquiryRow, EventStore, Ledger};
use case::enquiry::{AnswerRefused, answer};
use case::{AnsweredBy, Body, DeclineReason, EnquiryAnswer};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{EnquiryId, HospitalId, Timestamp};

/// The desk's page has shown an enquiry. Seeing it again writes nothing.
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
    check_answer(&said, call.now())?;
    let written = write_about(store, call, Scope::Hospital(hospital), row.case, principal.on_behalf(), |loaded| {
        Ok(answer(&loaded.view, enquiry, hospital, said.clone(), AnsweredBy::Page)?)
    })
    .await?;
    if let Some(report) = written.and_then(|_| report_of(&said, hospital, call.now())) {
        store.report_capacity(report).await?;
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
