//! Which departments have the patient's PIN (暗証番号) asked for.

use super::StoreError;
use audit::Act;
use core::future::Future;
use model::{DepartmentId, Timestamp};

/// The switch of each department. Off where nobody switched it on. A change is written with its audit entry in one transaction,
/// or neither is.
pub trait PinPages: Send + Sync {
    /// Whether its tablets offer the PIN.
    fn offers_pin(&self, department: DepartmentId) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Sets that.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the department is not known.
    fn offer_pin(
        &self,
        department: DepartmentId,
        offered: bool,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
