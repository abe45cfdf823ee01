//! The run from its preparation to its report.

use super::book::Book;
use super::call::Call;
use super::crew::{Crew, World};
use super::dispatch::{Dispatch, client};
use super::fleet::Fleet;
use super::installation::{Ground, Prepared};
use super::plan::Steady;
use super::tablet::Common;
use super::verify::Expected;
use super::{FleetArgs, Report, Verdict, consoles};
use crate::hospitals::{Ears, Summary};
use crate::light::{Figures, micros, own_figures, pass, pass_until};
use ambulance_runtime::SystemClock;
use anyhow::{Context, Result, ensure};
use dispatch_server::edge::spawn;
use hospital_selection::HospitalTable;
use indicatif::{ProgressBar, ProgressStyle};
use model::{Clock, EnquiryId, HospitalId, Position, RngStreams};
use rand::seq::SliceRandom;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use travel_time::RoadModel;

/// The idle fleet's cost is measured for so long.
const IDLE: Duration = Duration::from_secs(5);
/// The schedule begins so long after everything is ready.
const LEAD: Duration = Duration::from_millis(500);
/// Between two looks at the progress.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After the last call, transports have so long to end beyond their own length; then they are cut off and the run has failed.
const GRACE: Duration = Duration::from_secs(120);

/// Hears what desks do.
struct DeskEars {
    book: Arc<Book>,
    clock: SystemClock,
}

impl Ears for DeskEars {
    fn rang(&self, enquiry: EnquiryId) {
        self.book.rang(enquiry, self.clock.monotonic().us);
    }
    fn answering(&self, enquiry: EnquiryId) {
        self.book.answering(enquiry, self.clock.monotonic().us);
    }
}

/// Figures of both processes at one moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Both {
    pub(super) server: Figures,
    pub(super) generator: Figures,
    pub(super) at_us: u64,
}

/// What was found.
pub(super) struct Found {
    pub(super) book: Arc<Book>,
    pub(super) calls: usize,
    /// Calls that the schedule had and that were not begun.
    pub(super) not_begun: u64,
    pub(super) sockets: usize,
    pub(super) connected: Duration,
    /// Before any unit was switched on; with all of them at rest from–to; while calls came and were carried out, from–to.
    pub(super) empty: Both,
    pub(super) idle: (Both, Both),
    pub(super) busy: (Both, Both),
    pub(super) desks: Summary,
    pub(super) verdict: Verdict,
}

/// Measures.
///
/// # Errors
/// As [`super::run`].
pub async fn measure(args: &FleetArgs) -> Result<Report> {
    check(args)?;
    let near: Vec<Position> = HospitalTable::embedded().hospitals().iter().map(|h| h.position).collect();
    let lasts = Duration::from_secs(args.seconds);
    let steady = Steady { rate: args.rate, lasts, cards: args.cards, accepts: args.accept, seed: args.seed };
    let calls = steady.calls(&near);
    let Prepared { ground, tablets, wallet } = Ground::prepare(args, &with_desks(args)).await?;
    let clock = SystemClock::new();
    let book = Arc::new(Book::default());
    let common = Arc::new(Common {
        clock,
        server: ground.server.address,
        book: Arc::clone(&book),
        spent: ground.spent(),
        hospitals: Arc::new(HospitalTable::embedded().clone()),
        travel: RoadModel::japan(),
        outbox: args.outbox,
        folder: ground.folder().join("outboxes"),
        seed: args.seed,
    });
    let pages = client(ground.origin()?, &ground.authority())?;
    let world = Arc::new(World {
        clock,
        book: Arc::clone(&book),
        dispatch: Dispatch::new(&pages, &ground.people),
        wallet,
        desks: ground.people.desks.keys().copied().collect(),
        pace: args.pace,
    });
    let (over, told) = watch::channel(false);
    let look = || both(&ground, &clock);

    let empty = look()?;
    let bar = bar(args.units, "connected")?;
    let begin_us = clock.monotonic().us;
    let fleet = Arc::new(Fleet::switch_on(args, tablets, (&near, &common)).await?);
    let connected = fleet.connected(begin_us, &common, &bar).await?;
    bar.finish_and_clear();
    let before_idle = look()?;
    pass(IDLE).await;
    let idle = (before_idle, look()?);
    let signed = self::bar(args.units, "signed in")?;
    fleet.sign_in(&ground.people, &common, &signed).await?;
    signed.finish_and_clear();
    let ears = Arc::new(DeskEars { book: Arc::clone(&book), clock });
    let desks = ground.desks(args, ears).await?;
    let mut open = consoles::open(args.consoles, &pages, &ground.people, (&book, &told)).await?;
    let positions = positions(args, &fleet, &common, told);

    let began = look()?;
    let not_begun = carry_out(&calls, &world, &fleet).await?;
    let busy = (began, look()?);

    over.send_replace(true);
    if let Some(positions) = positions {
        positions.await.context("the positions' task")?;
    }
    while let Some(page) = open.join_next().await {
        page.context("a page's task")?.context("read a page")?;
    }
    let desks = desks.stop().await;
    let sockets = fleet.sockets;
    let outboxes = Arc::into_inner(fleet).context("a transport still runs")?.switch_off().await?;
    let mut expected = Expected::default();
    for outbox in &outboxes {
        expected.add(outbox).await?;
    }
    let installation = ground.stop().await;
    let verdict = expected.verify(&installation.data()).await.context("count what the server holds")?;
    let calls = calls.len();
    Ok(Report::new(args, &Found { book, calls, not_begun, sockets, connected, empty, idle, busy, desks, verdict }))
}

