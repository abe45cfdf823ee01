//! A dispatcher sends a unit (also a relief unit in its time) to a case, for its present leg or for the next one.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::open_incident::{DISPATCH, unit_of};
use crate::principal::{Principal, Scope};
use crate::server_log::write_about;
use crate::store::{Directory, Disasters, EventStore};
use case::{Body, CaseView};
use model::{CaseId, UnitId};

/// Which unit to which case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignUnit {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// It takes the patient on from another unit (他隊へ引継ぎ): a new leg.
    pub next_leg: bool,
}

/// Sends it. Sending the same unit to the same leg again writes nothing.
///
/// # Errors
/// [`UseCaseError::NotPermitted`], [`UseCaseError::NoSuchCase`], [`UseCaseError::NotFound`], [`UseCaseError::CaseClosed`].
pub async fn assign_unit<S: EventStore + Directory + Disasters>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    request: AssignUnit,
) -> Result<(), UseCaseError> {
    principal.require_any(DISPATCH, "assigning a unit")?;
    let department = principal.require_department("assigning a unit")?;
    let unit = unit_of(store, department, request.unit, call.now()).await?;
    write_about(store, call, Scope::Department(department), request.case, principal.on_behalf(), |loaded| {
        if loaded.view.is_closed() {
            return Err(UseCaseError::CaseClosed);
        }
        let leg = leg_for(&loaded.view, request.next_leg);
        let there = loaded.view.units.get(&leg).is_some_and(|units| units.iter().any(|(u, _)| *u == unit.id));
        let body = Body::UnitAssigned { unit: unit.id, callsign: unit.callsign.clone(), leg };
        Ok(if there { Vec::new() } else { vec![body] })
    })
    .await?;
    Ok(())
}

fn leg_for(view: &CaseView, next: bool) -> u8 {
    if next && !view.units.is_empty() { view.leg().saturating_add(1) } else { view.leg() }
}
