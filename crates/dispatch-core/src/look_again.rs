//! A tablet that lost its memory (restarted, locked out, replaced) asks for a look-up again by its id: no card, nothing is
//! fetched, one more audit entry.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::look_up_history::{CrewViewer, HistoryReply, basis_of, check_case, code, shown_items, today, viewer_of};
use crate::principal::Principal;
use crate::server_log::load_case;
use crate::store::{AuditLog, EventStore, HistoryVault};
use audit::{Begin, Outcome, Viewing};
use case::{CaseView, ConsentEntry};
use field_alerts::RuleSet;
use model::{CaseId, LookupId, QuestionId};
use patient_history::{IdentityLevel, SectionKind};

/// The question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookAgain {
    /// The same one is answered again without another audit entry.
    pub question: QuestionId,
    /// The case.
    pub case: CaseId,
    /// A look-up of it that was answered.
    pub lookup: LookupId,
}

/// Shows the server's own copy of a look-up again. In this order: session and roles; case and unit; the consent it rests
/// on still stands; the copy; audit begin, durable; audit complete.
///
/// # Errors
/// Those of a look-up; [`UseCaseError::Expired`] when the copy is gone: its window is over, or the consent was withdrawn.
pub async fn look_again<S>(
    store: &S,
    rules: &RuleSet,
    call: &mut Call<'_>,
    principal: &Principal,
    asked: LookAgain,
) -> Result<HistoryReply, UseCaseError>
where
    S: EventStore + AuditLog + HistoryVault,
{
    let viewer = CrewViewer::of(principal)?;
    let loaded = load_case(store, principal.case_scope("looking at the history again")?, asked.case).await?;
    check_case(&loaded, &viewer)?;
    let consent = standing_consent(&loaded.view, asked.lookup)?;
    let now = call.now();
    let entry = store.history(asked.lookup, asked.case, now).await?.ok_or(UseCaseError::Expired)?;
    let begin = Begin {
        viewer: viewer_of(principal),
        case: asked.case,
        lookup: asked.lookup,
        viewing: Viewing::Review,
        basis: basis_of(&consent.basis, consent.name),
        items: SectionKind::ALL.into_iter().filter(|k| consent.basis.permits(*k)).map(|k| code(k.key())).collect(),
    };
    if let Some(ticket) = store.begin_once(now, asked.question, begin).await? {
        let outcome = if entry.snapshot.is_blank() { Outcome::Nothing } else { Outcome::Shown };
        store.complete(now, ticket, outcome, shown_items(&entry.snapshot)).await?;
    }
    let findings = loaded.view.findings_at(now);
    let evaluation = rules.evaluate(loaded.head.department, &entry.snapshot, &findings, today(now)?);
    Ok(HistoryReply { snapshot: entry.snapshot, evaluation })
}

/// The consent that the look-up rests on, if it is the one that stands and the patient is the card's holder.
fn standing_consent(view: &CaseView, lookup: LookupId) -> Result<&ConsentEntry, UseCaseError> {
    let state = view.lookups.get(&lookup).ok_or(UseCaseError::Expired)?;
    let standing = view.consent().filter(|c| c.name == state.consent).ok_or(UseCaseError::ConsentWithdrawn)?;
    match view.identity {
        // A card that was another person's says nothing of a look-up without one.
        Some((_, false, _)) if state.level != IdentityLevel::FourAttributes => Err(UseCaseError::WrongPerson),
        _ if !standing.basis.allows_lookup() => Err(UseCaseError::ConsentRefuses),
        _ => Ok(standing),
    }
}
