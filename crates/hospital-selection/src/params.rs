//! Every constant of the value, with its unit and where it comes from. \[A\] marks an assumption that the region's medical
//! control council (地域MC協議会) has to approve; changing one changes [`ENGINE_VERSION`].

use travel_time::Tenths;

/// Name and version of the engine and of these constants, written into every ranking.
pub const ENGINE_VERSION: &str = "hospital-selection-4";

/// Candidates when the caller does not say.
pub const DEFAULT_CANDIDATES: usize = 5;
/// Candidates of the list that a crew sees, whoever computes it: the tablet and the server rank alike, so that a move to a
/// later place is on both. What lies behind is asked for by name.
pub const CREW_CANDIDATES: usize = 10;
/// Most candidates one ranking holds; a larger wish is cut to it.
pub const MAX_CANDIDATES: usize = 50;
/// Most excluded hospitals listed by name; the rest are counted.
pub const MAX_EXCLUDED: usize = 30;

/// Minutes of one enquiry (照会), c: 車内収容→現場出発 of 7.6–14.8 min with 1.2–2.3 enquiries leaves 3–5 min each
/// (救急・救助の現況 令和5年版 図55). \[A\]
pub const ENQUIRY: Tenths = Tenths(40);
/// p is never below this: c/p stays under 200 min, so that rows stay readable. \[A\]
pub const P_MIN: f64 = 0.02;

/// Probability that a hospital with capacity accepts. \[A\]
pub const ACCEPT_WHEN_FREE: f64 = 0.95;
/// How fast a report loses its worth, per minute: α = 1/120, β = 1/80. \[A\]
pub const REPORT_RATE: f64 = 1.0 / 120.0 + 1.0 / 80.0;
/// What ○ says, as a part of what ◎ says beyond the usual share of time free. \[A\]
pub const LIMITED_WORTH: f64 = 0.5;
/// What a filed weekly pattern says, as a part of what a fresh report says; it does not decay. \[A\]
pub const FILED_WORTH: f64 = 0.7;
/// A level that a desk entered lasts this many minutes; then the weekly pattern speaks, else the usual share. \[A\]
pub const LEVEL_MINUTES: i64 = 120;
/// Another unit's open enquiry multiplies p by this. \[A\]
pub const HOLD_FACTOR: f64 = 0.6;
/// An enquiry holds for this many minutes (DESIGN §5.11).
pub const HOLD_MINUTES: i64 = 10;
/// Kinds of cases, easy to very hard to place: (share of all cases, part of the usual probability at which it is accepted).
/// A three-point mixture fitted to the share accepted at the k-th enquiry (重症以上, 13 prefectures, 2023,
/// 受入れ状況等実態調査: .7133, .4758, .4055, .3741, .3485, .3185, .3033, .2867). Part of the fall is that likelier hospitals
/// are asked first, so it is an upper bound. \[A\]
pub const CASE_KINDS: [(f64, f64); 3] = [(0.531, 0.948), (0.360, 0.507), (0.109, 0.249)];
/// A refusal of this case stands for this many minutes; later the hospital may be asked again. \[A\]
pub const REFUSAL_MINUTES: i64 = 60;
/// A closure without an end ends after this many minutes. \[A\]
pub const CLOSURE_MINUTES: i64 = 240;

/// Probability of acceptance with no report, by ambulances accepted per year (病床機能報告): (at least, probability).
/// The acceptance-weighted mean over the table is 0.71, the share accepted at the first enquiry for 重症以上 in 13
/// prefectures, 2023 (受入れ状況等実態調査: .7133); the slope over the classes is \[A\].
pub const BASE_BY_VOLUME: [(u32, f64); 6] =
    [(6_000, 0.80), (3_000, 0.74), (1_500, 0.66), (500, 0.56), (1, 0.42), (0, 0.25)];
/// The same where the volume is masked or not reported. \[A\]
pub const BASE_UNKNOWN: f64 = 0.45;

