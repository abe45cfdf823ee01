//! National figures: how many, when, how long, how many enquiries.

use super::row::Row;
use crate::engine::stats::{Estimate, Welford};
use crate::run::{Figures, published};
use crate::scenario::Scenario;
use crate::world::{Enquiries, Stretch, Tally};

/// Days of a year.
pub(super) const YEAR: f64 = 365.0;
/// Dispatches and persons transported in 2023.
const DISPATCHES: f64 = 7_638_558.0;
/// See [`DISPATCHES`].
pub(super) const TRANSPORTS: f64 = 6_641_420.0;
/// Mean minutes 2023: call to arrival, call to handover.
const MEANS: [(Stretch, f64); 2] = [(Stretch::Arrival, 10.0), (Stretch::Whole, 45.6)];
/// Mean minutes on scene 2024, all (67 departments).
const ON_SCENE: f64 = 18.0 + 29.0 / 60.0;
/// Places of the prefectures that are told apart: 東京都, 秋田県, 北海道.
const APART: [usize; 3] = [12, 4, 0];

const HAKUSHO: &str = "消防白書 令和6年版";
const GENKYO: &str = "救急・救助の現況 令和5年版";
const SURVEY: &str = "救急搬送における医療機関の受入れ状況等実態調査 令和5年中";
const REPORT: &str = "救急業務のあり方に関する検討会 令和6年度 図表1-33";

/// Tolerances are what a planner would still call the same \[A\]: 2 % of yearly sums, half a percentage point of a two-hour bin, 3 points of a
/// band, half a minute of the arrival, 5 % of longer times, 2 points of a share of enquiries.
mod tolerance {
    pub(super) const SUM: f64 = 0.02;
    pub(super) const HOUR: f64 = 0.5;
    pub(super) const BAND: f64 = 3.0;
    pub(super) const ARRIVAL: f64 = 0.5;
    pub(super) const TIME: f64 = 0.05;
    pub(super) const STAGE: f64 = 0.10;
    pub(super) const ENQUIRIES: f64 = 2.0;
}

/// Sums of a year and means.
pub(super) fn sums(f: &Figures, days: f64) -> Vec<Row> {
    let year = |of: &dyn Fn(&Tally) -> f64| {
        let day = f.over(|tally| of(tally) / days);
        Estimate { mean: day.mean * YEAR, half_width: day.half_width.map(|half| half * YEAR), n: day.n }
    };
    let mut rows = vec![
        row("dispatches in a year", DISPATCHES, year(&|t| t.calls as f64), "", DISPATCHES * tolerance::SUM, HAKUSHO),
        row(
            "persons transported in a year",
            TRANSPORTS,
            year(&|t| t.transports as f64),
            "",
            TRANSPORTS * tolerance::SUM,
            HAKUSHO,
        ),
    ];
    for (stretch, published) in MEANS {
        let tolerance = if stretch == Stretch::Arrival { tolerance::ARRIVAL } else { published * tolerance::TIME };
        rows.push(row(
            &format!("{} {}", stretch.ja(), stretch.en()),
            published,
            f.minutes(stretch),
            "min",
            tolerance,
            HAKUSHO,
        ));
    }
    rows.push(row(
        "現着→現発 on scene",
        ON_SCENE,
        f.minutes(Stretch::OnScene),
        "min",
        ON_SCENE * tolerance::TIME,
        REPORT,
    ));
    rows
}

/// Stages 2022 and bands of the arrival 2022.
pub(super) fn times(f: &Figures) -> Vec<Row> {
    let stages = [
        Stretch::Arrival,
        Stretch::Contact,
        Stretch::IntoVehicle,
        Stretch::InVehicle,
        Stretch::Drive,
        Stretch::Handover,
        Stretch::Whole,
    ];
    let mut rows = Vec::new();
    let [.., (_, means)] = published::STAGES;
    for (stretch, published) in stages.into_iter().zip(means) {
        let model = f.minutes(stretch);
        let name = format!("{} {}, 2022", stretch.ja(), stretch.en());
        // The model is of 2023: what became shorter since is judged above.
        let judged = !matches!(stretch, Stretch::Arrival | Stretch::Whole);
        rows.push(Row {
            tolerance: judged.then_some(published * tolerance::STAGE),
            ..row(&name, published, model, "min", 0.0, GENKYO)
        });
    }
    for (name, from, to, share) in published::ARRIVAL_BANDS {
        let within = |tally: &Tally| {
            let all = tally.stretches.first().map_or(&[][..], Vec::as_slice);
            let count = all.iter().filter(|minutes| (from..to).contains(*minutes)).count();
            count as f64 / all.len().max(1) as f64 * 100.0
        };
        rows.push(row(
            &format!("arrival in {name} min, 2022"),
            share * 100.0,
            f.over(within),
            "%",
            tolerance::BAND,
            GENKYO,
        ));
    }
    rows
}

/// Stages by size of department.
pub(super) fn sizes(f: &Figures) -> Vec<Row> {
    let stages = [Stretch::InVehicle, Stretch::Drive, Stretch::Whole];
    let mut rows = Vec::new();
    for (size, (name, means)) in published::STAGES.iter().take(5).enumerate() {
        for stretch in stages {
            let at = Stretch::ALL.iter().position(|s| *s == stretch).unwrap_or(0);
            let published = means.get(if stretch == Stretch::Whole { 6 } else { at }).copied().unwrap_or(f64::NAN);
            let model = welford(&f.by_size(size, stretch));
            let name = format!("{}, departments of {name}, 2022", stretch.ja());
            rows.push(Row { tolerance: None, ..row(&name, published, model, "min", 0.0, GENKYO) });
        }
    }
    rows
}

