//! What a section holds: prose, tables, plots.

use super::latency::Quantile;
use super::number::nan_from_null;
use serde::{Deserialize, Serialize};

/// A part of a report under its own heading.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What stands in it, in order.
    pub blocks: Vec<Block>,
}

/// One thing in a section.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Rows and columns.
    Table(Table),
    /// Series over a number.
    Plot(Plot),
    /// Bars over names: a histogram, or what was found beside what is published.
    Bars(Bars),
    /// Times by their quantile, out to the rare ones.
    Latency(Latency),
}

/// Rows and columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it shows; empty when the heading says it.
    #[serde(default)]
    pub title: String,
    /// The columns; the first names the row.
    pub columns: Vec<Column>,
    /// As many cells each as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// What a reader has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The unit of its numbers; empty for words, counts and ratios.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
    /// Nothing to tell.
    Nothing(()),
}

/// An axis of a plot.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// What it counts.
    pub label: String,
    /// In what.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Powers of ten are equally far from each other. What is not above 0 is then not drawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub log: bool,
    /// Begins here, when the figures do not reach so low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Ends here, when the figures do not reach so high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
}

/// Series over a number.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// At most eight are told apart; others share their colours.
    pub series: Vec<Series>,
    /// A limit, drawn across.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// What a reader has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// One series of a plot.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// How it is drawn.
    #[serde(default)]
    pub style: Style,
    /// `[x, y]`, in the order of x.
    pub points: Vec<[f64; 2]>,
    /// A confidence band or a spread: `[low, high]` at each point; empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub band: Vec<[f64; 2]>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// A line; with its points marked while they are few.
    #[default]
    Line,
    /// Points alone.
    Points,
    /// A line that stays until the next point: something that is counted over time.
    Steps,
}

/// Bars over names.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// What the names are.
    pub x: String,
    /// What the bars count.
    pub y: Axis,
    /// The names, in order.
    pub names: Vec<String>,
    /// Groups of bars beside each other, at most four.
    pub series: Vec<BarSeries>,
    /// What a reader has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// One bar at each name.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct BarSeries {
    /// Its name in the legend.
    pub name: String,
    /// A bar for each name.
    pub values: Vec<BarValue>,
    /// The ends of each bar's confidence interval: `[low, high]`; empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub band: Vec<[f64; 2]>,
}

/// The height of a bar; null where there is no figure.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(transparent)]
pub struct BarValue(#[serde(deserialize_with = "nan_from_null")] pub f64);

/// Times by their quantile.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// What it shows.
    pub title: String,
    /// Of every time in it.
    pub unit: String,
    /// One curve each.
    pub curves: Vec<LatencyCurve>,
    /// What a reader has to know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The times of one operation.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LatencyCurve {
    /// The operation.
    pub name: String,
    /// How many there were.
    pub count: u64,
    /// The mean.
    #[serde(deserialize_with = "nan_from_null")]
    pub mean: f64,
    /// The slowest.
    #[serde(deserialize_with = "nan_from_null")]
    pub max: f64,
    /// In the order of the quantiles.
    pub quantiles: Vec<Quantile>,
}

impl Section {
    /// An empty section.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), blocks: Vec::new() }
    }

    /// A paragraph.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    /// A table.
    #[must_use]
    pub fn table(mut self, table: Table) -> Self {
        self.blocks.push(Block::Table(table));
        self
    }

    /// A plot.
    #[must_use]
    pub fn plot(mut self, plot: Plot) -> Self {
        self.blocks.push(Block::Plot(plot));
        self
    }

    /// Bars.
    #[must_use]
    pub fn bars(mut self, bars: Bars) -> Self {
        self.blocks.push(Block::Bars(bars));
        self
    }

    /// Times.
    #[must_use]
    pub fn latency(mut self, latency: Latency) -> Self {
        self.blocks.push(Block::Latency(latency));
        self
    }
}

impl Table {
    /// An empty table; a column is a name and a unit, which may be empty.
    #[must_use]
    pub fn new<'a>(title: impl Into<String>, columns: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let column = |(name, unit): (&str, &str)| Column { name: name.to_owned(), unit: unit.to_owned() };
        Self { title: title.into(), columns: columns.into_iter().map(column).collect(), ..Self::default() }
    }

    /// One row more.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// With what a reader has to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl From<f64> for Cell {
    /// A number that is none is nothing to tell.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Nothing(()) }
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(some: Option<T>) -> Self {
        some.map_or(Self::Nothing(()), Into::into)
    }
}

impl Axis {
    /// A plain axis.
    #[must_use]
    pub fn new(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { label: label.into(), unit: unit.into(), log: false, from: None, to: None }
    }

    /// Powers of ten equally far from each other.
    #[must_use]
    pub fn log(label: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { log: true, ..Self::new(label, unit) }
    }

    /// Reaching at least down to here: 0 where a length is compared.
    #[must_use]
    pub const fn from(mut self, from: f64) -> Self {
        self.from = Some(from);
        self
    }

    /// Reaching at least up to here.
    #[must_use]
    pub const fn to(mut self, to: f64) -> Self {
        self.to = Some(to);
        self
    }

    /// `time, ms`.
    pub(super) fn text(&self) -> String {
        if self.unit.is_empty() { self.label.clone() } else { format!("{}, {}", self.label, self.unit) }
    }
}

impl Plot {
    /// A plot without a series yet.
    #[must_use]
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self { title: title.into(), x, y, series: Vec::new(), limit: None, note: String::new() }
    }

    /// One series more.
    #[must_use]
    pub fn series(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// With a limit drawn across.
    #[must_use]
    pub const fn with_limit(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// With what a reader has to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Series {
    /// A line.
    #[must_use]
    pub fn line(name: impl Into<String>, points: Vec<[f64; 2]>) -> Self {
        Self { name: name.into(), style: Style::Line, points, band: Vec::new() }
    }

    /// Points alone.
    #[must_use]
    pub fn points(name: impl Into<String>, points: Vec<[f64; 2]>) -> Self {
        Self { style: Style::Points, ..Self::line(name, points) }
    }

    /// A line that stays until the next point.
    #[must_use]
    pub fn steps(name: impl Into<String>, points: Vec<[f64; 2]>) -> Self {
        Self { style: Style::Steps, ..Self::line(name, points) }
    }

    /// With `[low, high]` at each point.
    #[must_use]
    pub fn with_band(mut self, band: Vec<[f64; 2]>) -> Self {
        self.band = band;
        self
    }
}

impl Bars {
    /// Bars over these names, none yet.
    #[must_use]
    pub fn new(title: impl Into<String>, x: impl Into<String>, y: Axis, names: Vec<String>) -> Self {
        Self { title: title.into(), x: x.into(), y, names, series: Vec::new(), note: String::new() }
    }

    /// One bar more at each name.
    #[must_use]
    pub fn series(mut self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        let values = values.into_iter().map(BarValue).collect();
        self.series.push(BarSeries { name: name.into(), values, band: Vec::new() });
        self
    }

    /// The confidence intervals of the series that was added last.
    #[must_use]
    pub fn with_band(mut self, band: Vec<[f64; 2]>) -> Self {
        if let Some(last) = self.series.last_mut() {
            last.band = band;
        }
        self
    }

    /// With what a reader has to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Latency {
    /// Times in this unit, none yet.
    #[must_use]
    pub fn new(title: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { title: title.into(), unit: unit.into(), curves: Vec::new(), note: String::new() }
    }

    /// One operation more.
    #[must_use]
    pub fn curve(mut self, curve: LatencyCurve) -> Self {
        self.curves.push(curve);
        self
    }

    /// With what a reader has to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}
