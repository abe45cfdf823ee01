//! A connected fleet loses its server and comes back with what its crews have recorded meanwhile.
//!
//! Phases: all connect · all rest (what an idle fleet costs) · calm units are watched alone · the loss · everybody works on
//! without the server · the return · everything is delivered. Then the server is stopped, and what every tablet's own store
//! holds is compared with the server's tables, row by row.

mod args;
mod calm;
mod report;
pub(super) mod scale;
mod told;
mod unit;

pub use args::{BackArgs, Cause};
pub use report::BackReport;

use super::StormArgs;
use super::backlog::Crew;
use super::verify::{Expected, Verdict, verify};
use crate::light::{
    Carrier, Figures, Installation, ServerProcess, Sockets, Wanted, micros, own_figures, pass, raise_open_files,
    units_per_socket,
};
use ambulance_core::{Identity, Now};
use anyhow::{Context, Result, bail, ensure};
use calm::{Calm, CalmLog};
use delivery::{LogHead, MemoryStore};
use dispatch_server::admin::FleetTablet;
use dispatch_server::edge::{SystemClock, spawn};
use indicatif::{ProgressBar, ProgressStyle};
use model::{Clock, IdSource, RngStreams};
use quic_link::PathSwitch;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use unit::{Log, Shared, Unit};

/// Between two looks at the progress.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The first dials begin so long after the tasks were made.
const LEAD: Duration = Duration::from_millis(500);
/// A server that worked less than this in a second rests.
const RESTING_MS: u64 = 60;
/// It is waited for at most so many seconds.
const REST_SECONDS: usize = 30;

/// What all units are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Connect and stand.
    Connect,
    /// The server is gone since then; the crew works on.
    Lost { at_us: u64 },
    /// It can be reached again since then; with `moved` from another address.
    Back { at_us: u64, moved: bool },
    /// Hang up.
    Over,
}

impl Order {
    const fn back_us(self) -> Option<u64> {
        match self {
            Self::Back { at_us, .. } => Some(at_us),
            Self::Connect | Self::Lost { .. } | Self::Over => None,
        }
    }
}

/// A moment: the clock, and both sides' figures.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    us: u64,
    server: Figures,
    generator: Figures,
}

/// The moments between the phases.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// The server listened and nobody was there.
    empty: Mark,
    /// The first dial was to begin.
    begun: u64,
    /// All were connected, and the server rested.
    idle_from: Mark,
    idle_until: Mark,
    /// Calm units were watched alone.
    calm_from: u64,
    lost: u64,
    back: Mark,
    /// Everything was delivered, or the time was over.
    done: Mark,
    /// The server rested again.
    rested: Mark,
    /// From the start of the killed server's process until it listened.
    restarted: Duration,
}

/// What came of it, for the report.
struct Outcome {
    marks: Marks,
    logs: Vec<Log>,
    calm: Vec<CalmLog>,
    sockets: usize,
    per_socket: usize,
    feed_items: u64,
    verdict: Verdict,
}

/// A fleet in its sockets, and what it can be cut off with.
struct Bed {
    clock: SystemClock,
    sockets: Sockets,
    per_socket: usize,
    switch: PathSwitch,
    orders: watch::Sender<Order>,
}

/// Runs the phases.
///
/// # Errors
/// When the server cannot be started, a number makes no sense, or a limit of this machine is in the way.
pub(super) async fn storm(args: &StormArgs) -> Result<BackReport> {
    check(args)?;
    let calm_units = if args.cause == Cause::Killed { 0 } else { args.back.calm_units };
    let per_socket = units_per_socket(args.units, calm_units, args.back.per_socket, raise_open_files())?;
    let wanted = Wanted {
        units: args.units + calm_units,
        departments: args.departments,
        folder: args.data.as_deref(),
        bin_dir: args.bin_dir.as_deref(),
    };
    let mut installation = Installation::prepare(wanted).await.context("prepare the storm")?;
    let mut tablets = installation.take_tablets();
    let calm_tablets = tablets.split_off(args.units);
    let clock = SystemClock::new().context("take random numbers from the system")?;
    let switch = PathSwitch::default();
    let sockets = Sockets::in_groups(per_socket, Some(switch.clone()));
    let mut bed = Bed { clock, sockets, per_socket, switch, orders: watch::Sender::new(Order::Connect) };
    let mut units = units(args, tablets, &mut bed).await.context("prepare the fleet")?;
    let server = installation.serve().await.context("start the server")?;
    begin(&mut units, &bed);
    let outcome = phases(args, (&mut installation, server), bed, units, calm_tablets).await?;
    Ok(BackReport::new(args, outcome))
}

