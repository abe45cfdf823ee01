//! What may be known of a patient without a name.

use serde::{Deserialize, Serialize};

/// Sex as the registers write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// 未設定・適用不能
    Unspecified,
}

impl Sex {
    /// One kanji, or ―.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
            Self::Unspecified => "―",
        }
    }
}

/// Ten years of age as a crew estimates it: 0 = under ten, 7 = 70代, 9 = 90 and older.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgeBand(pub u8);

/// A calendar date that exists, 1868–2200.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CivilDate {
    year: i16,
    month: i8,
    day: i8,
}

/// A text that is no date.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a date written YYYY-MM-DD")]
pub struct DateError(String);

impl CivilDate {
    /// A date, when it exists.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        let real = (1868..=2200).contains(&year) && jiff::civil::Date::new(year, month, day).is_ok();
        real.then_some(Self { year, month, day })
    }
    fn jiff(self) -> jiff::civil::Date {
        jiff::civil::Date::new(self.year, self.month, self.day).unwrap_or(jiff::civil::Date::ZERO)
    }
    /// Year, Gregorian.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }
    /// Month 1–12.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }
    /// Day 1–31.
    #[must_use]
    pub const fn day(self) -> i8 {
        self.day
    }
    /// The date `days` later (earlier when negative); stays put at the calendar's end.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        let moved = self.jiff().saturating_add(jiff::Span::new().days(days.clamp(-100_000, 100_000)));
        Self::new(moved.year(), moved.month(), moved.day()).unwrap_or(self)
    }
    /// Days from `earlier` to `self`.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        earlier.jiff().until(self.jiff()).map_or(0, |span| span.get_days())
    }
    /// Full years of age on `today`; none before birth.
    #[must_use]
    pub fn age_on(self, today: Self) -> Option<u8> {
        let before_birthday = (today.month, today.day) < (self.month, self.day);
        u8::try_from(today.year - self.year - i16::from(before_birthday)).ok()
    }
}

impl core::fmt::Display for CivilDate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl core::fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for CivilDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse::<jiff::civil::Date>()
            .ok()
            .filter(|_| text.len() == 10)
            .and_then(|d| Self::new(d.year(), d.month(), d.day()))
            .ok_or_else(|| DateError(text.chars().take(32).collect()))
    }
}

impl From<CivilDate> for String {
    fn from(date: CivilDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_birthdays() {
        let born = CivilDate::new(1948, 11, 21).expect("a date");
        assert_eq!(born.age_on(CivilDate::new(2026, 11, 20).expect("a date")), Some(77));
        assert_eq!(born.age_on(CivilDate::new(2026, 11, 21).expect("a date")), Some(78));
        assert_eq!(born.age_on(CivilDate::new(1948, 1, 1).expect("a date")), None);
    }

    #[test]
    fn dates_move_over_months() {
        let d = CivilDate::new(2026, 3, 1).expect("a date");
        assert_eq!(d.plus_days(-1).to_string(), "2026-02-28");
        assert_eq!(d.days_since(d.plus_days(-400)), 400);
        assert!(CivilDate::try_from("2026-02-30".to_owned()).is_err());
    }
}
