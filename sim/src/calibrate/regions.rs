//! Prefectures, hospitals and departments: many figures each, judged together.

use super::departments::Found;
use super::national::{YEAR, welford};
use crate::engine::stats::Quantiles;
use crate::report::{Axis, Cell, Plot, Report, Section, Series, Table, Verdict};
use crate::run::Figures;
use crate::world::OfMunicipality;
use crate::world::geography::{Geography, PREFECTURES};
use hospital_selection::HospitalTable;

/// A prefecture is off when its transports are by more than this part, and by more than three standard errors of the count \[A\].
const PREFECTURE_OFF: f64 = 0.05;
/// Half the sum of differences of hospitals' shares, most \[A\]: so large a part of all patients is taken elsewhere than in life.
const HOSPITALS_APART: f64 = 0.35;
/// Hospitals of the table that are shown.
const SHOWN: usize = 25;
/// Median over departments of the part by which transports, and the minutes by which times are off, most \[A\].
const DEPARTMENT_TRANSPORTS: f64 = 0.15;
/// See [`DEPARTMENT_TRANSPORTS`].
const DEPARTMENT_ARRIVAL: f64 = 1.5;
/// See [`DEPARTMENT_TRANSPORTS`].
const DEPARTMENT_HANDOVER: f64 = 5.0;

/// 47 prefectures.
pub(super) fn prefectures(f: &Figures, days: f64, report: &mut Report) {
    let columns = [
        ("prefecture", ""),
        ("published 2023", ""),
        ("model", ""),
        ("difference", "%"),
        ("standard errors", ""),
        ("call to arrival", "min"),
        ("call to handover", "min"),
    ];
    let mut table = Table::new("Persons transported in a year", columns).with_note(
        "Published: 救急・救助の現況 令和6年版. The model draws calls by these totals, so this \
             checks the drawing; times by prefecture are not published for all.",
    );
    let mut off = 0;
    let all_days = days * f.tallies.len() as f64;
    for (which, known) in Geography::embedded().prefectures.iter().enumerate() {
        let of = f.prefecture(which);
        if of.calls == 0 {
            continue;
        }
        let (published, count) = (f64::from(known.transports), of.transports as f64);
        let model = count / all_days * YEAR;
        let errors = (count - published / YEAR * all_days) / count.sqrt().max(1.0);
        let part = model / published - 1.0;
        off += u64::from(part.abs() > PREFECTURE_OFF && errors.abs() > 3.0);
        table.row([
            Cell::from(PREFECTURES.get(which).copied().unwrap_or_default()),
            published.into(),
            model.round().into(),
            (part * 100.0).into(),
            errors.into(),
            of.arrival.mean().into(),
            of.whole.mean().into(),
        ]);
    }
    let name = "prefectures whose transports are off by more than 5 % and three standard errors";
    report.verdict(Verdict::exactly(name, off, 0));
    report.section(Section::new("Prefectures").table(table));
}

/// Hospitals' shares of all acceptances beside the counts of a year, in these prefectures; in all when none is named.
pub(super) fn hospitals(f: &Figures, prefectures: &[String], report: &mut Report) {
    let table = HospitalTable::embedded();
    let taken = |i: usize| f.tallies.iter().filter_map(|t| t.accepted.get(i)).map(|n| f64::from(*n)).sum::<f64>();
    let known: Vec<(usize, f64, f64)> = table
        .hospitals()
        .iter()
        .enumerate()
        .filter(|(_, h)| prefectures.is_empty() || prefectures.contains(&h.pref))
        .filter_map(|(i, h)| Some((i, f64::from(h.ambulance_accepted?), taken(i))))
        .collect();
    let (published, model) = known.iter().fold((0.0, 0.0), |(a, b), (_, p, m)| (a + p, b + m));
    if model <= 0.0 {
        return;
    }
    let share = |(i, p, m): &(usize, f64, f64)| (*i, p / published, m / model);
    let mut shares: Vec<(usize, f64, f64)> = known.iter().map(share).collect();
    let apart = shares.iter().map(|(_, p, m)| (p - m).abs()).sum::<f64>() / 2.0;
    let tertiary = |of: &dyn Fn(&(usize, f64, f64)) -> f64| {
        shares.iter().filter(|(i, ..)| table.hospitals().get(*i).is_some_and(|h| h.tertiary)).map(of).sum::<f64>()
            * 100.0
    };
    let mut sums = Table::new("Shares of acceptances", [("", ""), ("published", "%"), ("model", "%")])
        .with_note("Published: 病床機能報告 救急車の受入件数, hospitals with a number.");
    sums.row([Cell::from("三次救急"), tertiary(&|s| s.1).into(), tertiary(&|s| s.2).into()]);
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    for top in [100, 500, 1_000, 2_000] {
        let of = |of: &dyn Fn(&(usize, f64, f64)) -> f64| shares.iter().take(top).map(of).sum::<f64>() * 100.0;
        sums.row([Cell::from(format!("the {top} that take most in life")), of(&|s| s.1).into(), of(&|s| s.2).into()]);
    }
    let r = correlation(&shares);
    report.verdict(
        Verdict::at_most("share of patients taken to another hospital than in life", apart, HOSPITALS_APART, "")
            .with_note(
                "Half the sum of the differences of hospitals' shares; the noise of the simulated days is in it.",
            ),
    );
    report.figure("correlation of hospitals' shares with life", r, "");
    let points = shares
        .iter()
        .filter(|(_, p, m)| *p > 0.0 && *m > 0.0)
        .map(|(_, p, m)| [p * published, m * published])
        .collect();
    let plot = Plot::new(
        "Hospitals",
        Axis::log("ambulances a year, published", ""),
        Axis::log("ambulances a year, model", ""),
    )
    .series(Series::points("hospitals", points))
    .series(Series::line("as in life", vec![[1.0, 1.0], [20_000.0, 20_000.0]]));
    report.section(Section::new("Hospitals").table(sums).plot(plot).table(largest(&shares, published)));
}

