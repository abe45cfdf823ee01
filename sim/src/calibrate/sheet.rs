//! The fit report.

use super::departments::Found;
use super::row::{Row, table};
use super::{national, regions};
use crate::report::{Axis, Bars, Report, ScenarioText, Section};
use crate::run::Figures;
use crate::scenario::Scenario;

pub(super) fn report(scenario: &Scenario, text: String, figures: &Figures, departments: (&[Found], &str)) -> Report {
    let mut report = Report::new(format!("Fit of the simulator: {}", scenario.name), Some(scenario.seed));
    report.scenario = Some(ScenarioText { name: scenario.name.clone(), text });
    for sentence in [
        "Days are spread evenly over 2023; sums of a year are the mean day times 365.",
        "Totals by prefecture, the hourly curve and the enquiries of nine prefectures were used to make the model; \
         times by size, hospitals' shares and departments were not, or \
         in part (docs/simulator.md).",
        "Tolerances are assumptions: what a planner would still call the same.",
    ] {
        report.assume(sentence);
    }
    let whole = scenario.area.prefectures.is_empty();
    if !whole {
        report.assume(
            "The scenario is a part of Japan: what is published of the whole stands beside it, and is not judged.",
        );
    }
    let told = |rows: Vec<Row>| {
        rows.into_iter().map(|row| Row { tolerance: row.tolerance.filter(|_| whole), ..row }).collect()
    };
    let days = scenario.duration.as_secs_f64() / 86_400.0;
    section(&mut report, "The nation", told(national::sums(figures, days)), None);
    section(&mut report, "Times", told(national::times(figures)), None);
    section(&mut report, "Times by size of department", national::sizes(figures), None);
    section(
        &mut report,
        "Hours",
        told(national::hours(figures, scenario)),
        Some(("two hours from", "share of calls", "%")),
    );
    section(&mut report, "Enquiries", national::enquiries(figures, whole), None);
    section(&mut report, "Cards", told(national::cards(figures)), None);
    regions::prefectures(figures, days, &mut report);
    regions::hospitals(figures, &scenario.area.prefectures, &mut report);
    regions::departments(figures, departments, days, &mut report);
    report
}

/// A table of rows, with bars where wanted; the limits of rows become the report's.
fn section(report: &mut Report, title: &str, rows: Vec<Row>, bars: Option<(&str, &str, &str)>) {
    rows.iter().filter_map(Row::verdict).for_each(|verdict| {
        report.verdict(verdict);
    });
    let mut section = Section::new(title);
    if let Some((x, y, unit)) = bars {
        let names = (0..rows.len()).map(|bin| format!("{}–{}", bin * 2, bin * 2 + 2)).collect();
        let drawn = Bars::new("", x, Axis::new(y, unit).from(0.0), names)
            .series("model", rows.iter().map(|row| row.model.mean))
            .series("published", rows.iter().map(|row| row.published));
        section = section.bars(drawn);
    }
    report.section(section.table(table("", &rows)));
}
