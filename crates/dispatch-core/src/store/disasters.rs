//! Disaster periods of departments, and relief units that work for one during it.

use super::StoreError;
use crate::principal::Scope;
use audit::Act;
use core::future::Future;
use model::{CrewId, DepartmentId, Timestamp, UnitId};

/// A time in which crews of a department may look up without a card (災害時医療情報閲覧). Written once; it ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisasterPeriod {
    /// Whose.
    pub department: DepartmentId,
    /// Why, in the supervisor's words.
    pub reason: String,
    /// The municipalities, each from the prefecture on.
    pub area: Vec<String>,
    /// Who opened it; none for an administrator's command.
    pub opened_by: Option<CrewId>,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Ended before that.
    pub ended_at: Option<Timestamp>,
}

impl DisasterPeriod {
    /// Whether it holds.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

/// A unit of one department that works for another (応援隊).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relief {
    /// Which unit.
    pub unit: UnitId,
    /// Its own department.
    pub home: DepartmentId,
    /// The department it works for.
    pub department: DepartmentId,
    /// Who opened it; none for an administrator's command.
    pub opened_by: Option<CrewId>,
    /// Since when.
    pub opened_at: Timestamp,
    /// Until when; never longer than the period.
    pub until: Timestamp,
    /// Ended before that.
    pub ended_at: Option<Timestamp>,
}

impl Relief {
    /// Whether it holds.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.until
    }
    /// When it ended or will end.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.until)
    }
}

/// Periods and relief units. Every change is written with its audit entry in one transaction, or neither is.
pub trait Disasters: Send + Sync {
    /// Opens a period, compare-and-set: false, and nothing is written, when the department has one at `opened_at`.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the department is not known.
    fn open_disaster(&self, period: DisasterPeriod, act: Act) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Ends the department's period and its relief units: false when it has none.
    fn end_disaster(
        &self,
        department: DepartmentId,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// The periods of all departments that hold.
    fn standing_disasters(
        &self,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<DisasterPeriod>, StoreError>> + Send;
    /// Periods in scope, the newest first, at most `limit`.
    fn disasters(
        &self,
        scope: Scope,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<DisasterPeriod>, StoreError>> + Send;
    /// Lets a unit work for another department, compare-and-set: false, and nothing is written, when it works for one at
    /// `opened_at`, or that department has no period then.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the unit is not known.
    fn open_relief(&self, relief: Relief, act: Act) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Ends it: false when the unit does not work for that department.
    fn end_relief(
        &self,
        department: DepartmentId,
        unit: UnitId,
        at: Timestamp,
        act: Act,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
    /// Relief of all departments that ended or will end after `since`, by unit.
    fn reliefs(&self, since: Timestamp) -> impl Future<Output = Result<Vec<Relief>, StoreError>> + Send;
    /// Everything that a unit ever did for other departments, the oldest first.
    fn reliefs_of(&self, unit: UnitId) -> impl Future<Output = Result<Vec<Relief>, StoreError>> + Send;
}
