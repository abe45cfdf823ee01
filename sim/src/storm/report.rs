//! The report of a storm: figures, verdict, limits that were missed.

use super::StormArgs;
use super::fleet::{Outcome, failures};
use super::unit::Log;
use super::verify::Verdict;
use crate::light::{Failed, Figures, Times, times};
use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// What a storm showed.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Units.
    pub units: usize,
    /// Events of each but the heavy ones.
    pub events: u64,
    /// Departments.
    pub departments: usize,
    /// The seed.
    pub seed: u64,
    /// Arrivals are spread over so many seconds.
    pub spread_s: f64,
    /// From the first intended start until the last unit was done.
    pub wall_s: f64,
    /// Of it, the server's process was stopped.
    pub stalled_s: f64,
    /// Units that were done.
    pub done: usize,
    /// Welcomes per second of the time until the last unit was in.
    pub connects_per_s: f64,
    /// Acknowledged events per second of the whole time.
    pub events_per_s: f64,
    /// From the intended start to Welcome.
    pub welcome: Times,
    /// From the intended start to the acknowledgement, every event.
    pub acknowledge: Times,
    /// From the intended start until nothing waited, every unit.
    pub complete: Times,
    /// The same, heavy units only.
    pub complete_heavy: Times,
    /// Slowest unit over the median one; heavy ones left out.
    pub slowest_over_median: f64,
    /// Jain's index of the units' rates (1: all equal, 1/n: one has everything); heavy ones left out.
    pub fairness: f64,
    /// How late the generator came to a unit: above some milliseconds it measures itself.
    pub generator_late: Times,
    /// Tries that the server had no place for.
    pub busy: u64,
    /// Tries without an answer in time.
    pub silent: u64,
    /// Tries that were refused with a reason.
    pub refused: u64,
    /// Other failures of a try.
    pub broken: u64,
    /// Lines that stood and were lost.
    pub lost_lines: u64,
    /// Logs that were offered again for want of an answer.
    pub retries: u64,
    /// Items that came on feeds.
    pub feed_items: u64,
    /// The server's process before the storm.
    pub server_before: Figures,
    /// With every unit connected and at rest.
    pub server_idle: Figures,
    /// Growth of the server's memory per unit: at rest.
    pub unit_kib: f64,
    /// Growth of the server's memory per unit: at the peak.
    pub unit_peak_kib: f64,
    /// Processor time of the server per unit, milliseconds.
    pub unit_cpu_ms: f64,
    /// The generator's own process.
    pub generator: Figures,
    /// Exactly once.
    pub verdict: Verdict,
    /// Everything that must be zero, added up.
    pub violations: u64,
    /// Limits that were missed; empty is success.
    pub missed: Vec<String>,
}

impl Report {
    pub(super) fn new(args: &StormArgs, outcome: &Outcome, (before, _): (Figures, Figures), verdict: Verdict) -> Self {
        let logs = &outcome.logs;
        let light: Vec<&Log> = logs.iter().filter(|log| !log.heavy).collect();
        let complete = times(light.iter().filter_map(|log| log.drained_us).map(|us| (us, 1)));
        let welcome = times(logs.iter().filter_map(|log| log.welcomed_us).map(|us| (us, 1)));
        let wall_s = outcome.wall.as_secs_f64();
        let units = args.units as f64;
        let grown = |now: u64| (now as f64 - before.rss_kib as f64) / units;
        let acknowledge = times(logs.iter().flat_map(|log| log.acknowledged.iter().copied()));
        let mut report = Self {
            units: args.units,
            events: args.events,
            departments: args.departments.min(args.units),
            seed: args.seed,
            spread_s: args.spread,
            wall_s,
            stalled_s: outcome.stalled.as_secs_f64(),
            done: logs.iter().filter(|log| log.drained_us.is_some()).count(),
            connects_per_s: welcome.count as f64 * 1_000.0 / welcome.max_ms.max(args.spread * 1_000.0).max(1.0),
            events_per_s: acknowledge.count as f64 / wall_s.max(0.001),
            welcome,
            acknowledge,
            complete,
            complete_heavy: times(
                logs.iter().filter(|log| log.heavy).filter_map(|log| log.drained_us).map(|us| (us, 1)),
            ),
            slowest_over_median: complete.max_ms / complete.p50_ms.max(0.001),
            fairness: jain(&light),
            generator_late: times(logs.iter().map(|log| (log.began_us, 1))),
            busy: failures(logs, Failed::Busy),
            silent: failures(logs, Failed::Silent),
            refused: failures(logs, Failed::Refused),
            broken: failures(logs, Failed::Broken),
            lost_lines: logs.iter().map(|log| u64::from(log.lost_lines)).sum(),
            retries: logs.iter().map(|log| u64::from(log.retries)).sum(),
            feed_items: outcome.feed_items,
            server_before: before,
            server_idle: outcome.idle,
            unit_kib: grown(outcome.idle.rss_kib),
            unit_peak_kib: grown(outcome.idle.peak_kib),
            unit_cpu_ms: outcome.idle.cpu_ms.saturating_sub(before.cpu_ms) as f64 / units,
            generator: outcome.generator,
            verdict,
            violations: verdict.violations()
                + logs.iter().map(|log| u64::from(log.wedged) + u64::from(log.forked)).sum::<u64>(),
            missed: Vec::new(),
        };
        report.missed = report.missed(args);
        report
    }

