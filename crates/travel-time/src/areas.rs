//! What kind of fire department an area has, and how much longer or shorter its drives are than the distance model says.
//!
//! Published means 現発→病着 come by five classes of the department's population ([`calibration::FIT`]). `areas.txt` is a raster
//! of Japan, a character for each tenth of a degree, north first: the class in which most people of the cell live (0 = 700,000
//! and more … 4 = under 50,000), `.` = nobody within 20 km. Made from the population of the census 2020 by municipality, spread over
//! its town points (Geolonia 住所データ, CC BY 4.0), with the departments of [`calibration`]'s text; 17 % of the people live in a
//! cell of another class than their own.
//!
//! Error: the classes' published means weighted with their people give 13.6 min, the published mean of all transports is 12.9.
//! Inside a class departments differ, and by how much is not published for this time. Of 23 departments in 兵庫県 (2023)
//! the whole time from arrival on scene to the hospital differs from its mean with a standard deviation of 4.5 min.

use crate::calibration;
use model::Position;
use std::sync::LazyLock;

/// Name and version of raster and factors.
pub const VERSION: &str = "areas-2026-11-29.1";
/// The raster's first row begins here, tenths of a degree.
const NORTH: i32 = 460;
const WEST: i32 = 1220;

static RASTER: LazyLock<Vec<&'static [u8]>> =
    LazyLock::new(|| include_str!("areas.txt").lines().map(str::as_bytes).collect());

/// Thousandths of the driven part of the distance model's median, by class: what brings each class to its published mean.
pub const DRIVE_PERMILLE: [u32; 5] = [1_141, 1_022, 1_028, 1_036, 905];
/// Where nobody lives.
const UNKNOWN_PERMILLE: u32 = 1_000;

/// The class of the fire department around a point, as an index of [`calibration::FIT`].
#[must_use]
pub fn class(point: Position) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "tenths of degrees of a checked position")]
    let tenths = |degrees: f64| libm::floor(degrees * 10.0) as i32;
    let row = usize::try_from(NORTH - tenths(point.lat())).ok()?;
    let column = usize::try_from(tenths(point.lon()) - WEST).ok()?;
    let digit = RASTER.get(row)?.get(column)?.checked_sub(b'0')?;
    Some(usize::from(digit)).filter(|class| *class < calibration::FIT.len())
}

/// Thousandths that the driven part of a median is stretched by for drives from here.
#[must_use]
pub fn drive_permille(from: Position) -> u32 {
    class(from).and_then(|class| DRIVE_PERMILLE.get(class)).copied().unwrap_or(UNKNOWN_PERMILLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DistanceModel;
    use crate::calibration::{FIT, PUBLISHED_MEAN};

    #[test]
    fn every_class_meets_its_published_mean() {
        let model = DistanceModel::japan();
        let mut mean = 0.0;
        for (class, permille) in FIT.iter().zip(DRIVE_PERMILLE) {
            let minutes = model.intercept + (class.modelled(&model) - model.intercept) * f64::from(permille) / 1000.0;
            assert!((minutes - class.published).abs() < 0.05, "{}: {minutes:.2} min", class.name);
            mean += class.share * minutes;
        }
        // Shares are of people, the published mean is of transports: large cities have more of them for each person.
        assert!((mean - PUBLISHED_MEAN).abs() < 1.0, "all: {mean:.2} min");
    }

    #[test]
    fn places_stand_where_they_should() {
        let at = |lat, lon| class(Position::new(lat, lon).unwrap());
        assert_eq!(at(35.681, 139.767), Some(0), "東京駅");
        assert_eq!(at(35.698, 139.414), Some(0), "立川市, of the same department");
        assert_eq!(at(33.9517, 131.2467), Some(2), "宇部市");
        assert_eq!(at(45.416, 141.673), Some(4), "稚内市");
        assert_eq!(at(26.21, 127.68), Some(1), "那覇市");
        assert_eq!(at(38.0, 135.0), None, "日本海");
        for (lat, lon) in [(20.0, 122.0), (46.0, 154.0), (20.0, 154.0), (46.0, 122.0)] {
            assert_eq!(at(lat, lon), None, "the corners of the positions that there are");
        }
    }
}
