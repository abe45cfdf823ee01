//! The run from its preparation to its report.

use super::book::Book;
use super::call::Call;
use super::crew::{Crew, World};
use super::dispatch::{Dispatch, client};
use super::installation::{Ground, Prepared};
use super::plan::with_desks;
use super::saturate::{Climb, Rung};
use super::tablet::{Common, Outbox};
use super::units::Fleet;
use super::verify::Expected;
use super::{Setup, Verdict, consoles, radio, report};
use crate::hospitals::{Ears, Summary};
use crate::light::{Figures, micros, ordered, own_figures, pass, pass_until};
use crate::report::Report;
use ambulance_runtime::SystemClock;
use anyhow::{Context, Result};
use dispatch_server::admin::FleetTablet;
use dispatch_server::edge::spawn;
use hospital_selection::HospitalTable;
use indicatif::{ProgressBar, ProgressStyle};
use model::{Clock, EnquiryId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// Cores that one of the two used between two moments.
pub(super) fn cores((from, to): (Both, Both), of: impl Fn(Both) -> Figures) -> f64 {
    let ms = of(to).cpu_ms.saturating_sub(of(from).cpu_ms) as f64;
    let us = to.at_us.saturating_sub(from.at_us).max(1) as f64;
    ms * 1_000.0 / us
}

/// What was found.
pub(super) struct Found {
    pub(super) book: Arc<Book>,
    /// Calls that the schedule had until it ended.
    pub(super) intended: u64,
    pub(super) sockets: usize,
    pub(super) connected: Duration,
    pub(super) people: usize,
    /// Before any unit was switched on; with all of them at rest from–to; while calls came and were carried out, from–to.
    pub(super) empty: Both,
    pub(super) idle: (Both, Both),
    pub(super) busy: (Both, Both),
    pub(super) rungs: Vec<Rung>,
    pub(super) desks: Summary,
    pub(super) verdict: Verdict,
}

/// Measures.
///
/// # Errors
/// As [`super::run`].
pub async fn measure(setup: Setup) -> Result<Report> {
    let setup = Arc::new(setup);
    let args = &setup.args;
    let mut report = report::begin(&setup);
    let Prepared { ground, tablets, wallet } =
        Ground::prepare(&setup, &with_desks(&setup.calls, setup.args.desks)).await?;
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
        seed: setup.scenario.seed,
    });
    let pages = client(ground.origin()?, &ground.authority())?;
    let world = Arc::new(World {
        clock,
        book: Arc::clone(&book),
        dispatch: Dispatch::new(&pages, &ground.people),
        wallet,
        desks: ground.people.desks.keys().copied().collect(),
        pace: setup.pace,
        without_radio: radio::patience(&setup.scenario, setup.pace),
    });
    let (over, told) = watch::channel(false);
    let empty = both(&ground, &clock)?;
    let (fleet, connected) = switched_on(&setup, tablets, &common).await?;
    let before_idle = both(&ground, &clock)?;
    pass(IDLE).await;
    let idle = (before_idle, both(&ground, &clock)?);
    let signed = bar(setup.units, "signed in")?;
    fleet.sign_in(&ground.people, &common, &signed).await?;
    signed.finish_and_clear();
    let ears = Arc::new(DeskEars { book: Arc::clone(&book), clock });
    let desks = ground.desks(&setup, ears).await?;
    let mut open = consoles::open(args.consoles, &pages, &ground.people, (&book, &told)).await?;
    let mut beside = JoinSet::new();
    if radio::is_played(&setup.scenario) {
        beside.spawn(radio::play(Arc::clone(&setup), fleet.tablets.clone(), clock, told.clone()));
    }
    positions(&setup, (&fleet, &common), told, &mut beside);

    let began = both(&ground, &clock)?;
    let look = || both(&ground, &clock);
    let (intended, rungs) = carry_out(&setup, (&world, &fleet), look).await?;
    let busy = (began, both(&ground, &clock)?);

    over.send_replace(true);
    while let Some(ended) = beside.join_next().await {
        ended.context("the radio's or the positions' task")?;
    }
    fleet.drained().await;
    while let Some(page) = open.join_next().await {
        page.context("a page's task")?.context("read a page")?;
    }
    let desks = desks.stop().await;
    let (sockets, people) = (fleet.sockets, setup.departments);
    let outboxes = Arc::into_inner(fleet).context("a transport still runs")?.switch_off().await?;
    let verdict = counted(&outboxes, ground).await?;
    let found = Found { book, intended, sockets, connected, people, empty, idle, busy, rungs, desks, verdict };
    report::fill(&mut report, &setup, &found);
    Ok(report)
}

