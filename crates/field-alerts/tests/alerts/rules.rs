//! Each rule speaks on its row with its finding, and is silent on the trap beside it.

use crate::common::{complaints, drug, drug_days, fires, ids, need, run, surgery, treatment, visit, vital, yes};
use model::{Capability, Complaint, Findings, FollowUp, FollowUpAnswer, Jcs, Strength, Triage, Vital};
use patient_history::{Row, RowCode, SectionKind};

type TestRow = (SectionKind, Row);

fn any() -> Findings {
    Findings::default()
}

/// (rule, row, finding that makes it an alert, row that must not).
fn cases() -> Vec<(&'static str, TestRow, Findings, TestRow)> {
    let c = |complaint| complaints(&[complaint]);
    vec![
        ("R01", drug("3332001F1032"), c(Complaint::HeadInjury), drug("3339950M1013")),
        ("R02", drug("3339004F1020"), c(Complaint::HeadInjury), drug("3339950M1013")),
        ("R03", drug("3339001M1020"), yes(FollowUp::FacialDroop), drug("3339401D1022")),
        ("R04", drug("3334400A1011"), c(Complaint::GiBleed), drug("3334402A1010")),
        ("R05", drug("3399007H1021"), c(Complaint::HeadInjury), drug("3399004M1020")),
        ("R05", drug("1143001X1015"), c(Complaint::GiBleed), drug("1143005X1012")),
        ("R05", drug("3399008F1017"), yes(FollowUp::HeavyBleeding), drug("3399405A1012")),
        ("R06", drug("3399101F1021"), c(Complaint::ChestPain), drug("3399102F1026")),
        ("R07", surgery("K549", 700), c(Complaint::ChestPain), surgery("K549", 2000)),
        ("R08", drug("2492416G1029"), c(Complaint::AlteredConsciousness), drug("2499410G1021")),
        ("R08", drug("3969500G1026"), vital(Vital::Glucose, 450), drug("3969011F1024")),
        ("R09", drug("3969101F1020"), c(Complaint::Seizure), drug("3969007F1024")),
        ("R10", drug("3969019F1027"), c(Complaint::Vomiting), drug("3969010F1022")),
        ("R13", drug("2149032F1021"), vital(Vital::PulseRate, 440), drug("2149039F1034")),
        ("R14", drug("2171018K1020"), c(Complaint::ChestPain), drug("2171022F1010")),
        ("R16", drug("2129010F1013"), c(Complaint::Syncope), drug("2123016F1019")),
        ("R17", drug("2113003F1017"), c(Complaint::Vomiting), drug("2129010F1013")),
        ("R19", surgery("K597", 400), c(Complaint::Syncope), surgery("K599", 400)),
        ("R20", surgery("K599-3", 400), c(Complaint::CardiacArrest), surgery("K597-2", 400)),
        ("R21", surgery("K604-2", 300), any(), surgery("K604", 300)),
        ("R22", surgery("K555-2", 300), c(Complaint::Fever), surgery("K554", 300)),
        ("R23", surgery("K560", 900), c(Complaint::BackPain), surgery("K552", 900)),
        ("R24", drug("2456001F1310"), c(Complaint::Shock), drug("2451402G3026")),
        ("R25", drug("2451402G3026"), c(Complaint::AllergicReaction), drug("2451402G1040")),
        ("R26", treatment("J038", 2), any(), treatment("J039", 2)),
        ("R27", treatment("C102", 12), c(Complaint::Fever), treatment("C102-2", 12)),
        ("R29", surgery("K780", 800), any(), surgery("K514", 800)),
        ("R29", surgery("K605-2", 800), any(), surgery("K605", 800)),
        ("R29", drug("3999014M1022"), any(), drug("3999016M1021")),
        ("R31", drug("4223005F1027"), c(Complaint::Fever), drug("4291003F1020")),
        ("R31", drug("3399410G1023"), c(Complaint::Fever), drug("3399006F1010")),
        ("R32", drug("1139010F1024"), c(Complaint::Seizure), drug("1169015F1020")),
        ("R33", drug("1124017F2020"), c(Complaint::Poisoning), drug("1190016F1025")),
        ("R34", drug("1179017F1064"), c(Complaint::SelfHarm), drug("1179005F1025")),
        ("R36", drug("1190012F1020"), any(), drug("1190016F1025")),
        ("R37", drug("8219700S5026"), c(Complaint::AlteredConsciousness), drug("1149037F1020")),
        ("R39", treatment("C103", 20), c(Complaint::Dyspnoea), treatment("C104", 20)),
        ("R40", treatment("C107", 20), any(), treatment("C107-2", 20)),
        ("R43", drug("6343451A2021"), c(Complaint::Trauma), drug("6343410X1018")),
        ("R46", surgery("K711", 900), vital(Vital::Temperature, 385), surgery("K716", 900)),
        ("R47", surgery("K177", 900), c(Complaint::Headache), surgery("K164", 900)),
        ("R51", surgery("K634", 12), any(), surgery("K634", 40)),
    ]
}

