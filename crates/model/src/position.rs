//! A point on the ground in Japan.

use serde::{Deserialize, Serialize};

/// WGS 84, degrees. Only [`Position::new`] and deserialising make one, and both check it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPosition")]
pub struct Position {
    lat: f64,
    lon: f64,
}

// Never NaN: the constructor refuses it.
impl Eq for Position {}

#[derive(Deserialize)]
struct RawPosition {
    lat: f64,
    lon: f64,
}

/// A point that cannot be a scene or a hospital of ours.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PositionError {
    /// NaN or infinite.
    #[error("latitude and longitude must be numbers in degrees")]
    NotFinite,
    /// Outside the box around Japan (lat 20–46, lon 122–154).
    #[error("latitude {lat}, longitude {lon} is outside Japan (latitude 20–46, longitude 122–154)")]
    OutsideJapan {
        /// Degrees.
        lat: f64,
        /// Degrees.
        lon: f64,
    },
}

impl Position {
    /// A point in Japan.
    ///
    /// # Errors
    /// When a value is not finite or outside the box around Japan.
    pub fn new(lat: f64, lon: f64) -> Result<Self, PositionError> {
        if !lat.is_finite() || !lon.is_finite() {
            return Err(PositionError::NotFinite);
        }
        if !(20.0..=46.0).contains(&lat) || !(122.0..=154.0).contains(&lon) {
            return Err(PositionError::OutsideJapan { lat, lon });
        }
        Ok(Self { lat, lon })
    }
    /// Degrees north.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }
    /// Degrees east.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }
}

impl TryFrom<RawPosition> for Position {
    type Error = PositionError;
    fn try_from(raw: RawPosition) -> Result<Self, PositionError> {
        Self::new(raw.lat, raw.lon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_in_japan_pass() {
        assert!(Position::new(35.69, 139.70).is_ok());
        assert_eq!(Position::new(f64::NAN, 139.0), Err(PositionError::NotFinite));
        assert!(matches!(Position::new(139.70, 35.69), Err(PositionError::OutsideJapan { .. })));
    }
}
