//! Averages over time of what changes in steps.

use super::float;
use crate::engine::Ticks;

/// The average over time of a number that changes in steps: units busy, patients waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeAverage {
    since: Ticks,
    value: f64,
    area: f64,
    from: Ticks,
}

impl TimeAverage {
    /// From `now` with this value.
    #[must_use]
    pub const fn new(now: Ticks, value: f64) -> Self {
        Self { since: now, value, area: 0.0, from: now }
    }
    /// The value is another from `now`.
    pub fn set(&mut self, now: Ticks, value: f64) {
        self.pass(now);
        self.value = value;
    }
    /// The value changes by so much at `now`.
    pub fn add(&mut self, now: Ticks, change: f64) {
        self.pass(now);
        self.value += change;
    }
    /// The value now.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }
    /// Value × ticks since the start or the last [`Self::restart`].
    #[must_use]
    pub fn area(&self, now: Ticks) -> f64 {
        self.area + self.value * float(now.saturating_sub(self.since))
    }
    /// The average since the start or the last [`Self::restart`]; the value itself when no time has passed.
    #[must_use]
    pub fn mean(&self, now: Ticks) -> f64 {
        let time = now.saturating_sub(self.from);
        if time == 0 { self.value } else { self.area(now) / float(time) }
    }
    /// Forgets what was (the warm-up, the batch before), and goes on with the value.
    pub const fn restart(&mut self, now: Ticks) {
        self.since = now;
        self.from = now;
        self.area = 0.0;
    }

    fn pass(&mut self, now: Ticks) {
        self.area += self.value * float(now.saturating_sub(self.since));
        self.since = self.since.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_as_long_as_they_stand_and_the_warm_up_is_forgotten() {
        let mut busy = TimeAverage::new(0, 0.0);
        busy.set(10, 4.0);
        busy.add(20, -2.0);
        assert!((busy.mean(40) - (0.0 * 10.0 + 4.0 * 10.0 + 2.0 * 20.0) / 40.0).abs() < 1e-12);
        busy.restart(40);
        busy.set(50, 0.0);
        assert!((busy.mean(60) - 1.0).abs() < 1e-12);
        assert!((busy.mean(50) - 2.0).abs() < 1e-12);
    }
}
