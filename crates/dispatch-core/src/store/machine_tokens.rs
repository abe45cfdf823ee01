//! Tokens of machines: account and session in one, with their audit entry.

use super::{Account, Session, StoreError};
use audit::Act;
use core::future::Future;
use model::{SessionId, Timestamp};

/// Making and ending tokens. Every change is written with its audit entry in one transaction, or neither is.
pub trait MachineTokens: Send + Sync {
    /// A new account with its session.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the account's id or login is taken.
    fn add_token(
        &self,
        account: Account,
        session: Session,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Ends a token's session.
    fn end_token(
        &self,
        session: SessionId,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
