//! A floor under the congestion window: random radio loss is not congestion.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use quinn::congestion::{Controller, ControllerFactory, ControllerMetrics, Cubic, CubicConfig};
use quinn_proto::RttEstimator;

use crate::limits::WINDOW_FLOOR_BYTES;

/// Makes congestion controllers that are Cubic, except that the window never falls below a floor.
///
/// Under 5 % random loss plain Cubic stays at its minimum and every stream waits for it; with the floor the median and
/// the 99th percentile of an answer halve. The price: a really congested link gets at least the floor in flight.
#[derive(Debug, Clone)]
pub struct FloorConfig {
    cubic: Arc<CubicConfig>,
    floor_bytes: u64,
}

impl FloorConfig {
    /// Cubic above this many bytes in flight; 0 is plain Cubic.
    pub fn new(floor_bytes: u64) -> Self {
        Self { cubic: Arc::new(CubicConfig::default()), floor_bytes }
    }
}

impl Default for FloorConfig {
    /// A floor of [`WINDOW_FLOOR_BYTES`].
    fn default() -> Self {
        Self::new(WINDOW_FLOOR_BYTES)
    }
}

impl ControllerFactory for FloorConfig {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        Box::new(Floor { cubic: Cubic::new(self.cubic.clone(), now, current_mtu), floor_bytes: self.floor_bytes })
    }
}

#[derive(Debug, Clone)]
struct Floor {
    cubic: Cubic,
    floor_bytes: u64,
}

impl Controller for Floor {
    fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {
        self.cubic.on_sent(now, bytes, last_packet_number);
    }

    fn on_ack(&mut self, now: Instant, sent: Instant, bytes: u64, app_limited: bool, rtt: &RttEstimator) {
        self.cubic.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_end_acks(&mut self, now: Instant, in_flight: u64, app_limited: bool, largest_acked: Option<u64>) {
        self.cubic.on_end_acks(now, in_flight, app_limited, largest_acked);
    }

    fn on_congestion_event(&mut self, now: Instant, sent: Instant, is_persistent_congestion: bool, lost_bytes: u64) {
        self.cubic.on_congestion_event(now, sent, is_persistent_congestion, lost_bytes);
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.cubic.on_mtu_update(new_mtu);
    }

    fn window(&self) -> u64 {
        self.cubic.window().max(self.floor_bytes)
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
        self.cubic.initial_window().max(self.floor_bytes)
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
        let window_after_losses = |config: FloorConfig| {
            let mut controller = Arc::new(config).build(now, 1_200);
            for _ in 0..20 {
                let later = now + std::time::Duration::from_secs(1);
                controller.on_congestion_event(later, later, true, 1_200);
            }
            controller.window()
        };
        assert_eq!(window_after_losses(FloorConfig::default()), 48 * 1024);
        assert!(window_after_losses(FloorConfig::new(0)) < 4_000);
    }
}
