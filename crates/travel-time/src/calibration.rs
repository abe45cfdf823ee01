//! Where the constants of the distance model come from (fit follows).

use crate::DistanceModel;
use crate::distance::Band;

/// Name and version of the calibration; changes whenever a constant does.
pub const VERSION: &str = "distance-2026-11-20.0";

/// The constants in use.
pub const JAPAN: DistanceModel = DistanceModel {
    detour: 1.35,
    intercept: 2.0,
    bands: [
        Band {
            until_km: 5.0,
            km_per_h: 26.0,
        },
        Band {
            until_km: 15.0,
            km_per_h: 38.0,
        },
        Band {
            until_km: 40.0,
            km_per_h: 50.0,
        },
        Band {
            until_km: f64::INFINITY,
            km_per_h: 62.0,
        },
    ],
    p90_factor: 1.45,
    p90_floor: 2.0,
};
