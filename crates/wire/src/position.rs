//! Where a unit is: a datagram, the latest wins, never an event.

use model::{CaseId, Position, Timestamp};
use serde::{Deserialize, Serialize};

/// One fix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionReport {
    /// Counts up within one connection; an older one is dropped.
    pub n: u64,
    /// When, by the tablet's UTC.
    pub at: Timestamp,
    /// Where.
    pub position: Position,
    /// The case being transported, if one is.
    pub case: Option<CaseId>,
}
