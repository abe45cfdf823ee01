//! The traps of medicine classes that the guideline names: a class that holds two things, a thing that stands in two classes.

use crate::common::{complaints, drug, fires, run};
use field_alerts::medicine::{class_ja, components, generic_name};
use model::{Complaint, FollowUp, Vital};

#[test]
fn class_245_holds_adrenaline_beside_steroids() {
    let shock = complaints(&[Complaint::Shock]);
    let (pen, prednisolone) = ("2451402G3026", "2456001F1310");
    assert_eq!(class_ja(pen), class_ja(prednisolone), "one class");
    assert!(fires(vec![drug(pen)], &shock, "R25") && !fires(vec![drug(pen)], &shock, "R24"));
    assert!(fires(vec![drug(prednisolone)], &shock, "R24") && !fires(vec![drug(prednisolone)], &shock, "R25"));
}

#[test]
fn aspirin_stands_in_two_classes() {
    let hit = complaints(&[Complaint::HeadInjury]);
    assert_ne!(class_ja("3399007H1021"), class_ja("1143001X1015"));
    assert_eq!(generic_name("3399007H1021"), generic_name("1143001X1015"));
    for aspirin in ["3399007H1021", "1143001X1015", "3399100F1020", "3399102F1026", "3399103F1020"] {
        assert!(fires(vec![drug(aspirin)], &hit, "R05"), "{aspirin}");
    }
    let pain = complaints(&[Complaint::ChestPain]);
    assert!(!fires(vec![drug("3399007H1021"), drug("1143001X1015")], &pain, "R06"), "aspirin twice is one medicine");
}

#[test]
fn class_3399_holds_much_that_is_no_antiplatelet() {
    let hit = complaints(&[Complaint::HeadInjury]);
    let others =
        ["3399003", "3399004", "3399005", "3399006", "3399010", "3399012", "3399405", "3399410", "3399412", "3399414"];
    for other in others {
        let name = generic_name(other).expect("listed");
        assert!(!fires(vec![drug(&format!("{other}F1020"))], &hit, "R05"), "{other} {name}");
    }
}

#[test]
fn the_fentanyl_patch_stands_among_synthetic_narcotics() {
    let slow = crate::common::vital(Vital::RespiratoryRate, 80);
    assert_eq!(class_ja("8219700S5026"), Some("合成麻薬"));
    assert!(fires(vec![drug("8219700S5026")], &slow, "R37"));
    assert!(!fires(vec![drug("8219401D1020")], &slow, "R37"), "remifentanil is given in theatre only");
}

#[test]
fn emicizumab_stands_among_blood_products() {
    let hurt = complaints(&[Complaint::Trauma]);
    assert!(generic_name("6343451A2021").is_some_and(|name| name.contains("エミシズマブ")));
    assert!(fires(vec![drug("6343451A2021")], &hurt, "R43"));
    assert!(!fires(vec![drug("6343410X1018")], &hurt, "R43"), "albumin and globulins are no factor");
}

#[test]
fn a_sulfonylurea_inside_a_combination_counts() {
    let fit = complaints(&[Complaint::Seizure]);
    let inside: Vec<_> = components("3969101F1020").filter_map(generic_name).collect();
    assert_eq!(inside, ["ピオグリタゾン塩酸塩", "グリメピリド"]);
    assert!(fires(vec![drug("3969101F1020")], &fit, "R09"));
    assert!(!fires(vec![drug("3969103F1020")], &fit, "R09"), "pioglitazone with alogliptin has none");
}

#[test]
fn a_combination_is_the_list_of_its_ingredients() {
    let e = run(vec![drug("3399101F1021")], &crate::common::yes(FollowUp::HeavyBleeding));
    let alert = e.alerts.iter().find(|a| a.rule.as_str() == "R05").expect("R05");
    let named: Vec<&str> = alert.ingredients.iter().map(patient_history::MedicalText::as_str).collect();
    assert_eq!(named, ["クロピドグレル硫酸塩", "アスピリン"], "one tablet, two antiplatelets: both are named");
    let e = run(vec![drug("3969104F1020")], &complaints(&[Complaint::Shock]));
    let alert = e.alerts.iter().find(|a| a.rule.as_str() == "R11").expect("R11");
    let named: Vec<&str> = alert.ingredients.iter().map(patient_history::MedicalText::as_str).collect();
    assert_eq!(named, ["メトホルミン塩酸塩"], "of a combination only what the rule is about");
}
