//! Each alert says why it speaks, and whether a hospital may be told.

use crate::common::{complaints, drug, run, surgery, table, vital};
use field_alerts::{Cause, EnquiryMark, Evaluation, RuleTable};
use model::{Complaint, Findings, Vital};

fn alert<'e>(e: &'e Evaluation, rule: &str) -> &'e field_alerts::Alert {
    e.alerts.iter().chain(&e.also_recorded).find(|a| a.rule.as_str() == rule).expect("the alert")
}

#[test]
fn one_sentence_names_record_finding_rule_and_mark() {
    let e = run(vec![drug("3332001F1032")], &complaints(&[Complaint::HeadInjury]));
    let r01 = alert(&e, "R01");
    assert_eq!(
        r01.why_ja().as_str(),
        "「抗凝固薬（ワルファリン）の処方記録」（2026-10-31、レセプト）と観察「頭部打撲」による表示（規則R01 第1版、照会に添付可）"
    );
    assert_eq!(
        r01.why_en().as_str(),
        "Shown for \"Record: warfarin prescribed\" (2026-10-31, Claims) with the finding \"Head injury\" (rule R01 version 1, may be told in an enquiry)."
    );
}

#[test]
fn a_measured_value_and_two_ingredients_stand_in_the_sentence() {
    let e = run(vec![drug("2123016F1019")], &vital(Vital::PulseRate, 445));
    assert!(alert(&e, "R13").why_ja().as_str().contains("観察「脈拍 44.5」"));
    let e = run(vec![drug("3399009F1011"), drug("3399007H1021")], &complaints(&[Complaint::HeadInjury]));
    let why = alert(&e, "R05").why_ja();
    assert!(why.as_str().contains("【2成分: ") && why.as_str().contains("アスピリン"), "{}", why.as_str());
    assert!(alert(&e, "R05").why_en().as_str().contains("[2 ingredients: "));
}

#[test]
fn a_record_without_a_finding_says_so() {
    let e = run(vec![drug("3332001F1032"), surgery("K634", 5)], &Findings::default());
    assert_eq!(alert(&e, "R01").cause, Cause::Kept);
    assert!(alert(&e, "R01").why_ja().as_str().contains("今の観察に当てはまるものなし"));
    assert_eq!(alert(&e, "R51").cause, Cause::AnyFinding);
    assert!(alert(&e, "R51").why_en().as_str().contains("whatever is observed"));
    let old = run(vec![crate::common::drug_days("3332001F1032", 200, 28)], &complaints(&[Complaint::HeadInjury]));
    assert_eq!(alert(&old, "R01").cause, Cause::LongAgo);
}

#[test]
fn a_sensitive_rule_can_never_be_marked() {
    let text = include_str!("../../rules/rules.toml");
    for rule in table().rules().iter().filter(|rule| rule.sensitive) {
        assert!(!rule.enquiry, "{}", rule.id);
        // The same rule, marked by hand, is refused with its name.
        let at = text.find(&format!("id = \"{}\"", rule.id)).expect("the rule");
        let (head, tail) = text.split_at(at);
        let marked = format!("{head}{}", tail.replacen("enquiry = false", "enquiry = true", 1));
        let error = RuleTable::load(&marked).expect_err("refused").to_string();
        assert!(error.contains(&rule.id) && error.contains("never in an enquiry"), "{error}");
    }
    // An alert that was changed on its way says no more.
    let e = run(vec![drug("1179017F1064")], &complaints(&[Complaint::SelfHarm]));
    let mut r34 = alert(&e, "R34").clone();
    r34.enquiry = true;
    assert_eq!((r34.enquiry_mark(), r34.for_enquiry()), (EnquiryMark::Never, None));
    assert!(r34.why_ja().as_str().contains("照会には添付しない"));
}

#[test]
fn debug_shows_no_content_of_a_cause() {
    let e = run(vec![drug("3332001F1032")], &complaints(&[Complaint::HeadInjury]));
    let shown = format!("{:?} {:?}", alert(&e, "R01").cause, alert(&e, "R01").why_ja());
    assert!(!shown.contains("頭部") && !shown.contains("Head"), "{shown}");
}
