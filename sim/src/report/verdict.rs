//! What had to hold, and whether it did.

use super::number::{amount, nan_from_null};
use serde::{Deserialize, Serialize};

/// On which side of its limit a figure has to lie.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// `measured ≤ limit`.
    AtMost,
    /// `measured ≥ limit`.
    AtLeast,
    /// `measured = limit`, for what is counted.
    Exactly,
}

impl Bound {
    /// ≤, ≥ or =.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtMost => "≤",
            Self::AtLeast => "≥",
            Self::Exactly => "=",
        }
    }

    fn holds(self, measured: f64, limit: f64) -> bool {
        match self {
            Self::AtMost => measured <= limit,
            Self::AtLeast => measured >= limit,
            Self::Exactly => measured == limit,
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The limit was kept.
    Kept,
    /// The median missed the limit, and some round kept it: a miss by less than the spread, which is told and not failed.
    WithinSpread,
    /// The limit was missed.
    Missed,
    /// There is no figure; nothing that was not measured was kept.
    NotMeasured,
}

impl Outcome {
    /// Whether a command may end with 0 all the same.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::Kept | Self::WithinSpread)
    }

    /// In one word, for whoever sees no colours.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::WithinSpread => "within the spread",
            Self::Missed => "MISSED",
            Self::NotMeasured => "NOT MEASURED",
        }
    }

    /// ✓, ≈, ✗ or ?.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Kept => "✓",
            Self::WithinSpread => "≈",
            Self::Missed => "✗",
            Self::NotMeasured => "?",
        }
    }
}

/// A figure over several rounds: from where to where they lie.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The middle one; of an even number the mean of the two in the middle.
    #[serde(deserialize_with = "nan_from_null")]
    pub median: f64,
    /// The least.
    #[serde(deserialize_with = "nan_from_null")]
    pub least: f64,
    /// The most.
    #[serde(deserialize_with = "nan_from_null")]
    pub most: f64,
    /// How many.
    pub rounds: u32,
}

impl Spread {
    /// Of the figure of each round; NaN without any.
    #[must_use]
    pub fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut all: Vec<f64> = rounds.into_iter().collect();
        all.sort_unstable_by(f64::total_cmp);
        let at = |index: usize| all.get(index).copied().unwrap_or(f64::NAN);
        let last = all.len().saturating_sub(1);
        let median = f64::midpoint(at(last / 2), at(last.div_ceil(2)));
        Self { median, least: at(0), most: at(last), rounds: u32::try_from(all.len()).unwrap_or(u32::MAX) }
    }

    /// `1.31 (1.2 – 1.42)`; of one round its figure alone.
    #[must_use]
    pub fn brief(&self) -> String {
        match self.rounds {
            0 | 1 => amount(self.median),
            _ => format!("{} ({} – {})", amount(self.median), amount(self.least), amount(self.most)),
        }
    }

    /// `1.20 – 1.42 (5 rounds)`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} – {} ({} rounds)", amount(self.least), amount(self.most), self.rounds)
    }
}

