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
    /// The card was matched to another patient of the crew.
    pub of_other: Option<OfOtherVm>,
}

/// A card of another patient, and what can be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfOtherVm {
    /// The alarm: whose card it is.
    pub title: String,
    /// What it means.
    pub body: String,
    /// It is this patient's all the same: 「傷病者 2 のカード」.
    pub confirm: String,
    /// To the other patient: 「傷病者 1 にもどる」.
    pub go_to: String,
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
    /// It is this patient's card all the same.
    ConfirmCard,
    /// To the patient whose card it is.
    GoToOther,
}
