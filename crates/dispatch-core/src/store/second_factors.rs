//! The second factor of people who sign in on pages, and the terminals on which it was shown.

use super::{StoreError, TryLimit};
use crate::principal::Scope;
use audit::Act;
use core::future::Future;
use model::{CrewId, SessionId, TerminalId, Timestamp};

/// A registered terminal (PC of a desk or of dispatch): a browser that keeps a long-lived cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// Whose people it serves.
    pub scope: Scope,
    /// Its name for the administrator.
    pub name: String,
    /// SHA-256 of its token.
    pub token: [u8; 32],
    /// Who registered it.
    pub registered_by: CrewId,
    /// When.
    pub registered_at: Timestamp,
    /// Since when it counts no more.
    pub revoked_at: Option<Timestamp>,
}

impl Terminal {
    /// Whether it serves people of this scope. One that the operator registered serves the operator alone.
    #[must_use]
    pub fn is_for(&self, scope: Scope) -> bool {
        self.revoked_at.is_none() && self.scope == scope
    }
}

/// Without the token's hash.
impl core::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Terminal").field("id", &self.id).field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// What a try finds.
#[derive(Clone, PartialEq, Eq)]
pub enum FactorTry {
    /// The account has none.
    NotSet,
    /// Too many wrong ones: nothing was counted.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// Counted as wrong until it turns out right.
    Compare {
        /// The secret, sealed.
        sealed: Vec<u8>,
    },
}

/// Without the sealed secret.
impl core::fmt::Debug for FactorTry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NotSet => "NotSet",
            Self::Locked { .. } => "Locked",
            Self::Compare { .. } => "Compare",
        })
    }
}

/// Second factors, one-time codes, terminals. Whatever is used once is used by a compare-and-set.
pub trait SecondFactors: Send + Sync {
    /// Whether an account has one.
    fn has_second_factor(&self, account: CrewId) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Sets one, used up to `step`. False, and nothing written, when there is one and it is not to be replaced.
    fn set_second_factor(
        &self,
        account: CrewId,
        sealed: Vec<u8>,
        step: i64,
        replaces: bool,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Counts a try before it is compared; at the limit further ones are refused until the lock ends.
    fn try_second_factor(
        &self,
        account: CrewId,
        now: Timestamp,
        limit: TryLimit,
    ) -> impl Future<Output = Result<FactorTry, StoreError>> + Send;
    /// Uses a step up: true once, and never for an earlier one. Then counting begins anew.
    fn use_step(&self, account: CrewId, step: i64) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Keeps the hash of a one-time code; it replaces an earlier one.
    fn issue_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        until: Timestamp,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Uses a one-time code up: true once, within its time. Then counting begins anew.
    fn use_recovery(
        &self,
        account: CrewId,
        hash: [u8; 32],
        now: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// A new terminal.
    fn register_terminal(&self, terminal: Terminal, act: Act) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The terminal with this token's hash.
    fn terminal_by_token(&self, token: [u8; 32]) -> impl Future<Output = Result<Option<Terminal>, StoreError>> + Send;
    /// Terminals of a scope by name; all for the installation.
    fn terminals(&self, scope: Scope) -> impl Future<Output = Result<Vec<Terminal>, StoreError>> + Send;
    /// Ends a terminal; again changes nothing but the audit.
    fn revoke_terminal(
        &self,
        terminal: TerminalId,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// When this account showed its second factor on this terminal last.
    fn shown_at(
        &self,
        terminal: TerminalId,
        account: CrewId,
    ) -> impl Future<Output = Result<Option<Timestamp>, StoreError>> + Send;
    /// It was shown now.
    fn shown(
        &self,
        terminal: TerminalId,
        account: CrewId,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// The session's second factor stands; it ends at `until`.
    fn confirm_session(
        &self,
        session: SessionId,
        until: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
