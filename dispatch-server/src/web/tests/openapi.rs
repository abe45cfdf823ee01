//! The document by others' rules: the schema of OpenAPI 3.1, published by the OpenAPI Initiative
//! (<https://spec.openapis.org/oas/3.1/schema/2022-10-07>, Apache-2.0), and JSON Schema 2020-12 for what it holds.

use super::world::World;
use crate::web::openapi::operations;
use crate::web::openapi_document;
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

const OPENAPI: &str = include_str!("openapi-3.1.schema.json");

#[test]
fn the_document_is_one_of_openapi() {
    let schema: Value = serde_json::from_str(OPENAPI).expect("the schema of OpenAPI");
    let checker = jsonschema::validator_for(&schema).expect("a usable schema");
    let mut document = openapi_document();
    let wrong: Vec<String> =
        checker.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A checker that finds nothing wrong with anything would prove nothing.
    document["paths"]["/sign-in"]["get"]["parameters"] = serde_json::json!([{ "name": "x", "in": "nowhere" }]);
    assert!(!checker.is_valid(&document));
}

#[test]
fn every_schema_is_one_and_every_reference_leads_somewhere() {
    let document = openapi_document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    for (name, schema) in schemas {
        assert!(jsonschema::meta::is_valid(schema), "{name}");
    }
    let text = document.to_string();
    let used: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let there: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
    assert_eq!(used, there, "used, and written");
    let ids: BTreeSet<&str> = operations().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), operations().count(), "each operation has an id of its own");
}

#[tokio::test]
async fn it_is_served_to_everybody_at_a_fixed_address() {
    let world = World::training().await;
    let answer = world.send(
        world
            .request(axum::http::Method::GET, "/api/v1/openapi.json")
            .body(axum::body::Body::empty())
            .expect("a request"),
    );
    let answer = answer.await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), openapi_document());
}
