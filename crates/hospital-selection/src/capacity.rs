//! Capacity that admits its age: a report decays to the hospital's base rate (two-state Markov chain), a closure expires.

use crate::iso_time;
use model::{Capability, HospitalId, Timestamp};
use serde::{Deserialize, Serialize};

/// What was said of a hospital's capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapacityState {
    /// ◎ 余裕、空床: takes patients.
    Free,
    /// ○ 可: takes patients, with little room. Sent to tablets that know it; others are told [`Self::before_levels`].
    Limited,
    /// × 満床: takes none for now.
    Full,
    /// 停止: the service is down until it expires (CT停止, 受入停止).
    Down,
    /// 当番外: not on duty until it expires.
    OffDuty,
}

impl CapacityState {
    /// The nearest state that programs without ○ know.
    #[must_use]
    pub const fn before_levels(self) -> Self {
        match self {
            Self::Limited => Self::Free,
            known => known,
        }
    }

    /// Whether it speaks of room (◎ ○ ×), not of a closure.
    #[must_use]
    pub const fn is_level(self) -> bool {
        matches!(self, Self::Free | Self::Limited | Self::Full)
    }

    /// Whether patients are taken.
    #[must_use]
    pub const fn takes(self) -> bool {
        matches!(self, Self::Free | Self::Limited)
    }
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapacitySource {
    /// The hospital's desk.
    Desk,
    /// A refusal that any crew received.
    Refusal,
    /// An acceptance that any crew received.
    Acceptance,
    /// A patient arrived there.
    Arrival,
    /// A regional system (広域災害救急医療情報システム and its like).
    Region,
    /// Told by telephone to dispatch.
    Phone,
    /// The hospital's weekly pattern: what is usual at this hour, not what was looked at. Sent to tablets that know it only.
    Filed,
}

/// One report. It speaks of the whole hospital, or of one capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityReport {
    /// Of which hospital.
    pub hospital: HospitalId,
    /// Of which capability; none = of the whole hospital.
    #[serde(default)]
    pub capability: Option<Capability>,
    /// What.
    pub state: CapacityState,
    /// Since when it is known.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Who said so.
    pub source: CapacitySource,
    /// When it ends. None: `down` and `off_duty` [`crate::params::CLOSURE_MINUTES`] after `at`; a level never, it only decays.
    #[serde(default, with = "iso_time::option")]
    pub until: Option<Timestamp>,
}

impl CapacityReport {
    /// Whether the report still counts at `now`: not from the future, and not past its end.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        if self.at > now {
            return false;
        }
        match self.state {
            CapacityState::Free | CapacityState::Limited | CapacityState::Full => {
                self.until.is_none_or(|end| now < end)
            }
            CapacityState::Down | CapacityState::OffDuty => {
                now < self.until.unwrap_or(self.at.plus_minutes(crate::params::CLOSURE_MINUTES))
            }
        }
    }

    /// As programs that know neither ○ nor filed patterns are told; none = not at all.
    #[must_use]
    pub fn before_levels(&self) -> Option<Self> {
        let known = self.source != CapacitySource::Filed;
        known.then(|| Self { state: self.state.before_levels(), ..*self })
    }
}

/// A two-state Markov chain in continuous time: free ↔ full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Markov {
    /// Long-run share of time free, 0–1.
    pub base: f64,
    /// How fast a report loses its worth, per minute (α + β).
    pub rate: f64,
}

impl Markov {
    /// From the rates free → full (α) and full → free (β), per minute.
    #[must_use]
    pub fn from_rates(alpha: f64, beta: f64) -> Self {
        Self { base: beta / (alpha + beta), rate: alpha + beta }
    }

    /// Probability of being free `age_minutes` after a report; exact for the chain.
    #[must_use]
    pub fn free_now(self, reported: CapacityState, age_minutes: f64) -> f64 {
        self.worth(reported, libm::exp(-self.rate * age_minutes.max(0.0)))
    }

    /// Probability of being free when of a report `left` is left: 1 as if it were new, 0 as if there were none.
    /// ○ stands between the usual share and certainty, so that saying it is never worse than saying nothing.
    #[must_use]
    pub fn worth(self, reported: CapacityState, left: f64) -> f64 {
        match reported {
            CapacityState::Free => self.base + (1.0 - self.base) * left,
            CapacityState::Limited => self.base + crate::params::LIMITED_WORTH * (1.0 - self.base) * left,
            _ => self.base * (1.0 - left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_report_decays_as_computed_by_hand() {
        let m = Markov::from_rates(1.0 / 120.0, 1.0 / 80.0);
        assert!((m.base - 0.6).abs() < 1e-12);
        for (age, expected) in [(0.0, 1.0), (10.0, 0.9248), (30.0, 0.8141), (60.0, 0.7146), (120.0, 0.6328)] {
            assert!((m.free_now(CapacityState::Free, age) - expected).abs() < 5e-5, "{age} min");
        }
        assert!(m.free_now(CapacityState::Full, 0.0).abs() < 1e-12);
        assert!((m.free_now(CapacityState::Full, 1e6) - 0.6).abs() < 1e-12);
        // ○: 0.6 + 0.5 · 0.4 · e^(−age/48)
        for (age, expected) in [(0.0, 0.8), (20.0, 0.7318), (120.0, 0.6164)] {
            assert!((m.free_now(CapacityState::Limited, age) - expected).abs() < 5e-5, "{age} min");
        }
    }

    #[test]
    fn who_does_not_know_the_third_level_is_told_the_nearest_and_nothing_of_patterns() {
        let said = |state, source| CapacityReport {
            hospital: HospitalId::from_bytes([1; 16]),
            capability: None,
            state,
            at: Timestamp::from_millis(0),
            source,
            until: None,
        };
        let told = |state, source| said(state, source).before_levels().map(|report| report.state);
        assert_eq!(told(CapacityState::Limited, CapacitySource::Desk), Some(CapacityState::Free));
        assert_eq!(told(CapacityState::Full, CapacitySource::Desk), Some(CapacityState::Full));
        assert_eq!(told(CapacityState::Free, CapacitySource::Filed), None);
    }

    #[test]
    fn a_level_with_an_end_counts_until_then() {
        let at = Timestamp::from_millis(1_795_132_800_000);
        let (hospital, source) = (HospitalId::from_bytes([1; 16]), CapacitySource::Desk);
        let until = Some(at.plus_minutes(120));
        for state in [CapacityState::Free, CapacityState::Limited, CapacityState::Full] {
            let report = CapacityReport { hospital, capability: None, state, at, source, until };
            assert!(report.holds(at.plus_minutes(119)) && !report.holds(at.plus_minutes(120)));
            assert!(CapacityReport { until: None, ..report }.holds(at.plus_minutes(100_000)), "it only decays");
        }
    }

    #[test]
    fn a_closure_ends_and_a_report_from_the_future_does_not_count() {
        let at = Timestamp::from_millis(1_795_132_800_000);
        let mut report = CapacityReport {
            hospital: HospitalId::from_bytes([1; 16]),
            capability: None,
            state: CapacityState::Down,
            at,
            source: CapacitySource::Desk,
            until: Some(at.plus_minutes(30)),
        };
        assert!(report.holds(at.plus_minutes(29)) && !report.holds(at.plus_minutes(30)));
        assert!(!report.holds(at.plus_minutes(-1)));
        report.until = None;
        assert!(report.holds(at.plus_minutes(crate::params::CLOSURE_MINUTES - 1)));
        assert!(!report.holds(at.plus_minutes(crate::params::CLOSURE_MINUTES)));
    }
}
