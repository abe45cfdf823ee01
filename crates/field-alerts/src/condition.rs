//! What the crew observed, as a rule asks for it.

use model::{Complaint, Findings, FollowUp, FollowUpAnswer, Vital};
use serde::Deserialize;

/// A bound on a measured value; unmeasured never holds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VitalBound {
    vital: Vital,
    /// Holds below this, tenths of the unit.
    #[serde(default)]
    below: Option<i32>,
    /// Holds from this upwards, tenths of the unit.
    #[serde(default)]
    at_least: Option<i32>,
}

/// Holds when any of its parts does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Condition {
    complaints: Vec<Complaint>,
    /// Answered あり; "not asked" is not "no", and neither is it "yes".
    follow_ups: Vec<FollowUp>,
    vitals: Vec<VitalBound>,
    /// This grade of the Japan Coma Scale or deeper.
    jcs_min: Option<u16>,
}

impl Condition {
    pub(crate) fn is_empty(&self) -> bool {
        self.complaints.is_empty() && self.follow_ups.is_empty() && self.vitals.is_empty() && self.jcs_min.is_none()
    }
    pub(crate) fn holds(&self, findings: &Findings) -> bool {
        self.complaints.iter().any(|c| findings.has(*c))
            || self.follow_ups.iter().any(|f| findings.follow_ups.get(f) == Some(&FollowUpAnswer::Yes))
            || self.vitals.iter().any(|bound| bound.holds(findings))
            || self.jcs_min.is_some_and(|min| findings.jcs.is_some_and(|jcs| jcs.grade() >= min))
    }
}

impl VitalBound {
    fn holds(&self, findings: &Findings) -> bool {
        let Some(tenths) = findings.measured(self.vital) else { return false };
        let within = self.below.is_none_or(|b| tenths < b) && self.at_least.is_none_or(|b| tenths >= b);
        within && (self.below.is_some() || self.at_least.is_some())
    }
}
