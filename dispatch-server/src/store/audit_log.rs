//! The audit: one chain per start of this node.

use super::fields::{Columns, count, failed};
use super::{SqliteStore, reviews};
use audit::{Act, AuditEntry, Begin, ChainId, Hash, Kind, Outcome, ShownItem, Stored};
use dispatch_core::store::{AuditLog, AuditTicket, CaseLook, LookEnd, StoreError};
use model::{CaseId, QuestionId, Timestamp};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Sqlite, SqliteConnection};

const INSERT_ENTRY: &str = "INSERT INTO audit_entry (chain, seq, bytes, hash) VALUES ($1, $2, $3, $4)";
const INSERT_QUESTION: &str =
    "INSERT INTO audit_question (question, chain, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const INSERT_LOOK: &str = "INSERT INTO case_look (case_id, chain, seq) VALUES ($1, $2, $3)";
const END_LOOK: &str = "UPDATE case_look SET ended = $3 WHERE chain = $1 AND seq = $2";
const SELECT_LOOKS: &str = "SELECT l.seq, b.bytes, b.hash, l.ended, e.bytes AS end_bytes, e.hash AS end_hash \
     FROM case_look l JOIN audit_entry b ON b.chain = l.chain AND b.seq = l.seq \
     LEFT JOIN audit_entry e ON e.chain = l.chain AND e.seq = l.ended WHERE l.case_id = $1";
const SELECT_ENTRIES: &str = "SELECT chain, seq, bytes, hash FROM audit_entry ORDER BY chain, seq";

pub(super) fn insert(chain: ChainId, stored: &Stored) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(INSERT_ENTRY)
        .bind(chain.0.to_vec())
        .bind(count(stored.seq))
        .bind(stored.bytes.clone())
        .bind(stored.hash.0.to_vec())
}

async fn look_begun(conn: &mut SqliteConnection, case: CaseId, (chain, seq): (ChainId, u64)) -> Result<(), StoreError> {
    let look = sqlx::query(INSERT_LOOK).bind(case.bytes().to_vec()).bind(chain.0.to_vec()).bind(count(seq));
    look.execute(conn).await.map_err(failed)?;
    Ok(())
}

/// An entry as it stands in a row of a look.
fn entry(seq: u64, bytes: Vec<u8>, hash: [u8; 32]) -> Result<AuditEntry, StoreError> {
    Stored { seq, bytes, hash: Hash(hash) }.entry().ok_or(StoreError::Damaged("an audit entry"))
}

fn look(row: &SqliteRow) -> Result<CaseLook, StoreError> {
    let damaged = || StoreError::Damaged("an audit entry");
    let begun = entry(row.counter("seq")?, row.bytes("bytes")?, row.fixed("hash")?)?;
    let Kind::Begin(begin) = begun.kind else { return Err(damaged()) };
    let end = match (row.maybe_int("ended")?, row.maybe_bytes("end_bytes")?, row.maybe_fixed("end_hash")?) {
        (Some(seq), Some(bytes), Some(hash)) => {
            let ended = entry(u64::try_from(seq).map_err(|_| damaged())?, bytes, hash)?;
            let Kind::Complete(end) = ended.kind else { return Err(damaged()) };
            Some(LookEnd { at: ended.at, outcome: end.outcome, shown: end.shown })
        }
        _ => None,
    };
    Ok(CaseLook { at: begun.at, begin, end })
}

impl AuditLog for SqliteStore {
    async fn begin(&self, at: Timestamp, begin: Begin) -> Result<AuditTicket, StoreError> {
        let (case, lookup) = (begin.case, begin.lookup);
        let mut chain = self.chain.lock().await;
        let stored = chain.begin(at, begin.clone());
        let id = chain.head().chain;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        insert(id, &stored).execute(&mut *transaction).await.map_err(failed)?;
        look_begun(&mut transaction, case, (id, stored.seq)).await?;
        reviews::begun(&mut transaction, at, &begin, (id, stored.seq)).await?;
        transaction.commit().await.map_err(failed)?;
        // A failed transaction leaves the chain where it was.
        chain.advance(&stored);
        Ok(AuditTicket { chain: id, seq: stored.seq, lookup })
    }

    async fn begin_once(
        &self,
        at: Timestamp,
        question: QuestionId,
        begin: Begin,
    ) -> Result<Option<AuditTicket>, StoreError> {
        let (case, lookup) = (begin.case, begin.lookup);
        let mut chain = self.chain.lock().await;
        let stored = chain.begin(at, begin);
        let id = chain.head().chain;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        let claim =
            sqlx::query(INSERT_QUESTION).bind(question.bytes().to_vec()).bind(id.0.to_vec()).bind(count(stored.seq));
        if claim.execute(&mut *transaction).await.map_err(failed)?.rows_affected() == 0 {
            return Ok(None);
        }
        insert(id, &stored).execute(&mut *transaction).await.map_err(failed)?;
        look_begun(&mut transaction, case, (id, stored.seq)).await?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(Some(AuditTicket { chain: id, seq: stored.seq, lookup }))
    }

    async fn complete(
        &self,
        at: Timestamp,
        ticket: AuditTicket,
        outcome: Outcome,
        shown: Vec<ShownItem>,
    ) -> Result<(), StoreError> {
        let mut chain = self.chain.lock().await;
        let stored = chain.complete(at, ticket.seq, ticket.lookup, outcome.clone(), shown.clone());
        let mut transaction = self.write.begin().await.map_err(failed)?;
        insert(chain.head().chain, &stored).execute(&mut *transaction).await.map_err(failed)?;
        let ended = sqlx::query(END_LOOK).bind(ticket.chain.0.to_vec()).bind(count(ticket.seq)).bind(count(stored.seq));
        ended.execute(&mut *transaction).await.map_err(failed)?;
        reviews::ended(&mut transaction, (ticket.chain, ticket.seq), &LookEnd { at, outcome, shown }).await?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(())
    }

    async fn note(&self, at: Timestamp, act: Act) -> Result<(), StoreError> {
        self.with_act(None, "an act", at, act).await
    }

    async fn looks(&self, case: CaseId) -> Result<Vec<CaseLook>, StoreError> {
        let query = sqlx::query(SELECT_LOOKS).bind(case.bytes().to_vec());
        let rows = query.fetch_all(&self.read).await.map_err(failed)?;
        let mut looks = rows.iter().map(look).collect::<Result<Vec<_>, _>>()?;
        // Chains of several starts: only the time says which came first.
        looks.sort_by_key(|look| look.at);
        Ok(looks)
    }

    async fn chains(&self) -> Result<Vec<(ChainId, Vec<Stored>)>, StoreError> {
        let rows = sqlx::query(SELECT_ENTRIES).fetch_all(&self.read).await.map_err(failed)?;
        let mut chains: Vec<(ChainId, Vec<Stored>)> = Vec::new();
        for row in &rows {
            let chain = ChainId(row.fixed("chain")?);
            let stored =
                Stored { seq: row.counter("seq")?, bytes: row.bytes("bytes")?, hash: Hash(row.fixed("hash")?) };
            match chains.last_mut().filter(|(known, _)| *known == chain) {
                Some((_, entries)) => entries.push(stored),
                None => chains.push((chain, vec![stored])),
            }
        }
        Ok(chains)
    }
}
