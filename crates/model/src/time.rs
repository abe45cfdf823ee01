//! Two clocks, named apart: [`Timestamp`] records (may jump), [`Monotonic`] durations (one boot only).

use crate::BootId;
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// Microseconds of UTC since 1970. For records and for comparing devices; never for a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Microseconds in a minute.
pub const MINUTE_US: i64 = 60_000_000;

impl Timestamp {
    /// From whole milliseconds.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms.saturating_mul(1000))
    }
    /// Whole milliseconds, rounded down.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }
    /// Later by microseconds (earlier when negative), saturating.
    #[must_use]
    pub const fn plus_us(self, us: i64) -> Self {
        Self(self.0.saturating_add(us))
    }
    /// Later by minutes (earlier when negative), saturating.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_us(minutes.saturating_mul(MINUTE_US))
    }
    /// Microseconds from `earlier` to `self`; negative when `self` is the earlier one.
    #[must_use]
    pub const fn since_us(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// Age in whole minutes at `now`, never negative.
    #[must_use]
    pub const fn age_minutes(self, now: Self) -> i64 {
        let us = now.since_us(self);
        if us < 0 { 0 } else { us / MINUTE_US }
    }
    fn zoned_tokyo(self) -> Option<jiff::Zoned> {
        // Japan has no daylight saving: a fixed offset needs no time zone data.
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
        jiff::Timestamp::from_microsecond(self.0).ok().map(|t| t.to_zoned(zone))
    }
    /// `HH:MM` in Japan; `--:--` outside the calendar's range.
    #[must_use]
    pub fn tokyo_hhmm(self) -> String {
        self.zoned_tokyo().map_or_else(|| "--:--".into(), |z| format!("{:02}:{:02}", z.hour(), z.minute()))
    }
    /// `YYYY-MM-DDTHH:MM:SS.mmm+09:00`; empty outside the calendar's range.
    #[must_use]
    pub fn tokyo_rfc3339(self) -> String {
        self.zoned_tokyo().map_or_else(String::new, |z| z.strftime("%Y-%m-%dT%H:%M:%S%.3f+09:00").to_string())
    }
    /// The calendar date in Japan.
    #[must_use]
    pub fn tokyo_date(self) -> Option<crate::CivilDate> {
        let d = self.zoned_tokyo()?.date();
        crate::CivilDate::new(d.year(), d.month(), d.day())
    }
    /// Hour of the week in Japan, 0 = Monday 00:00 … 167.
    #[must_use]
    pub fn tokyo_hour_of_week(self) -> u8 {
        self.zoned_tokyo().map_or(0, |z| {
            let day = z.weekday().to_monday_zero_offset().unsigned_abs();
            day * 24 + z.hour().unsigned_abs()
        })
    }
}

/// Microseconds since a boot of one device. Compares only with the same [`BootId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monotonic {
    /// Which power-on.
    pub boot: BootId,
    /// Microseconds since then.
    pub us: u64,
}

impl Monotonic {
    /// Microseconds from `earlier`, when both are of one boot.
    #[must_use]
    pub fn since_us(self, earlier: Self) -> Option<u64> {
        (self.boot == earlier.boot).then(|| self.us.saturating_sub(earlier.us))
    }
}

/// What a device knows of its own clock's error: add `us` to its UTC to get the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// Microseconds to add.
    pub us: i64,
    /// Half-width of the uncertainty, microseconds.
    pub uncertainty_us: i64,
}

/// When an event was recorded, as its writer knew it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTime {
    /// The device's UTC.
    pub utc: Timestamp,
    /// The device's monotonic time.
    pub mono: Monotonic,
    /// The offset to the server, when it was known; shown with '±' when not.
    pub offset: Option<ClockOffset>,
}

impl EventTime {
    /// UTC corrected by the known offset.
    #[must_use]
    pub fn corrected(&self) -> Timestamp {
        self.offset.map_or(self.utc, |o| self.utc.plus_us(o.us))
    }
}

/// Where time comes from. Programs make the real one; everything else is handed one.
pub trait Clock {
    /// UTC of this device.
    fn utc(&self) -> Timestamp;
    /// Monotonic time of this boot, also advancing during suspend where the system can tell.
    fn monotonic(&self) -> Monotonic;
}

/// A clock moved by hand: tests and the simulator.
#[derive(Debug)]
pub struct ManualClock {
    boot: BootId,
    utc: Cell<Timestamp>,
    mono_us: Cell<u64>,
}

impl ManualClock {
    /// Starts at `utc`.
    #[must_use]
    pub fn new(boot: BootId, utc: Timestamp) -> Self {
        Self { boot, utc: Cell::new(utc), mono_us: Cell::new(0) }
    }
    /// Lets `us` microseconds pass on both clocks.
    pub fn advance_us(&self, us: u64) {
        self.mono_us.set(self.mono_us.get().saturating_add(us));
        self.utc.set(self.utc.get().plus_us(i64::try_from(us).unwrap_or(i64::MAX)));
    }
}

impl Clock for ManualClock {
    fn utc(&self) -> Timestamp {
        self.utc.get()
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic { boot: self.boot, us: self.mono_us.get() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japan_is_nine_hours_ahead() {
        let t = Timestamp::from_millis(1_795_132_800_000); // 2026-11-20T00:00:00Z
        assert_eq!(t.tokyo_rfc3339(), "2026-11-20T09:00:00.000+09:00");
        assert_eq!(t.tokyo_hhmm(), "09:00");
        assert_eq!(t.tokyo_hour_of_week(), 4 * 24 + 9, "2026-11-20 is a Friday");
    }

    #[test]
    fn monotonic_times_of_two_boots_do_not_compare() {
        let a = Monotonic { boot: BootId::from_bytes([1; 16]), us: 5 };
        let b = Monotonic { boot: BootId::from_bytes([2; 16]), us: 9 };
        assert_eq!(b.since_us(a), None);
        assert_eq!(a.since_us(a), Some(0));
    }
}
