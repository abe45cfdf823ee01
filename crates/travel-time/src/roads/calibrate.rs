//! The factor of an area's roads: set so that the mean drive is as long as it is known to be.
//!
//! Drives: from evenly picked nodes at ordinary roads to the hospitals on the graph, each with the weight A/(5 km + d)⁴ of
//! [`calibration`](crate::calibration). Known mean: the distance model's over the same drives, which is calibrated on the published
//! minutes of the area's class; or the department's own 現発→病着, where the caller has it.

use super::graph::{RoadGraph, RoadsHeader};
use crate::{RoadModel, Tenths, great_circle_km};
use model::Position;
use serde::{Deserialize, Serialize};

/// Most starts that are looked at.
const STARTS: usize = 500;
/// Drives to hospitals farther than this do not count, kilometres.
const REACH_KM: f64 = 60.0;
/// The factor must come out between these, thousandths: anything else is no calibration but a wrong graph or wrong minutes.
const PERMILLE: core::ops::RangeInclusive<u32> = 300..=3_000;

/// Why no factor was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrateError {
    /// Nowhere to drive.
    #[error("no hospital of the table lies on its roads")]
    NoHospital,
    /// Nothing that can be meant.
    #[error("the factor would be {found}/1000; expected {} to {}: are roads and minutes of the same area?", PERMILLE.start(), PERMILLE.end())]
    Implausible {
        /// What came out.
        found: i64,
    },
}

/// How a graph's factor was found, kept in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibrated {
    /// The distance model's version, or the department's own minutes.
    pub against: String,
    /// Hospitals that were driven to.
    pub hospitals: u32,
    /// How many drives.
    pub drives: u32,
    /// Mean minutes before, at factor 1.
    pub before: Tenths,
    /// Mean minutes after, which is the known mean.
    pub after: Tenths,
    /// Mean of how much a drive by roads differs from the same by distance, minutes, after: what one number for an area cannot
    /// say.
    pub difference: Tenths,
}

/// One possible drive, and how often it is driven.
struct Drive {
    weight: f64,
    /// On roads at factor 1, minutes.
    road: f64,
    /// Everything else: start, lanes off the graph.
    fixed: f64,
    by_distance: f64,
}

/// Finds the factor and sets it.
///
/// # Errors
/// [`CalibrateError`]; the graph is as before then.
pub fn calibrate(
    graph: &mut RoadGraph,
    model: &RoadModel,
    hospitals: &[(Position, u32)],
    own_minutes: Option<f64>,
) -> Result<(), CalibrateError> {
    let (found, drives) = drives(graph, model, hospitals);
    let mean = |of: fn(&Drive) -> f64| {
        let weight: f64 = drives.iter().map(|drive| drive.weight).sum();
        drives.iter().map(|drive| drive.weight * of(drive)).sum::<f64>() / weight
    };
    if drives.is_empty() {
        return Err(CalibrateError::NoHospital);
    }
    let known = own_minutes.unwrap_or_else(|| mean(|drive| drive.by_distance));
    let (road, fixed) = (mean(|drive| drive.road), mean(|drive| drive.fixed));
    let found_permille = permille(known, fixed, road);
    let Some(permille) = u32::try_from(found_permille).ok().filter(|permille| PERMILLE.contains(permille)) else {
        return Err(CalibrateError::Implausible { found: found_permille });
    };
    let factor = f64::from(permille) / 1000.0;
    let weight: f64 = drives.iter().map(|drive| drive.weight).sum();
    let off = |drive: &Drive| drive.weight * libm::fabs(drive.fixed + drive.road * factor - drive.by_distance);
    graph.header.calibrated = Some(Calibrated {
        against: own_minutes.map_or_else(|| model.distance_version().to_owned(), |own| format!("own minutes {own}")),
        hospitals: u32::try_from(found).unwrap_or(u32::MAX),
        drives: u32::try_from(drives.len()).unwrap_or(u32::MAX),
        before: Tenths::round_minutes(fixed + road),
        after: Tenths::round_minutes(fixed + road * factor),
        difference: Tenths::round_minutes(drives.iter().map(off).sum::<f64>() / weight),
    });
    graph.header.scale_permille = permille;
    Ok(())
}

/// Every drive that counts, and how many hospitals lie on the roads.
fn drives(graph: &RoadGraph, model: &RoadModel, hospitals: &[(Position, u32)]) -> (usize, Vec<Drive>) {
    let snapped = |(at, accepted): &(Position, u32)| graph.snap(*at).map(|end| (*at, *accepted, end));
    let hospitals: Vec<_> = hospitals.iter().filter_map(snapped).collect();
    let ends: Vec<u32> = hospitals.iter().map(|(.., end)| end.node).collect();
    let stops: Vec<u32> = graph.stops().collect();
    let mut drives = Vec::new();
    for start in stops.iter().step_by(stops.len().div_ceil(STARTS).max(1)) {
        let Some(from) = graph.place(*start) else { continue };
        for ((at, accepted, end), millis) in hospitals.iter().zip(graph.times(*start, &ends)) {
            let km = great_circle_km(from, *at);
            let Some(millis) = millis.filter(|_| km <= REACH_KM) else { continue };
            let (road, fixed) = model.parts(millis, end.km);
            let weight = f64::from(*accepted) / libm::pow(5.0 + km, 4.0);
            drives.push(Drive { weight, road, fixed, by_distance: model.median_by_distance(from, *at) });
        }
    }
    (hospitals.len(), drives)
}

impl RoadsHeader {
    /// The area's factor and its error in a sentence.
    #[must_use]
    pub fn calibration_ja(&self) -> String {
        let factor = f64::from(self.scale_permille) / 1000.0;
        self.calibrated.as_ref().map_or_else(
            || format!("係数 {factor:.3}（未調整）"),
            |c| {
                format!(
                    "係数 {factor:.3}（平均 {}分 → {}分、距離による値との差は平均 {}分。病院 {}、走行 {}、基準 {}）",
                    c.before, c.after, c.difference, c.hospitals, c.drives, c.against
                )
            },
        )
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked by the caller; not a number becomes 0")]
fn permille(known: f64, fixed: f64, road: f64) -> i64 {
    libm::round((known - fixed) / road * 1000.0) as i64
}
