//! Timestamps in case files and rankings: RFC 3339 with an offset, never a bare number.

use model::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de, ser};

/// Reads an RFC 3339 text.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|t| Timestamp(t.as_microsecond()))
}

/// Writes Japan's time with as many decimals as are needed, so that reading it back gives the same microsecond.
fn write(at: Timestamp) -> Option<String> {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let zoned = jiff::Timestamp::from_microsecond(at.0).ok()?.to_zoned(zone);
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%.f+09:00").to_string())
}

pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    match write(*at) {
        Some(text) => serializer.serialize_str(&text),
        None => Err(ser::Error::custom("a time outside the calendar")),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| de::Error::custom("expected a time like 2026-11-20T10:33:00+09:00"))
}

/// The same for a time that may be missing.
pub(crate) mod option {
    use super::{Timestamp, de, parse, ser, write};
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde's `with` calls")]
    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            None => serializer.serialize_none(),
            Some(t) => {
                serializer.serialize_some(&write(*t).ok_or_else(|| ser::Error::custom("a time outside the calendar"))?)
            }
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        parse(&text).map(Some).ok_or_else(|| de::Error::custom("expected a time like 2026-11-20T10:33:00+09:00"))
    }
}
