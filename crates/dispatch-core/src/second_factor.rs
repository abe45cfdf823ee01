//! The second factor of people who sign in on pages: a code of their authenticator app, when a terminal is registered and once a day on it,
//! never while they work. A code serves once; tries are counted in the store before anything is compared.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{
    NAME_CHARS_MAX, RECOVERY_MINUTES, SECOND_LOCK_MINUTES, SECOND_TRIES, SESSION_MINUTES, TERMINALS_MAX,
    UNREGISTERED_MINUTES,
};
use crate::look_up_history::{code, viewer_of};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::sign_in::SignedInWeb;
use crate::store::{Account, Directory, FactorTry, SecondFactors, Terminal, TryLimit};
use crate::totp::TotpSecret;
use audit::Act;
use model::{CrewId, TerminalId, Timestamp};

/// Opens and seals secrets of apps: the key is the program's, the store holds the sealed form only.
pub trait FactorSeal: Send + Sync {
    /// Seals a secret for an account.
    fn seal(&self, account: CrewId, secret: &TotpSecret) -> Option<Vec<u8>>;
    /// Opens it; none for another account's, or under another key.
    fn open(&self, account: CrewId, sealed: &[u8]) -> Option<TotpSecret>;
}

/// What somebody shows.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// The six digits of the app.
    Code(&'a str),
    /// SHA-256 of a one-time code that a supervisor gave.
    Recovery([u8; 32]),
}

/// A terminal that somebody registers with their second factor; the caller made a random token and keeps only its hash here.
#[derive(Clone, Debug)]
pub struct NewTerminal {
    /// Its name for the administrator.
    pub name: String,
    /// SHA-256 of its token.
    pub token: [u8; 32],
}

/// Whether this account is asked for a second factor: people are, on a live installation always, on a training one when they have set one.
#[must_use]
pub const fn is_asked(kind: PrincipalKind, live: bool, has_one: bool) -> bool {
    matches!(kind, PrincipalKind::Dispatcher | PrincipalKind::Desk) && (live || has_one)
}

/// Whether the second factor was shown today, in Japan, on this terminal.
///
/// # Errors
/// A failure of the store.
pub async fn shown_today<S: SecondFactors>(
    store: &S,
    now: Timestamp,
    terminal: Option<&Terminal>,
    account: &Account,
) -> Result<bool, UseCaseError> {
    let Some(terminal) = terminal.filter(|terminal| terminal.is_for(account.scope)) else { return Ok(false) };
    let at = store.shown_at(terminal.id, account.id).await?;
    Ok(at.is_some_and(|at| at.tokyo_date() == now.tokyo_date()))
}

/// The registered terminal with this token's hash.
///
/// # Errors
/// A failure of the store.
pub async fn terminal_of<S: SecondFactors>(store: &S, token: [u8; 32]) -> Result<Option<Terminal>, UseCaseError> {
    Ok(store.terminal_by_token(token).await?.filter(|terminal| terminal.revoked_at.is_none()))
}

/// Compares what is shown with what the account has. A code that was used before is wrong.
///
/// # Errors
/// [`UseCaseError::SecondFactorWrong`], [`UseCaseError::SecondFactorLocked`]; [`UseCaseError::NotFound`] for an account without one.
pub async fn check_second_factor<S: SecondFactors>(
    store: &S,
    seal: &impl FactorSeal,
    call: &Call<'_>,
    account: &Account,
    shown: Shown<'_>,
) -> Result<(), UseCaseError> {
    let now = call.now();
    let limit = TryLimit { tries: SECOND_TRIES, lock_until: now.plus_minutes(SECOND_LOCK_MINUTES) };
    let sealed = match store.try_second_factor(account.id, now, limit).await? {
        FactorTry::NotSet => return Err(UseCaseError::NotFound("the second factor")),
        FactorTry::Locked { .. } => return Err(UseCaseError::SecondFactorLocked),
        FactorTry::Compare { sealed } => sealed,
    };
    let right = match shown {
        Shown::Code(given) => {
            let secret = seal.open(account.id, &sealed);
            match secret.and_then(|secret| secret.step_of(given, now)) {
                Some(step) => store.use_step(account.id, step).await?,
                None => false,
            }
        }
        Shown::Recovery(hash) => {
            let used = act_of(&Principal::system(), "second_factor.recovery_used", account);
            store.use_recovery(account.id, hash, now, used).await?
        }
    };
    if right { Ok(()) } else { Err(UseCaseError::SecondFactorWrong) }
}

/// Sets an app's secret: the first one of an account, or another one by somebody whose second factor stands. The code proves that the
/// app has it.
///
/// # Errors
/// [`UseCaseError::SecondFactorWrong`]; [`UseCaseError::NotPermitted`] when there is one and the session has not shown it.
pub async fn set_second_factor<S: SecondFactors>(
    store: &S,
    seal: &impl FactorSeal,
    call: &Call<'_>,
    web: &SignedInWeb,
    secret: &TotpSecret,
    given: &str,
) -> Result<(), UseCaseError> {
    let what = "setting the second factor";
    let account = &web.account;
    if !matches!(account.kind, PrincipalKind::Dispatcher | PrincipalKind::Desk) {
        return Err(NotPermitted { what }.into());
    }
    let step = secret.step_of(given, call.now()).ok_or(UseCaseError::SecondFactorWrong)?;
    let sealed = seal.seal(account.id, secret).ok_or(UseCaseError::BadRequest("the secret cannot be sealed"))?;
    let act = act_of(&web.principal, "second_factor.set", account);
    let replaces = web.session.confirmed;
    if store.set_second_factor(account.id, sealed, step, replaces, call.now(), act).await? {
        Ok(())
    } else {
        Err(NotPermitted { what }.into())
    }
}

