//! The search for saturation: rates that rise step by step, what came of each, and which step was the last that held.

use super::Step;
use super::book::Book;
use super::plan::Rate;
use super::run::{Both, cores};
use crate::light::{Times, micros};
use anyhow::Result;
use serde::Serialize;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The first rate, calls a second.
const FIRST: f64 = 10.0;
/// Each step is so many times the one before.
const FACTOR: f64 = 1.3;
/// Steps: up to some 1,000 calls a second.
const STEPS: usize = 18;
/// A step lasts so long: longer than a transport at the pace, so that its second half shows what comes of its own calls.
const STEP: Duration = Duration::from_secs(40);
/// A step holds when in its second half so many of the transports end that were begun …
const ENDED_LEAST: f64 = 0.9;
/// … and 99 of 100 acknowledgements are there within this.
const ACK_P99_MS: f64 = 1_000.0;
/// From this share of the machine on it is the machine that is full.
const MACHINE_FULL: f64 = 0.9;

/// The rates, in order.
pub(super) fn rates() -> Vec<Rate> {
    let next = |rate: &f64| Some(rate * FACTOR);
    std::iter::successors(Some(FIRST), next).take(STEPS).map(|per_second| Rate { per_second, lasts: STEP }).collect()
}

/// What came of a step, in its second half.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Rung {
    /// Calls a second that the schedule had.
    pub(super) offered: f64,
    /// Transports a second that ended as they should.
    pub(super) done: f64,
    pub(super) broke: u64,
    pub(super) server_cores: f64,
    pub(super) generator_cores: f64,
    pub(super) acknowledge: Times,
    pub(super) suggestion: Times,
    pub(super) late: Times,
    pub(super) waited: u64,
}

/// Counters at the beginning of the half that counts.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    both: Both,
    begun: u64,
    done: u64,
    broke: u64,
    waited: u64,
}

impl Mark {
    /// Now; times before are forgotten.
    pub(super) fn now(book: &Book, both: Both) -> Self {
        book.begin_again();
        Self { both, ..Self::counts(book) }
    }

    fn counts(book: &Book) -> Self {
        let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        Self {
            both: Both::default(),
            begun: of(&book.begun),
            done: of(&book.done),
            broke: of(&book.failed),
            waited: of(&book.waited),
        }
    }

    /// What came of it since.
    pub(super) fn rung(&self, book: &Book, both: Both) -> Rung {
        let now = Self::counts(book);
        let seconds = both.at_us.saturating_sub(self.both.at_us) as f64 / 1e6;
        Rung {
            offered: (now.begun - self.begun) as f64 / seconds.max(1e-9),
            done: (now.done - self.done) as f64 / seconds.max(1e-9),
            broke: now.broke - self.broke,
            server_cores: cores((self.both, both), |both| both.server),
            generator_cores: cores((self.both, both), |both| both.generator),
            acknowledge: book.times(Step::Acknowledge).0,
            suggestion: book.times(Step::Suggestion).0,
            late: book.lateness(),
            waited: now.waited - self.waited,
        }
    }
}

/// Watches the steps go by.
pub(super) struct Climb {
    begin_us: u64,
    /// Halves of steps that are over.
    halves: u64,
    mark: Mark,
    pub(super) rungs: Vec<Rung>,
}

impl Climb {
    pub(super) fn new(begin_us: u64) -> Self {
        Self { begin_us, halves: 0, mark: Mark::default(), rungs: Vec::new() }
    }

    /// Looks at the time; true when a step has just ended.
    pub(super) fn look(&mut self, book: &Book, now_us: u64, figures: impl Fn() -> Result<Both>) -> Result<bool> {
        let halves = now_us.saturating_sub(self.begin_us) / (micros(STEP) / 2).max(1);
        if halves <= self.halves {
            return Ok(false);
        }
        self.halves = halves;
        if halves % 2 == 1 {
            self.mark = Mark::now(book, figures()?);
            return Ok(false);
        }
        self.rungs.push(self.mark.rung(book, figures()?));
        Ok(true)
    }

    /// The last step did not hold, or there is none left.
    pub(super) fn has_ended(&self, lag_p99_ms: f64) -> bool {
        self.rungs.len() >= STEPS || self.rungs.last().is_some_and(|rung| !rung.holds(lag_p99_ms))
    }
}

impl Rung {
    /// Whether this rate is sustained.
    pub(super) fn holds(&self, lag_p99_ms: f64) -> bool {
        self.broke == 0
            && self.waited == 0
            && self.done >= ENDED_LEAST * self.offered
            && self.acknowledge.p99_ms <= ACK_P99_MS
            && self.late.p99_ms <= lag_p99_ms
    }

    /// Why it is not, in words.
    pub(super) fn limit(&self, machine_cores: u32, lag_p99_ms: f64) -> &'static str {
        let used = self.server_cores + self.generator_cores;
        if self.waited > 0 {
            "no unit was free: take more units"
        } else if used >= MACHINE_FULL * f64::from(machine_cores) {
            "the machine's cores, which server and generator share"
        } else if self.late.p99_ms > lag_p99_ms {
            "the generator, which came late"
        } else {
            "the server"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_reach_the_goal_and_beyond() {
        let rates = rates();
        assert!(rates.iter().any(|rate| rate.per_second > 200.0 && rate.per_second < 300.0));
        assert!(rates.last().is_some_and(|rate| rate.per_second > 800.0));
    }

    #[test]
    fn a_step_that_falls_behind_names_who_was_full() {
        let rung = Rung { offered: 100.0, done: 95.0, server_cores: 0.7, generator_cores: 0.9, ..Rung::default() };
        assert!(rung.holds(20.0));
        let behind = Rung { done: 60.0, ..rung };
        assert!(!behind.holds(20.0));
        assert_eq!(behind.limit(4, 20.0), "the server");
        assert!(behind.limit(1, 20.0).starts_with("the machine"));
        assert!(!Rung { broke: 1, ..rung }.holds(20.0));
    }
}
