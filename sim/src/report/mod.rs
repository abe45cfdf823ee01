//! The report of everything here that measures: one model, one JSON, one self-contained HTML page.
//!
//! In: what a command found, as [`Verdict`]s (what had to hold), [`Figure`]s (headline numbers), a [`Generator`] (was it the bottleneck?)
//! and [`Section`]s of prose, tables and plots. Out: a summary for the terminal, JSON, an HTML page that opens offline, and whether
//! every limit was kept, which decides the exit code.
//!
//! How a command uses it: [`Report::new`], then [`Report::verdict`], [`Report::figure`], [`Report::generator`], [`Report::section`],
//! at the end [`Report::deliver`] with the [`Output`] of its command line.
//!
//! Never in here: how anything is measured, and no limit of anybody. Text of any origin is escaped; the page holds no script, loads
//! nothing and says nothing of the folders of the machine.

mod block;
mod command;
mod files;
mod generator;
mod html;
mod latency;
mod machine;
mod model;
mod number;
mod several;
mod summary;
mod verdict;

pub use block::{
    Axis, BarSeries, BarValue, Bars, Block, Cell, Column, Latency, LatencyCurve, Plot, Section, Series, Style, Table,
};
pub use command::{ReportArgs, run};
pub use files::{EXAMPLE, Output, SCHEMA, read};
pub use generator::{Generator, Lag, LagLimits};
pub use latency::{Quantile, curve};
pub use machine::Machine;
pub use model::{FORMAT, Figure, Report, ScenarioText};
pub use verdict::{Bound, Outcome, Spread, Verdict};

pub(crate) use number::nan_from_null;
