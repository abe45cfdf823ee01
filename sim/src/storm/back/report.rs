//! What a loss showed: figures, and the limits that had to hold.

use super::calm::{CalmLog, Did, Entry};
use super::unit::Log;
use super::{Cause, Mark, Marks, Outcome, StormArgs};
use crate::light::{Figures, Times, histogram, times};
use crate::report::{Generator, Lag, LagLimits, LatencyCurve, Verdict, curve};
use crate::storm::verify::Verdict as Once;

/// The generator measured itself when 99 of 100 dials of units, or acts of calm units, came later than this after their moment.
const LATE_MS: f64 = 250.0;
/// The same of calm units, whose answers are told in milliseconds.
const CALM_LATE_MS: f64 = 20.0;

/// What calm units saw in one phase.
#[derive(Clone, Copy, Debug, Default)]
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
#[derive(Clone, Debug)]
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
    /// Answers and acknowledgements by phase.
    pub curves: Vec<LatencyCurve>,
}

/// What the loss showed.
#[derive(Clone, Debug)]
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
    pub verdict: Once,
    /// Everything that must be zero, added up.
    pub violations: u64,
    /// Connections that ended before the loss.
    pub lost_before: u64,
    /// Connection, return and delivery.
    pub curves: Vec<LatencyCurve>,
    /// Units over the time after the return: seconds, share of them that was back, share that was done.
    pub progress: Vec<(f64, f64, f64)>,
    /// What the generator did.
    pub generated: Generator,
    /// What had to hold.
    pub verdicts: Vec<Verdict>,
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
            lost_before: logs.iter().map(|log| u64::from(log.lost_before)).sum(),
            curves: curves(&logs),
            progress: progress(&logs),
            generated: generated(args, &logs, returned),
            verdicts: Vec::new(),
        };
        report.verdicts = report.verdicts(args);
        report
    }

    /// Limits that were missed, by name.
    #[must_use]
    pub fn missed(&self) -> Vec<String> {
        self.verdicts.iter().filter(|verdict| !verdict.passes()).map(|verdict| verdict.name.clone()).collect()
    }

    fn verdicts(&self, args: &StormArgs) -> Vec<Verdict> {
        let limits = &args.back;
        let seconds = |times: &Times| times.max_ms / 1_000.0;
        let most = |name: &str, found: f64, limit: f64, unit: &str| Verdict::at_most(name, found, limit, unit);
        let mut all = vec![
            most("all units connected, after the first dial", seconds(&self.connect), limits.max_connected, "s"),
            Verdict::exactly("connections that ended before the loss", self.lost_before, 0),
            most("the last unit connected, after the return", seconds(&self.back), limits.max_connected, "s"),
            most(
                "the last entry acknowledged, after the return",
                seconds(&self.acknowledge),
                limits.max_acknowledged,
                "s",
            ),
            Verdict::exactly("units back", self.back.count, self.units as u64),
            Verdict::exactly("units with everything delivered", self.done as u64, self.units as u64),
            Verdict::exactly("entries lost, doubled or changed", self.violations, 0).with_note(format!(
                "{} recorded by tablets, {} on the server",
                self.verdict.recorded, self.verdict.stored
            )),
            most("memory of the server for an idle unit", self.idle_unit_kib, limits.max_idle_kib, "KiB"),
            most("processor of the server for the idle fleet", self.idle_cores, limits.max_idle_cores, "cores"),
        ];
        if let Some(calm) = &self.calm {
            all.extend(calm.verdicts(limits.max_calm_ratio));
        }
        all
    }
}

impl CalmPhases {
    fn verdicts(&self, ratio: f64) -> Vec<Verdict> {
        let unanswered = self.before.unanswered + self.away.unanswered + self.during.unanswered;
        let late = self.before.late.p99_ms.max(self.during.late.p99_ms);
        vec![
            Verdict::exactly("calm units that lost their connection", self.lost as u64, 0),
            Verdict::exactly("questions and events of calm units without an answer", unanswered, 0),
            Verdict::at_most("answers to calm units, p99 during over before", self.answered_ratio, ratio, ""),
            Verdict::at_most("events of calm units, p99 during over before", self.acknowledged_ratio, ratio, ""),
            Verdict::at_most("calm units behind their schedule, p99", late, CALM_LATE_MS, "ms"),
        ]
    }
}

/// Connection, return and delivery of all units.
fn curves(logs: &[Log]) -> Vec<LatencyCurve> {
    let one = |found: Option<u64>| found.map(|us| (us, 1));
    vec![
        curve("connected first", &histogram(logs.iter().filter_map(|log| one(log.welcomed_us)))),
        curve("back", &histogram(logs.iter().filter_map(|log| one(log.back_us)))),
        curve("entry acknowledged", &histogram(logs.iter().flat_map(|log| log.acknowledged.iter().copied()))),
        curve("unit done", &histogram(logs.iter().filter_map(|log| one(log.drained_us)))),
    ]
}

/// Which share of the units was back and done at so many seconds, in two hundred steps.
fn progress(logs: &[Log]) -> Vec<(f64, f64, f64)> {
    const STEPS: u64 = 200;
    let sorted = |times: Vec<u64>| {
        let mut times = times;
        times.sort_unstable();
        times
    };
    let back = sorted(logs.iter().filter_map(|log| log.back_us).collect());
    let done = sorted(logs.iter().filter_map(|log| log.drained_us).collect());
    let last = done.last().or(back.last()).copied().unwrap_or(0);
    let share = |times: &[u64], us: u64| times.partition_point(|time| *time <= us) as f64 / logs.len().max(1) as f64;
    let at = |step: u64| last.saturating_mul(step) / STEPS;
    (0..=STEPS).map(at).map(|us| (us as f64 / 1e6, 100.0 * share(&back, us), 100.0 * share(&done, us))).collect()
}

fn generated(args: &StormArgs, logs: &[Log], (server, generator): (f64, f64)) -> Generator {
    let late = times(logs.iter().map(|log| (log.began_us, 1)));
    Generator {
        intended: args.units as u64,
        begun: logs.len() as u64,
        dropped: 0,
        lag: Lag { p50_ms: late.p50_ms, p99_ms: late.p99_ms, max_ms: late.max_ms },
        generator_cores: generator,
        server_cores: server,
        machine_cores: crate::report::Machine::here().cores,
        limits: LagLimits { lag_p99_ms: LATE_MS, generator_cores: None },
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
    let told = |name: &str, did: Did, (from, until): (u64, u64)| {
        let here = entries.iter().filter(|entry| entry.did == did && (from..until).contains(&entry.intended_us));
        curve(name, &histogram(here.filter_map(|entry| entry.took_us).map(|us| (us, 1))))
    };
    let (alone, storm) = ((marks.calm_from, marks.lost), (marks.back.us, marks.done.us));
    let curves = vec![
        told("answer, before", Did::Asked, alone),
        told("answer, during", Did::Asked, storm),
        told("event, before", Did::Recorded, alone),
        told("event, during", Did::Recorded, storm),
    ];
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
        curves,
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
