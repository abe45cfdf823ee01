//! The blocks of a section: prose, tables, drawings with their legend and their numbers.

use super::canvas::colour_name;
use super::draw;
use crate::report::number::amount;
use crate::report::{Bars, Block, Cell, Column, Latency, LatencyCurve, Plot, Section, Table};
use maud::{Markup, PreEscaped, html};

/// A long series' numbers are in the JSON; the page's table has so many rows of them.
const ROWS_SHOWN: usize = 60;
/// The columns of times.
const TOLD: [(f64, &str); 5] = [(0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p99.9")];

pub(super) fn section(section: &Section) -> Markup {
    html! {
        section {
            h2 { (section.title) }
            div.blocks { @for block in &section.blocks { (one(block)) } }
        }
    }
}

fn one(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p.prose { (text) } },
        Block::Table(table) => html! { div.wide { (rows(table)) } },
        Block::Plot(plot) => of_plot(plot),
        Block::Bars(bars) => of_bars(bars),
        Block::Latency(latency) => of_latency(latency),
    }
}

fn rows(table: &Table) -> Markup {
    let numbers = |column: usize| table.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(_))));
    let class = |column: usize| if numbers(column) { "number" } else { "" };
    html! {
        table {
            @if table.title.is_empty() { caption.unseen { "Figures" } } @else { caption { (table.title) } }
            thead { tr {
                @for (index, column) in table.columns.iter().enumerate() {
                    th.(class(index)) scope="col" { (column.name) @if !column.unit.is_empty() { span.unit { ", " (column.unit) } } }
                }
            } }
            tbody { @for row in &table.rows { tr {
                @for (index, cell) in row.iter().enumerate() {
                    @if index == 0 { th.(class(0)) scope="row" { (words(cell)) } } @else { td.(class(index)) { (words(cell)) } }
                }
            } } }
        }
        @if !table.note.is_empty() { p.note { (table.note) } }
    }
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => amount(*number),
        Cell::Text(text) => text.clone(),
        Cell::Nothing(()) => String::new(),
    }
}

/// What a drawing is made of.
struct Drawing<'a> {
    title: &'a str,
    /// For whoever does not see it.
    description: String,
    svg: String,
    legend: Vec<&'a str>,
    note: &'a str,
    numbers: Table,
    form: Form,
}

/// How the numbers are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Bars,
    /// Lines, with their numbers shown and not folded away.
    Times,
}

fn figure(drawing: &Drawing<'_>) -> Markup {
    html! {
        figure {
            figcaption {
                strong { (drawing.title) }
                @if drawing.legend.len() > 1 {
                    ul.legend { @for (index, name) in drawing.legend.iter().enumerate() { li { (swatch(index, drawing.form)) (name) } } }
                }
            }
            (PreEscaped(named(&drawing.svg, drawing.title, &drawing.description)))
            @if !drawing.note.is_empty() { p.note { (drawing.note) } }
            @if drawing.form == Form::Times { div.wide { (rows(&drawing.numbers)) } }
            @else { details { summary { "Numbers" } div.wide { (rows(&drawing.numbers)) } } }
        }
    }
}

/// A short line in the series' colour with its mark, or a piece of a bar.
fn swatch(series: usize, form: Form) -> Markup {
    let colour = colour_name(series);
    if form == Form::Bars {
        return html! { svg.swatch viewBox="0 0 44 16" aria-hidden="true" { rect x="14" width="30" height="16" fill=(colour) {} } };
    }
    html! {
        svg.swatch viewBox="0 0 44 16" aria-hidden="true" {
            line x1="0" y1="8" x2="44" y2="8" stroke=(colour) stroke-width="4" {}
            @match series % 4 {
                0 => { circle cx="22" cy="8" r="6" fill=(colour) stroke="none" {} }
                1 => { polygon points="22,0 30,14 14,14" fill=(colour) {} }
                2 => { path d="M16 2 28 14M28 2 16 14" stroke=(colour) stroke-width="4" fill="none" {} }
                _ => { circle cx="22" cy="8" r="5" fill="none" stroke=(colour) stroke-width="3" {} }
            }
        }
    }
}

/// The drawing with its name and its description, as wide as there is room.
fn named(svg: &str, title: &str, description: &str) -> String {
    let words = html! { title { (title) } desc { (description) } }.into_string();
    match svg.split_once('>') {
        Some((open, rest)) => format!("{} role=\"img\" class=\"plot\">{words}{rest}", unsized_open(open)),
        None => String::new(),
    }
}

/// Without width and height: the view box keeps the form.
fn unsized_open(open: &str) -> String {
    let kept = open.split(' ').filter(|part| !part.starts_with("width=") && !part.starts_with("height="));
    kept.collect::<Vec<_>>().join(" ")
}

