//! Cases of a store, one at a time: what is in memory does not grow with their number, but for their heads.

use super::{Days, Stats};
use crate::error::UseCaseError;
use crate::principal::Scope;
use crate::server_log::load_case;
use crate::store::{CaseQuery, EventStore};
use model::{CivilDate, Timestamp};

/// Microseconds of a day.
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// Adds every case in scope whose day counts.
///
/// # Errors
/// When the store fails.
pub async fn gather<S: EventStore>(store: &S, scope: Scope, days: Days) -> Result<Stats, UseCaseError> {
    let mut stats = Stats::new(days);
    let changed_since = days.from.and_then(before);
    let every = CaseQuery { open_only: false, unit: None, changed_since, limit: usize::MAX };
    for head in store.cases(scope, every).await? {
        stats.add(&load_case(store, scope, head.case).await?.facts);
    }
    Ok(stats)
}

/// Well before the first moment of a day in Japan. The server heard of a case after its call, so that nothing of the day is
/// missed; days are left for clocks and for a call's time that somebody entered.
fn before(day: CivilDate) -> Option<Timestamp> {
    // Days since 1970 of the proleptic Gregorian calendar, whose years are begun in March, so that a leap day is the last.
    let (month, day_of_month) = (i64::from(day.month()), i64::from(day.day()));
    let year = i64::from(day.year()) - i64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day_of_month - 1;
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468;
    Some(Timestamp(days.checked_sub(2)?.checked_mul(DAY_US)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_two_days_after_what_is_left_out() {
        for text in ["1970-01-01", "2000-02-29", "2024-03-01", "2026-11-29", "2026-12-31"] {
            let day = CivilDate::try_from(text.to_owned()).unwrap_or_else(|error| panic!("{error}"));
            let found = before(day).map(|at| at.plus_us(2 * DAY_US)).and_then(Timestamp::tokyo_date);
            assert_eq!(found, Some(day));
        }
    }
}
