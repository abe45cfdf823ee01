//! A hospital's weekly pattern: what is usual, by category and hour of the week. It speaks when nobody said anything newer.

use crate::board::DESK;
use crate::call::Call;
use crate::error::UseCaseError;
use crate::principal::Principal;
use crate::store::{Filings, Ledger};
use core::fmt;
use hospital_selection::params::LEVEL_MINUTES;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use model::time::MINUTE_US;
use model::{Capability, HospitalId, Timestamp};

/// Hours of a week.
pub const WEEK_HOURS: usize = 7 * 24;

/// The level of each hour of the week, from Monday 0:00 in Japan; none = nothing is usual. Public holidays are not told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WeekLevels([Option<CapacityState>; WEEK_HOURS]);

impl Default for WeekLevels {
    fn default() -> Self {
        Self([None; WEEK_HOURS])
    }
}

impl fmt::Debug for WeekLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WeekLevels({})", self.text())
    }
}

impl WeekLevels {
    /// The level of an hour.
    #[must_use]
    pub fn level(&self, hour_of_week: usize) -> Option<CapacityState> {
        self.0.get(hour_of_week).copied().flatten()
    }

    /// Sets hours; what is no level, and hours after the week's end, are passed over.
    pub fn set(&mut self, hours: core::ops::Range<usize>, level: Option<CapacityState>) {
        let level = level.filter(|level| level.is_level());
        for slot in self.0.get_mut(hours).into_iter().flatten() {
            *slot = level;
        }
    }

    /// Monday's hours for the other days until Friday.
    pub fn copy_monday(&mut self) {
        for day in 1..5 {
            self.0.copy_within(0..24, day * 24);
        }
    }

    /// The level at a time, and when it ends: at the first hour with another one, a week at most.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Option<(CapacityState, Timestamp)> {
        let hour = usize::from(now.tokyo_hour_of_week());
        let level = self.level(hour)?;
        let same = (1..WEEK_HOURS).take_while(|n| self.level((hour + n) % WEEK_HOURS) == Some(level)).count();
        // Japan is nine whole hours ahead: its hours begin when those of UTC do.
        let began = now.plus_us(-now.0.rem_euclid(60 * MINUTE_US));
        let hours = i64::try_from(same.saturating_add(1)).unwrap_or_default();
        Some((level, began.plus_minutes(hours.saturating_mul(60))))
    }

    /// One letter an hour: `2` ◎, `1` ○, `0` ×, `.` nothing.
    #[must_use]
    pub fn text(&self) -> String {
        let letter = |level: &Option<CapacityState>| match level {
            Some(CapacityState::Free) => '2',
            Some(CapacityState::Limited) => '1',
            Some(_) => '0',
            None => '.',
        };
        self.0.iter().map(letter).collect()
    }

    /// From [`Self::text`]; none = it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut levels = Self::default();
        if text.chars().count() != WEEK_HOURS {
            return None;
        }
        for (slot, letter) in levels.0.iter_mut().zip(text.chars()) {
            *slot = match letter {
                '2' => Some(CapacityState::Free),
                '1' => Some(CapacityState::Limited),
                '0' => Some(CapacityState::Full),
                '.' => None,
                _ => return None,
            };
        }
        Some(levels)
    }
}

/// A pattern of one hospital, for the whole of it or one capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Whose.
    pub hospital: HospitalId,
    /// Of what; none = of the whole hospital.
    pub capability: Option<Capability>,
    /// When it was filed.
    pub at: Timestamp,
    /// What.
    pub levels: WeekLevels,
}

/// What a desk changes in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeekChange {
    /// These hours get this level.
    Set(core::ops::Range<usize>, Option<CapacityState>),
    /// Monday's hours for the other weekdays.
    CopyMonday,
}

/// A desk changes its hospital's pattern; it speaks at once where nothing newer does.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for anybody but a desk.
pub async fn change_week<S: Filings + Ledger>(
    store: &S,
    call: &Call<'_>,
    principal: &Principal,
    capability: Option<Capability>,
    change: WeekChange,
) -> Result<(), UseCaseError> {
    let what = "filing a weekly pattern";
    principal.require_any(DESK, what)?;
    let hospital = principal.require_hospital(what)?;
    let at = call.now();
    let known = store.weeks(Some(hospital)).await?.into_iter().find(|week| week.capability == capability);
    let mut levels = known.map(|week| week.levels).unwrap_or_default();
    match change {
        WeekChange::Set(hours, level) => levels.set(hours, level),
        WeekChange::CopyMonday => levels.copy_monday(),
    }
    let week = Week { hospital, capability, at, levels };
    store.file_week(week).await?;
    speak(store, &[week], at).await
}

/// Lets every pattern speak whose hour has come: where nothing was said, or what was said is over.
///
/// # Errors
/// A failure of the store.
pub async fn speak_patterns<S: Filings + Ledger>(store: &S, now: Timestamp) -> Result<(), UseCaseError> {
    let weeks = store.weeks(None).await?;
    speak(store, &weeks, now).await
}

async fn speak<S: Ledger>(store: &S, weeks: &[Week], now: Timestamp) -> Result<(), UseCaseError> {
    if weeks.is_empty() {
        return Ok(());
    }
    let known = store.capacity().await?;
    for report in due(weeks, &known, now) {
        store.report_capacity(report).await?;
    }
    Ok(())
}

/// What the patterns say now that was not said yet.
fn due(weeks: &[Week], known: &[CapacityReport], now: Timestamp) -> Vec<CapacityReport> {
    let said = |week: &Week| {
        known.iter().find(|report| (report.hospital, report.capability) == (week.hospital, week.capability))
    };
    weeks.iter().filter_map(|week| news(week, said(week), now)).collect()
}

