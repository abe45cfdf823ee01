//! The report of `sim policies`.

use super::choices::{Row, rows};
use super::days::{DAYS, Figure, beside};
use super::point::Policy;
use crate::engine::stats::Estimate;
use crate::report::{Axis, Bars, Cell, Report, ScenarioText, Section, Spread, Table, Verdict};
use crate::scenario::Scenario;
use crate::world::{ChoicePoint, Tally};

/// Transports a day: 6,641,420 persons in 2023 (消防白書 令和6年版) over 365 days.
const TRANSPORTS_A_DAY: f64 = 6_641_420.0 / 365.0;
/// Share of transports that are 転院搬送 (2023): their hospital is agreed before the call, nothing is chosen.
const TRANSFERS: f64 = 0.0832;
/// Minutes in an hour.
const HOUR: f64 = 60.0;

/// What was found.
pub(super) struct Found {
    pub(super) points: Vec<ChoicePoint>,
    /// By policy of [`DAYS`], replications.
    pub(super) days: Vec<Vec<Tally>>,
}

pub(super) fn report(scenario: &Scenario, text: String, found: &Found) -> Report {
    let mut report = Report::new(format!("Ways to choose a hospital: {}", scenario.name), Some(scenario.seed));
    report.scenario = Some(ScenarioText { name: scenario.name.clone(), text });
    assume(&mut report);
    if !scenario.area.prefectures.is_empty() {
        report
            .assume("The scenario is a part of Japan; what it would save in the whole is as if the rest were like it.");
    }
    let (all, count) = rows(found.points.iter());
    let of = |policy: Policy| all.iter().find(|row| row.policy == policy);
    for simpler in [Policy::Nearest, Policy::Likeliest, Policy::Random] {
        if let Some(row) = of(simpler) {
            let name = format!("minutes to the treatment above the product: {}", simpler.name());
            report.verdict(at_least_0(name, &row.above_product));
        }
    }
    if let (Some(product), Some(index)) = (of(Policy::Product), of(Policy::TrueIndex)) {
        let half = |estimate: &Estimate| (estimate.mean, estimate.half_width.unwrap_or(0.0));
        report.estimate("regret of the product (above L2)", half(&product.regret), "min");
        let avoidable = (-index.above_product.mean, index.above_product.half_width.unwrap_or(0.0));
        report.estimate("of it avoidable: above L1, which knows the true p", avoidable, "min");
        report.estimate("price of information: L1 above L2", half(&index.regret), "min");
    }
    report.section(choices("At the choice", &all, count, true));
    let (serious, many) = rows(found.points.iter().filter(|point| point.serious));
    report.section(choices("At the choice, 重症以上", &serious, many, false));
    let (known, some) = rows(found.points.iter().filter(|point| point.known));
    report.section(choices(
        "At the choice, where a card was read and a hospital in sight knows the patient",
        &known,
        some,
        false,
    ));
    if found.days.len() > 1 {
        report.section(days(found));
    }
    report.section(saving(&all, found));
    report
}

fn assume(report: &mut Report) {
    for sentence in [
        "Answers of hospitals are drawn from the model of docs/simulator.md, fitted to the enquiries of serious cases in 2023; no answer is a real hospital's.",
        "At the choice the world stands still: probabilities and drives are those of the first enquiry, the one of a later enquiry is lower as fitted.",
        "Minutes to the treatment are minutes of asking and the product's v (drive with its risk, door to treatment, load, \
         missing capabilities, a hospital that knows the patient); \
         whoever chooses, the same v is paid. It contains constants that are assumptions ([A] in hospital-selection's params).",
        "A patient who is known at a hospital in sight pays the v with that advantage whether or not the policy sees the history.",
        "Stations are synthetic, the nearest free unit is sent.",
    ] {
        report.assume(sentence);
    }
}

/// The product may not cost more than a simpler policy; less than the half-width is told and not failed.
fn at_least_0(name: String, above: &Estimate) -> Verdict {
    let half = above.half_width.unwrap_or(0.0);
    let spread = Spread {
        median: above.mean,
        least: above.mean - half,
        most: above.mean + half,
        rounds: u32::try_from(above.n).unwrap_or(u32::MAX),
    };
    Verdict::at_least(name, above.mean, 0.0, "min")
        .with_spread(spread)
        .with_note("The spread is the interval of 95 % over choices.")
}