/// The session may go on: until the end of the shift on a registered terminal, for an hour elsewhere. A terminal is registered here when
/// `new` says so.
///
/// # Errors
/// [`UseCaseError::BadRequest`] for a name that is not usable, or when the place has too many terminals.
pub async fn confirm_session<S: SecondFactors>(
    store: &S,
    call: &mut Call<'_>,
    web: &SignedInWeb,
    terminal: Option<&Terminal>,
    new: Option<NewTerminal>,
) -> Result<Timestamp, UseCaseError> {
    let (account, now) = (&web.account, call.now());
    let known = terminal.filter(|terminal| terminal.is_for(account.scope)).map(|terminal| terminal.id);
    let id = match (known, new) {
        (Some(id), _) => Some(id),
        (None, Some(new)) => Some(register(store, call, web, new).await?),
        (None, None) => None,
    };
    if let Some(id) = id {
        store.shown(id, account.id, now).await?;
    }
    let minutes = if id.is_some() { SESSION_MINUTES } else { UNREGISTERED_MINUTES };
    let until = web.session.opened_at.plus_minutes(minutes).min(web.session.until);
    store.confirm_session(web.session.id, until).await?;
    Ok(until)
}

async fn register<S: SecondFactors>(
    store: &S,
    call: &mut Call<'_>,
    web: &SignedInWeb,
    new: NewTerminal,
) -> Result<TerminalId, UseCaseError> {
    let name = new.name.trim();
    let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !fits {
        return Err(UseCaseError::BadRequest("the terminal's name is not usable"));
    }
    let account = &web.account;
    let there = store.terminals(account.scope).await?;
    if there.iter().filter(|terminal| terminal.revoked_at.is_none()).count() >= TERMINALS_MAX {
        return Err(UseCaseError::BadRequest("too many terminals are registered"));
    }
    let terminal = Terminal {
        id: TerminalId::from_uuid(call.uuid()),
        scope: account.scope,
        name: name.to_owned(),
        token: new.token,
        registered_by: account.id,
        registered_at: call.now(),
        revoked_at: None,
    };
    let id = terminal.id;
    store.register_terminal(terminal, act_of(&web.principal, "terminal.registered", account)).await?;
    Ok(id)
}

/// The terminals that somebody looks after.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless the department's administrator, the operator or the server itself asks.
pub async fn terminals<S: SecondFactors>(store: &S, principal: &Principal) -> Result<Vec<Terminal>, UseCaseError> {
    may_look_after(principal, principal.scope, "listing the terminals")?;
    Ok(store.terminals(principal.scope).await?)
}

/// Ends a terminal: its next page asks for the second factor, and sessions that are open there end with their time.
///
/// # Errors
/// [`UseCaseError::NotFound`]; [`UseCaseError::NotPermitted`] as [`terminals`].
pub async fn revoke_terminal<S: SecondFactors>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    id: TerminalId,
) -> Result<(), UseCaseError> {
    let what = "revoking a terminal";
    may_look_after(principal, principal.scope, what)?;
    let known = store.terminals(principal.scope).await?.into_iter().find(|terminal| terminal.id == id);
    let terminal = known.ok_or(UseCaseError::NotFound("the terminal"))?;
    let act = Act { account: Some(terminal.registered_by), ..act_in(principal, "terminal.revoked", terminal.scope) };
    Ok(store.revoke_terminal(id, call.now(), act).await?)
}

/// Gives somebody who has lost their app a one-time code, of which the caller keeps only the hash here. It replaces an earlier one.
///
/// # Errors
/// [`UseCaseError::NotFound`] for an account that is not known, is not looked after by this person, or has no second factor.
pub async fn issue_recovery<S: SecondFactors + Directory>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    account: CrewId,
    hash: [u8; 32],
) -> Result<Timestamp, UseCaseError> {
    let what = "issuing a one-time code";
    may_look_after(principal, principal.scope, what)?;
    let found = store.account(account).await?;
    let in_scope = |account: &Account| principal.scope == Scope::Installation || principal.scope == account.scope;
    let account = found.filter(in_scope).ok_or(UseCaseError::NotFound("the account"))?;
    if principal.person() == Some(account.id) {
        return Err(NotPermitted { what }.into());
    }
    if !store.has_second_factor(account.id).await? {
        return Err(UseCaseError::NotFound("the second factor"));
    }
    let until = call.now().plus_minutes(RECOVERY_MINUTES);
    let act = Act { until: Some(until), ..act_of(principal, "second_factor.recovery_issued", &account) };
    store.issue_recovery(account.id, hash, until, call.now(), act).await?;
    Ok(until)
}

fn may_look_after(principal: &Principal, scope: Scope, what: &'static str) -> Result<(), NotPermitted> {
    let may = match scope {
        Scope::Installation => principal.kind == PrincipalKind::System || principal.has_any(&[Role::Operations]),
        Scope::Department(_) => principal.has_any(&[Role::DepartmentAdmin, Role::DispatchSupervisor]),
        Scope::Hospital(_) => principal.has_any(&[Role::HospitalAdmin]),
    };
    if may { Ok(()) } else { Err(NotPermitted { what }) }
}

fn act_of(principal: &Principal, what: &str, account: &Account) -> Act {
    Act { account: Some(account.id), ..act_in(principal, what, account.scope) }
}

fn act_in(principal: &Principal, what: &str, scope: Scope) -> Act {
    let department = match scope {
        Scope::Department(department) => Some(department),
        Scope::Hospital(_) | Scope::Installation => None,
    };
    Act {
        by: viewer_of(principal),
        act: code(what),
        lookup: None,
        case: None,
        account: None,
        department,
        until: None,
        unit: None,
    }
}
