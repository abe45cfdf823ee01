//! The distance model: great circle × detour ÷ speed by distance + a fixed start-and-stop time.

use crate::{Tenths, Travel, TravelTime, calibration};
use model::Position;

/// Mean radius of the earth, kilometres (IUGG 2a+b over 3), the same that `geo::Haversine` uses.
pub const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Great-circle distance by the haversine formula, kilometres.
#[must_use]
pub fn great_circle_km(from: Position, to: Position) -> f64 {
    let (lat1, lat2) = (from.lat().to_radians(), to.lat().to_radians());
    let half_dlat = (lat2 - lat1) / 2.0;
    let half_dlon = (to.lon() - from.lon()).to_radians() / 2.0;
    let (s_lat, s_lon) = (libm::sin(half_dlat), libm::sin(half_dlon));
    let a = s_lat * s_lat + libm::cos(lat1) * libm::cos(lat2) * s_lon * s_lon;
    2.0 * EARTH_RADIUS_KM * libm::asin(libm::sqrt(a.min(1.0)))
}

/// One stretch of a drive: up to this many road kilometres from the start, at this speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Road kilometres from the start where the band ends.
    pub until_km: f64,
    /// Speed inside the band, km/h.
    pub km_per_h: f64,
}

/// Minutes from distance alone. Knows no rivers, tunnels, islands or traffic: that is what `p90` is for.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceModel {
    /// Road kilometres per great-circle kilometre.
    pub detour: f64,
    /// Minutes that every drive costs: leaving the scene, the hospital's forecourt.
    pub intercept: f64,
    /// Speeds, nearest first; the last one holds for the rest of the way.
    pub bands: [Band; 4],
    /// `p90 = p50 × factor`.
    pub p90_factor: f64,
    /// `p90 ≥ p50 + this`, minutes: a short drive can still meet one closed crossing.
    pub p90_floor: f64,
}

impl DistanceModel {
    /// The calibrated model ([`calibration`]).
    #[must_use]
    pub const fn japan() -> Self {
        calibration::JAPAN
    }

    /// Median minutes for a great-circle distance, not rounded.
    #[must_use]
    pub fn median_minutes(&self, great_circle_km: f64) -> f64 {
        let road_km = great_circle_km * self.detour;
        let last = self.bands.len() - 1;
        let mut from_km = 0.0;
        let mut minutes = self.intercept;
        for (i, band) in self.bands.iter().enumerate() {
            let until = if i == last { road_km } else { road_km.min(band.until_km) };
            minutes += (until - from_km).max(0.0) * 60.0 / band.km_per_h;
            if until >= road_km {
                break;
            }
            from_km = until.max(from_km);
        }
        minutes
    }

    /// The drive over a great-circle distance; a longer distance never has a smaller number.
    fn drive(&self, great_circle_km: f64) -> Travel {
        self.spread(self.median_minutes(great_circle_km))
    }

    /// A median with the model's uncertainty; a larger median never has a smaller p90.
    #[must_use]
    pub fn spread(&self, median: f64) -> Travel {
        let p90 = (median * self.p90_factor).max(median + self.p90_floor);
        Travel { p50: Tenths::round_minutes(median), p90: Tenths::round_minutes(p90) }
    }
}

impl TravelTime for DistanceModel {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.drive(great_circle_km(from, to))
    }

    fn by_distance(&self, _from: Position, great_circle_km: f64) -> Option<Travel> {
        Some(self.drive(great_circle_km))
    }

    fn version(&self) -> &str {
        calibration::VERSION
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Haversine, Point};
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("in Japan")
    }

    #[test]
    fn longer_is_never_quicker_across_a_band() {
        let m = DistanceModel::japan();
        let minutes: Vec<f64> = (0..4000).map(|i| m.median_minutes(f64::from(i) / 20.0)).collect();
        assert!(minutes.is_sorted());
        assert!((minutes[0] - m.intercept).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn distance_is_that_of_geo(a in 24.0..45.5_f64, b in 123.0..146.0_f64, c in 24.0..45.5_f64, d in 123.0..146.0_f64) {
            let ours = great_circle_km(at(a, b), at(c, d)) * 1000.0;
            let theirs = Haversine.distance(Point::new(b, a), Point::new(d, c));
            prop_assert!((ours - theirs).abs() < 1e-3, "{ours} m and {theirs} m");
        }

        #[test]
        fn both_ways_are_equal_and_uncertainty_is_stated(a in 30.0..45.0_f64, b in 130.0..145.0_f64, c in 30.0..45.0_f64, d in 130.0..145.0_f64) {
            let m = DistanceModel::japan();
            let there = m.minutes(at(a, b), at(c, d));
            prop_assert_eq!(there, m.minutes(at(c, d), at(a, b)));
            prop_assert!(there.p90 > there.p50);
            let km = great_circle_km(at(a, b), at(c, d));
            prop_assert_eq!(m.by_distance(at(a, b), km), Some(there));
            let least = m.by_distance(at(a, b), km * 0.999).expect("a bound");
            prop_assert!(least.p50 <= there.p50 && least.p90 <= there.p90);
        }
    }
}
