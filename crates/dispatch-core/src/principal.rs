//! Who acts, for whom, in which roles. Every use case takes one first.

use crate::error::NotPermitted;
use case::OnBehalf;
use model::{CrewId, DepartmentId, DeviceId, HospitalId, SessionId, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A person's account.
    Person(CrewId),
    /// A tablet on its own.
    Device(DeviceId),
    /// The server's own rules.
    System,
}

/// In what capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A crew member signed in on a tablet (救急隊員).
    Crew,
    /// A person at a dispatch centre or in the department's administration.
    Dispatcher,
    /// A person at a hospital's desk.
    Desk,
    /// A machine's account (CAD, capacity feed).
    Machine,
    /// A tablet on which nobody is signed in.
    Device,
    /// The server itself.
    System,
}

impl PrincipalKind {
    /// The stored word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Crew => "crew",
            Self::Dispatcher => "dispatcher",
            Self::Desk => "desk",
            Self::Machine => "machine",
            Self::Device => "device",
            Self::System => "system",
        }
    }
    /// From the stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Crew, Self::Dispatcher, Self::Desk, Self::Machine, Self::Device, Self::System]
            .into_iter()
            .find(|kind| kind.key() == key)
    }
}

/// Whose rows somebody may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One department's (消防本部).
    Department(DepartmentId),
    /// One hospital's: cases in which it was asked.
    Hospital(HospitalId),
    /// The installation: its departments, hospitals and accounts. Opens cases to the server itself only.
    Installation,
}

/// What a person may do (DESIGN §5.18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 救急隊員
    Crew,
    /// 隊長
    CrewLeader,
    /// 指令員
    Dispatcher,
    /// 指令監督
    DispatchSupervisor,
    /// 本部管理者
    DepartmentAdmin,
    /// MC審査
    MedicalReview,
    /// 病院デスク
    HospitalDesk,
    /// 病院管理者
    HospitalAdmin,
    /// 運用
    Operations,
    /// 機械: the department's CAD
    Machine,
    /// 機械: a feed of capacity, and nothing else
    CapacityFeed,
    /// 機械: reads statistics, and nothing else
    StatisticsReader,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 12] = [
        Self::Crew,
        Self::CrewLeader,
        Self::Dispatcher,
        Self::DispatchSupervisor,
        Self::DepartmentAdmin,
        Self::MedicalReview,
        Self::HospitalDesk,
        Self::HospitalAdmin,
        Self::Operations,
        Self::Machine,
        Self::CapacityFeed,
        Self::StatisticsReader,
    ];
    /// The stored word; also a code in the audit.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Crew => "crew",
            Self::CrewLeader => "crew_leader",
            Self::Dispatcher => "dispatcher",
            Self::DispatchSupervisor => "dispatch_supervisor",
            Self::DepartmentAdmin => "department_admin",
            Self::MedicalReview => "medical_review",
            Self::HospitalDesk => "hospital_desk",
            Self::HospitalAdmin => "hospital_admin",
            Self::Operations => "operations",
            Self::Machine => "machine",
            Self::CapacityFeed => "capacity_feed",
            Self::StatisticsReader => "statistics_reader",
        }
    }
    /// From the stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Crew => "救急隊員",
            Self::CrewLeader => "隊長",
            Self::Dispatcher => "指令員",
            Self::DispatchSupervisor => "指令監督",
            Self::DepartmentAdmin => "本部管理者",
            Self::MedicalReview => "MC審査",
            Self::HospitalDesk => "病院デスク",
            Self::HospitalAdmin => "病院管理者",
            Self::Operations => "運用",
            Self::Machine => "機械",
            Self::CapacityFeed => "機械（受入情報）",
            Self::StatisticsReader => "機械（統計）",
        }
    }
}

/// The tablet that somebody acts through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TabletOf {
    /// The tablet.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
}

/// Somebody whose identity was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub who: Who,
    /// In what capacity.
    pub kind: PrincipalKind,
    /// For whom.
    pub scope: Scope,
    /// With which rights.
    pub roles: BTreeSet<Role>,
    /// Through which tablet, for crews and devices.
    pub tablet: Option<TabletOf>,
    /// In which session, for persons.
    pub session: Option<SessionId>,
}

impl Principal {
    /// The server itself.
    #[must_use]
    pub const fn system() -> Self {
        Self {
            who: Who::System,
            kind: PrincipalKind::System,
            scope: Scope::Installation,
            roles: BTreeSet::new(),
            tablet: None,
            session: None,
        }
    }
    /// The department acted for.
    #[must_use]
    pub const fn department(&self) -> Option<DepartmentId> {
        match self.scope {
            Scope::Department(department) => Some(department),
            Scope::Hospital(_) | Scope::Installation => None,
        }
    }
    /// The hospital acted for.
    #[must_use]
    pub const fn hospital(&self) -> Option<HospitalId> {
        match self.scope {
            Scope::Hospital(hospital) => Some(hospital),
            Scope::Department(_) | Scope::Installation => None,
        }
    }
    /// The person, if one acts.
    #[must_use]
    pub const fn person(&self) -> Option<CrewId> {
        match self.who {
            Who::Person(person) => Some(person),
            Who::Device(_) | Who::System => None,
        }
    }
    /// Whether one of the roles is held.
    #[must_use]
    pub fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    pub(crate) fn require_any(&self, roles: &[Role], what: &'static str) -> Result<(), NotPermitted> {
        if self.has_any(roles) { Ok(()) } else { Err(NotPermitted { what }) }
    }
    pub(crate) fn require_department(&self, what: &'static str) -> Result<DepartmentId, NotPermitted> {
        self.department().ok_or(NotPermitted { what })
    }
    pub(crate) fn require_hospital(&self, what: &'static str) -> Result<HospitalId, NotPermitted> {
        self.hospital().ok_or(NotPermitted { what })
    }
    pub(crate) fn require_tablet(&self, what: &'static str) -> Result<(DepartmentId, TabletOf), NotPermitted> {
        match (self.scope, self.tablet) {
            (Scope::Department(department), Some(tablet)) => Ok((department, tablet)),
            _ => Err(NotPermitted { what }),
        }
    }
    /// A scope that opens cases: a department's or a hospital's for people, all for the server itself.
    pub(crate) fn case_scope(&self, what: &'static str) -> Result<Scope, NotPermitted> {
        match (self.scope, self.kind) {
            (Scope::Installation, PrincipalKind::System) | (Scope::Department(_) | Scope::Hospital(_), _) => {
                Ok(self.scope)
            }
            (Scope::Installation, _) => Err(NotPermitted { what }),
        }
    }
    /// For whom the server writes a fact.
    #[must_use]
    pub fn on_behalf(&self) -> OnBehalf {
        match (self.kind, self.who, self.scope) {
            (PrincipalKind::Desk, Who::Person(account), Scope::Hospital(hospital)) => {
                OnBehalf::Desk { hospital, account }
            }
            (PrincipalKind::Dispatcher, Who::Person(person), _) => OnBehalf::Dispatcher(person),
            (PrincipalKind::Machine, Who::Person(account), _) => OnBehalf::Machine(account),
            _ => OnBehalf::System,
        }
    }
}
