//! When a status was meant to be pressed, and when each kind of page first showed it.

use crate::light::{Times, histogram, times};
use crate::report::Lag;
use hdrhistogram::Histogram;
use model::{CaseId, Stage};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Where a status is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The tablet has the server's acknowledgement: the fact is durable.
    Acknowledged,
    Console,
    Board,
}

#[derive(Debug, Default)]
struct Pressed {
    intended_us: u64,
    pressed_us: u64,
    seen_us: BTreeMap<Place, u64>,
}

#[derive(Debug, Default)]
struct Rows {
    pressed: BTreeMap<(CaseId, Stage), Pressed>,
    /// Cases that stand on a kind of page, in whatever stage.
    shown: BTreeSet<(Place, CaseId)>,
}

/// Shared by units and pages.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Rows>);

impl Book {
    /// A unit has pressed, at `pressed_us`; it was meant to at `intended_us`.
    pub(super) fn pressed(&self, case: CaseId, stage: Stage, (intended_us, pressed_us): (u64, u64)) {
        self.with(|rows| rows.pressed.insert((case, stage), Pressed { intended_us, pressed_us, ..Pressed::default() }));
    }

    /// A page shows this case in this stage: so it shows every earlier one as reached, too.
    pub(super) fn seen(&self, place: Place, case: CaseId, stage: Stage, at_us: u64) {
        self.with(|rows| {
            rows.shown.insert((place, case));
            for (_, row) in rows.pressed.range_mut((case, Stage::CallReceived)..=(case, stage)) {
                row.seen_us.entry(place).or_insert(at_us);
            }
        });
    }

    /// Presses that this place has not shown yet, of `wanted`.
    pub(super) fn missing(&self, place: Place, wanted: usize) -> usize {
        self.with(|rows| wanted - rows.pressed.values().filter(|row| row.seen_us.contains_key(&place)).count())
    }

    /// Cases that this place shows.
    pub(super) fn shown(&self, place: Place) -> usize {
        self.with(|rows| rows.shown.iter().filter(|(at, _)| *at == place).count())
    }

    /// Times from the intended press.
    pub(super) fn times(&self, place: Place) -> Times {
        self.with(|rows| times(since_intended(rows, place)))
    }

    /// The same, each of them.
    pub(super) fn histogram(&self, place: Place) -> Histogram<u64> {
        self.with(|rows| histogram(since_intended(rows, place)))
    }

    /// How late the generator itself was, and how often it pressed.
    pub(super) fn late(&self) -> (Lag, u64) {
        let late = |row: &Pressed| (row.pressed_us.saturating_sub(row.intended_us), 1);
        let late = self.with(|rows| histogram(rows.pressed.values().map(late)));
        let ms = |us: u64| us as f64 / 1_000.0;
        let at = |quantile: f64| ms(late.value_at_quantile(quantile));
        (Lag { p50_ms: at(0.5), p99_ms: at(0.99), max_ms: ms(late.max()) }, late.len())
    }

    fn with<T>(&self, look: impl FnOnce(&mut Rows) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Microseconds from the intended press until a place told it, once each.
fn since_intended(rows: &Rows, place: Place) -> impl Iterator<Item = (u64, u64)> {
    let seen = move |row: &Pressed| Some((row.seen_us.get(&place)?.saturating_sub(row.intended_us), 1));
    rows.pressed.values().filter_map(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_shows_a_later_stage_has_shown_the_earlier_ones() {
        let (book, case, other) = (Book::default(), CaseId::from_bytes([1; 16]), CaseId::from_bytes([2; 16]));
        book.pressed(case, Stage::OnScene, (1_000, 1_500));
        book.pressed(case, Stage::AtPatient, (5_000, 5_000));
        book.pressed(other, Stage::OnScene, (1_000, 1_000));
        assert_eq!(book.missing(Place::Board, 3), 3);
        book.seen(Place::Board, case, Stage::AtPatient, 9_000);
        book.seen(Place::Board, case, Stage::OnScene, 20_000);
        assert_eq!((book.missing(Place::Board, 3), book.missing(Place::Console, 3)), (1, 3));
        let found = book.times(Place::Board);
        assert!(found.count == 2 && (found.max_ms - 8.0).abs() < 0.1, "{found:?}");
        assert!((book.late().0.max_ms - 0.5).abs() < 0.01);
    }
}
