//! People sign in with a passcode; tablets are known by their certificates.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{LOCKED_MINUTES, SESSION_MINUTES, WRONG_PASSCODES};
use crate::principal::{Principal, PrincipalKind, Role, Scope, TabletOf, Who};
use crate::second_factor::{is_asked, shown_today};
use crate::store::{Account, Device, Directory, SecondFactors, Session, SignInNote, Terminal, Unit};
use core::future::Future;
use model::{CrewId, DepartmentId, DeviceId, QuestionId, SessionId, Timestamp, UnitId};

/// Checks a passcode against its stored hash (argon2id): slow on purpose, so it is the program's to run it off its threads.
pub trait PasscodeVerifier: Send + Sync {
    /// Whether they belong together. `None` is a name that nobody has: it takes as long and is false.
    fn verify(&self, hash: Option<&str>, passcode: &str) -> impl Future<Output = bool> + Send;
}

/// A crew member signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInCrew {
    /// The session.
    pub session: SessionId,
    /// Who.
    pub crew: CrewId,
    /// Their name.
    pub name: String,
    /// Until when.
    pub until: Timestamp,
}

/// A person signed in on a page.
#[derive(Clone, Debug)]
pub struct SignedInWeb {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// What follows from it.
    pub principal: Principal,
}

/// The principal of a tablet whose certificate was verified in this connection's handshake.
///
/// # Errors
/// [`NotPermitted`] when it is not enrolled, revoked, or enrolled for another unit, department or certificate.
pub fn device_principal(
    enrolled: Option<&Device>,
    device: DeviceId,
    unit: UnitId,
    department: DepartmentId,
    fingerprint: &str,
) -> Result<Principal, NotPermitted> {
    let fits = enrolled.is_some_and(|d| {
        d.id == device
            && d.unit == unit
            && d.department == department
            && d.fingerprint == fingerprint
            && d.revoked_at.is_none()
    });
    if !fits {
        return Err(NotPermitted { what: "connecting a tablet" });
    }
    Ok(Principal {
        who: Who::Device(device),
        kind: PrincipalKind::Device,
        scope: Scope::Department(department),
        roles: [].into(),
        tablet: Some(TabletOf { device, unit }),
        session: None,
    })
}

/// Checks name and passcode. A try is counted before it is compared, so that tries at the same time gain nothing.
async fn check<S: Directory>(
    store: &S,
    verifier: &impl PasscodeVerifier,
    now: Timestamp,
    login: &str,
    passcode: &str,
) -> Result<Account, UseCaseError> {
    let account = store.account_by_login(login).await?;
    if let Some(account) = &account {
        let lock_until = now.plus_minutes(LOCKED_MINUTES);
        if !store.note_sign_in(account.id, SignInNote::Try { now, limit: WRONG_PASSCODES, lock_until }).await? {
            let locked = store.account(account.id).await?.and_then(|account| account.locked_until);
            return Err(UseCaseError::Locked { until: locked.unwrap_or(lock_until) });
        }
    }
    let right = verifier.verify(account.as_ref().map(|a| a.secret.as_str()), passcode).await;
    let Some(account) = account.filter(|_| right) else { return Err(UseCaseError::WrongPasscode) };
    store.note_sign_in(account.id, SignInNote::Right).await?;
    if account.disabled { Err(UseCaseError::WrongPasscode) } else { Ok(account) }
}

/// A crew member signs in on a tablet of their department.
///
/// # Errors
/// [`UseCaseError::WrongPasscode`], [`UseCaseError::Locked`]; an account of another department or of another kind counts as
/// a wrong name, so that nothing is told about it.
pub async fn sign_in_crew<S: Directory>(
    store: &S,
    verifier: &impl PasscodeVerifier,
    call: &mut Call<'_>,
    tablet: &Principal,
    question: QuestionId,
    login: &str,
    passcode: &str,
) -> Result<SignedInCrew, UseCaseError> {
    let (department, of) = tablet.require_tablet("signing in")?;
    let account = check(store, verifier, call.now(), login, passcode).await?;
    if account.kind != PrincipalKind::Crew || account.scope != Scope::Department(department) {
        return Err(UseCaseError::WrongPasscode);
    }
    let opened = Session {
        id: SessionId::from_uuid(call.uuid()),
        account: account.id,
        device: Some(of.device),
        token: None,
        question: Some(question),
        opened_at: call.now(),
        until: call.now().plus_minutes(SESSION_MINUTES),
        ended: false,
        confirmed: true,
    };
    let session = store.open_session(opened).await?;
    if session.account != account.id || session.device != Some(of.device) {
        return Err(UseCaseError::BadRequest("the question's id was used before"));
    }
    Ok(SignedInCrew { session: session.id, crew: account.id, name: account.name, until: session.until })
}

