//! Who exists: departments, units, tablets, accounts, sessions.

use super::StoreError;
use crate::principal::{PrincipalKind, Role, Scope};
use core::future::Future;
use model::{CrewId, DepartmentId, DeviceId, QuestionId, SessionId, Timestamp, UnitId};
use std::collections::BTreeSet;

/// A fire department (消防本部).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name; unique.
    pub name: String,
    /// Its prefecture: hospitals, capacity and 実施基準 are shared inside one.
    pub pref: String,
}

/// An ambulance unit (救急隊).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its department.
    pub department: DepartmentId,
    /// Its name on the radio; unique in its department.
    pub callsign: String,
}

/// An enrolled tablet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id, as in its certificate.
    pub id: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// Its department.
    pub department: DepartmentId,
    /// Its name for the administrator.
    pub name: String,
    /// SHA-256 of its certificate, 64 hexadecimal digits.
    pub fingerprint: String,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// Since when it is revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A person's (or machine's) account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: CrewId,
    /// The sign-in name; unique in the installation.
    pub login: String,
    /// The name on screens.
    pub name: String,
    /// In what capacity its holder acts.
    pub kind: PrincipalKind,
    /// For whom.
    pub scope: Scope,
    /// With which rights.
    pub roles: BTreeSet<Role>,
    /// The passcode's hash (argon2id, PHC form).
    pub secret: String,
    /// The passcode was made by an administrator and has to be changed.
    pub one_time: bool,
    /// It may not sign in any more.
    pub disabled: bool,
    /// Locked until, after wrong passcodes.
    pub locked_until: Option<Timestamp>,
}

/// Ids and names of rights only: no hash.
impl core::fmt::Debug for Account {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("scope", &self.scope)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// A signed-in person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub account: CrewId,
    /// On which tablet, for crews.
    pub device: Option<DeviceId>,
    /// SHA-256 of the browser's token, for pages.
    pub token: Option<[u8; 32]>,
    /// The question that opened it: the same question gives the same session.
    pub question: Option<QuestionId>,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Ended before that.
    pub ended: bool,
    /// The second factor stands, or none is asked for: without it a session opens nothing but the page that asks for it.
    pub confirmed: bool,
}

/// What is written of a try to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNote {
    /// Right: counting begins anew, and a lock that the try itself completed is gone.
    Right,
    /// Before the passcode is compared: counted as a wrong one; at the limit the account is locked.
    Try {
        /// The present: an account that is locked now counts nothing.
        now: Timestamp,
        /// Wrong ones in a row that lock.
        limit: u32,
        /// Until when it is then locked.
        lock_until: Timestamp,
    },
}

/// Who exists. Small tables; each list is one statement.
pub trait Directory: Send + Sync {
    /// A new department.
    fn add_department(&self, department: Department) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// All departments by name.
    fn departments(&self) -> impl Future<Output = Result<Vec<Department>, StoreError>> + Send;
    /// One department; none = there is none with this id.
    fn department(&self, id: DepartmentId) -> impl Future<Output = Result<Option<Department>, StoreError>> + Send;
    /// Says whom a patient asks about a look at the history; none takes the words away.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for a department that is not known.
    fn set_contact(
        &self,
        department: DepartmentId,
        words: Option<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Those words; none where nobody wrote any.
    fn contact(&self, department: DepartmentId) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;
    /// A new unit.
    fn add_unit(&self, unit: Unit) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// A department's units by callsign; all units for the installation; none for a hospital.
    fn units(&self, scope: Scope) -> impl Future<Output = Result<Vec<Unit>, StoreError>> + Send;
    /// A new tablet.
    fn enrol(&self, device: Device) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Tablets in scope by name.
    fn devices(&self, scope: Scope) -> impl Future<Output = Result<Vec<Device>, StoreError>> + Send;
    /// One tablet.
    fn device(&self, device: DeviceId) -> impl Future<Output = Result<Option<Device>, StoreError>> + Send;
    /// Revokes a tablet; true when it was known. Revoking again changes nothing.
    fn revoke(&self, device: DeviceId, at: Timestamp) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// A new account.
    fn add_account(&self, account: Account) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Accounts in scope by login.
    fn accounts(&self, scope: Scope) -> impl Future<Output = Result<Vec<Account>, StoreError>> + Send;
    /// The account with this sign-in name.
    fn account_by_login(&self, login: &str) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;
    /// The account with this id.
    fn account(&self, account: CrewId) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;
    /// Sets a new passcode hash and ends every session of the account.
    fn set_secret(
        &self,
        account: CrewId,
        secret: String,
        one_time: bool,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Counts a try, compare-and-set in the store: of tries at the same time no more than the limit are compared. False: the
    /// account is locked, or not known, and nothing was counted.
    fn note_sign_in(&self, account: CrewId, note: SignInNote) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Opens a session. When its question has opened one before, that one is returned instead.
    fn open_session(&self, session: Session) -> impl Future<Output = Result<Session, StoreError>> + Send;
    /// The session with this id.
    fn session(&self, session: SessionId) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;
    /// The session with this token's hash.
    fn session_by_token(&self, token: [u8; 32]) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;
    /// Ends a session.
    fn end_session(&self, session: SessionId) -> impl Future<Output = Result<(), StoreError>> + Send;
}
