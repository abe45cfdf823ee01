//! Looks at histories without consent (同意取得困難) and what a reviewer said of each.

use super::StoreError;
use crate::principal::Scope;
use audit::{Act, Basis, Begin, Code, Outcome, ShownItem, Viewing};
use core::future::Future;
use model::{CaseId, CrewId, DepartmentId, DeviceId, LookupId, Timestamp};
use serde::{Deserialize, Serialize};

/// The reason of a look without a card in a disaster (`disaster`); without consent, its reason follows
/// (`disaster.unconscious`).
pub const DISASTER: &str = "disaster";

/// A look-up on the basis "not obtainable", or without a card in a disaster, as its audit entries say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyLook {
    /// The look-up.
    pub lookup: LookupId,
    /// Its case.
    pub case: CaseId,
    /// Its department: the one that reviews it.
    pub department: DepartmentId,
    /// Who looked.
    pub person: Option<CrewId>,
    /// Through which tablet.
    pub device: Option<DeviceId>,
    /// Why it has to be reviewed: why consent could not be asked for, the code of a
    /// [`patient_history::NotObtainableReason`]; or [`DISASTER`].
    pub reason: Code,
    /// When it began; the first time, when it was tried again.
    pub begun_at: Timestamp,
    /// How it ended; none while it runs, or when the server was killed in it.
    pub end: Option<LookEnd>,
}

/// How a look ended, and which sections were shown. Never what they held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookEnd {
    /// When.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
    /// Sections with the number of rows.
    pub shown: Vec<ShownItem>,
}

/// What a reviewer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// 妥当.
    Right,
    /// 不適切.
    NotRight,
}

impl Judgement {
    /// The stored word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::NotRight => "not_right",
        }
    }
    /// From the stored word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Right, Self::NotRight].into_iter().find(|judgement| judgement.key() == key)
    }
    /// The word on pages.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Right => "妥当",
            Self::NotRight => "不適切",
        }
    }
}

/// A review: given once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Of which look-up.
    pub lookup: LookupId,
    /// What was said.
    pub judgement: Judgement,
    /// What the reviewer added.
    pub note: Option<String>,
    /// Who.
    pub by: CrewId,
    /// When.
    pub at: Timestamp,
}

/// What became of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It stands.
    First,
    /// Somebody had reviewed it before: that stands, nothing was written.
    Already(Verdict),
}

/// A look with its review, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewItem {
    /// The look.
    pub look: EmergencyLook,
    /// What was said of it.
    pub verdict: Option<Verdict>,
}

/// Which looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewsOf {
    /// Not reviewed yet, the oldest first.
    Open,
    /// Reviewed, the newest review first.
    Reviewed,
}

/// The queue. A look enters it in the transaction that begins its audit, so that none can be missed.
pub trait Reviews: Send + Sync {
    /// Looks in scope, at most `limit`.
    fn emergency_looks(
        &self,
        scope: Scope,
        which: ReviewsOf,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<ReviewItem>, StoreError>> + Send;
    /// One look in scope.
    fn emergency_look(
        &self,
        scope: Scope,
        lookup: LookupId,
    ) -> impl Future<Output = Result<Option<ReviewItem>, StoreError>> + Send;
    /// How many in scope are not reviewed.
    fn open_reviews(&self, scope: Scope) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// Reviews a look, compare-and-set, with its audit entry in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the look is not known.
    fn review(&self, verdict: Verdict, act: Act) -> impl Future<Output = Result<Judged, StoreError>> + Send;
}

/// The look that an audit entry begins, when it has to be reviewed: one meaning for every store.
#[must_use]
pub fn look_to_review(at: Timestamp, begin: &Begin) -> Option<EmergencyLook> {
    let reason = match (begin.viewing, &begin.basis) {
        (Viewing::CrewLookup, Basis::Emergency { reason, .. }) => reason.clone(),
        (Viewing::Disaster, Basis::Emergency { reason, .. }) => {
            Code::new(&format!("{DISASTER}.{}", reason.as_str())).or_else(|_| Code::new(DISASTER)).ok()?
        }
        (Viewing::Disaster, Basis::Consent { .. }) => Code::new(DISASTER).ok()?,
        _ => return None,
    };
    Some(EmergencyLook {
        lookup: begin.lookup,
        case: begin.case,
        department: begin.viewer.department?,
        person: begin.viewer.person,
        device: begin.viewer.device,
        reason,
        begun_at: at,
        end: None,
    })
}
