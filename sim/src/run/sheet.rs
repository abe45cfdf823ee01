//! The report of a run: what came out beside what is published.

use super::Figures;
use super::published;
use crate::engine::stats::{Estimate, Welford};
use crate::report::{Axis, Bars, Cell, Figure, Plot, Report, ScenarioText, Section, Series, Spread, Table, Verdict};
use crate::scenario::{Limits, Scenario};
use crate::world::geography::PREFECTURES;
use crate::world::{CardFate, MOST_ENQUIRIES, Stretch, Tally};
use std::time::Duration;

/// Minutes of one step of a plotted distribution.
const STEP: f64 = 1.0;
/// Minutes after which a plotted distribution ends.
const LONGEST: f64 = 90.0;
/// Quantiles of the table of times.
const QUANTILES: [f64; 5] = [0.1, 0.5, 0.9, 0.95, 0.99];

pub(super) fn report(scenario: &Scenario, text: String, figures: &Figures, took: Duration) -> Report {
    let mut report = Report::new(format!("{} in virtual time", scenario.name), Some(scenario.seed));
    report.scenario = Some(ScenarioText { name: scenario.name.clone(), text });
    assumptions(&mut report);
    faults(&mut report, scenario);
    limits(&mut report, &scenario.limits, figures);
    headline(&mut report, figures, took);
    report.section(times(figures)).section(enquiries(figures)).section(hours(figures));
    report.section(prefectures(figures)).section(cards(figures));
    report
}

fn assumptions(report: &mut Report) {
    for sentence in [
        "Stations are synthetic: units are spread over prefectures by 救急隊 of 2023 and inside them by people.",
        "The nearest free unit within 60 km on the same land is sent, whatever its department.",
        "Answers of hospitals are drawn from a model fitted to the enquiries of serious cases in 2023; the real hospitals of the table \
         stand for their places and volumes, and no answer in here is theirs.",
        "Drives are the distance model's median by the product's own code, with a lognormal spread.",
        "What docs/simulator.md marks [A] is assumed; the rest is published and named there.",
    ] {
        report.assume(sentence);
    }
}

fn faults(report: &mut Report, scenario: &Scenario) {
    for quake in &scenario.faults.earthquake {
        let (lat, lon) = (quake.centre.lat(), quake.centre.lon());
        report.fault(format!(
            "An earthquake {} after the start at {lat}, {lon}: within {} km {} times the calls, no radio for {}.",
            quake.at, quake.radius_km, quake.calls_first, quake.radio_dark
        ));
    }
    for cut in &scenario.faults.radio_cut {
        report.fault(format!("{} % of the units without radio after {} for {}.", cut.share * 100.0, cut.at, cut.lasts));
    }
    for refusal in &scenario.faults.refusals {
        report.fault(format!("Odds of acceptance × {} after {} for {}.", refusal.odds, refusal.at, refusal.lasts));
    }
    let live =
        scenario.faults.server_stopped.len() + scenario.faults.address_change.len() + scenario.faults.national.len();
    if live > 0 {
        report.fault(format!(
            "{live} faults of server, addresses or national system mean something to the live driver only."
        ));
    }
}

fn limits(report: &mut Report, limits: &Limits, f: &Figures) {
    let checks = [
        ("call to arrival, mean", limits.arrival_mean_minutes, mean_of(f, Stretch::Arrival), "min"),
        ("call to handover, mean", limits.handover_mean_minutes, mean_of(f, Stretch::Whole), "min"),
        (
            "serious cases with four enquiries and more",
            limits.four_or_more_share,
            per_run(f, |t| t.serious.share_from(4)),
            "",
        ),
        ("calls that wait for a unit", limits.waiting_share, per_run(f, |t| share(t.waited, t.calls)), ""),
        ("搬送困難 of all transports", limits.difficult_share, per_run(f, |t| share(t.difficult, t.transports)), ""),
    ];
    for (name, limit, values, unit) in checks {
        if let Some(limit) = limit {
            let spread = Spread::of(values.iter().copied());
            let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
            let verdict = Verdict::at_most(name, mean, limit, unit);
            report.verdict(if values.len() > 1 { verdict.with_spread(spread) } else { verdict });
        }
    }
}

