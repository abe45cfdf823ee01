//! A hospital (or a machine for it) says what it can take.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::store::Ledger;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{Capability, HospitalId, Timestamp};

/// Reports capacity. A desk speaks for its hospital; a machine or dispatch (told by telephone) names one.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] when a desk speaks for another hospital, and for crews.
pub async fn report_capacity<S: Ledger>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    hospital: HospitalId,
    capability: Option<Capability>,
    state: CapacityState,
    until: Option<Timestamp>,
) -> Result<(), UseCaseError> {
    let source = source_of(principal, hospital)?;
    store.report_capacity(CapacityReport { hospital, capability, state, at: call.now(), source, until }).await?;
    Ok(())
}

fn source_of(principal: &Principal, hospital: HospitalId) -> Result<CapacitySource, NotPermitted> {
    let what = "reporting capacity";
    match principal.scope {
        Scope::Hospital(own) if own == hospital => {
            principal.require_any(DESK, what)?;
            Ok(CapacitySource::Desk)
        }
        Scope::Department(_) if principal.has_any(&[Role::Dispatcher, Role::DispatchSupervisor]) => {
            Ok(CapacitySource::Phone)
        }
        _ if principal.kind == PrincipalKind::Machine && principal.has_any(&[Role::Machine, Role::CapacityFeed]) => {
            Ok(CapacitySource::Region)
        }
        _ => Err(NotPermitted { what }),
    }
}
