//! Tokens of machines: a department's CAD, a feed of capacity, a reader of statistics. Each is an account of its own that no
//! passcode opens, with one session that stands for as long as the token; the caller makes 256 random bits, shows them once, and
//! keeps the hash.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::{NAME_CHARS_MAX, TOKEN_DAYS, TOKENS_MAX};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::staff_password::{act, may_manage};
use crate::store::{Account, AuditLog, CaseHead, Directory, MachineTokens, Session};
use model::time::MINUTE_US;
use model::{CrewId, DepartmentId, SessionId, Timestamp};

/// What a token is for: each is one role, so one token opens one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenUse {
    /// The department's CAD: opens incidents, sends units, reads cases and units.
    Cad,
    /// Says what hospitals can take.
    Capacity,
    /// Reads statistics.
    Statistics,
}

impl TokenUse {
    /// All.
    pub const ALL: [Self; 3] = [Self::Cad, Self::Capacity, Self::Statistics];
    /// The word of files and forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cad => "cad",
            Self::Capacity => "capacity",
            Self::Statistics => "statistics",
        }
    }
    /// From that word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.key() == key)
    }
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Cad => "指令システム（事案・隊）",
            Self::Capacity => "受入情報の入力",
            Self::Statistics => "統計の読み出し",
        }
    }
    /// What its holder may do.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Cad => Role::Machine,
            Self::Capacity => Role::CapacityFeed,
            Self::Statistics => Role::StatisticsReader,
        }
    }
}

/// A token, without its bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineToken {
    /// Its account.
    pub account: CrewId,
    /// Whose.
    pub department: DepartmentId,
    /// What its holder is called.
    pub name: String,
    /// What it is for.
    pub purpose: TokenUse,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// It was ended before that.
    pub ended: bool,
}

/// A token to make.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose.
    pub department: DepartmentId,
    /// What its holder is called.
    pub name: String,
    /// What it is for.
    pub purpose: TokenUse,
    /// For how many days ([`TOKEN_DAYS`]).
    pub days: i64,
    /// SHA-256 of the token.
    pub hash: [u8; 32],
}

/// A session has the id of its account, so that a list needs no table of its own.
const fn session_of(account: CrewId) -> SessionId {
    SessionId::from_uuid(account.uuid())
}

/// Makes a token; account, session and audit entry are written together.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless the department's administrator or the server itself acts;
/// [`UseCaseError::BadRequest`] for a name or a time that cannot be, and beyond [`TOKENS_MAX`].
pub async fn add_token<S: Directory + MachineTokens>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    new: NewToken,
) -> Result<MachineToken, UseCaseError> {
    may_manage(principal, new.department, "making a token")?;
    let name = new.name.trim();
    let is_plain = !name.chars().any(char::is_control) && (1..=NAME_CHARS_MAX).contains(&name.chars().count());
    if !is_plain {
        return Err(UseCaseError::BadRequest("the token's name is not usable"));
    }
    if !TOKEN_DAYS.contains(&new.days) {
        return Err(UseCaseError::BadRequest("the token's days are not usable"));
    }
    let standing = of_department(store, new.department).await?;
    if standing.iter().filter(|token| token.stands(call.now())).count() >= TOKENS_MAX {
        return Err(UseCaseError::BadRequest("the department has as many tokens as it may"));
    }
    let (now, uuid) = (call.now(), call.uuid());
    let account = Account {
        id: CrewId::from_uuid(uuid),
        login: format!("token-{}", uuid.simple()),
        name: name.to_owned(),
        kind: PrincipalKind::Machine,
        scope: Scope::Department(new.department),
        roles: [new.purpose.role()].into(),
        // No hash: no passcode fits.
        secret: String::new(),
        one_time: false,
        disabled: false,
        locked_until: None,
    };
    let session = Session {
        id: session_of(account.id),
        account: account.id,
        device: None,
        token: Some(new.hash),
        question: None,
        opened_at: now,
        until: now.plus_us(new.days.saturating_mul(24 * 60 * MINUTE_US)),
        ended: false,
        confirmed: true,
    };
    let word = act(principal, "token.made", new.department, Some(account.id));
    let made = token_of(&account, &session).ok_or(UseCaseError::BadRequest("the token is none"))?;
    store.add_token(account, session, now, audit::Act { until: Some(made.until), ..word }).await?;
    Ok(made)
}

/// Tokens in scope, standing or not, by name.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless the department's administrator or the server itself acts.
pub async fn tokens<S: Directory>(
    store: &S,
    principal: &Principal,
    department: DepartmentId,
) -> Result<Vec<MachineToken>, UseCaseError> {
    may_manage(principal, department, "listing tokens")?;
    of_department(store, department).await
}

async fn of_department<S: Directory>(store: &S, department: DepartmentId) -> Result<Vec<MachineToken>, UseCaseError> {
    let mut list = Vec::new();
    for account in store.accounts(Scope::Department(department)).await? {
        if account.kind == PrincipalKind::Machine
            && let Some(session) = store.session(session_of(account.id)).await?
        {
            list.extend(token_of(&account, &session));
        }
    }
    list.sort_by(|a, b| (&a.name, a.made_at, a.account).cmp(&(&b.name, b.made_at, b.account)));
    Ok(list)
}

/// Ends a token. Ending it again changes nothing and writes nothing.
///
/// # Errors
/// [`UseCaseError::NotFound`] for what is no token of the department; [`UseCaseError::NotPermitted`] as above.
pub async fn end_token<S: Directory + MachineTokens>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    department: DepartmentId,
    account: CrewId,
) -> Result<(), UseCaseError> {
    may_manage(principal, department, "ending a token")?;
    let known = of_department(store, department).await?.into_iter().find(|token| token.account == account);
    let known = known.ok_or(UseCaseError::NotFound("the token"))?;
    if !known.ended {
        let word = act(principal, "token.ended", department, Some(account));
        store.end_token(session_of(account), call.now(), word).await?;
    }
    Ok(())
}

fn token_of(account: &Account, session: &Session) -> Option<MachineToken> {
    let Scope::Department(department) = account.scope else { return None };
    let purpose = TokenUse::ALL.into_iter().find(|of| account.roles == [of.role()].into())?;
    Some(MachineToken {
        account: account.id,
        department,
        name: account.name.clone(),
        purpose,
        made_at: session.opened_at,
        until: session.until,
        ended: session.ended,
    })
}

impl MachineToken {
    /// Whether it opens anything now.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        !self.ended && self.until > now
    }
}

/// A machine is about to be given one case whole: an entry of the audit, before it is. People's reading of their own department's cases
/// is none; no row of a history is in either.
///
/// # Errors
/// A failure of the store: then nothing is given.
pub async fn note_machine_read<S: AuditLog>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    head: &CaseHead,
) -> Result<(), UseCaseError> {
    if principal.kind != PrincipalKind::Machine {
        return Ok(());
    }
    let word = act(principal, "case.read_by_machine", head.department, principal.person());
    Ok(store.note(call.now(), audit::Act { case: Some(head.case), ..word }).await?)
}