fn per_run(f: &Figures, of: impl Fn(&Tally) -> f64) -> Vec<f64> {
    f.tallies.iter().map(of).collect()
}

fn mean_of(f: &Figures, stretch: Stretch) -> Vec<f64> {
    let place = Stretch::ALL.iter().position(|s| *s == stretch).unwrap_or(0);
    per_run(f, |t| t.stretches.get(place).map_or(0.0, |all| all.iter().sum::<f64>() / all.len().max(1) as f64))
}

fn share(part: u64, all: u64) -> f64 {
    part as f64 / all.max(1) as f64
}

fn headline(report: &mut Report, f: &Figures, took: Duration) {
    let mut say = |name: &str, estimate: Estimate, unit: &str| {
        let half_width = estimate.half_width;
        report.figures.push(Figure { name: name.to_owned(), value: estimate.mean, unit: unit.to_owned(), half_width });
    };
    say("calls", f.over(|t| t.calls as f64), "");
    say("transports", f.over(|t| t.transports as f64), "");
    say("call to arrival, mean", f.minutes(Stretch::Arrival), "min");
    say("on scene, mean", f.minutes(Stretch::OnScene), "min");
    say("call to handover, mean", f.minutes(Stretch::Whole), "min");
    say("enquiries for a transport, mean", f.over(|t| t.enquiries.mean()), "");
    say("serious cases with four enquiries and more", f.over(|t| t.serious.share_from(4) * 100.0), "%");
    say("搬送困難 (four enquiries and 30 min on scene)", f.over(|t| t.difficult as f64), "");
    say("units at work, mean", f.over(|t| t.busy), "");
    say("units", f.over(|t| t.units as f64), "");
    say("utilisation", f.over(|t| t.busy / t.units.max(1) as f64 * 100.0), "%");
    say("calls that waited for a unit", f.over(|t| t.waited as f64), "");
    say("turned to the last resort", f.over(|t| t.last_resorts as f64), "");
    say("enquiries that waited for the radio", f.over(|t| t.radio_waits as f64), "");
    say("drove to the last resort unannounced, without radio", f.over(|t| t.unannounced as f64), "");
    let seconds = took.as_secs_f64();
    report.figure("time of all replications", seconds, "s");
    report.figure("simulated hours in a second", f.hours * f.tallies.len() as f64 / seconds, "");
    report.figure("events in a second", f.events as f64 / seconds, "");
}

fn times(f: &Figures) -> Section {
    let columns = [
        ("stretch", ""),
        ("cases", ""),
        ("mean", "min"),
        ("±", "min"),
        ("p10", "min"),
        ("p50", "min"),
        ("p90", "min"),
        ("p95", "min"),
        ("p99", "min"),
    ];
    let mut table = Table::new("Minutes of each stretch", columns)
        .with_note("Times by the product's fold of the case's events; ± is the 95 % half-width over replications, or over 20 batches of the only one.");
    for stretch in Stretch::ALL {
        let (estimate, mut all) = (f.minutes(stretch), f.quantiles(stretch));
        let head = [
            Cell::from(format!("{} {}", stretch.ja(), stretch.en())),
            all.len().into(),
            estimate.mean.into(),
            estimate.half_width.into(),
        ];
        let tail: Vec<Cell> = QUANTILES.iter().map(|q| Cell::from(all.at(*q))).collect();
        table.row(head.into_iter().chain(tail));
    }
    Section::new("Times").table(table).plot(distribution(f)).bars(bands(f)).table(by_size(f))
}

fn distribution(f: &Figures) -> Plot {
    let mut plot = Plot::new(
        "How many took at most so long",
        Axis::new("time", "min").from(0.0).to(LONGEST),
        Axis::new("share", "%").from(0.0).to(100.0),
    );
    for stretch in [Stretch::Arrival, Stretch::OnScene, Stretch::Drive, Stretch::Whole] {
        let mut all = f.quantiles(stretch);
        let steps = (LONGEST / STEP) as u32;
        let points = (0..=steps).map(|i| [f64::from(i) * STEP, all.share_below(f64::from(i) * STEP) * 100.0]).collect();
        plot = plot.series(Series::line(format!("{} {}", stretch.ja(), stretch.en()), points));
    }
    plot
}

