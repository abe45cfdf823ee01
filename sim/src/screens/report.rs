//! The report of a measurement: figures, and the limits that were missed.

use super::ScreensArgs;
use super::book::Place;
use super::run::Spent;
use super::script::STAGES;
use super::unit::Shared;
use crate::light::Times;
use anyhow::Result;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

/// The generator was late when 99 of 100 presses came later than this part of the limit: then it measured itself.
const LATE_SHARE: f64 = 0.1;

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Units, all connected.
    pub units: usize,
    /// Departments.
    pub departments: usize,
    /// Units that worked on a case.
    pub cases: usize,
    /// Open consoles, each with its map.
    pub consoles: usize,
    /// Open boards.
    pub boards: usize,
    /// Seconds between two positions of a unit.
    pub positions_every_s: u64,
    /// The seed.
    pub seed: u64,
    /// How long the presses lasted, and the pages' last answers with them.
    pub wall_s: f64,
    /// Statuses that were to be pressed.
    pub statuses: usize,
    /// From the intended press to the server's acknowledgement on the tablet.
    pub acknowledged: Times,
    /// From the intended press until the console's stream told it.
    pub console: Times,
    /// From the intended press until the board's stream told it.
    pub board: Times,
    /// How late the generator itself pressed.
    pub generator_late: Times,
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
    /// What was not kept.
    pub missed: Vec<String>,
}

impl Report {
    pub(super) fn new(args: &ScreensArgs, shared: &Shared, spent: Spent) -> Self {
        let cores = |(before, after): (crate::light::Figures, crate::light::Figures)| {
            after.cpu_ms.saturating_sub(before.cpu_ms) as f64 * 1_000.0 / spent.wall_us.max(1) as f64
        };
        let statuses = args.cases * STAGES.len();
        let times = |place| shared.book.times(place);
        let mut report = Self {
            units: args.units,
            departments: args.departments,
            cases: args.cases,
            consoles: args.consoles,
            boards: args.boards,
            positions_every_s: args.positions_every,
            seed: args.seed,
            wall_s: spent.wall_us as f64 / 1e6,
            statuses,
            acknowledged: times(Place::Acknowledged),
            console: times(Place::Console),
            board: times(Place::Board),
            generator_late: shared.book.late(),
            feed_items: shared.feed_items.load(Ordering::Relaxed),
            lost_lines: shared.lost_lines.load(Ordering::Relaxed),
            server_cores: cores(spent.server),
            generator_cores: cores(spent.generator),
            server_rss_kib: spent.server.1.rss_kib,
            missed: Vec::new(),
        };
        report.missed = report.missed(args.max_p99);
        report
    }

    fn missed(&self, max_p99: f64) -> Vec<String> {
        let mut missed = Vec::new();
        for (what, times) in [("the console", &self.console), ("a board", &self.board)] {
            let unseen = self.statuses as u64 - times.count.min(self.statuses as u64);
            if unseen > 0 {
                missed.push(format!("{unseen} of {} statuses never stood on {what}", self.statuses));
            }
            if times.p99_ms > max_p99 {
                let found = times.p99_ms;
                missed.push(format!("99 of 100 statuses stood on {what} within {found:.0} ms, not {max_p99:.0} ms"));
            }
        }
        let late = self.generator_late.p99_ms;
        if late > max_p99 * LATE_SHARE {
            missed.push(format!("the generator pressed up to {late:.0} ms late (p99): it measured itself"));
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
            "{} units connected, {} statuses of {} cases in {:.1} s; {} console(s), {} board(s)\n",
            self.units, self.statuses, self.cases, self.wall_s, self.consoles, self.boards
        );
        text += &self.acknowledged.line("acknowledged");
        text += &self.console.line("console");
        text += &self.board.line("board");
        text += &self.generator_late.line("late");
        text += &format!(
            "server {:.2} cores, {} KiB; generator {:.2} cores; {} lost lines, {} feed items\n",
            self.server_cores, self.server_rss_kib, self.generator_cores, self.lost_lines, self.feed_items
        );
        for missed in &self.missed {
            text += &format!("MISSED: {missed}\n");
        }
        text
    }
}
