//! What a run of the fleet found, and whether the stated limits were kept.

use super::run::{Both, Found};
use super::{FleetArgs, Step, Verdict};
use crate::light::Times;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Times of one kind of step.
#[derive(Clone, Debug, Serialize)]
pub struct StepTimes {
    /// Which.
    pub step: &'static str,
    /// From when it was meant to begin.
    pub intended: Times,
    /// From when it began.
    pub service: Times,
}

/// What it cost one of the two processes.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Cost {
    /// Memory for each connected unit at rest, KiB.
    pub unit_kib: f64,
    /// Share of one core while the whole fleet rests.
    pub idle_cores: f64,
    /// Cores while transports were carried out.
    pub busy_cores: f64,
    /// Processor time of one transport, milliseconds; positions, pages and everything else included.
    pub transport_ms: f64,
}

/// The report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Units.
    pub units: usize,
    /// UDP sockets that they shared.
    pub sockets: usize,
    /// Calls of the schedule.
    pub calls: usize,
    /// Transports that ended as they should.
    pub done: u64,
    /// Those that broke off, by reason.
    pub broken_off: BTreeMap<String, u64>,
    /// Errors that the server answered with.
    pub refusals: BTreeMap<String, u64>,
    /// Complete transports a second.
    pub per_second: f64,
    /// Seconds until the last unit was connected.
    pub connected_s: f64,
    /// Times.
    pub steps: Vec<StepTimes>,
    /// How late presses were.
    pub late: Times,
    /// Server and generator.
    pub server: Cost,
    /// See above.
    pub generator: Cost,
    /// Positions told.
    pub positions: u64,
    /// Enquiries, and what desks did.
    pub enquiries: u64,
    /// See above.
    pub desks: crate::hospitals::Summary,
    /// Events of open pages.
    pub page_events: u64,
    /// Calls that waited for a free unit.
    pub waited: u64,
    /// Exactly once.
    pub exactly_once: Verdict,
    /// What was missed.
    pub missed: Vec<String>,
}

impl Report {
    pub(super) fn new(args: &FleetArgs, found: &Found) -> Self {
        let book = &found.book;
        let steps = Step::ALL.map(|step| {
            let (intended, service) = book.times(step);
            StepTimes { step: step.name(), intended, service }
        });
        let done = book.done.load(Ordering::Relaxed);
        let wall_s = seconds(found.busy);
        let mut report = Self {
            units: args.units,
            sockets: found.sockets,
            calls: found.calls,
            done,
            broken_off: book.failures(),
            refusals: book.refusals(),
            per_second: done as f64 / wall_s.max(1e-9),
            connected_s: found.connected.as_secs_f64(),
            steps: steps.into(),
            late: book.lateness(),
            server: cost(args, found, done, |both| both.server),
            generator: cost(args, found, done, |both| both.generator),
            positions: book.positions.load(Ordering::Relaxed),
            enquiries: book.enquiries.load(Ordering::Relaxed),
            desks: found.desks.clone(),
            page_events: book.page_events.load(Ordering::Relaxed),
            waited: book.waited.load(Ordering::Relaxed),
            exactly_once: found.verdict,
            missed: Vec::new(),
        };
        report.missed = report.judge(args, found);
        report
    }

    fn p99(&self, step: Step) -> f64 {
        self.steps.get(step.index()).map_or(0.0, |times| times.intended.p99_ms)
    }

    fn judge(&self, args: &FleetArgs, found: &Found) -> Vec<String> {
        let mut missed = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                missed.push(what);
            }
        };
        must(self.exactly_once.is_clean(), format!("exactly once: {:?}", self.exactly_once));
        must(self.broken_off.is_empty(), format!("transports broke off: {:?}", self.broken_off));
        must(found.not_begun == 0, format!("{} calls of the schedule were not begun", found.not_begun));
        must(
            self.late.p99_ms <= args.limits.max_lag_p99,
            format!("the generator was the limit: 1 of 100 presses came {:.1} ms late or more", self.late.p99_ms),
        );
        let limits = [
            ("look-up p99", self.p99(Step::LookUp), args.limits.max_look_up_p99, "ms"),
            ("suggestion p99", self.p99(Step::Suggestion), args.limits.max_suggestion_p99, "ms"),
            ("acknowledge p99", self.p99(Step::Acknowledge), args.limits.max_ack_p99, "ms"),
            ("all connected", self.connected_s, args.limits.max_connected, "s"),
        ];
        for (what, measured, limit, unit) in limits {
            let Some(limit) = limit else { continue };
            must(measured <= limit, format!("{what}: {measured:.1} {unit}, not {limit} {unit}"));
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
            "{} units on {} sockets, connected in {:.2} s; {} of {} transports done, {:.2}/s\n",
            self.units, self.sockets, self.connected_s, self.done, self.calls, self.per_second
        );
        for times in self.steps.iter().filter(|times| times.intended.count > 0) {
            let (n, a, b) = (times.intended.count, times.intended, times.service);
            text += &format!(
                "{:<14} {n:>7}   from the intended start p50 {:>7.1} p99 {:>7.1} max {:>7.1} ms   service p50 {:>7.1} p99 {:>7.1} ms\n",
                times.step, a.p50_ms, a.p99_ms, a.max_ms, b.p50_ms, b.p99_ms
            );
        }
        text += &self.late.line("late");
        for (who, cost) in [("server", self.server), ("generator", self.generator)] {
            text += &format!(
                "{who:<10} {:>7.1} KiB per unit, at rest {:.3} cores, busy {:.2} cores, {:.1} ms of processor per transport\n",
                cost.unit_kib, cost.idle_cores, cost.busy_cores, cost.transport_ms
            );
        }
        text += &format!("exactly once: {:?}\n", self.exactly_once);
        text += &format!("refused: {:?}; broken off: {:?}\n", self.refusals, self.broken_off);
        for missed in &self.missed {
            text += &format!("MISSED: {missed}\n");
        }
        text
    }
}

fn seconds((from, to): (Both, Both)) -> f64 {
    to.at_us.saturating_sub(from.at_us) as f64 / 1e6
}

fn cost(args: &FleetArgs, found: &Found, done: u64, of: impl Fn(Both) -> crate::light::Figures) -> Cost {
    let cores = |span: (Both, Both)| {
        let ms = of(span.1).cpu_ms.saturating_sub(of(span.0).cpu_ms) as f64;
        ms / 1_000.0 / seconds(span).max(1e-9)
    };
    let grown = of(found.idle.0).rss_kib.saturating_sub(of(found.empty).rss_kib);
    let busy_ms = of(found.busy.1).cpu_ms.saturating_sub(of(found.busy.0).cpu_ms);
    Cost {
        unit_kib: grown as f64 / args.units as f64,
        idle_cores: cores(found.idle),
        busy_cores: cores(found.busy),
        transport_ms: busy_ms as f64 / done.max(1) as f64,
    }
}
