//! Several reports beside each other: figures and limits in columns, curves of the same name over each other.

use super::block::{Block, Cell, Column, Latency, LatencyCurve, Plot, Section, Series, Table};
use super::model::Report;
use super::number::amount;
use super::verdict::Verdict;

/// Curves that can be told from each other in one drawing.
const CURVES: usize = 8;

/// One report of all; the first is what the others are compared with.
pub(super) fn beside(reports: &[Report]) -> Report {
    let mut all = Report::new(format!("{} reports beside each other", reports.len()), None);
    let names = names(reports);
    // The page is of these runs, not of the program that puts them beside each other.
    if let Some(worst) = reports.iter().find(|report| report.build.ends_with("debug")).or_else(|| reports.first()) {
        all.build.clone_from(&worst.build);
        all.machine = worst.machine.clone();
    }
    all.verdicts = reports.iter().zip(&names).flat_map(|(report, name)| labelled(report, name)).collect();
    all.section(Section::new("Reports").table(conditions(reports, &names)));
    let mut figures = Section::new("Figures");
    figures.blocks.push(Block::Table(figures_table(reports, &names)));
    all.section(figures);
    all.sections.extend(drawings(reports, &names));
    all
}

/// A letter each, which the first table explains.
fn names(reports: &[Report]) -> Vec<String> {
    ('A'..='Z').zip(reports).map(|(letter, _)| letter.to_string()).collect()
}

fn labelled(report: &Report, name: &str) -> Vec<Verdict> {
    let one = |verdict: &Verdict| Verdict { name: format!("{}: {}", name, verdict.name), ..verdict.clone() };
    report.verdicts.iter().map(one).collect()
}

fn conditions(reports: &[Report], names: &[String]) -> Table {
    let columns = [
        ("", ""),
        ("report", ""),
        ("begun", ""),
        ("machine", ""),
        ("build", ""),
        ("seed", ""),
        ("load before", ""),
        ("command", ""),
    ];
    let mut table = Table::new("", columns);
    for (report, name) in reports.iter().zip(names) {
        let (machine, load) = (report.machine.text(), report.load());
        let seed = report.seed.map(|seed| seed.to_string());
        let words = [name.as_str(), &report.title, &report.at, &machine, &report.build].map(Cell::from);
        table.row(words.into_iter().chain([Cell::from(seed), Cell::from(load), Cell::from(report.command.as_str())]));
    }
    table
}

fn figures_table(reports: &[Report], names: &[String]) -> Table {
    let mut table = Table::new("", [("figure", "")]);
    let columns = names.iter().map(|name| Column { name: name.clone(), unit: String::new() });
    table.columns.extend(columns);
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for figure in reports.iter().flat_map(|report| &report.figures) {
        let row = (figure.name.as_str(), figure.unit.as_str());
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    for (name, unit) in rows {
        let values = reports.iter().map(|report| {
            report.figures.iter().find(|figure| (figure.name.as_str(), figure.unit.as_str()) == (name, unit))
        });
        let values: Vec<_> = values.map(|figure| figure.map(|figure| (figure.value, figure.text()))).collect();
        let first = values.first().and_then(Option::as_ref).map(|(value, _)| *value);
        let cells = values.iter().enumerate().map(|(index, told)| {
            let told = told.as_ref()?;
            let ratio = first.filter(|first| index > 0 && *first != 0.0).map(|first| told.0 / first);
            Some(ratio.map_or_else(|| told.1.clone(), |ratio| format!("{} (× {})", told.1, amount(ratio))))
        });
        let cells: Vec<Cell> = std::iter::once(Cell::from(name)).chain(cells.map(Cell::from)).collect();
        table.rows.push(cells);
    }
    table.with_note("× is against the first report.")
}

/// The sections of all: drawings of the same name over each other, tables under each other.
fn drawings(reports: &[Report], names: &[String]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        for section in &report.sections {
            let known = sections.iter().position(|known| known.title == section.title);
            let at = known.unwrap_or_else(|| {
                sections.push(Section::new(section.title.as_str()));
                sections.len() - 1
            });
            for block in &section.blocks {
                if let Some(into) = sections.get_mut(at) {
                    add(into, named(block, name));
                }
            }
        }
    }
    sections
}

/// A block whose curves say of which report they are.
fn named(block: &Block, report: &str) -> Block {
    let name = |curve: &str| format!("{curve}, {report}");
    match block {
        Block::Plot(plot) => {
            let series = plot.series.iter().map(|series| Series { name: name(&series.name), ..series.clone() });
            Block::Plot(Plot { series: series.collect(), ..plot.clone() })
        }
        Block::Latency(latency) => {
            let curves = latency.curves.iter().map(|curve| LatencyCurve { name: name(&curve.name), ..curve.clone() });
            Block::Latency(Latency { curves: curves.collect(), ..latency.clone() })
        }
        Block::Table(table) => Block::Table(Table { title: with_report(&table.title, report), ..table.clone() }),
        Block::Bars(bars) => {
            let mut bars = bars.clone();
            bars.title = with_report(&bars.title, report);
            Block::Bars(bars)
        }
        Block::Text(text) => Block::Text(format!("{report}: {text}")),
    }
}

fn with_report(title: &str, report: &str) -> String {
    if title.is_empty() { report.to_owned() } else { format!("{title}, {report}") }
}

/// Curves join those of the same drawing while they can be told from each other.
fn add(section: &mut Section, block: Block) {
    let joined = section.blocks.iter_mut().any(|known| match (known, &block) {
        (Block::Plot(known), Block::Plot(new)) => {
            let fits = known.title == new.title && known.series.len() + new.series.len() <= CURVES;
            if fits {
                known.series.extend(new.series.iter().cloned());
            }
            fits
        }
        (Block::Latency(known), Block::Latency(new)) => {
            let fits = known.title == new.title && known.curves.len() + new.curves.len() <= CURVES;
            if fits {
                known.curves.extend(new.curves.iter().cloned());
            }
            fits
        }
        _ => false,
    });
    if !joined {
        section.blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Verdict};
    use super::*;

    fn run(speed: f64) -> Report {
        let mut report = Report::new("A run", Some(1));
        report.figure("transports", speed, "1/s").verdict(Verdict::at_least("transports", speed, 200.0, "1/s"));
        let plot = Plot::new("speed", Axis::new("t", "s"), Axis::new("n", ""));
        report.section(Section::new("Speed").plot(plot.series(Series::line("server", vec![[0.0, speed]]))));
        report
    }

    #[test]
    fn figures_stand_in_columns_and_curves_over_each_other() {
        let all = beside(&[run(200.0), run(100.0)]);
        assert!(!all.kept() && all.verdicts.len() == 2, "{:?}", all.verdicts);
        let page = serde_json::to_string(&all).expect("JSON");
        assert!(page.contains("100 1/s (× 0.5)") && page.contains("server, B"), "{page}");
        let speed = all.sections.iter().find(|section| section.title == "Speed").expect("speed");
        assert!(matches!(speed.blocks.as_slice(), [Block::Plot(plot)] if plot.series.len() == 2), "{speed:?}");
    }
}
