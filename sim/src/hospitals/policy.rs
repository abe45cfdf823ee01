//! How a played desk answers.

use case::DeclineReason;
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// A desk that always says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Always {
    /// 受入可.
    Accept,
    /// 条件付き.
    Conditional,
    /// 不可.
    Decline,
    /// It never answers.
    Silent,
}

/// Probabilities of answers, and how long a desk thinks.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    accept: f64,
    conditional: f64,
    delay: (Duration, Duration),
    always: Option<Always>,
}

/// Numbers that make no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A share is not between 0 and 1, or both together are more than 1.
    #[error("reading the policy: shares of accept and conditional answers must lie in 0–1 and sum to at most 1")]
    Shares,
    /// The longest delay is shorter than the shortest.
    #[error("reading the policy: the longest delay is shorter than the shortest")]
    Delay,
}

/// What a desk says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Accepted,
    Conditional(&'static str),
    Declined(DeclineReason),
    Nothing,
}

/// Conditions as desks word them.
const CONDITIONS: [&str; 3] = ["10分後以降なら可", "初療のみ可（入院は転送）", "専門医の到着後なら可"];
/// Minutes for which a played condition stands.
const CONDITION_MINUTES: i64 = 30;
/// Reasons that a played desk gives; the other three need a person behind them.
const REASONS: [DeclineReason; 6] = [
    DeclineReason::BedsFull,
    DeclineReason::InSurgery,
    DeclineReason::Busy,
    DeclineReason::CannotTreat,
    DeclineReason::NotOurField,
    DeclineReason::NoDoctor,
];

impl Policy {
    /// Shares of acceptances and of conditional answers (0–1, together at most 1; the rest declines), and the shortest and
    /// longest delay.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn new(accept: f64, conditional: f64, shortest: Duration, longest: Duration) -> Result<Self, PolicyError> {
        let share = |p: f64| (0.0..=1.0).contains(&p);
        if !share(accept) || !share(conditional) || accept + conditional > 1.0 {
            return Err(PolicyError::Shares);
        }
        if longest < shortest {
            return Err(PolicyError::Delay);
        }
        Ok(Self { accept, conditional, delay: (shortest, longest), always: None })
    }
    /// The same delays, always the same answer.
    #[must_use]
    pub fn with(&self, always: Always) -> Self {
        Self { always: Some(always), ..self.clone() }
    }
    /// What is said to the next enquiry, and after how long. It draws the same number of times whatever comes out.
    pub(crate) fn next(&self, rng: &mut impl rand::Rng) -> (Duration, Reply) {
        let thinking = self.delay.0 + self.delay.1.saturating_sub(self.delay.0).mul_f64(rng.random());
        let (drawn, condition, reason): (f64, _, _) = (rng.random(), CONDITIONS.choose(rng), REASONS.choose(rng));
        let conditional = Reply::Conditional(condition.copied().unwrap_or_default());
        let declined = Reply::Declined(reason.copied().unwrap_or(DeclineReason::Other));
        let reply = match self.always {
            Some(Always::Accept) => Reply::Accepted,
            Some(Always::Conditional) => conditional,
            Some(Always::Decline) => declined,
            Some(Always::Silent) => Reply::Nothing,
            None if drawn < self.accept => Reply::Accepted,
            None if drawn < self.accept + self.conditional => conditional,
            None => declined,
        };
        (thinking, reply)
    }
}

impl Reply {
    /// The request's body; none for silence.
    pub(crate) fn body(&self) -> Option<Value> {
        match self {
            Self::Accepted => Some(json!({ "accepted": {} })),
            Self::Conditional(condition) => {
                Some(json!({ "conditional": { "condition": condition, "minutes": CONDITION_MINUTES } }))
            }
            Self::Declined(reason) => Some(json!({ "declined": { "reason": reason } })),
            Self::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::RngStreams;

    #[test]
    fn the_same_seed_answers_the_same_and_shares_come_out() {
        let policy = Policy::new(0.6, 0.1, Duration::from_millis(10), Duration::from_millis(20)).expect("a policy");
        let replies = |name: &str| {
            let mut rng = RngStreams::from_u64(5).stream(name);
            (0..2_000).map(|_| policy.next(&mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(replies("a"), replies("a"));
        assert_ne!(replies("a"), replies("b"));
        let accepted = replies("a").iter().filter(|(_, reply)| *reply == Reply::Accepted).count();
        assert!((1_100..1_300).contains(&accepted), "{accepted} of 2000");
        assert!(replies("a").iter().all(|(delay, _)| (10..=20).contains(&delay.as_millis())));
    }

    #[test]
    fn impossible_shares_are_refused() {
        let zero = Duration::ZERO;
        assert_eq!(Policy::new(0.7, 0.4, zero, zero), Err(PolicyError::Shares));
        assert_eq!(Policy::new(f64::NAN, 0.0, zero, zero), Err(PolicyError::Shares));
        assert_eq!(Policy::new(0.5, 0.1, Duration::from_secs(1), zero), Err(PolicyError::Delay));
    }
}
