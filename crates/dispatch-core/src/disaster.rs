//! Disaster mode (災害時医療情報閲覧): for a time that ends by itself, crews of a department may look up who has no card, by
//! name, date of birth, sex and address. Opened by the department's 指令監督 alone; consent is needed as ever.

use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::limits::{AREA_CHARS_MAX, AREAS_MAX, DISASTER_DAYS_MAX, TEXT_CHARS_MAX};
use crate::look_up_history::{LookUp, code, viewer_of};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::store::{DisasterPeriod, Disasters};
use audit::Act;
use model::{DepartmentId, Timestamp, UnitId};
use patient_history::{IdentityLevel, LookupEvidence};

/// What is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDisaster {
    /// Whose.
    pub department: DepartmentId,
    /// Why.
    pub reason: String,
    /// The municipalities, each from the prefecture on; at least one.
    pub area: Vec<String>,
    /// Until when.
    pub until: Timestamp,
}

/// The department's own supervisor, or the server itself (an administrator's command).
pub(crate) fn may_switch(
    principal: &Principal,
    department: DepartmentId,
    what: &'static str,
) -> Result<(), NotPermitted> {
    let own = principal.scope == Scope::Department(department) && principal.has_any(&[Role::DispatchSupervisor]);
    if own || principal.kind == PrincipalKind::System { Ok(()) } else { Err(NotPermitted { what }) }
}

pub(crate) fn act(
    principal: &Principal,
    what: &str,
    department: DepartmentId,
    until: Option<Timestamp>,
    unit: Option<UnitId>,
) -> Act {
    Act {
        by: viewer_of(principal),
        act: code(what),
        lookup: None,
        case: None,
        account: None,
        department: Some(department),
        until,
        unit,
    }
}

/// One line of text that is not empty, without blanks around it.
fn line(text: &str, chars_max: usize, what: &'static str) -> Result<String, UseCaseError> {
    let text = text.trim();
    let fits = (1..=chars_max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(UseCaseError::BadRequest(what)) }
}

/// Opens a period. It counts from the next look-up on; tablets are told.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but the department's supervisor; [`UseCaseError::BadRequest`] for a reason, an
/// area or an end that is not usable; [`UseCaseError::DisasterStands`].
pub async fn open_disaster<S: Disasters>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    request: OpenDisaster,
) -> Result<DisasterPeriod, UseCaseError> {
    let OpenDisaster { department, reason, area, until } = request;
    may_switch(principal, department, "opening a disaster period")?;
    let now = call.now();
    if until <= now || until > now.plus_minutes(DISASTER_DAYS_MAX * 24 * 60) {
        return Err(UseCaseError::BadRequest("the end lies outside the days that are allowed"));
    }
    if !(1..=AREAS_MAX).contains(&area.len()) {
        return Err(UseCaseError::BadRequest("no municipality, or too many"));
    }
    let period = DisasterPeriod {
        department,
        reason: line(&reason, TEXT_CHARS_MAX, "the reason is empty or too long")?,
        area: area
            .iter()
            .map(|name| line(name, AREA_CHARS_MAX, "a municipality's name is empty or too long"))
            .collect::<Result<_, _>>()?,
        opened_by: principal.person(),
        opened_at: now,
        until,
        ended_at: None,
    };
    let act = act(principal, "disaster.on", department, Some(until), None);
    if store.open_disaster(period.clone(), act).await? { Ok(period) } else { Err(UseCaseError::DisasterStands) }
}

/// Ends the department's period and its relief units before their time.
///
/// # Errors
/// [`UseCaseError::NotPermitted`]; [`UseCaseError::DisasterOver`] when there is none.
pub async fn end_disaster<S: Disasters>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    department: DepartmentId,
) -> Result<(), UseCaseError> {
    may_switch(principal, department, "ending a disaster period")?;
    let act = act(principal, "disaster.off", department, None, None);
    if store.end_disaster(department, call.now(), act).await? { Ok(()) } else { Err(UseCaseError::DisasterOver) }
}

/// The department's period, if one holds.
///
/// # Errors
/// The store failed.
pub async fn standing_disaster<S: Disasters>(
    store: &S,
    department: DepartmentId,
    now: Timestamp,
) -> Result<Option<DisasterPeriod>, UseCaseError> {
    let standing = store.standing_disasters(now).await?;
    Ok(standing.into_iter().find(|period| period.department == department))
}

/// A look-up without a card needs a period of the case's department, and all four attributes in the place of a card; a
/// look-up with a card needs neither.
pub(crate) async fn check_disaster<S: Disasters>(
    store: &S,
    department: DepartmentId,
    question: &LookUp,
    now: Timestamp,
) -> Result<(), UseCaseError> {
    let LookupEvidence { level, certificate, signed, attributes } = &question.evidence;
    let is_without_card = *level == IdentityLevel::FourAttributes;
    match attributes {
        None if !is_without_card => return Ok(()),
        Some(attributes) if is_without_card => {
            if !certificate.is_empty() || signed.is_some() || !attributes.is_usable() {
                return Err(UseCaseError::BadRequest(
                    "a look-up without a card shows four attributes and nothing else",
                ));
            }
        }
        _ => return Err(UseCaseError::BadRequest("the level and what is shown do not fit")),
    }
    match standing_disaster(store, department, now).await? {
        Some(_) => Ok(()),
        None => Err(UseCaseError::DisasterOver),
    }
}
