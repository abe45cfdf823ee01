//! How much may be in flight: random radio loss is not congestion, and a narrow link gets no standing queue.

mod path;

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use quinn::congestion::{BbrConfig, Controller, ControllerFactory, ControllerMetrics, Cubic, CubicConfig};
use quinn_proto::RttEstimator;

use crate::limits::WINDOW_FLOOR_BYTES;
use path::PathModel;

/// Makes congestion controllers that are Cubic between a floor and a measured ceiling.
///
/// The floor: under 5 % random loss plain Cubic stays at its minimum and every stream waits for it; with the floor the
/// median and the 99th percentile of an answer halve. The ceiling: twice what the path was measured to hold (delivery
/// rate × shortest round trip, as BBR estimates them). It goes below the floor, so on a narrow link fresh facts do not
/// stand in a queue of our own making.
#[derive(Debug, Clone)]
pub struct WindowConfig {
    kind: Kind,
    floor_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Between the floor and the measured ceiling.
    Measured,
    /// Above the floor.
    Unmeasured,
    /// quinn's BBR.
    Bbr,
}

impl WindowConfig {
    /// A floor of so many bytes, and the measured ceiling.
    pub const fn new(floor_bytes: u64) -> Self {
        Self { kind: Kind::Measured, floor_bytes }
    }

    /// A floor without a ceiling, to compare with; 0 is plain Cubic, quinn's default.
    pub const fn unmeasured(floor_bytes: u64) -> Self {
        Self { kind: Kind::Unmeasured, floor_bytes }
    }

    /// quinn's own BBR, which it calls experimental, to compare with.
    pub const fn bbr() -> Self {
        Self { kind: Kind::Bbr, floor_bytes: 0 }
    }
}

impl Default for WindowConfig {
    /// A floor of [`WINDOW_FLOOR_BYTES`].
    fn default() -> Self {
        Self::new(WINDOW_FLOOR_BYTES)
    }
}

impl ControllerFactory for WindowConfig {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        if self.kind == Kind::Bbr {
            return Arc::new(BbrConfig::default()).build(now, current_mtu);
        }
        let cubic = Cubic::new(Arc::new(CubicConfig::default()), now, current_mtu);
        let measured = self.kind == Kind::Measured;
        let path = measured.then(|| PathModel::new(now, current_mtu, cubic.initial_window()));
        Box::new(Window { cubic, path, floor_bytes: self.floor_bytes })
    }
}

#[derive(Debug, Clone)]
struct Window {
    cubic: Cubic,
    path: Option<PathModel>,
    floor_bytes: u64,
}

impl Controller for Window {
    fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {
        self.cubic.on_sent(now, bytes, last_packet_number);
        let window = self.window();
        if let Some(path) = &mut self.path {
            path.sent(now, bytes, window);
        }
    }

    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        self.cubic.on_ack(now, sent, bytes, app_limited, rtt);
        if let Some(path) = &mut self.path {
            path.acked(now, sent, bytes);
        }
    }

    fn on_end_acks(&mut self, now: Instant, in_flight: u64, app_limited: bool, largest_acked: Option<u64>) {
        self.cubic.on_end_acks(now, in_flight, app_limited, largest_acked);
        if let Some(path) = &mut self.path {
            path.batch_ended(now, in_flight);
        }
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, is_persistent_congestion: bool, lost_bytes: u64) {
        self.cubic.on_congestion_event(now, sent, is_persistent_congestion, lost_bytes);
        if let Some(path) = &mut self.path {
            path.lost(lost_bytes);
        }
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.cubic.on_mtu_update(new_mtu);
        if let Some(path) = &mut self.path {
            path.set_mtu(new_mtu);
        }
    }

    fn window(&self) -> u64 {
        let wanted = self.cubic.window().max(self.floor_bytes);
        self.path.as_ref().map_or(wanted, |path| wanted.min(path.ceiling()))
    }

    fn metrics(&self) -> ControllerMetrics {
        let mut metrics = self.cubic.metrics();
        metrics.congestion_window = self.window();
        metrics
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(self.clone())
    }

    fn initial_window(&self) -> u64 {
        self.cubic.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_never_shuts_the_window_below_the_floor() {
        #[expect(clippy::disallowed_methods, reason = "the controller's trait wants an Instant")]
        let now = Instant::now();
        let window_after_losses = |config: WindowConfig| {
            let mut controller = Arc::new(config).build(now, 1_200);
            for _ in 0..20 {
                let later = now + std::time::Duration::from_secs(1);
                controller.on_congestion_event(later, later, true, 1_200);
            }
            controller.window()
        };
        assert_eq!(window_after_losses(WindowConfig::unmeasured(WINDOW_FLOOR_BYTES)), 48 * 1024);
        // Before anything was measured there is no more in flight than RFC 9002 allows at first.
        assert_eq!(window_after_losses(WindowConfig::default()), 12_000);
        assert!(window_after_losses(WindowConfig::unmeasured(0)) < 4_000);
    }
}
