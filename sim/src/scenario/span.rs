//! Lengths and moments as people write them.

use model::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Longest span, microseconds: 400 days. Longer ones are refused: nobody waits for them.
const LONGEST_US: i64 = 400 * DAY_US;
const DAY_US: i64 = 86_400 * 1_000_000;

/// A length of time, written as `"90m"`, `"1h 30m"` or `"PT2H"`; never negative, at most 400 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    us: i64,
}

/// A text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a length of time such as \"90m\", \"1h 30m\" or \"10s\", at most 400 days")]
pub struct SpanError;

impl Span {
    /// From whole seconds, cut at the longest.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        let us = seconds.saturating_mul(1_000_000);
        Self { us: if us > LONGEST_US { LONGEST_US } else { us } }
    }
    /// From whole minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes.saturating_mul(60))
    }
    /// Microseconds.
    #[must_use]
    pub const fn us(self) -> i64 {
        self.us
    }
    /// Seconds, as a number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 400 days")]
    pub fn as_secs_f64(self) -> f64 {
        self.us as f64 / 1e6
    }
    /// For timers.
    #[must_use]
    pub const fn duration(self) -> std::time::Duration {
        std::time::Duration::from_micros(self.us.unsigned_abs())
    }
    /// Whether it is none at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.us == 0
    }
}

impl FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Self, SpanError> {
        let (days, rest) = days(text);
        let length: jiff::SignedDuration = match rest {
            "" if days > 0 => jiff::SignedDuration::ZERO,
            rest => rest.parse().map_err(|_| SpanError)?,
        };
        let us =
            i64::try_from(length.as_micros()).ok().and_then(|us| us.checked_add(days * DAY_US)).ok_or(SpanError)?;
        (0..=LONGEST_US).contains(&us).then_some(Self { us }).ok_or(SpanError)
    }
}

/// Days at the front (`2d 6h`), and the rest. A day has 24 hours in Japan, where no clock is ever put forward.
fn days(text: &str) -> (i64, &str) {
    let split = text.split_once('d').and_then(|(days, rest)| Some((days.trim().parse::<u16>().ok()?, rest.trim())));
    split.map_or((0, text), |(days, rest)| (i64::from(days), rest))
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.us / 3_600_000_000, self.us / 60_000_000 % 60, self.us / 1_000_000 % 60);
        let millis = self.us / 1_000 % 1_000;
        let parts = [(hours, "h"), (minutes, "m"), (seconds, "s"), (millis, "ms")];
        let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
        f.write_str(&if said.is_empty() { "0s".to_owned() } else { said.join(" ") })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(|error| D::Error::custom(format!("expected {error}")))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A moment, written with its offset: `"2026-01-15T08:00:00+09:00"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let at: jiff::Timestamp = text
            .parse()
            .map_err(|_| D::Error::custom("expected a moment with its offset such as \"2026-01-15T08:00:00+09:00\""))?;
        Ok(Self(Timestamp(at.as_microsecond())))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.tokyo_rfc3339())
    }
}
