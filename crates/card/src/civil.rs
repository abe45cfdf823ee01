//! Calendar months on seconds since 1970, as certificates need them.

use myna_card::Date;

const DAY: i64 = 86_400;
/// Asia/Tokyo has no daylight saving time.
const TOKYO: i64 = 9 * 3600;

/// The same civil time in Asia/Tokyo, `months` later; a day that the month lacks becomes its last day.
pub(crate) fn months_later(unix_seconds: i64, months: u16) -> i64 {
    let local = unix_seconds.saturating_add(TOKYO);
    let date = Date::from_unix_seconds(local);
    let months = i64::from(date.month) - 1 + i64::from(months);
    let (year, month) = (i64::from(date.year) + months / 12, months % 12 + 1);
    let day = i64::from(date.day).min(days_in(year, month));
    let days = days_since_1970(year, month, 1) + day - 1;
    days * DAY + local.rem_euclid(DAY) - TOKYO
}

fn days_in(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_since_1970(next_year, next, 1) - days_since_1970(year, month, 1)
}

/// Proleptic Gregorian calendar; years start in March so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    y * 365 + leap_days + (m * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_the_calendar_ends() {
        let noon = |y, m, d| days_since_1970(y, m, d) * DAY + 3 * 3600;
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(months_later(noon(2026, 11, 20), 3), noon(2027, 2, 20));
        assert_eq!(months_later(noon(2026, 11, 30), 3), noon(2027, 2, 28));
        assert_eq!(months_later(noon(2027, 11, 30), 3), noon(2028, 2, 29));
        // 23:59:59 in Tokyo is still the same day there.
        let late = days_since_1970(2026, 8, 31) * DAY + 15 * 3600 - 1;
        assert_eq!(months_later(late, 3), days_since_1970(2026, 11, 30) * DAY + 15 * 3600 - 1);
    }
}
