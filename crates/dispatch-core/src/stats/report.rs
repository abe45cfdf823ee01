//! The report as a file, format `stats/1`.

use super::choice::{EnquiriesRow, HospitalRow, OverridesRow, ReadCost, UnitRow};
use super::durations::Samples;
use super::{FunnelStep, Interval, Stats, What};
use serde::Serialize;

/// What a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReportScope {
    /// The department's name; none for the whole installation.
    pub department: Option<String>,
    /// The first day, `YYYY-MM-DD`; none for "from the beginning".
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// 訓練.
    pub training: bool,
}

/// One time of a group of cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntervalRow {
    /// `on_scene_to_at_patient` …
    pub interval: &'static str,
    /// The heading of the published table.
    pub ja: &'static str,
    /// Cases in which it could be measured.
    pub n: u64,
    /// Mean, whole seconds.
    pub mean_s: Option<i64>,
    /// Median, whole seconds.
    pub median_s: Option<i64>,
    /// Mean as it is published, `20:29`.
    pub mean: Option<String>,
    /// Median in the same form.
    pub median: Option<String>,
}

/// One line of the published table: a group of cases and its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StageTable {
    /// `all`, `card_read`, `card_not_read`, `viewed`, `not_viewed`.
    pub group: &'static str,
    /// For people.
    pub ja: &'static str,
    /// Transported cases.
    pub n: u64,
    /// The four times.
    pub intervals: Vec<IntervalRow>,
    /// Times left out because a clock's offset was unknown.
    pub uncertain: u64,
    /// Times left out because they are negative or longer than a day.
    pub implausible: u64,
}

/// One step of the funnel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunnelRow {
    /// `asked` …
    pub step: &'static str,
    /// For people.
    pub ja: &'static str,
    /// Transported cases that passed it and every step before.
    pub n: u64,
}

/// A reason for which something ended otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonRow {
    /// The code.
    pub code: String,
    /// Events with it.
    pub events: u64,
    /// Cases in which it stood at least once.
    pub cases: u64,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatsReport {
    /// `stats/1`.
    pub format: &'static str,
    /// What it is about.
    pub scope: ReportScope,
    /// Cases that ended with a transport: everything below is about them.
    pub transported: u64,
    /// Of them, training cases.
    pub training_cases: u64,
    /// Cases that ended without a transport (不搬送).
    pub not_transported: u64,
    /// Cases still open: not counted below.
    pub open: u64,
    /// The published table.
    pub stages: Vec<StageTable>,
    /// The funnel.
    pub funnel: Vec<FunnelRow>,
    /// Transported cases whose history was viewed without a card (by other means of identity).
    pub viewed_without_card: u64,
    /// Readings that ended otherwise, by code.
    pub readings_ended: Vec<ReasonRow>,
    /// Look-ups that ended otherwise, by code.
    pub lookups_ended: Vec<ReasonRow>,
    /// Consents that are none, or could not be obtained, by code.
    pub consents_otherwise: Vec<ReasonRow>,
    /// What reading cost.
    pub read_cost: ReadCost,
    /// What was asked of hospitals.
    pub enquiries: EnquiriesRow,
    /// Other hospitals than the first of the list.
    pub overrides: OverridesRow,
    /// By hospital, in the order of ids.
    pub hospitals: Vec<HospitalRow>,
    /// By the unit that reached the patient first, in the order of ids.
    pub units: Vec<UnitRow>,
}

