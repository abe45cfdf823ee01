//! What is asked of the engine: one patient, one place, one moment. Nothing in it names a person or the cause of a need.

use crate::{Category, iso_time};
use model::{Capability, HospitalId, Need, Position, Sex, Timestamp, Triage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use travel_time::Tenths;

/// Why this case does not ask a hospital (again).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// 満床
    Full,
    /// 処置困難
    TreatmentDifficult,
    /// 手術中・診察中
    Busy,
    /// 専門外
    OutOfSpecialty,
    /// 医師不在
    NoDoctor,
    /// Accepted and took it back.
    Withdrew,
    /// No answer in time.
    NoAnswer,
    /// 道路不通: the way there is closed.
    RouteClosed,
    /// その他
    Other,
}

impl ExclusionReason {
    /// Whether a hospital said no; a closed road or silence says nothing of the case.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        !matches!(self, Self::RouteClosed | Self::NoAnswer)
    }
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Full => "満床",
            Self::TreatmentDifficult => "処置困難",
            Self::Busy => "手術・診察中",
            Self::OutOfSpecialty => "専門外",
            Self::NoDoctor => "医師不在",
            Self::Withdrew => "受入取消",
            Self::NoAnswer => "応答なし",
            Self::RouteClosed => "道路不通",
            Self::Other => "その他",
        }
    }
}

/// A hospital that this case has asked in vain or cannot reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Which.
    pub hospital: HospitalId,
    /// When it was refused or closed.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Why.
    pub reason: ExclusionReason,
}

/// Another unit's enquiry that stands at a hospital (他隊照会中). It lowers p, hides nothing, and never applies to 赤.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Where.
    pub hospital: HospitalId,
    /// When that enquiry was sent; it counts for [`crate::params::HOLD_MINUTES`].
    #[serde(with = "iso_time")]
    pub since: Timestamp,
}

/// Units of this system that are on their way to a hospital or unloading there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// Where.
    pub hospital: HospitalId,
    /// How many.
    pub units: u8,
}

/// The worth of going to a hospital that knows the patient (かかりつけ), in minutes.
///
/// It names a hospital visited, which is history: on a tablet a request or ranking with it stays in memory (DESIGN §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuity {
    /// Which.
    pub hospital: HospitalId,
    /// Minutes to subtract, 0 to [`crate::params::CONTINUITY_MAX`]; more is cut; nothing for 赤.
    pub minutes: Tenths,
}

/// One request for a ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectionRequest {
    /// The moment for which the ranking holds; ages of reports count from here.
    #[serde(with = "iso_time")]
    pub at: Timestamp,
    /// Where the drive starts.
    pub scene: Position,
    /// The crew's tag, if there is one yet.
    pub triage: Option<Triage>,
    /// From [`crate::assess`].
    pub category: Category,
    /// From [`crate::assess`], and by [`crate::merge_needs`] from history.
    pub needs: Vec<Need>,
    /// Years, as known or guessed.
    pub age: Option<u8>,
    /// As seen or on record.
    pub sex: Option<Sex>,
    /// Hospitals that refused this case.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
    /// Other units' enquiries.
    #[serde(default)]
    pub held: Vec<Hold>,
    /// Ambulances on their way.
    #[serde(default)]
    pub inbound: Vec<Inbound>,
    /// Hospitals that know the patient.
    #[serde(default)]
    pub continuity: Vec<Continuity>,
    /// The prefecture whose 実施基準 this case follows; its lists and its way to the last resort count. None = nobody's; what
    /// prefectures say of their hospitals counts all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<String>,
    /// A list for this category, in place of the prefecture's: others are `NOT_LISTED`.
    #[serde(default)]
    pub listed: Option<BTreeSet<HospitalId>>,
    /// Whole minutes in which rt-PA can still begin: of a stroke that needs it, with a known onset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lysis_minutes_left: Option<u32>,
    /// How many candidates are wanted, at least one.
    pub max_candidates: usize,
}

impl SelectionRequest {
    /// A request with nothing but place, moment and assessment; the rest is filled in by the caller.
    #[must_use]
    pub fn new(at: Timestamp, scene: Position, findings: &model::Findings) -> Self {
        let assessment = crate::assess(findings);
        let lysis = assessment.needs.iter().any(|need| need.capability == Capability::StrokeThrombolysis);
        let left = findings.onset_minutes.and_then(|minutes| crate::params::LYSIS_WINDOW.checked_sub(minutes));
        let lysis_minutes_left = left.filter(|_| lysis);
        Self {
            at,
            scene,
            triage: findings.triage,
            category: assessment.category,
            needs: assessment.needs,
            age: findings.age_guess(),
            sex: findings.sex,
            exclude: Vec::new(),
            held: Vec::new(),
            inbound: Vec::new(),
            continuity: Vec::new(),
            prefecture: None,
            lysis_minutes_left,
            listed: None,
            max_candidates: crate::params::DEFAULT_CANDIDATES,
        }
    }

    /// The same request without what names history; needs stay, they carry no cause. For what may rest on a tablet.
    #[must_use]
    pub fn without_history(mut self) -> Self {
        self.continuity.clear();
        self
    }

    /// 赤: no holds, no continuity, no waiting.
    #[must_use]
    pub fn is_red(&self) -> bool {
        self.triage == Some(Triage::Red) || self.category == Category::Critical
    }
}
