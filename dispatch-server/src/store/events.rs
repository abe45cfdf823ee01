//! Facts: handing appends to the writer, and reading.

use super::fields::{CASE_STREAM, Columns, count, failed, scope_columns};
use super::multi::{keys, push_ids};
use super::rows::{case_heads, committed_fact, enquiry_row};
use super::{SqliteStore, heads};
use case::{EventName, Hash};
use dispatch_core::Scope;
use dispatch_core::store::{
    Append, Appended, CaseHead, CaseQuery, CommittedFact, EnquiryRow, EventStore, ForkRow, LogHead, Quarantine,
    StoreError,
};
use hospital_selection::{Hold, Inbound};
use model::{CaseId, EnquiryId, HospitalId, LogId, StoreId, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

const SELECT_HASH: &str = "SELECT hash FROM entry WHERE log = $1 AND seq = $2";
const SELECT_QUARANTINED: &str =
    "SELECT seq, quarantine FROM entry WHERE log = $1 AND quarantine IS NOT NULL ORDER BY seq";
const SELECT_SERVER_LOG: &str = "SELECT log, owner_kind, owner, head, hash, forked_at FROM log \
     WHERE owner_kind = 'server' AND owner = $1 AND forked_at IS NULL ORDER BY log LIMIT 1";
/// `$1` is the scope's kind, `$2` its id: a case outside it does not exist.
const SELECT_CASE: &str = "SELECT * FROM cases WHERE id = $3 AND ($1 = 'installation' \
     OR ($1 = 'department' AND department = $2) \
     OR ($1 = 'hospital' AND EXISTS (SELECT 1 FROM case_hospital h WHERE h.case_id = cases.id AND h.hospital = $2)))";
const SELECT_FACTS: &str = "SELECT e.log, e.seq, e.schema_no, e.bytes, e.received_at, e.stream_kind, e.stream, \
     e.position FROM entry e JOIN cases c ON c.id = e.stream \
     WHERE e.stream_kind = $3 AND e.stream = $4 AND e.position > $5 AND ($1 = 'installation' \
     OR ($1 = 'department' AND c.department = $2) \
     OR ($1 = 'hospital' AND EXISTS (SELECT 1 FROM case_hospital h WHERE h.case_id = c.id AND h.hospital = $2))) \
     ORDER BY e.position LIMIT $6";
const SELECT_ENQUIRIES: &str = "SELECT id, case_id, hospital, sent_at, standing FROM enquiry \
     WHERE hospital = $1 AND sent_at >= $2 AND EXISTS \
     (SELECT 1 FROM case_hospital h WHERE h.case_id = enquiry.case_id AND h.hospital = $1) \
     ORDER BY sent_at DESC, id DESC LIMIT $3";
const SELECT_ENQUIRY: &str = "SELECT id, case_id, hospital, sent_at, standing FROM enquiry WHERE id = $1";
const SELECT_STANDING: &str = "SELECT id, case_id, hospital, sent_at, standing FROM enquiry \
     WHERE standing = 1 AND sent_at >= $1 AND EXISTS \
     (SELECT 1 FROM case_hospital h WHERE h.case_id = enquiry.case_id AND h.hospital = enquiry.hospital) \
     ORDER BY sent_at, id LIMIT $2";
const SELECT_HOLDS: &str = "SELECT hospital, sent_at FROM enquiry \
     WHERE standing = 1 AND sent_at >= $2 AND case_id <> $1 ORDER BY id";
const SELECT_INBOUND: &str = "SELECT destination_hospital AS hospital, COUNT(*) AS units FROM cases \
     WHERE closed = 0 AND id <> $1 AND changed_at >= $2 AND destination_hospital IS NOT NULL \
     GROUP BY destination_hospital ORDER BY destination_hospital";
const SELECT_FORKS: &str = "SELECT log, seq, hash, received_at FROM fork ORDER BY received_at DESC LIMIT $1";

impl EventStore for SqliteStore {
    async fn store_id(&self) -> Result<StoreId, StoreError> {
        Ok(self.life)
    }

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        self.writer.append(append).await
    }

    async fn log_head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        heads::log_head(&self.read, log).await
    }

    async fn entry_hash(&self, name: EventName) -> Result<Option<Hash>, StoreError> {
        let query = sqlx::query(SELECT_HASH).bind(name.log.bytes().to_vec()).bind(count(name.seq));
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| row.hash("hash")).transpose()
    }

    async fn quarantined(&self, log: LogId) -> Result<Vec<(u64, Quarantine)>, StoreError> {
        let query = sqlx::query(SELECT_QUARANTINED).bind(log.bytes().to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(|row| Ok((row.counter("seq")?, heads::quarantine(row.int("quarantine")?)))).collect()
    }

    async fn server_log(&self, case: CaseId) -> Result<Option<LogHead>, StoreError> {
        let query = sqlx::query(SELECT_SERVER_LOG).bind(case.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| heads::read_head(&row)).transpose()
    }

    async fn case_head(&self, scope: Scope, case: CaseId) -> Result<Option<CaseHead>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_CASE).bind(kind).bind(id.to_vec()).bind(case.bytes().to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        Ok(case_heads(&self.read, &rows).await?.pop())
    }

    async fn case_facts(
        &self,
        scope: Scope,
        case: CaseId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<CommittedFact>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let rows = sqlx::query(SELECT_FACTS)
            .bind(kind)
            .bind(id.to_vec())
            .bind(CASE_STREAM)
            .bind(case.bytes().to_vec())
            .bind(count(after))
            .bind(rows_limit(limit))
            .fetch_all(&self.read)
            .await
            .map_err(failed)?;
        rows.iter().map(committed_fact).collect()
    }

    async fn cases(&self, scope: Scope, query: CaseQuery) -> Result<Vec<CaseHead>, StoreError> {
        let mut select = select_cases(scope, query);
        let rows = select.build().fetch_all(&self.read).await.map_err(failed)?;
        case_heads(&self.read, &rows).await
    }

    async fn enquiries_of(
        &self,
        hospital: HospitalId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<EnquiryRow>, StoreError> {
        let rows = sqlx::query(SELECT_ENQUIRIES)
            .bind(hospital.bytes().to_vec())
            .bind(since.0)
            .bind(rows_limit(limit))
            .fetch_all(&self.read)
            .await
            .map_err(failed)?;
        rows.iter().map(enquiry_row).collect()
    }

    async fn enquiry(&self, enquiry: EnquiryId) -> Result<Option<EnquiryRow>, StoreError> {
        let query = sqlx::query(SELECT_ENQUIRY).bind(enquiry.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| enquiry_row(&row)).transpose()
    }

    async fn standing(&self, since: Timestamp, limit: usize) -> Result<Vec<EnquiryRow>, StoreError> {
        let query = sqlx::query(SELECT_STANDING).bind(since.0).bind(rows_limit(limit));
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(enquiry_row).collect()
    }

    async fn holds(&self, except: CaseId, since: Timestamp) -> Result<Vec<Hold>, StoreError> {
        let query = sqlx::query(SELECT_HOLDS).bind(except.bytes().to_vec()).bind(since.0);
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        let hold = |row: &sqlx::sqlite::SqliteRow| {
            let hospital = HospitalId::from_bytes(row.fixed("hospital")?);
            Ok(Hold { hospital, since: Timestamp(row.int("sent_at")?) })
        };
        rows.iter().map(hold).collect()
    }

    async fn inbound(&self, except: CaseId, since: Timestamp) -> Result<Vec<Inbound>, StoreError> {
        let query = sqlx::query(SELECT_INBOUND).bind(except.bytes().to_vec()).bind(since.0);
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        let inbound = |row: &sqlx::sqlite::SqliteRow| {
            let hospital = HospitalId::from_bytes(row.fixed("hospital")?);
            Ok(Inbound { hospital, units: u8::try_from(row.int("units")?).unwrap_or(u8::MAX) })
        };
        rows.iter().map(inbound).collect()
    }

    async fn forks(&self, limit: usize) -> Result<Vec<ForkRow>, StoreError> {
        let rows = sqlx::query(SELECT_FORKS).bind(rows_limit(limit)).fetch_all(&self.read).await.map_err(failed)?;
        let fork = |row: &sqlx::sqlite::SqliteRow| {
            let name = EventName { log: LogId::from_bytes(row.fixed("log")?), seq: row.counter("seq")? };
            Ok(ForkRow { name, hash: row.hash("hash")?, received_at: Timestamp(row.int("received_at")?) })
        };
        rows.iter().map(fork).collect()
    }
}

