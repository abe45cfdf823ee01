//! Staff passwords: tries are counted by one statement that also decides, before anything is compared.

use super::SqliteStore;
use super::audit_log::insert;
use super::fields::{Columns, failed, refused};
use audit::Act;
use dispatch_core::store::{StaffPasswords, StaffTry, StoreError, TryLimit};
use model::{CrewId, DepartmentId, LookupId, Timestamp};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

const SELECT_REQUIRED: &str = "SELECT department FROM staff_required WHERE department = $1";
const REQUIRE: &str = "INSERT INTO staff_required (department) VALUES ($1) ON CONFLICT (department) DO NOTHING";
const NOT_REQUIRED: &str = "DELETE FROM staff_required WHERE department = $1";
const ISSUE: &str = "INSERT INTO staff_password (account, secret, issued_at, wrong) VALUES ($1, $2, $3, 0) \
     ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, issued_at = excluded.issued_at, wrong = 0, \
     locked_until = NULL";
/// A lock that is over begins the counting anew.
const TRY: &str = "UPDATE staff_password SET \
     wrong = CASE WHEN locked_until IS NULL THEN wrong + 1 ELSE 1 END, \
     locked_until = CASE WHEN (CASE WHEN locked_until IS NULL THEN wrong + 1 ELSE 1 END) >= $3 THEN $4 ELSE NULL END \
     WHERE account = $1 AND (locked_until IS NULL OR locked_until <= $2) RETURNING secret, locked_until";
const SELECT_LOCK: &str = "SELECT locked_until FROM staff_password WHERE account = $1";
const RIGHT: &str = "UPDATE staff_password SET wrong = 0, locked_until = NULL WHERE account = $1";
const STOOD: &str = "INSERT INTO staff_password_stood (account, lookup, stood_at) VALUES ($1, $2, $3) \
     ON CONFLICT (account, lookup) DO NOTHING";
const SELECT_STOOD: &str = "SELECT stood_at FROM staff_password_stood WHERE account = $1 AND lookup = $2";

impl SqliteStore {
    /// A change with its audit entry: both or neither.
    pub(super) async fn with_act(
        &self,
        change: Option<Query<'static, Sqlite, SqliteArguments>>,
        what: &'static str,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let mut chain = self.chain.lock().await;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        if let Some(change) = change {
            change.execute(&mut *transaction).await.map_err(refused(what))?;
        }
        let stored = chain.act(at, act);
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(())
    }
}

impl StaffPasswords for SqliteStore {
    async fn requires_staff_password(&self, department: DepartmentId) -> Result<bool, StoreError> {
        let query = sqlx::query(SELECT_REQUIRED).bind(department.bytes().to_vec());
        Ok(query.fetch_optional(&self.read).await.map_err(failed)?.is_some())
    }

    async fn require_staff_password(
        &self,
        department: DepartmentId,
        required: bool,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let change = sqlx::query(if required { REQUIRE } else { NOT_REQUIRED }).bind(department.bytes().to_vec());
        self.with_act(Some(change), "a department's setting", at, act).await
    }

    async fn issue_staff_password(
        &self,
        account: CrewId,
        secret: String,
        at: Timestamp,
        act: Act,
    ) -> Result<(), StoreError> {
        let change = sqlx::query(ISSUE).bind(account.bytes().to_vec()).bind(secret).bind(at.0);
        self.with_act(Some(change), "a staff password", at, act).await
    }

    async fn try_staff_password(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> Result<StaffTry, StoreError> {
        let id = account.bytes().to_vec();
        let counted =
            sqlx::query(TRY).bind(id.clone()).bind(now.0).bind(i64::from(limit.tries)).bind(limit.lock_until.0);
        if let Some(row) = counted.fetch_optional(&self.write).await.map_err(failed)? {
            let last = row.maybe_int("locked_until")?.is_some();
            return Ok(StaffTry::Compare { secret: row.text("secret")?, last });
        }
        let row = sqlx::query(SELECT_LOCK).bind(id).fetch_optional(&self.write).await.map_err(failed)?;
        let Some(row) = row else { return Ok(StaffTry::NotIssued) };
        let until = row.maybe_int("locked_until")?.map_or(now, Timestamp);
        Ok(StaffTry::Locked { until })
    }

    async fn staff_password_stands(&self, account: CrewId, lookup: LookupId, at: Timestamp) -> Result<(), StoreError> {
        let id = account.bytes().to_vec();
        let mut transaction = self.write.begin().await.map_err(failed)?;
        sqlx::query(RIGHT).bind(id.clone()).execute(&mut *transaction).await.map_err(failed)?;
        let stood = sqlx::query(STOOD).bind(id).bind(lookup.bytes().to_vec()).bind(at.0);
        stood.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn staff_password_locked(&self, at: Timestamp, act: Act) -> Result<(), StoreError> {
        self.with_act(None, "a lock", at, act).await
    }

    async fn staff_password_stood(&self, account: CrewId, lookup: LookupId) -> Result<bool, StoreError> {
        let query = sqlx::query(SELECT_STOOD).bind(account.bytes().to_vec()).bind(lookup.bytes().to_vec());
        Ok(query.fetch_optional(&self.read).await.map_err(failed)?.is_some())
    }
}
