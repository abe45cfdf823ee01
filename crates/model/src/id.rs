//! Typed identifiers. One alphabetical registry: a `UnitId` cannot be passed where a `HospitalId` is meant.
//!
//! Ids are UUIDv7 made by the writer ([`crate::IdSource`]); a [`LogId`] is 128 random bits and carries no time.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is no identifier.
#[derive(Debug, thiserror::Error)]
#[error("reading an identifier: {0:?} is not a UUID")]
pub struct IdError(String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that came from outside.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
            /// The 16 bytes, big-endian.
            #[must_use]
            pub const fn bytes(self) -> [u8; 16] { *self.0.as_bytes() }
            /// From 16 bytes, big-endian.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self { Self(Uuid::from_bytes(bytes)) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError(text.chars().take(64).collect()))
            }
        }
    )+};
}

ids! {
    /// One power-on of a device: monotonic times compare only inside one boot.
    BootId,
    /// One patient in one incident (傷病者).
    CaseId,
    /// A person of a crew or a desk: an account.
    CrewId,
    /// One recorded hospital decision.
    DecisionId,
    /// A fire department (消防本部).
    DepartmentId,
    /// A tablet, known by its certificate.
    DeviceId,
    /// One request for acceptance to one hospital (受入照会).
    EnquiryId,
    /// A hospital (医療機関).
    HospitalId,
    /// One 119 call's event (事案).
    IncidentId,
    /// One append-only log of one writer: random, made with its store, never reused.
    LogId,
    /// One history look-up.
    LookupId,
    /// One message of dispatch to a unit.
    MessageId,
    /// One question on the wire; the same id gives the same answer.
    QuestionId,
    /// A crew's or desk's signed-in session.
    SessionId,
    /// One life of a server's store: a store that was put back from a backup begins another.
    StoreId,
    /// A registered terminal: a PC of a desk or of dispatch.
    TerminalId,
    /// An ambulance unit (救急隊).
    UnitId,
}
