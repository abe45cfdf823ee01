//! The funnel of the card, each step defined by events.

use case::{Body, CardOutcome, CaseFacts};
use model::LookupId;
use std::collections::BTreeSet;

/// Codes of a reading that ended because no card lay on a reader: such a case has no card as far as its events say.
pub const NO_CARD_CODES: &[&str] = &["no-card", "no-reader", "reader-gone", "service-down"];

/// A step on the way from the question to the use. Each is said of a transported case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunnelStep {
    /// The crew began: the case has a `card_read` (however it ended), an `identity_judged`, a `consent_recorded` or a
    /// `lookup_asked`. There is no event of a question that led to nothing.
    Asked,
    /// A card was there: a `card_read` that ended as read, or that failed with a code outside [`NO_CARD_CODES`].
    HasCard,
    /// A `card_read` ended as read.
    Read,
    /// A `consent_recorded` allows a look-up (spoken for anything, or not obtainable), taken back later or not.
    Consented,
    /// A `history_viewed`: the summary was on the crew's screen.
    Viewed,
    /// An `enquiry_sent` carries a look-up that was viewed: the choice of a hospital rests on it. What the crew thought of it
    /// is in no event.
    Useful,
}

impl FunnelStep {
    /// In the order of the funnel.
    pub const ALL: [Self; 6] = [Self::Asked, Self::HasCard, Self::Read, Self::Consented, Self::Viewed, Self::Useful];
    /// The key in files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::HasCard => "has_card",
            Self::Read => "read",
            Self::Consented => "consented",
            Self::Viewed => "viewed",
            Self::Useful => "useful",
        }
    }
    /// The word for people.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Asked => "試行",
            Self::HasCard => "カードあり",
            Self::Read => "読取",
            Self::Consented => "同意",
            Self::Viewed => "閲覧",
            Self::Useful => "活用",
        }
    }
}

/// The steps that a case reached, whatever lies before them.
pub(crate) fn reached(facts: &CaseFacts) -> BTreeSet<FunnelStep> {
    let viewed: BTreeSet<LookupId> = facts
        .iter()
        .filter_map(|fact| match fact.event.body {
            Body::HistoryViewed { lookup } => Some(lookup),
            _ => None,
        })
        .collect();
    facts.iter().flat_map(|fact| steps_of(&fact.event.body, &viewed)).copied().collect()
}

fn steps_of(body: &Body, viewed: &BTreeSet<LookupId>) -> &'static [FunnelStep] {
    use FunnelStep::{Asked, Consented, HasCard, Read, Useful, Viewed};
    match body {
        Body::CardRead { outcome: CardOutcome::Read, .. } => &[Asked, HasCard, Read],
        Body::CardRead { outcome: CardOutcome::Failed { code }, .. } => {
            if NO_CARD_CODES.contains(&code.as_str()) {
                &[Asked]
            } else {
                &[Asked, HasCard]
            }
        }
        Body::ConsentRecorded { basis } if basis.allows_lookup() => &[Asked, Consented],
        Body::IdentityJudged { .. } | Body::ConsentRecorded { .. } | Body::LookupAsked { .. } => &[Asked],
        Body::HistoryViewed { .. } => &[Viewed],
        Body::EnquirySent { lookup: Some(lookup), .. } if viewed.contains(lookup) => &[Useful],
        _ => &[],
    }
}

/// The steps that a case passed: reached, as every step before. A look-up without a card passes none behind the first.
pub(crate) fn passed(reached: &BTreeSet<FunnelStep>) -> impl Iterator<Item = FunnelStep> + '_ {
    FunnelStep::ALL.into_iter().take_while(|step| reached.contains(step))
}
