//! A crew looks at the history: consent first, audit before the fetch, the same look-up never fetched twice.

use crate::call::Call;
use crate::disaster::check_disaster;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{CLAIM_MINUTES, EMERGENCY_WAIT_MINUTES};
use crate::nonces::Nonce;
use crate::principal::{Principal, PrincipalKind, Role, Scope, TabletOf};
use crate::server_log::{LoadedCase, load_case};
use crate::signed_evidence::{CardChecks, check_evidence};
use crate::staff_password::check_staff_password;
use crate::store::{
    AuditLog, AuditTicket, Claim, Disasters, EventStore, HistoryVault, StaffPasswords, UsedNonces, VaultEntry,
};
use audit::{Basis, Begin, Code, ConsentRef, Outcome, ShownItem, Viewer, Viewing};
use case::{CardMark, CaseView, EventName};
use field_alerts::{Evaluation, RuleSet};
use model::{CaseId, CivilDate, CrewId, DepartmentId, LookupId, Timestamp};
use patient_history::{
    ConsentBasis, ConsentKind, HistoryQuery, HistorySnapshot, HistorySource, IdentityLevel, LookupEvidence, Period,
    Requester, SectionCount, SectionKind,
};

/// The question.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// The case.
    pub case: CaseId,
    /// The look-up's id: the same one is the same look-up.
    pub lookup: LookupId,
    /// The consent event.
    pub consent: EventName,
    /// What the tablet says that event says.
    pub basis: ConsentBasis,
    /// Card and identity.
    pub evidence: LookupEvidence,
    /// Which view.
    pub period: Period,
}

/// The answer. In memory only.
#[derive(Clone, Debug)]
pub struct HistoryReply {
    /// What the national system returned.
    pub snapshot: HistorySnapshot,
    /// What it means with the present findings.
    pub evaluation: Evaluation,
}

/// Looks the history up. In this order: session and roles; case and unit; consent; the staff password, where the
/// department requires it for 目視; the disaster period, without a card; the server's own copy; audit begin, durable; the
/// card's certificate, where roots are configured; its signature, if the level says that there is one, and its nonce; the
/// national system; the vault; audit
/// complete. Nothing is fetched when a step before fails. A copy is what was looked up under this id with a signature that
/// stood: asked again, the signature is not looked at again.
///
/// # Errors
/// One per step; [`UseCaseError::ConsentNotOnRecord`] and [`UseCaseError::NoSuchCase`] may pass once the tablet's facts have
/// arrived, [`UseCaseError::UnderWay`] once the first of two equal questions is answered.
pub async fn look_up_history<S, H>(
    store: &S,
    source: &H,
    rules: &RuleSet,
    checks: CardChecks<'_>,
    call: &mut Call<'_>,
    principal: &Principal,
    question: LookUp,
) -> Result<HistoryReply, UseCaseError>
where
    S: EventStore + AuditLog + HistoryVault + UsedNonces + StaffPasswords + Disasters,
    H: HistorySource + Sync,
{
    let viewer = CrewViewer::of(principal)?;
    let loaded = load_case(store, principal.case_scope("looking up the history")?, question.case).await?;
    check_case(&loaded, &viewer)?;
    check_consent(&loaded.view, &question, call.now())?;
    check_staff_password(store, &viewer, &question).await?;
    let now = call.now();
    check_disaster(store, loaded.head.department, &question, now).await?;
    let claim = store.claim(question.lookup, question.case, now, now.plus_minutes(-CLAIM_MINUTES)).await?;
    let entry = match claim {
        Claim::Here(entry) => *entry,
        Claim::Held => return Err(UseCaseError::UnderWay),
        Claim::Gone => return Err(UseCaseError::Expired),
        Claim::OtherCase => return Err(UseCaseError::BadRequest("the look-up's id was used for another case")),
        Claim::Granted => {
            let evidence = check_evidence(checks, &loaded, &viewer, &question, now);
            fetch(store, source, call, &viewer, question, evidence).await?
        }
    };
    let findings = loaded.view.findings_at(now);
    let evaluation = rules.evaluate(loaded.head.department, &entry.snapshot, &findings, today(now)?);
    Ok(HistoryReply { snapshot: entry.snapshot, evaluation })
}

/// The crew member who looks.
pub(crate) struct CrewViewer {
    pub(crate) crew: CrewId,
    pub(crate) department: DepartmentId,
    pub(crate) tablet: TabletOf,
    principal: Principal,
}

impl CrewViewer {
    pub(crate) fn of(principal: &Principal) -> Result<Self, UseCaseError> {
        let what = "looking up the history";
        if principal.kind == PrincipalKind::Device {
            return Err(UseCaseError::NoSession);
        }
        let (department, tablet) = principal.require_tablet(what)?;
        principal.require_any(&[Role::Crew, Role::CrewLeader], what)?;
        let crew = principal.person().filter(|_| principal.session.is_some()).ok_or(UseCaseError::NoSession)?;
        Ok(Self { crew, department, tablet, principal: principal.clone() })
    }
}

