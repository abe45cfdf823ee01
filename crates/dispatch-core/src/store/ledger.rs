//! Capacity reports and decision records.

use super::StoreError;
use crate::principal::Scope;
use core::future::Future;
use hospital_selection::CapacityReport;
use model::{CaseId, DecisionId, DepartmentId, LookupId, QuestionId, Timestamp, UnitId};

/// What was suggested, with what, to whom: enough to run it again, nothing of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Its id.
    pub decision: DecisionId,
    /// The question: the same one gives the same record.
    pub question: QuestionId,
    /// The case.
    pub case: CaseId,
    /// The department.
    pub department: DepartmentId,
    /// The unit that asked.
    pub unit: UnitId,
    /// When.
    pub at: Timestamp,
    /// The look-up whose needs were merged in.
    pub lookup: Option<LookupId>,
    /// The alert rule table's version, when a look-up was used.
    pub alert_rules: Option<String>,
    /// The request as a case file (JSON): findings, needs, place, exclusions, holds, the capacity reports that counted and the
    /// versions. Ranked again it gives `output`.
    pub request: Vec<u8>,
    /// The ranking, JSON, byte for byte.
    pub output: Vec<u8>,
}

/// Capacity and decisions.
pub trait Ledger: Send + Sync {
    /// A report replaces the one before it of the same hospital and capability, unless that one is newer.
    fn report_capacity(&self, report: CapacityReport) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The newest report of every hospital and capability.
    fn capacity(&self) -> impl Future<Output = Result<Vec<CapacityReport>, StoreError>> + Send;
    /// Keeps a record. When its question has one already, that one is returned instead.
    fn record_decision(
        &self,
        record: DecisionRecord,
    ) -> impl Future<Output = Result<DecisionRecord, StoreError>> + Send;
    /// The record of a question, in scope.
    fn decision_of(
        &self,
        scope: Scope,
        question: QuestionId,
    ) -> impl Future<Output = Result<Option<DecisionRecord>, StoreError>> + Send;
    /// Records of a case, in scope, oldest first.
    fn decisions(
        &self,
        scope: Scope,
        case: CaseId,
    ) -> impl Future<Output = Result<Vec<DecisionRecord>, StoreError>> + Send;
}
