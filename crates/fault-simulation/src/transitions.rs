//! Which transitions of the state machines were taken, seen from outside: a run that never gets somewhere proves nothing
//! about it.

use std::collections::BTreeSet;

macro_rules! transitions {
    ($($name:literal),+ $(,)?) => {
        /// Every transition that a run can reach, by machine.
        pub const TRANSITIONS: &[&str] = &[$($name),+];
    };
}

transitions! {
    "link down-up", "link up-down",
    "history not_asked-waiting", "history waiting-here", "history waiting-failed", "history waiting-wiped",
    "history here-wiped", "history failed-waiting", "history wiped-waiting",
    "card none-reading", "card reading-face", "card face-consent", "card face-mismatch", "card consent-done",
    "card consent-refused", "card done-none", "card mismatch-reading", "card refused-reading",
    "log acknowledged", "log reopened", "log wedged", "log ended",
    "word durable", "word resume", "word quarantined", "word forked",
    "case opened-closed", "case on_screen-other",
    "fault none-disk_full", "fault none-store_failed", "fault none-forked", "fault none-row_damaged",
    "fault disk_full-none", "fault store_failed-none",
    "enquiry sent-seen", "enquiry sent-answered", "enquiry sent-released", "enquiry answered-released",
    "destination none-decided", "destination decided-changed",
    "crew out-in", "crew in-out",
    "again recorded", "again lost",
}

/// The transitions that one or more runs took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transitions(BTreeSet<&'static str>);

impl Transitions {
    /// Notes one; a name that is not in [`TRANSITIONS`] is none.
    pub(crate) fn note(&mut self, machine: &str, from: &str, to: &str) {
        let name = if from.is_empty() { format!("{machine} {to}") } else { format!("{machine} {from}-{to}") };
        if let Some(known) = TRANSITIONS.iter().find(|known| **known == name) {
            self.0.insert(known);
        }
    }
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }
    /// How many of [`TRANSITIONS`] were taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.0.len()
    }
    /// Those that were not.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        TRANSITIONS.iter().copied().filter(|name| !self.0.contains(name)).collect()
    }
}