fn largest(shares: &[(usize, f64, f64)], published: f64) -> Table {
    let columns = [("the largest in life", ""), ("prefecture", ""), ("ambulances a year", ""), ("model", "")];
    let mut largest = Table::new("The largest", columns);
    for (i, p, m) in shares.iter().take(SHOWN) {
        let Some(hospital) = HospitalTable::embedded().hospitals().get(*i) else { continue };
        let cells = [hospital.name.as_str(), hospital.pref.as_str()].map(Cell::from);
        largest.row(cells.into_iter().chain([(p * published).round().into(), (m * published).round().into()]));
    }
    largest
}

/// Pearson's correlation.
fn correlation(shares: &[(usize, f64, f64)]) -> f64 {
    let n = shares.len().max(1) as f64;
    let (a, b) = shares.iter().fold((0.0, 0.0), |(a, b), (_, p, m)| (a + p / n, b + m / n));
    let sum = |of: &dyn Fn(f64, f64) -> f64| shares.iter().map(|(_, p, m)| of(p - a, m - b)).sum::<f64>();
    sum(&|p, m| p * m) / (sum(&|p, _| p * p) * sum(&|_, m| m * m)).sqrt()
}

/// Departments that were kept out of the fit.
pub(super) fn departments(f: &Figures, (found, source): (&[Found], &str), days: f64, report: &mut Report) {
    let columns = [
        ("department", ""),
        ("year", ""),
        ("transports", ""),
        ("model", ""),
        ("call to arrival", "min"),
        ("model ", "min"),
        ("call to handover", "min"),
        ("model  ", "min"),
    ];
    let mut table = Table::new("", columns)
        .with_note(format!("Published: {source}. Calls are drawn by prefecture and people, so a department's own rate is not known to the model."));
    let mut off = [Quantiles::default(), Quantiles::default(), Quantiles::default()];
    let year = YEAR / (days * f.tallies.len() as f64);
    for one in found {
        let of = sum(f, &one.municipalities);
        if of.calls == 0 {
            continue;
        }
        let (arrival, whole) = (welford(&of.arrival).mean, welford(&of.whole).mean);
        let transports = of.transports as f64 * year;
        let pairs = [
            one.of.transports.map(|published| (transports / f64::from(published) - 1.0).abs()),
            one.of.arrival_minutes.map(|published| (arrival - published).abs()),
            one.of.handover_minutes.map(|published| (whole - published).abs()),
        ];
        off.iter_mut().zip(pairs).for_each(|(all, pair)| pair.into_iter().for_each(|value| all.push(value)));
        let number = |value: Option<f64>| Cell::from(value.unwrap_or(f64::NAN));
        table.row([
            Cell::from(one.of.name.as_str()),
            Cell::from(one.of.year.to_string()),
            number(one.of.transports.map(f64::from)),
            transports.round().into(),
            number(one.of.arrival_minutes),
            arrival.into(),
            number(one.of.handover_minutes),
            whole.into(),
        ]);
    }
    let limits = [
        ("transports of departments are off by (median)", DEPARTMENT_TRANSPORTS * 100.0, "%", 100.0),
        ("call to arrival of departments is off by (median)", DEPARTMENT_ARRIVAL, "min", 1.0),
        ("call to handover of departments is off by (median)", DEPARTMENT_HANDOVER, "min", 1.0),
    ];
    for ((name, limit, unit, times), all) in limits.into_iter().zip(&mut off) {
        if let Some(median) = all.at(0.5) {
            report.verdict(
                Verdict::at_most(name, median * times, limit, unit)
                    .with_note(format!("{} departments, kept out of the fit", all.len())),
            );
        }
    }
    report.section(Section::new("Departments kept out of the fit").table(table));
}

fn sum(f: &Figures, municipalities: &[usize]) -> OfMunicipality {
    let mut all = OfMunicipality::default();
    for tally in &f.tallies {
        municipalities.iter().filter_map(|i| tally.municipalities.get(*i)).for_each(|one| all.merge(one));
    }
    all
}
