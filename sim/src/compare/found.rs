//! What `link-bench compare` prints, read again.

use crate::report::nan_from_null;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The form's number there.
const FORMAT: u32 = 1;

/// See `crates/link-bench/src/compare/outcome.rs`, also for what each field means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome {
    format: u32,
    pub(super) rounds: u32,
    #[serde(rename = "seed")]
    _seed: u64,
    pub(super) answer_bytes: u32,
    pub(super) question_bytes: u32,
    pub(super) position_bytes: u32,
    pub(super) broker: Option<String>,
    pub(super) absent: Vec<String>,
    pub(super) networks: Vec<Network>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) rtt_ms: u64,
    pub(super) loss: f64,
    pub(super) connections: u32,
    pub(super) rate: u32,
    pub(super) positions: u32,
    pub(super) seconds: u64,
    #[serde(rename = "answer_bytes")]
    _answer_bytes: u32,
    pub(super) links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) rounds: Vec<Round>,
    pub(super) times: Option<Times>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    pub(super) count: u64,
    pub(super) mean: f64,
    pub(super) max: f64,
    pub(super) quantiles: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    pub(super) connect_s: f64,
    #[serde(deserialize_with = "nan_from_null")]
    pub(super) handshake_us: f64,
    #[serde(deserialize_with = "nan_from_null")]
    pub(super) memory_kib: f64,
    pub(super) most: Option<Most>,
    pub(super) fixed: Fixed,
    pub(super) positions: Positions,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Most {
    #[serde(rename = "answers")]
    _answers: u64,
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) server_us: f64,
    pub(super) client_us: f64,
    pub(super) failed: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixed {
    pub(super) intended: u64,
    #[serde(rename = "answered")]
    _answered: u64,
    pub(super) failed: u64,
    pub(super) dropped: u64,
    pub(super) lag_p50_ms: f64,
    pub(super) lag_p99_ms: f64,
    pub(super) lag_max_ms: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) server_us: f64,
    pub(super) generator_cores: f64,
    pub(super) server_cores: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Positions {
    pub(super) sent: u64,
    pub(super) arrived: u64,
    #[serde(deserialize_with = "nan_from_null")]
    pub(super) server_us: f64,
}

pub(super) fn parse(text: &[u8]) -> Result<Outcome> {
    let outcome: Outcome = serde_json::from_slice(text).context("read what link-bench printed")?;
    ensure!(outcome.format == FORMAT, "link-bench is of another version: build both anew");
    Ok(outcome)
}
