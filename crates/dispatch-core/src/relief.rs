//! Relief units (応援隊): a unit of another department works for the one that has a disaster period, until a time. Its cases
//! are then that department's; what it recorded stays good when the time is over, looking at histories does not go on.

use crate::call::Call;
use crate::disaster::{act, may_switch, standing_disaster};
use crate::error::UseCaseError;
use crate::limits::FEED_FOLLOW_MINUTES;
use crate::principal::{Principal, Scope};
use crate::store::{Directory, Disasters, EventStore, Relief, Unit};
use model::{CaseId, DepartmentId, Timestamp, UnitId};

/// Which unit works for which department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRelief {
    /// The department that has a period.
    pub department: DepartmentId,
    /// A unit of another one.
    pub unit: UnitId,
    /// Until when; none = as long as the period. Never longer.
    pub until: Option<Timestamp>,
}

/// Lets a unit of another department work for this one.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but the supervisor of `department`; [`UseCaseError::DisasterOver`] without a
/// period; [`UseCaseError::NotFound`], [`UseCaseError::BadRequest`] for its own unit or an end that has passed;
/// [`UseCaseError::ReliefStands`] when the unit works for somebody already.
pub async fn open_relief<S: Disasters + Directory>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    request: OpenRelief,
) -> Result<Relief, UseCaseError> {
    let OpenRelief { department, unit, until } = request;
    may_switch(principal, department, "activating a relief unit")?;
    let now = call.now();
    let period = standing_disaster(store, department, now).await?.ok_or(UseCaseError::DisasterOver)?;
    let until = until.unwrap_or(period.until).min(period.until);
    let units = store.units(Scope::Installation).await?;
    let known = units.into_iter().find(|known| known.id == unit).ok_or(UseCaseError::NotFound("the unit"))?;
    if known.department == department || until <= now {
        return Err(UseCaseError::BadRequest("a relief unit is of another department, and its time lies ahead"));
    }
    let relief = Relief {
        unit,
        home: known.department,
        department,
        opened_by: principal.person(),
        opened_at: now,
        until,
        ended_at: None,
    };
    let act = act(principal, "relief.on", department, Some(until), Some(unit));
    if store.open_relief(relief.clone(), act).await? { Ok(relief) } else { Err(UseCaseError::ReliefStands) }
}

/// The unit goes back to its own department.
///
/// # Errors
/// [`UseCaseError::NotPermitted`]; [`UseCaseError::ReliefOver`] when it does not work for this one.
pub async fn end_relief<S: Disasters>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    department: DepartmentId,
    unit: UnitId,
) -> Result<(), UseCaseError> {
    may_switch(principal, department, "ending a relief unit's time")?;
    let act = act(principal, "relief.off", department, None, Some(unit));
    let ended = store.end_relief(department, unit, call.now(), act).await?;
    if ended { Ok(()) } else { Err(UseCaseError::ReliefOver) }
}

/// What a relief unit asks about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReliefAsks {
    /// A history: only while its time holds.
    History,
    /// Where to go, the handover document: as long as a case that began in its time goes on.
    Transport,
}

/// As whom a tablet asks about a case: for the department it works for, when the case is that one's and this unit's; as
/// itself otherwise.
///
/// # Errors
/// [`UseCaseError::ReliefOver`] for a history when the time is over; a store failure.
pub async fn acting_for<S: EventStore + Disasters>(
    store: &S,
    now: Timestamp,
    principal: &Principal,
    case: CaseId,
    asks: ReliefAsks,
) -> Result<Principal, UseCaseError> {
    let itself = || Ok(principal.clone());
    let (home, tablet) = principal.require_tablet("asking about a case")?;
    let Some(head) = store.case_head(Scope::Installation, case).await? else { return itself() };
    if head.department == home || !head.units.contains(&tablet.unit) {
        return itself();
    }
    let reliefs = store.reliefs_of(tablet.unit).await?;
    let mut of_department = reliefs.iter().filter(|relief| relief.department == head.department).peekable();
    if of_department.peek().is_none() {
        return itself();
    }
    if asks == ReliefAsks::History && !of_department.any(|relief| relief.stands(now)) {
        return Err(UseCaseError::ReliefOver);
    }
    Ok(Principal { scope: Scope::Department(head.department), ..principal.clone() })
}

/// The other departments whose cases a unit's feed follows: also for a while after its time, so that nobody is left without
/// answers in the middle of a transport.
#[must_use]
pub fn followed<'a>(reliefs: impl IntoIterator<Item = &'a Relief>, unit: UnitId, now: Timestamp) -> Vec<DepartmentId> {
    let since = now.plus_minutes(-FEED_FOLLOW_MINUTES);
    let followed = reliefs.into_iter().filter(|relief| relief.unit == unit && relief.end() > since);
    let mut departments: Vec<DepartmentId> = followed.map(|relief| relief.department).collect();
    departments.sort_unstable();
    departments.dedup();
    departments
}

/// Relief units of other departments that work for this one now.
///
/// # Errors
/// The store failed.
pub async fn relief_units<S: Directory + Disasters>(
    store: &S,
    department: DepartmentId,
    now: Timestamp,
) -> Result<Vec<(Unit, Relief)>, UseCaseError> {
    let reliefs = store.reliefs(now).await?;
    let standing: Vec<Relief> = reliefs.into_iter().filter(|r| r.department == department && r.stands(now)).collect();
    if standing.is_empty() {
        return Ok(Vec::new());
    }
    let units = store.units(Scope::Installation).await?;
    let unit_of = |relief: Relief| units.iter().find(|u| u.id == relief.unit).map(|unit| (unit.clone(), relief));
    Ok(standing.into_iter().filter_map(unit_of).collect())
}
