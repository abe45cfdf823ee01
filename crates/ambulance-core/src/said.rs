//! What a look-up says of itself where the server has said nothing: it waits for the radio, or the history went with its
//! window.

use crate::state::{CaseState, HistoryState};
use case::WipeCause;

/// A sentence and what happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Stable: logs, translations.
    pub code: &'static str,
    /// The sentence.
    pub ja: &'static str,
    /// The next step.
    pub next_ja: &'static str,
    /// The sentence in English.
    pub en: &'static str,
    /// The next step in English.
    pub next_en: &'static str,
}

/// It could not be sent, or the answer was lost on its way.
const NO_RADIO: Said = Said {
    code: "no-radio",
    ja: "電波がないため、順番待ちです",
    next_ja: "電波が戻ると自動で送ります",
    en: "No radio: the look-up waits",
    next_en: "Goes out when the radio returns",
};

/// [`crate::limits::VIEW_WINDOW_US`] have passed.
const WINDOW_OVER: Said = Said {
    code: "window-over",
    ja: "見られる24時間が過ぎ、病歴を消しました",
    next_ja: "カードと同意で、また照会できます",
    en: "The 24 hours are over: history erased",
    next_en: "card and consent ask for it again",
};

impl CaseState {
    /// None while there is an answer, a refusal of the server, or nothing was asked.
    #[must_use]
    pub fn history_said(&self) -> Option<Said> {
        match &self.history {
            HistoryState::Waiting { queued: true, .. } => Some(NO_RADIO),
            HistoryState::Wiped { .. } if self.last_wipe() == Some(WipeCause::WindowOver) => Some(WINDOW_OVER),
            _ => None,
        }
    }

    /// Why the newest history that was here is gone.
    fn last_wipe(&self) -> Option<WipeCause> {
        let gone = self.view.lookups.values().filter(|look_up| look_up.wiped.is_some());
        gone.max_by_key(|look_up| look_up.asked_at)?.wiped
    }
}
