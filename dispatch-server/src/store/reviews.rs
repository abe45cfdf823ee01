//! Looks without consent and their reviews.

use super::SqliteStore;
use super::audit_log::insert;
use super::fields::{Columns, count, failed, refused, scope_columns};
use audit::{Act, Begin, ChainId, Code};
use dispatch_core::Scope;
use dispatch_core::store::{
    EmergencyLook, Judged, Judgement, LookEnd, ReviewItem, Reviews, ReviewsOf, StoreError, Verdict, look_to_review,
};
use model::{CaseId, CrewId, DepartmentId, DeviceId, LookupId, Timestamp};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// A look that is tried again stays where it stands in the queue.
const BEGUN: &str = "INSERT INTO emergency_look \
     (lookup, case_id, department, person, device, reason, begun_at, chain, seq) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
     ON CONFLICT (lookup) DO UPDATE SET person = excluded.person, device = excluded.device, reason = excluded.reason, \
     chain = excluded.chain, seq = excluded.seq, ended = NULL";
const ENDED: &str = "UPDATE emergency_look SET ended = $3 WHERE chain = $1 AND seq = $2";
const SELECT_OPEN: &str = "SELECT l.*, r.judgement, r.note, r.reviewer, r.reviewed_at \
     FROM emergency_look l LEFT JOIN review r ON r.lookup = l.lookup \
     WHERE l.reviewed = 0 AND ($1 = 'installation' OR ($1 = 'department' AND l.department = $2)) \
     ORDER BY l.begun_at, l.lookup LIMIT $3";
const SELECT_REVIEWED: &str = "SELECT l.*, r.judgement, r.note, r.reviewer, r.reviewed_at \
     FROM review r JOIN emergency_look l ON l.lookup = r.lookup \
     WHERE $1 = 'installation' OR ($1 = 'department' AND l.department = $2) \
     ORDER BY r.reviewed_at DESC, l.lookup DESC LIMIT $3";
const SELECT_ONE: &str = "SELECT l.*, r.judgement, r.note, r.reviewer, r.reviewed_at \
     FROM emergency_look l LEFT JOIN review r ON r.lookup = l.lookup \
     WHERE l.lookup = $3 AND ($1 = 'installation' OR ($1 = 'department' AND l.department = $2))";
const COUNT_OPEN: &str = "SELECT COUNT(*) AS n FROM emergency_look WHERE reviewed = 0 AND department = $1";
const COUNT_ALL_OPEN: &str = "SELECT COUNT(*) AS n FROM emergency_look WHERE reviewed = 0";
const REVIEWED: &str = "UPDATE emergency_look SET reviewed = 1 WHERE lookup = $1";
const INSERT_REVIEW: &str = "INSERT INTO review (lookup, judgement, note, reviewer, reviewed_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (lookup) DO NOTHING";
const SELECT_REVIEW: &str = "SELECT lookup, judgement, note, reviewer, reviewed_at FROM review WHERE lookup = $1";

/// A look without consent enters the queue; in the transaction of its audit entry.
pub(super) async fn begun(
    conn: &mut SqliteConnection,
    at: Timestamp,
    begin: &Begin,
    (chain, seq): (ChainId, u64),
) -> Result<(), StoreError> {
    let Some(look) = look_to_review(at, begin) else { return Ok(()) };
    let insert = sqlx::query(BEGUN)
        .bind(look.lookup.bytes().to_vec())
        .bind(look.case.bytes().to_vec())
        .bind(look.department.bytes().to_vec())
        .bind(look.person.map(|id| id.bytes().to_vec()))
        .bind(look.device.map(|id| id.bytes().to_vec()))
        .bind(look.reason.as_str().to_owned())
        .bind(look.begun_at.0)
        .bind(chain.0.to_vec())
        .bind(count(seq));
    insert.execute(conn).await.map_err(failed)?;
    Ok(())
}

