//! The figures of a run.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// Which promise.
    pub what: String,
    /// Where: tablet, log, seq, case.
    pub at: String,
}

/// What was done and found. Counts are sums over the run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Tablets at once.
    pub tablets: usize,
    /// Rounds; each ends with everything drained and compared.
    pub rounds: u64,
    /// SIGKILLs by program.
    pub kills: BTreeMap<String, u64>,
    /// Of these, before the program had said that it runs.
    pub kills_while_starting: BTreeMap<String, u64>,
    /// Of these, of a server that had acknowledged something in that life.
    pub server_kills_after_acknowledging: u64,
    /// Other faults by kind.
    pub faults: BTreeMap<String, u64>,
    /// Packets by what the links did to them.
    pub packets: BTreeMap<String, u64>,
    /// Events that crews were told are recorded.
    pub recorded: u64,
    /// Events that were said to be acknowledged.
    pub acknowledged: u64,
    /// Entries that a tablet recorded by itself between the last look at it and its kill, and that had not arrived.
    pub late: u64,
    /// Cases.
    pub cases: u64,
    /// Facts of cases on the server, its own included.
    pub facts: u64,
    /// Decided destinations.
    pub decisions: u64,
    /// Look-ups that the audit knows, and of these the ones shown.
    pub lookups: (u64, u64),
    /// From start to ready, milliseconds: median and 95th percentile, by program.
    pub start_ms: BTreeMap<String, (u64, u64)>,
    /// From the last fault to everything drained and equal, milliseconds: median and longest.
    pub drain_ms: (u64, u64),
    /// Seconds, all in all.
    pub seconds: f64,
    /// Every promise that was not kept.
    pub violations: Vec<Violation>,
}

impl Report {
    /// Adds to a count.
    pub fn count(counts: &mut BTreeMap<String, u64>, what: &str, times: u64) {
        *counts.entry(what.to_owned()).or_insert(0) += times;
    }
}

/// Median and another quantile (hundredths) of times in milliseconds.
#[must_use]
pub fn quantiles(times: &mut [u64], hundredths: usize) -> (u64, u64) {
    times.sort_unstable();
    let at = |q: usize| times.get((times.len().saturating_sub(1) * q).div_ceil(100)).copied().unwrap_or(0);
    (at(50), at(hundredths))
}
