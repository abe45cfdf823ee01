//! カードと傷病者が合いません: nothing of the history is shown.

/// One attribute of card and patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MismatchRowVm {
    /// Which attribute.
    pub what: String,
    /// On the card.
    pub card: String,
    /// As observed.
    pub observed: String,
    /// Whether they differ.
    pub differs: bool,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MismatchVm {
    /// Sex and age, usually.
    pub rows: Vec<MismatchRowVm>,
    /// Nobody has judged yet: the photo can be compared all the same.
    pub undecided: bool,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MismatchAction {
    /// カードを返した.
    CardReturned,
    /// Compare the photo all the same.
    Compare,
    /// Correct the observation.
    FixObservation,
    /// カードなしで進む.
    WithoutCard,
    /// Read the patient's own card.
    ReadAgain,
}