fn choices(title: &str, rows: &[Row], count: usize, drawn: bool) -> Section {
    let columns = [
        ("policy", ""),
        ("to the treatment", "min"),
        ("±", "min"),
        ("regret above L2", "min"),
        ("± ", "min"),
        ("above the product", "min"),
        ("±  ", "min"),
        ("enquiries", ""),
        ("asking", "min"),
        ("four and more", "%"),
        ("last resort", "%"),
    ];
    let mut table = Table::new("", columns)
        .with_note("From the first enquiry. ± is the 95 % half-width over cases; differences are paired: all policies meet the same answers.");
    for row in rows {
        let half = |estimate: &Estimate| Cell::from(estimate.half_width.unwrap_or(f64::NAN));
        table.row([
            Cell::from(row.policy.name()),
            row.minutes.mean.into(),
            half(&row.minutes),
            row.regret.mean.into(),
            half(&row.regret),
            row.above_product.mean.into(),
            half(&row.above_product),
            row.enquiries.into(),
            row.asking.into(),
            (row.four * 100.0).into(),
            (row.last_resort * 100.0).into(),
        ]);
    }
    let section = Section::new(title).text(format!("{count} choices."));
    if !drawn {
        return section.table(table);
    }
    let names = rows.iter().map(|row| row.policy.short().to_owned()).collect();
    let bars = Bars::new("Regret", "policy", Axis::new("minutes above L2", "min"), names)
        .series("mean", rows.iter().map(|row| row.regret.mean));
    section.bars(bars).table(table)
}

fn days(found: &Found) -> Section {
    let columns: Vec<(&str, &str)> =
        std::iter::once(("policy", "")).chain(Figure::ALL.iter().map(|figure| figure.name())).collect();
    let mut means = Table::new("Means", columns.iter().copied());
    let mut apart = Table::new(
        "Difference from the product, ± the 95 % half-width over replications",
        columns.iter().copied(),
    )
    .with_note(
        "Paired by replication: the same calls, services and answers. Enquiries of all transports without transfers.",
    );
    let Some(product) = found.days.first() else { return Section::new("In the whole day") };
    for (day, tallies) in DAYS.iter().zip(&found.days) {
        let figures: Vec<(f64, Estimate)> =
            Figure::ALL.iter().map(|figure| beside(product, tallies, *figure)).collect();
        means.row(std::iter::once(Cell::from(day.name)).chain(figures.iter().map(|(mean, _)| Cell::from(*mean))));
        let difference = |(_, estimate): &(f64, Estimate)| {
            let half = estimate.half_width.map_or_else(String::new, |half| format!(" ± {half:.3}"));
            Cell::from(format!("{:+.3}{half}", estimate.mean))
        };
        apart.row(std::iter::once(Cell::from(day.name)).chain(figures.iter().map(difference)));
    }
    Section::new("In the whole day")
        .text(format!("{} replications of every policy.", product.len()))
        .table(means)
        .table(apart)
}

fn saving(rows: &[Row], found: &Found) -> Section {
    let chosen = TRANSPORTS_A_DAY * (1.0 - TRANSFERS);
    let mut table = Table::new(
        "What the product saves a day in the whole of Japan",
        [("beside", ""), ("a transport", "min"), ("±", "min"), ("Japan, a day", "h"), ("± ", "h")],
    )
    .with_note(format!(
        "{chosen:.0} transports a day whose hospital is chosen: 6,641,420 in 2023 over 365 days, less 8.3 % transfers. Minutes to the treatment at the \
         choice, then hours that a crew works less in the whole day. If every department chose by the policy beside, and every one by the product."
    ));
    let mut row = |name: String, minutes: &Estimate, transports: f64| {
        let half = minutes.half_width.unwrap_or(f64::NAN);
        let hours = transports / HOUR;
        table.row([
            Cell::from(name),
            minutes.mean.into(),
            half.into(),
            (minutes.mean * hours).into(),
            (half * hours).into(),
        ]);
    };
    for policy in [Policy::Nearest, Policy::Likeliest, Policy::WithoutHistory] {
        if let Some(found) = rows.iter().find(|row| row.policy == policy) {
            row(format!("{}: minutes of patients to the treatment", policy.name()), &found.above_product, chosen);
        }
    }
    if let Some(product) = found.days.first() {
        for (day, tallies) in DAYS.iter().zip(&found.days).skip(1) {
            let (_, apart) = beside(product, tallies, Figure::Whole);
            row(format!("{}: minutes of crews, call to handover", day.name), &apart, TRANSPORTS_A_DAY);
        }
    }
    Section::new("What it would save").table(table)
}