#[test]
fn every_rule_fires_on_its_row_and_not_on_its_trap() {
    for (rule, row, findings, trap) in cases() {
        let what = row.1.code.text().unwrap_or("").to_owned();
        assert!(fires(vec![row], &findings, rule), "{rule} must fire on {what}");
        let what = trap.1.code.text().unwrap_or("").to_owned();
        assert!(!fires(vec![trap], &findings, rule), "{rule} must not fire on {what}");
    }
}

#[test]
fn a_rule_with_a_finding_is_silent_without_it() {
    for (rule, row, findings, _) in cases() {
        if findings == any() {
            continue;
        }
        // Burns make no rule speak.
        assert!(!fires(vec![row], &complaints(&[Complaint::Burn]), rule), "{rule} without its finding");
    }
}

#[test]
fn unasked_and_denied_are_no_finding() {
    let row = || vec![drug("3339001M1020")];
    let mut denied = yes(FollowUp::Paralysis);
    denied.follow_ups.insert(FollowUp::Paralysis, FollowUpAnswer::No);
    assert!(!fires(row(), &denied, "R03"));
    assert!(!fires(row(), &any(), "R03"));
    let kept = run(row(), &any());
    let also: Vec<&str> = kept.also_recorded.iter().map(|a| a.rule.as_str()).collect();
    assert_eq!(also, ["R02"], "the record itself stays visible, and asks for nothing");
    assert!(kept.needs.is_empty());
}

#[test]
fn warfarin_and_a_blow_to_the_head_need_ct() {
    let e = run(vec![drug("3332001F1032")], &complaints(&[Complaint::HeadInjury]));
    assert_eq!(need(&e, Capability::CtNow), Some(Strength::Hard));
    assert_eq!(need(&e, Capability::Neurosurgery24h), Some(Strength::Soft));
    let alert = e.alerts.first().expect("an alert");
    assert_eq!((alert.rule.as_str(), alert.rule_version), ("R01", 1));
    let row = alert.row.as_ref().expect("the row behind it");
    assert_eq!(row.ingredient.as_ref().map(|i| i.as_str()), Some("ワルファリンカリウム"));
    assert_eq!((row.date.to_string().as_str(), row.days_supplied), ("2026-10-31", Some(28)));
    assert_eq!(alert.row_line_ja().as_str(), "訓練の行 2026-10-31 28日分 レセプト");
    let told = alert.for_enquiry().expect("it may be told");
    assert_eq!(
        (told.title_ja.as_str(), told.rule.as_str()),
        ("抗凝固薬（ワルファリン）の処方記録", alert.rule.as_str())
    );
    let (recorded, row) = (told.recorded.expect("a row"), alert.row.as_ref().expect("a row"));
    assert_eq!((recorded.date, recorded.section, recorded.source), (row.date, row.section, row.source));
    assert_eq!(format!("{told:?} {recorded:?}"), "EnquiryAlert(..) Recorded(..)");
}

