//! Which departments offer the PIN.

use super::SqliteStore;
use super::fields::failed;
use audit::Act;
use dispatch_core::store::{PinPages, StoreError};
use model::{DepartmentId, Timestamp};

const SELECT: &str = "SELECT department FROM pin_page WHERE department = $1";
const OFFER: &str = "INSERT INTO pin_page (department) VALUES ($1) ON CONFLICT (department) DO NOTHING";
const NOT_OFFERED: &str = "DELETE FROM pin_page WHERE department = $1";

impl PinPages for SqliteStore {
    async fn offers_pin(&self, department: DepartmentId) -> Result<bool, StoreError> {
        let query = sqlx::query(SELECT).bind(department.bytes().to_vec());
        Ok(query.fetch_optional(&self.read).await.map_err(failed)?.is_some())
    }

    async fn offer_pin(
        &self,
        department: DepartmentId,
        offered: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let change = sqlx::query(if offered { OFFER } else { NOT_OFFERED }).bind(department.bytes().to_vec());
        self.with_act(Some(change), "a department's setting", at, act).await
    }
}
