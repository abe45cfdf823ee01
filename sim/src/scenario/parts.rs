//! The parts of a scenario. Each default is the nation as published; sources stand beside, \[A\] marks an assumption.

use super::Span;
use serde::{Deserialize, Serialize};

/// Where it happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Area {
    /// 都道府県 by their names (`東京都`); none = all 47.
    pub prefectures: Vec<String>,
}

/// Incidents: the nation's rate of 2023 by prefecture, hour, weekday and month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Demand {
    /// Multiple of the published rate of dispatches, 0–1,000.
    pub factor: f64,
    /// Coefficient of variation of a day's level (gamma), 0–1: 3–5 % \[A\] (selection.md §4.2).
    pub day_noise_cv: f64,
    /// Share of dispatches that end with a transport, 0–1: 6,641,420 of 7,638,558 in 2023 (救急・救助の現況 令和6年版).
    pub transported: f64,
    /// The same rate at every hour of every day.
    pub flat: bool,
}

impl Default for Demand {
    fn default() -> Self {
        Self { factor: 1.0, day_noise_cv: 0.04, transported: 0.8695, flat: false }
    }
}

/// Ambulances (救急隊), each with one tablet. Their stations are synthetic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fleet {
    /// Units of the area; none = the area's share of 5,334 by 救急隊 of 2023 (prefecture.csv).
    pub units: Option<u32>,
    /// How often a unit that works tells its position.
    pub positions_every: Span,
    /// Minutes of cleaning and papers between handover and the way back: 10–15 \[A\] (selection.md §4.3).
    pub clean: Span,
}

impl Default for Fleet {
    fn default() -> Self {
        Self { units: None, positions_every: Span::seconds(5), clean: Span::seconds(750) }
    }
}

/// How hospitals answer enquiries, and what their desks type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hospitals {
    /// Multiplies the odds of every acceptance, 0–100; 1 = fitted to the enquiries of 2023.
    pub acceptance_odds: f64,
    /// How much a busy region lowers acceptance, 0–10; 1 = fitted, 0 = none.
    pub congestion: f64,
    /// Mean minutes until an answer, above 0: 3–5 \[A\] (selection.md §4.3).
    pub answer_minutes: f64,
    /// Its coefficient of variation, 0–3.
    pub answer_cv: f64,
    /// Share of enquiries that are never answered, 0–1.
    pub silent: f64,
    /// Share of desks that keep their capacity up to date, 0–1 \[A\].
    pub reporting: f64,
    /// How often such a desk says how it stands.
    pub report_every: Span,
}

impl Default for Hospitals {
    fn default() -> Self {
        Self {
            acceptance_odds: 1.0,
            congestion: 1.0,
            answer_minutes: 4.0,
            answer_cv: 0.5,
            silent: 0.005,
            reporting: 0.3,
            report_every: Span::minutes(120),
        }
    }
}

/// The funnel of the My Number card (selection.md §4.4): shares 0–1, each of those that passed the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Card {
    /// Residents with a card: 97.37 of 124.88 million.
    pub holds: f64,
    /// Holders whose card is registered as an insurance card: 82.25 of 97.37 million.
    pub registered: f64,
    /// Who has it at hand, by age: 15–64 and younger, 65–84, 85 and older \[A\].
    pub carries: [f64; 3],
    /// Crews that judge a reading feasible: 1,618 of 1,936 (姫路市).
    pub feasible: f64,
    /// The same where the patient is 赤 \[A\].
    pub feasible_red: f64,
    /// Patients who consent: 258 of 295.
    pub consents: f64,
    /// Readings that work: 254 of 258.
    pub works: f64,
    /// Extra minutes on scene when a card is read one thing after the other, 0–30: 13:37 − 11:09 (2024, selection effects apply).
    pub extra_minutes: f64,
    /// The reading runs beside the enquiries and costs only what is longer than they are.
    pub beside: bool,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            holds: 0.780,
            registered: 0.845,
            carries: [0.55, 0.50, 0.40],
            feasible: 0.836,
            feasible_red: 0.5,
            consents: 0.875,
            works: 0.985,
            extra_minutes: 2.47,
            beside: true,
        }
    }
}

