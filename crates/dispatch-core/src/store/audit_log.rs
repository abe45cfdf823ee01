//! Who looked: begin before, complete after, durable each.

use super::StoreError;
use audit::{Begin, ChainId, Outcome, ShownItem, Stored};
use core::future::Future;
use model::{LookupId, QuestionId, Timestamp};

/// A begun look that has to be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditTicket {
    /// The chain.
    pub chain: ChainId,
    /// The begin's place in it.
    pub seq: u64,
    /// The look-up.
    pub lookup: LookupId,
}

/// The audit of this node. It chains the entries itself; each call returns once the entry is durable.
pub trait AuditLog: Send + Sync {
    /// Somebody is about to look. Nothing may be fetched or shown when this fails.
    fn begin(&self, at: Timestamp, begin: Begin) -> impl Future<Output = Result<AuditTicket, StoreError>> + Send;
    /// The same, once for a question: none when that question has begun a look before, which is not written twice.
    fn begin_once(
        &self,
        at: Timestamp,
        question: QuestionId,
        begin: Begin,
    ) -> impl Future<Output = Result<Option<AuditTicket>, StoreError>> + Send;
    /// How that ended.
    fn complete(
        &self,
        at: Timestamp,
        ticket: AuditTicket,
        outcome: Outcome,
        shown: Vec<ShownItem>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Every chain with its entries in order, for verification.
    fn chains(&self) -> impl Future<Output = Result<Vec<(ChainId, Vec<Stored>)>, StoreError>> + Send;
}
