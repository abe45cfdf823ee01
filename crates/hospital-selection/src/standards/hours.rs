//! Hours of the week in Japan, to the hour: `always`, or e.g. `mon-fri 8-17`. Public holidays are turns of a roster.

use core::fmt;

/// Hours of a week.
const WEEK: u8 = 7 * 24;

/// A set of hours of the week; hour 0 is Monday 0:00 in Japan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    bits: [u64; 3],
}

/// A text that is no set of hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no set of hours: expected e.g. `mon-fri 8-17`, `sat 22-6` or `always`")]
pub struct HoursError(String);

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hours {
    /// Every hour.
    pub const ALWAYS: Self = Self { bits: [u64::MAX, u64::MAX, u64::MAX] };
    const NONE: Self = Self { bits: [0; 3] };

    /// Whether an hour of the week is in it.
    #[must_use]
    pub fn contains(&self, hour_of_week: u8) -> bool {
        let (word, bit) = (usize::from(hour_of_week / 64), hour_of_week % 64);
        self.bits.get(word).is_some_and(|bits| bits >> bit & 1 == 1)
    }

    fn insert(&mut self, hour_of_week: u8) {
        if let Some(bits) = self.bits.get_mut(usize::from(hour_of_week / 64)) {
            *bits |= 1 << (hour_of_week % 64);
        }
    }

    /// The union of texts like `mon-fri 8-17`: whole hours, days of the beginning; an end that is not after the beginning is
    /// on the next day (`sat 22-6`). `always` is every hour.
    ///
    /// # Errors
    /// The text that could not be read.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, HoursError> {
        let mut hours = Self::NONE;
        for text in texts {
            hours.add(text).ok_or_else(|| HoursError(text.to_owned()))?;
        }
        Ok(hours)
    }

    fn add(&mut self, text: &str) -> Option<()> {
        if text == "always" {
            *self = Self::ALWAYS;
            return Some(());
        }
        let (days, span) = text.split_once(' ')?;
        let (from, until) = span.trim().split_once('-')?;
        let (from, until) =
            (from.parse::<u8>().ok().filter(|h| *h < 24)?, until.parse::<u8>().ok().filter(|h| *h <= 24)?);
        let length = if until > from { until - from } else { until + 24 - from };
        for part in days.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (day(first)?, day(last)?);
            let mut today = first;
            loop {
                for hour in 0..length {
                    self.insert(
                        ((u16::from(today) * 24 + u16::from(from) + u16::from(hour)) % u16::from(WEEK))
                            .try_into()
                            .ok()?,
                    );
                }
                if today == last {
                    break;
                }
                today = (today + 1) % 7;
            }
        }
        Some(())
    }
}

fn day(word: &str) -> Option<u8> {
    DAYS.iter().position(|d| *d == word).and_then(|i| u8::try_from(i).ok())
}

impl fmt::Display for Hours {
    /// Hours in the week.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALWAYS {
            return f.write_str("always");
        }
        write!(f, "{} h/week", (0..WEEK).filter(|h| self.contains(*h)).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Hours {
        Hours::parse([text]).expect("hours")
    }

    #[test]
    fn days_and_hours() {
        let office = hours("mon-fri 8-17");
        assert!(office.contains(8) && office.contains(16) && !office.contains(17) && !office.contains(7));
        assert!(office.contains(4 * 24 + 8) && !office.contains(5 * 24 + 8));
        let night = hours("sat 22-6");
        assert!(night.contains(5 * 24 + 22) && night.contains(6 * 24 + 5) && !night.contains(6 * 24 + 6));
        let over_the_week = hours("sun 22-6");
        assert!(over_the_week.contains(5) && !over_the_week.contains(6));
        let round = hours("sat-mon 9-10");
        assert!(
            round.contains(9) && round.contains(5 * 24 + 9) && round.contains(6 * 24 + 9) && !round.contains(24 + 9)
        );
        assert_eq!(hours("always"), Hours::ALWAYS);
        assert_eq!(hours("mon-sun 0-24").to_string(), "168 h/week");
        let both = Hours::parse(["mon 0-1", "tue,thu 0-1"]).expect("hours");
        assert!(both.contains(0) && both.contains(24) && both.contains(72) && !both.contains(48));
    }

    #[test]
    fn nonsense_is_named() {
        for text in ["", "monday 8-17", "mon 8", "mon 24-25", "mon 8-26", "mon-", "mon -8-9", "８-９"] {
            assert_eq!(Hours::parse(["mon 1-2", text]), Err(HoursError(text.to_owned())));
        }
    }
}
