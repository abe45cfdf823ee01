//! One axis: from where to where, and where its marks stand.

use crate::report::Axis;
use crate::report::number::amount;

/// About so many marks stand on an axis.
const MARKS: f64 = 6.0;
/// Room above the highest figure, as a part of the range.
const ROOM: f64 = 0.04;
/// A logarithmic axis over fewer powers of ten has marks at 2 and 5 too.
const FEW_DECADES: f64 = 2.5;

/// An axis as it is drawn: a logarithmic one counts powers of ten.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    /// Where marks stand, in the axis' own numbers.
    pub(super) marks: Vec<f64>,
    log: bool,
}

impl Scale {
    /// An axis around these figures. Nothing to draw is an axis from 0 to 1.
    pub(super) fn around(axis: &Axis, figures: impl Iterator<Item = f64>) -> Self {
        let log = axis.log;
        let asked = [axis.from, axis.to].into_iter().flatten();
        let placed = figures.chain(asked).filter_map(|figure| place(figure, log));
        let (low, high) =
            placed.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        match (low.is_finite(), log) {
            (false, _) => Self::linear(0.0, 1.0),
            (true, true) => Self::powers(low, high),
            (true, false) => Self::linear(low, high),
        }
    }

    /// Names beside each other, each in the middle of its own unit.
    pub(super) fn names(count: usize, most: usize) -> Self {
        let every = count.div_ceil(most.max(1)).max(1);
        let marks = (0..count).step_by(every).map(|index| index as f64 + 0.5).collect();
        Self { from: 0.0, to: count.max(1) as f64, marks, log: false }
    }

    /// Marks at given places.
    pub(super) const fn with_marks(from: f64, to: f64, marks: Vec<f64>) -> Self {
        Self { from, to, marks, log: false }
    }

    /// Where a figure stands; none where it cannot stand.
    pub(super) fn place(&self, figure: f64) -> Option<f64> {
        place(figure, self.log)
    }

    /// The words at a mark.
    pub(super) fn label(&self, mark: f64) -> String {
        amount(if self.log { 10_f64.powf(mark) } else { mark })
    }

    fn linear(low: f64, high: f64) -> Self {
        let width = if high > low { high - low } else { high.abs().max(1.0) };
        let step = nice(width / MARKS);
        // An axis that begins at 0 stays there; another begins at a mark.
        let from = (low / step).floor() * step;
        let to = width.mul_add(ROOM, high.max(low));
        let last = ((to - from) / step).floor() as u32;
        // Multiples, not sums: 0.1 + 0.2 is not 0.3.
        let first = (from / step).round();
        let marks = (0..=last).map(|index| rounded((first + f64::from(index)) * step, step)).collect();
        Self { from, to, marks, log: false }
    }

    fn powers(low: f64, high: f64) -> Self {
        let decades = high - low;
        let whole = |at: f64| at.floor() as i32;
        let digits: &[f64] = if decades < FEW_DECADES { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let all = (whole(low)..=whole(high) + 1)
            .flat_map(|power| digits.iter().map(move |digit| digit.log10() + f64::from(power)));
        let marks: Vec<f64> = all.collect();
        let from = marks.iter().copied().filter(|mark| *mark <= low).fold(low, |_, mark| mark);
        let above = marks.iter().copied().find(|mark| *mark >= high).unwrap_or(high);
        // One figure alone still wants an axis of some length.
        let to = if above > from { above } else { from + 1.0 };
        let marks = marks.into_iter().filter(|mark| (from..=to).contains(mark)).collect();
        Self { from, to, marks, log: true }
    }
}

fn place(figure: f64, log: bool) -> Option<f64> {
    let at = if log && figure > 0.0 { figure.log10() } else { figure };
    (figure.is_finite() && !(log && figure <= 0.0)).then_some(at)
}

/// 1, 2 or 5 times a power of ten, not below the given step.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let digit = step / power;
    let nice = [1.0, 2.0, 5.0, 10.0].into_iter().find(|nice| digit <= nice * 1.000_001).unwrap_or(10.0);
    nice * power
}

/// Without the last bits that a multiplication leaves behind.
fn rounded(mark: f64, step: f64) -> f64 {
    let scale = 10_f64.powf(2.0 - step.log10().floor());
    (mark * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(figures: &[f64]) -> Scale {
        Scale::around(&Axis::new("x", ""), figures.iter().copied())
    }

    #[test]
    fn marks_are_round_and_hold_every_figure() {
        let scale = linear(&[0.0, 93.0]);
        assert_eq!(scale.marks, [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert!(scale.from == 0.0 && scale.to > 93.0, "{scale:?}");
        assert_eq!(linear(&[0.31, 0.69]).marks, [0.3, 0.4, 0.5, 0.6, 0.7]);
        let one = linear(&[5.0]);
        assert!(one.from <= 5.0 && one.to > 5.0 && !one.marks.is_empty(), "{one:?}");
        assert_eq!(linear(&[]).from, 0.0);
    }

    #[test]
    fn a_logarithmic_axis_counts_powers_and_leaves_out_what_is_not_above_0() {
        let scale = Scale::around(&Axis::log("t", "ms"), [0.0, 3.0, 4_000.0].into_iter());
        let labels: Vec<_> = scale.marks.iter().map(|mark| scale.label(*mark)).collect();
        assert_eq!(labels, ["1", "10", "100", "1,000", "10,000"]);
        assert_eq!(scale.place(0.0), None);
        let narrow = Scale::around(&Axis::log("t", "ms"), [500.0, 20_000.0].into_iter());
        let labels: Vec<_> = narrow.marks.iter().map(|mark| narrow.label(*mark)).collect();
        assert_eq!(labels, ["500", "1,000", "2,000", "5,000", "10,000", "20,000"]);
    }

    #[test]
    fn names_that_do_not_fit_are_left_out_evenly() {
        assert_eq!(Scale::names(3, 12).marks, [0.5, 1.5, 2.5]);
        assert_eq!(Scale::names(24, 12).marks.len(), 12);
    }
}
