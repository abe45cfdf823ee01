//! The patient's PIN is asked for only where the department has switched it on: its tablets are given nonces then, and offer the
//! page while they have some.

use crate::call::Call;
use crate::error::UseCaseError;
use crate::principal::Principal;
use crate::staff_password::{act, may_manage};
use crate::store::PinPages;
use model::DepartmentId;

/// Says whether a department's tablets offer the PIN. A tablet hears it with its next connection.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless the department's administrator or the server itself acts.
pub async fn offer_pin<S: PinPages>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    department: DepartmentId,
    offered: bool,
) -> Result<(), UseCaseError> {
    may_manage(principal, department, "offering the PIN")?;
    let word = if offered { "pin.offered" } else { "pin.not_offered" };
    let act = act(principal, word, department, None);
    Ok(store.offer_pin(department, offered, call.now(), act).await?)
}

/// Nonces are for tablets of departments that offer the PIN.
///
/// # Errors
/// [`UseCaseError::PinNotOffered`].
pub async fn check_pin_page<S: PinPages>(store: &S, principal: &Principal) -> Result<(), UseCaseError> {
    let (department, _) = principal.require_tablet("giving nonces")?;
    if store.offers_pin(department).await? { Ok(()) } else { Err(UseCaseError::PinNotOffered) }
}