fn check(args: &StormArgs) -> Result<()> {
    let back = &args.back;
    ensure!(args.units >= 1, "--units 0: expected at least one");
    ensure!(args.events >= 2, "{} events: at least 2, a case has two to begin with", args.events);
    for (name, seconds) in [("away", back.away), ("idle", back.idle), ("calm", back.calm), ("spread", args.spread)] {
        ensure!(seconds >= 0.0 && seconds.is_finite(), "--{name}: expected seconds, not {seconds}");
    }
    ensure!(back.away > 0.0, "--away 0: nobody would notice");
    ensure!(back.calm_every_ms > 0, "--calm-every-ms 0: expected at least 1");
    let arrival_only = args.stall > 0 || args.deaf > 0 || args.heavy > 0;
    ensure!(!arrival_only, "--stall, --deaf and --heavy belong to --cause arrival");
    Ok(())
}

async fn units(args: &StormArgs, tablets: Vec<FleetTablet>, bed: &mut Bed) -> Result<Vec<Unit>> {
    let streams = RngStreams::from_u64(args.seed);
    let (mut rng, mut arrivals) = (streams.stream("events"), streams.stream("arrivals"));
    let mut units = Vec::with_capacity(tablets.len());
    for (n, tablet) in tablets.into_iter().enumerate() {
        let identity =
            Identity { device: tablet.device, unit: tablet.unit, department: tablet.department, training: true };
        let ids = IdSource::new(streams.stream(&format!("ids of unit {n}")));
        let crew = Crew::new(identity, ids, StdRng::seed_from_u64(rng.next_u64()), bed.clock.utc());
        let share = f64::from(arrivals.next_u32()) / f64::from(u32::MAX);
        let mut unit = Unit {
            endpoint: Arc::new(bed.sockets.endpoint(n, &tablet.bundle)?),
            carrier: Carrier::new(MemoryStore::new()).await?,
            crew,
            rng: StdRng::seed_from_u64(rng.next_u64()),
            events: args.events,
            arrives_us: micros(Duration::from_secs_f64(args.spread * share)),
            own_socket: bed.per_socket == 1,
            log: Log::default(),
            order: Order::Connect,
            next_event_us: None,
        };
        let now = Now { utc: bed.clock.utc(), mono: bed.clock.monotonic() };
        if let Some(transaction) = unit.crew.start(now) {
            unit.carrier.append(transaction, now.utc, &bed.clock).await?;
        }
        units.push(unit);
    }
    Ok(units)
}

/// How a unit's task ends: how it went, and what its store holds.
type Ended = Result<(Log, Vec<LogHead>)>;

/// Arrivals count from a moment from now.
fn begin(units: &mut [Unit], bed: &Bed) {
    let from_us = bed.clock.monotonic().us.saturating_add(micros(LEAD));
    units.iter_mut().for_each(|unit| unit.arrives_us = unit.arrives_us.saturating_add(from_us));
}

/// Everything that runs beside the phases.
struct Running {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<Ended>>,
    calm: Option<JoinHandle<Result<Vec<CalmLog>>>>,
    bar: ProgressBar,
}

