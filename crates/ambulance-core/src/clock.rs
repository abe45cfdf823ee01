//! How far this tablet's clock is off, measured against the server's and carried on this boot's monotonic time: a wall
//! clock that is set forward or back changes the offset, never the time that is shown.

use crate::state::Now;
use model::{ClockOffset, Monotonic, Timestamp};

/// A step of the wall clock against the monotonic one that counts as "it was set" (100 ms).
const STEP_US: i64 = 100_000;
/// Measurements are not trusted for so long after the clock was set: the round trip may have begun before (15 s).
const DISTRUST_US: u64 = 15_000_000;
/// How fast two clocks may drift apart: one part in 20,000 (50 ppm, a common quartz's limit).
const DRIFT_DIVISOR: i64 = 20_000;

/// The server's time at one moment of this boot.
#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: Monotonic,
    server: Timestamp,
    uncertainty_us: i64,
}

impl Anchor {
    fn server_at(&self, mono: Monotonic) -> Option<(Timestamp, i64)> {
        let passed = i64::try_from(mono.since_us(self.at)?).unwrap_or(i64::MAX);
        Some((self.server.plus_us(passed), self.uncertainty_us.saturating_add(passed / DRIFT_DIVISOR)))
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ServerClock {
    anchor: Option<Anchor>,
    last: Option<Now>,
    set_at_us: Option<u64>,
}

impl ServerClock {
    /// Looks at both clocks: notices when the wall clock was set.
    pub(crate) fn tick(&mut self, now: Now) {
        if let Some(last) = self.last
            && let Some(passed) = now.mono.since_us(last.mono)
        {
            let step = now.utc.since_us(last.utc).saturating_sub(i64::try_from(passed).unwrap_or(i64::MAX));
            if step.abs() > STEP_US {
                self.set_at_us = Some(now.mono.us);
            }
        }
        self.last = Some(now);
    }

    /// Add this to `now.utc` to get the server's time; none before the first measurement of this boot.
    pub(crate) fn offset(&self, now: Now) -> Option<ClockOffset> {
        let (server, uncertainty_us) = self.anchor?.server_at(now.mono)?;
        Some(ClockOffset { us: server.since_us(now.utc), uncertainty_us })
    }

    /// An answer came to what was sent at `sent_at` (this tablet's UTC); the server's clock showed `server_at` meanwhile.
    /// The middle of the round trip, give or take its half. Kept when it is surer than what is known, or contradicts it.
    pub(crate) fn measure(&mut self, sent_at: Timestamp, server_at: Timestamp, now: Now) {
        let rtt = now.utc.since_us(sent_at);
        let is_distrusted = self.set_at_us.is_some_and(|us| now.mono.us.saturating_sub(us) < DISTRUST_US);
        if rtt < 0 || is_distrusted {
            return;
        }
        let measured = Anchor { at: now.mono, server: server_at.plus_us(rtt / 2), uncertainty_us: rtt / 2 + 1 };
        let is_better = match self.anchor.and_then(|anchor| anchor.server_at(now.mono)) {
            None => true,
            Some((expected, uncertainty_us)) => {
                let apart = measured.server.since_us(expected).abs();
                measured.uncertainty_us <= uncertainty_us || apart > uncertainty_us + measured.uncertainty_us
            }
        };
        if is_better {
            self.anchor = Some(measured);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::BootId;

    fn now(utc: i64, mono: u64) -> Now {
        Now { utc: Timestamp(utc), mono: Monotonic { boot: BootId::from_bytes([1; 16]), us: mono } }
    }

    #[test]
    fn a_clock_that_is_set_moves_the_offset_and_not_the_time() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.offset(now(1_000, 0)), None, "nothing is known before the first answer");
        clock.tick(now(10_000_000, 0));
        clock.tick(now(10_200_000, 200_000));
        clock.measure(Timestamp(10_000_000), Timestamp(70_100_000), now(10_200_000, 200_000));
        let offset = clock.offset(now(10_200_000, 200_000)).expect("measured");
        assert_eq!((offset.us, offset.uncertainty_us), (60_000_000, 100_001));
        // One second later the wall clock is an hour ahead: server's time goes on by one second.
        let jumped = now(10_200_000 + 3_601_000_000, 1_200_000);
        clock.tick(jumped);
        let offset = clock.offset(jumped).expect("known");
        assert_eq!(jumped.utc.plus_us(offset.us), Timestamp(71_200_000));
        // An answer to what was sent before the jump says nothing.
        clock.measure(Timestamp(11_100_000), Timestamp(71_150_000), jumped);
        assert_eq!(clock.offset(jumped), Some(offset));
    }

    #[test]
    fn another_boot_knows_nothing_and_doubt_grows_with_time() {
        let mut clock = ServerClock::default();
        clock.measure(Timestamp(0), Timestamp(500), now(1_000, 1_000));
        let later = clock.offset(now(1_000 + 3_600_000_000, 1_000 + 3_600_000_000)).expect("known");
        assert_eq!(later.uncertainty_us, 501 + 180_000);
        let other = Now { utc: Timestamp(5), mono: Monotonic { boot: BootId::from_bytes([2; 16]), us: 5 } };
        assert_eq!(clock.offset(other), None);
    }
}
