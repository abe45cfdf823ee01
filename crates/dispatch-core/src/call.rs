//! What one call of a use case may know of time and chance.

use model::{BootId, Clock, EventTime, IdSource, LogId, Monotonic, Timestamp};
use uuid::Uuid;

/// Time, ids and the installation's mark, handed to every use case.
pub struct Call<'a> {
    clock: &'a (dyn Clock + Send + Sync),
    ids: IdSource,
    /// A training installation (訓練).
    pub training: bool,
}

impl<'a> Call<'a> {
    /// A call with its own stream of ids.
    #[must_use]
    pub const fn new(clock: &'a (dyn Clock + Send + Sync), ids: IdSource, training: bool) -> Self {
        Self { clock, ids, training }
    }
    /// The server's UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.utc()
    }
    /// The time for an event of the server: its clock is the reference, so the offset is zero and certain.
    #[must_use]
    pub fn event_time(&self) -> EventTime {
        let offset = model::ClockOffset { us: 0, uncertainty_us: 0 };
        EventTime { utc: self.clock.utc(), mono: self.clock.monotonic(), offset: Some(offset) }
    }
    /// A new UUIDv7.
    pub fn uuid(&mut self) -> Uuid {
        let now = self.clock.utc();
        self.ids.uuid(now)
    }
    /// A new log's name.
    pub fn log(&mut self) -> LogId {
        self.ids.log()
    }
}

/// A clock that can be shared and moved by hand: for tests of the server's use cases.
#[derive(Debug)]
pub struct SharedClock {
    boot: BootId,
    us: core::sync::atomic::AtomicI64,
}

impl SharedClock {
    /// Starts at `utc`.
    #[must_use]
    pub const fn new(utc: Timestamp) -> Self {
        Self { boot: BootId::from_bytes([9; 16]), us: core::sync::atomic::AtomicI64::new(utc.0) }
    }
    /// Lets minutes pass.
    pub fn advance_minutes(&self, minutes: i64) {
        self.us.fetch_add(minutes.saturating_mul(model::time::MINUTE_US), core::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for SharedClock {
    fn utc(&self) -> Timestamp {
        Timestamp(self.us.load(core::sync::atomic::Ordering::SeqCst))
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic { boot: self.boot, us: self.utc().0.unsigned_abs() }
    }
}
