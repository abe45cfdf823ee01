//! The dispatch system (CAD), or a dispatcher by radio, tells that a unit reached a stage: for a unit whose tablet is silent or absent.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::limits::{REPORT_AHEAD_MINUTES, REPORT_LATE_MINUTES};
use crate::open_incident::DISPATCH;
use crate::principal::{Principal, Scope};
use crate::server_log::write_about;
use crate::store::EventStore;
use case::{Body, CaseView};
use model::{CaseId, Stage, Timestamp, UnitId};

/// What was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportStage {
    /// The case.
    pub case: CaseId,
    /// A unit of it.
    pub unit: UnitId,
    /// The stage that it reached.
    pub stage: Stage,
    /// When.
    pub at: Timestamp,
}

/// Records it, with who told it. Where a tablet stamped the stage, or where the same was told before, nothing is written: the crew's
/// own stamp counts, whenever it arrives.
///
/// # Errors
/// [`UseCaseError::NotPermitted`], [`UseCaseError::NoSuchCase`], [`UseCaseError::CaseClosed`]; [`UseCaseError::NotFound`] for a unit
/// that is not of the case; [`UseCaseError::BadRequest`] for a time from the future or more than a day ago.
pub async fn report_stage<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    told: ReportStage,
) -> Result<(), UseCaseError> {
    principal.require_any(DISPATCH, "telling a unit's stage")?;
    let department = principal.require_department("telling a unit's stage")?;
    let now = call.now();
    if told.at > now.plus_minutes(REPORT_AHEAD_MINUTES) || told.at < now.plus_minutes(-REPORT_LATE_MINUTES) {
        return Err(UseCaseError::BadRequest("the time is in the future, or more than a day ago"));
    }
    write_about(store, call, Scope::Department(department), told.case, principal.on_behalf(), |loaded| {
        let view = &loaded.view;
        let leg = leg_of(view, told.unit).ok_or(UseCaseError::NotFound("the unit"))?;
        if view.stages.contains_key(&(leg, told.stage)) {
            return Ok(Vec::new());
        }
        if view.is_closed() && told.stage != Stage::BackInService {
            return Err(UseCaseError::CaseClosed);
        }
        Ok(vec![Body::StageReported { unit: told.unit, stage: told.stage, leg, at: told.at.min(now) }])
    })
    .await?;
    Ok(())
}

/// The last leg that the unit drives.
fn leg_of(view: &CaseView, unit: UnitId) -> Option<u8> {
    let drives = |units: &Vec<(UnitId, String)>| units.iter().any(|(known, _)| *known == unit);
    view.units.iter().rev().find(|(_, units)| drives(units)).map(|(leg, _)| *leg)
}