/// Stops the server and compares what the tablets hold with what it holds.
async fn counted(outboxes: &[Outbox], ground: Ground) -> Result<Verdict> {
    let mut expected = Expected::default();
    for outbox in outboxes {
        expected.add(outbox).await?;
    }
    let installation = ground.stop().await;
    expected.verify(&installation.data()).await.context("count what the server holds")
}

async fn switched_on(setup: &Setup, tablets: Vec<FleetTablet>, common: &Arc<Common>) -> Result<(Arc<Fleet>, Duration)> {
    let bar = bar(setup.units, "connected")?;
    let begin_us = common.clock.monotonic().us;
    let fleet = Arc::new(Fleet::switch_on(setup, tablets, common).await?);
    let connected = fleet.connected(begin_us, common, &bar).await?;
    bar.finish_and_clear();
    Ok((fleet, connected))
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
    setup: &Setup,
    (fleet, common): (&Arc<Fleet>, &Arc<Common>),
    told: watch::Receiver<bool>,
    beside: &mut JoinSet<()>,
) {
    let every = setup.scenario.fleet.positions_every.duration();
    let (fleet, common) = (Arc::clone(fleet), Arc::clone(common));
    if !every.is_zero() {
        beside.spawn(async move { fleet.tell_positions(every, &common, told).await });
    }
}

/// Lets the calls come at their times, whatever the server does, and waits until every transport has ended; how many calls
/// the schedule had until it ended, and with --saturate what came of each rate. `look` reads both processes' figures.
async fn carry_out(
    setup: &Setup,
    (world, fleet): (&Arc<World>, &Arc<Fleet>),
    look: impl Fn() -> Result<Both>,
) -> Result<(u64, Vec<Rung>)> {
    let bar = bar(setup.calls.len(), "transports ended,")?;
    let begin_us = world.clock.monotonic().us.saturating_add(micros(LEAD));
    let (enough, told) = watch::channel(false);
    let schedule = Schedule { calls: setup.calls.clone(), begin_us, enough: told };
    let coming = spawn(schedule.come(Arc::clone(world), Arc::clone(fleet)));
    let lag = report::lag_limit(setup);
    let mut climb = setup.args.saturate.then(|| Climb::new(begin_us));
    while !coming.is_finished() {
        pass(LOOK_EVERY).await;
        let book = &world.book;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        bar.set_position(of(&book.done) + of(&book.failed));
        bar.set_message(format!("{} begun, {} broken off", of(&book.begun), of(&book.failed)));
        if let Some(climb) = &mut climb
            && climb.look(book, world.clock.monotonic().us, &look)?
            && climb.has_ended(lag)
        {
            enough.send_replace(true);
        }
    }
    bar.finish_and_clear();
    let intended = coming.await.context("the schedule's task")?;
    Ok((intended, climb.map(|climb| climb.rungs).unwrap_or_default()))
}

/// Calls, and when the first minute of the run is.
struct Schedule {
    calls: Vec<Call>,
    begin_us: u64,
    /// No more calls.
    enough: watch::Receiver<bool>,
}

impl Schedule {
    /// How many calls it had until it ended.
    async fn come(mut self, world: Arc<World>, fleet: Arc<Fleet>) -> u64 {
        let mut transports = JoinSet::new();
        let longest = self.calls.iter().map(|call| call.stages.total().div_f64(world.pace)).max().unwrap_or_default();
        let mut intended = 0;
        for call in self.calls {
            let due_us = self.begin_us.saturating_add(micros(call.at));
            tokio::select! {
                () = pass_until(due_us, &world.clock) => {}
                () = ordered(&mut self.enough) => break,
            }
            intended += 1;
            world.book.late(world.clock.monotonic().us.saturating_sub(due_us));
            world.book.begun.fetch_add(1, Ordering::Relaxed);
            transports.spawn(carry(call, due_us, Arc::clone(&world), Arc::clone(&fleet)));
            while transports.try_join_next().is_some() {}
        }
        let deadline_us = world.clock.monotonic().us.saturating_add(micros(longest.saturating_add(GRACE)));
        loop {
            tokio::select! {
                ended = transports.join_next() => if ended.is_none() { return intended },
                () = pass_until(deadline_us, &world.clock) => break,
            }
        }
        (0..transports.len()).for_each(|_| world.book.broke("the run's end"));
        transports.shutdown().await;
        intended
    }
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
