//! The audit: one chain per start of this node.

use super::fields::{Columns, count, failed};
use super::{SqliteStore, reviews};
use audit::{Begin, ChainId, Hash, Outcome, ShownItem, Stored};
use dispatch_core::store::{AuditLog, AuditTicket, LookEnd, StoreError};
use model::{QuestionId, Timestamp};
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

const INSERT_ENTRY: &str = "INSERT INTO audit_entry (chain, seq, bytes, hash) VALUES ($1, $2, $3, $4)";
const INSERT_QUESTION: &str =
    "INSERT INTO audit_question (question, chain, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const SELECT_ENTRIES: &str = "SELECT chain, seq, bytes, hash FROM audit_entry ORDER BY chain, seq";

pub(super) fn insert(chain: ChainId, stored: &Stored) -> Query<'static, Sqlite, SqliteArguments> {
    sqlx::query(INSERT_ENTRY)
        .bind(chain.0.to_vec())
        .bind(count(stored.seq))
        .bind(stored.bytes.clone())
        .bind(stored.hash.0.to_vec())
}

impl AuditLog for SqliteStore {
    async fn begin(&self, at: Timestamp, begin: Begin) -> Result<AuditTicket, StoreError> {
        let lookup = begin.lookup;
        let mut chain = self.chain.lock().await;
        let stored = chain.begin(at, begin.clone());
        let id = chain.head().chain;
        let mut transaction = self.write.begin().await.map_err(failed)?;
        insert(id, &stored).execute(&mut *transaction).await.map_err(failed)?;
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
        let lookup = begin.lookup;
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
        reviews::ended(&mut transaction, (ticket.chain, ticket.seq), &LookEnd { at, outcome, shown }).await?;
        transaction.commit().await.map_err(failed)?;
        chain.advance(&stored);
        Ok(())
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
