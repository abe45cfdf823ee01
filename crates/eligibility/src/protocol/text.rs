//! Dates and times as the layout writes them.

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, offset};
use model::{CivilDate, Timestamp};

/// `YYYYMMDD`.
#[must_use]
pub fn date_text(date: CivilDate) -> String {
    date.to_string().replace('-', "")
}

/// A date from `YYYYMMDD`; none when it does not exist.
#[must_use]
pub fn date(text: &str) -> Option<CivilDate> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: core::ops::Range<usize>| text.get(range);
    CivilDate::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?)
}

/// `YYYYMMDDHHmmss` in Asia/Tokyo; empty outside the calendar's range.
#[must_use]
pub fn time_text(time: Timestamp) -> String {
    let zoned = jiff::Timestamp::from_microsecond(time.0).map(|t| t.to_zoned(tokyo()));
    zoned.map_or_else(|_| String::new(), |z| z.strftime("%Y%m%d%H%M%S").to_string())
}

/// A time from `YYYYMMDDHHmmss` in Asia/Tokyo.
#[must_use]
pub fn timestamp(text: &str) -> Option<Timestamp> {
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let local = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    local.to_zoned(tokyo()).ok().map(|z| Timestamp(z.timestamp().as_microsecond()))
}

// Japan has no daylight saving: a fixed offset needs no time zone data.
fn tokyo() -> TimeZone {
    TimeZone::fixed(offset(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_there_and_back() {
        let noon = Timestamp::from_millis(1_795_143_600_000); // 2026-11-20T03:00:00Z
        assert_eq!(time_text(noon), "20261120120000");
        assert_eq!(timestamp("20261120120000"), Some(noon));
        assert_eq!(date("20261120").map(date_text).as_deref(), Some("20261120"));
        for bad in ["20260230", "2026112", "2026-1-1", "２０２６１１２０"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert_eq!(timestamp("20261120250000"), None);
    }
}
