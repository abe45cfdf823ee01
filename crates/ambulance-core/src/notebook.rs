//! The medication notebook that a patient shows (お薬手帳): codes come in one by one and in any order, the crew says whose
//! it is, and its medicines stand beside the history. Nothing of it is ever written: it lives in memory like the history
//! (DESIGN §5.4) and goes with it. The event that records it holds counts only.

use crate::core::Core;
use crate::effect::Effect;
use crate::limits::VIEW_WINDOW_US;
use crate::state::{CaseState, Now};
use case::Body;
use medication_notebook::{MedicineRows, Notebook, NotebookError};
use model::{CaseId, Timestamp};
use patient_history::Row;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where a notebook stands in one case.
#[derive(Clone, Debug, Default)]
pub struct NotebookState {
    /// The one that is being read.
    pub reading: NotebookReading,
    /// Why the last code was not taken; what was read before it stays.
    pub trouble: Option<NotebookError>,
    /// How many codes came in, taken or not: that one came in is seen even when it changes nothing.
    pub heard: u64,
    /// Those that the crew took for this patient's, in order.
    pub taken: Vec<Arc<ReadNotebook>>,
}

/// How far the reading has come.
#[derive(Clone, Debug, Default)]
pub enum NotebookReading {
    /// No code yet.
    #[default]
    Nothing,
    /// Some parts of a split notebook.
    Parts {
        /// How many different ones.
        read: usize,
        /// Of how many.
        total: u16,
        /// Which are still to be read, ascending.
        missing: Vec<u16>,
    },
    /// All of it; the crew has not said yet whose it is.
    Whole(Arc<ReadNotebook>),
}

/// A notebook that was read whole.
#[derive(Debug)]
pub struct ReadNotebook {
    /// What it says.
    pub notebook: Notebook,
    /// When its last code was read (this tablet's UTC).
    pub read_at: Timestamp,
    /// From how many codes.
    pub codes: usize,
    medicines: MedicineRows,
}

impl ReadNotebook {
    /// Its medicines, newest first.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.medicines.rows
    }
    /// Medicines without a day, which are in no row.
    #[must_use]
    pub const fn undated(&self) -> usize {
        self.medicines.undated
    }
}

impl NotebookState {
    /// Whether anything of a notebook is in memory.
    #[must_use]
    pub const fn holds(&self) -> bool {
        !matches!(self.reading, NotebookReading::Nothing) || !self.taken.is_empty()
    }
}

impl Core {
    /// A code is taken when it is one of a notebook and belongs to those read before it; else it is dropped and the crew
    /// sees why.
    pub(crate) fn notebook_code(&mut self, code: Zeroizing<Vec<u8>>, now: Now) {
        let Some(case) = self.state.current.filter(|_| self.state.case().is_some_and(|c| !c.view.is_closed())) else {
            return;
        };
        let (Some(book), Some(state)) = (self.books.get_mut(&case), self.state.cases.get_mut(&case)) else { return };
        state.notebook.heard += 1;
        if book.notebook_codes.contains(&code) {
            state.notebook.trouble = None;
            return;
        }
        book.notebook_codes.push(code);
        match medication_notebook::read(&book.notebook_codes) {
            Ok(notebook) => {
                let medicines = notebook.medicine_rows();
                let codes = book.notebook_codes.len();
                let read = ReadNotebook { notebook, read_at: now.utc, codes, medicines };
                state.notebook.reading = NotebookReading::Whole(Arc::new(read));
                state.notebook.trouble = None;
            }
            Err(NotebookError::PartsMissing { read, total, missing, .. }) => {
                state.notebook.reading = NotebookReading::Parts { read, total, missing };
                state.notebook.trouble = None;
            }
            Err(error) => {
                // Codes are counted in errors as they came; the crew knows only the one in its hand.
                let refused = book.notebook_codes.pop();
                let alone = refused.map(|code| medication_notebook::read(&[code]));
                state.notebook.trouble = Some(match alone {
                    Some(Err(own)) if !matches!(own, NotebookError::PartsMissing { .. }) => own,
                    _ => error,
                });
            }
        }
    }

    pub(crate) fn notebook_again(&mut self) {
        let Some(case) = self.state.current else { return };
        if self.forget_reading(case) {
            self.push(Effect::HistoryDropped);
        }
    }

    /// The crew says that it is this patient's.
    pub(crate) fn notebook_use(&mut self, now: Now) {
        let Some(case) = self.state.current else { return };
        let Some(NotebookReading::Whole(read)) = self.state.case().map(|c| c.notebook.reading.clone()) else { return };
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let (codes, medicines) = (count(read.codes), count(read.rows().len()));
        self.forget_reading(case);
        let Some(state) = self.state.cases.get_mut(&case) else { return };
        if state.notebook.taken.iter().any(|taken| taken.notebook == read.notebook) {
            return;
        }
        let undated = count(read.undated());
        state.notebook.taken.push(read);
        self.write(case, Body::NotebookRead { codes, medicines, undated }, now);
        self.merge_history(case);
    }

    /// Returns whether anything had been read.
    fn forget_reading(&mut self, case: CaseId) -> bool {
        if let Some(book) = self.books.get_mut(&case) {
            book.notebook_codes.clear();
        }
        let Some(state) = self.state.cases.get_mut(&case) else { return false };
        state.notebook.trouble = None;
        !matches!(core::mem::take(&mut state.notebook.reading), NotebookReading::Nothing)
    }

    /// Nothing of a notebook stays in memory. Returns whether there was anything.
    pub(crate) fn drop_notebook(&mut self, case: CaseId) -> bool {
        let held = self.state.cases.get(&case).is_some_and(|c| c.notebook.holds());
        self.forget_reading(case);
        if let Some(state) = self.state.cases.get_mut(&case).filter(|_| held) {
            state.notebook = NotebookState::default();
            state.merged = None;
        }
        held
    }

    /// With the session ends the right to see what was read in it; the notebook itself is still at hand.
    pub(crate) fn forget_notebooks(&mut self) {
        let cases: Vec<CaseId> = self.state.cases.keys().copied().collect();
        let held = cases.into_iter().filter(|case| {
            let held = self.drop_notebook(*case);
            if held {
                self.merge_history(*case);
            }
            held
        });
        if held.count() > 0 {
            self.push(Effect::HistoryDropped);
        }
    }

    /// A notebook is gone at the end of its window at the latest, whatever becomes of the history.
    pub(crate) fn close_notebooks(&mut self, now: Now) {
        let is_over = |read: &Arc<ReadNotebook>| now.utc.since_us(read.read_at) > VIEW_WINDOW_US;
        let is_old = |c: &CaseState| {
            let reading = matches!(&c.notebook.reading, NotebookReading::Whole(read) if is_over(read));
            reading || c.notebook.taken.iter().any(is_over)
        };
        let cases: Vec<CaseId> = self.state.cases.iter().filter(|(_, c)| is_old(c)).map(|(id, _)| *id).collect();
        for case in cases {
            self.drop_notebook(case);
            self.merge_history(case);
            self.push(Effect::HistoryDropped);
        }
    }
}
