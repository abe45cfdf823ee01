//! Is the link alive? A mobile connection can be "open" and dead, and a slow one can be alive.
//!
//! Whatever is heard from the server counts, not only the answer to a ping: on 64 kbit/s a pong may stand behind other
//! frames for a while. Deadlines grow with the round trip.

use std::time::Duration;

/// A ping is sent after so much time without one.
const PING_EVERY: Duration = Duration::from_secs(5);
/// Silence after something was sent that is late, at least and at most; between them four round trips.
const LATE: (Duration, Duration) = (Duration::from_millis(1_500), Duration::from_secs(6));
/// Silence after which the connection is given up; at least ten round trips.
const DEAD: Duration = Duration::from_secs(15);

/// What to think of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Heard, or nothing was to be heard.
    Fine,
    /// An answer is overdue: try another way beside this one.
    Late,
    /// Give it up.
    Dead,
}

/// Times are microseconds of this boot's monotonic clock.
pub struct Probe {
    heard_us: u64,
    frames: u64,
    /// When the first thing was sent since the server was last heard.
    waiting_us: Option<u64>,
    ping_us: u64,
}

impl Probe {
    /// A connection that stands since now, on which so many frames were heard.
    #[must_use]
    pub fn new(now_us: u64, frames: u64) -> Self {
        Self { heard_us: now_us, frames, waiting_us: None, ping_us: now_us }
    }

    /// Something was sent that the server acknowledges.
    pub fn sent(&mut self, now_us: u64) {
        self.waiting_us.get_or_insert(now_us);
    }

    /// Whether a ping is due; it counts as sent.
    pub fn ping_is_due(&mut self, now_us: u64) -> bool {
        let due = now_us.saturating_sub(self.ping_us) >= micros(PING_EVERY);
        if due {
            self.ping_us = now_us;
            self.sent(now_us);
        }
        due
    }

    /// Looks at how many frames were heard in all.
    pub fn look(&mut self, frames: u64, round_trip: Duration, now_us: u64) -> Verdict {
        if frames != self.frames {
            self.frames = frames;
            self.heard_us = now_us;
            self.waiting_us = None;
        }
        let Some(waiting_us) = self.waiting_us else { return Verdict::Fine };
        let waited = now_us.saturating_sub(waiting_us.max(self.heard_us));
        if waited > micros(DEAD.max(round_trip.saturating_mul(10))) {
            Verdict::Dead
        } else if waited > micros(round_trip.saturating_mul(4).clamp(LATE.0, LATE.1)) {
            Verdict::Late
        } else {
            Verdict::Fine
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(100);

    fn s(seconds: f64) -> u64 {
        (seconds * 1e6) as u64
    }

    #[test]
    fn silence_counts_only_after_something_was_said() {
        let mut probe = Probe::new(0, 0);
        assert_eq!(probe.look(0, RTT, s(4.0)), Verdict::Fine);
        assert!(!probe.ping_is_due(s(4.0)));
        assert!(probe.ping_is_due(s(5.0)));
        assert_eq!(probe.look(0, RTT, s(6.4)), Verdict::Fine);
        assert_eq!(probe.look(0, RTT, s(6.6)), Verdict::Late);
        assert_eq!(probe.look(0, RTT, s(20.1)), Verdict::Dead);
    }

    #[test]
    fn a_question_is_missed_sooner_than_the_next_ping() {
        let mut probe = Probe::new(0, 0);
        probe.sent(s(1.0));
        probe.sent(s(2.0));
        assert_eq!(probe.look(0, RTT, s(2.6)), Verdict::Late);
    }

    #[test]
    fn a_late_pong_is_no_silence_while_other_frames_arrive() {
        let slow = Duration::from_millis(1_200);
        let mut probe = Probe::new(0, 0);
        for second in 1..120_u64 {
            probe.ping_is_due(s(second as f64));
            // One frame in three seconds is all that comes.
            assert_ne!(probe.look(second / 3, slow, s(second as f64)), Verdict::Dead, "after {second} s");
        }
    }

    #[test]
    fn deadlines_grow_with_the_round_trip() {
        let slow = Duration::from_millis(1_300);
        let mut probe = Probe::new(0, 0);
        probe.sent(0);
        assert_eq!(probe.look(0, slow, s(5.0)), Verdict::Fine);
        assert_eq!(probe.look(0, slow, s(5.3)), Verdict::Late);
        assert_eq!(probe.look(0, Duration::from_secs(2), s(19.0)), Verdict::Late);
    }
}