fn bands(f: &Figures) -> Bars {
    let mut all = f.quantiles(Stretch::Arrival);
    let names = published::ARRIVAL_BANDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let found: Vec<f64> = published::ARRIVAL_BANDS
        .iter()
        .map(|(_, from, to, _)| {
            let upper = if to.is_finite() { all.share_below(*to) } else { 1.0 };
            (upper - all.share_below(*from)) * 100.0
        })
        .collect();
    Bars::new("Call to arrival", "minutes", Axis::new("share of dispatches", "%").from(0.0), names)
        .series("this run", found)
        .series("published 2022, Japan", published::ARRIVAL_BANDS.iter().map(|(.., p)| p * 100.0))
}

fn by_size(f: &Figures) -> Table {
    let stretches = [
        Stretch::Arrival,
        Stretch::Contact,
        Stretch::IntoVehicle,
        Stretch::InVehicle,
        Stretch::Drive,
        Stretch::Handover,
        Stretch::Whole,
    ];
    let columns =
        [("people of the department", ""), ("cases", "")].into_iter().chain(stretches.iter().map(|s| (s.en(), "min")));
    let mut table = Table::new("By size of the department: this run (published 2022)", columns)
        .with_note("Published: 救急・救助の現況 令和5年版 図55. Departments are synthetic.");
    for (size, (name, means)) in published::STAGES.iter().enumerate() {
        let of = |s: Stretch| {
            if size < 5 {
                return f.by_size(size, s);
            }
            let mut all = Welford::default();
            (0..5).for_each(|i| all.merge(&f.by_size(i, s)));
            all
        };
        let cell = |(s, published): (&Stretch, &f64)| Cell::from(format!("{:.1} ({published:.1})", of(*s).mean()));
        let head = [Cell::from(*name), Cell::from(of(Stretch::Arrival).count())];
        table.row(head.into_iter().chain(stretches.iter().zip(means).map(cell)));
    }
    table
}

fn enquiries(f: &Figures) -> Section {
    let (all, serious) = (f.enquiries(|t| Some(&t.enquiries)), f.enquiries(|t| Some(&t.serious)));
    let names =
        (1..=MOST_ENQUIRIES).map(|k| if k == MOST_ENQUIRIES { format!("{k}+") } else { k.to_string() }).collect();
    let shares = |of: &crate::world::Enquiries| of.0.map(|n| share(n, of.total()) * 100.0).to_vec();
    let published: Vec<f64> = {
        let sums: Vec<u32> = (0..15).map(|k| published::ENQUIRIES.iter().filter_map(|(_, n)| n.get(k)).sum()).collect();
        let total: u32 = sums.iter().sum();
        sums.iter().map(|n| f64::from(*n) / f64::from(total) * 100.0).collect()
    };
    let bars = Bars::new(
        "Enquiries until a hospital took the patient",
        "enquiries",
        Axis::new("share of cases", "%").from(0.0),
        names,
    )
    .series("all transports", shares(&all))
    .series("重症以上", shares(&serious))
    .series("published 2023, 重症以上, nine prefectures", published)
    .with_note("Transfers are left out. The survey counts cases as serious that stay three weeks in hospital or die.");
    Section::new("Enquiries").bars(bars).table(hazard(f, &serious)).table(nine(f))
}

fn hazard(f: &Figures, serious: &crate::world::Enquiries) -> Table {
    let mut table = Table::new(
        "Share accepted at the k-th enquiry, 重症以上",
        [("k", ""), ("this run", "%"), ("Tokyo, this run", "%"), ("published, 13 prefectures", "%")],
    );
    let tokyo = f.prefecture(12).serious;
    for (k, published) in (1..).zip(published::HAZARD) {
        let cell = |of: &crate::world::Enquiries| {
            Cell::from(if of.total() == 0 { f64::NAN } else { of.accepted_at(k) * 100.0 })
        };
        table.row([Cell::from(k as u64), cell(serious), cell(&tokyo), Cell::from(published * 100.0)]);
    }
    table
}

