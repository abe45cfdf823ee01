//! The report of a loss: figures, verdict, limits that were missed.

use super::calm::{CalmLog, Did, Entry};
use super::unit::Log;
use super::{Cause, Mark, Marks, Outcome, StormArgs, Verdict};
use crate::light::{Figures, Times, times};
use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// The generator was late when 99 of 100 calm units acted later than this after their moment: then it measured itself.
const LATE_MS: f64 = 20.0;

/// What calm units saw in one phase.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct CalmTimes {
    /// From the intended moment to the answer of a suggestion.
    pub answered: Times,
    /// From the intended moment to the acknowledgement of an event.
    pub acknowledged: Times,
    /// How late the generator came to it.
    pub late: Times,
    /// Questions without an answer and events without an acknowledgement.
    pub unanswered: u64,
}

/// The calm units' phases.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CalmPhases {
    /// Units.
    pub units: usize,
    /// Of these, lost their connection.
    pub lost: usize,
    /// Alone.
    pub before: CalmTimes,
    /// While the fleet is away.
    pub away: CalmTimes,
    /// From the return until everything is delivered.
    pub during: CalmTimes,
    /// p99 of answers, during over before.
    pub answered_ratio: f64,
    /// p99 of acknowledgements, during over before.
    pub acknowledged_ratio: f64,
}

/// What the loss showed.
#[derive(Clone, Debug, Serialize)]
pub struct BackReport {
    /// Why everybody was away.
    pub cause: Cause,
    /// Units of the fleet.
    pub units: usize,
    /// Events of each, recorded while it was away.
    pub events: u64,
    /// Departments.
    pub departments: usize,
    /// The seed.
    pub seed: u64,
    /// UDP sockets of the fleet.
    pub sockets: usize,
    /// Units on each.
    pub per_socket: usize,
    /// How long everybody was away.
    pub away_s: f64,
    /// From the intended first dial to Welcome.
    pub connect: Times,
    /// Tries that failed before everybody was connected, and during the loss and the return.
    pub failed_dials: u64,
    /// From the start of the killed server's process until it listened; part of the times below.
    pub restarted_s: f64,
    /// From the return until the server was heard.
    pub back: Times,
    /// From the return to the acknowledgement, every entry that waited then.
    pub acknowledge: Times,
    /// From the return until nothing waited, every unit.
    pub complete: Times,
    /// From the return until the last entry was acknowledged.
    pub wall_s: f64,
    /// Units with nothing left to deliver.
    pub done: usize,
    /// Units whose connection outlived the loss.
    pub kept: usize,
    /// Logs that were offered again for want of an answer.
    pub retries: u64,
    /// Items that came on feeds.
    pub feed_items: u64,
    /// How late the generator came to a unit's first dial.
    pub generator_late: Times,
    /// The server with nobody connected.
    pub server_empty: Figures,
    /// With all connected and at rest.
    pub server_idle: Figures,
    /// Once everything was delivered.
    pub server_done: Figures,
    /// And at rest again.
    pub server_rested: Figures,
    /// Memory of the server for an idle unit, KiB.
    pub idle_unit_kib: f64,
    /// Part of one core that the idle fleet costs the server.
    pub idle_cores: f64,
    /// Processor time of the server for the first connection of a unit, milliseconds.
    pub connect_unit_cpu_ms: f64,
    /// Processor time of the server for the return of a unit, its entries with it, milliseconds.
    pub return_unit_cpu_ms: f64,
    /// Parts of one core between the return and the last acknowledgement: server, generator.
    pub return_cores: (f64, f64),
    /// The generator's own process at the end.
    pub generator: Figures,
    /// Its memory for a unit, KiB.
    pub generator_unit_kib: f64,
    /// The calm units; none where the server was killed.
    pub calm: Option<CalmPhases>,
    /// Exactly once, every tablet's own store against the server's tables.
    pub verdict: Verdict,
    /// Everything that must be zero, added up.
    pub violations: u64,
    /// Limits that were missed; empty is success.
    pub missed: Vec<String>,
}

