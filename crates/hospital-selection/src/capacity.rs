//! Capacity that admits its age: a report decays to the hospital's base rate (two-state Markov chain), a closure expires.

use crate::iso_time;
use model::{Capability, HospitalId, Timestamp};
use serde::{Deserialize, Serialize};

/// What was said of a hospital's capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapacityState {
    /// 空床: takes patients.
    Free,
    /// 満床: takes none for now.
    Full,
    /// 停止: the service is down until it expires (CT停止, 受入停止).
    Down,
    /// 当番外: not on duty until it expires.
    OffDuty,
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
    /// For `down` and `off_duty`: when it ends; none = [`crate::params::CLOSURE_MINUTES`] after `at`.
    #[serde(default, with = "iso_time::option")]
    pub until: Option<Timestamp>,
}

impl CapacityReport {
    /// Whether the report still counts at `now`: not from the future, and a closure not past its end.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        if self.at > now {
            return false;
        }
        match self.state {
            CapacityState::Free | CapacityState::Full => true,
            CapacityState::Down | CapacityState::OffDuty => {
                now < self.until.unwrap_or(self.at.plus_minutes(crate::params::CLOSURE_MINUTES))
            }
        }
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
    pub fn free_now(self, reported_free: bool, age_minutes: f64) -> f64 {
        let left = libm::exp(-self.rate * age_minutes.max(0.0));
        if reported_free { self.base + (1.0 - self.base) * left } else { self.base * (1.0 - left) }
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
            assert!((m.free_now(true, age) - expected).abs() < 5e-5, "{age} min");
        }
        assert!(m.free_now(false, 0.0).abs() < 1e-12);
        assert!((m.free_now(false, 1e6) - 0.6).abs() < 1e-12);
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