fn check(args: &FleetArgs) -> Result<()> {
    ensure!(args.units >= 1, "--units: expected at least one");
    ensure!(
        (1..=args.units).contains(&args.departments),
        "--departments {}: expected 1 to {} units",
        args.departments,
        args.units
    );
    ensure!(args.rate > 0.0 && args.rate.is_finite(), "--rate: expected calls a second, not {}", args.rate);
    ensure!((0.1..=10_000.0).contains(&args.pace), "--pace: expected 0.1 to 10000, not {}", args.pace);
    for (name, share) in [("--cards", args.cards), ("--accept", args.accept)] {
        ensure!((0.0..=1.0).contains(&share), "{name}: expected a share of 0 to 1, not {share}");
    }
    ensure!(args.desk_seconds >= 0.0 && args.desk_seconds.is_finite(), "--desk-seconds: expected seconds");
    ensure!(args.outbox == super::OutboxKind::Memory || args.units <= 200, "--outbox sqlite: at most 200 units");
    Ok(())
}

/// Hospitals whose desks are played: drawn from the whole table.
fn with_desks(args: &FleetArgs) -> BTreeSet<HospitalId> {
    let mut all: Vec<HospitalId> = HospitalTable::embedded().hospitals().iter().map(|hospital| hospital.id).collect();
    all.shuffle(&mut RngStreams::from_u64(args.seed).stream("desks"));
    all.into_iter().take(args.desks).collect()
}

fn both(ground: &Ground, clock: &SystemClock) -> Result<Both> {
    Ok(Both { server: ground.server.figures()?, generator: own_figures()?, at_us: clock.monotonic().us })
}

fn bar(count: usize, what: &str) -> Result<ProgressBar> {
    let bar = ProgressBar::new(count as u64);
    bar.set_style(ProgressStyle::with_template(&format!("{{elapsed}} [{{bar:40}}] {{pos}}/{{len}} {what} {{msg}}"))?);
    Ok(bar)
}

fn positions(
    args: &FleetArgs,
    fleet: &Arc<Fleet>,
    common: &Arc<Common>,
    told: watch::Receiver<bool>,
) -> Option<tokio::task::JoinHandle<()>> {
    let every = Duration::from_secs(args.positions_every);
    let (fleet, common) = (Arc::clone(fleet), Arc::clone(common));
    (!every.is_zero()).then(|| spawn(async move { fleet.tell_positions(every, &common, told).await }))
}

/// Lets the calls come at their times, whatever the server does, and waits until every transport has ended; how many calls
/// of the schedule were not begun.
async fn carry_out(calls: &[Call], world: &Arc<World>, fleet: &Arc<Fleet>) -> Result<u64> {
    let bar = bar(calls.len(), "transports done,")?;
    let begin_us = world.clock.monotonic().us.saturating_add(micros(LEAD));
    let coming = spawn(come(calls.to_vec(), begin_us, Arc::clone(world), Arc::clone(fleet)));
    while !coming.is_finished() {
        pass(LOOK_EVERY).await;
        bar.set_position(world.book.done.load(Ordering::Relaxed));
        let (begun, failed) = (world.book.begun.load(Ordering::Relaxed), world.book.failed.load(Ordering::Relaxed));
        bar.set_message(format!("{begun} begun, {failed} broken off"));
    }
    bar.finish_and_clear();
    coming.await.context("the schedule's task")?;
    Ok((calls.len() as u64).saturating_sub(world.book.begun.load(Ordering::Relaxed)))
}

async fn come(calls: Vec<Call>, begin_us: u64, world: Arc<World>, fleet: Arc<Fleet>) {
    let mut transports = JoinSet::new();
    let longest = calls.iter().map(|call| call.stages.total().div_f64(world.pace)).max().unwrap_or_default();
    for call in calls {
        let due_us = begin_us.saturating_add(micros(call.at));
        pass_until(due_us, &world.clock).await;
        world.book.late(world.clock.monotonic().us.saturating_sub(due_us));
        world.book.begun.fetch_add(1, Ordering::Relaxed);
        transports.spawn(carry(call, due_us, Arc::clone(&world), Arc::clone(&fleet)));
        while transports.try_join_next().is_some() {}
    }
    let deadline_us = world.clock.monotonic().us.saturating_add(micros(longest.saturating_add(GRACE)));
    loop {
        tokio::select! {
            ended = transports.join_next() => if ended.is_none() { return },
            () = pass_until(deadline_us, &world.clock) => break,
        }
    }
    (0..transports.len()).for_each(|_| world.book.broke("the run's end"));
    transports.shutdown().await;
}

async fn carry(call: Call, due_us: u64, world: Arc<World>, fleet: Arc<Fleet>) {
    let (tablet, waited) = fleet.wait_for_nearest(call.scene).await;
    if waited {
        world.book.waited.fetch_add(1, Ordering::Relaxed);
    }
    let begins_us = if waited { world.clock.monotonic().us } else { due_us };
    let ended = Crew::new(&world, &tablet, &call, begins_us).transport().await;
    match &ended {
        Ok(()) => {
            world.book.done.fetch_add(1, Ordering::Relaxed);
        }
        Err(broken) => world.book.broke(broken.0),
    }
    fleet.give_back(&tablet, &ended);
}
