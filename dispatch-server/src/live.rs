//! What is known of units now: in memory only, the latest wins.

use crate::web::{LiveUnits, UnitLive};
use model::{CaseId, DeviceId, Position, Timestamp, UnitId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A unit as last heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnitNow {
    /// When anything was last heard.
    pub heard_at: Option<Timestamp>,
    /// Where it was, and when that was true.
    pub position: Option<(Position, Timestamp)>,
    /// The case that it said it transports.
    pub case: Option<CaseId>,
    /// Tablets connected now.
    pub connected: usize,
}

/// All units as last heard.
#[derive(Debug, Default)]
pub struct Live(Mutex<BTreeMap<UnitId, UnitNow>>);

impl Live {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<UnitId, UnitNow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Something was heard of a unit.
    pub fn heard(&self, unit: UnitId, at: Timestamp) {
        self.lock().entry(unit).or_default().heard_at = Some(at);
    }
    /// A position, unless a newer one is known.
    pub fn moved(&self, unit: UnitId, position: Position, at: Timestamp, case: Option<CaseId>) {
        let mut units = self.lock();
        let now = units.entry(unit).or_default();
        if now.position.is_none_or(|(_, known)| known <= at) {
            now.position = Some((position, at));
            now.case = case;
        }
    }
    pub(crate) fn connected(&self, unit: UnitId, device: DeviceId, at: Timestamp) {
        let mut units = self.lock();
        let now = units.entry(unit).or_default();
        now.connected += 1;
        now.heard_at = Some(at);
        tracing::info!(%unit, %device, tablets = now.connected, "tablet connected");
    }
    pub(crate) fn left(&self, unit: UnitId, device: DeviceId) {
        let mut units = self.lock();
        let now = units.entry(unit).or_default();
        now.connected = now.connected.saturating_sub(1);
        tracing::info!(%unit, %device, tablets = now.connected, "tablet left");
    }
    /// One unit.
    #[must_use]
    pub fn unit(&self, unit: UnitId) -> UnitNow {
        self.lock().get(&unit).copied().unwrap_or_default()
    }
}

impl LiveUnits for Live {
    fn live(&self, unit: UnitId) -> UnitLive {
        let now = self.unit(unit);
        UnitLive { connected: now.connected > 0, last_heard: now.heard_at, position: now.position }
    }
}