async fn phases(
    args: &StormArgs,
    (installation, mut server): (&mut Installation, ServerProcess),
    bed: Bed,
    units: Vec<Unit>,
    calm_tablets: Vec<FleetTablet>,
) -> Result<Outcome> {
    let mut marks = Marks { empty: mark(&bed.clock, &server)?, ..Marks::default() };
    marks.begun = units.iter().map(|unit| unit.arrives_us).min().unwrap_or(0);
    let mut running = start(args, &bed, &server, units)?;
    running.connect(args).await?;
    rest(&server, &running.bar).await?;
    marks.idle_from = mark(&bed.clock, &server)?;
    running.phase("all connected, at rest", args.back.idle).await;
    marks.idle_until = mark(&bed.clock, &server)?;
    running.watch_calm(args, &bed, &server, calm_tablets).await?;
    marks.calm_from = bed.clock.monotonic().us;
    if running.calm.is_some() {
        running.phase("calm units alone", args.back.calm).await;
    }
    lose(args.cause, &bed, installation).await?;
    marks.lost = bed.clock.monotonic().us;
    bed.orders.send_replace(Order::Lost { at_us: marks.lost });
    running.phase("nobody reaches the server", args.back.away).await;
    marks.back = come_back(args.cause, &bed, installation, &mut server, &mut marks.restarted).await?;
    running.deliver(args).await;
    marks.done = mark(&bed.clock, &server)?;
    rest(&server, &running.bar).await?;
    marks.rested = mark(&bed.clock, &server)?;
    bed.orders.send_replace(Order::Over);
    let (logs, calm, expected) = running.collect().await?;
    installation.stop().await;
    let verdict = verify(&installation.data(), &expected).await.context("count what the server holds")?;
    let feed_items = running.shared.feed_items.load(Ordering::Relaxed);
    let (sockets, per_socket) = (bed.sockets.len(), bed.per_socket);
    Ok(Outcome { marks, logs, calm, sockets, per_socket, feed_items, verdict })
}

fn start(args: &StormArgs, bed: &Bed, server: &ServerProcess, units: Vec<Unit>) -> Result<Running> {
    let bar = ProgressBar::new(args.units as u64);
    bar.set_style(ProgressStyle::with_template("{elapsed} [{bar:40}] {pos}/{len} {msg}")?);
    let shared = Arc::new(Shared {
        clock: bed.clock,
        server: server.address,
        orders: bed.orders.subscribe(),
        away: Duration::from_secs_f64(args.back.away),
        connected: AtomicU64::new(0),
        back: AtomicU64::new(0),
        drained: AtomicU64::new(0),
        acknowledged: AtomicU64::new(0),
        feed_items: Arc::default(),
    });
    let tasks = units.into_iter().map(|unit| spawn(unit.run(Arc::clone(&shared)))).collect();
    Ok(Running { shared, tasks, calm: None, bar })
}

impl Running {
    /// Waits until everybody was welcomed.
    async fn connect(&self, args: &StormArgs) -> Result<()> {
        let limit_us = self.limit_us(args);
        loop {
            let connected = self.shared.connected.load(Ordering::Relaxed);
            self.bar.set_position(connected);
            self.bar.set_message("units connected");
            if connected >= args.units as u64 {
                return Ok(());
            }
            if self.shared.clock.monotonic().us >= limit_us {
                bail!("{connected} of {} units were connected within {} s", args.units, args.limits.max_wall);
            }
            pass(LOOK_EVERY).await;
        }
    }

    async fn phase(&self, what: &'static str, seconds: f64) {
        self.bar.set_message(what);
        pass(Duration::from_secs_f64(seconds)).await;
    }

    /// Starts the calm units in a thread of their own and waits until they are connected.
    async fn watch_calm(
        &mut self,
        args: &StormArgs,
        bed: &Bed,
        server: &ServerProcess,
        tablets: Vec<FleetTablet>,
    ) -> Result<()> {
        if tablets.is_empty() {
            return Ok(());
        }
        let (count, connected) = (tablets.len() as u64, Arc::new(AtomicU64::new(0)));
        let calm = Calm {
            clock: bed.clock,
            server: server.address,
            every: Duration::from_millis(args.back.calm_every_ms),
            seed: args.seed,
            connected: Arc::clone(&connected),
            orders: bed.orders.subscribe(),
        };
        let thread = tokio::task::spawn_blocking(move || calm::run(calm, tablets));
        self.bar.set_message("calm units connect");
        let limit_us = self.limit_us(args);
        while connected.load(Ordering::Relaxed) < count && !thread.is_finished() {
            ensure!(self.shared.clock.monotonic().us < limit_us, "the calm units did not connect in time");
            pass(LOOK_EVERY).await;
        }
        self.calm = Some(thread);
        Ok(())
    }