impl BackReport {
    pub(super) fn new(args: &StormArgs, outcome: Outcome) -> Self {
        let Outcome { marks, logs, calm, sockets, per_socket, feed_items, verdict } = outcome;
        let units = args.units as f64;
        let one = |found: Option<u64>| found.map(|us| (us, 1));
        let violations: u64 = logs.iter().map(|log| u64::from(log.violations)).sum();
        let idle = cores(&marks.idle_from, &marks.idle_until);
        let returned = cores(&marks.back, &marks.done);
        let mut report = Self {
            cause: args.cause,
            units: args.units,
            events: args.events,
            departments: args.departments.min(args.units),
            seed: args.seed,
            sockets,
            per_socket,
            away_s: marks.back.us.saturating_sub(marks.lost) as f64 / 1e6,
            connect: times(logs.iter().filter_map(|log| one(log.welcomed_us))),
            failed_dials: logs.iter().flat_map(|log| log.failed.values()).map(|n| u64::from(*n)).sum(),
            restarted_s: marks.restarted.as_secs_f64(),
            back: times(logs.iter().filter_map(|log| one(log.back_us))),
            acknowledge: times(logs.iter().flat_map(|log| log.acknowledged.iter().copied())),
            complete: times(logs.iter().filter_map(|log| one(log.drained_us))),
            wall_s: marks.done.us.saturating_sub(marks.back.us) as f64 / 1e6,
            done: logs.iter().filter(|log| log.drained_us.is_some()).count(),
            kept: logs.iter().filter(|log| log.replaced == 0).count(),
            retries: logs.iter().map(|log| u64::from(log.retries)).sum(),
            feed_items,
            generator_late: times(logs.iter().map(|log| (log.began_us, 1))),
            server_empty: marks.empty.server,
            server_idle: marks.idle_until.server,
            server_done: marks.done.server,
            server_rested: marks.rested.server,
            idle_unit_kib: grown(&marks.empty, &marks.idle_until) / units,
            idle_cores: idle.0,
            connect_unit_cpu_ms: marks.idle_from.server.cpu_ms.saturating_sub(marks.empty.server.cpu_ms) as f64 / units,
            return_unit_cpu_ms: marks.done.server.cpu_ms.saturating_sub(marks.back.server.cpu_ms) as f64 / units,
            return_cores: returned,
            generator: marks.rested.generator,
            generator_unit_kib: marks.idle_until.generator.rss_kib as f64 / units,
            calm: (!calm.is_empty()).then(|| phases(&calm, &marks)),
            verdict,
            violations: verdict.violations() + violations,
            missed: Vec::new(),
        };
        report.missed = report.missed(args, &logs);
        report
    }

    fn missed(&self, args: &StormArgs, logs: &[Log]) -> Vec<String> {
        let limits = &args.back;
        let mut missed = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                missed.push(what);
            }
        };
        must(self.violations == 0, format!("{} violations of exactly once: {:?}", self.violations, self.verdict));
        let left = self.units - self.done;
        must(left == 0, format!("{left} of {} units had not delivered everything in time", self.units));
        let back = self.back.count as usize;
        must(back == self.units, format!("{} of {} units did not come back", self.units - back, self.units));
        let lost: u32 = logs.iter().map(|log| log.lost_before).sum();
        must(lost == 0, format!("{lost} connections ended before the loss"));
        for (what, found, most) in [
            ("the last unit of all was connected", self.connect.max_ms / 1e3, limits.max_connected),
            ("the last unit was connected again", self.back.max_ms / 1e3, limits.max_connected),
            ("the last entry was acknowledged", self.acknowledge.max_ms / 1e3, limits.max_acknowledged),
        ] {
            must(found <= most, format!("{what} after {found:.2} s, not {most} s"));
        }
        let (kib, most) = (self.idle_unit_kib, limits.max_idle_kib);
        must(kib <= most, format!("an idle unit takes {kib:.1} KiB of the server's memory, not {most} KiB"));
        let (idle, most) = (self.idle_cores, limits.max_idle_cores);
        must(idle <= most, format!("the idle fleet takes {idle:.3} of a core, not {most}"));
        if let Some(calm) = &self.calm {
            missed.extend(calm.missed(limits.max_calm_ratio));
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
            "{:?}: {} of {} units done {:.2} s after the return; {} connections outlived {:.1} s; {} sockets of {}\n",
            self.cause, self.done, self.units, self.wall_s, self.kept, self.away_s, self.sockets, self.per_socket
        );
        text += &self.connect.line("connect");
        text += &self.back.line("back");
        text += &self.acknowledge.line("acknowledge");
        text += &self.complete.line("complete");
        text += &self.generator_late.line("late");
        text += &format!(
            "server: {:.1} KiB per idle unit, idle {:.4} cores; {:.3} ms of processor per connection, {:.3} per return\n",
            self.idle_unit_kib, self.idle_cores, self.connect_unit_cpu_ms, self.return_unit_cpu_ms
        );
        text += &format!(
            "return: server {:.2} cores, peak {} KiB; generator {:.2} cores, {} KiB; restart {:.2} s, {} failed dials\n",
            self.return_cores.0,
            self.server_done.peak_kib,
            self.return_cores.1,
            self.generator.rss_kib,
            self.restarted_s,
            self.failed_dials
        );
        if let Some(calm) = &self.calm {
            text += &calm.summary();
        }
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

