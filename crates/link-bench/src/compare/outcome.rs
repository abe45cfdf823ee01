//! What a comparison found, as JSON.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The form's number.
const FORMAT: u32 = 1;
/// Quantiles that are told, as parts of 1.
const QUANTILES: [f64; 16] =
    [0.0, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9999];
const US_PER_MS: f64 = 1_000.0;

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    format: u32,
    rounds: u32,
    seed: u64,
    answer_bytes: u32,
    question_bytes: usize,
    position_bytes: usize,
    /// The broker's name and version, where there is one.
    pub(super) broker: Option<String>,
    /// What could not run here, and why.
    pub(super) absent: Vec<String>,
    pub(super) networks: Vec<Network>,
}

/// One network, and what was asked of everybody on it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) rtt_ms: u64,
    pub(super) loss: f64,
    pub(super) connections: u32,
    pub(super) rate: u32,
    pub(super) positions: u32,
    pub(super) seconds: u64,
    pub(super) answer_bytes: u32,
    pub(super) links: Vec<Link>,
}

/// One link's rounds, and its times at the fixed rate over all of them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link {
    name: &'static str,
    pub(super) rounds: Vec<Round>,
    times: Option<Times>,
}

/// Times of all rounds, milliseconds.
#[derive(Clone, Debug, Serialize)]
struct Times {
    count: u64,
    mean: f64,
    max: f64,
    /// `[part of 1, milliseconds]`.
    quantiles: Vec<[f64; 2]>,
}

/// One link on one network, once.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Round {
    /// Until all were connected.
    pub(super) connect_s: f64,
    /// Processor time of the server for each connection that was made.
    pub(super) handshake_us: f64,
    /// Growth of the server's resident memory for each connection at rest. What the kernel holds for sockets is not in it.
    pub(super) memory_kib: f64,
    /// As fast as it goes; on the clean network only.
    pub(super) most: Option<Most>,
    /// At the fixed rate.
    pub(super) fixed: Fixed,
    pub(super) positions: Positions,
}

/// As fast as it goes.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Most {
    pub(super) answers: u64,
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Processor time for each answer.
    pub(super) server_us: f64,
    pub(super) client_us: f64,
    pub(super) failed: u64,
}

/// At the fixed rate, from the moment at which each question was meant to be asked.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Fixed {
    pub(super) intended: u64,
    pub(super) answered: u64,
    pub(super) failed: u64,
    /// Not asked: too many were under way.
    pub(super) dropped: u64,
    pub(super) lag_p50_ms: f64,
    pub(super) lag_p99_ms: f64,
    pub(super) lag_max_ms: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) server_us: f64,
    /// Of the generator and of the server, while it lasted.
    pub(super) generator_cores: f64,
    pub(super) server_cores: f64,
    #[serde(skip)]
    pub(super) wall_us: u64,
    #[serde(skip)]
    pub(super) times: Option<Histogram<u64>>,
}

/// Positions at their fixed rate.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Positions {
    pub(super) sent: u64,
    pub(super) arrived: u64,
    /// Processor time of the server for each that was sent.
    pub(super) server_us: f64,
}

impl Outcome {
    pub(super) const fn new(rounds: u32, seed: u64, answer_bytes: u32) -> Self {
        Self {
            format: FORMAT,
            rounds,
            seed,
            answer_bytes,
            question_bytes: crate::question::QUESTION_BYTES,
            position_bytes: super::load::POSITION_BYTES,
            broker: None,
            absent: Vec::new(),
            networks: Vec::new(),
        }
    }
}

impl Link {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, rounds: Vec::new(), times: None }
    }

    /// With the times of all rounds together.
    pub(super) fn finished(mut self) -> Self {
        let mut all: Option<Histogram<u64>> = None;
        for times in self.rounds.iter_mut().filter_map(|round| round.fixed.times.take()) {
            match &mut all {
                // Histograms of one form can always be added.
                Some(all) => drop(all.add(times)),
                None => all = Some(times),
            }
        }
        self.times = all.filter(|all| !all.is_empty()).map(|all| told(&all));
        self
    }
}

fn told(all: &Histogram<u64>) -> Times {
    let count = all.len();
    let enough = |at: &&f64| **at == 0.0 || count as f64 * (1.0 - **at) >= 1.0;
    let quantile = |at: &f64| [*at, all.value_at_quantile(*at) as f64 / US_PER_MS];
    Times {
        count,
        mean: all.mean() / US_PER_MS,
        max: all.max() as f64 / US_PER_MS,
        quantiles: QUANTILES.iter().filter(enough).map(quantile).collect(),
    }
}

impl Most {
    pub(super) fn with_cpu(mut self, server_us: u64, client_us: u64) -> Self {
        let answers = self.answers.max(1) as f64;
        (self.server_us, self.client_us) = (server_us as f64 / answers, client_us as f64 / answers);
        self
    }
}

impl Fixed {
    pub(super) fn with_cpu(mut self, server_us: u64, client_us: u64) -> Self {
        let wall = self.wall_us.max(1) as f64;
        self.server_us = server_us as f64 / self.answered.max(1) as f64;
        (self.server_cores, self.generator_cores) = (server_us as f64 / wall, client_us as f64 / wall);
        self
    }
}

impl Round {
    /// For whoever waits.
    pub(super) fn line(&self) -> String {
        let most = self.most.as_ref().map_or_else(String::new, |most| {
            format!("{:.0}/s at most ({:.0} us of the server each); ", most.per_s, most.server_us)
        });
        let (fixed, positions) = (&self.fixed, &self.positions);
        format!(
            "connected in {:.2} s; {most}at the fixed rate p50 {:.1}, p99 {:.1} ms, {} failed; {} of {} positions",
            self.connect_s, fixed.p50_ms, fixed.p99_ms, fixed.failed, positions.arrived, positions.sent
        )
    }
}
