//! The measurement from its preparation to its report.

use super::book::{Book, Place};
use super::pages::{self, Page};
use super::script::{STAGES, part, presses};
use super::unit::{Shared, Unit, Work};
use super::{Found, ScreensArgs};
use crate::light::{Carrier, Figures, Installation, ServerProcess, Sockets, Wanted, micros, own_figures, pass};
use ambulance_core::Identity;
use ambulance_core::journal::Journal;
use anyhow::{Context, Result, bail, ensure};
use delivery::MemoryStore;
use dispatch_core::{PrincipalKind, Role};
use dispatch_server::admin::{FleetTablet, MadeAccount, NewPerson, add_desk, add_person};
use dispatch_server::edge::{SystemClock, spawn};
use hospital_selection::HospitalTable;
use indicatif::{ProgressBar, ProgressStyle};
use model::{CaseId, Clock, HospitalId, IdSource, Position, RngStreams, Stage};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The console is this department's.
const DEPARTMENT: &str = "訓練第1消防本部";
/// Between two looks at what has come.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Everybody must be connected, and every case on its pages, within this time.
const READY_WITHIN: Duration = Duration::from_secs(300);
/// The script begins so long after everything is ready.
const LEAD: Duration = Duration::from_secs(2);
/// After the last press, pages have so long to show it.
const GRACE: Duration = Duration::from_secs(15);
/// A unit begins within so many degrees of a hospital.
const AROUND_DEGREES: f64 = 0.05;

/// What is told to all at once.
struct Orders {
    begin_us: watch::Sender<Option<u64>>,
    over: watch::Sender<bool>,
}

/// Measures.
///
/// # Errors
/// As [`super::run`].
pub async fn measure(args: &ScreensArgs) -> Result<Found> {
    ensure!((1..=args.units).contains(&args.cases), "--cases {}: expected 1 to {} units", args.cases, args.units);
    ensure!(
        args.departments >= 1 && args.units / args.departments >= args.cases,
        "--cases: the first department has fewer units"
    );
    ensure!(args.consoles >= 1 && args.boards >= 1, "expected at least one console and one board");
    ensure!(args.seconds >= 1 && args.positions_every >= 1, "expected at least one second");
    let wanted =
        Wanted { units: args.units, departments: args.departments, folder: None, bin_dir: args.bin_dir.as_deref() };
    let mut installation = Installation::prepare(wanted).await.context("prepare the installation")?;
    let (dispatcher, hospitals, desks) = accounts(&installation, args.boards).await.context("make accounts")?;
    let clock = SystemClock::new().context("take random numbers from the system")?;
    let mut sockets = Sockets::default();
    let units = units(args, &installation.take_tablets(), &hospitals, (&mut sockets, &clock)).await?;
    let server = installation.serve().await.context("start the server")?;
    let (begin_us, begun) = watch::channel(None);
    let (over, told) = watch::channel(false);
    let orders = Orders { begin_us, over };
    let shared = Arc::new(Shared {
        clock,
        server: server.address,
        book: Book::default(),
        positions_every: Duration::from_secs(args.positions_every),
        connected: AtomicU64::new(0),
        lost_lines: AtomicU64::new(0),
        feed_items: Arc::default(),
        begin_us: begun,
        over: told,
    });
    let tasks: Vec<_> = units.into_iter().map(|unit| spawn(unit.run(Arc::clone(&shared)))).collect();
    let origin = installation.origin().context("find the server's pages")?.to_owned();
    let opened = open_pages(args, &installation, &origin, (&dispatcher, &desks)).await.context("open pages")?;
    let mut open = JoinSet::new();
    for page in opened {
        open.spawn(page.read(Arc::clone(&shared)));
    }
    let figures = watched(args, &shared, &server, &orders, &mut open).await;
    orders.over.send_replace(true);
    while let Some(page) = open.join_next().await {
        page.context("a page's task")?.context("read a page")?;
    }
    for task in tasks {
        task.await.context("a unit's task")?.context("run a unit")?;
    }
    installation.stop().await;
    Ok(Found::new(args, &shared, &figures?))
}

/// A dispatcher of the first department, and desks of hospitals.
async fn accounts(
    installation: &Installation,
    boards: usize,
) -> Result<(MadeAccount, Vec<HospitalId>, Vec<MadeAccount>)> {
    let data = installation.data();
    let person = NewPerson {
        department: DEPARTMENT,
        login: "dispatcher",
        name: "訓練指令員",
        kind: PrincipalKind::Dispatcher,
        roles: [Role::Dispatcher].into(),
    };
    let dispatcher = add_person(&data, person).await?;
    let mut hospitals = Vec::new();
    let mut desks = Vec::new();
    for (n, hospital) in HospitalTable::embedded().hospitals().iter().take(boards).enumerate() {
        hospitals.push(hospital.id);
        desks.push(add_desk(&data, &hospital.id.to_string(), &format!("desk{}", n + 1), None).await?);
    }
    ensure!(desks.len() == boards, "--boards {boards}: the hospital table has {} hospitals", desks.len());
    Ok((dispatcher, hospitals, desks))
}

