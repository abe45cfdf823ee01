//! The bundle beside our table of what JP Core asks (`handover/jp-core.toml`), and the page of the documentation beside both.

use super::world::{HERE, World, hospitals};
use case::{Body as Fact, FindingsChange, Subject};
use dispatch_core::contract::fixtures::TabletPen;
use model::{Jcs, Vital, VitalReading};
use patient_history::{LookBack, Row, RowCode, RowSource, Section, SectionKind, SectionState};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

const TABLE: &str = include_str!("../handover/jp-core.toml");
const DOCS: &str = include_str!("../../../../docs/handover.md");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    profile: Vec<Profile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    resource: String,
    name: String,
    elements: Vec<Element>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Element {
    path: String,
    asks: Asks,
    ours: Ours,
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asks {
    Mandatory,
    Base,
    Form,
    Advised,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ours {
    Always,
    Known,
    Never,
}

fn table() -> Table {
    toml::from_str(TABLE).expect("the table")
}

/// Everything at a path; lists are looked through.
fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    path.split('.').fold(vec![value], |found, name| {
        let members = found.into_iter().filter_map(|value| value.get(name));
        members.flat_map(|value| value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())).collect()
    })
}

/// A patient of whom everything is known that can be known: values, coma scale, medicine, dialysis, valid qualification.
async fn bundle(world: &World) -> Value {
    let day = |text: &str| model::CivilDate::try_from(text.to_owned()).expect("a date");
    let row = Row {
        date: day("2026-10-01"),
        code: RowCode::Procedure("J038".into()),
        name: "人工腎臓".into(),
        days_supplied: None,
        quantity: None,
        source: RowSource::Claims,
        facility: None,
        sensitive: false,
    };
    let state = SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None };
    let dialysis = Section { kind: SectionKind::Dialysis, state };
    let (case, enquiries) = world.enquire_with(60, &hospitals(), |known| known.sections.push(dialysis)).await;
    let mut pen = TabletPen::new(HERE, 61).about(Subject::Case(case));
    let observed = |change| Fact::Observed { change };
    let vital = |vital, reading| observed(FindingsChange::Vital { vital, reading: Some(reading) });
    let facts = vec![
        vital(Vital::PulseRate, VitalReading::Measured(880)),
        vital(Vital::Temperature, VitalReading::NotMeasured),
        observed(FindingsChange::Jcs(Jcs::new(10))),
        Fact::StageStamped { stage: model::Stage::AtPatient, leg: 1 },
    ];
    world.write(HERE, &mut pen, facts).await;
    let desk = world.token("desk-a").await;
    let path = format!("/api/v1/desk/enquiries/{}/answer", enquiries.first().expect("one"));
    world.post(&path, &desk, r#"{"accepted":{}}"#).await;
    world.get(&format!("/handover/{case}.json"), &desk).await.json()
}

#[tokio::test]
async fn the_bundle_holds_what_the_table_says_and_claims_nothing() {
    let world = World::training().await;
    let bundle = bundle(&world).await;
    let resources = at(&bundle, "entry.resource");
    let kind = |resource: &Value| resource["resourceType"].as_str().unwrap_or_default().to_owned();
    let there: BTreeSet<String> = resources.iter().map(|resource| kind(resource)).collect();
    let rows: BTreeSet<String> = table().profile.iter().map(|profile| profile.resource.clone()).collect();
    assert_eq!(there, rows, "in the bundle, and in the table");
    for profile in table().profile {
        let of: Vec<_> = resources.iter().filter(|resource| kind(resource) == profile.resource).collect();
        for element in &profile.elements {
            let held = of.iter().filter(|resource| !at(resource, &element.path).is_empty()).count();
            let fits = match element.ours {
                Ours::Always => held == of.len(),
                Ours::Known => held > 0,
                Ours::Never => held == 0,
            };
            assert!(fits, "{}.{} is in {held} of {}, {:?}", profile.resource, element.path, of.len(), element.ours);
            let mandatory = matches!(element.asks, Asks::Mandatory | Asks::Base);
            assert!(!mandatory || element.ours == Ours::Always, "{}.{}", profile.resource, element.path);
        }
    }
    assert!(resources.iter().all(|resource| at(resource, "meta.profile").is_empty()), "no conformance is claimed");
    let text = bundle.to_string();
    for invented in ["RPGroupNumber", "MedicationAdministrationIndex", "1.2.392.100495.20.3.51", "authoredOn"] {
        assert!(!text.contains(invented), "{invented}");
    }
}

#[test]
fn the_documentation_says_the_same() {
    for profile in table().profile {
        assert!(DOCS.contains(&profile.name), "{}", profile.name);
        for Element { path, asks, ours, why } in &profile.elements {
            let words = |word: &dyn core::fmt::Debug| format!("{word:?}").to_lowercase();
            let line = format!("| `{}.{path}` | {} | {} | {why} |", profile.resource, words(asks), words(ours));
            assert!(DOCS.contains(&line), "docs/handover.md lacks {line}");
        }
    }
}
