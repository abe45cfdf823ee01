//! Minutes between two points on the ground, always with their uncertainty.
//!
//! In: two positions. Out: [`Travel`]: the median and the 90th percentile of the drive, in tenths of a minute.
//! [`DistanceModel`]: great-circle distance, a detour factor and speeds by distance, calibrated on the national ambulance
//! statistics ([`calibration`]). [`RoadModel`]: the same for every pair, and minutes by roads for the few best, where a road
//! graph ([`roads`]) covers them. [`Land`]: what roads link is one land; minutes between two of them are no drive.
//!
//! **Invariant:** no IO, no clock; every transcendental function comes from `libm`, and minutes are rounded
//! to tenths before anybody can add them up: the same two points give the same bytes on every machine.

pub mod areas;
pub mod calibration;
pub mod distance;
mod land;
mod road_model;
pub mod roads;
mod tenths;

pub use distance::{DistanceModel, great_circle_km};
pub use land::{Land, VERSION as LAND_VERSION};
pub use road_model::{RoadModel, attribution};
pub use tenths::{Tenths, TenthsError};

use model::Position;
use serde::{Deserialize, Serialize};

/// A drive with the patient on board, as a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Travel {
    /// Half of the drives are shorter, minutes.
    pub p50: Tenths,
    /// Nine of ten drives are shorter, minutes; never below `p50`.
    pub p90: Tenths,
}

/// Where minutes between two points come from.
pub trait TravelTime {
    /// The drive between two points. Must be deterministic and symmetric enough to be compared between hospitals.
    fn minutes(&self, from: Position, to: Position) -> Travel;
    /// The drive from here over a great-circle distance (kilometres), where it depends on nothing else: [`Self::minutes`] is
    /// exactly this at the exact distance, and a longer distance never gives a smaller number. A search may stop by it, and
    /// need not compute a distance of which it knows enough. None = everything has to be looked at.
    fn by_distance(&self, _from: Position, _great_circle_km: f64) -> Option<Travel> {
        None
    }
    /// Road times for the best candidates, in the order of `to`; none = no road graph here.
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        let _ = (from, to);
        None
    }
    /// Name and version, written into every ranking.
    fn version(&self) -> &str;
}

impl<T: TravelTime + ?Sized> TravelTime for &T {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        (**self).minutes(from, to)
    }
    fn by_distance(&self, from: Position, great_circle_km: f64) -> Option<Travel> {
        (**self).by_distance(from, great_circle_km)
    }
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        (**self).refine(from, to)
    }
    fn version(&self) -> &str {
        (**self).version()
    }
}
