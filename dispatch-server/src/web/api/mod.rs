//! `/api/v1` for dispatch: incidents, cases, units. Strict JSON in, JSON or problem+json out.

pub(crate) mod capacity;
pub(crate) mod feed;
pub(crate) mod places;
pub(crate) mod tell;

use super::case_page::{CaseJson, SummaryJson};
use super::console::{unit_row, working};
use super::fault::Fault;
use super::json::{Answer, Strict};
use super::session::{READ, SignedIn, WRITE};
use super::state::App;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use case::CardAnswer;
use dispatch_core::{
    AssignUnit, CaseFilter, OpenIncident, Principal, Store, UseCaseError, assign_unit, case_list, case_timeline,
    make_handover_document, note_machine_read, open_incident,
};
use model::{CaseId, IncidentId, Position, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// A call may be entered so long after it was answered, minutes; a time from the future is refused.
const LATE_CALL_MINUTES: i64 = 24 * 60;

/// A call's time, checked; now when it is not given.
pub(crate) fn received_at(given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Fault> {
    let Some(at) = given else { return Ok(now) };
    // A clock may be a little ahead of ours.
    if at > now.plus_minutes(1) || at < now.plus_minutes(-LATE_CALL_MINUTES) {
        return Err(Fault::field("call_received_at", "24時間以内の過去の時刻で入れてください"));
    }
    Ok(at.min(now))
}

/// RFC 3339 with an offset.
fn time_of(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    let at = parsed.map_err(|_| Fault::field(field, "RFC 3339 の時刻ではありません"))?;
    Ok(Some(Timestamp(at.as_microsecond())))
}

/// `POST /api/v1/incidents`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIncident {
    #[serde(default)]
    call_received_at: Option<String>,
    #[serde(default)]
    scene: Option<Position>,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    call_text: Option<String>,
    #[serde(default)]
    unit: Option<UnitId>,
    #[serde(default)]
    card: Option<CardAnswer>,
}

/// The new incident.
#[derive(Serialize)]
pub(crate) struct Opened {
    incident: IncidentId,
    case: CaseId,
}

/// Opens an incident and sends a unit, if one is named.
pub(crate) async fn open<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Strict(new): Strict<NewIncident>,
) -> Result<Answer<Opened>, Fault> {
    let principal = signed.require(WRITE)?;
    let request = OpenIncident {
        unit: new.unit,
        call_received_at: received_at(time_of("call_received_at", new.call_received_at)?, app.now())?,
        scene: new.scene,
        place: new.place,
        call_text: new.call_text,
        card: new.card,
    };
    let opened = open_incident(app.store.as_ref(), &mut app.call()?, principal, request).await?;
    app.changes.touch();
    Ok(Answer(StatusCode::CREATED, Opened { incident: opened.incident, case: opened.case }))
}

/// `POST /api/v1/cases/{case}/assign`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assign {
    unit: UnitId,
    #[serde(default)]
    next_leg: bool,
}

/// Sends a unit.
pub(crate) async fn assign<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
    Strict(given): Strict<Assign>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(WRITE)?;
    let request = AssignUnit { case, unit: given.unit, next_leg: given.next_leg };
    assign_unit(app.store.as_ref(), &mut app.call()?, principal, request).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// Which cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    #[serde(default)]
    open: bool,
}

/// A list with the time at which it was true.
#[derive(Serialize)]
pub(crate) struct List<T> {
    at: String,
    items: Vec<T>,
}

/// `GET /api/v1/cases`.
pub(crate) async fn list<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(which): Query<Which>,
    signed: SignedIn,
) -> Result<Answer<List<SummaryJson>>, Fault> {
    let principal = signed.require(READ)?;
    let filter = CaseFilter { open_only: which.open, ..CaseFilter::default() };
    let found = case_list(app.store.as_ref(), principal, filter, &app.views).await?;
    let items = found.cases.iter().map(|case| SummaryJson::of(&app, case)).collect();
    Ok(Answer(StatusCode::OK, List { at: app.now().tokyo_rfc3339(), items }))
}

/// `GET /api/v1/cases/{case}`.
pub(crate) async fn one<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<Answer<CaseJson>, Fault> {
    let principal = signed.require(READ)?;
    let timeline = case_timeline(app.store.as_ref(), principal, case).await?;
    note_machine_read(app.store.as_ref(), &app.call()?, principal, &timeline.head).await?;
    Ok(Answer(StatusCode::OK, CaseJson::new(&app, &timeline)))
}

/// A made document.
#[derive(Serialize)]
pub(crate) struct Made {
    sha256: String,
    path: String,
}

/// `POST /api/v1/cases/{case}/handover`.
pub(crate) async fn make_document<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<Answer<Made>, Fault> {
    let principal = signed.require(WRITE)?;
    let made = make_handover_document(app.store.as_ref(), &mut app.call()?, principal, case).await?;
    app.changes.touch();
    Ok(Answer(StatusCode::CREATED, Made { sha256: made.sha256, path: format!("/handover/{case}") }))
}

/// One unit with what is known of it.
#[derive(Serialize)]
pub(crate) struct UnitJson {
    unit: UnitId,
    callsign: String,
    duty: &'static str,
    silent: bool,
    connected: bool,
    last_heard: Option<String>,
    position: Option<Position>,
    position_at: Option<String>,
    case: Option<CaseId>,
}

/// `GET /api/v1/units`.
pub(crate) async fn units<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<Answer<List<UnitJson>>, Fault> {
    let items = units_json(&app, signed.require(READ)?).await?;
    Ok(Answer(StatusCode::OK, List { at: app.now().tokyo_rfc3339(), items }))
}

/// The principal's units.
async fn units_json<S: Store + 'static>(app: &App<S>, principal: &Principal) -> Result<Vec<UnitJson>, Fault> {
    let open = CaseFilter { open_only: true, ..CaseFilter::default() };
    let works = working(&case_list(app.store.as_ref(), principal, open, &app.views).await?.cases);
    let units = app.store.units(principal.scope).await.map_err(UseCaseError::from)?;
    let now = app.now();
    let items = units.into_iter().map(|unit| {
        let row = unit_row(app, unit, &works);
        UnitJson {
            unit: row.unit.id,
            duty: row.duty(),
            silent: row.is_silent(now),
            connected: row.live.connected,
            last_heard: row.live.last_heard.map(|at| at.tokyo_rfc3339()),
            position: row.live.position.map(|(place, _)| place),
            position_at: row.live.position.map(|(_, at)| at.tokyo_rfc3339()),
            case: row.case.map(|(case, _)| case),
            callsign: row.unit.callsign,
        }
    });
    Ok(items.collect())
}
