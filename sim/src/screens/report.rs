//! What was found, and the report of it.

use super::ScreensArgs;
use super::book::Place;
use super::run::Spent;
use super::script::STAGES;
use super::unit::Shared;
use crate::light::{Figures, Times};
use crate::report::{Cell, Generator, Lag, LagLimits, Latency, LatencyCurve, Report, Section, Table, Verdict};
use std::sync::atomic::Ordering;

/// The generator was late when 99 of 100 presses came later than this part of the limit: then it measured itself.
const LATE_SHARE: f64 = 0.1;
const US_PER_MS: f64 = 1_000.0;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// How long the presses lasted, and the pages' last answers with them.
    pub wall_s: f64,
    /// Statuses that were to be pressed.
    pub statuses: usize,
    /// Statuses that were pressed.
    pub pressed: u64,
    /// From the intended press to the server's acknowledgement on the tablet.
    pub acknowledged: Times,
    /// From the intended press until the console's stream told it.
    pub console: Times,
    /// From the intended press until the board's stream told it.
    pub board: Times,
    /// The same three, by their quantiles.
    curves: Vec<LatencyCurve>,
    /// How late the generator itself pressed.
    late: Lag,
    /// Items that came down the feeds.
    pub feed_items: u64,
    /// Connections that were lost and made again.
    pub lost_lines: u64,
    /// Processor time of the server while the presses lasted, in parts of one core.
    pub server_cores: f64,
    /// The same of the generator.
    pub generator_cores: f64,
    /// The server's memory at the end, KiB.
    pub server_rss_kib: u64,
}

impl Found {
    pub(super) fn new(args: &ScreensArgs, shared: &Shared, spent: &Spent) -> Self {
        let cores = |(before, after): (Figures, Figures)| {
            after.cpu_ms.saturating_sub(before.cpu_ms) as f64 * US_PER_MS / spent.wall_us.max(1) as f64
        };
        let book = &shared.book;
        let (late, pressed) = book.late();
        Self {
            wall_s: spent.wall_us as f64 / 1e6,
            statuses: args.cases * STAGES.len(),
            pressed,
            acknowledged: book.times(Place::Acknowledged),
            console: book.times(Place::Console),
            board: book.times(Place::Board),
            curves: [("acknowledged", Place::Acknowledged), ("console", Place::Console), ("board", Place::Board)]
                .map(|(name, place)| crate::report::curve(name, &book.histogram(place)))
                .to_vec(),
            late,
            feed_items: shared.feed_items.load(Ordering::Relaxed),
            lost_lines: shared.lost_lines.load(Ordering::Relaxed),
            server_cores: cores(spent.server),
            generator_cores: cores(spent.generator),
            server_rss_kib: spent.server.1.rss_kib,
        }
    }

    /// Writes it into a report that was begun before anything ran.
    pub fn fill(&self, report: &mut Report, args: &ScreensArgs) {
        for (page, times) in [("the console", &self.console), ("a board", &self.board)] {
            let seen = times.count.min(self.statuses as u64);
            report.verdict(Verdict::exactly(format!("statuses that stood on {page}"), seen, self.statuses as u64));
            let measured = if times.count == 0 { f64::NAN } else { times.p99_ms };
            report.verdict(Verdict::at_most(
                format!("until a status stood on {page}, p99"),
                measured,
                args.max_p99,
                "ms",
            ));
        }
        report.generator(Generator {
            intended: self.statuses as u64,
            begun: self.pressed,
            dropped: 0,
            lag: self.late,
            generator_cores: self.generator_cores,
            server_cores: self.server_cores,
            machine_cores: report.machine.cores,
            limits: LagLimits { lag_p99_ms: args.max_p99 * LATE_SHARE, generator_cores: None },
        });
        report
            .figure("units connected", args.units as f64, "")
            .figure("statuses pressed", self.pressed as f64, "")
            .figure("the presses lasted", self.wall_s, "s")
            .figure("server's memory at the end", self.server_rss_kib as f64, "KiB")
            .figure("items that came down the feeds", self.feed_items as f64, "")
            .figure("connections lost and made again", self.lost_lines as f64, "");
        assume(report);
        report.section(section(args, &self.curves));
    }
}

fn assume(report: &mut Report) {
    report.assume(
        "A page is the stream that the real page reads, and the stage is looked for in its HTML; what a browser needs to draw it is not in the times.",
    );
    report.assume("Units are light: real certificate, QUIC connection, journal and delivery; no screen and no disk.");
    report.assume("Server and generator share this machine.");
}

fn section(args: &ScreensArgs, curves: &[LatencyCurve]) -> Section {
    let mut table = Table::new("Who was connected", [("what", ""), ("how many", "")]);
    for (what, many) in [
        ("units", args.units),
        ("departments", args.departments),
        ("units with a case", args.cases),
        ("open consoles, each with its map", args.consoles),
        ("open boards", args.boards),
    ] {
        table.row([Cell::from(what), Cell::from(many)]);
    }
    let note = format!("Every unit told its position each {} s.", args.positions_every);
    let latency = Latency::new("From the intended press until a status stood", "ms");
    let latency = curves.iter().cloned().fold(latency, Latency::curve);
    Section::new("Statuses").table(table.with_note(note)).latency(latency)
}
