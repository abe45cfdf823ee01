//! Why a capability is thought to be there although nobody filed it: the rules of the hospital table, for the crew.

/// The words of a rule (`crates/hospital-selection/data/README.md`), Japanese and English; none for one that this program does
/// not know.
#[must_use]
pub fn derived_from(rule: &str) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        "tertiary" => ("推定 三次救急", "derived: tertiary"),
        "stroke_unit" => ("推定 脳卒中病棟の届出", "derived: stroke unit"),
        "burn_fee" => ("推定 届出の入院料", "derived: fee filed"),
        "deliveries" => ("推定 分娩の実績", "derived: deliveries"),
        "psychiatric_beds" => ("推定 精神病床あり", "derived: psych. beds"),
        "ambulances_500" => ("推定 救急車 年500台", "derived: 500 amb./y"),
        "ambulances_3000" => ("推定 救急車 年3,000台", "derived: 3,000 amb./y"),
        "high_care" => ("推定 高度治療室の届出", "derived: high care"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hospital_selection::{HospitalTable, Standing};
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_of_the_table_has_words() {
        let mut rules = BTreeSet::new();
        for hospital in HospitalTable::embedded().hospitals() {
            for (_, standing) in &hospital.capabilities {
                if let Standing::Derived(rule) = standing {
                    rules.insert(rule.to_string());
                }
            }
        }
        assert!(rules.len() >= 8, "{rules:?}");
        for rule in rules {
            assert!(derived_from(&rule).is_some(), "{rule}");
        }
    }
}
