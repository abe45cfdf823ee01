//! Every look without consent is reviewed by somebody of the department: once, audited, never changed.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{CLAIM_MINUTES, DISASTER_RETRY_HOURS, EMERGENCY_WAIT_MINUTES, REVIEWS_PAGE, TEXT_CHARS_MAX};
use crate::look_up_history::{code, snake, viewer_of};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::store::{DISASTER, EmergencyLook, Judged, Judgement, ReviewItem, Reviews, ReviewsOf, Verdict};
use audit::{Act, Outcome};
use model::{LookupId, Timestamp};
use patient_history::NotObtainableReason;

/// Roles that review: 指令監督 and 本部管理者.
pub const REVIEWERS: &[Role] = &[Role::DispatchSupervisor, Role::DepartmentAdmin];

/// Failures after which a tablet asks again under the same id; after every other one the crew begins another look-up.
const TRIED_AGAIN: [&str; 6] =
    ["national_error", "national_deadline", "national_unreachable", "national_protocol", "store_failed", "not_stored"];

/// Whether a look that showed nothing is not tried again.
fn is_final(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { reason } if !TRIED_AGAIN.contains(&reason.as_str()))
}

impl EmergencyLook {
    /// Whether nothing more can come of it: rows were shown or there were none, or it is too old to be tried again.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        let answered = matches!(&self.end, Some(end) if matches!(end.outcome, Outcome::Shown | Outcome::Nothing));
        // With consent, a look-up waits for the radio as long as its case.
        let waits = if self.reason.as_str() == DISASTER { DISASTER_RETRY_HOURS * 60 } else { EMERGENCY_WAIT_MINUTES };
        let ended = self.end.as_ref().is_some_and(|end| is_final(&end.outcome));
        answered || ended || self.begun_at.plus_minutes(waits + CLAIM_MINUTES) < now
    }
}

/// A reason's word on pages; the code itself for one that this program does not know.
#[must_use]
pub fn reason_words(reason: &str) -> String {
    let without_consent = |reason: &str| {
        let known = NotObtainableReason::ALL.into_iter().find(|known| snake(known) == reason);
        known.map_or_else(|| reason.to_owned(), |known| known.ja().to_owned())
    };
    match reason.strip_prefix(DISASTER) {
        Some("") => "災害時・カードなし（同意あり）".to_owned(),
        Some(rest) => format!("災害時・カードなし・{}", without_consent(rest.trim_start_matches('.'))),
        None => without_consent(reason),
    }
}

fn reviewer_scope(principal: &Principal, what: &'static str) -> Result<Scope, NotPermitted> {
    if principal.kind == PrincipalKind::System {
        return Ok(principal.scope);
    }
    principal.require_any(REVIEWERS, what)?;
    principal.require_department(what).map(Scope::Department)
}

/// The looks of the reviewer's department; of every one for the server itself.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for whoever does not review.
pub async fn reviews<S: Reviews>(
    store: &S,
    principal: &Principal,
    which: ReviewsOf,
) -> Result<Vec<ReviewItem>, UseCaseError> {
    let scope = reviewer_scope(principal, "reading the reviews")?;
    Ok(store.emergency_looks(scope, which, REVIEWS_PAGE).await?)
}

/// How many looks of the department wait for a review; a number only, for whoever sees the dispatch page.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] outside a department.
pub async fn open_reviews<S: Reviews>(store: &S, principal: &Principal) -> Result<u64, UseCaseError> {
    let department = principal.require_department("counting the reviews")?;
    Ok(store.open_reviews(Scope::Department(department)).await?)
}

/// Says what a look was. Of two reviewers the first one's word stands, and the second is told it.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for whoever does not review, and for the person who looked;
/// [`UseCaseError::NotFound`]; [`UseCaseError::UnderWay`] while it may still be tried again; [`UseCaseError::BadRequest`]
/// for a note that is too long.
pub async fn review<S: Reviews>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    lookup: LookupId,
    judgement: Judgement,
    note: &str,
) -> Result<Judged, UseCaseError> {
    let what = "reviewing a look";
    let scope = reviewer_scope(principal, what)?;
    let by = principal.person().ok_or(NotPermitted { what })?;
    let note = Some(note.trim()).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > TEXT_CHARS_MAX) {
        return Err(UseCaseError::BadRequest("the note is too long"));
    }
    let item = store.emergency_look(scope, lookup).await?.ok_or(UseCaseError::NotFound("the look"))?;
    if let Some(verdict) = item.verdict {
        return Ok(Judged::Already(verdict));
    }
    if item.look.person == Some(by) {
        return Err(NotPermitted { what: "reviewing one's own look" }.into());
    }
    if !item.look.is_over(call.now()) {
        return Err(UseCaseError::UnderWay);
    }
    let act = Act {
        by: viewer_of(principal),
        act: code(&format!("review.{}", judgement.key())),
        lookup: Some(lookup),
        case: Some(item.look.case),
        account: item.look.person,
        department: Some(item.look.department),
        until: None,
        unit: None,
    };
    let verdict = Verdict { lookup, judgement, note: note.map(str::to_owned), by, at: call.now() };
    Ok(store.review(verdict, act).await?)
}
