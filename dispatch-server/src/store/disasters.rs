//! Disaster periods and relief units. Who opens one second is told so by a unique index, inside the transaction that also
//! writes the audit entry.

use super::SqliteStore;
use super::audit_log::insert;
use super::fields::{Columns, failed, refused, scope_columns};
use audit::Act;
use dispatch_core::Scope;
use dispatch_core::store::{DisasterPeriod, Disasters, Relief, StoreError};
use model::{CrewId, DepartmentId, Timestamp, UnitId};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Sqlite, query::Query};

/// What is over by itself gives its place to the next one.
const CLOSE_LAPSED: &str =
    "UPDATE disaster SET ended_at = until WHERE department = $1 AND ended_at IS NULL AND until <= $2";
const OPEN: &str = "INSERT INTO disaster (department, opened_at, until, reason, area, opened_by) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const END: &str = "UPDATE disaster SET ended_at = $2 WHERE department = $1 AND ended_at IS NULL AND until > $2";
const SELECT_STANDING: &str = "SELECT * FROM disaster WHERE ended_at IS NULL AND until > $1 ORDER BY department";
const SELECT_PERIODS: &str = "SELECT * FROM disaster \
     WHERE $1 = 'installation' OR ($1 = 'department' AND department = $2) \
     ORDER BY opened_at DESC, department LIMIT $3";
const CLOSE_LAPSED_RELIEF: &str =
    "UPDATE relief SET ended_at = until WHERE unit = $1 AND ended_at IS NULL AND until <= $2";
const OPEN_RELIEF: &str = "INSERT INTO relief (unit, opened_at, home, department, until, opened_by) \
     SELECT $1, $2, $3, $4, $5, $6 \
     WHERE EXISTS (SELECT 1 FROM disaster WHERE department = $4 AND ended_at IS NULL AND until > $2) \
     ON CONFLICT DO NOTHING";
const END_RELIEF: &str = "UPDATE relief SET ended_at = $3 \
     WHERE department = $1 AND unit = $2 AND ended_at IS NULL AND until > $3";
const END_RELIEFS: &str = "UPDATE relief SET ended_at = $2 WHERE department = $1 AND ended_at IS NULL AND until > $2";
const SELECT_RELIEFS: &str = "SELECT * FROM relief WHERE COALESCE(ended_at, until) > $1 ORDER BY unit, opened_at";
const SELECT_RELIEFS_OF: &str = "SELECT * FROM relief WHERE unit = $1 ORDER BY opened_at";

type Statement = Query<'static, Sqlite, SqliteArguments>;

fn period(row: &SqliteRow) -> Result<DisasterPeriod, StoreError> {
    let (opened_at, until) = (Timestamp(row.int("opened_at")?), Timestamp(row.int("until")?));
    Ok(DisasterPeriod {
        department: DepartmentId::from_bytes(row.fixed("department")?),
        reason: row.text("reason")?,
        area: row.text("area")?.lines().map(str::to_owned).collect(),
        opened_by: row.maybe_fixed("opened_by")?.map(CrewId::from_bytes),
        opened_at,
        until,
        ended_at: ended(row, until)?,
    })
}

fn relief(row: &SqliteRow) -> Result<Relief, StoreError> {
    let (opened_at, until) = (Timestamp(row.int("opened_at")?), Timestamp(row.int("until")?));
    Ok(Relief {
        unit: UnitId::from_bytes(row.fixed("unit")?),
        home: DepartmentId::from_bytes(row.fixed("home")?),
        department: DepartmentId::from_bytes(row.fixed("department")?),
        opened_by: row.maybe_fixed("opened_by")?.map(CrewId::from_bytes),
        opened_at,
        until,
        ended_at: ended(row, until)?,
    })
}

/// A row that was closed because its time was over did not end before it.
fn ended(row: &SqliteRow, until: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.maybe_int("ended_at")?.map(Timestamp).filter(|at| *at < until))
}

