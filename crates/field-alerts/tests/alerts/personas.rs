//! The twelve invented people mean on scene what their notes say.

use crate::common::{complaints, history, ids, table, today};
use field_alerts::evaluate;
use model::{Complaint, Sex};
use patient_history::{Row, RowCode, RowSource, SectionKind};

macro_rules! persona {
    ($name:literal) => {
        include_str!(concat!("../../../virtual-card/personas/", $name, ".toml"))
    };
}

fn number(value: &toml::Value) -> i32 {
    i32::try_from(value.as_integer().expect("a number")).expect("small")
}

/// The rows of a persona file, without its repetitions.
fn rows(text: &str) -> Vec<(SectionKind, Row)> {
    let file: toml::Table = toml::from_str(text).expect("a persona file");
    let mut rows = Vec::new();
    for kind in SectionKind::ALL {
        for part in file["history"].get(kind.key()).and_then(toml::Value::as_array).into_iter().flatten() {
            let text = |key: &str| part.get(key).and_then(toml::Value::as_str);
            let code = match (text("yj"), text("procedure")) {
                (Some(yj), _) => RowCode::Yj(yj.into()),
                (_, Some(procedure)) => RowCode::Procedure(procedure.into()),
                _ => RowCode::None,
            };
            for ago in part["days_ago"].as_array().expect("days") {
                rows.push((
                    kind,
                    Row {
                        date: today().plus_days(-number(ago)),
                        code: code.clone(),
                        name: text("name").expect("a name").into(),
                        days_supplied: part.get("days").map(|d| u16::try_from(number(d)).expect("small")),
                        quantity: None,
                        source: RowSource::Claims,
                        facility: None,
                        sensitive: part.get("sensitive").and_then(toml::Value::as_bool).unwrap_or(false),
                    },
                ));
            }
        }
    }
    rows
}

#[test]
fn each_persona_raises_its_alert_first() {
    let cases = [
        (persona!("warfarin"), Complaint::HeadInjury, "R01"),
        (persona!("insulin"), Complaint::AlteredConsciousness, "R08"),
        (persona!("dialysis"), Complaint::Dyspnoea, "R26"),
        (persona!("transplant"), Complaint::Fever, "R29"),
        (persona!("pacemaker"), Complaint::Syncope, "R19"),
        (persona!("epilepsy"), Complaint::Seizure, "R32"),
        (persona!("pregnant"), Complaint::AbdominalPain, "R49"),
        (persona!("child"), Complaint::AllergicReaction, "R25"),
        (persona!("kuromaru"), Complaint::Headache, "R47"),
        (persona!("grace"), Complaint::Dyspnoea, "R39"),
        (persona!("blank"), Complaint::ChestPain, "R54"),
    ];
    for (text, complaint, rule) in cases {
        let history = history(rows(text));
        assert_eq!(history.person.sex, Sex::Female, "R49 needs a woman");
        let evaluation = evaluate(table(), &history, &complaints(&[complaint]), today());
        assert!(evaluation.first_screen().iter().any(|a| a.rule.as_str() == rule), "{rule}: {:?}", ids(&evaluation));
    }
}

#[test]
fn every_medicine_of_a_persona_is_listed() {
    let texts = [persona!("warfarin"), persona!("insulin"), persona!("dialysis"), persona!("transplant")];
    for (_, row) in texts.into_iter().flat_map(rows) {
        if let Some(yj) = row.code.yj() {
            assert!(field_alerts::ingredient_name(yj).is_some(), "{yj} {}", row.name.as_str());
        }
    }
}
