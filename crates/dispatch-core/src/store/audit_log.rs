//! Who looked: begin before, complete after, durable each.

use super::{LookEnd, StoreError};
use audit::{Act, Begin, ChainId, Outcome, ShownItem, Stored};
use core::future::Future;
use model::{CaseId, LookupId, QuestionId, Timestamp};

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

/// One look at a history, as its audit entries say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLook {
    /// When it began.
    pub at: Timestamp,
    /// Who looked, how, on what basis.
    pub begin: Begin,
    /// How it ended; none while it runs, or when the server was killed in it.
    pub end: Option<LookEnd>,
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
    /// Somebody did something about looks that changes nothing else: told a patient of them.
    fn note(&self, at: Timestamp, act: Act) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The looks at histories of a case, the oldest first. Whoever asks has opened the case in a scope before.
    fn looks(&self, case: CaseId) -> impl Future<Output = Result<Vec<CaseLook>, StoreError>> + Send;
    /// Every chain with its entries in order, for verification.
    fn chains(&self) -> impl Future<Output = Result<Vec<(ChainId, Vec<Stored>)>, StoreError>> + Send;
}
