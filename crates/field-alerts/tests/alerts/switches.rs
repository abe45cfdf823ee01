//! Rules that a department has switched off.

use crate::common::{complaints, drug, history, ids, table, today};
use field_alerts::{RuleSet, RuleSwitches, evaluate};
use model::{Complaint, DepartmentId};

fn off(ids: &[&str]) -> RuleSwitches {
    RuleSwitches { version: 1, off: ids.iter().map(|id| (*id).to_owned()).collect() }
}

#[test]
fn a_rule_that_is_off_is_silent_and_counted() {
    let (history, hit) = (history(vec![drug("3332001F1032")]), complaints(&[Complaint::HeadInjury]));
    let on = evaluate(table(), &history, &hit, today());
    assert_eq!((ids(&on), on.rules_off), (vec!["R01"], 0));
    let switched = table().with_switches(&off(&["R01", "R50"])).expect("known rules");
    let e = evaluate(&switched, &history, &hit, today());
    assert!(e.alerts.is_empty() && e.also_recorded.is_empty() && e.needs.is_empty());
    assert_eq!(e.rules_off, 2);
    assert_eq!(e.table_sha256, on.table_sha256, "the same table");
    let back = switched.with_switches(&RuleSwitches::default()).expect("no rule");
    assert_eq!(ids(&evaluate(&back, &history, &hit, today())), ["R01"]);
}

#[test]
fn an_unknown_rule_is_an_error_that_names_it() {
    let error = table().with_switches(&off(&["R01", "R53"])).expect_err("R53 does not exist");
    assert_eq!(error.id, "R53");
    assert!(error.to_string().contains("R53"), "{error}");
    let department = DepartmentId::from_bytes([7; 16]);
    assert!(RuleSet::new(table().clone(), [(department, off(&["r01"]))]).is_err());
}

#[test]
fn switches_are_the_department_s_own() {
    let (ours, theirs) = (DepartmentId::from_bytes([1; 16]), DepartmentId::from_bytes([2; 16]));
    let set = RuleSet::new(table().clone(), [(ours, off(&["R01"]))]).expect("known rules");
    let (history, hit) = (history(vec![drug("3332001F1032")]), complaints(&[Complaint::HeadInjury]));
    assert!(set.evaluate(ours, &history, &hit, today()).alerts.is_empty());
    assert_eq!(ids(&set.evaluate(theirs, &history, &hit, today())), ["R01"]);
    assert!(set.table().is_on("R01"));
}
