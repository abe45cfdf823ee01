//! The funnel of the My Number card (selection.md §4.4).

use crate::scenario::Card;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// What becomes of a patient's card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardFate {
    /// The patient has none.
    None,
    /// It is not registered as an insurance card.
    NotRegistered,
    /// It is not at hand.
    NotAtHand,
    /// The crew has no time for it.
    NotFeasible,
    /// The patient refuses.
    Refused,
    /// The reading fails.
    Failed,
    /// It is read.
    Read,
}

impl CardFate {
    /// All of them, first step first.
    pub const ALL: [Self; 7] =
        [Self::None, Self::NotRegistered, Self::NotAtHand, Self::NotFeasible, Self::Refused, Self::Failed, Self::Read];

    /// In a few words.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::None => "no card",
            Self::NotRegistered => "not registered",
            Self::NotAtHand => "not at hand",
            Self::NotFeasible => "no time for it",
            Self::Refused => "refused",
            Self::Failed => "reading failed",
            Self::Read => "read",
        }
    }

    /// Draws the same number of times whatever comes out.
    pub(super) fn draw(card: &Card, age: u8, red: bool, unconscious: bool, rng: &mut impl Rng) -> Self {
        let [young, old, oldest] = card.carries;
        let carries = if age >= 85 {
            oldest
        } else if age >= 65 {
            old
        } else {
            young
        };
        // Without consciousness the protection of life is the basis (selection.md §4.4).
        let consents = if unconscious { 1.0 } else { card.consents };
        let steps = [
            (card.holds, Self::None),
            (card.registered, Self::NotRegistered),
            (carries, Self::NotAtHand),
            (if red { card.feasible_red } else { card.feasible }, Self::NotFeasible),
            (consents, Self::Refused),
            (card.works, Self::Failed),
        ];
        let drawn: [f64; 6] = core::array::from_fn(|_| rng.random());
        let stopped = steps.iter().zip(drawn).find(|((share, _), u)| u >= share);
        stopped.map_or(Self::Read, |((_, fate), _)| *fate)
    }
}
