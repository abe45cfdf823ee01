//! The links of the tablets, one each, and what happens to them.

use super::report::Report;
use anyhow::{Context, Result};
use lossy_link::{Burst, PathProfile, Profile, Rate, UdpRelay};
use model::RngStreams;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

/// Between two changes of some link, milliseconds.
const CHANGE_EVERY_MS: std::ops::Range<u64> = 20..250;
/// How long a blackout lasts, milliseconds.
const BLACKOUT_MS: std::ops::Range<u64> = 50..1_500;

/// See the module.
pub struct Networks {
    relays: Vec<UdpRelay>,
    rng: ChaCha12Rng,
    done: BTreeMap<String, u64>,
}

impl Networks {
    /// No link yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { relays: Vec::new(), rng: RngStreams::from_u64(seed).stream("network"), done: BTreeMap::new() }
    }

    /// A sound link to a server; what to dial.
    ///
    /// # Errors
    /// When there is no socket left.
    pub fn add(&mut self, server: SocketAddr) -> Result<SocketAddr> {
        let relay = UdpRelay::start(server, Profile::default(), self.rng.random()).context("make a link")?;
        let address = relay.address();
        self.relays.push(relay);
        Ok(address)
    }

    /// Something happens to some link, again and again.
    ///
    /// # Errors
    /// When the system gives no socket.
    pub async fn misbehave(&mut self) -> Result<Infallible> {
        let mut dark: Vec<(tokio::time::Instant, usize)> = Vec::new();
        loop {
            let pause = Duration::from_millis(self.rng.random_range(CHANGE_EVERY_MS));
            tokio::time::sleep(pause).await;
            dark.retain(|(until, n)| {
                let over = *until <= tokio::time::Instant::now();
                if over {
                    self.relays[*n].blackout(false);
                }
                !over
            });
            let n = self.rng.random_range(0..self.relays.len());
            let what = match self.rng.random_range(0..8_u8) {
                0 | 1 => {
                    let time = Duration::from_millis(self.rng.random_range(BLACKOUT_MS));
                    self.relays[n].blackout(true);
                    dark.push((tokio::time::Instant::now() + time, n));
                    "blackout"
                }
                2 => {
                    self.relays[n].move_clients().context("move a link")?;
                    "change of address"
                }
                _ => {
                    let (what, profile) = profile(&mut self.rng);
                    self.relays[n].set_profile(profile);
                    what
                }
            };
            Report::count(&mut self.done, what, 1);
        }
    }

    /// Every link is sound again.
    pub fn heal(&self) {
        for relay in &self.relays {
            relay.set_profile(Profile::default());
            relay.blackout(false);
        }
    }

    /// Adds what happened to a report.
    pub fn add_to(&self, report: &mut Report) {
        for (what, times) in &self.done {
            Report::count(&mut report.faults, what, *times);
        }
        for counts in self.relays.iter().map(UdpRelay::counts) {
            for path in [counts.up, counts.down] {
                let by = [
                    ("offered", path.offered),
                    ("delivered", path.delivered),
                    ("lost", path.lost),
                    ("blacked out", path.blacked_out),
                    ("dropped by a full queue", path.dropped),
                    ("doubled", path.duplicated),
                    ("overtaken", path.reordered),
                ];
                by.into_iter().for_each(|(what, packets)| Report::count(&mut report.packets, what, packets));
            }
        }
    }
}

fn profile(rng: &mut ChaCha12Rng) -> (&'static str, Profile) {
    let ms = |rng: &mut ChaCha12Rng, most| Duration::from_millis(rng.random_range(0..most));
    let mut path = PathProfile::default();
    let what = match rng.random_range(0..6_u8) {
        0 => {
            path.loss = rng.random::<f64>() / 4.0;
            "random loss"
        }
        1 => {
            path.burst = Some(Burst { enter: 0.02, leave: 0.2 });
            "loss in bursts"
        }
        2 => {
            (path.delay, path.jitter) = (ms(rng, 200), ms(rng, 100));
            "delay and jitter"
        }
        3 => {
            (path.reorder, path.reorder_by, path.duplicate) = (0.2, ms(rng, 60), 0.2);
            "overtaking and doubling"
        }
        4 => {
            path.rate = Some(Rate { bits_per_second: 64_000, queue_bytes: 64 * 1024 });
            "narrow link"
        }
        _ => "sound link",
    };
    (what, Profile::symmetric(path))
}