/// The fleet; the first units of the first department have cases, whose hospitals come in turn.
async fn units(
    args: &ScreensArgs,
    tablets: &[FleetTablet],
    hospitals: &[HospitalId],
    (sockets, clock): (&mut Sockets, &SystemClock),
) -> Result<Vec<Unit>> {
    let streams = RngStreams::from_u64(args.seed);
    let (mut ids, mut rng) = (IdSource::new(streams.stream("ids")), streams.stream("units"));
    let first = tablets.first().map(|tablet| tablet.department);
    let mut turn = hospitals.iter().cycle();
    let (mut units, mut cases) = (Vec::with_capacity(tablets.len()), 0);
    for (n, tablet) in tablets.iter().enumerate() {
        let identity =
            Identity { device: tablet.device, unit: tablet.unit, department: tablet.department, training: true };
        let works = cases < args.cases && Some(tablet.department) == first;
        cases += usize::from(works);
        let work = works.then(|| turn.next()).flatten().map(|hospital| {
            let case = CaseId::from_uuid(ids.uuid(clock.utc()));
            let list = presses(case, Duration::from_secs(args.seconds), &mut rng);
            Work { case, hospital: *hospital, stage: Stage::Notified, presses: list.into() }
        });
        units.push(Unit {
            endpoint: sockets.endpoint(n, &tablet.bundle)?,
            carrier: Carrier::new(MemoryStore::new()).await?,
            journal: Journal::new(identity, &[], &BTreeSet::new()),
            ids: IdSource::new(streams.stream(&format!("ids of unit {n}"))),
            place: near_a_hospital(n, &mut rng),
            rng: StdRng::seed_from_u64(rng.next_u64()),
            work,
        });
    }
    Ok(units)
}

fn near_a_hospital(n: usize, rng: &mut impl Rng) -> Position {
    let hospitals = HospitalTable::embedded().hospitals();
    let near = hospitals.get(n * 7 % hospitals.len().max(1)).map(|hospital| hospital.position);
    let near = near.unwrap_or_else(|| panic!("the embedded table has hospitals"));
    let mut aside = || (part(rng) - 0.5) * 2.0 * AROUND_DEGREES;
    Position::new(near.lat() + aside(), near.lon() + aside()).unwrap_or(near)
}

async fn open_pages(
    args: &ScreensArgs,
    installation: &Installation,
    origin: &str,
    (dispatcher, desks): (&MadeAccount, &[MadeAccount]),
) -> Result<Vec<Page>> {
    let authority = installation.data().authority_certificate();
    let mut open = Vec::new();
    for _ in 0..args.consoles {
        open.extend(pages::sign_in(origin, &authority, dispatcher, Place::Console).await?);
    }
    for desk in desks {
        open.extend(pages::sign_in(origin, &authority, desk, Place::Board).await?);
    }
    Ok(open)
}

/// What the processes did while the script ran.
pub(super) struct Spent {
    pub(super) server: (Figures, Figures),
    pub(super) generator: (Figures, Figures),
    /// How long it ran, microseconds.
    pub(super) wall_us: u64,
}

/// Waits until everything is there, lets the script run, and returns when everything was seen or time is over.
async fn watched(
    args: &ScreensArgs,
    shared: &Shared,
    server: &ServerProcess,
    orders: &Orders,
    open: &mut JoinSet<Result<(), crate::hospitals::ClientError>>,
) -> Result<Spent> {
    let bar = ProgressBar::new(args.units as u64);
    bar.set_style(ProgressStyle::with_template("{elapsed} [{bar:40}] {pos}/{len} units connected, {msg}")?);
    let deadline = shared.clock.monotonic().us.saturating_add(micros(READY_WITHIN));
    while !ready(args, shared) {
        ensure!(shared.clock.monotonic().us < deadline, "{}: not all within {READY_WITHIN:?}", standing(shared));
        bar.set_position(shared.connected.load(Ordering::Relaxed));
        bar.set_message(standing(shared));
        pause(open).await?;
    }
    bar.set_position(shared.connected.load(Ordering::Relaxed));
    let begin = shared.clock.monotonic().us.saturating_add(micros(LEAD));
    pass(LEAD).await;
    orders.begin_us.send_replace(Some(begin));
    let before = (server.figures()?, own_figures()?);
    let last = begin.saturating_add(micros(Duration::from_secs(args.seconds)));
    let wanted = args.cases * STAGES.len();
    loop {
        let now = shared.clock.monotonic().us;
        let left = [Place::Console, Place::Board].map(|place| shared.book.missing(place, wanted));
        bar.set_message(format!("{} of {wanted} statuses not on the console, {} not on a board", left[0], left[1]));
        if now >= last && left == [0, 0] || now >= last.saturating_add(micros(GRACE)) {
            break;
        }
        pause(open).await?;
    }
    bar.finish();
    let wall_us = shared.clock.monotonic().us.saturating_sub(begin);
    Ok(Spent { server: (before.0, server.figures()?), generator: (before.1, own_figures()?), wall_us })
}

/// Looks again a moment later; a page that has ended meanwhile ends the measurement.
async fn pause(open: &mut JoinSet<Result<(), crate::hospitals::ClientError>>) -> Result<()> {
    tokio::select! {
        () = pass(LOOK_EVERY) => Ok(()),
        Some(ended) = open.join_next() => {
            ended.context("a page's task")?.context("read a page")?;
            bail!("a page's stream ended before its time")
        }
    }
}

fn ready(args: &ScreensArgs, shared: &Shared) -> bool {
    let connected = usize::try_from(shared.connected.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
    connected >= args.units
        && [Place::Console, Place::Board].iter().all(|place| shared.book.shown(*place) >= args.cases)
}

fn standing(shared: &Shared) -> String {
    let shown = |place| shared.book.shown(place);
    format!("{} cases on the console, {} on a board", shown(Place::Console), shown(Place::Board))
}
