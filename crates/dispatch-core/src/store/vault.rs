//! History at rest on the server: under a random key per look-up, in a key store of its own.

use super::StoreError;
use core::future::Future;
use model::{CaseId, DepartmentId, LookupId, Timestamp};
use patient_history::HistorySnapshot;

/// One look-up's history and where it belongs. `Debug` shows ids and counts only.
#[derive(Clone, Debug)]
pub struct VaultEntry {
    /// The look-up.
    pub lookup: LookupId,
    /// Its case.
    pub case: CaseId,
    /// Its department.
    pub department: DepartmentId,
    /// When its key is destroyed at the latest.
    pub expires_at: Timestamp,
    /// The history.
    pub snapshot: HistorySnapshot,
}

/// Who may fetch a look-up.
#[derive(Clone, Debug)]
pub enum Claim {
    /// The caller, and nobody else until it puts or gives up.
    Granted,
    /// Somebody else is fetching it now.
    Held,
    /// It is here already.
    Here(Box<VaultEntry>),
    /// It was here; its key is destroyed.
    Gone,
    /// The look-up's id belongs to another case.
    OtherCase,
}

/// History at rest. Expired and destroyed entries do not exist for readers.
pub trait HistoryVault: Send + Sync {
    /// Claims a look-up for fetching, compare-and-set. A claim made before `stale_before` may be taken over.
    fn claim(
        &self,
        lookup: LookupId,
        case: CaseId,
        now: Timestamp,
        stale_before: Timestamp,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;
    /// Gives a claim up: the fetch failed.
    fn give_up(&self, lookup: LookupId) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Stores what was fetched, sealed under a new key.
    fn put(&self, entry: VaultEntry) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Reads a look-up of this case.
    fn history(
        &self,
        lookup: LookupId,
        case: CaseId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<VaultEntry>, StoreError>> + Send;
    /// Destroys the key of one look-up.
    fn destroy_lookup(&self, lookup: LookupId) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Destroys the keys of a case's look-ups (withdrawal).
    fn destroy_case(&self, case: CaseId) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Destroys the keys that have expired; returns how many.
    fn destroy_expired(&self, now: Timestamp) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