#[test]
fn antiplatelets_add_up_and_a_stomach_pill_does_not() {
    let pain = complaints(&[Complaint::ChestPain]);
    assert!(fires(vec![drug("3399008F1017"), drug("3399007H1021")], &pain, "R06"), "two antiplatelets");
    assert!(fires(vec![drug("3399008F1017"), drug("3339003F1024")], &pain, "R06"), "antiplatelet and anticoagulant");
    assert!(!fires(vec![drug("3399007H1021"), drug("1143001X1015")], &pain, "R06"), "aspirin twice is one");
    assert!(!fires(vec![drug("3332001F1032"), drug("3339003F1024")], &pain, "R06"), "one anticoagulant for another");
}

#[test]
fn steroids_count_days_and_a_repeated_row_counts_once() {
    let shock = complaints(&[Complaint::Shock]);
    assert!(!fires(vec![drug_days("2456001F1310", 30, 7)], &shock, "R24"), "a week is no long-term supply");
    assert!(fires(vec![drug_days("2456001F1310", 30, 14), drug_days("2456001F1310", 16, 14)], &shock, "R24"));
    let (_, row) = drug_days("2456001F1310", 30, 14);
    let twice = vec![(SectionKind::Medications, row.clone()), (SectionKind::EPrescriptions, row)];
    assert!(!fires(twice, &shock, "R24"), "one dispensing in two sections is 14 days, not 28");
    assert!(!fires(vec![drug_days("2454700J1020", 9, 60)], &shock, "R24"), "a suppository is not systemic");
}

#[test]
fn dialysis_is_hard_only_for_red_and_yellow() {
    let with = |triage| Findings { triage, ..any() };
    let strength = |triage| need(&run(vec![treatment("J038", 2)], &with(triage)), Capability::DialysisInpatient);
    assert_eq!(strength(Some(Triage::Red)), Some(Strength::Hard));
    assert_eq!(strength(Some(Triage::Yellow)), Some(Strength::Hard));
    assert_eq!(strength(Some(Triage::Green)), Some(Strength::Soft));
    assert_eq!(strength(None), Some(Strength::Soft));
    assert!(!fires(vec![treatment("J038", 120)], &any(), "R26"), "older than three months");
}

#[test]
fn splenectomy_raises_yellow_and_lowers_nothing() {
    let fever = |triage| Findings { triage: Some(triage), ..complaints(&[Complaint::Fever]) };
    let raised = |triage| run(vec![surgery("K711", 900)], &fever(triage)).raised_triage;
    assert_eq!(raised(Triage::Yellow), Some(Triage::Red));
    assert_eq!(raised(Triage::Red), None);
    assert_eq!(raised(Triage::Black), None);
}

#[test]
fn pregnancy_is_asked_of_women_of_that_age_only() {
    let pain = complaints(&[Complaint::AbdominalPain]);
    let rows = || vec![visit("産婦人科", 14), drug("2590004F1015")];
    let e = run(rows(), &pain);
    assert_eq!(need(&e, Capability::Obstetrics), Some(Strength::Hard));
    let alert = e.alerts.iter().find(|a| a.rule.as_str() == "R49").expect("R49");
    assert!(alert.sensitive && alert.for_enquiry().is_none());
    let mut man = crate::common::history(rows());
    man.person.sex = model::Sex::Male;
    let e = field_alerts::evaluate(crate::common::table(), &man, &pain, crate::common::today());
    assert!(!ids(&e).contains(&"R49"));
}

#[test]
fn ventilator_is_hard_for_a_ventilator_only() {
    let strength = |code| need(&run(vec![treatment(code, 20)], &any()), Capability::Ventilator);
    assert_eq!(strength("C107"), Some(Strength::Hard));
    assert_eq!(strength("C112"), Some(Strength::Soft));
    assert_eq!(strength("C107-2"), None);
}

