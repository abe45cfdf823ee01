//! One row of the fit report.

use crate::engine::stats::Estimate;
use crate::report::{Cell, Spread, Table, Verdict};

/// A published figure, what the model makes of it, and how far they may lie apart.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) published: f64,
    pub(super) model: Estimate,
    pub(super) unit: &'static str,
    /// Most that they may differ, in the unit; none = told, not judged.
    pub(super) tolerance: Option<f64>,
    pub(super) source: &'static str,
}

impl Row {
    pub(super) fn difference(&self) -> f64 {
        self.model.mean - self.published
    }
    /// The row as a limit of the report. A miss by less than the half-width is told and not failed.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let tolerance = self.tolerance?;
        let (apart, half) = (self.difference().abs(), self.model.half_width.unwrap_or(0.0));
        let rounds = u32::try_from(self.model.n).unwrap_or(u32::MAX);
        let spread = Spread { median: apart, least: (apart - half).max(0.0), most: apart + half, rounds };
        let name = format!("{}: model and published differ", self.name);
        Some(Verdict::at_most(name, apart, tolerance, self.unit).with_spread(spread).with_note(self.source))
    }
}

/// Rows as a table.
pub(super) fn table(title: &str, rows: &[Row]) -> Table {
    let columns = [
        ("figure", ""),
        ("published", ""),
        ("model", ""),
        ("±", ""),
        ("difference", ""),
        ("unit", ""),
        ("tolerance", ""),
        ("verdict", ""),
        ("source", ""),
    ];
    let mut table = Table::new(title, columns).with_note("± is the 95 % half-width over days.");
    for row in rows {
        let verdict = row.verdict().map_or("told only", |verdict| verdict.outcome.word());
        table.row([
            Cell::from(row.name.as_str()),
            row.published.into(),
            row.model.mean.into(),
            row.model.half_width.unwrap_or(f64::NAN).into(),
            row.difference().into(),
            Cell::from(row.unit),
            row.tolerance.unwrap_or(f64::NAN).into(),
            Cell::from(verdict),
            Cell::from(row.source),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miss_by_less_than_the_half_width_is_told_and_not_failed() {
        let row = |mean: f64, half: f64| Row {
            name: "x".into(),
            published: 10.0,
            model: Estimate { mean, half_width: Some(half), n: 14 },
            unit: "min",
            tolerance: Some(0.5),
            source: "",
        };
        let passes = |row: Row| row.verdict().expect("judged").passes();
        assert!(passes(row(10.4, 0.0)) && passes(row(10.6, 0.2)));
        assert!(!passes(row(10.8, 0.2)) && !passes(row(9.0, 0.1)));
    }
}