pub(super) fn report(stats: &Stats, scope: ReportScope) -> StatsReport {
    let none = Samples::default();
    let of = |groups: &std::collections::BTreeMap<bool, Samples>, key: bool| groups.get(&key).cloned();
    let group = |group, ja, samples: Option<Samples>| table(group, ja, samples.as_ref().unwrap_or(&none));
    let funnel = FunnelStep::ALL.into_iter().map(|step| FunnelRow {
        step: step.key(),
        ja: step.ja(),
        n: stats.funnel.get(&step).copied().unwrap_or(0),
    });
    StatsReport {
        format: "stats/1",
        scope,
        transported: stats.transported,
        training_cases: stats.training,
        not_transported: stats.not_transported,
        open: stats.open,
        stages: vec![
            table("all", "全体", &stats.all),
            group("card_read", "カード読取あり", of(&stats.by_read, true)),
            group("card_not_read", "カード読取なし", of(&stats.by_read, false)),
            group("viewed", "情報閲覧あり", of(&stats.by_view, true)),
            group("not_viewed", "情報閲覧なし", of(&stats.by_view, false)),
        ],
        funnel: funnel.collect(),
        viewed_without_card: stats.viewed_without_card,
        readings_ended: reasons(stats, What::Reading),
        lookups_ended: reasons(stats, What::Lookup),
        consents_otherwise: reasons(stats, What::Consent),
        read_cost: stats.choices.read_cost(scene_difference(stats)),
        enquiries: stats.choices.enquiries(),
        overrides: stats.choices.overrides(),
        hospitals: stats.choices.hospitals(),
        units: stats.choices.units(),
    }
}

/// Seconds that cases with a reading stayed longer on scene, in the mean; none while one of the groups has no time.
fn scene_difference(stats: &Stats) -> Option<i64> {
    let mean = |read| stats.by_read.get(&read)?.summary(Interval::SceneToDeparture).1.map(|(mean, _)| mean);
    Some(whole_seconds(mean(true)?.saturating_sub(mean(false)?)))
}

fn reasons(stats: &Stats, what: What) -> Vec<ReasonRow> {
    let of = stats.reasons.iter().filter(|((w, _), _)| *w == what);
    of.map(|((_, code), r)| ReasonRow { code: code.clone(), events: r.events, cases: r.cases }).collect()
}

fn table(group: &'static str, ja: &'static str, samples: &Samples) -> StageTable {
    let row = |interval: Interval| {
        let (n, summary) = samples.summary(interval);
        let seconds = summary.map(|(mean, median)| (whole_seconds(mean), whole_seconds(median)));
        IntervalRow {
            interval: interval.key(),
            ja: interval.ja(),
            n,
            mean_s: seconds.map(|(mean, _)| mean),
            median_s: seconds.map(|(_, median)| median),
            mean: seconds.map(|(mean, _)| minutes(mean)),
            median: seconds.map(|(_, median)| minutes(median)),
        }
    };
    StageTable {
        group,
        ja,
        n: samples.cases,
        intervals: Interval::ALL.into_iter().map(row).collect(),
        uncertain: samples.uncertain,
        implausible: samples.implausible,
    }
}

/// Half a second rounds up.
fn whole_seconds(us: i64) -> i64 {
    us.saturating_add(500_000).div_euclid(1_000_000)
}

/// `20:29`; minutes go on beyond an hour, as in the published table.
fn minutes(seconds: i64) -> String {
    format!("{}:{:02}", seconds.div_euclid(60), seconds.rem_euclid(60))
}

impl StatsReport {
    /// The published table and the funnel for a person's eyes.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut text =
            format!("搬送 {}件（不搬送 {}件、継続中 {}件）\n", self.transported, self.not_transported, self.open);
        for table in &self.stages {
            text.push_str(&format!("{}\tn={}", table.ja, table.n));
            for row in &table.intervals {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
                text.push_str(&format!("\t{} {}（中央値{}）", row.ja, shown(&row.mean), shown(&row.median)));
            }
            text.push('\n');
        }
        let steps: Vec<String> = self.funnel.iter().map(|row| format!("{} {}", row.ja, row.n)).collect();
        text.push_str(&format!("{}\n", steps.join(" → ")));
        for (ja, list) in
            [("読取", &self.readings_ended), ("照会", &self.lookups_ended), ("同意", &self.consents_otherwise)]
        {
            for reason in list {
                text.push_str(&format!("{ja}\t{}\t{}件（{}事案）\n", reason.code, reason.events, reason.cases));
            }
        }
        text
    }
}
