//! Capacity reports and decision records.

use super::SqliteStore;
use super::fields::{Columns, failed, scope_columns};
use super::multi::pieces;
use dispatch_core::Scope;
use dispatch_core::store::{DecisionRecord, Ledger, StoreError};
use hospital_selection::CapacityReport;
use model::{CaseId, DecisionId, DepartmentId, LookupId, QuestionId, Timestamp, UnitId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;

const UPSERT_CAPACITY: &str = "INSERT INTO capacity (hospital, capability, at, report) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (hospital, capability) DO UPDATE SET at = excluded.at, report = excluded.report \
     WHERE excluded.at >= capacity.at";
const SELECT_CAPACITY: &str = "SELECT report FROM capacity ORDER BY hospital, capability";
const INSERT_DECISION: &str = "INSERT INTO decision \
     (id, question, case_id, department, unit, at, lookup, alert_rules, request, output) ";
const UNLESS_DECIDED: &str = " ON CONFLICT (question) DO NOTHING RETURNING id";
const SELECT_QUESTION: &str = "SELECT * FROM decision \
     WHERE question = $3 AND ($1 = 'installation' OR ($1 = 'department' AND department = $2))";
const SELECT_DECISIONS: &str = "SELECT * FROM decision \
     WHERE case_id = $3 AND ($1 = 'installation' OR ($1 = 'department' AND department = $2)) ORDER BY at, id";

fn decision(row: &SqliteRow) -> Result<DecisionRecord, StoreError> {
    Ok(DecisionRecord {
        decision: DecisionId::from_bytes(row.fixed("id")?),
        question: QuestionId::from_bytes(row.fixed("question")?),
        case: CaseId::from_bytes(row.fixed("case_id")?),
        department: DepartmentId::from_bytes(row.fixed("department")?),
        unit: UnitId::from_bytes(row.fixed("unit")?),
        at: Timestamp(row.int("at")?),
        lookup: row.maybe_fixed("lookup")?.map(LookupId::from_bytes),
        alert_rules: row.maybe_text("alert_rules")?,
        request: row.bytes("request")?,
        output: row.bytes("output")?,
    })
}

/// Reports that are kept in memory (about 5 MB); a longer table is read each time.
const CAPACITY_KEPT_MAX: usize = 65_536;

/// The table of capacity as it was read, and the number of reports that had come through this store before.
#[derive(Debug, Default)]
pub(super) struct CapacityKept(Mutex<Option<(u64, Arc<[CapacityReport]>)>>);

impl SqliteStore {
    /// What [`Ledger::capacity`] returns, shared: the table is read once after every report, however many ask.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn capacity_now(&self) -> Result<Arc<[CapacityReport]>, StoreError> {
        // Whoever comes while the table is read waits for it.
        let mut kept = self.capacity_kept.0.lock().await;
        // Looked at before reading: a report that comes meanwhile makes the next one read again.
        let reports_before = *self.capacity.borrow();
        if let Some((_, reports)) = kept.as_ref().filter(|(before, _)| *before == reports_before) {
            return Ok(Arc::clone(reports));
        }
        let reports: Arc<[CapacityReport]> = self.read_capacity().await?.into();
        *kept = (reports.len() <= CAPACITY_KEPT_MAX).then(|| (reports_before, Arc::clone(&reports)));
        Ok(reports)
    }

    async fn read_capacity(&self) -> Result<Vec<CapacityReport>, StoreError> {
        let rows = sqlx::query(SELECT_CAPACITY).fetch_all(&self.read).await.map_err(failed)?;
        let report = |row: &SqliteRow| {
            serde_json::from_str(&row.text("report")?).map_err(|_| StoreError::Damaged("a capacity report"))
        };
        rows.iter().map(report).collect()
    }
}

/// Writes decision records with few statements; for each whether its question was not decided before.
pub(super) async fn insert_decisions(
    conn: &mut SqliteConnection,
    records: &[&DecisionRecord],
) -> Result<Vec<bool>, StoreError> {
    let mut written = BTreeSet::new();
    for piece in pieces(records) {
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT_DECISION);
        insert.push_values(piece, |mut row, record| {
            row.push_bind(record.decision.bytes().to_vec())
                .push_bind(record.question.bytes().to_vec())
                .push_bind(record.case.bytes().to_vec())
                .push_bind(record.department.bytes().to_vec())
                .push_bind(record.unit.bytes().to_vec())
                .push_bind(record.at.0)
                .push_bind(record.lookup.map(|id| id.bytes().to_vec()))
                .push_bind(record.alert_rules.clone())
                .push_bind(record.request.clone())
                .push_bind(record.output.clone());
        });
        for row in insert.push(UNLESS_DECIDED).build().fetch_all(&mut *conn).await.map_err(failed)? {
            written.insert(DecisionId::from_bytes(row.fixed("id")?));
        }
    }
    Ok(records.iter().map(|record| written.contains(&record.decision)).collect())
}

impl Ledger for SqliteStore {
    async fn report_capacity(&self, report: CapacityReport) -> Result<(), StoreError> {
        let damaged = |_| StoreError::Damaged("a capacity report");
        let capability = match report.capability {
            None => String::new(),
            Some(capability) => serde_json::to_string(&capability).map_err(damaged)?,
        };
        let query = sqlx::query(UPSERT_CAPACITY)
            .bind(report.hospital.bytes().to_vec())
            .bind(capability)
            .bind(report.at.0)
            .bind(serde_json::to_string(&report).map_err(damaged)?);
        query.execute(&self.write).await.map_err(failed)?;
        self.capacity.send_modify(|n| *n = n.wrapping_add(1));
        Ok(())
    }

    async fn capacity(&self) -> Result<Vec<CapacityReport>, StoreError> {
        Ok(self.capacity_now().await?.to_vec())
    }

    async fn record_decision(&self, record: DecisionRecord) -> Result<DecisionRecord, StoreError> {
        let record = Arc::new(record);
        if self.writer.decide(Arc::clone(&record)).await? {
            return Ok(Arc::unwrap_or_clone(record));
        }
        let scope = Scope::Department(record.department);
        self.decision_of(scope, record.question).await?.ok_or(StoreError::Exists("a decision"))
    }

    async fn decision_of(&self, scope: Scope, question: QuestionId) -> Result<Option<DecisionRecord>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_QUESTION).bind(kind).bind(id.to_vec()).bind(question.bytes().to_vec());
        let row = query.fetch_optional(&self.read).await.map_err(failed)?;
        row.map(|row| decision(&row)).transpose()
    }

    async fn decisions(&self, scope: Scope, case: CaseId) -> Result<Vec<DecisionRecord>, StoreError> {
        let (kind, id) = scope_columns(scope);
        let query = sqlx::query(SELECT_DECISIONS).bind(kind).bind(id.to_vec()).bind(case.bytes().to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        rows.iter().map(decision).collect()
    }
}
