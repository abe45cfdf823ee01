//! The words of the field: identifiers, times, stages, triage, positions, findings, capabilities.
//!
//! In: nothing. Out: plain types that every other crate speaks, each with one meaning.
//! The names follow NEMSIS and CAD usage; the Japanese service's own word stands beside each.
//!
//! **Invariant:** no rules, no IO, no wall clock and no ambient randomness: only [`time::Clock`] implementations made by
//! programs know what time it is, and only random streams handed in produce ids.

pub mod capability;
pub mod findings;
pub mod id;
pub mod person;
pub mod position;
pub mod random;
pub mod stage;
pub mod time;
pub mod triage;

pub use capability::{Capability, Need, Strength};
pub use findings::{Complaint, Findings, FollowUp, FollowUpAnswer, Jcs, Vital, VitalReading};
pub use id::{
    BootId, CaseId, CrewId, DecisionId, DepartmentId, DeviceId, EnquiryId, HospitalId, IncidentId, LogId, LookupId,
    MessageId, QuestionId, SessionId, StoreId, TerminalId, UnitId,
};
pub use person::{AgeBand, CivilDate, Sex};
pub use position::{Position, PositionError};
pub use random::{IdSource, RngStreams};
pub use stage::Stage;
pub use time::{Clock, ClockOffset, EventTime, ManualClock, Monotonic, Timestamp};
pub use triage::Triage;
