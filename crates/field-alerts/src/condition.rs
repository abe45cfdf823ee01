//! What the crew observed, as a rule asks for it.

use crate::alert::Observed;
use crate::observed_words as words;
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
    /// The first of its parts that was observed, in the crew's words; none when it does not hold.
    pub(crate) fn observed(&self, findings: &Findings) -> Option<Observed> {
        let complaint = self.complaints.iter().find(|c| findings.has(**c));
        let answered = |f: &&FollowUp| findings.follow_ups.get(f) == Some(&FollowUpAnswer::Yes);
        let jcs = || findings.jcs.filter(|jcs| self.jcs_min.is_some_and(|min| jcs.grade() >= min));
        complaint
            .map(|c| Observed::new(c.ja(), c.en()))
            .or_else(|| self.follow_ups.iter().find(answered).map(|f| Observed::new(f.ja(), words::follow_up_en(*f))))
            .or_else(|| self.vitals.iter().find_map(|bound| bound.observed(findings)))
            .or_else(|| jcs().map(|jcs| Observed::same(format!("JCS {}", jcs.grade()))))
    }
}

impl VitalBound {
    fn observed(&self, findings: &Findings) -> Option<Observed> {
        let tenths = findings.measured(self.vital)?;
        let within = self.below.is_none_or(|b| tenths < b) && self.at_least.is_none_or(|b| tenths >= b);
        let bounded = self.below.is_some() || self.at_least.is_some();
        (within && bounded).then(|| words::vital(self.vital, tenths))
    }
}
