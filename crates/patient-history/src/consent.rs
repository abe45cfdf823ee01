//! Whether, and for what, the person allowed the look-up.

use crate::SectionKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The kinds of information that the national system asks consent for separately (…ConsFlg triplets). Surgery always is
/// a consent of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// 薬剤情報, with 電子処方箋.
    Medications,
    /// 診療情報, with 受診歴 and 透析.
    Treatments,
    /// 手術情報.
    Surgeries,
    /// 特定健診情報.
    Checkups,
}

impl ConsentKind {
    /// All kinds in screen order.
    pub const ALL: [Self; 4] = [Self::Medications, Self::Treatments, Self::Surgeries, Self::Checkups];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Medications => "薬剤",
            Self::Treatments => "診療",
            Self::Surgeries => "手術",
            Self::Checkups => "健診",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Medications => "Medicines",
            Self::Treatments => "Care",
            Self::Surgeries => "Surgery",
            Self::Checkups => "Check-ups",
        }
    }
}

/// How much of the record the person allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentScope {
    /// 全て同意.
    All,
    /// 個別に同意: these kinds and nothing else.
    Only(BTreeSet<ConsentKind>),
}

impl ConsentScope {
    /// Whether a kind is covered.
    #[must_use]
    pub fn covers(&self, kind: ConsentKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kinds.contains(&kind),
        }
    }
}

/// Why consent could not be asked for. Used only when life or body has to be protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotObtainableReason {
    /// 意識不明.
    Unconscious,
    /// 心肺停止.
    CardiacArrest,
    /// 重症で会話不能.
    TooSevereToTalk,
    /// 判断能力の低下 (認知症等).
    ImpairedJudgement,
    /// 保護者不在の小児.
    ChildWithoutGuardian,
}

impl NotObtainableReason {
    /// All reasons in screen order.
    pub const ALL: [Self; 5] = [
        Self::Unconscious,
        Self::CardiacArrest,
        Self::TooSevereToTalk,
        Self::ImpairedJudgement,
        Self::ChildWithoutGuardian,
    ];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Unconscious => "意識不明",
            Self::CardiacArrest => "心肺停止",
            Self::TooSevereToTalk => "重症で会話不能",
            Self::ImpairedJudgement => "判断能力の低下",
            Self::ChildWithoutGuardian => "保護者不在の小児",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Unconscious => "Unconscious",
            Self::CardiacArrest => "Cardiac arrest",
            Self::TooSevereToTalk => "Too severe to talk",
            Self::ImpairedJudgement => "Impaired judgement",
            Self::ChildWithoutGuardian => "Child, no guardian",
        }
    }
}

/// Why somebody refused, when they said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// 早く搬送してほしい.
    WantsSpeed,
    /// 隊員に知られたくない.
    Privacy,
    /// 情報の安全が不安.
    SecurityWorry,
    /// その他.
    Other,
}

impl RefusalReason {
    /// All reasons in screen order.
    pub const ALL: [Self; 4] = [Self::WantsSpeed, Self::Privacy, Self::SecurityWorry, Self::Other];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::WantsSpeed => "早く搬送してほしい",
            Self::Privacy => "知られたくない",
            Self::SecurityWorry => "情報の安全が不安",
            Self::Other => "その他",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::WantsSpeed => "Wants speed",
            Self::Privacy => "Privacy",
            Self::SecurityWorry => "Security worry",
            Self::Other => "Other",
        }
    }
}

/// The recorded basis without which no look-up leaves the tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentBasis {
    /// 口頭同意.
    Spoken {
        /// What was allowed.
        scope: ConsentScope,
        /// Whether the person also allowed the accepting hospital to be told.
        told_to_hospitals: bool,
    },
    /// 同意取得困難: life or body has to be protected. Audited apart, never the default.
    NotObtainable {
        /// Why it could not be asked for.
        reason: NotObtainableReason,
    },
    /// 不同意: nothing is sent.
    Refused {
        /// The reason, when one was given.
        reason: Option<RefusalReason>,
    },
}

impl ConsentBasis {
    /// Whether a look-up may be made at all.
    #[must_use]
    pub fn allows_lookup(&self) -> bool {
        ConsentKind::ALL.into_iter().any(|kind| self.permits_kind(kind))
    }
    /// Whether a kind of information may be read.
    #[must_use]
    pub fn permits_kind(&self, kind: ConsentKind) -> bool {
        match self {
            Self::Spoken { scope, .. } => scope.covers(kind),
            Self::NotObtainable { .. } => true,
            Self::Refused { .. } => false,
        }
    }
    /// Whether a section may be read.
    #[must_use]
    pub fn permits(&self, section: SectionKind) -> bool {
        self.permits_kind(section.consent_kind())
    }
    /// Whether the accepting hospital may receive the rows. Where consent cannot be obtained the same need that opens the
    /// record covers the hospital that treats the person.
    #[must_use]
    pub const fn permits_hospital(&self) -> bool {
        match self {
            Self::Spoken { told_to_hospitals, .. } => *told_to_hospitals,
            Self::NotObtainable { .. } => true,
            Self::Refused { .. } => false,
        }
    }
    /// Whether this is the emergency basis, which never waits in a queue and is audited as an event of its own.
    #[must_use]
    pub const fn is_emergency(&self) -> bool {
        matches!(self, Self::NotObtainable { .. })
    }
    /// The crew's word.
    #[must_use]
    pub const fn ja(&self) -> &'static str {
        match self {
            Self::Spoken { .. } => "口頭同意",
            Self::NotObtainable { .. } => "同意取得困難",
            Self::Refused { .. } => "不同意",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(kinds: &[ConsentKind]) -> ConsentBasis {
        ConsentBasis::Spoken { scope: ConsentScope::Only(kinds.iter().copied().collect()), told_to_hospitals: false }
    }

    #[test]
    fn surgery_is_not_covered_by_consent_to_care() {
        let basis = spoken(&[ConsentKind::Treatments]);
        assert!(basis.permits(SectionKind::Dialysis) && basis.permits(SectionKind::Visits));
        assert!(!basis.permits(SectionKind::Surgeries) && !basis.permits(SectionKind::Medications));
    }

    #[test]
    fn refusal_and_an_empty_scope_allow_nothing() {
        assert!(!ConsentBasis::Refused { reason: None }.allows_lookup());
        assert!(!spoken(&[]).allows_lookup());
        assert!(
            ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious }.permits(SectionKind::Surgeries)
        );
    }

    #[test]
    fn the_stored_form_is_stable() {
        let basis = spoken(&[ConsentKind::Surgeries, ConsentKind::Medications]);
        let json = serde_json::to_string(&basis).expect("json");
        assert_eq!(json, r#"{"spoken":{"scope":{"only":["medications","surgeries"]},"told_to_hospitals":false}}"#);
        assert_eq!(serde_json::from_str::<ConsentBasis>(&json).expect("read back"), basis);
    }
}
