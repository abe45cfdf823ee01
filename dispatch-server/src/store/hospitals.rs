//! Imported hospital tables.

use super::SqliteStore;
use super::fields::{Columns, failed, refused};
use dispatch_core::store::StoreError;
use hospital_selection::HospitalTable;
use model::Timestamp;

const INSERT_TABLE: &str = "INSERT INTO hospital_table (imported_at, sha256, csv) VALUES ($1, $2, $3)";
const SELECT_TABLE: &str = "SELECT csv FROM hospital_table ORDER BY imported_at DESC LIMIT 1";

impl SqliteStore {
    /// Keeps a table that was parsed without an error; it counts from the next start of the server.
    ///
    /// # Errors
    /// A store failure.
    pub async fn import_hospitals(&self, csv: &str, sha256: &str, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(INSERT_TABLE).bind(at.0).bind(sha256.to_owned()).bind(csv.to_owned());
        query.execute(&self.write).await.map_err(refused("a hospital table"))?;
        Ok(())
    }

    /// The newest imported table; none means the embedded edition counts.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be read any more.
    pub async fn imported_hospitals(&self) -> Result<Option<HospitalTable>, StoreError> {
        let Some(row) = sqlx::query(SELECT_TABLE).fetch_optional(&self.read).await.map_err(failed)? else {
            return Ok(None);
        };
        let table = HospitalTable::parse(&row.text("csv")?).map_err(|_| StoreError::Damaged("a hospital table"))?;
        Ok(Some(table))
    }
}