#[test]
fn deep_coma_counts_as_altered_without_the_complaint() {
    let coma = Findings { jcs: Jcs::new(100), ..any() };
    assert!(fires(vec![drug("2492416G1029")], &coma, "R08"));
    let clear = Findings { jcs: Jcs::new(0), ..any() };
    assert!(!fires(vec![drug("2492416G1029")], &clear, "R08"));
}

#[test]
fn an_empty_answer_says_that_it_proves_nothing() {
    assert_eq!(ids(&run(Vec::new(), &any())), ["R54"]);
    let mut unasked = crate::common::history(Vec::new());
    unasked.sections.clear();
    let e = field_alerts::evaluate(crate::common::table(), &unasked, &any(), crate::common::today());
    assert!(e.alerts.is_empty(), "nothing was looked at, so there is no empty answer");
    assert_eq!(e.sections_not_read.len(), 7);
}

#[test]
fn a_masked_row_masks_its_alert() {
    let (kind, mut row) = drug("3332001F1032");
    row.sensitive = true;
    let e = run(vec![(kind, row)], &complaints(&[Complaint::HeadInjury]));
    assert!(e.alerts.iter().all(|a| a.sensitive && a.for_enquiry().is_none()));
}

#[test]
fn only_a_code_that_leads_nowhere_is_not_checked() {
    let coded = |code| {
        let (kind, mut row) = drug("3332001F1032");
        row.code = code;
        run(vec![(kind, row)], &complaints(&[Complaint::HeadInjury]))
    };
    let by_receipt = coded(RowCode::Receipt("613330003".into()));
    assert_eq!((ids(&by_receipt), by_receipt.rows_not_checked), (vec!["R01"], 0), "looked up through the master");
    let row = by_receipt.alerts[0].row.as_ref().expect("the row");
    assert_eq!(row.code.as_ref().map(|c| c.as_str()), Some("613330003"), "the row keeps the code it came with");
    assert_eq!(row.ingredient.as_ref().map(|i| i.as_str()), Some("ワルファリンカリウム"));
    for unknown in [
        RowCode::Receipt("699999999".into()),
        RowCode::Hot("1063505".into()),
        RowCode::Yj("33320".into()),
        RowCode::None,
    ] {
        let e = coded(unknown);
        assert_eq!((e.alerts.len(), e.rows_not_checked), (0, 1));
    }
}

#[test]
fn one_dispensing_under_two_codes_counts_once() {
    let shock = complaints(&[Complaint::Shock]);
    let (_, row) = drug_days("2456001F1310", 30, 14);
    let receipt = field_alerts::medicine::yj_of(&RowCode::Receipt("612450118".into())).map(str::to_owned);
    let (_, mut by_receipt) = drug_days("2456001F1310", 30, 14);
    by_receipt.code = RowCode::Receipt("612450118".into());
    let mut by_yj = row;
    by_yj.code = RowCode::Yj(receipt.expect("a listed receipt code").into());
    let twice = vec![(SectionKind::Medications, by_receipt), (SectionKind::EPrescriptions, by_yj)];
    assert!(!fires(twice, &shock, "R24"), "14 days, not 28");
}

#[test]
fn an_old_prescription_is_listed_and_asks_for_nothing() {
    let hit = complaints(&[Complaint::HeadInjury]);
    let e = run(vec![drug_days("3332001F1130", 28 + 93, 28)], &hit);
    assert_eq!(ids(&e), ["R01"], "a month's supply counts for three months more");
    let e = run(vec![drug_days("3332001F1130", 28 + 94, 28)], &hit);
    assert!(e.alerts.is_empty() && e.needs.is_empty());
    assert!(e.also_recorded.iter().any(|a| a.rule.as_str() == "R01"));
    assert!(fires(vec![drug_days("2451402G3026", 700, 0)], &complaints(&[Complaint::AllergicReaction]), "R25"));
}