/// The principal of a crew session on this tablet.
///
/// # Errors
/// [`UseCaseError::NoSession`] when it is unknown, ended, another tablet's, or its account was disabled.
pub async fn crew_principal<S: Directory>(
    store: &S,
    now: Timestamp,
    tablet: &Principal,
    session: Option<SessionId>,
) -> Result<Principal, UseCaseError> {
    let (department, of) = tablet.require_tablet("using a session")?;
    let id = session.ok_or(UseCaseError::NoSession)?;
    let found = store.session(id).await?.filter(|s| stands(s, now) && s.device == Some(of.device));
    let session = found.ok_or(UseCaseError::NoSession)?;
    let account = store.account(session.account).await?.filter(|a| !a.disabled && a.kind == PrincipalKind::Crew);
    let account = account.filter(|a| a.scope == Scope::Department(department)).ok_or(UseCaseError::NoSession)?;
    Ok(principal_of(&account, &session, Some(of)))
}

/// Who is asked for the second factor, and on which terminal somebody signs in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asks<'a> {
    /// A live installation asks everybody, a training one whoever has set one.
    pub live: bool,
    /// The registered terminal.
    pub terminal: Option<&'a Terminal>,
}

/// A person signs in on a page; the caller made a random token and keeps only its hash here. The session is not confirmed while the second
/// factor has to be shown.
///
/// # Errors
/// [`UseCaseError::WrongPasscode`], [`UseCaseError::Locked`].
pub async fn sign_in_web<S: Directory + SecondFactors>(
    store: &S,
    verifier: &impl PasscodeVerifier,
    call: &mut Call<'_>,
    (login, passcode): (&str, &str),
    token: [u8; 32],
    asks: Asks<'_>,
) -> Result<SignedInWeb, UseCaseError> {
    let account = check(store, verifier, call.now(), login, passcode).await?;
    let has_one = store.has_second_factor(account.id).await?;
    let is_asked = is_asked(account.kind, asks.live, has_one);
    let confirmed = !is_asked || shown_today(store, call.now(), asks.terminal, &account).await?;
    let opened = Session {
        id: SessionId::from_uuid(call.uuid()),
        account: account.id,
        device: None,
        token: Some(token),
        question: None,
        opened_at: call.now(),
        until: call.now().plus_minutes(SESSION_MINUTES),
        ended: false,
        confirmed,
    };
    let session = store.open_session(opened).await?;
    let principal = principal_of(&account, &session, None);
    Ok(SignedInWeb { session, account, principal })
}

/// The person behind a browser's token.
///
/// # Errors
/// [`UseCaseError::NoSession`].
pub async fn web_principal<S: Directory>(
    store: &S,
    now: Timestamp,
    token: [u8; 32],
) -> Result<SignedInWeb, UseCaseError> {
    let found = store.session_by_token(token).await?.filter(|s| stands(s, now));
    let session = found.ok_or(UseCaseError::NoSession)?;
    let account = store.account(session.account).await?.filter(|a| !a.disabled).ok_or(UseCaseError::NoSession)?;
    let principal = principal_of(&account, &session, None);
    Ok(SignedInWeb { session, account, principal })
}

fn stands(session: &Session, now: Timestamp) -> bool {
    !session.ended && session.until > now
}

fn principal_of(account: &Account, session: &Session, tablet: Option<TabletOf>) -> Principal {
    Principal {
        who: Who::Person(account.id),
        kind: account.kind,
        scope: account.scope,
        roles: account.roles.clone(),
        tablet,
        session: Some(session.id),
    }
}

/// Makes a department's unit for enrolment when it does not exist yet.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless an administrator of the department or the operator acts.
pub async fn ensure_unit<S: Directory>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    department: DepartmentId,
    callsign: &str,
) -> Result<Unit, UseCaseError> {
    let own = principal.scope == Scope::Department(department) && principal.has_any(&[Role::DepartmentAdmin]);
    let operator = principal.scope == Scope::Installation
        && (principal.kind == PrincipalKind::System || principal.has_any(&[Role::Operations]));
    if !own && !operator {
        return Err(NotPermitted { what: "adding a unit" }.into());
    }
    let units = store.units(Scope::Department(department)).await?;
    if let Some(unit) = units.into_iter().find(|u| u.callsign == callsign) {
        return Ok(unit);
    }
    let unit = Unit { id: UnitId::from_uuid(call.uuid()), department, callsign: callsign.to_owned() };
    store.add_unit(unit.clone()).await?;
    Ok(unit)
}