/// A look needs an open case of the viewer's own unit.
pub(crate) fn check_case(loaded: &LoadedCase, viewer: &CrewViewer) -> Result<(), UseCaseError> {
    if !loaded.head.units.contains(&viewer.tablet.unit) {
        return Err(NotPermitted { what: "looking up the history of another unit's case" }.into());
    }
    if loaded.view.is_closed() {
        return Err(UseCaseError::CaseClosed);
    }
    Ok(())
}

fn check_consent(view: &CaseView, question: &LookUp, now: Timestamp) -> Result<(), UseCaseError> {
    let recorded = view.consents.iter().find(|c| c.name == question.consent);
    let recorded = recorded.ok_or(UseCaseError::ConsentNotOnRecord)?;
    // Only the last recorded basis stands: a refusal after an agreement takes it away.
    if view.consent().is_none_or(|standing| standing.name != recorded.name) {
        return Err(UseCaseError::ConsentWithdrawn);
    }
    if recorded.basis != question.basis {
        return Err(UseCaseError::ConsentDiffers);
    }
    if !recorded.basis.allows_lookup() {
        return Err(UseCaseError::ConsentRefuses);
    }
    // A card that was another person's says nothing of a look-up without one.
    let is_of_card = question.evidence.attributes.is_none();
    if is_of_card && (matches!(view.identity, Some((_, false, _))) || is_another_card(view, question)) {
        return Err(UseCaseError::WrongPerson);
    }
    let asked_at = view.lookups.get(&question.lookup).map_or(recorded.at, |state| state.asked_at);
    if recorded.basis.is_emergency() && asked_at.plus_minutes(EMERGENCY_WAIT_MINUTES) < now {
        return Err(UseCaseError::Expired);
    }
    Ok(())
}

/// A look-up is of the card that was bound to the case when it was asked: no other one may answer it.
fn is_another_card(view: &CaseView, question: &LookUp) -> bool {
    let bound = view.lookups.get(&question.lookup).and_then(|state| state.card);
    bound.is_some_and(|mark| mark != CardMark::of(question.case, &question.evidence.certificate))
}

async fn fetch<S, H>(
    store: &S,
    source: &H,
    call: &Call<'_>,
    viewer: &CrewViewer,
    question: LookUp,
    evidence: Result<Option<Nonce>, UseCaseError>,
) -> Result<VaultEntry, UseCaseError>
where
    S: EventStore + AuditLog + HistoryVault + UsedNonces,
    H: HistorySource + Sync,
{
    let begin = begin_entry(viewer, &question);
    let ticket = match store.begin(call.now(), begin).await {
        Ok(ticket) => ticket,
        Err(error) => {
            store.give_up(question.lookup).await?;
            return Err(error.into());
        }
    };
    let (lookup, case) = (question.lookup, question.case);
    let query = HistoryQuery {
        lookup,
        requester: Requester { department: viewer.department, crew: viewer.crew, device: viewer.tablet.device },
        evidence: question.evidence.clone(),
        consent: question.basis.clone(),
        period: question.period,
        asked_at: call.now(),
    };
    let fetched = match stands(store, evidence, lookup).await {
        Ok(()) => source.fetch(query).await.map_err(UseCaseError::from),
        Err(error) => Err(error),
    };
    let refused = match fetched {
        Ok(snapshot) => {
            let expires_at = end_of_next_day(call.now())?;
            let entry = VaultEntry { lookup, case, department: viewer.department, expires_at, snapshot };
            keep(store, call, ticket, &entry).await?;
            // Looked at once the key exists: a withdrawal that is stored later destroys it, an earlier one is seen here.
            match still_allowed(store, viewer, &question, call.now()).await {
                Ok(()) => {
                    let outcome = if entry.snapshot.is_blank() { Outcome::Nothing } else { Outcome::Shown };
                    store.complete(call.now(), ticket, outcome, shown_items(&entry.snapshot)).await?;
                    return Ok(entry);
                }
                Err(error) => {
                    store.destroy_lookup(lookup).await?;
                    error
                }
            }
        }
        Err(error) => error,
    };
    let reason = code(&refused.code());
    let outcome = match refused {
        UseCaseError::Source(_) | UseCaseError::Store(_) => Outcome::Failed { reason },
        _ => Outcome::Refused { reason },
    };
    store.complete(call.now(), ticket, outcome, Vec::new()).await?;
    store.give_up(lookup).await?;
    Err(refused)
}

/// What was shown of the card stands when its nonce is this look-up's.
async fn stands(
    store: &impl UsedNonces,
    evidence: Result<Option<Nonce>, UseCaseError>,
    lookup: LookupId,
) -> Result<(), UseCaseError> {
    match evidence? {
        Some(nonce) if !store.use_nonce(nonce, lookup).await? => Err(UseCaseError::NonceUsed),
        _ => Ok(()),
    }
}

