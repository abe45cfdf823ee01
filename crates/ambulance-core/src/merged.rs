//! One view of everything known of a patient; made anew when one of its sources changes.

use crate::core::Core;
use field_alerts::medicine::MedicineMaster;
use model::CaseId;
use patient_history::{HistorySnapshot, Row, Sources, merge};
use std::sync::Arc;

impl Core {
    pub(crate) fn merge_history(&mut self, case: CaseId) {
        let Some(state) = self.state.cases.get_mut(&case) else { return };
        let national: Vec<&HistorySnapshot> =
            [&state.history, &state.full].into_iter().filter_map(|place| Some(&place.answer()?.snapshot)).collect();
        let notebooks: Vec<&[Row]> = state.notebook.taken.iter().map(|notebook| notebook.rows()).collect();
        let told = state.view.oral.told();
        let is_empty = national.is_empty() && notebooks.is_empty() && told.is_empty();
        let sources = Sources { national: &national, notebooks: &notebooks, told: &told };
        let merged = (!is_empty).then(|| Arc::new(merge(&sources, &MedicineMaster)));
        state.merged = merged;
        self.check_notebooks(case);
    }
}
