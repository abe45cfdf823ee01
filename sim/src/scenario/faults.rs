//! What goes wrong, each from a moment of the scenario and for a while.

use super::Span;
use model::Position;
use serde::{Deserialize, Serialize};

/// All faults of a scenario; `at` counts from its `start`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Earthquakes.
    pub earthquake: Vec<Earthquake>,
    /// The server's process is killed and started again. Live.
    pub server_stopped: Vec<ServerStopped>,
    /// Units are without radio.
    pub radio_cut: Vec<RadioCut>,
    /// Units get another address. Live.
    pub address_change: Vec<AddressChange>,
    /// Hospitals refuse more than usual.
    pub refusals: Vec<Refusals>,
    /// The national system is slow or down.
    pub national: Vec<NationalTrouble>,
}

impl Faults {
    /// Whether nothing goes wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An earthquake (selection.md §4.7; evidence of 熊本 2016 and 能登 2024, values \[A\]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earthquake {
    /// When.
    pub at: Span,
    /// Its middle.
    pub centre: Position,
    /// Kilometres in which everything below holds.
    pub radius_km: f64,
    /// Calls as a multiple of the usual, at first.
    #[serde(default = "calls_first")]
    pub calls_first: f64,
    /// How long at first.
    #[serde(default = "first_for")]
    pub first_for: Span,
    /// The same until a day after, then back to one with a time constant of two days.
    #[serde(default = "calls_later")]
    pub calls_later: f64,
    /// Share of the extra calls that become runs, 0–1.
    #[serde(default = "become_runs")]
    pub become_runs: f64,
    /// Share of hospitals without water: no surgery, no dialysis, less capacity, 0–1.
    #[serde(default = "hospitals_hit")]
    pub hospitals_hit: f64,
    /// What is left of the capacity of those, 0–1.
    #[serde(default = "capacity_left")]
    pub capacity_left: f64,
    /// Drives inside take so many times as long.
    #[serde(default = "drive_factor")]
    pub drive_factor: f64,
    /// How long the radio is gone inside.
    #[serde(default = "radio_dark")]
    pub radio_dark: Span,
}

const fn calls_first() -> f64 {
    30.0
}
const fn first_for() -> Span {
    Span::minutes(90)
}
const fn calls_later() -> f64 {
    10.0
}
const fn become_runs() -> f64 {
    0.4
}
const fn hospitals_hit() -> f64 {
    0.45
}
const fn capacity_left() -> f64 {
    0.3
}
const fn drive_factor() -> f64 {
    2.5
}
const fn radio_dark() -> Span {
    Span::minutes(360)
}

/// The server's process ends without a word and is started again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerStopped {
    /// When.
    pub at: Span,
    /// How long it is away.
    #[serde(rename = "for")]
    pub lasts: Span,
}

/// Units lose the radio and get it back together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadioCut {
    /// When.
    pub at: Span,
    /// How long.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// Share of the units, 0–1.
    #[serde(default = "all")]
    pub share: f64,
}

/// Units get another address at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressChange {
    /// When.
    pub at: Span,
    /// Share of the units, 0–1.
    #[serde(default = "all")]
    pub share: f64,
}

/// Hospitals refuse more than usual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    /// When.
    pub at: Span,
    /// How long.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// Multiplies the odds of every acceptance, 0–1.
    pub odds: f64,
    /// 都道府県 by their names; none = everywhere.
    #[serde(default)]
    pub prefectures: Vec<String>,
}

/// The national system (オンライン資格確認等システム) is slow or down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalTrouble {
    /// When.
    pub at: Span,
    /// How long.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// Every answer comes so much later; none = it answers nothing at all.
    #[serde(default)]
    pub delay: Option<Span>,
}

const fn all() -> f64 {
    1.0
}
