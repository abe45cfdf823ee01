//! Tenths of a minute as an integer: what is summed, compared and shown is one and the same number.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Neg, Sub};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Tenths of a minute. Written in files as a decimal number with one digit (`12.3`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub i32);

/// A number that is no duration in tenths of a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TenthsError(f64);

impl fmt::Display for TenthsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not a number of minutes with at most one decimal between −{MAX} and {MAX}",
            self.0,
            MAX = Tenths::MAX_MINUTES
        )
    }
}

impl core::error::Error for TenthsError {}

impl Tenths {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// Largest number of minutes that is computed or read; longer ones are cut to it (about 69 days).
    pub const MAX_MINUTES: i32 = 100_000;

    /// Whole minutes, cut at [`Self::MAX_MINUTES`].
    #[must_use]
    pub const fn from_whole_minutes(minutes: i32) -> Self {
        let cut = if minutes > Self::MAX_MINUTES {
            Self::MAX_MINUTES
        } else if minutes < -Self::MAX_MINUTES {
            -Self::MAX_MINUTES
        } else {
            minutes
        };
        Self(cut * 10)
    }

    /// Rounds minutes to the nearest tenth, half away from zero. Not a number counts as the maximum: an unknown drive
    /// must never look short.
    #[must_use]
    pub fn round_minutes(minutes: f64) -> Self {
        let max = f64::from(Self::MAX_MINUTES);
        let cut = if minutes.is_nan() { max } else { minutes.clamp(-max, max) };
        #[expect(clippy::cast_possible_truncation, reason = "clamped to ±1,000,000 and rounded before")]
        Self(libm::round(cut * 10.0) as i32)
    }

    /// Minutes as a floating-point number, for display and plots; the nearest double to the decimal.
    #[must_use]
    pub fn minutes(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// Nearest whole minute, half away from zero.
    #[must_use]
    pub const fn whole_minutes(self) -> i32 {
        let away = if self.0 < 0 { -5 } else { 5 };
        self.0.saturating_add(away) / 10
    }
}

impl Add for Tenths {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Tenths {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Tenths {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Tenths {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Tenths {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{}", size / 10, size % 10)
    }
}

impl TryFrom<f64> for Tenths {
    type Error = TenthsError;
    fn try_from(minutes: f64) -> Result<Self, TenthsError> {
        let rounded = Self::round_minutes(minutes);
        let exact = minutes.is_finite() && libm::fabs(rounded.minutes() - minutes) < 1e-6;
        if exact { Ok(rounded) } else { Err(TenthsError(minutes)) }
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.minutes())
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nan_is_never_short() {
        assert_eq!(Tenths::round_minutes(f64::NAN), Tenths::from_whole_minutes(Tenths::MAX_MINUTES));
        assert_eq!(Tenths::round_minutes(f64::INFINITY), Tenths::round_minutes(f64::NAN));
        assert!(serde_json::from_str::<Tenths>("1.25").is_err(), "a quarter minute would not add up");
    }

    #[test]
    fn whole_minutes_round_half_away() {
        assert_eq!(
            [Tenths(-5), Tenths(-4), Tenths(4), Tenths(5), Tenths(14)].map(Tenths::whole_minutes),
            [-1, 0, 0, 1, 1]
        );
    }

    proptest! {
        #[test]
        fn written_as_one_decimal_and_read_back(t in -1_000_000_i32..=1_000_000) {
            let tenths = Tenths(t);
            let text = serde_json::to_string(&tenths).expect("a number");
            prop_assert_eq!(&text, &tenths.to_string());
            prop_assert_eq!(serde_json::from_str::<Tenths>(&text).expect("reads"), tenths);
        }
    }
}
