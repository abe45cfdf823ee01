//! One server and one tablet, each a process, for scenarios that break one thing at a time.

use super::check::{self, Findings, Subject};
use super::journal::{self, Line};
use super::process::{Around, Server, ServerPlace, TabletProcess};
use super::site::Site;
use super::tablet::{Life, Shown};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The tablet joins, opens the case, is assigned, and stamps.
const EVENTS_OF_A_PRESS: usize = 4;
/// Without the stamp: when the store's refusal of the case comes first, there is nothing to stamp.
const EVENTS_OF_A_REFUSED_PRESS: usize = 3;

/// See the module.
pub struct One {
    /// The folder of everything.
    pub folder: PathBuf,
    /// What both stand on.
    pub site: Site,
    /// Where the server runs.
    pub place: ServerPlace,
    /// The tablet's record.
    pub subject: Subject,
    /// How the tablet's lives begin: nothing is pressed by itself.
    pub life: Life,
    /// How the tablet is started.
    pub around: Around,
    server: Option<Server>,
    tablet: Option<TabletProcess>,
}

impl One {
    /// Makes both; the server runs, the tablet does not yet. `data` is the server's data directory.
    ///
    /// # Errors
    /// When the server does not start.
    pub async fn make(folder: &Path, data: &Path) -> Result<Self> {
        let mut site = Site::make(folder, data).await?;
        let mut place = site.server();
        let mut server = place.spawn()?;
        place.ready(&mut server).await?;
        let enrolled = site.enrol(place.quic).await?;
        let subject = Subject {
            folder: enrolled.out.clone(),
            unit: enrolled.unit,
            journal: folder.join("journal"),
            disk_failed: false,
            drained_at: None,
        };
        let life = Life {
            folder: enrolled.out,
            journal: subject.journal.clone(),
            seed: 1,
            pause_ms: None,
            crew: None,
            cards: site.cards.clone(),
        };
        let around = Around::default();
        Ok(Self { folder: folder.to_owned(), site, place, subject, life, around, server: Some(server), tablet: None })
    }

    /// Starts the server again, where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_server(&mut self) -> Result<()> {
        let mut server = self.place.spawn()?;
        self.place.ready(&mut server).await?;
        self.server = Some(server);
        Ok(())
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub async fn kill_server(&mut self) -> Result<()> {
        self.server.take().context("the server runs")?.0.kill().await
    }

    /// The server's process.
    #[must_use]
    pub fn server_pid(&self) -> Option<u32> {
        self.server.as_ref().and_then(|server| server.0.pid())
    }

    /// Starts the tablet.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_tablet(&mut self) -> Result<&mut TabletProcess> {
        let mut tablet = TabletProcess::spawn(&self.life, &self.log(), &self.around)?;
        tablet.ready().await?;
        Ok(self.tablet.insert(tablet))
    }

    /// SIGKILL.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub async fn kill_tablet(&mut self) -> Result<()> {
        self.tablet.take().context("the tablet runs")?.0.kill().await
    }

    /// The tablet.
    ///
    /// # Panics
    /// When it does not run.
    pub fn tablet(&mut self) -> &mut TabletProcess {
        self.tablet.as_mut().unwrap()
    }

    /// The tablet's log file.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("tablet.log")
    }

    /// Begins so many cases more, each with its first stage, and waits until the store has said yes or no to every event.
    ///
    /// # Errors
    /// When the tablet is gone.
    pub async fn press(&mut self, times: usize) -> Result<()> {
        let (before, refused) = (settled(&self.subject.journal), refusals(&self.subject.journal));
        for _ in 0..times {
            self.tablet().order("press").await?;
        }
        // An answer comes after everything that was ordered before.
        self.tablet().show().await?;
        let began = Instant::now();
        loop {
            let is_refused = refusals(&self.subject.journal) > refused;
            let events = if is_refused { EVENTS_OF_A_REFUSED_PRESS } else { EVENTS_OF_A_PRESS };
            if settled(&self.subject.journal) >= before + events * times {
                break;
            }
            anyhow::ensure!(began.elapsed() < crate::PATIENCE, "the store says nothing");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Waits until nothing waits and every view is the server's.
    ///
    /// # Errors
    /// When that does not come.
    pub async fn delivered(&mut self) -> Result<Shown> {
        let store = self.site.data.open_store().await?;
        let unit = self.subject.unit;
        let mut shown = self.tablet().until("delivered", |shown| shown.up && shown.waiting == 0).await?;
        let mut tries = 0;
        while let Some(why) = check::views(&store, unit, &shown).await? {
            tries += 1;
            anyhow::ensure!(tries < 400, "views differ: {why}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            shown = self.tablet().show().await?;
        }
        store.close().await;
        Ok(shown)
    }

    /// What a comparison finds; the tablet must not be running.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub async fn broken(&self) -> Result<(BTreeSet<String>, Findings)> {
        let store = self.site.data.open_store().await?;
        let mut found = Findings::default();
        check::tablet(&store, &self.subject, &mut found).await?;
        store.close().await;
        Ok((found.violations.iter().map(|v| format!("{}: {}", v.what, v.at)).collect(), found))
    }
}

/// Transactions to which the store has said no.
fn refusals(journal: &Path) -> usize {
    journal::read(journal).iter().filter(|line| matches!(line, Line::Refused { .. })).count()
}

/// Events to which the store has said yes or no.
fn settled(journal: &Path) -> usize {
    let events = |line: &Line| match line {
        Line::Recorded { .. } => 1,
        Line::Refused { entries } => *entries,
        _ => 0,
    };
    journal::read(journal).iter().map(events).sum()
}
