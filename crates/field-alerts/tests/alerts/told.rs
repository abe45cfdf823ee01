//! Rules over what was told: an answer is no record, and speaks where no record has.

use crate::common::{complaints, table, vital, yes};
use field_alerts::{Alert, Cause, RuleSwitches, evaluate_told};
use model::{Complaint, Findings, FollowUp, Timestamp, Vital};
use patient_history::{Informant, MedicalText, OralAnswer, OralTopic, Told};
use std::collections::BTreeSet;

const AT: Timestamp = Timestamp::from_millis(1_795_132_800_000);

fn told(topic: OralTopic, answer: OralAnswer) -> Told {
    Told { at: AT, topic, answer, by: Some(Informant::Family) }
}

fn alerts(told: &[Told], findings: &Findings, said: &[&str]) -> Vec<Alert> {
    let said: BTreeSet<MedicalText> = said.iter().map(|id| MedicalText::from(*id)).collect();
    evaluate_told(table(), told, findings, &said)
}

fn ids(alerts: &[Alert]) -> Vec<&str> {
    alerts.iter().map(|alert| alert.rule.as_str()).collect()
}

/// (topic, rule, finding that makes it an alert, finding that does not).
fn cases() -> Vec<(OralTopic, &'static str, Findings, Option<Findings>)> {
    let c = |complaint| complaints(&[complaint]);
    let none = || Some(Findings::default());
    vec![
        (OralTopic::BloodThinner, "T01", c(Complaint::HeadInjury), Some(c(Complaint::Fever))),
        (OralTopic::BloodThinner, "T01", yes(FollowUp::HeavyBleeding), none()),
        (OralTopic::DiabetesMedicine, "T02", c(Complaint::AlteredConsciousness), Some(c(Complaint::ChestPain))),
        (OralTopic::EpilepsyMedicine, "T03", c(Complaint::Seizure), Some(c(Complaint::Fever))),
        (OralTopic::Allergy, "T04", Findings::default(), None),
        (OralTopic::Steroid, "T05", c(Complaint::Shock), Some(c(Complaint::Headache))),
        (OralTopic::Dialysis, "T06", Findings::default(), None),
        (OralTopic::HeartSurgeryOrDevice, "T07", c(Complaint::Syncope), Some(c(Complaint::Headache))),
        (OralTopic::PossiblePregnancy, "T08", c(Complaint::AbdominalPain), none()),
    ]
}

#[test]
fn each_answer_yes_speaks_with_its_finding_and_no_other_answer_does() {
    for (topic, rule, finding, other) in cases() {
        let yes = [told(topic, OralAnswer::Yes)];
        assert_eq!(ids(&alerts(&yes, &finding, &[])), [rule], "{topic:?}");
        for answer in [OralAnswer::No, OralAnswer::Unknown] {
            assert_eq!(ids(&alerts(&[told(topic, answer)], &finding, &[])), [""; 0], "{topic:?} {answer:?}");
        }
        if let Some(other) = other {
            assert_eq!(ids(&alerts(&yes, &other, &[])), [""; 0], "{topic:?}");
        }
    }
    let topics: BTreeSet<OralTopic> = cases().iter().map(|(topic, ..)| *topic).collect();
    assert_eq!(topics.len(), OralTopic::ALL.len(), "every question has its rule");
}

#[test]
fn an_alert_over_an_answer_says_so_and_asks_nothing_of_hospitals() {
    let head = complaints(&[Complaint::HeadInjury]);
    let found = alerts(&[told(OralTopic::BloodThinner, OralAnswer::Yes)], &head, &[]);
    let alert = found.first().expect("T01");
    assert!(alert.title_ja.as_str().starts_with("聞き取り: ") && !alert.title_ja.as_str().contains("記録"));
    assert!(alert.row.is_none() && alert.needs.is_empty() && !alert.enquiry);
    assert!(matches!(alert.cause, Cause::Finding(_)));
    let why = alert.why_ja();
    assert!(why.as_str().contains("家族") && why.as_str().contains("頭部打撲"), "{}", why.as_str());
}

#[test]
fn a_record_of_the_same_thing_is_not_said_twice_and_the_gravest_comes_first() {
    let told = [
        told(OralTopic::BloodThinner, OralAnswer::Yes),
        told(OralTopic::Steroid, OralAnswer::Yes),
        told(OralTopic::Dialysis, OralAnswer::Yes),
    ];
    let hurt = complaints(&[Complaint::HeadInjury, Complaint::Trauma]);
    assert_eq!(ids(&alerts(&told, &hurt, &[])), ["T01", "T06", "T05"]);
    assert_eq!(ids(&alerts(&told, &hurt, &["R02"])), ["T06", "T05"], "a record of a DOAC says more");
    assert_eq!(ids(&alerts(&told, &hurt, &["R32"])), ["T01", "T06", "T05"], "another record says nothing of it");
}

#[test]
fn a_measured_value_counts_and_a_rule_can_be_switched_off() {
    let told = [told(OralTopic::DiabetesMedicine, OralAnswer::Yes)];
    let low = vital(Vital::Glucose, 450);
    assert_eq!(ids(&alerts(&told, &low, &[])), ["T02"]);
    let off = RuleSwitches { version: 1, off: ["T02".to_owned()].into() };
    let table = table().with_switches(&off).expect("a known rule");
    assert!(evaluate_told(&table, &told, &low, &BTreeSet::new()).is_empty());
}
