//! Tablets and server killed at random moments, again and again, under load and behind bad links.
//!
//! A run is rounds. In each, new tablets work and die while the server dies beside them; then the links heal, everything is
//! drained, every screen is compared with the server's facts, and every journal with both stores.

use super::check::{self, Findings, Subject};
use super::journal;
use super::lives::{Lives, Unit, Watch, serve_and_die};
use super::network::Networks;
use super::process::{Server, ServerPlace};
use super::report::{Report, quantiles};
use super::site::Site;
use super::tablet::Life;
use anyhow::{Context, Result};
use dispatch_server::store::SqliteStore;
use model::RngStreams;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A round has at most so many kills of the server, and of each tablet.
const ROUND_KILLS: u64 = 60;
/// Everything is drained and equal this long after the last fault, or a promise is broken.
const DRAIN_WITHIN: Duration = Duration::from_secs(90);
/// Between two looks at the screens.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Seed of every choice.
    pub seed: u64,
    /// Tablets at once.
    pub tablets: usize,
    /// SIGKILLs of tablets in all.
    pub tablet_kills: u64,
    /// SIGKILLs of the server in all.
    pub server_kills: u64,
    /// Mean pause between presses of one crew, milliseconds.
    pub pause_ms: u64,
}

impl Plan {
    fn rounds(&self) -> u64 {
        let by_tablets = self.tablet_kills.div_ceil(ROUND_KILLS * self.tablets as u64);
        by_tablets.max(self.server_kills.div_ceil(ROUND_KILLS)).max(1)
    }
}

/// Carries a plan out in a folder of its own.
///
/// # Errors
/// When a program does not start or ends by itself; a broken promise is in the report, not an error.
pub async fn run(plan: Plan, folder: &Path, watch: Watch) -> Result<Report> {
    let began = Instant::now();
    let streams = RngStreams::from_u64(plan.seed);
    let mut site = Site::make(folder, &folder.join("server")).await?;
    let mut place = site.server();
    let mut report = Report { seed: plan.seed, tablets: plan.tablets, ..Report::default() };
    let (mut starts, mut drains) = (BTreeMap::new(), Vec::new());
    let rounds = plan.rounds();
    for n in 0..rounds {
        let share = |all: u64| all / rounds + u64::from(n < all % rounds);
        let kills = (share(plan.tablet_kills), share(plan.server_kills));
        report.rounds += 1;
        let rng = streams.stream(&format!("round {}", report.rounds));
        let mut round = Round::prepare(&plan, &mut site, folder, rng, &mut place).await?;
        let lives = round.work(kills, &watch).await?;
        for (program, lives) in lives {
            Report::count(&mut report.kills, program, lives.kills);
            Report::count(&mut report.kills_while_starting, program, lives.while_starting);
            report.server_kills_after_acknowledging += lives.after_acknowledging;
            starts.entry(program).or_insert_with(Vec::new).extend(lives.starts_ms);
        }
        let mut found = Findings::default();
        drains.push(round.drain(&site, &mut found).await?);
        round.finish(&site, &mut report, &mut found).await?;
        found.add_to(&mut report);
        if !report.violations.is_empty() {
            break;
        }
    }
    let store = site.data.open_store().await?;
    let mut found = Findings::default();
    report.lookups = check::audit(&store, site.national_questions(), &mut found).await?;
    store.close().await;
    found.add_to(&mut report);
    report.start_ms = starts.into_iter().map(|(name, mut ms)| (name.to_owned(), quantiles(&mut ms, 95))).collect();
    report.drain_ms = quantiles(&mut drains, 100);
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// Tablets, their links and the server from the first kill to the last comparison.
struct Round<'a> {
    units: Vec<Unit>,
    networks: Networks,
    place: &'a mut ServerPlace,
    server: Option<Server>,
    rng: ChaCha12Rng,
}

impl<'a> Round<'a> {
    async fn prepare(
        plan: &Plan,
        site: &mut Site,
        folder: &Path,
        mut rng: ChaCha12Rng,
        place: &'a mut ServerPlace,
    ) -> Result<Self> {
        let mut server = place.spawn()?;
        place.ready(&mut server).await?;
        let mut networks = Networks::new(rng.random());
        let mut units = Vec::new();
        for _ in 0..plan.tablets {
            let enrolled = site.enrol(networks.add(place.quic)?).await?;
            let name = enrolled.out.file_name().context("a tablet's folder has a name")?.to_owned();
            let journal = folder.join(&name).with_extension("journal");
            let crew = rng.random_ratio(1, 2).then(|| (site.crew.login.clone(), site.crew.passcode.to_string()));
            let life = Life {
                folder: enrolled.out.clone(),
                journal: journal.clone(),
                seed: rng.random(),
                pause_ms: Some(plan.pause_ms),
                crew,
                cards: site.cards.clone(),
            };
            let subject =
                Subject { folder: enrolled.out, unit: enrolled.unit, journal, disk_failed: false, drained_at: None };
            units.push(Unit { subject, life, log: folder.join(&name).with_extension("log"), process: None });
        }
        Ok(Self { units, networks, place, server: Some(server), rng })
    }

