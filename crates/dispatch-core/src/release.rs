//! The rows of a history for the accepting hospital: before arrival, until the end of the next calendar day in Japan.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::look_up_history::{basis_of, code, shown_items, today, viewer_of};
use crate::principal::{Principal, Scope};
use crate::server_log::load_case;
use crate::store::{AuditLog, EventStore, HistoryVault, VaultEntry};
use audit::{Begin, Outcome, Viewing};
use case::{CaseView, ConsentEntry, LookupOutcome};
use field_alerts::{Evaluation, RuleSet};
use model::{CaseId, HospitalId, LookupId, Timestamp};
use patient_history::{HistorySnapshot, SectionKind};

/// What is handed to the hospital.
#[derive(Clone, Debug)]
pub struct Released {
    /// The history.
    pub snapshot: HistorySnapshot,
    /// What it means.
    pub evaluation: Evaluation,
    /// Until when it can be read here.
    pub until: Timestamp,
}

/// Opens the history for the desk of the destination. Each opening is audited.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless this hospital is the destination; [`UseCaseError::ConsentRefuses`] when hospitals
/// may not be told, [`UseCaseError::ConsentWithdrawn`]; [`UseCaseError::Expired`] when the rows are gone.
pub async fn released_history<S: EventStore + AuditLog + HistoryVault>(
    store: &S,
    rules: &RuleSet,
    call: &Call<'_>,
    principal: &Principal,
    case: CaseId,
) -> Result<Released, UseCaseError> {
    principal.require_any(DESK, "opening a released history")?;
    let hospital = principal.require_hospital("opening a released history")?;
    let loaded = load_case(store, Scope::Hospital(hospital), case).await?;
    let consent = permit(&loaded.view, hospital)?;
    let lookup = answered_lookup(&loaded.view, consent).ok_or(UseCaseError::NotFound("the look-up"))?;
    let begin = Begin {
        viewer: viewer_of(principal),
        case,
        lookup,
        viewing: Viewing::HospitalRelease,
        basis: basis_of(&consent.basis, consent.name),
        items: SectionKind::ALL.into_iter().filter(|k| consent.basis.permits(*k)).map(|k| code(k.key())).collect(),
    };
    let ticket = store.begin(call.now(), begin).await?;
    let Some(VaultEntry { snapshot, expires_at, .. }) = store.history(lookup, case, call.now()).await? else {
        let refused = Outcome::Refused { reason: code("expired") };
        store.complete(call.now(), ticket, refused, Vec::new()).await?;
        return Err(UseCaseError::Expired);
    };
    store.complete(call.now(), ticket, Outcome::Shown, shown_items(&snapshot)).await?;
    let (department, findings) = (loaded.head.department, loaded.view.findings_at(call.now()));
    let evaluation = rules.evaluate(department, &snapshot, &findings, today(call.now())?);
    Ok(Released { snapshot, evaluation, until: expires_at })
}

/// When this hospital was last shown what was released to it of a case; none = nobody of it has looked. Another hospital's looks are not told.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but a desk.
pub async fn history_read_at(
    store: &impl AuditLog,
    principal: &Principal,
    case: CaseId,
) -> Result<Option<Timestamp>, UseCaseError> {
    principal.require_any(DESK, "seeing whether the history was read")?;
    let hospital = principal.require_hospital("seeing whether the history was read")?;
    let looks = store.looks(case).await?;
    let own = looks.into_iter().filter(|look| look.begin.viewer.hospital == Some(hospital));
    Ok(own.filter_map(|look| look.end).filter(|end| end.outcome == Outcome::Shown).map(|end| end.at).max())
}

/// The standing consent, when it covers the hospital that accepted. A case in which nobody ever asked is told from one
/// in which the patient took the consent back.
pub(crate) fn permit(view: &CaseView, hospital: HospitalId) -> Result<&ConsentEntry, UseCaseError> {
    if view.destination().is_none_or(|d| d.hospital != hospital) {
        return Err(NotPermitted { what: "opening the history without having accepted" }.into());
    }
    if view.consents.is_empty() {
        return Err(UseCaseError::NotFound("a consent"));
    }
    let consent = view.consent().ok_or(UseCaseError::ConsentWithdrawn)?;
    if consent.basis.permits_hospital() { Ok(consent) } else { Err(UseCaseError::ConsentRefuses) }
}

/// The newest answered look-up under this consent; while none is known to be answered, the newest. One that is under way or
/// failed never stands before one that was answered.
pub(crate) fn answered_lookup(view: &CaseView, consent: &ConsentEntry) -> Option<LookupId> {
    let mut found: Vec<_> = view.lookups.iter().filter(|(_, state)| state.consent == consent.name).collect();
    found.sort_by_key(|(id, state)| (state.outcome == Some(LookupOutcome::Answered), state.asked_at, **id));
    found.last().map(|(id, _)| **id)
}