    fn missed(&self, args: &StormArgs) -> Vec<String> {
        let limits = &args.limits;
        let mut missed = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                missed.push(what);
            }
        };
        must(self.violations == 0, format!("{} violations of exactly once: {:?}", self.violations, self.verdict));
        must(
            self.done == self.units,
            format!("{} of {} units were not done in time", self.units - self.done, self.units),
        );
        if let Some(most) = limits.max_ack_p99 {
            let found = self.acknowledge.p99_ms / 1_000.0;
            must(found <= most, format!("99 of 100 events acknowledged within {found:.2} s, not {most} s"));
        }
        if let Some(most) = limits.max_unit_kib {
            let found = self.unit_peak_kib;
            must(found <= most as f64, format!("{found:.0} KiB of the server's memory per unit, not {most} KiB"));
        }
        if let Some(least) = limits.min_fairness {
            must(self.fairness >= least, format!("fairness {:.3}, not {least}", self.fairness));
        }
        missed
    }

    /// Prints a summary on standard error, and the whole report as JSON where wanted.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn print(&self, json: Option<&Path>) -> Result<()> {
        let _closed = std::io::stderr().lock().write_all(self.summary().as_bytes());
        crate::light::print_json(self, json)
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} of {} units done in {:.2} s; {:.0} connects/s, {:.0} events/s, {} feed items\n",
            self.done, self.units, self.wall_s, self.connects_per_s, self.events_per_s, self.feed_items
        );
        text += &self.welcome.line("welcome");
        text += &self.acknowledge.line("acknowledge");
        text += &self.complete.line("complete");
        if self.complete_heavy.count > 0 {
            text += &self.complete_heavy.line("heavy");
        }
        text += &self.generator_late.line("late");
        text += &format!(
            "fairness {:.3} (slowest/median {:.2}); busy {}, silent {}, refused {}, broken {}, lost lines {}, retries {}\n",
            self.fairness,
            self.slowest_over_median,
            self.busy,
            self.silent,
            self.refused,
            self.broken,
            self.lost_lines,
            self.retries
        );
        text += &format!(
            "server: {:.1} KiB per unit at rest, {:.1} at the peak ({} KiB), {:.2} ms of processor per unit\n",
            self.unit_kib, self.unit_peak_kib, self.server_idle.peak_kib, self.unit_cpu_ms
        );
        text += &format!(
            "exactly once: {} recorded, {} stored, {} violations\n",
            self.verdict.recorded, self.verdict.stored, self.violations
        );
        for missed in &self.missed {
            text += &format!("MISSED: {missed}\n");
        }
        text
    }
}

/// Jain's fairness index of events per second (R. Jain, D. Chiu, W. Hawe, DEC-TR-301, 1984).
fn jain(logs: &[&Log]) -> f64 {
    let rate = |log: &&Log| {
        let events: u64 = log.acknowledged.iter().map(|(_, n)| n).sum();
        log.drained_us.map_or(0.0, |us| events as f64 / (us.max(1) as f64))
    };
    let (sum, squares) =
        logs.iter().map(rate).fold((0.0, 0.0), |(sum, squares), rate| (sum + rate, squares + rate * rate));
    if squares > 0.0 { sum * sum / (logs.len() as f64 * squares) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(drained_us: u64) -> Log {
        Log { drained_us: Some(drained_us), acknowledged: vec![(drained_us, 40)], ..Log::default() }
    }

    #[test]
    fn equal_units_are_fair_and_one_that_takes_everything_is_not() {
        let equal = [unit(1_000), unit(1_000), unit(1_000), unit(1_000)];
        assert!((jain(&equal.iter().collect::<Vec<_>>()) - 1.0).abs() < 1e-9);
        let one = [unit(1), unit(1_000_000_000), unit(1_000_000_000), unit(1_000_000_000)];
        assert!(jain(&one.iter().collect::<Vec<_>>()) < 0.26);
    }
}
