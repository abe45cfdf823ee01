//! A probability in thousandths, so that it compares and prints exactly.

use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A probability, 0–1000 thousandths. Written in files as a decimal number with at most three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permille(u16);

impl Permille {
    /// Certain.
    pub const ONE: Self = Self(1000);

    /// Thousandths, cut at 1000.
    #[must_use]
    pub const fn new(thousandths: u16) -> Self {
        Self(if thousandths > 1000 { 1000 } else { thousandths })
    }

    /// Rounds to the nearest thousandth; not a number counts as zero.
    #[must_use]
    pub fn round(probability: f64) -> Self {
        let cut = if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        Self(libm::round(cut * 1000.0) as u16)
    }

    /// Thousandths.
    #[must_use]
    pub const fn thousandths(self) -> u16 {
        self.0
    }

    /// As a floating-point number, the nearest double to the decimal.
    #[must_use]
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Permille {
    /// Two digits, as screens show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (self.0 + 5) / 10;
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl Serialize for Permille {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.probability())
    }
}

impl<'de> Deserialize<'de> for Permille {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let p = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&p) {
            Ok(Self::round(p))
        } else {
            Err(de::Error::custom("a probability is between 0 and 1"))
        }
    }
}