    /// Waits until everybody is back and nothing waits, or the time is over.
    async fn deliver(&self, args: &StormArgs) {
        let (all, limit_us) = (args.units as u64, self.limit_us(args));
        loop {
            let drained = self.shared.drained.load(Ordering::Relaxed);
            let (back, acknowledged) =
                (self.shared.back.load(Ordering::Relaxed), self.shared.acknowledged.load(Ordering::Relaxed));
            self.bar.set_position(drained);
            self.bar.set_message(format!("units done, {back} back, {acknowledged} events"));
            if drained >= all || self.shared.clock.monotonic().us >= limit_us {
                self.bar.finish();
                return;
            }
            pass(LOOK_EVERY).await;
        }
    }

    fn limit_us(&self, args: &StormArgs) -> u64 {
        self.shared.clock.monotonic().us.saturating_add(args.limits.max_wall.saturating_mul(1_000_000))
    }

    /// What every unit has to show, and what must stand on the server.
    async fn collect(&mut self) -> Result<(Vec<Log>, Vec<CalmLog>, Expected)> {
        let mut expected = Expected::default();
        let mut add = |heads: &[LogHead]| {
            heads.iter().for_each(|head| expected.add(head.log, head.head, head.digest.unwrap_or_default()));
        };
        let mut logs = Vec::with_capacity(self.tasks.len());
        for task in self.tasks.drain(..) {
            let (log, heads) = task.await.context("a unit's task")??;
            add(&heads);
            logs.push(log);
        }
        let calm = match self.calm.take() {
            Some(thread) => thread.await.context("the calm units' thread")??,
            None => Vec::new(),
        };
        calm.iter().for_each(|log| add(&log.heads));
        Ok((logs, calm, expected))
    }
}

async fn lose(cause: Cause, bed: &Bed, installation: &mut Installation) -> Result<()> {
    match cause {
        Cause::Killed => installation.kill().await.context("kill the server"),
        Cause::Radio | Cause::Address | Cause::Arrival => {
            bed.switch.cut();
            Ok(())
        }
    }
}

/// Makes the server reachable again. The times of the return count from here: for a killed server from the start of its process.
async fn come_back(
    cause: Cause,
    bed: &Bed,
    installation: &mut Installation,
    server: &mut ServerProcess,
    restarted: &mut Duration,
) -> Result<Mark> {
    let us = bed.clock.monotonic().us;
    let back = match cause {
        Cause::Killed => {
            *server = installation.serve().await.context("start the server again")?;
            *restarted = Duration::from_micros(bed.clock.monotonic().us.saturating_sub(us));
            Mark { us, server: Figures::default(), generator: own_figures()? }
        }
        Cause::Address => {
            bed.sockets.rebind_all()?;
            bed.switch.restore();
            Mark { us: bed.clock.monotonic().us, ..mark(&bed.clock, server)? }
        }
        Cause::Radio | Cause::Arrival => {
            bed.switch.restore();
            mark(&bed.clock, server)?
        }
    };
    bed.orders.send_replace(Order::Back { at_us: back.us, moved: cause == Cause::Address });
    Ok(back)
}

fn mark(clock: &SystemClock, server: &ServerProcess) -> Result<Mark> {
    Ok(Mark { us: clock.monotonic().us, server: server.figures()?, generator: own_figures()? })
}

/// Waits until the server rests.
async fn rest(server: &ServerProcess, bar: &ProgressBar) -> Result<()> {
    bar.set_message("the server comes to rest");
    let mut last = server.figures()?.cpu_ms;
    for _ in 0..REST_SECONDS {
        pass(Duration::from_secs(1)).await;
        let now = server.figures()?.cpu_ms;
        if now.saturating_sub(last) < RESTING_MS {
            return Ok(());
        }
        last = now;
    }
    Ok(())
}