/// Door to definitive treatment: tertiary, large (≥ 2,000 ambulances a year), other. \[A\]
pub const TREATMENT: [Tenths; 3] = [Tenths(80), Tenths(100), Tenths(130)];
/// Ambulances a year from which a hospital counts as large.
pub const LARGE_VOLUME: u32 = 2_000;
/// 重篤 at a hospital that is not tertiary: expected share of a second transfer. \[A\]
pub const CRITICAL_NOT_TERTIARY: Tenths = Tenths(60);

/// Ambulances a year of a hospital whose figure is masked or not reported. \[A\]
pub const VOLUME_UNKNOWN: u32 = 300;
/// Hours that one ambulance patient occupies a place of the emergency department. \[A\]
pub const PLACE_HOURS: f64 = 2.0;
/// Places beyond the usual load, in square roots of it (square-root staffing: some 2–3 % find all taken). \[A\]
pub const SPARE_PLACES: f64 = 2.0;
/// Minutes that a patient loses who finds all places taken: further enquiries and a longer drive. \[A\]
pub const LOST_WHEN_FULL: f64 = 15.0;
/// Ambulances that count at most.
pub const INBOUND_MAX: u8 = 8;

/// Not confirmed: (hard, soft) for a derived capability. \[A\]
pub const MISSING_DERIVED: (Tenths, Tenths) = (Tenths(30), Tenths(10));
/// Not confirmed: (hard, soft) for an unknown capability: expected cost of arriving where it is missing. \[A\]
pub const MISSING_UNKNOWN: (Tenths, Tenths) = (Tenths(100), Tenths(40));
/// Known to be missing, soft. \[A\]
pub const MISSING_ABSENT: Tenths = Tenths(120);
/// 三次 is soft and the hospital is not tertiary. \[A\]
pub const MISSING_TERTIARY: Tenths = Tenths(150);

/// A hard need for 三次 holds only when a tertiary hospital is nearer than this (median drive). \[A\]
pub const TERTIARY_REACH: Tenths = Tenths(450);
/// Continuity counts at most this much, and nothing for 赤 (`0..8 min`). \[A\]
pub const CONTINUITY_MAX: Tenths = Tenths(80);
/// What a visit alone is worth, without a rule that asks for continuity: (within days, minutes). Half of [`CONTINUITY_MAX`] within
/// three months (the same disease is not known to be the reason), a quarter within a year. \[A\]
pub const VISITED: [(u32, Tenths); 2] = [(91, Tenths(40)), (365, Tenths(20))];
/// From this age a hospital for children does not take a patient. 小児: under 15; one year of grace. \[A\]
pub const ADULT_FROM: u8 = 16;
/// Minutes of turning to the last resort: the coordinator's search comes before its certain acceptance. \[A\]
pub const LAST_RESORT: Tenths = Tenths(150);
/// Minutes from onset in which rt-PA can begin (脳卒中治療ガイドライン: 4.5 h).
pub const LYSIS_WINDOW: u32 = 270;
/// Minutes that rt-PA in time is worth. \[A\]
pub const LYSIS_WORTH: Tenths = Tenths(450);
/// Most hospitals asked at once: 赤, 黄; others one after the other. \[A\]
pub const BATCH_RED: usize = 3;
/// See [`BATCH_RED`]. \[A\]
pub const BATCH_YELLOW: usize = 2;
/// Minutes until all that were asked at once have answered. \[A\]
pub const BATCH_WAIT: Tenths = Tenths(50);
/// What the work of each hospital that is asked at once is worth; without it the answer were always to ask all. \[A\]
pub const BATCH_BURDEN: Tenths = Tenths(5);
/// Best hospitals that get refined drives (roads) and are ordered again.
pub const REFINED: usize = 20;
/// The last resort is a tertiary hospital within this median drive, else the nearest hospital even if closed. \[A\]
pub const FALLBACK_REACH: Tenths = Tenths(900);
/// Rules are relaxed in order until somebody within this median drive is left. \[A\]
pub const RELAX_REACH: Tenths = Tenths(900);