impl SqliteStore {
    /// The heads of these cases, in no order; those that do not exist are left out.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn case_heads(&self, cases: &[CaseId]) -> Result<Vec<CaseHead>, StoreError> {
        let mut heads = Vec::with_capacity(cases.len());
        for list in keys(cases) {
            let mut select: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT * FROM cases WHERE id IN (");
            push_ids(&mut select, list.iter().map(|case| case.bytes()));
            let rows = select.build().fetch_all(&self.read).await.map_err(failed)?;
            heads.extend(case_heads(&self.read, &rows).await?);
        }
        Ok(heads)
    }
}

/// One statement for each kind of question: a condition that may or may not count would hide the index from the planner.
/// The unit's or hospital's own list comes first (`CROSS JOIN` keeps SQLite to that order): it is short, and the
/// department's is not.
fn select_cases(scope: Scope, query: CaseQuery) -> QueryBuilder<Sqlite> {
    let mut select: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT c.* FROM ");
    match (query.unit, scope) {
        (Some(unit), _) => {
            select.push("case_unit u CROSS JOIN cases c WHERE c.id = u.case_id AND u.unit = ");
            select.push_bind(unit.bytes().to_vec());
        }
        (None, Scope::Hospital(hospital)) => {
            select.push("case_hospital h CROSS JOIN cases c WHERE c.id = h.case_id AND h.hospital = ");
            select.push_bind(hospital.bytes().to_vec());
        }
        (None, Scope::Department(_) | Scope::Installation) => drop(select.push("cases c WHERE 1 = 1")),
    }
    match scope {
        Scope::Department(department) => {
            select.push(" AND c.department = ").push_bind(department.bytes().to_vec());
        }
        Scope::Hospital(hospital) => {
            select.push(" AND EXISTS (SELECT 1 FROM case_hospital s WHERE s.case_id = c.id AND s.hospital = ");
            select.push_bind(hospital.bytes().to_vec()).push(")");
        }
        Scope::Installation => {}
    }
    if query.open_only {
        select.push(" AND c.closed = 0");
    }
    if let Some(since) = query.changed_since {
        select.push(" AND c.changed_at >= ").push_bind(since.0);
    }
    select.push(" ORDER BY c.opened_at DESC, c.id DESC LIMIT ").push_bind(rows_limit(query.limit));
    select
}

fn rows_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
