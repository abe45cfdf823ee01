//! A hospital (or a machine for it) says what it can take.

use crate::board::DESK;
use crate::call::Call;
use crate::error::{NotPermitted, UseCaseError};
use crate::principal::{Principal, PrincipalKind, Role, Scope};
use crate::store::{Ledger, StoreError};
use hospital_selection::params::LEVEL_MINUTES;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::{Capability, HospitalId, Timestamp};

/// Reports capacity. A desk speaks for its hospital; a machine or dispatch (told by telephone) names one. A level that a desk
/// gives without an end lasts [`LEVEL_MINUTES`].
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
    let at = call.now();
    let typed = source == CapacitySource::Desk && state.is_level();
    let until = until.or_else(|| typed.then(|| at.plus_minutes(LEVEL_MINUTES)));
    store.report_capacity(CapacityReport { hospital, capability, state, at, source, until }).await?;
    Ok(())
}

/// Takes up what an answer says of a hospital. A stop that stands is not replaced: it has an end of its own.
pub(crate) async fn report_from_answer<S: Ledger>(store: &S, report: CapacityReport) -> Result<(), StoreError> {
    let known = store.capacity().await?;
    let same = |known: &&CapacityReport| (known.hospital, known.capability) == (report.hospital, report.capability);
    let stopped = known.iter().filter(same).any(|known| !known.state.is_level() && known.holds(report.at));
    if stopped && !report.state.takes() { Ok(()) } else { store.report_capacity(report).await }
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