fn news(week: &Week, said: Option<&CapacityReport>, now: Timestamp) -> Option<CapacityReport> {
    let usual = week.levels.at(now);
    let standing = said.filter(|report| speaks(report, now));
    let filed = |state, until| CapacityReport {
        hospital: week.hospital,
        capability: week.capability,
        state,
        at: now,
        source: CapacitySource::Filed,
        until: Some(until),
    };
    match (standing, usual) {
        (Some(report), _) if report.source != CapacitySource::Filed => None,
        (Some(report), Some((level, until))) if (report.state, report.until) == (level, Some(until)) => None,
        (_, Some((level, until))) => Some(filed(level, until)),
        // The hours were cleared: what the pattern said ends now.
        (Some(report), None) => Some(filed(report.state, now)),
        (None, None) => None,
    }
}

/// Whether a report stands against a pattern. A level without an end of its own gives way after [`LEVEL_MINUTES`].
fn speaks(report: &CapacityReport, now: Timestamp) -> bool {
    let endless = report.state.is_level() && report.until.is_none();
    report.holds(now) && !(endless && report.at.age_minutes(now) >= LEVEL_MINUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 is a Friday; 10:33 in Japan.
    const NOW: Timestamp = Timestamp::from_millis(1_795_138_380_000);
    const FRIDAY_10: usize = 4 * 24 + 10;
    const HOSPITAL: HospitalId = HospitalId::from_bytes([1; 16]);

    fn pattern(hours: core::ops::Range<usize>, level: CapacityState) -> Week {
        let mut levels = WeekLevels::default();
        levels.set(hours, Some(level));
        Week { hospital: HOSPITAL, capability: None, at: NOW, levels }
    }

    fn typed(minutes_ago: i64, until: Option<Timestamp>) -> CapacityReport {
        CapacityReport {
            hospital: HOSPITAL,
            capability: None,
            state: CapacityState::Free,
            at: NOW.plus_minutes(-minutes_ago),
            source: CapacitySource::Desk,
            until,
        }
    }

    #[test]
    fn a_level_lasts_until_the_first_hour_with_another_one_also_over_the_end_of_the_week() {
        let week = pattern(FRIDAY_10..FRIDAY_10 + 2, CapacityState::Limited);
        assert_eq!(week.levels.at(NOW), Some((CapacityState::Limited, NOW.plus_minutes(-33 + 120))));
        assert_eq!(week.levels.at(NOW.plus_minutes(90)), None);
        let sunday_23 = NOW.plus_minutes(-33 + 60 * (2 * 24 + 13));
        let mut round = pattern(WEEK_HOURS - 1..WEEK_HOURS, CapacityState::Full);
        round.levels.set(0..3, Some(CapacityState::Full));
        assert_eq!(round.levels.at(sunday_23), Some((CapacityState::Full, sunday_23.plus_minutes(4 * 60))));
        let always = pattern(0..WEEK_HOURS, CapacityState::Free);
        assert_eq!(always.levels.at(NOW), Some((CapacityState::Free, NOW.plus_minutes(-33 + 7 * 24 * 60))));
    }

    #[test]
    fn a_week_is_read_as_it_was_written() {
        let mut week = pattern(0..5, CapacityState::Free).levels;
        week.set(5..9, Some(CapacityState::Limited));
        week.set(9..12, Some(CapacityState::Full));
        week.set(12..13, Some(CapacityState::Down));
        week.copy_monday();
        assert_eq!((week.level(4 * 24 + 6), week.level(5 * 24 + 6)), (Some(CapacityState::Limited), None));
        assert_eq!(week.level(12), None, "a stop is no level");
        assert_eq!(WeekLevels::parse(&week.text()), Some(week));
        assert_eq!(WeekLevels::parse("2"), None);
        assert_eq!(WeekLevels::parse(&"x".repeat(WEEK_HOURS)), None);
    }

    #[test]
    fn the_pattern_speaks_when_nothing_newer_does() {
        let weeks = [pattern(FRIDAY_10..FRIDAY_10 + 2, CapacityState::Full)];
        let until = NOW.plus_minutes(-33 + 120);
        let states = |known: &[CapacityReport], now| {
            due(&weeks, known, now).iter().map(|r| (r.state, r.source, r.at, r.until)).collect::<Vec<_>>()
        };
        let filed = [(CapacityState::Full, CapacitySource::Filed, NOW, Some(until))];
        assert_eq!(states(&[], NOW), filed);
        assert_eq!(states(&[typed(30, Some(NOW.plus_minutes(90)))], NOW), [], "what was typed stands");
        assert_eq!(states(&[typed(120, Some(NOW))], NOW), filed, "it is over");
        assert_eq!(states(&[typed(119, None)], NOW), [], "a machine's word");
        assert_eq!(states(&[typed(120, None)], NOW), filed);
        let stop = CapacityReport { state: CapacityState::Down, ..typed(200, Some(NOW.plus_minutes(1))) };
        assert_eq!(states(&[stop], NOW), [], "a stop has its own end");
        let said = due(&weeks, &[], NOW);
        assert_eq!(states(&said, NOW.plus_minutes(20)), [], "once is enough");
        assert_eq!(states(&said, until), [], "after its hours it says nothing");
        let cleared = [Week { levels: WeekLevels::default(), ..pattern(0..1, CapacityState::Free) }];
        let ended = due(&cleared, &said, NOW.plus_minutes(1));
        assert!(ended.len() == 1 && ended.iter().all(|report| !report.holds(NOW.plus_minutes(1))), "{ended:?}");
    }
}
