//! From what was found to the report: verdicts, the generator's own part, tables and curves.

use super::run::{Both, Found, cores};
use super::saturate::Rung;
use super::{OutboxKind, Setup, Step, radio};
use crate::light::Figures;
use crate::report::{
    Axis, Generator, Lag, LagLimits, Latency, Plot, Report, ScenarioText, Section, Series, Table, Verdict,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the scenario says nothing, the generator was the limit when 99 of 100 of its presses came later than this.
const LAG_P99_MS: f64 = 20.0;
/// What the saturated rate must reach, complete transports a second; and what is aimed at.
const SATURATED: (f64, f64) = (200.0, 400.0);

/// The limit of the generator's lag.
pub(super) fn lag_limit(setup: &Setup) -> f64 {
    setup.scenario.limits.generator_lag_p99_ms.unwrap_or(LAG_P99_MS)
}

/// The report's head, before anything runs: what ran beside it is read now.
pub(super) fn begin(setup: &Setup) -> Report {
    let what =
        if setup.args.saturate { "the rate at which server or generator are full" } else { &setup.scenario.name };
    let mut report = Report::new(format!("sim fleet: {what}"), Some(setup.scenario.seed));
    report.scenario = Some(ScenarioText { name: setup.scenario.name.clone(), text: setup.text() });
    let args = &setup.args;
    report.assume(format!(
        "The times of a transport's stages are divided by {}; the ten seconds before a tablet wipes a history are not.",
        setup.pace
    ));
    report.assume(match args.outbox {
        OutboxKind::Memory => "Outboxes are in memory, behind the contract of the one on disk.",
        OutboxKind::Sqlite => "Outboxes are on disk, sealed, as in a vehicle.",
    });
    report.assume(match setup.units_per_socket {
        0 | 1 => "Every unit has a UDP socket of its own.".to_owned(),
        n => format!("{n} units whose address never changes share one UDP socket."),
    });
    report.assume(format!(
        "{} hospitals, the most often nearest ones, answer on their board over HTTPS; the others are called by telephone. Mean stage times are those \
         of 2022, each transport the same; a hospital accepts with odds 1 : 0.7 times the scenario's.",
        args.desks
    ));
    report.assume(if radio::is_played(&setup.scenario) {
        "Times without radio are played inside each unit's own socket, divided by the pace as well; the loss and delay of weak radio are not."
    } else {
        "Every path is the loopback."
    });
    report.assume(
        "Stations are synthetic; the nearest free unit by the straight line is sent. Crews sign in before calls come.",
    );
    report.assume("Server, generator, national stand-in, desks and consoles share this machine; all but the server are one process.");
    report
}

/// Everything that was found.
pub(super) fn fill(report: &mut Report, setup: &Setup, found: &Found) {
    exactly_once(report, found);
    let book = &found.book;
    report.verdict(Verdict::exactly("transports that broke off", of(&book.failed), 0));
    if setup.args.saturate {
        saturated(report, setup, &found.rungs);
    } else {
        limits(report, setup, found);
        generator(report, setup, found);
        latencies(report, found);
    }
    costs(report, setup, found);
    counts(report, found);
}

fn of(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn exactly_once(report: &mut Report, found: &Found) {
    let counted = found.verdict;
    for (name, count) in [
        ("facts that a tablet recorded and the server lost", counted.lost),
        ("facts that the server holds twice", counted.doubled),
        ("logs that end otherwise on the server", counted.different),
        ("facts in quarantine", counted.quarantined),
        ("facts of tablets that no tablet recorded", counted.unknown),
        ("facts that still waited on a tablet", counted.waiting),
    ] {
        report.verdict(Verdict::exactly(name, count, 0));
    }
}

fn limits(report: &mut Report, setup: &Setup, found: &Found) {
    let limits = &setup.scenario.limits;
    let p99 = |step| found.book.times(step).0;
    for (name, step, limit) in [
        (
            "look-up from its intended start, p99, the national stand-in's own time taken out",
            Step::LookUp,
            limits.look_up_p99_ms,
        ),
        ("suggestion from its intended start, p99", Step::Suggestion, limits.suggestion_p99_ms),
        ("acknowledgement from its intended start, p99", Step::Acknowledge, limits.ack_p99_ms),
    ] {
        let Some(limit) = limit else { continue };
        let times = p99(step);
        let measured = if times.count > 0 { times.p99_ms } else { f64::NAN };
        report.verdict(Verdict::at_most(name, measured, limit, "ms"));
    }
    if let Some(limit) = limits.connected_s {
        report.verdict(Verdict::at_most("all units connected", found.connected.as_secs_f64(), limit, "s"));
    }
    if let Some(limit) = limits.server_kb_per_unit {
        let measured = unit_kib(setup, found, |both| both.server) * 1.024;
        report.verdict(Verdict::at_most("memory of the server for a unit at rest", measured, limit, "kB"));
    }
}

fn generator(report: &mut Report, setup: &Setup, found: &Found) {
    let late = found.book.lateness();
    report.generator(Generator {
        intended: found.intended,
        begun: of(&found.book.begun),
        dropped: of(&found.book.positions_dropped),
        lag: Lag { p50_ms: late.p50_ms, p99_ms: late.p99_ms, max_ms: late.max_ms },
        generator_cores: cores(found.busy, |both| both.generator),
        server_cores: cores(found.busy, |both| both.server),
        machine_cores: report.machine.cores,
        limits: LagLimits { lag_p99_ms: lag_limit(setup), generator_cores: None },
    });
}

fn latencies(report: &mut Report, found: &Found) {
    let columns = [
        ("step", ""),
        ("count", ""),
        ("p50, intended", "ms"),
        ("p99, intended", "ms"),
        ("max, intended", "ms"),
        ("p50, service", "ms"),
        ("p99, service", "ms"),
        ("max, service", "ms"),
    ];
    let mut table = Table::new("From the intended start, and from the real one", columns).with_note(
        "connect: switched on to Welcome. dispatch: the dispatch system's request to the case on the tablet. acknowledge: a frame \
         leaves the tablet's core to the server's word that it is durable. suggestion, look-up, document: the core asks to the answer. \
         enquiry rings: pressed to the desk's page. answer shown: the desk presses to the tablet's screen. handover: pressed to nothing waits.",
    );
    let mut curves = Latency::new("Times from the intended start", "ms");
    for step in Step::ALL {
        let (intended, service) = found.book.times(step);
        if intended.count == 0 {
            continue;
        }
        table.row([
            step.name().into(),
            intended.count.into(),
            intended.p50_ms.into(),
            intended.p99_ms.into(),
            intended.max_ms.into(),
            service.p50_ms.into(),
            service.p99_ms.into(),
            service.max_ms.into(),
        ]);
        if !matches!(step, Step::Connect | Step::SignIn) {
            curves = curves.curve(found.book.curve(step, true));
        }
    }
    report.section(Section::new("Times").table(table).latency(curves));
}

/// Memory that a process grew by for each unit, connected and at rest, KiB.
fn unit_kib(setup: &Setup, found: &Found, figures: impl Fn(Both) -> Figures) -> f64 {
    let grown = figures(found.idle.0).rss_kib.saturating_sub(figures(found.empty).rss_kib);
    grown as f64 / setup.units as f64
}

fn costs(report: &mut Report, setup: &Setup, found: &Found) {
    let done = of(&found.book.done);
    let columns = [
        ("process", ""),
        ("memory for a unit at rest", "KiB"),
        ("whole fleet at rest", "cores"),
        ("while transports run", "cores"),
        ("processor of a transport", "ms"),
        ("memory at the end", "MiB"),
    ];
    let mut table = Table::new("What it cost", columns).with_note(
        "A transport's processor time has everything in it that ran beside: positions, consoles, desks, the idle fleet. The generator is \
         also every tablet, crew, desk, console and the national stand-in.",
    );
    let mut row = |name: &str, figures: &dyn Fn(Both) -> Figures| {
        let busy_ms = figures(found.busy.1).cpu_ms.saturating_sub(figures(found.busy.0).cpu_ms);
        table.row([
            name.into(),
            unit_kib(setup, found, figures).into(),
            cores(found.idle, figures).into(),
            cores(found.busy, figures).into(),
            (busy_ms as f64 / done.max(1) as f64).into(),
            (figures(found.busy.1).rss_kib as f64 / 1_024.0).into(),
        ]);
        busy_ms as f64 / done.max(1) as f64
    };
    let server_ms = row("server", &|both| both.server);
    let generator_ms = row("generator", &|both| both.generator);
    let seconds = found.busy.1.at_us.saturating_sub(found.busy.0.at_us).max(1) as f64 / 1e6;
    report.figure("transports ended as they should", done as f64, "");
    if !setup.args.saturate {
        report.figure("complete transports a second, until the last one ended", done as f64 / seconds, "1/s");
    }
    report.figure("processor of the server for a transport", server_ms, "ms");
    report.figure("processor of the generator for a transport", generator_ms, "ms");
    report.figure("all units connected after", found.connected.as_secs_f64(), "s");
    report.section(Section::new("Cost").table(table));
}

fn counts(report: &mut Report, found: &Found) {
    let book = &found.book;
    let mut table = Table::new("", [("what", ""), ("count", "")]);
    for (name, count) in [
        ("calls begun", of(&book.begun)),
        ("transports ended as they should", of(&book.done)),
        ("calls that waited for a free unit", of(&book.waited)),
        ("enquiries", of(&book.enquiries)),
        ("of these accepted at a desk", found.desks.accepted),
        ("declined at a desk", found.desks.declined),
        ("too late at a desk", found.desks.too_late),
        ("positions told", of(&book.positions)),
        ("positions that a tablet did not take", of(&book.positions_dropped)),
        ("events on open consoles", of(&book.page_events)),
        ("facts recorded by tablets", found.verdict.recorded),
        ("facts of tablets on the server", found.verdict.stored),
        ("facts written by the server", found.verdict.by_server),
    ] {
        table.row([name.into(), count.into()]);
    }
    table.row(["departments".into(), found.people.into()]);
    table.row(["UDP sockets".into(), found.sockets.into()]);
    let mut section = Section::new("Counts").table(table);
    for (title, counted) in
        [("Why transports broke off", book.failures()), ("Errors that the server answered with", book.refusals())]
    {
        if !counted.is_empty() {
            let mut table = Table::new(title, [("what", ""), ("count", "")]);
            for (what, count) in counted {
                table.row([what.into(), count.into()]);
            }
            section = section.table(table);
        }
    }
    report.section(section);
}

fn saturated(report: &mut Report, setup: &Setup, rungs: &[Rung]) {
    let lag = lag_limit(setup);
    let best = rungs.iter().filter(|rung| rung.holds(lag)).map(|rung| rung.done).fold(0.0, f64::max);
    let limit =
        rungs.iter().find(|rung| !rung.holds(lag)).map_or("not reached", |rung| rung.limit(report.machine.cores, lag));
    let mut verdict = Verdict::at_least("complete transports a second that were sustained", best, SATURATED.0, "1/s");
    verdict = verdict.with_goal(SATURATED.1).with_note(format!("what was full beyond: {limit}"));
    report.verdict(verdict);
    let columns = [
        ("calls", "1/s"),
        ("ended", "1/s"),
        ("broken off", ""),
        ("waited for a unit", ""),
        ("server", "cores"),
        ("generator", "cores"),
        ("server per transport", "ms"),
        ("generator per transport", "ms"),
        ("acknowledge p99", "ms"),
        ("suggestion p99", "ms"),
        ("lag p99", "ms"),
    ];
    let mut table = Table::new("Second half of each step", columns);
    for rung in rungs {
        let per = |cores: f64| if rung.done > 0.0 { cores * 1_000.0 / rung.done } else { f64::NAN };
        table.row([
            rung.offered.into(),
            rung.done.into(),
            rung.broke.into(),
            rung.waited.into(),
            rung.server_cores.into(),
            rung.generator_cores.into(),
            per(rung.server_cores).into(),
            per(rung.generator_cores).into(),
            rung.acknowledge.p99_ms.into(),
            rung.suggestion.p99_ms.into(),
            rung.late.p99_ms.into(),
        ]);
    }
    let line = |name: &str, value: &dyn Fn(&Rung) -> f64| {
        Series::line(name, rungs.iter().map(|rung| [rung.offered, value(rung)]).collect())
    };
    let ended =
        Plot::new("Transports that ended", Axis::new("calls", "1/s").from(0.0), Axis::new("ended", "1/s").from(0.0))
            .series(line("ended", &|rung| rung.done))
            .series(line("as many as were called", &|rung| rung.offered))
            .with_limit(SATURATED.0);
    let used = Plot::new("Cores", Axis::new("calls", "1/s").from(0.0), Axis::new("used", "cores").from(0.0))
        .series(line("server", &|rung| rung.server_cores))
        .series(line("generator", &|rung| rung.generator_cores))
        .series(line("both", &|rung| rung.server_cores + rung.generator_cores));
    let section = Section::new("Saturation").text(format!(
        "The last rate that held: {best:.0} complete transports a second. What was full beyond: {limit}. A rate holds when in the second \
         half of its 40 s at least 9 of 10 calls end, 99 of 100 acknowledgements are there within a second, no transport breaks off and no \
         call waits for a unit."
    ));
    report.section(section.table(table).plot(ended).plot(used));
}
