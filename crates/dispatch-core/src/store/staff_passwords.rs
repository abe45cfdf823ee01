//! The staff password for 目視 (目視確認用パスワード): which departments require it, who has one, what it was verified for.

use super::StoreError;
use audit::Act;
use core::future::Future;
use model::{CrewId, DepartmentId, LookupId, Timestamp};

/// How many wrong ones lock, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLimit {
    /// Tries in a row without a right one.
    pub tries: u32,
    /// Until when it is then locked.
    pub lock_until: Timestamp,
}

/// A try, counted before anything is compared.
#[derive(Clone, PartialEq, Eq)]
pub enum StaffTry {
    /// The account has none.
    NotIssued,
    /// Too many wrong ones.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// Compare with this hash.
    Compare {
        /// The stored hash (argon2id, PHC form).
        secret: String,
        /// If it is wrong, the account is locked by now.
        last: bool,
    },
}

/// No hash.
impl core::fmt::Debug for StaffTry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotIssued => f.write_str("NotIssued"),
            Self::Locked { until } => f.debug_struct("Locked").field("until", until).finish(),
            Self::Compare { last, .. } => f.debug_struct("Compare").field("last", last).finish_non_exhaustive(),
        }
    }
}

/// Staff passwords. Every change is written with its audit entry in one transaction, or neither is.
pub trait StaffPasswords: Send + Sync {
    /// Whether a department requires one for 目視.
    fn requires_staff_password(
        &self,
        department: DepartmentId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Sets that.
    fn require_staff_password(
        &self,
        department: DepartmentId,
        required: bool,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Gives an account a new one; the one before and its lock are gone.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the account is not known.
    fn issue_staff_password(
        &self,
        account: CrewId,
        secret: String,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Counts a try, compare-and-set: of tries at the same time no more than the limit are compared. After a lock counting
    /// begins anew.
    fn try_staff_password(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> impl Future<Output = Result<StaffTry, StoreError>> + Send;
    /// It was right: counting begins anew, and the look-up may be made by this account.
    fn staff_password_stands(
        &self,
        account: CrewId,
        lookup: LookupId,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Writes that an account was locked.
    fn staff_password_locked(&self, at: Timestamp, act: Act) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Whether it was verified for this look-up by this account.
    fn staff_password_stood(
        &self,
        account: CrewId,
        lookup: LookupId,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
