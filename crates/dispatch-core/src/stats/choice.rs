//! What the choice of hospitals cost: enquiries, other choices than the first of the list, each hospital and each unit.
//!
//! Hospitals and units stand in the order of their ids: nothing ranks hospitals by refusals (design/web.md §12).

use super::durations::{Interval, Measured};
use super::{FunnelStep, word};
use crate::limits::{DIFFICULT_ENQUIRIES, DIFFICULT_MINUTES};
use case::{Body, CardOutcome, CaseFacts, CaseView, EnquiryAnswer};
use model::time::MINUTE_US;
use model::{CivilDate, HospitalId, UnitId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Cases with more enquiries than this are counted together.
const MOST: usize = 11;

/// How many enquiries a case took, and how many cases took so many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnquiryCount {
    /// Enquiries; 11 stands for eleven and more.
    pub enquiries: usize,
    /// Cases.
    pub cases: u64,
}

/// What was asked of hospitals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnquiriesRow {
    /// All of them.
    pub sent: u64,
    /// How they spread over cases.
    pub by_case: Vec<EnquiryCount>,
    /// 搬送困難: four enquiries or more, and thirty minutes on scene or more.
    pub difficult: u64,
    /// The same by week, the oldest first; a week without a transport has no row.
    pub by_week: Vec<WeekRow>,
}

/// One week of calls, Monday to Sunday in Japan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WeekRow {
    /// Its Monday, `YYYY-MM-DD`.
    pub week: String,
    /// Transported cases.
    pub cases: u64,
    /// Of them, 搬送困難.
    pub difficult: u64,
}

/// The Monday of a day's week.
fn monday(day: CivilDate) -> CivilDate {
    // 1970 began on a Thursday.
    let since_monday = CivilDate::new(1970, 1, 1).map_or(0, |epoch| (day.days_since(epoch) + 3).rem_euclid(7));
    day.plus_days(-since_monday)
}

/// Another hospital than the first of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverridesRow {
    /// Cases with one.
    pub cases: u64,
    /// Why, by enquiry.
    pub reasons: Vec<OverrideRow>,
}

/// A reason for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OverrideRow {
    /// The code.
    pub code: String,
    /// For people.
    pub ja: &'static str,
    /// Enquiries.
    pub enquiries: u64,
}

/// What reading the card cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadCost {
    /// Readings that ended as read.
    pub readings: u64,
    /// Their median, milliseconds.
    pub median_ms: Option<u32>,
    /// Nine of ten were done within, milliseconds.
    pub p90_ms: Option<u32>,
    /// Mean time on scene of cases with a reading less that of cases without, seconds. It is no effect of reading alone: who
    /// can be read is older, at home, and able to talk.
    pub scene_difference_s: Option<i64>,
}

/// One hospital.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HospitalRow {
    /// Its id.
    pub hospital: String,
    /// Its name, where the caller knows it.
    pub name: Option<String>,
    /// Enquiries to it.
    pub asked: u64,
    /// 受入可
    pub accepted: u64,
    /// 条件付き
    pub conditional: u64,
    /// 不可
    pub declined: u64,
    /// Without an answer.
    pub unanswered: u64,
    /// Median seconds to an answer on its page.
    pub answer_median_s: Option<i64>,
    /// Patients who were brought there.
    pub destinations: u64,
}

/// One unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnitRow {
    /// Its id.
    pub unit: String,
    /// Its name on the radio, as the cases last said it.
    pub callsign: String,
    /// Transports.
    pub transported: u64,
    /// Of them, with a card read.
    pub read: u64,
    /// Of them, with the history on screen.
    pub viewed: u64,
    /// Of them, with another hospital than the first of the list.
    pub overridden: u64,
    /// Enquiries.
    pub enquiries: u64,
    /// Mean seconds on scene.
    pub scene_mean_s: Option<i64>,
}

/// Sums over cases.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    sent: u64,
    by_case: BTreeMap<usize, u64>,
    difficult: u64,
    /// Cases and difficult ones by the Monday of their week.
    weeks: BTreeMap<CivilDate, (u64, u64)>,
    overridden: u64,
    reasons: BTreeMap<String, (&'static str, u64)>,
    took_ms: Vec<u32>,
    hospitals: BTreeMap<HospitalId, (HospitalRow, Vec<i64>)>,
    units: BTreeMap<UnitId, (UnitRow, Vec<i64>)>,
}

impl Choices {
    /// Adds a transported case.
    pub(super) fn add(
        &mut self,
        facts: &CaseFacts,
        view: &CaseView,
        day: CivilDate,
        measured: &BTreeMap<Interval, Measured>,
        reached: &BTreeSet<FunnelStep>,
    ) {
        let count = view.enquiries.len();
        self.sent += u64::try_from(count).unwrap_or(u64::MAX);
        *self.by_case.entry(count.min(MOST)).or_default() += 1;
        let scene = match measured.get(&Interval::SceneToDeparture) {
            Some(Measured::Took(us)) => Some(*us),
            _ => None,
        };
        let is_long = scene.is_some_and(|us| us >= DIFFICULT_MINUTES * MINUTE_US);
        let is_difficult = u64::from(count >= DIFFICULT_ENQUIRIES && is_long);
        self.difficult += is_difficult;
        let (cases, difficult) = self.weeks.entry(monday(day)).or_default();
        (*cases, *difficult) = (*cases + 1, *difficult + is_difficult);
        let chosen: Vec<_> = view.enquiries.values().filter_map(|enquiry| enquiry.override_reason).collect();
        self.overridden += u64::from(!chosen.is_empty());
        for reason in &chosen {
            let code = word(reason).unwrap_or_default();
            self.reasons.entry(code).or_insert((reason.ja(), 0)).1 += 1;
        }
        self.took_ms.extend(facts.iter().filter_map(|fact| match fact.event.body {
            Body::CardRead { outcome: CardOutcome::Read, took_ms } => Some(took_ms),
            _ => None,
        }));
        self.add_hospitals(view);
        self.add_unit(view, scene, reached, !chosen.is_empty());
    }

