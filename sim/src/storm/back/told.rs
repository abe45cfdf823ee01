//! The report of a loss as everything here is reported ([`crate::report`]).

use super::report::CalmPhases;
use super::{BackReport, Cause};
use crate::light::{Figures, Times};
use crate::report::{Axis, Cell, Latency, Plot, Report, Section, Series, Table};
use crate::storm::StormArgs;

impl BackReport {
    /// For a terminal, JSON and a page.
    #[must_use]
    pub fn report(&self, args: &StormArgs) -> Report {
        let mut report = Report::new(title(self.cause), Some(self.seed));
        for sentence in assumptions(self, args) {
            report.assume(sentence);
        }
        report.fault(fault(self));
        report.verdicts.clone_from(&self.verdicts);
        self.figures(&mut report);
        report.generator(self.generated.clone());
        report.section(self.returned());
        if let Some(calm) = &self.calm {
            report.section(calm.section());
        }
        report.section(self.cost());
        report
    }

    fn figures(&self, report: &mut Report) {
        report
            .figure("units", self.units as f64, "")
            .figure("entries that waited", self.acknowledge.count as f64, "")
            .figure("the last unit connected, after the return", self.back.max_ms / 1_000.0, "s")
            .figure("the last entry acknowledged, after the return", self.acknowledge.max_ms / 1_000.0, "s")
            .figure("connections that outlived the loss", self.kept as f64, "")
            .figure("dials that failed", self.failed_dials as f64, "")
            .figure("logs offered again for want of an answer", self.retries as f64, "")
            .figure("server's processor for a connection", self.connect_unit_cpu_ms, "ms")
            .figure("server's processor for a return, entries with it", self.return_unit_cpu_ms, "ms")
            .figure("server's memory for an idle unit", self.idle_unit_kib, "KiB")
            .figure("generator's memory for a unit", self.generator_unit_kib, "KiB");
        if self.cause == Cause::Killed {
            report.figure("of it until the server listened", self.restarted_s, "s");
        }
    }

    fn returned(&self) -> Section {
        let line = |name: &str, share: fn(&(f64, f64, f64)) -> f64| {
            Series::line(name, self.progress.iter().map(|at| [at.0, share(at)]).collect())
        };
        let plot = Plot::new(
            "Units after the return",
            Axis::new("after the return", "s"),
            Axis::new("share of the units", "%"),
        )
        .series(line("back", |at| at.1))
        .series(line("everything delivered", |at| at.2));
        let curves = self.curves.iter().cloned();
        let latency =
            curves.fold(Latency::new("From the intended first dial, and from the return", "ms"), Latency::curve);
        let mut table = Table::new("Times", times_columns());
        for (name, times) in [
            ("first dial to Welcome", &self.connect),
            ("return to the first word of the server", &self.back),
            ("return to the acknowledgement of an entry", &self.acknowledge),
            ("return until nothing waited", &self.complete),
        ] {
            table.row(times_row(name, times));
        }
        Section::new("The return").plot(plot).table(table).latency(latency)
    }

    fn cost(&self) -> Section {
        let columns = [("", ""), ("memory", "MiB"), ("most so far", "MiB"), ("processor so far", "s")];
        let mut table = Table::new("Both sides", columns);
        for (name, figures) in [
            ("server, nobody connected", &self.server_empty),
            ("server, all connected and at rest", &self.server_idle),
            ("server, everything delivered", &self.server_done),
            ("server, at rest again", &self.server_rested),
            ("generator, at the end", &self.generator),
        ] {
            table.row(figures_row(name, figures));
        }
        let (server, generator) = self.return_cores;
        let text = format!(
            "Between the return and the last acknowledgement the server used {server:.2} cores and the generator {generator:.2}."
        );
        Section::new("Memory and processor").table(table).text(text)
    }
}

impl CalmPhases {
    fn section(&self) -> Section {
        let mut table = Table::new("From the intended moment, by phase", times_columns());
        for (name, phase) in [("before", &self.before), ("away", &self.away), ("during", &self.during)] {
            table.row(times_row(&format!("answers, {name}"), &phase.answered));
            table.row(times_row(&format!("events acknowledged, {name}"), &phase.acknowledged));
            table.row(times_row(&format!("behind the schedule, {name}"), &phase.late));
        }
        let text = format!(
            "{} units outside the fleet kept their connection ({} lost it), asked for a suggestion and recorded an event at fixed moments. \
             Their figures come from their own logs.",
            self.units, self.lost
        );
        let curves = self.curves.iter().cloned();
        Section::new("Calm units")
            .text(text)
            .table(table)
            .latency(curves.fold(Latency::new("Calm units", "ms"), Latency::curve))
    }
}

const fn title(cause: Cause) -> &'static str {
    match cause {
        Cause::Arrival => "A fleet arrives at once",
        Cause::Killed => "The server is killed under a connected fleet",
        Cause::Radio => "A connected fleet loses the radio and comes back",
        Cause::Address => "A connected fleet loses the radio and comes back at other addresses",
    }
}

fn fault(report: &BackReport) -> String {
    let (units, away) = (report.units, report.away_s);
    match report.cause {
        Cause::Arrival | Cause::Radio => {
            format!("every packet of {units} units vanished inside their sockets for {away:.1} s")
        }
        Cause::Killed => {
            format!(
                "the server's process was killed (SIGKILL) and started again {away:.1} s later, on the same data and ports"
            )
        }
        Cause::Address => {
            format!(
                "every packet of {units} units vanished for {away:.1} s; then every socket was replaced by one with another port"
            )
        }
    }
}

fn assumptions(report: &BackReport, args: &StormArgs) -> Vec<String> {
    let shared = match report.per_socket {
        1 => format!(
            "Every unit has a UDP socket of its own ({} in all), spread over addresses of the loopback.",
            report.sockets
        ),
        n => {
            format!("{n} units share a UDP socket ({} in all), spread over addresses of the loopback.", report.sockets)
        }
    };
    vec![
        "Server and generator run on one machine and share its cores; packets go over the loopback.".to_owned(),
        format!(
            "A unit is light: a real certificate, connection, journal and delivery, its store in memory; no screen. {} departments.",
            report.departments
        ),
        shared,
        "A unit notices silence and dials as the tablet's link does; it looks every 500 ms instead of every 250.".to_owned(),
        format!(
            "While it was away each unit recorded {} events of one transport, evenly over {} s; one more, in its own log, was there before.",
            report.events, args.back.away
        ),
        "Times after the return count from the moment at which packets passed again; of a killed server from the start of its new process."
            .to_owned(),
    ]
}

fn times_columns() -> [(&'static str, &'static str); 6] {
    [("", ""), ("count", ""), ("p50", "ms"), ("p95", "ms"), ("p99", "ms"), ("slowest", "ms")]
}

fn times_row(name: &str, times: &Times) -> [Cell; 6] {
    let number = |value: f64| if times.count == 0 { Cell::Nothing(()) } else { Cell::Number(value) };
    let count = Cell::Number(times.count as f64);
    let [p50, p95, p99, max] = [times.p50_ms, times.p95_ms, times.p99_ms, times.max_ms].map(number);
    [Cell::Text(name.to_owned()), count, p50, p95, p99, max]
}

fn figures_row(name: &str, figures: &Figures) -> [Cell; 4] {
    let mib = |kib: u64| Cell::Number((kib as f64 / 1_024.0 * 10.0).round() / 10.0);
    let name = Cell::Text(name.to_owned());
    [name, mib(figures.rss_kib), mib(figures.peak_kib), Cell::Number(figures.cpu_ms as f64 / 1_000.0)]
}
