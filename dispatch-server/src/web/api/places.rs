//! Units and hospitals as GeoJSON (RFC 7946): points with longitude first.

use super::units_json;
use crate::web::fault::Fault;
use crate::web::session::{READ, SignedIn};
use crate::web::state::App;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use dispatch_core::{Principal, Store, UseCaseError};
use model::Position;
use serde_json::{Value, json};

const GEO_JSON: &str = "application/geo+json; charset=utf-8";

fn point(position: Position) -> Value {
    json!({ "type": "Point", "coordinates": [position.lon(), position.lat()] })
}

fn collection(features: Vec<Value>) -> Result<impl IntoResponse, Fault> {
    let body = json!({ "type": "FeatureCollection", "features": features });
    let body = serde_json::to_vec(&body).map_err(|_| Fault::internal("writing GeoJSON"))?;
    Ok(([(header::CONTENT_TYPE, GEO_JSON)], body))
}

/// `GET /api/v1/units.geojson`: the department's units; one whose place is not known has no geometry.
pub(crate) async fn units<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    let principal = signed.require(READ)?;
    let mut features = Vec::new();
    for unit in units_json(&app, principal).await? {
        let geometry = unit.position.map_or(Value::Null, point);
        let id = unit.unit;
        let mut properties = serde_json::to_value(unit).map_err(|_| Fault::internal("writing GeoJSON"))?;
        if let Some(fields) = properties.as_object_mut() {
            fields.remove("position");
        }
        features.push(json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties }));
    }
    collection(features)
}

/// The prefecture whose hospitals a department is told of; none: all.
pub(super) async fn prefecture<S: Store>(app: &App<S>, principal: &Principal) -> Result<Option<String>, Fault> {
    let department = principal.department().ok_or(Fault::not_permitted())?;
    let department = app.store.department(department).await.map_err(UseCaseError::from)?;
    Ok(department.map(|department| department.pref).filter(|pref| !pref.is_empty()))
}

/// `GET /api/v1/hospitals.geojson`: hospitals of the department's prefecture; all where it has none.
pub(crate) async fn hospitals<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    let pref = prefecture(&app, signed.require(READ)?).await?;
    let listed = app.hospitals.hospitals().iter().filter(|h| pref.as_ref().is_none_or(|pref| *pref == h.pref));
    let features = listed.map(|hospital| {
        let properties = json!({
            "name": hospital.name,
            "prefecture": hospital.pref,
            "municipality": hospital.municipality,
            "tertiary": hospital.tertiary,
            "secondary": hospital.secondary,
        });
        json!({ "type": "Feature", "id": hospital.id, "geometry": point(hospital.position), "properties": properties })
    });
    collection(features.collect())
}