    fn add_hospitals(&mut self, view: &CaseView) {
        for enquiry in view.enquiries.values() {
            let (row, seconds) = self.hospitals.entry(enquiry.hospital).or_default();
            row.asked += 1;
            match enquiry.answer.as_ref().map(|(answer, _)| answer) {
                Some(EnquiryAnswer::Accepted) => row.accepted += 1,
                Some(EnquiryAnswer::Conditional { .. }) => row.conditional += 1,
                Some(EnquiryAnswer::Declined(_)) => row.declined += 1,
                Some(EnquiryAnswer::NoAnswer) | None => row.unanswered += 1,
            }
            let by_page = !enquiry.by_telephone && !matches!(enquiry.answer, Some((EnquiryAnswer::NoAnswer, _)));
            if let Some((_, at)) = enquiry.answer.as_ref().filter(|_| by_page) {
                seconds.push(at.since_us(enquiry.sent_at).max(0).div_euclid(1_000_000));
            }
        }
        if let Some(destination) = view.destination() {
            self.hospitals.entry(destination.hospital).or_default().0.destinations += 1;
        }
    }

    /// The unit that reached the patient first.
    fn add_unit(&mut self, view: &CaseView, scene: Option<i64>, reached: &BTreeSet<FunnelStep>, overridden: bool) {
        let Some((unit, callsign)) = view.units.values().next().and_then(|units| units.first()) else { return };
        let (row, seconds) = self.units.entry(*unit).or_default();
        row.callsign.clone_from(callsign);
        row.transported += 1;
        row.read += u64::from(reached.contains(&FunnelStep::Read));
        row.viewed += u64::from(reached.contains(&FunnelStep::Viewed));
        row.overridden += u64::from(overridden);
        row.enquiries += u64::try_from(view.enquiries.len()).unwrap_or(u64::MAX);
        seconds.extend(scene.map(|us| us.div_euclid(1_000_000)));
    }

    pub(super) fn enquiries(&self) -> EnquiriesRow {
        let by_case =
            self.by_case.iter().map(|(enquiries, cases)| EnquiryCount { enquiries: *enquiries, cases: *cases });
        let by_week = self.weeks.iter().map(|(monday, (cases, difficult))| WeekRow {
            week: monday.to_string(),
            cases: *cases,
            difficult: *difficult,
        });
        EnquiriesRow {
            sent: self.sent,
            by_case: by_case.collect(),
            difficult: self.difficult,
            by_week: by_week.collect(),
        }
    }

    pub(super) fn overrides(&self) -> OverridesRow {
        let reasons = self.reasons.iter().map(|(code, (ja, enquiries))| OverrideRow {
            code: code.clone(),
            ja,
            enquiries: *enquiries,
        });
        OverridesRow { cases: self.overridden, reasons: reasons.collect() }
    }

    pub(super) fn read_cost(&self, scene_difference_s: Option<i64>) -> ReadCost {
        let mut took = self.took_ms.clone();
        took.sort_unstable();
        // The smallest value that so many hundredths do not exceed.
        let at = |hundredth: usize| took.get((took.len() * hundredth).div_ceil(100).saturating_sub(1)).copied();
        let readings = u64::try_from(took.len()).unwrap_or(u64::MAX);
        ReadCost { readings, median_ms: at(50), p90_ms: at(90), scene_difference_s }
    }

    pub(super) fn hospitals(&self) -> Vec<HospitalRow> {
        let row = |(id, (row, seconds)): (&HospitalId, &(HospitalRow, Vec<i64>))| {
            let mut seconds = seconds.clone();
            seconds.sort_unstable();
            let median = seconds.get(seconds.len().saturating_sub(1) / 2).copied();
            HospitalRow { hospital: id.to_string(), answer_median_s: median, ..row.clone() }
        };
        self.hospitals.iter().map(row).collect()
    }

    pub(super) fn units(&self) -> Vec<UnitRow> {
        let row = |(id, (row, seconds)): (&UnitId, &(UnitRow, Vec<i64>))| {
            let n = i64::try_from(seconds.len()).ok().filter(|n| *n > 0);
            let mean = n.map(|n| seconds.iter().sum::<i64>().div_euclid(n));
            UnitRow { unit: id.to_string(), scene_mean_s: mean, ..row.clone() }
        };
        self.units.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_its_monday() {
        for (day, first) in [
            ("2026-11-29", "2026-11-23"),
            ("2026-11-30", "2026-11-30"),
            ("2027-01-03", "2026-12-28"),
            ("1969-12-31", "1969-12-29"),
        ] {
            let day = CivilDate::try_from(day.to_owned()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(monday(day).to_string(), first);
        }
    }
}
