//! `sim scale`: what a unit costs, whatever the size of the fleet: fleets of rising size connect at once, rest, and deliver what
//! they have recorded, each against a fresh server.

use super::{BackArgs, Bed, Cause, Mark, Order, Running, begin, mark, rest, units};
use crate::light::{Installation, Sockets, Wanted, raise_open_files, times, units_per_socket};
use crate::report::{Axis, Cell, Output, Plot, Report, Section, Series, Table, Verdict};
use crate::storm::verify::verify;
use crate::storm::{Limits, StormArgs};
use anyhow::{Context, Result, ensure};
use dispatch_server::edge::SystemClock;
use model::Clock;
use quic_link::PathSwitch;
use std::path::PathBuf;
use tokio::sync::watch;

/// What a unit costs, over the size of the fleet.
#[derive(Clone, Debug, clap::Args)]
pub struct ScaleArgs {
    /// Sizes of the fleet, rising.
    #[arg(long, value_delimiter = ',', default_values_t = [500, 1_000, 5_334, 10_000, 20_000])]
    pub units: Vec<usize>,
    /// Events that each unit records and delivers.
    #[arg(long, default_value_t = 40)]
    pub events: u64,
    /// How long each fleet rests.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    pub idle: f64,
    /// The same seed gives the same events.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Everything of one fleet must be done within so many seconds.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    pub max_wall: u64,
    /// The costs of a unit may differ by this part from their mean, up and down.
    #[arg(long, default_value_t = 0.2, value_name = "PART")]
    pub flat: f64,
    /// Units on one UDP socket; 0: one each where the limit of open files allows it, else as few as it allows.
    #[arg(long, default_value_t = 0, value_name = "UNITS")]
    pub per_socket: usize,
    /// Where the report goes.
    #[command(flatten)]
    pub output: Output,
    /// Folder of `dispatch-server`; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
}

/// One size of the fleet.
#[derive(Clone, Copy, Debug)]
struct Point {
    units: usize,
    per_socket: usize,
    /// From the first dial to the last Welcome.
    connect_s: f64,
    /// Server's processor for a connection, from nothing to rest.
    connect_ms: f64,
    /// Server's memory for a unit at rest.
    idle_kib: f64,
    /// Server's processor for a unit at rest, microseconds a second.
    idle_us: f64,
    /// From the moment at which all record to the last acknowledgement.
    deliver_s: f64,
    /// Server's processor for the events of a unit.
    deliver_ms: f64,
    /// Generator's memory for a unit.
    generator_kib: f64,
    violations: u64,
}

/// Measures. False when a limit was missed.
///
/// # Errors
/// When a server cannot be started, a number makes no sense, or a limit of this machine is in the way.
pub async fn run(args: ScaleArgs) -> Result<bool> {
    let rising = args.units.windows(2).all(|pair| pair.first() < pair.last());
    ensure!(rising && args.units.first().is_some_and(|first| *first > 0), "--units: expected rising sizes, from 1");
    let limit = raise_open_files();
    // Everything that could stop a later one stops the first.
    for size in &args.units {
        units_per_socket(*size, 0, args.per_socket, limit)?;
    }
    let mut report = Report::new("What a unit costs, over the size of the fleet", Some(args.seed));
    let mut points = Vec::with_capacity(args.units.len());
    for size in &args.units {
        points.push(point(&args, *size, limit).await.with_context(|| format!("measure {size} units"))?);
    }
    tell(&mut report, &args, &points);
    report.deliver(&args.output)
}

async fn point(args: &ScaleArgs, size: usize, limit: u64) -> Result<Point> {
    let storm = storm_args(args, size);
    let per_socket = units_per_socket(size, 0, args.per_socket, limit)?;
    let wanted = Wanted { units: size, departments: storm.departments, folder: None, bin_dir: args.bin_dir.as_deref() };
    let mut installation = Installation::prepare(wanted).await.context("prepare the installation")?;
    let switch = PathSwitch::default();
    let mut bed = Bed {
        clock: SystemClock::new().context("take random numbers from the system")?,
        sockets: Sockets::in_groups(per_socket, None),
        per_socket,
        switch,
        orders: watch::Sender::new(Order::Connect),
    };
    let own_before = crate::light::own_figures()?.rss_kib;
    let mut fleet = units(&storm, installation.take_tablets(), &mut bed).await?;
    let server = installation.serve().await.context("start the server")?;
    begin(&mut fleet, &bed);
    let empty = mark(&bed.clock, &server)?;
    let mut running = super::start(&storm, &bed, &server, fleet)?;
    running.connect(&storm).await?;
    rest(&server, &running.bar).await?;
    let idle_from = mark(&bed.clock, &server)?;
    running.phase("at rest", args.idle).await;
    let idle = mark(&bed.clock, &server)?;
    bed.orders.send_replace(Order::Back { at_us: bed.clock.monotonic().us, moved: false });
    running.deliver(&storm).await;
    rest(&server, &running.bar).await?;
    let done = mark(&bed.clock, &server)?;
    bed.orders.send_replace(Order::Over);
    let found = finish(&mut running, &mut installation).await?;
    let units = size as f64;
    let cpu = |from: &Mark, until: &Mark| until.server.cpu_ms.saturating_sub(from.server.cpu_ms) as f64;
    let rested_s = idle.us.saturating_sub(idle_from.us).max(1) as f64 / 1e6;
    Ok(Point {
        units: size,
        per_socket,
        connect_s: found.0,
        connect_ms: cpu(&empty, &idle_from) / units,
        idle_kib: (idle.server.rss_kib as f64 - empty.server.rss_kib as f64) / units,
        idle_us: cpu(&idle_from, &idle) * 1_000.0 / units / rested_s,
        deliver_s: found.1,
        deliver_ms: cpu(&idle, &done) / units,
        generator_kib: (idle.generator.rss_kib as f64 - own_before as f64) / units,
        violations: found.2,
    })
}

