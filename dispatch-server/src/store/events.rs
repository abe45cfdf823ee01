//! Facts: handing appends to the writer, and reading.

use super::fields::{CASE_STREAM, Columns, count, failed, scope_columns};
use super::rows::{case_heads, committed_fact, enquiry_row};
use super::writer::Job;
use super::{SqliteStore, writing};
use case::{EventName, Hash};
use dispatch_core::Scope;
use dispatch_core::store::{
    Append, Appended, CaseHead, CaseQuery, CommittedFact, EnquiryRow, EventStore, ForkRow, LogHead, Quarantine,
    StoreError,
};
use hospital_selection::{Hold, Inbound};
use model::{CaseId, EnquiryId, HospitalId, LogId, StoreId, Timestamp};
use tokio::sync::oneshot;

const SELECT_HASH: &str = "SELECT hash FROM entry WHERE log = $1 AND seq = $2";
const SELECT_QUARANTINED: &str =
    "SELECT seq, quarantine FROM entry WHERE log = $1 AND quarantine IS NOT NULL ORDER BY seq";
const SELECT_SERVER_LOG: &str = "SELECT log, owner_kind, owner, head, hash, forked_at FROM log \
     WHERE owner_kind = 'server' AND owner = $1 AND forked_at IS NULL ORDER BY log LIMIT 1";
/// `$1` is the scope's kind, `$2` its id: a case outside it does not exist.
const SELECT_CASE: &str = "SELECT * FROM cases WHERE id = $3 AND ($1 = 'installation' \
     OR ($1 = 'department' AND department = $2) \
     OR ($1 = 'hospital' AND EXISTS (SELECT 1 FROM case_hospital h WHERE h.case_id = cases.id AND h.hospital = $2)))";
const SELECT_CASES: &str = "SELECT * FROM cases WHERE ($1 = 'installation' \
     OR ($1 = 'department' AND department = $2) \
     OR ($1 = 'hospital' AND EXISTS (SELECT 1 FROM case_hospital h WHERE h.case_id = cases.id AND h.hospital = $2))) \
     AND ($3 = 0 OR closed = 0) AND changed_at >= $4 \
     AND ($5 = 0 OR EXISTS (SELECT 1 FROM case_unit u WHERE u.case_id = cases.id AND u.unit = $6)) \
     ORDER BY opened_at DESC, id DESC LIMIT $7";
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
        let (reply, result) = oneshot::channel();
        let stopped = || StoreError::Failed("the writer has stopped".into());
        self.jobs.send(Job { append, reply }).await.map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }

    async fn log_head(&self, log: LogId) -> Result<Option<LogHead>, StoreError> {
        writing::log_head(&self.read, log).await
    }

    async fn entry_hash(&self, name: EventName) -> Result<Option<Hash>, StoreError> {
        let query = sqlx::query(SELECT_HASH).bind(name.log.bytes().to_vec()).bind(count(name.seq));
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| row.hash("hash")).transpose()
    }

    async fn quarantined(&self, log: LogId) -> Result<Vec<(u64, Quarantine)>, StoreError> {
        let query = sqlx::query(SELECT_QUARANTINED).bind(log.bytes().to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(|row| Ok((row.counter("seq")?, writing::quarantine(row.int("quarantine")?)))).collect()
    }

    async fn server_log(&self, case: CaseId) -> Result<Option<LogHead>, StoreError> {
        let query = sqlx::query(SELECT_SERVER_LOG).bind(case.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| writing::read_head(&row)).transpose()
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
        let (kind, id) = scope_columns(scope);
        let rows = sqlx::query(SELECT_CASES)
            .bind(kind)
            .bind(id.to_vec())
            .bind(i64::from(query.open_only))
            .bind(query.changed_since.map_or(i64::MIN, |since| since.0))
            .bind(i64::from(query.unit.is_some()))
            .bind(query.unit.map_or_else(Vec::new, |unit| unit.bytes().to_vec()))
            .bind(rows_limit(query.limit))
            .fetch_all(&self.read)
            .await
            .map_err(failed)?;
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

fn rows_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
