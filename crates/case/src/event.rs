//! One event: who wrote it, when, about what. Its name is its place in its writer's log.

use crate::body::Body;
use crate::stored::Hash;
use model::{CaseId, CrewId, DepartmentId, DeviceId, EventTime, HospitalId, IncidentId, LogId, UnitId};
use serde::{Deserialize, Serialize};

/// An event's name: unique for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventName {
    /// The writer's log.
    pub log: LogId,
    /// Place in it, from 1 without gaps.
    pub seq: u64,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One patient.
    Case(CaseId),
    /// An incident as a whole.
    Incident(IncidentId),
    /// A unit's duty.
    Unit(UnitId),
}

impl Subject {
    /// The case, if it is one.
    #[must_use]
    pub const fn case(self) -> Option<CaseId> {
        match self {
            Self::Case(case) => Some(case),
            Self::Incident(_) | Self::Unit(_) => None,
        }
    }
}

/// For whom the server wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBehalf {
    /// A signed-in dispatcher (指令員).
    Dispatcher(CrewId),
    /// A hospital's desk.
    Desk {
        /// The hospital.
        hospital: HospitalId,
        /// The account at the desk.
        account: CrewId,
    },
    /// A machine with its own token (CAD, capacity feed).
    Machine(CrewId),
    /// The server's own rules.
    System,
}

/// Who made the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writer {
    /// A tablet of a unit.
    Tablet {
        /// The tablet.
        device: DeviceId,
        /// Its unit.
        unit: UnitId,
        /// Who was signed in, if anybody.
        crew: Option<CrewId>,
    },
    /// The server.
    Server(OnBehalf),
}

/// One fact, as its writer made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub name: EventName,
    /// SHA-256 of the stored bytes of the event before it in its log; zeros for the first.
    pub prev: Hash,
    /// When.
    pub at: EventTime,
    /// By whom.
    pub writer: Writer,
    /// Whose it is.
    pub department: DepartmentId,
    /// About what.
    pub subject: Subject,
    /// Made in a training installation (訓練).
    pub training: bool,
    /// What happened.
    pub body: Body,
}