/// The last Welcome, the last unit done, and what was not exactly once.
async fn finish(running: &mut Running, installation: &mut Installation) -> Result<(f64, f64, u64)> {
    let (logs, _, expected) = running.collect().await?;
    installation.stop().await;
    let verdict = verify(&installation.data(), &expected).await.context("count what the server holds")?;
    let last = |found: Vec<u64>| times(found.into_iter().map(|us| (us, 1))).max_ms / 1_000.0;
    let undone = logs.iter().filter(|log| log.drained_us.is_none()).count() as u64;
    let connect = last(logs.iter().filter_map(|log| log.welcomed_us).collect());
    let done = last(logs.iter().filter_map(|log| log.drained_us).collect());
    Ok((connect, done, verdict.violations() + undone))
}

fn storm_args(args: &ScaleArgs, size: usize) -> StormArgs {
    StormArgs {
        cause: Cause::Radio,
        units: size,
        events: args.events,
        // As in the national rollout: 5,334 units of 720 departments.
        departments: (size * 720).div_ceil(5_334).min(size),
        seed: args.seed,
        spread: 0.0,
        stall: 0,
        deaf: 0,
        heavy: 0,
        heavy_events: 0,
        limits: Limits { max_wall: args.max_wall, max_ack_p99: None, max_unit_kib: None, min_fairness: None },
        back: BackArgs { away: 1.0, idle: args.idle, calm: 0.0, calm_units: 0, ..BackArgs::default() },
        json: None,
        html: None,
        bin_dir: args.bin_dir.clone(),
        data: None,
    }
}

/// A figure of a point, its name and unit.
type Cost = (&'static str, &'static str, fn(&Point) -> f64);

const COSTS: [Cost; 4] = [
    ("server's memory for a unit at rest", "KiB", |point| point.idle_kib),
    ("server's processor for a connection", "ms", |point| point.connect_ms),
    ("server's processor for a unit's events", "ms", |point| point.deliver_ms),
    ("generator's memory for a unit", "KiB", |point| point.generator_kib),
];

fn tell(report: &mut Report, args: &ScaleArgs, points: &[Point]) {
    report.assume("Server and generator run on one machine and share its cores; packets go over the loopback.");
    report.assume("A fleet connects at once, rests, and records its events at once; each size has a fresh server.");
    report.assume("Memory is what the process grew by since it listened with nobody connected, over the units.");
    for (name, unit, cost) in COSTS.iter().take(3) {
        let all: Vec<f64> = points.iter().map(cost).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        let off = all.iter().map(|one| (one / mean - 1.0).abs()).fold(0.0, f64::max);
        let note = format!("mean {mean:.2} {unit}");
        report.verdict(Verdict::at_most(format!("{name}: farthest from the mean"), off, args.flat, "").with_note(note));
    }
    let violations = points.iter().map(|point| point.violations).sum();
    report.verdict(Verdict::exactly("entries lost, doubled or changed, and units not done", violations, 0));
    let mut section = Section::new("Over the size of the fleet").table(table(points));
    for (name, unit, cost) in COSTS {
        let line = points.iter().map(|point| [point.units as f64, cost(point)]).collect();
        let y = Axis { from: Some(0.0), ..Axis::new(name, unit) };
        section = section.plot(Plot::new(name, Axis::log("units", ""), y).series(Series::line("measured", line)));
    }
    report.section(section);
}

fn table(points: &[Point]) -> Table {
    let columns = [
        ("units", ""),
        ("on a socket", ""),
        ("all connected", "s"),
        ("processor, connection", "ms"),
        ("memory, at rest", "KiB"),
        ("processor, at rest", "µs/s"),
        ("all delivered", "s"),
        ("processor, events", "ms"),
        ("generator's memory", "KiB"),
    ];
    let mut table = Table::new("Figures of the server, for one unit", columns);
    for point in points {
        let numbers = [
            point.units as f64,
            point.per_socket as f64,
            point.connect_s,
            point.connect_ms,
            point.idle_kib,
            point.idle_us,
            point.deliver_s,
            point.deliver_ms,
            point.generator_kib,
        ];
        table.row(numbers.map(Cell::Number));
    }
    table
}
