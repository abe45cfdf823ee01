//! The document in itself: what it holds is JSON Schema 2020-12, and every reference leads somewhere. That it is one of OpenAPI
//! 3.1 is judged by a validator that is not ours, beside the browser tests (`tests/web/openapi.mjs`).

use super::world::World;
use crate::web::openapi::operations;
use crate::web::openapi_document;
use axum::http::StatusCode;
use std::collections::BTreeSet;

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
