//! 目視 with a staff password (目視確認用パスワード), where a department requires it: four digits for each crew account, made
//! by the server, shown once, without expiry; forgotten means reissued. It says that a crew member compared the face, and
//! is no secret of the card.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{STAFF_LOCK_MINUTES, STAFF_PASSWORD_DIGITS, STAFF_TRIES};
use crate::look_up_history::{CrewViewer, LookUp, code, viewer_of};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::sign_in::PasscodeVerifier;
use crate::store::{Directory, StaffPasswords, StaffTry, TryLimit};
use audit::Act;
use model::{CrewId, DepartmentId, LookupId};
use patient_history::IdentityLevel;

/// What a crew member typed, for the look-up it is meant for.
pub struct StaffPasswordTry<'a> {
    /// The look-up.
    pub lookup: LookupId,
    /// The digits.
    pub password: &'a str,
}

pub(crate) fn may_manage(
    principal: &Principal,
    department: DepartmentId,
    what: &'static str,
) -> Result<(), NotPermitted> {
    let own = principal.scope == Scope::Department(department) && principal.has_any(&[Role::DepartmentAdmin]);
    if own || principal.kind == PrincipalKind::System { Ok(()) } else { Err(NotPermitted { what }) }
}

pub(crate) fn act(principal: &Principal, what: &str, department: DepartmentId, account: Option<CrewId>) -> Act {
    Act {
        by: viewer_of(principal),
        act: code(what),
        lookup: None,
        case: None,
        account,
        department: Some(department),
        until: None,
        unit: None,
    }
}

/// Says whether a department requires the password. It counts from the next look-up on.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless the department's administrator or the server itself acts.
pub async fn require_staff_password<S: StaffPasswords>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    department: DepartmentId,
    required: bool,
) -> Result<(), UseCaseError> {
    may_manage(principal, department, "requiring the staff password")?;
    let word = if required { "staff_password.required" } else { "staff_password.not_required" };
    let act = act(principal, word, department, None);
    Ok(store.require_staff_password(department, required, call.now(), act).await?)
}

/// Gives a crew account a new password, of which the caller has made the digits and the hash.
///
/// # Errors
/// [`UseCaseError::NotFound`] for an account that is no crew member's; [`UseCaseError::NotPermitted`] as above.
pub async fn issue_staff_password<S: StaffPasswords + Directory>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    account: CrewId,
    secret: String,
) -> Result<(), UseCaseError> {
    let found = store.account(account).await?.filter(|account| account.kind == PrincipalKind::Crew);
    let department = found.and_then(|account| match account.scope {
        Scope::Department(department) => Some(department),
        Scope::Hospital(_) | Scope::Installation => None,
    });
    let department = department.ok_or(UseCaseError::NotFound("the crew account"))?;
    may_manage(principal, department, "issuing a staff password")?;
    let act = act(principal, "staff_password.issued", department, Some(account));
    Ok(store.issue_staff_password(account, secret, call.now(), act).await?)
}

/// Checks a crew member's password for a look-up; the look-up is then answered for this person.
///
/// # Errors
/// [`UseCaseError::StaffPasswordWrong`], [`UseCaseError::StaffPasswordLocked`], [`UseCaseError::StaffPasswordNotIssued`];
/// [`UseCaseError::NoSession`], [`UseCaseError::NotPermitted`].
pub async fn verify_staff_password<S: StaffPasswords>(
    store: &S,
    verifier: &impl PasscodeVerifier,
    call: &Call<'_>,
    principal: &Principal,
    said: StaffPasswordTry<'_>,
) -> Result<(), UseCaseError> {
    let viewer = CrewViewer::of(principal)?;
    let StaffPasswordTry { lookup, password } = said;
    let is_one = password.len() == STAFF_PASSWORD_DIGITS && password.bytes().all(|byte| byte.is_ascii_digit());
    if !is_one {
        return Err(UseCaseError::BadRequest("the staff password has four digits"));
    }
    if store.staff_password_stood(viewer.crew, lookup).await? {
        return Ok(());
    }
    let now = call.now();
    let limit = TryLimit { tries: STAFF_TRIES, lock_until: now.plus_minutes(STAFF_LOCK_MINUTES) };
    match store.try_staff_password(viewer.crew, now, limit).await? {
        StaffTry::NotIssued => Err(UseCaseError::StaffPasswordNotIssued),
        StaffTry::Locked { .. } => Err(UseCaseError::StaffPasswordLocked),
        StaffTry::Compare { secret, last } => {
            if verifier.verify(Some(&secret), password).await {
                return Ok(store.staff_password_stands(viewer.crew, lookup, now).await?);
            }
            if !last {
                return Err(UseCaseError::StaffPasswordWrong);
            }
            let locked = Act {
                until: Some(limit.lock_until),
                ..act(principal, "staff_password.locked", viewer.department, Some(viewer.crew))
            };
            store.staff_password_locked(now, locked).await?;
            Err(UseCaseError::StaffPasswordLocked)
        }
    }
}

/// A look-up by 目視 alone, from a department that requires the password, rests on one that was verified for it.
pub(crate) async fn check_staff_password<S: StaffPasswords>(
    store: &S,
    viewer: &CrewViewer,
    question: &LookUp,
) -> Result<(), UseCaseError> {
    let visual = question.evidence.level == IdentityLevel::Visual;
    if !visual || !store.requires_staff_password(viewer.department).await? {
        return Ok(());
    }
    if store.staff_password_stood(viewer.crew, question.lookup).await? {
        Ok(())
    } else {
        Err(UseCaseError::StaffPasswordNeeded)
    }
}
