//! 同意を得られない: the reason is the confirmation of the only act without undo.

use crate::widgets::chips::ChipVm;

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentUnobtainableVm {
    /// When the face was matched, in words.
    pub matched: String,
    /// Six reasons.
    pub reasons: Vec<ChipVm>,
    /// What will be recorded, with who and when.
    pub record: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentUnobtainableAction {
    /// Choose the reason with this index.
    ChooseReason(usize),
    /// Back: ask the patient again.
    Back,
    /// Go on without a look-up.
    WithoutLookup,
    /// Look up without consent; cannot be undone.
    LookUpWithoutConsent,
}
