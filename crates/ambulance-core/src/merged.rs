//! One view of everything known of a patient; made anew when one of its sources changes.

use crate::core::Core;
use model::CaseId;
use patient_history::{HistorySnapshot, MedicineNames, Row, Sources, merge};
use std::sync::Arc;

impl Core {
    /// From where generic names and classes come; none before this was called.
    pub fn use_medicine_names(&mut self, names: Arc<dyn MedicineNames + Send + Sync>) {
        self.medicine_names = names;
        let cases: Vec<CaseId> = self.state.cases.keys().copied().collect();
        for case in cases {
            self.merge_history(case);
        }
    }

    pub(crate) fn merge_history(&mut self, case: CaseId) {
        let Some(state) = self.state.cases.get_mut(&case) else { return };
        let national: Vec<&HistorySnapshot> =
            state.history.answer().map(|answer| &answer.snapshot).into_iter().collect();
        let notebooks: Vec<&[Row]> = state.notebook.taken.iter().map(|notebook| notebook.rows()).collect();
        let told = state.view.oral.told();
        let is_empty = national.is_empty() && notebooks.is_empty() && told.is_empty();
        let sources = Sources { national: &national, notebooks: &notebooks, told: &told };
        let merged = (!is_empty).then(|| Arc::new(merge(&sources, self.medicine_names.as_ref())));
        state.merged = merged;
    }
}