fn of_plot(plot: &Plot) -> Markup {
    let spoken = plot.series.iter().map(|series| {
        let ends = series.points.first().zip(series.points.last());
        ends.map_or_else(String::new, |([x0, y0], [x1, y1])| {
            format!("{}: from {} at {} to {} at {}. ", series.name, amount(*y0), amount(*x0), amount(*y1), amount(*x1))
        })
    });
    let limit = plot.limit.map_or_else(String::new, |limit| format!("Limit {}. ", amount(limit)));
    let description = format!("{} over {}. {limit}{}", plot.y.text(), plot.x.text(), spoken.collect::<String>());
    figure(&Drawing {
        title: &plot.title,
        description,
        svg: draw::plot(plot),
        legend: plot.series.iter().map(|series| series.name.as_str()).collect(),
        note: &plot.note,
        numbers: plot_numbers(plot),
        form: Form::Lines,
    })
}

fn plot_numbers(plot: &Plot) -> Table {
    let all: usize = plot.series.iter().map(|series| series.points.len()).sum();
    let every = all.div_ceil(ROWS_SHOWN).max(1);
    let mut table = Table::new("", [("series", ""), (plot.x.label.as_str(), plot.x.unit.as_str())]);
    table.title.clone_from(&plot.title);
    table.columns.push(Column { name: plot.y.label.clone(), unit: plot.y.unit.clone() });
    let banded = plot.series.iter().any(|series| !series.band.is_empty());
    if banded {
        table.columns.push(Column { name: "from – to".to_owned(), unit: plot.y.unit.clone() });
    }
    for series in &plot.series {
        for (index, [x, y]) in series.points.iter().enumerate().step_by(every) {
            let mut row = vec![Cell::from(series.name.as_str()), Cell::from(*x), Cell::from(*y)];
            if banded {
                let text = series.band.get(index).map(|[low, high]| format!("{} – {}", amount(*low), amount(*high)));
                row.push(Cell::from(text));
            }
            table.rows.push(row);
        }
    }
    if every > 1 {
        table.note = format!("Every {every}th point; the JSON has all.");
    }
    table
}

fn of_bars(bars: &Bars) -> Markup {
    let numbers = bar_numbers(bars);
    let names: Vec<&str> = bars.series.iter().map(|series| series.name.as_str()).collect();
    figure(&Drawing {
        title: &bars.title,
        description: format!("Bars of {} over {}: {}. The numbers follow.", bars.y.text(), bars.x, names.join(", ")),
        svg: draw::bars(bars),
        legend: names,
        note: &bars.note,
        numbers,
        form: Form::Bars,
    })
}

fn bar_numbers(bars: &Bars) -> Table {
    let mut table = Table::new(bars.title.as_str(), [(bars.x.as_str(), "")]);
    table
        .columns
        .extend(bars.series.iter().map(|series| Column { name: series.name.clone(), unit: bars.y.unit.clone() }));
    for (index, name) in bars.names.iter().enumerate() {
        let values = bars.series.iter().map(|series| series.values.get(index).map_or(f64::NAN, |value| value.0));
        table.row(std::iter::once(Cell::from(name.as_str())).chain(values.map(Cell::from)));
    }
    table
}

fn of_latency(latency: &Latency) -> Markup {
    let spoken = latency.curves.iter().map(|curve| {
        let told = |at: f64| curve.at(at).map_or_else(|| "–".to_owned(), amount);
        format!("{}: half within {}, 99 of 100 within {} {}. ", curve.name, told(0.5), told(0.99), latency.unit)
    });
    figure(&Drawing {
        title: &latency.title,
        description: spoken.collect(),
        svg: draw::latency(latency),
        legend: latency.curves.iter().map(|curve| curve.name.as_str()).collect(),
        note: &latency.note,
        numbers: latency_numbers(latency),
        form: Form::Times,
    })
}

fn latency_numbers(latency: &Latency) -> Table {
    let unit = latency.unit.as_str();
    let mut table = Table::new(latency.title.as_str(), [("operation", ""), ("count", ""), ("mean", unit)]);
    table.columns.extend(TOLD.map(|(_, name)| Column { name: name.to_owned(), unit: unit.to_owned() }));
    table.columns.push(Column { name: "slowest".to_owned(), unit: unit.to_owned() });
    for curve in &latency.curves {
        table.rows.push(latency_row(curve));
    }
    table
}

fn latency_row(curve: &LatencyCurve) -> Vec<Cell> {
    let mut row = vec![Cell::from(curve.name.as_str()), Cell::from(curve.count), Cell::from(curve.mean)];
    row.extend(TOLD.map(|(at, _)| Cell::from(curve.at(at))));
    row.push(Cell::from(curve.max));
    row
}

/// The style sheet has a colour for every series.
#[cfg(test)]
#[test]
fn every_colour_is_in_the_style_sheet() {
    for series in 0..super::canvas::SERIES {
        assert!(super::STYLE.contains(&colour_name(series)), "{series}");
    }
}