/// Calls by two hours.
pub(super) fn hours(f: &Figures, scenario: &Scenario) -> Vec<Row> {
    let whole_days = scenario.duration.us() % 86_400_000_000 == 0;
    let hour = |(bin, published): (usize, f64)| {
        let share = |t: &Tally| {
            let of_bin: u64 = t.hours.iter().skip(bin * 2).take(2).sum();
            of_bin as f64 / t.calls.max(1) as f64 * 100.0
        };
        let name = format!("calls from {} to {} o'clock, 2022", bin * 2, bin * 2 + 2);
        let one = row(&name, published * 100.0, f.over(share), "%", tolerance::HOUR, GENKYO);
        Row { tolerance: one.tolerance.filter(|_| whole_days), ..one }
    };
    published::HOURS.into_iter().enumerate().map(hour).collect()
}

/// Enquiries of serious cases: the nine prefectures together where all of Japan was run, and each that was.
pub(super) fn enquiries(f: &Figures, whole: bool) -> Vec<Row> {
    let nine = |t: &Tally| {
        let mut all = Enquiries::default();
        published::ENQUIRIES
            .iter()
            .filter_map(|(which, _)| t.prefectures.get(*which))
            .for_each(|p| all.merge(&p.serious));
        all
    };
    let sum = |k: usize| {
        published::ENQUIRIES.iter().filter_map(|(_, counts)| counts.get(k)).map(|n| f64::from(*n)).sum::<f64>()
    };
    let counts: Vec<f64> = (0..15).map(sum).collect();
    let from = |k: usize| counts.iter().skip(k).sum::<f64>();
    let mut rows = Vec::new();
    for k in 1..=5 {
        let published = counts.get(k - 1).copied().unwrap_or(f64::NAN) / from(k - 1) * 100.0;
        let name = format!("accepted at enquiry {k}, 重症以上, nine prefectures");
        rows.push(row(
            &name,
            published,
            f.over(|t| nine(t).accepted_at(k) * 100.0),
            "%",
            2.0 * tolerance::ENQUIRIES,
            SURVEY,
        ));
    }
    let published = from(3) / from(0) * 100.0;
    let model = f.over(|t| nine(t).share_from(4) * 100.0);
    rows.push(row(
        "four and more enquiries, 重症以上, nine prefectures",
        published,
        model,
        "%",
        tolerance::ENQUIRIES,
        SURVEY,
    ));
    if !whole {
        rows.clear();
    }
    for (which, _) in published::ENQUIRIES {
        let judged = |row: Row| Row { tolerance: row.tolerance.filter(|_| APART.contains(&which)), ..row };
        rows.extend(four_and_more(f, which).map(judged));
    }
    rows
}

fn four_and_more(f: &Figures, which: usize) -> Option<Row> {
    let (_, counts) = published::ENQUIRIES.iter().find(|(place, _)| *place == which)?;
    let total: f64 = counts.iter().map(|n| f64::from(*n)).sum();
    let seen: u64 = f.tallies.iter().filter_map(|t| t.prefectures.get(which)).map(|p| p.serious.total()).sum();
    if seen == 0 {
        return None;
    }
    let many: f64 = counts.iter().skip(3).map(|n| f64::from(*n)).sum();
    let model = f.over(|t| t.prefectures.get(which).map_or(0.0, |p| p.serious.share_from(4)) * 100.0);
    let name = format!("four and more enquiries, 重症以上, {}", crate::world::geography::PREFECTURES.get(which)?);
    Some(row(&name, many / total * 100.0, model, "%", tolerance::ENQUIRIES, SURVEY))
}

/// Minutes on scene with and without a read.
pub(super) fn cards(f: &Figures) -> Vec<Row> {
    let mut rows = Vec::new();
    for (at, (name, published)) in ["card read", "no card read"].iter().zip(published::ON_SCENE_BY_CARD).enumerate() {
        let model = f.over(|t| t.on_scene_by_card.get(at).map_or(f64::NAN, Welford::mean));
        // The model reads beside the enquiries, as the product does; the published reading came one after the other.
        let judged = (at == 1).then_some(published * tolerance::TIME);
        rows.push(Row {
            tolerance: judged,
            ..row(&format!("on scene, {name}, 2024"), published, model, "min", 0.0, REPORT)
        });
    }
    let [used, not] = published::ON_SCENE_BY_CARD;
    let extra = f.over(|t| t.on_scene_by_card[0].mean() - t.on_scene_by_card[1].mean());
    let name = "what a reading adds on scene (published: who is read differs from who is not)";
    rows.push(Row { tolerance: None, ..row(name, used - not, extra, "min", 0.0, REPORT) });
    rows
}

pub(super) fn row(
    name: &str,
    published: f64,
    model: Estimate,
    unit: &'static str,
    tolerance: f64,
    source: &'static str,
) -> Row {
    Row { name: name.to_owned(), published, model, unit, tolerance: Some(tolerance), source }
}

/// The mean of single cases; their half-width would be too narrow, as those of a day are alike.
pub(super) fn welford(all: &Welford) -> Estimate {
    Estimate { mean: all.mean(), half_width: None, n: all.count() }
}
