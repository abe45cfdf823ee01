//! Values and columns.

use case::{Hash, Subject};
use dispatch_core::Scope;
use dispatch_core::store::{LogOwner, StoreError};
use model::{CaseId, DepartmentId, DeviceId, HospitalId, IncidentId, UnitId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Any failure of the database.
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Failed(Box::new(error))
}

/// A failure of an insert: what is taken or missing is told apart.
pub(super) fn refused(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error() {
        Some(db) if db.is_unique_violation() => StoreError::Exists(what),
        Some(db) if db.is_foreign_key_violation() => StoreError::Missing(what),
        _ => failed(error),
    }
}

/// A counter as stored; counters never come near the limit.
pub(super) fn count(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The number of a subject's kind.
pub(super) const fn stream_kind(subject: Subject) -> i64 {
    match subject {
        Subject::Case(_) => 1,
        Subject::Incident(_) => 2,
        Subject::Unit(_) => 3,
    }
}

pub(super) const CASE_STREAM: i64 = 1;

pub(super) const fn stream_id(subject: Subject) -> [u8; 16] {
    match subject {
        Subject::Case(id) => id.bytes(),
        Subject::Incident(id) => id.bytes(),
        Subject::Unit(id) => id.bytes(),
    }
}

pub(super) fn subject(kind: i64, id: [u8; 16]) -> Result<Subject, StoreError> {
    match kind {
        1 => Ok(Subject::Case(CaseId::from_bytes(id))),
        2 => Ok(Subject::Incident(IncidentId::from_bytes(id))),
        3 => Ok(Subject::Unit(UnitId::from_bytes(id))),
        _ => Err(StoreError::Damaged("a stream")),
    }
}

pub(super) const fn owner_columns(owner: LogOwner) -> (&'static str, [u8; 16]) {
    match owner {
        LogOwner::Device(device) => ("device", device.bytes()),
        LogOwner::Server(case) => ("server", case.bytes()),
    }
}

pub(super) fn owner(kind: &str, id: [u8; 16]) -> Result<LogOwner, StoreError> {
    match kind {
        "device" => Ok(LogOwner::Device(DeviceId::from_bytes(id))),
        "server" => Ok(LogOwner::Server(CaseId::from_bytes(id))),
        _ => Err(StoreError::Damaged("a log")),
    }
}

pub(super) const fn scope_columns(scope: Scope) -> (&'static str, [u8; 16]) {
    match scope {
        Scope::Department(department) => ("department", department.bytes()),
        Scope::Hospital(hospital) => ("hospital", hospital.bytes()),
        Scope::Installation => ("installation", [0; 16]),
    }
}

pub(super) fn scope(kind: &str, id: [u8; 16]) -> Result<Scope, StoreError> {
    match kind {
        "department" => Ok(Scope::Department(DepartmentId::from_bytes(id))),
        "hospital" => Ok(Scope::Hospital(HospitalId::from_bytes(id))),
        "installation" => Ok(Scope::Installation),
        _ => Err(StoreError::Damaged("an account")),
    }
}

/// Typed reading of a row; a wrong type or length is damage, never a panic.
pub(super) trait Columns {
    fn int(&self, name: &'static str) -> Result<i64, StoreError>;
    fn maybe_int(&self, name: &'static str) -> Result<Option<i64>, StoreError>;
    fn text(&self, name: &'static str) -> Result<String, StoreError>;
    fn maybe_text(&self, name: &'static str) -> Result<Option<String>, StoreError>;
    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError>;
    fn maybe_bytes(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError>;

    fn flag(&self, name: &'static str) -> Result<bool, StoreError> {
        self.int(name).map(|n| n != 0)
    }
    fn counter(&self, name: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(name)?).map_err(|_| StoreError::Damaged(name))
    }
    fn fixed<const N: usize>(&self, name: &'static str) -> Result<[u8; N], StoreError> {
        self.bytes(name)?.try_into().map_err(|_| StoreError::Damaged(name))
    }
    fn maybe_fixed<const N: usize>(&self, name: &'static str) -> Result<Option<[u8; N]>, StoreError> {
        let bytes = self.maybe_bytes(name)?;
        bytes.map(|b| b.try_into().map_err(|_| StoreError::Damaged(name))).transpose()
    }
    fn hash(&self, name: &'static str) -> Result<Hash, StoreError> {
        self.fixed(name).map(Hash)
    }
}

impl Columns for SqliteRow {
    fn int(&self, name: &'static str) -> Result<i64, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
    fn maybe_int(&self, name: &'static str) -> Result<Option<i64>, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
    fn text(&self, name: &'static str) -> Result<String, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
    fn maybe_text(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
    fn maybe_bytes(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(name).map_err(|_| StoreError::Damaged(name))
    }
}
