//! All units of a storm: prepared, let loose on the schedule, watched until everybody is done.

use super::unit::{Log, Shared, Unit};
use super::verify::Expected;
use super::{StormArgs, backlog, limits};
use crate::light::{Carrier, Failed, Figures, ServerProcess, Sockets, own_figures, pass};
use ambulance_core::Identity;
use anyhow::{Context, Result, ensure};
use delivery::OutboxStore;
use dispatch_server::admin::FleetTablet;
use dispatch_server::edge::{SystemClock, spawn};
use indicatif::{ProgressBar, ProgressStyle};
use model::{Clock, IdSource, RngStreams};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Between two looks at the progress.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The schedule begins so long after the tasks were made: a generator that is late from the start measures itself.
const LEAD: Duration = Duration::from_millis(500);

/// See the module.
pub(super) struct Fleet {
    clock: SystemClock,
    units: Vec<Unit>,
    /// Keeps the sockets open.
    _sockets: Sockets,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) logs: Vec<Log>,
    /// From the begin until the last unit was done, or until the time was over.
    pub(super) wall: Duration,
    /// From the begin until the last unit was welcomed first.
    pub(super) feed_items: u64,
    /// While every unit was done and connected.
    pub(super) idle: Figures,
    pub(super) generator: Figures,
    pub(super) stalled: Duration,
}

impl Fleet {
    /// Makes the units with their backlogs.
    pub(super) async fn prepare(args: &StormArgs, tablets: Vec<FleetTablet>) -> Result<Self> {
        ensure!(args.events >= limits::EVENTS_MIN, "{} events: at least {}", args.events, limits::EVENTS_MIN);
        ensure!(args.spread >= 0.0 && args.spread.is_finite(), "--spread: expected seconds, not {}", args.spread);
        let streams = RngStreams::from_u64(args.seed);
        let mut rng = streams.stream("events");
        let mut arrivals = streams.stream("arrivals");
        let clock = SystemClock::new().context("take random numbers from the system")?;
        let mut sockets = Sockets::default();
        let mut units = Vec::with_capacity(tablets.len());
        for (n, tablet) in tablets.into_iter().enumerate() {
            let heavy = n < args.heavy;
            let identity =
                Identity { device: tablet.device, unit: tablet.unit, department: tablet.department, training: true };
            let events = if heavy { args.heavy_events } else { args.events };
            let ids = IdSource::new(streams.stream(&format!("ids of unit {n}")));
            let crew = StdRng::seed_from_u64(rng.next_u64());
            let store = backlog::record(identity, events, clock.utc(), (ids, crew)).await?;
            let share = f64::from(arrivals.next_u32()) / f64::from(u32::MAX);
            units.push(Unit {
                endpoint: sockets.endpoint(n, &tablet.bundle)?,
                carrier: Carrier::new(store).await?,
                rng: StdRng::seed_from_u64(args.seed ^ rng.next_u64()),
                arrives: Duration::from_secs_f64(args.spread * share),
                deaf: n >= args.heavy && n < args.heavy + args.deaf,
                heavy,
            });
        }
        Ok(Self { clock, units, _sockets: sockets })
    }

    /// What must stand on the server in the end.
    pub(super) async fn expected(&self) -> Result<Expected> {
        let mut expected = Expected::default();
        for unit in &self.units {
            for head in unit.carrier.store.heads().await? {
                expected.add(head.log, head.head, head.digest.unwrap_or_default());
            }
        }
        Ok(expected)
    }

    /// Lets everybody loose; ends when all are done or the time is over.
    pub(super) async fn storm(self, server: &ServerProcess, args: &StormArgs) -> Result<Outcome> {
        let (over_tx, over) = watch::channel(false);
        let count = self.units.len();
        let (report, mut reports) = mpsc::channel(count.max(1));
        let lead_us = u64::try_from(LEAD.as_micros()).unwrap_or(0);
        let shared = Arc::new(Shared {
            begin_us: self.clock.monotonic().us + lead_us,
            clock: self.clock,
            server: server.address,
            welcomed: AtomicU64::new(0),
            drained: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            feed_items: Arc::default(),
            over,
        });
        let tasks: Vec<_> =
            self.units.into_iter().map(|unit| spawn(unit.run(Arc::clone(&shared), report.clone()))).collect();
        drop(report);
        let stalled = watch_over(&shared, server, args, count).await?;
        let wall_us = shared.clock.monotonic().us.saturating_sub(shared.begin_us);
        // Everything that the storm made the server do is done when its processor rests.
        let idle = rested(server).await?;
        let generator = own_figures()?;
        over_tx.send_replace(true);
        let mut logs = Vec::with_capacity(count);
        while let Some(log) = reports.recv().await {
            logs.push(log);
        }
        for task in tasks {
            task.await.context("a unit's task")??;
        }
        let feed_items = shared.feed_items.load(Ordering::Relaxed);
        Ok(Outcome { logs, wall: Duration::from_micros(wall_us), feed_items, idle, generator, stalled })
    }
}

/// Shows progress, stops the server for a while when that is wanted, and returns when all are done or time is over.
async fn watch_over(shared: &Shared, server: &ServerProcess, args: &StormArgs, count: usize) -> Result<Duration> {
    let all = count as u64;
    let bar = ProgressBar::new(all);
    bar.set_style(ProgressStyle::with_template("{elapsed} [{bar:40}] {pos}/{len} units done, {msg}")?);
    let limit_us = args.limits.max_wall.saturating_mul(1_000_000).saturating_add(shared.begin_us);
    let mut stalled = Duration::ZERO;
    loop {
        pass(LOOK_EVERY).await;
        let (welcomed, drained) = (shared.welcomed.load(Ordering::Relaxed), shared.drained.load(Ordering::Relaxed));
        bar.set_position(drained);
        bar.set_message(format!("{welcomed} in, {} events", shared.acknowledged.load(Ordering::Relaxed)));
        if args.stall > 0 && stalled.is_zero() && welcomed * 2 >= all {
            server.signal(Signal::STOP)?;
            stalled = Duration::from_secs(args.stall);
            bar.set_message("the server's process is stopped");
            pass(stalled).await;
            server.signal(Signal::CONT)?;
        }
        if drained >= all || shared.clock.monotonic().us >= limit_us {
            bar.finish();
            return Ok(stalled);
        }
    }
}

/// The server's figures once it has come to rest, or after half a minute.
async fn rested(server: &ServerProcess) -> Result<Figures> {
    let mut last = server.figures()?;
    for _ in 0..30 {
        pass(Duration::from_secs(1)).await;
        let now = server.figures()?;
        let worked_ms = now.cpu_ms.saturating_sub(last.cpu_ms);
        last = now;
        if worked_ms < 100 {
            break;
        }
    }
    Ok(last)
}

/// Failures by kind, over all units.
pub(super) fn failures(logs: &[Log], kind: Failed) -> u64 {
    logs.iter().filter_map(|log| log.failed.get(&kind)).map(|n| u64::from(*n)).sum()
}
