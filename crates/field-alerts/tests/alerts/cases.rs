//! The guideline table as cases: records and findings in, rules and needs out (`cases.toml`).

use crate::common::{drug_days, history, need, surgery, table, today, treatment, visit};
use field_alerts::{Evaluation, evaluate};
use model::{Capability, Findings, FollowUpAnswer, Jcs, Sex, Strength, Triage, VitalReading};
use patient_history::{Row, RowCode, SectionKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

const TEXT: &str = include_str!("cases.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Case {
    rows: Vec<String>,
    find: Vec<String>,
    says: Vec<String>,
    silent: Vec<String>,
    needs: BTreeMap<String, String>,
    raised: Option<String>,
    man: bool,
}

fn word<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(text.into()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn number<T: core::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn row(text: &str) -> (SectionKind, Row) {
    let (kind, rest) = text.split_once(':').unwrap_or_else(|| panic!("{text}: no kind"));
    let (code, rest) = rest.split_once('@').unwrap_or((rest, "20"));
    let (ago, days) = rest.split_once('x').unwrap_or((rest, "28"));
    let ago = number(ago);
    let (section, mut row) = match kind {
        "yj" | "receipt" | "hot" => drug_days(code, ago, number(days)),
        "surgery" => surgery(code, ago),
        "treatment" => treatment(code, ago),
        "visit" => visit(code, ago),
        "dialysis" => (SectionKind::Dialysis, treatment(code, ago).1),
        other => panic!("{other} is no kind of row"),
    };
    match kind {
        "receipt" => row.code = RowCode::Receipt(code.into()),
        "hot" => row.code = RowCode::Hot(code.into()),
        "dialysis" => row.code = RowCode::None,
        _ => {}
    }
    (section, row)
}

fn findings(words: &[String]) -> Findings {
    let mut found = Findings::default();
    for text in words {
        match (text.strip_prefix('?'), text.split_once('=')) {
            (Some(question), _) => drop(found.follow_ups.insert(word(question), FollowUpAnswer::Yes)),
            (None, Some(("jcs", grade))) => found.jcs = Some(Jcs::new(number(grade)).expect("a grade")),
            (None, Some(("triage", colour))) => found.triage = Some(word(colour)),
            (None, Some((vital, tenths))) => {
                found.vitals.insert(word(vital), VitalReading::Measured(number(tenths)));
            }
            (None, None) => drop(found.complaints.insert(word(text))),
        }
    }
    found
}

fn judged(case: &Case) -> Evaluation {
    let mut history = history(case.rows.iter().map(|text| row(text)).collect());
    if case.man {
        history.person.sex = Sex::Male;
    }
    evaluate(table(), &history, &findings(&case.find), today())
}

fn read() -> Vec<Case> {
    let File { case } = toml::from_str(TEXT).expect("the file of cases");
    case
}

#[test]
fn every_case_of_the_guideline_table_is_judged_as_written() {
    for case in read() {
        let e = judged(&case);
        let said: Vec<&str> = e.alerts.iter().map(|a| a.rule.as_str()).collect();
        for rule in &case.says {
            assert!(said.contains(&rule.as_str()), "{rule} is silent ({said:?} speak): {case:?}");
        }
        for rule in &case.silent {
            assert!(!said.contains(&rule.as_str()), "{rule} speaks: {case:?}");
        }
        for (capability, strength) in &case.needs {
            let expected: Option<Strength> = if strength == "none" { None } else { Some(word(strength)) };
            assert_eq!(need(&e, word::<Capability>(capability)), expected, "{capability}: {case:?}");
        }
        assert_eq!(e.raised_triage, case.raised.as_deref().map(word::<Triage>), "{case:?}");
        assert_eq!(e.rows_not_checked, 0, "every code of the cases is known: {case:?}");
    }
}

#[test]
fn every_rule_has_a_case_in_which_it_speaks_and_one_in_which_it_does_not() {
    let cases = read();
    let named =
        |list: fn(&Case) -> &Vec<String>| -> BTreeSet<String> { cases.iter().flat_map(list).cloned().collect() };
    let ids: BTreeSet<String> = table().rules().iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(named(|case| &case.says), ids, "rules that speak somewhere");
    assert_eq!(named(|case| &case.silent), ids, "rules that are silent somewhere");
}

#[test]
fn every_medicine_of_the_cases_is_a_listed_ingredient() {
    for case in read() {
        for (section, row) in case.rows.iter().map(|text| row(text)) {
            if let Some(yj) = field_alerts::medicine::yj_of(&row.code).filter(|_| section == SectionKind::Medications) {
                assert!(yj.starts_with("3339950") || field_alerts::medicine::generic_name(yj).is_some(), "{yj}");
            }
        }
    }
}