/// The patient may have taken the consent back while the national system was asked.
async fn still_allowed(
    store: &impl EventStore,
    viewer: &CrewViewer,
    question: &LookUp,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    let loaded = load_case(store, Scope::Department(viewer.department), question.case).await?;
    check_consent(&loaded.view, question, now)
}

async fn keep<S: AuditLog + HistoryVault>(
    store: &S,
    call: &Call<'_>,
    ticket: AuditTicket,
    entry: &VaultEntry,
) -> Result<(), UseCaseError> {
    if let Err(error) = store.put(entry.clone()).await {
        let outcome = Outcome::Failed { reason: code("not_stored") };
        store.complete(call.now(), ticket, outcome, Vec::new()).await?;
        store.give_up(entry.lookup).await?;
        return Err(error.into());
    }
    Ok(())
}

fn begin_entry(viewer: &CrewViewer, question: &LookUp) -> Begin {
    Begin {
        viewer: viewer_of(&viewer.principal),
        case: question.case,
        lookup: question.lookup,
        viewing: match question.evidence.level {
            IdentityLevel::FourAttributes => Viewing::Disaster,
            _ => Viewing::CrewLookup,
        },
        basis: basis_of(&question.basis, question.consent),
        items: SectionKind::ALL.into_iter().filter(|k| question.basis.permits(*k)).map(|k| code(k.key())).collect(),
    }
}

/// Who looks, as the audit writes it.
pub(crate) fn viewer_of(principal: &Principal) -> Viewer {
    Viewer {
        person: principal.person(),
        session: principal.session,
        device: principal.tablet.map(|tablet| tablet.device),
        department: principal.department(),
        hospital: principal.hospital(),
        role: code(principal.roles.first().map_or(principal.kind.key(), |role| role.key())),
    }
}

/// On what basis, as the audit writes it.
pub(crate) fn basis_of(basis: &ConsentBasis, consent: EventName) -> Basis {
    let event = ConsentRef { log: consent.log, seq: consent.seq };
    match basis {
        ConsentBasis::Spoken { told_to_hospitals, .. } => {
            Basis::Consent { method: code("spoken"), event, told_hospitals: *told_to_hospitals }
        }
        ConsentBasis::NotObtainable { reason } => Basis::Emergency { reason: code(&snake(reason)), event },
        ConsentBasis::Refused { .. } => Basis::Consent { method: code("refused"), event, told_hospitals: false },
    }
}

/// What was shown, as the audit writes it.
pub(crate) fn shown_items(snapshot: &HistorySnapshot) -> Vec<ShownItem> {
    let rows = |count| match count {
        SectionCount::Rows(rows) => Some(u32::try_from(rows).unwrap_or(u32::MAX)),
        SectionCount::NoRecord => Some(0),
        SectionCount::NotPermitted | SectionCount::NotAsked => None,
    };
    let items = snapshot.counts().into_iter();
    items.filter_map(|(kind, count)| rows(count).map(|rows| ShownItem { item: code(kind.key()), rows })).collect()
}

/// A variant's stored word, for a code.
pub(crate) fn snake(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => "other".to_owned(),
    }
}

/// A code of ours; a word that is none becomes `other` rather than a failure in an emergency.
pub(crate) fn code(text: &str) -> Code {
    match Code::new(text).or_else(|_| Code::new("other")) {
        Ok(code) => code,
        Err(_) => unreachable!("`other` is a code"),
    }
}

pub(crate) fn today(now: Timestamp) -> Result<CivilDate, UseCaseError> {
    now.tokyo_date().ok_or(UseCaseError::BadRequest("the server's clock is outside the calendar"))
}

/// The end of the next calendar day in Japan: until then the accepting hospital may read.
pub(crate) fn end_of_next_day(now: Timestamp) -> Result<Timestamp, UseCaseError> {
    const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
    const TOKYO_US: i64 = 9 * 60 * 60 * 1_000_000;
    today(now)?;
    let local_midnight = now.plus_us(TOKYO_US).0.div_euclid(DAY_US) * DAY_US;
    Ok(Timestamp(local_midnight).plus_us(2 * DAY_US - TOKYO_US))
}

/// The kinds of information that a basis opens, for a page.
#[must_use]
pub fn permitted_kinds(basis: &ConsentBasis) -> Vec<ConsentKind> {
    ConsentKind::ALL.into_iter().filter(|kind| basis.permits_kind(*kind)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_ends_with_the_next_day_in_japan() {
        // 2026-11-20 23:30 in Japan.
        let late = Timestamp::from_millis(1_795_132_800_000).plus_minutes(14 * 60 + 30);
        let end = end_of_next_day(late).expect("inside the calendar");
        assert_eq!(end.tokyo_rfc3339(), "2026-11-22T00:00:00.000+09:00");
        let early = Timestamp::from_millis(1_795_132_800_000).plus_minutes(-9 * 60);
        assert_eq!(end_of_next_day(early).expect("inside the calendar"), end);
    }
}