/// One limit beside what was measured.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What had to hold, in words.
    pub name: String,
    /// On which side.
    pub bound: Bound,
    /// The limit.
    pub limit: f64,
    /// What was measured; the median where there were rounds. Null in JSON when nothing was.
    #[serde(deserialize_with = "nan_from_null")]
    pub measured: f64,
    /// Of both; empty for ratios and counts.
    #[serde(default)]
    pub unit: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What is aimed at beyond the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<f64>,
    /// The rounds behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// What a reader has to know of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Verdict {
    /// `measured ≤ limit`.
    #[must_use]
    pub fn at_most(name: impl Into<String>, measured: f64, limit: f64, unit: impl Into<String>) -> Self {
        Self::new(name, Bound::AtMost, (measured, limit), unit)
    }

    /// `measured ≥ limit`.
    #[must_use]
    pub fn at_least(name: impl Into<String>, measured: f64, limit: f64, unit: impl Into<String>) -> Self {
        Self::new(name, Bound::AtLeast, (measured, limit), unit)
    }

    /// Something that is counted and must be this many, mostly none.
    #[must_use]
    pub fn exactly(name: impl Into<String>, measured: u64, limit: u64) -> Self {
        Self::new(name, Bound::Exactly, (measured as f64, limit as f64), "")
    }

    fn new(name: impl Into<String>, bound: Bound, (measured, limit): (f64, f64), unit: impl Into<String>) -> Self {
        let outcome = match measured.is_finite() {
            false => Outcome::NotMeasured,
            true if bound.holds(measured, limit) => Outcome::Kept,
            true => Outcome::Missed,
        };
        let (name, unit) = (name.into(), unit.into());
        Self { name, bound, limit, measured, unit, outcome, goal: None, spread: None, note: String::new() }
    }

    /// With the rounds behind the median. A miss inside their spread is told and not failed.
    #[must_use]
    pub fn with_spread(mut self, spread: Spread) -> Self {
        let some_round_kept = [spread.least, spread.most].into_iter().any(|end| self.bound.holds(end, self.limit));
        if self.outcome == Outcome::Missed && spread.rounds > 1 && some_round_kept {
            self.outcome = Outcome::WithinSpread;
        }
        self.spread = Some(spread);
        self
    }

    /// With what is aimed at beyond the limit.
    #[must_use]
    pub const fn with_goal(mut self, goal: f64) -> Self {
        self.goal = Some(goal);
        self
    }

    /// With what a reader has to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether a command may end with 0.
    #[must_use]
    pub const fn passes(&self) -> bool {
        self.outcome.passes()
    }

    /// `≤ 50 ms`, with the goal.
    #[must_use]
    pub fn limit_text(&self) -> String {
        let goal = self.goal.map_or_else(String::new, |goal| format!(" (goal {})", amount(goal)));
        format!("{} {}{goal}", self.bound.sign(), with_unit(self.limit, &self.unit))
    }

    /// `38.2 ms`.
    #[must_use]
    pub fn measured_text(&self) -> String {
        with_unit(self.measured, &self.unit)
    }
}

/// A number with its unit.
pub(super) fn with_unit(value: f64, unit: &str) -> String {
    if unit.is_empty() || !value.is_finite() { amount(value) } else { format!("{} {unit}", amount(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_kept_on_its_side_and_at_the_limit_itself() {
        assert!(Verdict::at_most("p99", 50.0, 50.0, "ms").passes());
        assert!(!Verdict::at_most("p99", 50.1, 50.0, "ms").passes());
        assert!(Verdict::at_least("rate", 200.0, 200.0, "1/s").passes());
        assert!(!Verdict::at_least("rate", 199.0, 200.0, "1/s").passes());
        assert!(!Verdict::exactly("lost", 1, 0).passes());
    }

    #[test]
    fn what_was_not_measured_is_not_kept() {
        for bound in [Verdict::at_most("x", f64::NAN, 1.0, ""), Verdict::at_least("x", f64::INFINITY, 1.0, "")] {
            assert_eq!(bound.outcome, Outcome::NotMeasured);
            assert!(!bound.passes());
        }
    }

    #[test]
    fn a_miss_inside_the_spread_is_told_and_not_failed() {
        let rounds = Spread::of([1.6, 1.8, 1.75]);
        assert_eq!(rounds.median, 1.75);
        let near = Verdict::at_most("ratio", rounds.median, 1.7, "").with_spread(rounds);
        assert_eq!(near.outcome, Outcome::WithinSpread);
        let far = Verdict::at_most("ratio", 1.75, 1.5, "").with_spread(rounds);
        assert_eq!(far.outcome, Outcome::Missed);
        let alone = Verdict::at_most("ratio", 1.75, 1.7, "").with_spread(Spread::of([1.75]));
        assert_eq!(alone.outcome, Outcome::Missed);
    }
}
