//! Order, determinism and the promise that history only adds.

use crate::common::{complaints, drug, drug_days, ids, run, surgery, table, today, treatment, visit};
use field_alerts::{FIRST_SCREEN, evaluate};
use model::{Complaint, Findings, Need, Triage};
use patient_history::{Row, SectionKind};
use proptest::prelude::*;

#[test]
fn relevance_first_then_the_newest() {
    let rows = vec![
        drug_days("1190012F1020", 1, 28),  // R36, red 0, newest
        drug_days("3999014M1022", 40, 28), // R29, red 2
        drug_days("2456001F1310", 10, 28), // R24, red 2, newer
        treatment("J038", 2),              // R26, red 3
        surgery("K634", 5),                // R51, red 1
    ];
    let e = run(rows, &complaints(&[Complaint::Shock]));
    assert_eq!(ids(&e), ["R26", "R24", "R29", "R51", "R36"]);
    assert_eq!(e.first_screen().len(), FIRST_SCREEN);
}

fn any_row() -> impl Strategy<Value = (SectionKind, Row)> {
    let known = prop::sample::select(vec![
        "3332001F1032",
        "3339004F1020",
        "3399008F1017",
        "3399007H1021",
        "2492416G1029",
        "3961008F1020",
        "2456001F1310",
        "3999014M1022",
        "1139010F1024",
        "1179017F1064",
        "4223005F1027",
        "2171018K1020",
        "2590004F1015",
        "6250117F1020",
    ]);
    let procedure =
        prop::sample::select(vec!["K597", "K599-3", "K711", "K177", "K780", "J038", "C103", "C107", "A300"]);
    prop_oneof![
        (known, 0..400i32, 0..90u16).prop_map(|(code, ago, days)| drug_days(code, ago, days)),
        (procedure.clone(), -5..2000i32).prop_map(|(code, ago)| surgery(code, ago)),
        (procedure, 0..200i32).prop_map(|(code, ago)| treatment(code, ago)),
        (0..400i32).prop_map(|ago| visit("産婦人科", ago)),
        ("\\PC{0,14}", 0..100i32).prop_map(|(code, ago)| drug_days(&code, ago, 28)),
        ("\\PC{0,8}", 0..100i32).prop_map(|(code, ago)| surgery(&code, ago)),
    ]
}

fn any_findings() -> impl Strategy<Value = Findings> {
    let triage = prop::option::of(prop::sample::select(Triage::ALL.to_vec()));
    let complaint = prop::sample::select(Complaint::ALL.to_vec());
    (prop::collection::btree_set(complaint, 0..4), triage).prop_map(|(complaints, triage)| Findings {
        complaints,
        triage,
        ..Findings::default()
    })
}

/// Whether `after` asks for everything that `before` asks for, at least as strongly.
fn covers(after: &[Need], before: &[Need]) -> bool {
    before.iter().all(|b| after.iter().any(|a| a.capability == b.capability && a.strength <= b.strength))
}

proptest! {
    #[test]
    fn one_more_row_never_takes_a_need_away(
        rows in prop::collection::vec(any_row(), 0..12),
        more in any_row(),
        findings in any_findings(),
    ) {
        let before = run(rows.clone(), &findings);
        let mut longer = rows;
        longer.push(more);
        let after = run(longer, &findings);
        prop_assert!(covers(&after.needs, &before.needs));
        for alert in before.alerts.iter().filter(|a| a.rule.as_str() != "R54") {
            prop_assert!(after.alerts.iter().any(|a| a.rule == alert.rule), "an alert vanished");
        }
        let urgency = |t: Option<Triage>| t.or(findings.triage);
        prop_assert!(after.raised_triage.is_none_or(|r| Some(r) < findings.triage), "urgency is only raised");
        prop_assert!(urgency(after.raised_triage) <= urgency(before.raised_triage));
    }

    #[test]
    fn the_order_of_rows_changes_no_byte(rows in prop::collection::vec(any_row(), 0..12), findings in any_findings()) {
        let mut reversed = rows.clone();
        reversed.reverse();
        let bytes = |rows| serde_json::to_string(&run(rows, &findings)).expect("json");
        prop_assert_eq!(bytes(rows), bytes(reversed));
    }
}

#[test]
fn debug_of_an_evaluation_shows_no_content() {
    let e = evaluate(table(), &crate::common::history(vec![drug("3332001F1032")]), &Findings::default(), today());
    let shown = format!("{e:?} {:?}", e.also_recorded);
    for secret in ["3332001", "ワルファリン", "R01", "見本病院"] {
        assert!(!shown.contains(secret), "{secret} must not be in {shown}");
    }
}
