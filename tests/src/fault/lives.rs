//! The lives of a tablet and of the server: started, killed at a random moment, started again.

use super::check::Subject;
use super::process::{Around, Server, ServerPlace, TabletProcess};
use super::tablet::Life;
use anyhow::{Context, Result};
use model::RngStreams;
use rand::{Rng, RngExt};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Most lives last between these, milliseconds from the program's being ready.
const SHORT_MS: Range<u64> = 20..1_000;
/// One life in [`LONG_ONE_IN`] lasts longer: time for a sign-in and a look-up.
const LONG_MS: Range<u64> = 1_000..4_000;
const LONG_ONE_IN: u32 = 4;
/// A life that is ended while the program starts lasts up to this, milliseconds.
const STARTING_MS: u64 = 120;
/// One life in so many ends while the program starts.
const ONE_IN: u32 = 10;

/// Told after every kill.
pub type Watch = Arc<dyn Fn() + Send + Sync>;

/// What was counted over some lives.
#[derive(Default)]
pub struct Lives {
    /// SIGKILLs.
    pub kills: u64,
    /// Of these, before the program had said that it runs.
    pub while_starting: u64,
    /// Of these, after some tablet had been told of an acknowledgement in this life (of the server).
    pub after_acknowledging: u64,
    /// From start to ready, milliseconds.
    pub starts_ms: Vec<u64>,
}

impl Lives {
    /// Adds another's counts.
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.while_starting += other.while_starting;
        self.after_acknowledging += other.after_acknowledging;
        self.starts_ms.extend(other.starts_ms);
    }

    fn started(&mut self, took: Duration) {
        self.starts_ms.push(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    }
}

/// One tablet: its record and its running process.
pub struct Unit {
    /// Its record.
    pub subject: Subject,
    /// How each of its lives begins.
    pub life: Life,
    /// Its log.
    pub log: PathBuf,
    /// The process.
    pub process: Option<TabletProcess>,
}

impl Unit {
    /// Its folder's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.subject.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The process.
    ///
    /// # Errors
    /// When there is none.
    pub fn running(&mut self) -> Result<&mut TabletProcess> {
        self.process.as_mut().context("the tablet runs")
    }

    /// Lives and dies so often; lives once more in the end.
    ///
    /// # Errors
    /// When it does not start or ends by itself.
    pub async fn live_and_die(mut self, kills: u64, seed: u64, watch: Watch) -> Result<(Self, Lives)> {
        let mut rng = RngStreams::from_u64(seed).stream("tablet");
        let mut lives = Lives::default();
        for n in 0..=kills {
            self.life.seed = rng.random();
            let mut process = TabletProcess::spawn(&self.life, &self.log, &Around::default())?;
            if n < kills && rng.random_ratio(1, ONE_IN) {
                lives.while_starting += 1;
                tokio::time::sleep(Duration::from_millis(rng.random_range(0..STARTING_MS))).await;
            } else {
                lives.started(process.ready().await.with_context(|| self.name())?);
                if n == kills {
                    self.process = Some(process);
                    break;
                }
                tokio::time::sleep(lifetime(&mut rng)).await;
            }
            process.0.kill().await?;
            lives.kills += 1;
            watch();
        }
        Ok((self, lives))
    }
}

/// The same for the server, which runs already.
///
/// # Errors
/// When it does not start or ends by itself.
pub async fn serve_and_die(
    place: &mut ServerPlace,
    mut server: Server,
    kills: u64,
    seed: u64,
    journals: &[PathBuf],
    watch: &Watch,
) -> Result<(Server, Lives)> {
    let mut rng = RngStreams::from_u64(seed).stream("server");
    let mut lives = Lives::default();
    let mut is_ready = true;
    for _ in 0..kills {
        let before = acknowledgements(journals);
        if is_ready {
            tokio::time::sleep(lifetime(&mut rng)).await;
        } else {
            lives.while_starting += 1;
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..STARTING_MS))).await;
        }
        server.0.kill().await?;
        lives.kills += 1;
        lives.after_acknowledging += u64::from(acknowledgements(journals) > before);
        watch();
        server = place.spawn()?;
        is_ready = !rng.random_ratio(1, ONE_IN);
        if is_ready {
            lives.started(place.ready(&mut server).await?);
        }
    }
    if !is_ready {
        lives.started(place.ready(&mut server).await?);
    }
    Ok((server, lives))
}

fn lifetime(rng: &mut impl Rng) -> Duration {
    let range = if rng.random_ratio(1, LONG_ONE_IN) { LONG_MS } else { SHORT_MS };
    Duration::from_millis(rng.random_range(range))
}

/// How many acknowledgements the crews were told of.
fn acknowledgements(journals: &[PathBuf]) -> usize {
    let lines = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().filter(|line| line.starts_with("acknowledged")).count()
    };
    journals.iter().map(lines).sum()
}
