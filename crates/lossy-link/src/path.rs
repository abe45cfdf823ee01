//! One direction of one link: when a packet comes out, or why it never does.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;

use crate::counts::PathCounts;
use crate::profile::PathProfile;

/// A copy comes within this, or within the jitter where that is more.
const COPY_WITHIN: Duration = Duration::from_millis(1);

/// What happens to a packet. Times are from the start of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It comes out at `at`, and a second time at `copy`.
    Carried {
        /// When it comes out.
        at: Duration,
        /// When its copy comes out, if it has one.
        copy: Option<Duration>,
    },
    /// It never comes out.
    Lost(Loss),
}

/// Why a packet never comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Random loss, or a burst.
    Air,
    /// Nothing passes now.
    Blackout,
    /// The queue before the narrow transmitter was full.
    Queue,
}

/// One direction of one link. Packets are offered in the order of time.
#[derive(Debug, Clone)]
pub struct Path {
    profile: PathProfile,
    rng: ChaCha12Rng,
    /// When the narrow transmitter is free.
    free_at: Duration,
    /// When the latest packet that was not held back comes out.
    latest: Duration,
    bad: bool,
    blackout: bool,
    counts: PathCounts,
}

impl Path {
    /// A path that decides with this random stream.
    #[must_use]
    pub fn new(profile: PathProfile, rng: ChaCha12Rng) -> Self {
        Self {
            profile,
            rng,
            free_at: Duration::ZERO,
            latest: Duration::ZERO,
            bad: false,
            blackout: false,
            counts: PathCounts::default(),
        }
    }

    /// Decides on the next packet. It waits in the queue, goes on the air, may be lost there, travels.
    pub fn offer(&mut self, now: Duration, bytes: usize) -> Fate {
        self.counts.offered += 1;
        let Some(sent) = self.transmit(now, bytes) else {
            self.counts.dropped += 1;
            return Fate::Lost(Loss::Queue);
        };
        // Every packet draws the same numbers, so that a change of one share does not shift the fate of the others.
        let draws: [f64; 6] = std::array::from_fn(|_| self.rng.random());
        let [air, burst, jitter, reorder, duplicate, copy] = draws;
        if self.blackout || self.profile.blackouts.iter().any(|window| window.contains(&sent)) {
            self.counts.blacked_out += 1;
            return Fate::Lost(Loss::Blackout);
        }
        if self.channel_is_bad(burst) || air < self.profile.loss {
            self.counts.lost += 1;
            return Fate::Lost(Loss::Air);
        }
        let arrives = (sent + self.profile.delay + share_of(self.profile.jitter, jitter)).max(self.latest);
        let at = if reorder < self.profile.reorder {
            self.counts.reordered += 1;
            arrives + self.profile.reorder_by
        } else {
            self.latest = arrives;
            arrives
        };
        let twice = duplicate < self.profile.duplicate;
        self.counts.duplicated += u64::from(twice);
        Fate::Carried { at, copy: twice.then(|| at + share_of(self.profile.jitter.max(COPY_WITHIN), copy)) }
    }

    /// From now on, another link. What is on its way stays on its way.
    pub fn set_profile(&mut self, profile: PathProfile) {
        // A shorter delay may let new packets overtake old ones, as a change of path does; a faster transmitter does
        // not send again what has already been given its time.
        self.latest = Duration::ZERO;
        self.profile = profile;
    }

    /// Lets nothing pass, until it is taken back.
    pub const fn set_blackout(&mut self, on: bool) {
        self.blackout = on;
    }

    /// Bytes that wait for the narrow transmitter.
    #[must_use]
    pub fn queued_bytes(&self, now: Duration) -> usize {
        self.profile.rate.map_or(0, |rate| rate.bytes_in(self.free_at.saturating_sub(now)))
    }

    /// What was done up to now. `delivered` stays 0: only the one who carries the packets knows.
    #[must_use]
    pub fn counts(&self, now: Duration) -> PathCounts {
        PathCounts { queued_bytes: self.queued_bytes(now), ..self.counts }
    }

    /// When the packet has left the transmitter; `None` when it does not fit into the queue.
    fn transmit(&mut self, now: Duration, bytes: usize) -> Option<Duration> {
        let Some(rate) = self.profile.rate else {
            return Some(now);
        };
        // An idle transmitter takes any packet, however small the queue.
        if self.free_at > now && self.queued_bytes(now).saturating_add(bytes) > rate.queue_bytes {
            return None;
        }
        self.free_at = self.free_at.max(now) + rate.airtime(bytes);
        Some(self.free_at)
    }

    fn channel_is_bad(&mut self, draw: f64) -> bool {
        let Some(burst) = self.profile.burst else {
            return false;
        };
        let turns = draw < if self.bad { burst.leave } else { burst.enter };
        self.bad ^= turns;
        self.bad
    }
}

fn share_of(whole: Duration, share: f64) -> Duration {
    whole.mul_f64(share.clamp(0.0, 1.0))
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
