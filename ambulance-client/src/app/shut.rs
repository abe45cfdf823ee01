//! What an unlock opens. Only the server's word opens every record on this tablet: a passcode that this tablet knows, and the use
//! without a session, open the patient on screen, the other open patients of the same incident, and what is recorded from
//! then on. After too many wrong passcodes nothing that is recorded already opens before the server has said yes.

use ambulance_core::{CaseState, State};
use model::CaseId;
use std::collections::BTreeSet;

/// Cases that stay shut until the server's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shut {
    cases: BTreeSet<CaseId>,
    /// Too many passcodes were wrong.
    locked_out: bool,
    /// A new record was begun without a session since.
    anew: bool,
    /// The server is being asked about the passcode that opened this tablet; the screen is not waiting for it.
    confirming: bool,
}

impl Shut {
    /// The server said yes: everything is open.
    pub fn open(&mut self) {
        *self = Self::default();
    }

    /// Unlocked without the server.
    pub fn all_but_the_present(&mut self, state: &State) {
        let incident = state.case().and_then(|case| case.view.incident);
        let is_beside =
            |case: &CaseState| incident.is_some() && case.view.incident == incident && !case.view.is_closed();
        let is_present = |id: &CaseId, case: &CaseState| state.current == Some(*id) || is_beside(case);
        self.shut(state, |id, case| !is_present(id, case));
    }

    /// Used without a session after too many wrong passcodes. True the first time: a new record has to be begun, because there
    /// is none to show.
    pub fn everything(&mut self, state: &State) -> bool {
        if !self.anew {
            self.shut(state, |_, _| true);
        }
        !core::mem::replace(&mut self.anew, true)
    }

    fn shut(&mut self, state: &State, is_shut: impl Fn(&CaseId, &CaseState) -> bool) {
        self.cases = state.cases.iter().filter(|(id, case)| is_shut(id, case)).map(|(id, _)| *id).collect();
    }

    /// Too many wrong passcodes.
    pub fn lock_out(&mut self) {
        *self = Self { locked_out: true, ..Self::default() };
    }

    /// Whether a new record is all that can be had without the server.
    #[must_use]
    pub const fn is_locked_out(&self) -> bool {
        self.locked_out
    }

    /// Whether this case is shut.
    #[must_use]
    pub fn holds(&self, case: CaseId) -> bool {
        self.cases.contains(&case)
    }

    /// Whether anything is.
    #[must_use]
    pub fn holds_any(&self) -> bool {
        !self.cases.is_empty()
    }

    /// The server is asked behind the open screen.
    pub fn confirm(&mut self) {
        self.confirming = true;
    }

    /// Whether it is.
    #[must_use]
    pub const fn is_confirming(&self) -> bool {
        self.confirming
    }

    /// It said no, or something else than it was asked.
    pub fn not_confirmed(&mut self) {
        self.confirming = false;
    }
}
