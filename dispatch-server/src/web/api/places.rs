//! Units and hospitals as GeoJSON (RFC 7946), points with longitude first; and as CSV, for a spreadsheet.

use super::units_json;
use crate::web::fault::Fault;
use crate::web::session::{READ, SignedIn};
use crate::web::state::App;
use crate::web::statistics::csv_of;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use dispatch_core::{Principal, Store, UseCaseError};
use hospital_selection::Hospital;
use model::Position;
use serde_json::{Value, json};

const CSV: &str = "text/csv; charset=utf-8";
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
    let listed = of_prefecture(&app, &signed).await?;
    let features = listed.into_iter().map(|hospital| {
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

async fn of_prefecture<'a, S: Store>(app: &'a App<S>, signed: &SignedIn) -> Result<Vec<&'a Hospital>, Fault> {
    let pref = prefecture(app, signed.require(READ)?).await?;
    let listed = app.hospitals.hospitals().iter().filter(|h| pref.as_ref().is_none_or(|pref| *pref == h.pref));
    Ok(listed.collect())
}

/// `GET /api/v1/units.csv`.
pub(crate) async fn units_csv<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    let mut rows = Vec::new();
    for unit in units_json(&app, signed.require(READ)?).await? {
        let (lat, lon) = unit.position.map_or_else(Default::default, |at| (at.lat().to_string(), at.lon().to_string()));
        rows.push([
            unit.unit.to_string(),
            unit.callsign,
            unit.duty.to_owned(),
            unit.last_heard.unwrap_or_default(),
            lat,
            lon,
            unit.position_at.unwrap_or_default(),
        ]);
    }
    table("units", &["隊ID", "隊", "状態", "最後の受信", "緯度", "経度", "位置の時刻"], rows)
}

/// `GET /api/v1/hospitals.csv`: hospitals of the department's prefecture; all where it has none.
pub(crate) async fn hospitals_csv<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    let yes = |is: bool| if is { "1" } else { "0" }.to_owned();
    let rows = of_prefecture(&app, &signed).await?.into_iter().map(|hospital| {
        [
            hospital.id.to_string(),
            hospital.name.clone(),
            hospital.pref.clone(),
            hospital.municipality.clone(),
            yes(hospital.tertiary),
            yes(hospital.secondary),
            hospital.position.lat().to_string(),
            hospital.position.lon().to_string(),
        ]
    });
    let headings = ["病院ID", "病院", "都道府県", "市区町村", "三次", "二次", "緯度", "経度"];
    table("hospitals", &headings, rows)
}

fn table<const N: usize>(
    name: &str,
    headings: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Response, Fault> {
    let bytes = csv_of(headings, rows).map_err(|_| Fault::internal("writing CSV"))?;
    let name = format!("attachment; filename=\"{name}.csv\"");
    Ok(([(header::CONTENT_TYPE, CSV.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