impl SqliteStore {
    /// `before`, then `change`, then `after` when something changed, with the audit entry: all or nothing. Whether something
    /// changed.
    async fn switched(
        &self,
        before: Option<Statement>,
        (change, what): (Statement, &'static str),
        after: Option<Statement>,
        (at, act): (Timestamp, Act),
    ) -> Result<bool, StoreError> {
        let mut chain = self.chain.lock().await;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        if let Some(before) = before {
            before.execute(&mut *transaction).await.map_err(failed)?;
        }
        if change.execute(&mut *transaction).await.map_err(refused(what))?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(after) = after {
            after.execute(&mut *transaction).await.map_err(failed)?;
        }
        let stored = chain.act(at, act);
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(true)
    }
}

impl Disasters for SqliteStore {
    async fn open_disaster(&self, period: DisasterPeriod, act: Act) -> Result<bool, StoreError> {
        let (id, at) = (period.department.bytes().to_vec(), period.opened_at);
        let lapsed = sqlx::query(CLOSE_LAPSED).bind(id.clone()).bind(at.0);
        let open = sqlx::query(OPEN)
            .bind(id)
            .bind(at.0)
            .bind(period.until.0)
            .bind(period.reason)
            .bind(period.area.join("\n"))
            .bind(period.opened_by.map(|by| by.bytes().to_vec()));
        self.switched(Some(lapsed), (open, "a disaster period"), None, (at, act)).await
    }

    async fn end_disaster(&self, department: DepartmentId, at: Timestamp, act: Act) -> Result<bool, StoreError> {
        let end = sqlx::query(END).bind(department.bytes().to_vec()).bind(at.0);
        let reliefs = sqlx::query(END_RELIEFS).bind(department.bytes().to_vec()).bind(at.0);
        self.switched(None, (end, "a disaster period"), Some(reliefs), (at, act)).await
    }

    async fn standing_disasters(&self, now: Timestamp) -> Result<Vec<DisasterPeriod>, StoreError> {
        let rows = sqlx::query(SELECT_STANDING).bind(now.0).fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(period).collect()
    }

    async fn disasters(&self, scope: Scope, limit: usize) -> Result<Vec<DisasterPeriod>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = sqlx::query(SELECT_PERIODS).bind(kind).bind(id.to_vec()).bind(limit);
        query.fetch_all(&self.read).await.map_err(failed)?.iter().map(period).collect()
    }

    async fn open_relief(&self, relief: Relief, act: Act) -> Result<bool, StoreError> {
        let (id, at) = (relief.unit.bytes().to_vec(), relief.opened_at);
        let lapsed = sqlx::query(CLOSE_LAPSED_RELIEF).bind(id.clone()).bind(at.0);
        let open = sqlx::query(OPEN_RELIEF)
            .bind(id)
            .bind(at.0)
            .bind(relief.home.bytes().to_vec())
            .bind(relief.department.bytes().to_vec())
            .bind(relief.until.0)
            .bind(relief.opened_by.map(|by| by.bytes().to_vec()));
        self.switched(Some(lapsed), (open, "a relief unit"), None, (at, act)).await
    }

    async fn end_relief(
        &self,
        department: DepartmentId,
        unit: UnitId,
        at: Timestamp,
        act: Act,
    ) -> Result<bool, StoreError> {
        let end = sqlx::query(END_RELIEF).bind(department.bytes().to_vec()).bind(unit.bytes().to_vec()).bind(at.0);
        self.switched(None, (end, "a relief unit"), None, (at, act)).await
    }

    async fn reliefs(&self, since: Timestamp) -> Result<Vec<Relief>, StoreError> {
        let rows = sqlx::query(SELECT_RELIEFS).bind(since.0).fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(relief).collect()
    }

    async fn reliefs_of(&self, unit: UnitId) -> Result<Vec<Relief>, StoreError> {
        let query = sqlx::query(SELECT_RELIEFS_OF).bind(unit.bytes().to_vec());
        query.fetch_all(&self.read).await.map_err(failed)?.iter().map(relief).collect()
    }
}
