//! From findings to category and needs: one table of rules, data not code.
//!
//! The table is a first version of a prefecture's 分類基準・選定基準 and has to be approved by the region's medical control
//! council. All rules that fit apply; the category is the first of [`Category::ALL`] among theirs; needs only add up.

mod rules;

pub use rules::{NEED_RULES, RULES_VERSION};

use crate::Category;
use model::{Capability, Complaint, Findings, FollowUp, FollowUpAnswer, Need, Strength, Triage, Vital};
use std::collections::BTreeMap;

/// One thing a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The complaint was chosen.
    Has(Complaint),
    /// The follow-up was answered with あり.
    Answered(FollowUp),
    /// The crew's tag is 赤.
    Red,
    /// JCS of at least this grade.
    JcsFrom(u16),
    /// Measured below this, tenths of the unit.
    Below(Vital, i32),
    /// Measured at least this, tenths of the unit.
    From(Vital, i32),
    /// Younger than this, by record or estimate.
    AgeUnder(u8),
    /// Onset at most this many minutes ago.
    OnsetWithin(u32),
}

impl Condition {
    /// Whether the findings show it. What was not asked or not measured never shows anything.
    #[must_use]
    pub fn holds(self, findings: &Findings) -> bool {
        match self {
            Self::Has(complaint) => findings.has(complaint),
            Self::Answered(question) => findings.follow_ups.get(&question) == Some(&FollowUpAnswer::Yes),
            Self::Red => findings.triage == Some(Triage::Red),
            Self::JcsFrom(grade) => findings.jcs.is_some_and(|jcs| jcs.grade() >= grade),
            Self::Below(vital, tenths) => findings.measured(vital).is_some_and(|v| v < tenths),
            Self::From(vital, tenths) => findings.measured(vital).is_some_and(|v| v >= tenths),
            Self::AgeUnder(years) => findings.age_guess().is_some_and(|age| age < years),
            Self::OnsetWithin(minutes) => findings.onset_minutes.is_some_and(|m| m <= minutes),
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedRule {
    /// Stable name.
    pub id: &'static str,
    /// All must hold.
    pub when: &'static [Condition],
    /// The category it speaks for.
    pub category: Option<Category>,
    /// What it asks of a hospital.
    pub needs: &'static [(Capability, Strength)],
}

/// What findings mean for the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// 分類.
    pub category: Category,
    /// By capability, each once, the stronger one.
    pub needs: Vec<Need>,
    /// Ids of the rules that applied, in table order.
    pub rules: Vec<&'static str>,
}

/// Category and needs of what was observed so far. Deterministic; nothing observed = 一般 without needs.
#[must_use]
pub fn assess(findings: &Findings) -> Assessment {
    let fitting = || NEED_RULES.iter().filter(|rule| rule.when.iter().all(|c| c.holds(findings)));
    let needs: Vec<Need> =
        fitting().flat_map(|rule| rule.needs).map(|&(capability, strength)| Need { capability, strength }).collect();
    Assessment {
        category: fitting().filter_map(|rule| rule.category).min().unwrap_or(Category::General),
        needs: merge_needs(&needs, &[]),
        rules: fitting().map(|rule| rule.id).collect(),
    }
}

/// The needs of [`assess`] alone.
#[must_use]
pub fn needs_from_findings(findings: &Findings) -> Vec<Need> {
    assess(findings).needs
}

/// Adds needs, e.g. those that history raises: nothing of `base` is removed or lowered. Sorted by capability, each once.
#[must_use]
pub fn merge_needs(base: &[Need], extra: &[Need]) -> Vec<Need> {
    let mut strongest: BTreeMap<Capability, Strength> = BTreeMap::new();
    for need in base.iter().chain(extra) {
        let entry = strongest.entry(need.capability).or_insert(need.strength);
        // `Hard` sorts before `Soft`.
        *entry = (*entry).min(need.strength);
    }
    strongest.into_iter().map(|(capability, strength)| Need { capability, strength }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Jcs;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_every_rule_can_fire() {
        let ids: BTreeSet<_> = NEED_RULES.iter().map(|r| r.id).collect();
        assert_eq!(ids.len(), NEED_RULES.len());
        assert!(NEED_RULES.iter().all(|r| !r.when.is_empty() && (r.category.is_some() || !r.needs.is_empty())));
    }

    #[test]
    fn a_head_injury_needs_ct_and_a_deep_one_neurosurgery() {
        let mut f = Findings::default();
        assert_eq!(assess(&f), Assessment { category: Category::General, needs: vec![], rules: vec![] });
        f.complaints.insert(Complaint::HeadInjury);
        let light = assess(&f);
        assert_eq!(light.category, Category::Trauma);
        assert!(light.needs.contains(&Need { capability: Capability::CtNow, strength: Strength::Hard }));
        assert!(light.needs.contains(&Need { capability: Capability::Neurosurgery24h, strength: Strength::Soft }));
        f.jcs = Jcs::new(20);
        assert!(
            needs_from_findings(&f)
                .contains(&Need { capability: Capability::Neurosurgery24h, strength: Strength::Hard })
        );
        f.triage = Some(Triage::Red);
        f.jcs = Jcs::new(300);
        assert_eq!(assess(&f).category, Category::Critical);
    }

    fn any_needs() -> impl Strategy<Value = Vec<Need>> {
        let need = (0..Capability::ALL.len(), any::<bool>()).prop_map(|(i, hard)| Need {
            capability: Capability::ALL[i],
            strength: if hard { Strength::Hard } else { Strength::Soft },
        });
        prop::collection::vec(need, 0..12)
    }

    proptest! {
        #[test]
        fn history_only_adds(base in any_needs(), extra in any_needs()) {
            let merged = merge_needs(&base, &extra);
            for need in base.iter().chain(&extra) {
                let kept = merged.iter().find(|m| m.capability == need.capability);
                prop_assert!(kept.is_some_and(|m| m.strength <= need.strength), "{need:?} was lowered or lost");
            }
            prop_assert_eq!(&merge_needs(&extra, &base), &merged);
            prop_assert!(merged.windows(2).all(|w| w[0].capability < w[1].capability));
        }
    }
}