    /// Kills until both quotas are spent; then all programs run and the links are sound.
    async fn work(&mut self, (tablets, server): (u64, u64), watch: &Watch) -> Result<[(&'static str, Lives); 2]> {
        let count = self.units.len() as u64;
        let journals: Vec<_> = self.units.iter().map(|unit| unit.subject.journal.clone()).collect();
        let mut workers = JoinSet::new();
        for (unit, n) in std::mem::take(&mut self.units).into_iter().zip(0..) {
            let share = tablets / count + u64::from(n < tablets % count);
            workers.spawn(unit.live_and_die(share, self.rng.random(), watch.clone()));
        }
        let running = self.server.take().context("the server runs")?;
        let mut tablet_lives = Lives::default();
        let dying = async {
            let dies = serve_and_die(self.place, running, server, self.rng.random(), &journals, watch);
            let (server, lives) = dies.await?;
            while let Some(worker) = workers.join_next().await {
                let (unit, lives) = worker.context("a tablet's worker ended")??;
                self.units.push(unit);
                tablet_lives.add(lives);
            }
            anyhow::Ok((server, lives))
        };
        let (server, server_lives) = tokio::select! {
            done = dying => done?,
            never = self.networks.misbehave() => match never? {},
        };
        self.networks.heal();
        self.server = Some(server);
        Ok([("tablet", tablet_lives), ("server", server_lives)])
    }

    /// Waits until every tablet is drained and shows what the server's facts say. Returns how long that took.
    async fn drain(&mut self, site: &Site, found: &mut Findings) -> Result<u64> {
        let began = Instant::now();
        let store = site.data.open_store().await?;
        for unit in &mut self.units {
            unit.running()?.order("rest").await?;
        }
        // A tablet records things by itself while the others are waited for (a look-up that ends, a view that is wiped): all
        // of them are drained in one walk, and once more in the next. What was recorded before the first has arrived by then.
        let mut first: Option<Vec<usize>> = None;
        loop {
            let lines = self.units.iter().map(|unit| journal::read(&unit.subject.journal).len()).collect();
            match (self.someone_unsettled(&store).await?, first.take()) {
                (None, Some(lines)) => {
                    for (unit, lines) in self.units.iter_mut().zip(lines) {
                        unit.subject.drained_at = Some(lines);
                    }
                    break;
                }
                (None, None) => first = Some(lines),
                (Some(why), _) if began.elapsed() > DRAIN_WITHIN => {
                    found.broken("not drained and equal in time", why);
                    break;
                }
                (Some(_), _) => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        store.close().await;
        Ok(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    async fn someone_unsettled(&mut self, store: &SqliteStore) -> Result<Option<String>> {
        for unit in &mut self.units {
            if let Some(why) = unsettled(store, unit).await? {
                return Ok(Some(format!("{}: {why}", unit.name())));
            }
        }
        Ok(None)
    }

    /// Ends everything, with SIGKILL, and compares the stores.
    async fn finish(mut self, site: &Site, report: &mut Report, found: &mut Findings) -> Result<()> {
        for unit in &mut self.units {
            unit.process.take().context("a tablet runs")?.0.kill().await?;
        }
        self.server.take().context("the server runs")?.0.kill().await?;
        Report::count(&mut report.kills, "tablet", self.units.len() as u64);
        Report::count(&mut report.kills, "server", 1);
        self.networks.add_to(report);
        let store = site.data.open_store().await?;
        for unit in &self.units {
            check::tablet(&store, &unit.subject, found).await?;
        }
        store.close().await;
        Ok(())
    }
}

/// Why a tablet is not drained and equal yet.
async fn unsettled(store: &SqliteStore, unit: &mut Unit) -> Result<Option<String>> {
    let shown = unit.running()?.show().await?;
    if !shown.up || shown.waiting > 0 {
        return Ok(Some(format!(
            "up {} {}, {} entries wait, faults {:?}",
            shown.up, shown.why, shown.waiting, shown.faults
        )));
    }
    if !shown.faults.is_empty() || shown.wedged > 0 {
        return Ok(Some(format!("faults {:?}, {} entries wedged", shown.faults, shown.wedged)));
    }
    check::views(store, unit.subject.unit, &shown).await
}
