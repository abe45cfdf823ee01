//! What dispatch tells this unit: which message waits for the crew, that it was shown, that it was read.

use crate::core::Core;
use crate::state::{CaseState, Now, State};
use case::{Body, Message};
use model::{CaseId, MessageId};

impl State {
    /// Messages of open cases that this unit's crew has not acknowledged, the oldest first.
    #[must_use]
    pub fn waiting_messages(&self) -> Vec<(CaseId, MessageId, &Message)> {
        let open = self.cases.iter().filter(|(_, case)| !case.view.is_closed());
        let mut all: Vec<(CaseId, MessageId, &Message)> = open
            .flat_map(|(case, state)| state.view.messages.iter().map(|(id, message)| (*case, *id, message)))
            .filter(|(_, _, message)| message.waits_for(self.unit))
            .collect();
        all.sort_by_key(|(_, id, message)| (message.sent_at, *id));
        all
    }
}

impl Core {
    /// A tablet that takes no part in the case does not begin to by showing something: its crew has pressed nothing there.
    pub(crate) fn message_shown(&mut self, message: MessageId, now: Now) {
        let unit = self.config.identity.unit;
        let Some(case) = self.case_of(message, |known| known.is_for(unit) && !known.shown.contains_key(&unit)) else {
            return;
        };
        let nobody_writes = self.state.cases.get(&case).is_some_and(|state| state.view.tablets.is_empty());
        if self.journal.log_of(case).is_some() || nobody_writes {
            self.write(case, Body::MessageShown { message }, now);
        }
    }

    pub(crate) fn acknowledge_message(&mut self, message: MessageId, now: Now) {
        let unit = self.config.identity.unit;
        if let Some(case) = self.case_of(message, |known| known.waits_for(unit)) {
            self.write(case, Body::MessageAcknowledged { message }, now);
        }
    }

    fn case_of(&self, message: MessageId, fits: impl Fn(&Message) -> bool) -> Option<CaseId> {
        let has = |state: &CaseState| state.view.messages.get(&message).is_some_and(&fits);
        self.state.cases.iter().find(|(_, state)| has(state)).map(|(case, _)| *case)
    }
}