/// How the look of an entry ended; nothing for one that is not in the queue.
pub(super) async fn ended(
    conn: &mut SqliteConnection,
    (chain, seq): (ChainId, u64),
    end: &LookEnd,
) -> Result<(), StoreError> {
    let end = serde_json::to_string(end).map_err(|_| StoreError::Damaged("the end of a look"))?;
    let update = sqlx::query(ENDED).bind(chain.0.to_vec()).bind(count(seq)).bind(end);
    update.execute(conn).await.map_err(failed)?;
    Ok(())
}

fn verdict(row: &SqliteRow) -> Result<Verdict, StoreError> {
    Ok(Verdict {
        lookup: LookupId::from_bytes(row.fixed("lookup")?),
        judgement: Judgement::from_key(&row.text("judgement")?).ok_or(StoreError::Damaged("a review"))?,
        note: row.maybe_text("note")?,
        by: CrewId::from_bytes(row.fixed("reviewer")?),
        at: Timestamp(row.int("reviewed_at")?),
    })
}

fn item(row: &SqliteRow) -> Result<ReviewItem, StoreError> {
    let damaged = StoreError::Damaged("a look without consent");
    let end = row.maybe_text("ended")?.map(|text| serde_json::from_str::<LookEnd>(&text)).transpose();
    let look = EmergencyLook {
        lookup: LookupId::from_bytes(row.fixed("lookup")?),
        case: CaseId::from_bytes(row.fixed("case_id")?),
        department: DepartmentId::from_bytes(row.fixed("department")?),
        person: row.maybe_fixed("person")?.map(CrewId::from_bytes),
        device: row.maybe_fixed("device")?.map(DeviceId::from_bytes),
        reason: Code::new(&row.text("reason")?).map_err(|_| StoreError::Damaged("a look without consent"))?,
        begun_at: Timestamp(row.int("begun_at")?),
        end: end.map_err(|_| damaged)?,
    };
    let verdict = row.maybe_text("judgement")?.map(|_| verdict(row)).transpose()?;
    Ok(ReviewItem { look, verdict })
}

impl Reviews for SqliteStore {
    async fn emergency_looks(
        &self,
        scope: Scope,
        which: ReviewsOf,
        limit: usize,
    ) -> Result<Vec<ReviewItem>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let select = match which {
            ReviewsOf::Open => SELECT_OPEN,
            ReviewsOf::Reviewed => SELECT_REVIEWED,
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = sqlx::query(select).bind(kind).bind(id.to_vec()).bind(limit);
        query.fetch_all(&self.read).await.map_err(failed)?.iter().map(item).collect()
    }

    async fn emergency_look(&self, scope: Scope, lookup: LookupId) -> Result<Option<ReviewItem>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_ONE).bind(kind).bind(id.to_vec()).bind(lookup.bytes().to_vec());
        query.fetch_optional(&self.read).await.map_err(failed)?.map(|row| item(&row)).transpose()
    }

    async fn open_reviews(&self, scope: Scope) -> Result<u64, StoreError> {
        let query = match scope {
            Scope::Department(department) => sqlx::query(COUNT_OPEN).bind(department.bytes().to_vec()),
            Scope::Installation => sqlx::query(COUNT_ALL_OPEN),
            Scope::Hospital(_) => return Ok(0),
        };
        query.fetch_one(&self.read).await.map_err(failed)?.counter("n")
    }

    async fn review(&self, said: Verdict, act: Act) -> Result<Judged, StoreError> {
        let (lookup, at) = (said.lookup.bytes().to_vec(), said.at);
        let mut chain = self.chain.lock().await;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        let first = sqlx::query(INSERT_REVIEW)
            .bind(lookup.clone())
            .bind(said.judgement.key())
            .bind(said.note)
            .bind(said.by.bytes().to_vec())
            .bind(at.0);
        if first.execute(&mut *transaction).await.map_err(refused("a look"))?.rows_affected() == 0 {
            let row = sqlx::query(SELECT_REVIEW).bind(lookup).fetch_one(&mut *transaction).await.map_err(failed)?;
            return Ok(Judged::Already(verdict(&row)?));
        }
        sqlx::query(REVIEWED).bind(lookup).execute(&mut *transaction).await.map_err(failed)?;
        let stored = chain.act(at, act);
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(Judged::First)
    }
}
