//! The page: what every report has, in the order in which it is asked.

use super::STYLE;
use super::parts::section;
use crate::report::number::amount;
use crate::report::verdict::with_unit;
use crate::report::{Figure, Generator, Outcome, Report, Verdict};
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(super) fn page(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (report.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (head(report))
                main {
                    (verdicts(report))
                    @if let Some(generator) = &report.generator { (bottleneck(generator)) }
                    @if !report.figures.is_empty() { (figures(&report.figures)) }
                    (conditions(report))
                    @for part in &report.sections { (section(part)) }
                    (scenario(report))
                }
                footer { "Written by sim " (report.build) ", " time { (report.at) } ". Format " (report.format) "." }
            }
        }
    }
}

fn head(report: &Report) -> Markup {
    html! {
        header {
            h1 { (report.title) }
            p.meta {
                time { (report.at) } " · " (report.machine.text()) " · " (report.build)
                @if let Some(seed) = report.seed { " · seed " (seed) }
                " · load before " (report.load())
            }
            @if report.build.ends_with("debug") {
                p.warn { "Built for tests (debug): times and rates are several times worse than those of a release." }
            }
        }
    }
}

fn verdicts(report: &Report) -> Markup {
    let class = if report.kept() { "kept" } else { "missed" };
    // What was missed stands on top; otherwise the order is the report's.
    let mut sorted: Vec<&Verdict> = report.verdicts.iter().collect();
    sorted.sort_by_key(|verdict| verdict.passes());
    let (rounds, notes) = (sorted.iter().any(|v| v.spread.is_some()), sorted.iter().any(|v| !v.note.is_empty()));
    html! {
        section.verdicts aria-labelledby="verdicts" {
            h2 id="verdicts" { "Limits" }
            p.conclusion.(class) { (if report.kept() { "✓ " } else { "✗ " }) (report.conclusion()) }
            @if !report.verdicts.is_empty() {
                div.wide { table {
                    caption.unseen { "Limits and what was measured" }
                    thead { tr {
                        th scope="col" { "" } th scope="col" { "what had to hold" } th.number scope="col" { "measured" }
                        th.number scope="col" { "limit" }
                        @if rounds { th.number scope="col" { "rounds" } }
                        @if notes { th scope="col" { "note" } }
                    } }
                    tbody { @for verdict in sorted { (verdict_row(verdict, rounds, notes)) } }
                } }
            }
        }
    }
}

fn verdict_row(verdict: &Verdict, rounds: bool, notes: bool) -> Markup {
    let class = match verdict.outcome {
        Outcome::Kept => "kept",
        Outcome::WithinSpread => "near",
        Outcome::Missed | Outcome::NotMeasured => "missed",
    };
    html! {
        tr.(class) {
            td.outcome { (verdict.outcome.mark()) " " (verdict.outcome.word()) }
            th scope="row" { (verdict.name) }
            td.number { (verdict.measured_text()) }
            td.number { (verdict.limit_text()) }
            @if rounds { td.number { @if let Some(spread) = &verdict.spread { (spread.text()) } } }
            @if notes { td { (verdict.note) } }
        }
    }
}

fn bottleneck(generator: &Generator) -> Markup {
    let class = if generator.was_the_limit() { "missed" } else { "kept" };
    let cores = |cores: f64| with_unit(cores, "cores");
    html! {
        section aria-labelledby="generator" {
            h2 id="generator" { "Was the generator the bottleneck?" }
            p.conclusion.(class) { (generator.sentence()) }
            dl.figures {
                (pair("lag, half", &with_unit(generator.lag.p50_ms, "ms")))
                (pair("lag, p99", &with_unit(generator.lag.p99_ms, "ms")))
                (pair("lag, latest", &with_unit(generator.lag.max_ms, "ms")))
                (pair("generator", &cores(generator.generator_cores)))
                (pair("server", &cores(generator.server_cores)))
                (pair("machine", &cores(f64::from(generator.machine_cores))))
                (pair("given up", &amount(generator.dropped as f64)))
            }
            p.note { "Latencies count from the moment at which an operation was meant to begin, so a lag of the generator is in them." }
        }
    }
}

fn figures(figures: &[Figure]) -> Markup {
    html! {
        section aria-labelledby="figures" {
            h2 id="figures" { "Figures" }
            dl.figures { @for figure in figures { (pair(&figure.name, &figure.text())) } }
        }
    }
}

fn pair(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn conditions(report: &Report) -> Markup {
    html! {
        section.conditions aria-labelledby="conditions" {
            h2 id="conditions" { "Conditions" }
            p { code { (report.command) } }
            @if !report.faults.is_empty() {
                h3 { "Faults injected" }
                ul { @for fault in &report.faults { li { (fault) } } }
            }
            @if !report.assumptions.is_empty() {
                h3 { "Assumptions" }
                ul { @for assumption in &report.assumptions { li { (assumption) } } }
            }
        }
    }
}

fn scenario(report: &Report) -> Markup {
    html! {
        @if let Some(scenario) = &report.scenario {
            section aria-labelledby="scenario" {
                h2 id="scenario" { "Scenario " (scenario.name) }
                pre { (scenario.text) }
            }
        }
    }
}