fn nine(f: &Figures) -> Table {
    let columns = [
        ("prefecture", ""),
        ("serious cases", ""),
        ("first accepted", "%"),
        ("published", "%"),
        ("four and more", "%"),
        ("published ", "%"),
    ];
    let mut table = Table::new("重症以上 by prefecture, where it is published (2023)", columns);
    for (which, counts) in published::ENQUIRIES {
        let found = f.prefecture(which).serious;
        if found.total() == 0 {
            continue;
        }
        let total: u32 = counts.iter().sum();
        let of = |n: u32| Cell::from(f64::from(n) / f64::from(total) * 100.0);
        let four: u32 = counts.iter().skip(3).sum();
        table.row([
            Cell::from(PREFECTURES.get(which).copied().unwrap_or_default()),
            found.total().into(),
            (found.accepted_at(1) * 100.0).into(),
            of(counts[0]),
            (found.share_from(4) * 100.0).into(),
            of(four),
        ]);
    }
    table
}

fn hours(f: &Figures) -> Section {
    let total = f.sum(|t| t.calls);
    let names = (0..12).map(|b| format!("{}–{}", b * 2, b * 2 + 2)).collect();
    let found = (0..12).map(|b| share(f.sum(|t| t.hours.iter().skip(b * 2).take(2).sum()), total) * 100.0);
    let bars = Bars::new("Calls by two hours", "hour", Axis::new("share", "%").from(0.0), names)
        .series("this run", found)
        .series("published 2022", published::HOURS.map(|s| s * 100.0))
        .with_note("A run that is not a whole number of days has only its own hours.");
    Section::new("Hours").bars(bars)
}

fn prefectures(f: &Figures) -> Section {
    let columns = [
        ("prefecture", ""),
        ("calls", ""),
        ("transports", ""),
        ("call to arrival", "min"),
        ("on scene", "min"),
        ("call to handover", "min"),
        ("four enquiries and more", "%"),
        ("搬送困難", ""),
        ("units", ""),
        ("utilisation", "%"),
    ];
    let mut table = Table::new("", columns).with_note("Sums of all replications; enquiries of 重症以上.");
    for (which, name) in PREFECTURES.iter().enumerate() {
        let p = f.prefecture(which);
        if p.calls == 0 {
            continue;
        }
        table.row([
            Cell::from(*name),
            p.calls.into(),
            p.transports.into(),
            p.arrival.mean().into(),
            p.on_scene.mean().into(),
            p.whole.mean().into(),
            (p.serious.share_from(4) * 100.0).into(),
            p.difficult.into(),
            u64::from(p.units).into(),
            (p.busy_units / f64::from(p.units.max(1)) * 100.0).into(),
        ]);
    }
    Section::new("Prefectures").table(table)
}

fn cards(f: &Figures) -> Section {
    let mut funnel = Table::new("What became of the card", [("", ""), ("transports", ""), ("share", "%")]);
    let total = f.sum(|t| t.cards.iter().sum());
    for (i, fate) in CardFate::ALL.iter().enumerate() {
        let n = f.sum(|t| t.cards.get(i).copied().unwrap_or(0));
        funnel.row([Cell::from(fate.en()), n.into(), (share(n, total) * 100.0).into()]);
    }
    let mut scene =
        Table::new("Minutes on scene", [("", ""), ("cases", ""), ("mean", "min"), ("published 2024", "min")])
            .with_note("Published: 67 departments; who has a card that is read differs from who has none.");
    for (i, name) in ["card read", "no card read"].iter().enumerate() {
        let mut all = Welford::default();
        f.tallies.iter().filter_map(|t| t.on_scene_by_card.get(i)).for_each(|w| all.merge(w));
        let published = published::ON_SCENE_BY_CARD.get(i).copied().unwrap_or(f64::NAN);
        scene.row([Cell::from(*name), all.count().into(), all.mean().into(), published.into()]);
    }
    Section::new("Cards").table(funnel).table(scene)
}
