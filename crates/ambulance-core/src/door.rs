//! Where to go, asked while the tablet dials: with the first packet of a resumed connection the server may answer before it
//! has said Welcome. Such a packet can be copied, so the question names no case and no patient, and nothing is recorded.

use crate::choice::exclusions;
use crate::core::Core;
use crate::state::{DoorQuestion, Now, SuggestionState};
use model::{CaseId, Position};
use std::sync::Arc;
use wire::{Preview, PreviewQuestion};

impl Core {
    /// Keeps the question at hand for the next dial. Called whenever the list is computed anew.
    pub(crate) fn prepare_door_question(&mut self, case: CaseId, from: Position, now: Now) {
        let Some(state) = self.state.cases.get(&case).filter(|_| self.state.current == Some(case)) else {
            return;
        };
        let question = PreviewQuestion {
            from,
            findings: state.view.findings_at(now.utc),
            exclude: exclusions(&state.view),
            levels: true,
        };
        self.state.door = Some(Arc::new(DoorQuestion { case, question }));
    }

    /// A list that is no decision: shown where the tablet's own would stand, until the server has decided.
    pub(crate) fn preview_came(&mut self, asked: &DoorQuestion, preview: Preview, now: Now) {
        // What it rests on has changed meanwhile: the list that stands here is newer.
        let stands = self.suggest.is_settled() && self.state.door_question().is_some_and(|present| **present == *asked);
        if !stands {
            return;
        }
        let ranking = Arc::new(preview.ranking);
        let list = SuggestionState { ranking, at: preview.at, by_server: true, decision: None, with_history: false };
        self.show_list(asked.case, list, now);
    }
}