impl CalmPhases {
    fn missed(&self, ratio: f64) -> Vec<String> {
        let mut missed = Vec::new();
        if self.lost > 0 {
            missed.push(format!("{} calm units lost their connection", self.lost));
        }
        let unanswered = self.before.unanswered + self.away.unanswered + self.during.unanswered;
        if unanswered > 0 {
            missed.push(format!("calm units were not answered {unanswered} times"));
        }
        for (what, found) in [("answers", self.answered_ratio), ("acknowledgements", self.acknowledged_ratio)] {
            if found > ratio {
                missed.push(format!("99 of 100 {what} to calm units took {found:.1} times as long, not {ratio} times"));
            }
        }
        let late = self.before.late.p99_ms.max(self.during.late.p99_ms);
        if late > LATE_MS {
            missed.push(format!("calm units acted up to {late:.0} ms late (p99): the generator measured itself"));
        }
        missed
    }

    fn summary(&self) -> String {
        let mut text = String::new();
        for (name, phase) in [("before", &self.before), ("away", &self.away), ("during", &self.during)] {
            text += &format!(
                "calm {name:<7} answers p50 {:>7.2} p99 {:>7.2} ms, events p50 {:>7.2} p99 {:>7.2} ms ({} and {}, late p99 {:.2} ms)\n",
                phase.answered.p50_ms,
                phase.answered.p99_ms,
                phase.acknowledged.p50_ms,
                phase.acknowledged.p99_ms,
                phase.answered.count,
                phase.acknowledged.count,
                phase.late.p99_ms
            );
        }
        text + &format!(
            "calm p99 during over before: answers {:.2}, events {:.2}\n",
            self.answered_ratio, self.acknowledged_ratio
        )
    }
}

fn phases(calm: &[CalmLog], marks: &Marks) -> CalmPhases {
    let entries: Vec<Entry> = calm.iter().flat_map(|log| log.entries.iter().copied()).collect();
    let between = |from: u64, until: u64| {
        let here: Vec<_> = entries.iter().filter(|entry| (from..until).contains(&entry.intended_us)).collect();
        let took = |did| {
            let those = here.iter().filter(move |entry| entry.did == did);
            times(those.filter_map(|entry| entry.took_us).map(|us| (us, 1)))
        };
        CalmTimes {
            answered: took(Did::Asked),
            acknowledged: took(Did::Recorded),
            late: times(here.iter().map(|entry| (entry.late_us, 1))),
            unanswered: here.iter().filter(|entry| entry.took_us.is_none()).count() as u64,
        }
    };
    let before = between(marks.calm_from, marks.lost);
    let during = between(marks.back.us, marks.done.us);
    let ratio = |during: f64, before: f64| if before > 0.0 { during / before } else { 0.0 };
    CalmPhases {
        units: calm.len(),
        lost: calm.iter().filter(|log| log.lost).count(),
        before,
        away: between(marks.lost, marks.back.us),
        during,
        answered_ratio: ratio(during.answered.p99_ms, before.answered.p99_ms),
        acknowledged_ratio: ratio(during.acknowledged.p99_ms, before.acknowledged.p99_ms),
    }
}

/// Parts of one core between two moments: server, generator.
fn cores(from: &Mark, until: &Mark) -> (f64, f64) {
    let wall_ms = until.us.saturating_sub(from.us).max(1) as f64 / 1_000.0;
    let worked = |from: Figures, until: Figures| until.cpu_ms.saturating_sub(from.cpu_ms) as f64 / wall_ms;
    (worked(from.server, until.server), worked(from.generator, until.generator))
}

/// Growth of the server's resident memory, KiB.
fn grown(from: &Mark, until: &Mark) -> f64 {
    until.server.rss_kib as f64 - from.server.rss_kib as f64
}