/// Which states the radio goes through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RadioProfile {
    /// Town or mountains, by the municipality's people.
    #[default]
    ByPlace,
    /// Always good.
    Clean,
    /// Everywhere as in a town: none for 40 s now and then.
    Urban,
    /// Everywhere as in the mountains: none for minutes.
    Mountain,
    /// A valley without radio: none most of the time.
    DeadValley,
}

/// One state of the radio (selection.md §4.5, all \[A\]).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadioState {
    /// Median round trip, milliseconds.
    pub rtt_ms: f64,
    /// Its spread: sigma of the lognormal.
    pub rtt_sigma: f64,
    /// Lost packets, 0–1.
    pub loss: f64,
    /// Kilobits a second.
    pub kbit_s: f64,
    /// Mean stay in this state.
    pub stay: Span,
}

/// The radio of the tablets: a semi-Markov chain of good, weak and none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Radio {
    /// Which of the chains.
    pub profile: RadioProfile,
    /// Good LTE or 5G.
    pub good: RadioState,
    /// Weak.
    pub weak: RadioState,
    /// Mean stay without radio in a town.
    pub none_urban: Span,
    /// Mean stay without radio in the mountains.
    pub none_mountain: Span,
}

impl Default for Radio {
    fn default() -> Self {
        Self {
            profile: RadioProfile::ByPlace,
            good: RadioState { rtt_ms: 60.0, rtt_sigma: 0.5, loss: 0.003, kbit_s: 10_000.0, stay: Span::minutes(20) },
            weak: RadioState { rtt_ms: 400.0, rtt_sigma: 0.8, loss: 0.05, kbit_s: 300.0, stay: Span::minutes(2) },
            none_urban: Span::seconds(40),
            none_mountain: Span::minutes(6),
        }
    }
}

/// In which order hospitals are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The product's order: v + c/p.
    #[default]
    Ranked,
    /// By the drive.
    NearestFirst,
    /// By the probability of acceptance.
    AcceptanceFirst,
}

/// How many hospitals are asked at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// One after the other.
    #[default]
    OneByOne,
    /// 一斉照会: whom the product proposes to ask at once, else one after the other.
    Together,
}

/// How is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policies {
    /// In which order.
    pub choice: Choice,
    /// How many at once.
    pub asking: Asking,
    /// What a read card shows counts in the choice.
    pub history: bool,
    /// Open enquiries of others lower p.
    pub soft_hold: bool,
    /// What desks report counts in the choice.
    pub reports: bool,
}

impl Default for Policies {
    fn default() -> Self {
        Self { choice: Choice::Ranked, asking: Asking::OneByOne, history: true, soft_hold: true, reports: true }
    }
}

/// What must hold. What is not given is not judged; each driver judges what it can measure and says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Virtual: mean minutes from the call to the arrival, at most.
    pub arrival_mean_minutes: Option<f64>,
    /// Virtual: mean minutes from the call to the handover, at most.
    pub handover_mean_minutes: Option<f64>,
    /// Virtual: share of serious cases with four enquiries and more, 0–1, at most.
    pub four_or_more_share: Option<f64>,
    /// Virtual: share of calls that wait for a unit, 0–1, at most.
    pub waiting_share: Option<f64>,
    /// Virtual: share of cases that were 搬送困難 (照会 ≥ 4 and ≥ 30 min on scene), 0–1, at most.
    pub difficult_share: Option<f64>,
    /// Live: seconds until the last unit is connected, at most.
    pub connected_s: Option<f64>,
    /// Live: seconds until the last waiting entry is acknowledged, at most.
    pub acknowledged_s: Option<f64>,
    /// Live: entries that are lost or doubled, at most.
    pub lost: Option<u64>,
    /// Live: 99th percentile of a look-up without the stand-in's own delay, milliseconds, at most.
    pub look_up_p99_ms: Option<f64>,
    /// Live: 99th percentile of a suggestion, milliseconds, at most.
    pub suggestion_p99_ms: Option<f64>,
    /// Live: 99th percentile of an acknowledgement, milliseconds, at most.
    pub ack_p99_ms: Option<f64>,
    /// Live: 99th percentile by which the generator is late, milliseconds, at most.
    pub generator_lag_p99_ms: Option<f64>,
    /// Live: latency of calm units during the storm as a multiple of that before it, at most.
    pub calm_ratio: Option<f64>,
    /// Live: memory of the server for an idle unit, kilobytes, at most.
    pub server_kb_per_unit: Option<f64>,
}
