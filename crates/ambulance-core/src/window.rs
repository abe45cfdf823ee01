//! The end of a viewing window: what was read of a patient is gone [`VIEW_WINDOW_US`] later at the latest.

use crate::core::Core;
use crate::limits::VIEW_WINDOW_US;
use crate::notebook::NotebookReading;
use crate::number_b::NumberBState;
use crate::state::{CaseState, HistoryState, Now};
use case::WipeCause;
use model::{CaseId, Timestamp};

/// When what is held of a patient was read.
fn read_at(case: &CaseState) -> impl Iterator<Item = Timestamp> {
    let answers = [&case.history, &case.full].into_iter().filter_map(HistoryState::answer);
    let reading = match &case.notebook.reading {
        NotebookReading::Whole(read) => Some(read.read_at),
        _ => None,
    };
    let face = match case.number_b {
        NumberBState::Open { at, .. } => Some(at),
        _ => None,
    };
    let notebooks = case.notebook.taken.iter().map(|read| read.read_at);
    answers.map(|answer| answer.snapshot.fetched_at).chain(notebooks).chain(reading).chain(face)
}

impl Core {
    pub(crate) fn close_windows(&mut self, now: Now) {
        let over = |c: &CaseState| {
            let answers = [&c.history, &c.full].into_iter().filter_map(HistoryState::answer);
            answers.map(|answer| answer.snapshot.fetched_at).any(|at| now.utc.since_us(at) > VIEW_WINDOW_US)
        };
        let cases: Vec<CaseId> = self.state.cases.iter().filter(|(_, c)| over(c)).map(|(id, _)| *id).collect();
        for case in cases {
            self.drop_history(case, WipeCause::WindowOver, now);
        }
        self.close_notebooks(now);
        self.close_faces(now);
    }

    /// When the next window ends by the present wall clock, on monotonic time.
    pub(crate) fn window_deadline(&self, now: Now) -> Option<(u64, &'static str)> {
        let oldest = self.state.cases.values().flat_map(read_at).min()?;
        let left_us = oldest.plus_us(VIEW_WINDOW_US + 1).since_us(now.utc);
        Some((now.mono.us.saturating_add(u64::try_from(left_us).unwrap_or(0)), "a viewing window ends"))
    }
}
