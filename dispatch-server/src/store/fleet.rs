//! A whole fleet at once: entered in one transaction, counted for checks.

use super::SqliteStore;
use super::directory::insert_account;
use super::fields::{Columns, failed, owner_columns, refused};
use super::multi::pieces;
use dispatch_core::store::{Account, Department, Device, LogOwner, StoreError, Unit};
use model::{CaseId, LogId};
use sqlx::{QueryBuilder, Sqlite};

const COUNT_LOGS: &str = "SELECT l.log, l.owner_kind, l.head, l.hash, l.forked_at, COUNT(e.seq) AS entries, \
     COUNT(DISTINCT e.seq) AS names, COUNT(e.quarantine) AS quarantined \
     FROM log l LEFT JOIN entry e ON e.log = l.log GROUP BY l.log, l.owner_kind, l.head, l.hash, l.forked_at ORDER BY l.log";

/// What the table of entries holds of one log, counted row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCount {
    /// The log.
    pub log: LogId,
    /// The server writes it, no tablet.
    pub by_server: bool,
    /// Its newest durable seq, as the log's own row says.
    pub head: u64,
    /// Hash of that entry.
    pub hash: case::Hash,
    /// Rows.
    pub entries: u64,
    /// Different seqs among them.
    pub names: u64,
    /// Of these, in quarantine.
    pub quarantined: u64,
    /// Where it forked.
    pub forked_at: Option<u64>,
}

impl SqliteStore {
    /// Enters departments, units and tablets, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when one of them is known, [`StoreError::Missing`] when a unit's department is not.
    pub async fn enter_fleet(
        &self,
        departments: &[Department],
        units: &[Unit],
        devices: &[Device],
    ) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for rows in pieces(departments) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new("INSERT INTO department (id, name, pref) ");
            insert.push_values(rows, |mut row, department| {
                row.push_bind(department.id.bytes().to_vec())
                    .push_bind(department.name.clone())
                    .push_bind(department.pref.clone());
            });
            insert.build().execute(&mut *transaction).await.map_err(refused("a department"))?;
        }
        for rows in pieces(units) {
            let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new("INSERT INTO unit (id, department, callsign) ");
            insert.push_values(rows, |mut row, unit| {
                row.push_bind(unit.id.bytes().to_vec())
                    .push_bind(unit.department.bytes().to_vec())
                    .push_bind(unit.callsign.clone());
            });
            insert.build().execute(&mut *transaction).await.map_err(refused("a unit"))?;
        }
        for rows in pieces(devices) {
            let mut insert: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO device (id, unit, department, name, fingerprint, enrolled_at) ");
            insert.push_values(rows, |mut row, device| {
                row.push_bind(device.id.bytes().to_vec())
                    .push_bind(device.unit.bytes().to_vec())
                    .push_bind(device.department.bytes().to_vec())
                    .push_bind(device.name.clone())
                    .push_bind(device.fingerprint.clone())
                    .push_bind(device.enrolled_at.0);
            });
            insert.build().execute(&mut *transaction).await.map_err(refused("a tablet"))?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Enters accounts, all or none.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when a sign-in name is taken.
    pub async fn enter_accounts(&self, accounts: Vec<Account>) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        for account in accounts {
            insert_account(account).execute(&mut *transaction).await.map_err(refused("an account"))?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Counts every log's entries. Reads the whole table: for checks, not for serving.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn count_logs(&self) -> Result<Vec<LogCount>, StoreError> {
        let rows = sqlx::query(COUNT_LOGS).fetch_all(&self.read).await.map_err(failed)?;
        let counted = rows.iter().map(|row| {
            Ok(LogCount {
                log: LogId::from_bytes(row.fixed("log")?),
                by_server: row.text("owner_kind")? == owner_columns(LogOwner::Server(CaseId::from_bytes([0; 16]))).0,
                head: row.counter("head")?,
                hash: row.hash("hash")?,
                entries: row.counter("entries")?,
                names: row.counter("names")?,
                quarantined: row.counter("quarantined")?,
                forked_at: row.maybe_int("forked_at")?.map(i64::unsigned_abs),
            })
        });
        counted.collect()
    }
}
