//! Where the constants of the distance model come from, and how well they fit.
//!
//! Published: mean minutes 現発→病着 by population of the fire department (消防庁 救急・救助の現況 令和5年版 図55, year 2022):
//! 11.7, 11.5, 13.1, 15.6, 19.1; all departments 12.9. Distances are not published, so they were estimated: 17,700 town
//! points (population of the census 2020 spread over a municipality's towns) drive to hospitals with probability
//! proportional to A/(5 km + d)⁴, A = ambulances accepted per year (病床機能報告 令和7年度), d = great-circle distance. This
//! puts the yearly ambulances at the right hospital up to 23 % of the volume (best of the kernels tried: 19 %, with
//! distances 28 % longer and minutes 2.2 above the published mean). Town points count alike inside a municipality, which
//! makes rural drives somewhat too long. Municipalities stand for their fire departments (wards for their city, Tokyo's for
//! one department); small towns in a joint department therefore sit in the last class.
//!
//! Detour 1.3 was set, then intercept and speeds were searched on a grid for the least squared error over the five classes
//! and, twice, the national mean. The best interior solution is in use. [`FIT`] holds the deciles of distance per class;
//! `cargo run -p travel-time --example calibration` prints the fit:
//!
//! ```text
//! department's population   published   model   difference
//! 700,000 and more               11.7    10.5         -1.2
//! 300,000–700,000                11.5    11.3         -0.2
//! 100,000–300,000                13.1    12.8         -0.3
//! 50,000–100,000                 15.6    15.1         -0.5
//! under 50,000                   19.1    20.9          1.8
//! all                            12.9    13.4          0.5
//! ```
//!
//! [`areas`](crate::areas) takes what is left in each class off again, where the class of a place is known.
//!
//! Uncertainty: no distribution of drive times at a given distance is published. p90 = 1.45 × p50 (lognormal with σ = 0.29)
//! and at least p50 + 2 min is an assumption \[A\]; it does not cover rivers, mountains and islands, where the distance model
//! can be wrong by a factor: a road graph has to replace it there.

use crate::DistanceModel;
use crate::distance::Band;

/// Name and version of the calibration; changes whenever a constant does.
pub const VERSION: &str = "distance-2026-11-20.1";

/// The constants in use.
pub const JAPAN: DistanceModel = DistanceModel {
    detour: 1.3,
    intercept: 2.0,
    bands: [
        Band { until_km: 5.0, km_per_h: 33.0 },
        Band { until_km: 15.0, km_per_h: 50.0 },
        Band { until_km: 40.0, km_per_h: 66.0 },
        Band { until_km: f64::INFINITY, km_per_h: 70.0 },
    ],
    p90_factor: 1.45,
    p90_floor: 2.0,
};

/// One class of fire departments in the published table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Population of the department.
    pub name: &'static str,
    /// Share of the population in the class, as estimated.
    pub share: f64,
    /// Published mean minutes 現発→病着.
    pub published: f64,
    /// Estimated great-circle kilometres to the hospital: means of the ten tenths.
    pub deciles_km: [f64; 10],
}

/// The five classes.
pub const FIT: [Class; 5] = [
    Class {
        name: "700,000 and more",
        share: 0.326,
        published: 11.7,
        deciles_km: [0.66, 1.31, 1.85, 2.39, 3.0, 3.7, 4.5, 5.45, 6.79, 10.5],
    },
    Class {
        name: "300,000–700,000",
        share: 0.167,
        published: 11.5,
        deciles_km: [0.58, 1.15, 1.67, 2.26, 2.98, 3.71, 4.65, 5.95, 7.89, 15.04],
    },
    Class {
        name: "100,000–300,000",
        share: 0.221,
        published: 13.1,
        deciles_km: [0.6, 1.29, 1.88, 2.51, 3.23, 4.19, 5.49, 7.24, 10.18, 19.89],
    },
    Class {
        name: "50,000–100,000",
        share: 0.128,
        published: 15.6,
        deciles_km: [0.77, 1.53, 2.3, 3.17, 4.2, 5.49, 7.16, 9.44, 13.1, 24.51],
    },
    Class {
        name: "under 50,000",
        share: 0.158,
        published: 19.1,
        deciles_km: [0.86, 2.1, 3.54, 5.16, 6.86, 8.86, 11.37, 14.98, 20.9, 39.26],
    },
];

/// Published national mean, minutes.
pub const PUBLISHED_MEAN: f64 = 12.9;

impl Class {
    /// Mean minutes that the model gives for the class.
    #[must_use]
    pub fn modelled(&self, model: &DistanceModel) -> f64 {
        self.deciles_km.iter().map(|km| model.median_minutes(*km)).sum::<f64>() / 10.0
    }
}

/// Mean minutes that the model gives for the nation.
#[must_use]
pub fn modelled_mean(model: &DistanceModel) -> f64 {
    FIT.iter().map(|class| class.share * class.modelled(model)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_met_within_two_minutes_and_the_nation_within_one() {
        for class in FIT {
            let difference = class.modelled(&JAPAN) - class.published;
            assert!(difference.abs() < 2.0, "{}: {difference:+.1} min", class.name);
        }
        assert!((modelled_mean(&JAPAN) - PUBLISHED_MEAN).abs() < 1.0);
        assert!((FIT.iter().map(|c| c.share).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
