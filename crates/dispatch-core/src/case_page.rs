//! What a dispatch page shows: the list of cases and one case's timeline.

use crate::error::{NotPermitted, UseCaseError};
use crate::known_views::KnownViews;
use crate::limits::CASES_PAGE;
use crate::principal::{Principal, PrincipalKind, Scope};
use crate::server_log::load_case;
use crate::store::{CaseHead, CaseQuery, EventStore};
use case::{CaseView, Event};
use model::{CaseId, Timestamp, UnitId};
use std::sync::Arc;

/// Which cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Only those not ended.
    pub open_only: bool,
    /// Only those of this unit.
    pub unit: Option<UnitId>,
    /// Only those changed since.
    pub changed_since: Option<Timestamp>,
}

/// One case in a list.
#[derive(Clone, Debug)]
pub struct CaseSummary {
    /// Its head.
    pub head: CaseHead,
    /// What its facts mean.
    pub view: Arc<CaseView>,
}

/// Cases, the newest first.
#[derive(Clone, Debug, Default)]
pub struct CaseList {
    /// At most [`CASES_PAGE`].
    pub cases: Vec<CaseSummary>,
    /// There are older ones, which are not in the list: whoever shows it says so.
    pub more: bool,
}

/// One line of a timeline.
#[derive(Clone, Debug)]
pub struct TimelineEntry {
    /// Position in the case.
    pub position: u64,
    /// When the server received it.
    pub received_at: Timestamp,
    /// When it happened, corrected.
    pub at: Timestamp,
    /// The fact.
    pub event: Event,
}

/// A case with everything that happened, in the order of positions.
#[derive(Clone, Debug)]
pub struct CaseTimeline {
    /// Its head.
    pub head: CaseHead,
    /// What it means.
    pub view: CaseView,
    /// What happened.
    pub entries: Vec<TimelineEntry>,
}

/// Departments see their cases; hospitals have the board and the operator has none.
fn department_scope(principal: &Principal, what: &'static str) -> Result<Scope, NotPermitted> {
    match principal.case_scope(what)? {
        Scope::Hospital(_) => Err(NotPermitted { what }),
        scope => Ok(scope),
    }
}

/// Cases in the principal's scope, the newest first, each folded. A tablet or crew sees its unit's cases only.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for hospitals and the operator.
pub async fn cases<S: EventStore>(
    store: &S,
    principal: &Principal,
    filter: CaseFilter,
) -> Result<Vec<CaseSummary>, UseCaseError> {
    Ok(case_list(store, principal, filter, &KnownViews::default()).await?.cases)
}

/// The same, folding only those that changed since `views` saw them, and saying whether the list is cut.
///
/// # Errors
/// As [`cases`].
pub async fn case_list<S: EventStore>(
    store: &S,
    principal: &Principal,
    filter: CaseFilter,
    views: &KnownViews,
) -> Result<CaseList, UseCaseError> {
    let scope = department_scope(principal, "listing cases")?;
    let own_unit = principal.tablet.map(|tablet| tablet.unit);
    let query = CaseQuery {
        open_only: filter.open_only,
        unit: own_unit.or(filter.unit),
        changed_since: filter.changed_since,
        limit: CASES_PAGE + 1,
    };
    let mut heads = store.cases(scope, query).await?;
    let more = heads.len() > CASES_PAGE;
    heads.truncate(CASES_PAGE);
    let mut cases = Vec::with_capacity(heads.len());
    for head in heads {
        let (head, view) = views.view(store, scope, head).await?;
        cases.push(CaseSummary { head, view });
    }
    Ok(CaseList { cases, more })
}

/// One case with its timeline.
///
/// # Errors
/// [`UseCaseError::NoSuchCase`] when it is out of scope, [`UseCaseError::NotPermitted`].
pub async fn case_timeline<S: EventStore>(
    store: &S,
    principal: &Principal,
    case: CaseId,
) -> Result<CaseTimeline, UseCaseError> {
    let scope = department_scope(principal, "opening a case")?;
    let loaded = load_case(store, scope, case).await?;
    let foreign_unit = principal.tablet.is_some_and(|tablet| !loaded.head.units.contains(&tablet.unit));
    if foreign_unit && principal.kind != PrincipalKind::System {
        return Err(UseCaseError::NoSuchCase);
    }
    let entries = loaded.committed.into_iter().map(|fact| TimelineEntry {
        position: fact.position,
        received_at: fact.received_at,
        at: fact.event.at.corrected(),
        event: fact.event,
    });
    Ok(CaseTimeline { head: loaded.head, view: loaded.view, entries: entries.collect() })
}
