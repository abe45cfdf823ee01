//! Whether a hospital takes a patient: a logit with a latent difficulty of the case, a hidden state of the hospital, and a busy region.
//!
//! logit p = base(volume) + prefecture + hospital + B·state(t) − difficulty·D − later enquiry − congestion + what is known of the
//! patient. D ~ N(0, 1) belongs to the case: those who were refused are the difficult ones, so that the share accepted falls from one
//! enquiry to the next as published. Fit, selection.md §3.5, 重症以上 2023, share accepted at the 1st to 4th enquiry:
//!
//! ```text
//! 13 prefectures  .713 .476 .406 .374   a normal D of 0.8 with 0.8 less from the second on: .713 .462 .410 .369
//! 東京都           .557 .398 .353 .332   0.6 and 0.5: .557 .399 .372 .348
//! 北海道           .814 .551 .467 .419   1.0 and 0.8: .814 .551 .467 .405
//! ```
//!
//! One set for all is used; part of what falls from the second on comes by itself, because likelier hospitals are asked first.

use super::demand::{Incident, Kind};
use super::geography::PREFECTURES;
use model::{Complaint, Timestamp};

/// Standard deviation of the case's difficulty (fitted, see above).
pub(super) const DIFFICULTY: f64 = 0.75;
/// Less from the second enquiry on (fitted): who suits best is asked first.
pub(super) const LATER: f64 = 0.55;
/// Weight of the hospital's hidden state, and standard deviation of what is its own for good \[A\].
pub(super) const STATE: f64 = 0.8;
/// See [`STATE`].
pub(super) const OWN: f64 = 0.35;
/// Added to all: fitted so that the first enquiries of the nine prefectures with a table come out.
pub(super) const LEVEL: f64 = 0.2;
/// Less for every tenth of the prefecture's units that work beyond the usual quarter \[A\].
const BUSY: f64 = 0.25;
/// The usual share of units that work, national mean (selection.md §5).
const USUAL_BUSY: f64 = 0.243;
/// Less for every ambulance that is on its way or unloads, beyond the first \[A\].
const INBOUND: f64 = 0.2;
/// More for a patient of its own (かかりつけ) \[A\]: acceptances "went smoothly" where a visit was on record (姫路市).
pub(super) const KNOWN_PATIENT: f64 = 1.0;
/// Less at night and on weekends \[A\]: both raise the odds of five calls and more (大阪市 2013).
const NIGHT: f64 = 0.15;
/// See [`NIGHT`].
const WEEKEND: f64 = 0.1;

/// By prefecture, from the share accepted at the first enquiry of serious cases in 2023 where it is published; elsewhere by people
/// per km²: 0.85 − 0.9·(log₁₀ density − 2), the line through those that are \[A\].
const OF_PREFECTURE: [f64; 47] = [
    0.72, 1.05, 1.00, 0.53, 1.60, 0.93, 0.15, 0.25, 0.33, 0.41, -0.31, -0.12, -0.79, -0.57, 0.63, 0.52, 0.45, 0.51,
    0.62, 0.69, 0.59, 0.24, -0.20, 0.40, 0.36, 0.08, -0.65, 0.12, 0.35, 0.49, 0.47, 0.65, 0.27, 0.18, 0.40, 0.52, 0.22,
    0.42, 0.66, -0.06, 0.18, 0.11, 0.32, 0.43, 0.52, 0.44, 0.02,
];

/// What asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) incident: &'a Incident,
    pub(super) at: Timestamp,
    /// Enquiries of this case before.
    pub(super) before: usize,
    /// D of the case.
    pub(super) difficulty: f64,
    /// The patient is known there.
    pub(super) known: bool,
}

/// What stands around the hospital.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// Share accepted by the product's table, 0–1.
    pub(super) base: f64,
    /// What is its own for good, in standard deviations.
    pub(super) own: f64,
    /// Its hidden state, in standard deviations.
    pub(super) state: f64,
    /// Ambulances on their way or unloading.
    pub(super) inbound: u32,
    /// Share of the prefecture's units that work.
    pub(super) busy: f64,
    /// The scenario's weight of congestion.
    pub(super) congestion: f64,
    /// The scenario's odds, and those of what goes wrong now.
    pub(super) odds: f64,
}

/// Probability that it is accepted.
pub(super) fn probability(asked: &Asked<'_>, around: &Around) -> f64 {
    let base = around.base.clamp(0.02, 0.98);
    let region = OF_PREFECTURE.get(asked.incident.prefecture).copied().unwrap_or(0.0);
    let later = if asked.before > 0 { LATER } else { 0.0 };
    let busy = around.congestion
        * (BUSY * 10.0 * (around.busy - USUAL_BUSY).max(0.0) + INBOUND * f64::from(around.inbound.saturating_sub(1)));
    let known = if asked.known { KNOWN_PATIENT } else { 0.0 };
    let logit = libm::log(base / (1.0 - base)) + LEVEL + region + OWN * around.own + STATE * around.state
        - DIFFICULTY * asked.difficulty
        - later
        - busy
        - hour(asked.at)
        - patient(asked.incident)
        + known
        + libm::log(around.odds.max(1e-9));
    1.0 / (1.0 + libm::exp(-logit))
}

fn hour(at: Timestamp) -> f64 {
    let of_week = at.tokyo_hour_of_week();
    let night = !(8..17).contains(&(of_week % 24));
    // Around zero over the day, so that the level stays what it is.
    let by_day = if night { NIGHT } else { -NIGHT };
    by_day + if of_week / 24 >= 5 { WEEKEND } else { 0.0 }
}

/// Per enquiry, from adjusted odds of five calls and more: self-harm by drug or gas 4.5, assault 2.7, self-harm by injury 1.7 (大阪市 2013);
/// a fall of the logit of one enquiry by x multiplies those odds by about e^(1.7 x) \[D\].
fn patient(incident: &Incident) -> f64 {
    let has = |complaint| incident.findings.has(complaint);
    let kind = match incident.kind {
        Kind::SelfHarm if has(Complaint::Poisoning) => 0.9,
        Kind::SelfHarm => 0.3,
        Kind::Assault => 0.6,
        _ => 0.0,
    };
    kind + if has(Complaint::Psychiatric) { 0.6 } else { 0.0 } + if incident.age >= 75 { 0.1 } else { 0.0 }
}

const _: () = assert!(OF_PREFECTURE.len() == PREFECTURES.len());
