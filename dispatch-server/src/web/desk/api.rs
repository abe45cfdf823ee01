//! `/api/v1/desk`: what the board, and the stand-in desks of the simulator, work with.

use super::capacity::check_places;
use super::view::{EnquiryJson, RowJson, enquiry_json, row_json};
use super::{Said, say};
use crate::web::api::feed::until;
use crate::web::fault::Fault;
use crate::web::json::{Answer, Strict};
use crate::web::session::{DESK, SignedIn};
use crate::web::state::App;
use crate::web::watching::PAGE_NAME_MAX;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dispatch_core::{
    Released, Store, board, offer_places, receive_enquiry, released_history, report_capacity, see_enquiry,
};
use field_alerts::{Alert, NO_RECORD_IS_NOT_NONE_JA};
use hospital_selection::CapacityState;
use model::{Capability, CaseId, EnquiryId};
use patient_history::{MedicalText, SectionKind, SectionState};
use serde::{Deserialize, Serialize};

/// A list with the time at which it was true.
#[derive(Serialize)]
pub(crate) struct Board {
    at: String,
    items: Vec<EnquiryJson>,
}

/// `GET /api/v1/desk/enquiries`.
pub(crate) async fn enquiries<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<Answer<Board>, Fault> {
    let principal = signed.require(DESK)?;
    let rows = board(app.store.as_ref(), &app.rules, app.now(), principal).await?;
    let items = rows.iter().map(enquiry_json).collect();
    Ok(Answer(StatusCode::OK, Board { at: app.now().tokyo_rfc3339(), items }))
}

/// What a page says of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watch {
    page: String,
    watches: bool,
}

/// `POST /api/v1/desk/watch`: whether somebody can see and hear this page.
pub(crate) async fn watch<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Strict(said): Strict<Watch>,
) -> Result<StatusCode, Fault> {
    let hospital = signed.require(DESK)?.hospital().ok_or(Fault::not_permitted())?;
    if !(1..=PAGE_NAME_MAX).contains(&said.page.chars().count()) {
        return Err(Fault::field("page", "1〜32文字で入れてください"));
    }
    app.watching.says(hospital, &said.page, said.watches, app.now());
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/desk/enquiries/{enquiry}/delivered`: a page or program has it, whether anybody looks or not.
pub(crate) async fn delivered<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    signed: SignedIn,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(DESK)?;
    receive_enquiry(app.store.as_ref(), &mut app.call()?, principal, enquiry).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/desk/enquiries/{enquiry}/seen`.
pub(crate) async fn seen<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    signed: SignedIn,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(DESK)?;
    see_enquiry(app.store.as_ref(), &mut app.call()?, principal, enquiry).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/desk/enquiries/{enquiry}/answer`. Answering the same again is allowed and adds nothing.
pub(crate) async fn answer<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    signed: SignedIn,
    Strict(said): Strict<Said>,
) -> Result<Answer<Option<EnquiryJson>>, Fault> {
    let principal = signed.require(DESK)?;
    say(&app, principal, enquiry, &said).await?;
    let rows = board(app.store.as_ref(), &app.rules, app.now(), principal).await?;
    let row = rows.iter().find(|row| row.enquiry == enquiry).map(enquiry_json);
    Ok(Answer(StatusCode::OK, row))
}

/// What a desk reports.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capacity {
    #[serde(default)]
    capability: Option<Capability>,
    state: CapacityState,
    /// For `down` and `off_duty`: for how long.
    #[serde(default)]
    minutes: Option<i64>,
}

/// `POST /api/v1/desk/capacity`.
pub(crate) async fn capacity<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Strict(given): Strict<Capacity>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(DESK)?;
    let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
    let until = until("minutes", given.state, given.minutes, app.now())?;
    let call = app.call()?;
    report_capacity(app.store.as_ref(), &call, principal, hospital, given.capability, given.state, until).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// Places for a mass-casualty incident.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MassCapacity {
    red: u16,
    yellow: u16,
    green: u16,
    black: u16,
    /// For how long; 0 takes the offer back.
    minutes: i64,
}

/// `POST /api/v1/desk/mass-capacity`.
pub(crate) async fn mass_capacity<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
    Strict(given): Strict<MassCapacity>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(DESK)?;
    let places = [given.red, given.yellow, given.green, given.black];
    check_places(&places, given.minutes)?;
    offer_places(app.store.as_ref(), &app.call()?, principal, places, given.minutes).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct SectionJson {
    section: &'static str,
    section_ja: &'static str,
    state: &'static str,
    look_back: Option<String>,
    complete_up_to: Option<String>,
    rows: Vec<RowJson>,
}

#[derive(Serialize)]
struct AlertJson {
    rule: MedicalText,
    rule_version: u16,
    title: MedicalText,
    watch: MedicalText,
    row: MedicalText,
    sensitive: bool,
}

#[derive(Serialize)]
struct PersonJson {
    name: MedicalText,
    kana: MedicalText,
    birth_date: String,
    sex: model::Sex,
}

/// A released history.
#[derive(Serialize)]
pub(crate) struct PatientHistory {
    case: CaseId,
    fetched_at: String,
    until: String,
    person: PersonJson,
    alerts: Vec<AlertJson>,
    alert_rules: String,
    sections: Vec<SectionJson>,
    notices: Vec<&'static str>,
    note: &'static str,
}

/// `GET /api/v1/desk/patients/{case}`: each opening is audited.
pub(crate) async fn patient<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<Answer<PatientHistory>, Fault> {
    let principal = signed.require(DESK)?;
    let released = released_history(app.store.as_ref(), &app.rules, &app.call()?, principal, case).await?;
    Ok(Answer(StatusCode::OK, history_json(case, &released)))
}

fn history_json(case: CaseId, released: &Released) -> PatientHistory {
    let snapshot = &released.snapshot;
    let person = &snapshot.person;
    PatientHistory {
        case,
        fetched_at: snapshot.fetched_at.tokyo_rfc3339(),
        until: released.until.tokyo_rfc3339(),
        person: PersonJson {
            name: person.name.clone(),
            kana: person.kana.clone(),
            birth_date: person.birth_date.to_string(),
            sex: person.sex,
        },
        alerts: released.evaluation.alerts.iter().map(alert_json).collect(),
        alert_rules: released.evaluation.table_version.clone(),
        sections: SectionKind::ALL.into_iter().map(|kind| section_json(kind, snapshot.state(kind))).collect(),
        notices: snapshot.notices.iter().map(|notice| notice.ja()).collect(),
        note: NO_RECORD_IS_NOT_NONE_JA,
    }
}

fn section_json(kind: SectionKind, state: &SectionState) -> SectionJson {
    let (look_back, complete) = match state {
        SectionState::Records { look_back, complete_up_to, .. } => (Some(*look_back), *complete_up_to),
        SectionState::NoRecord { look_back } => (Some(*look_back), None),
        SectionState::NotPermitted | SectionState::NotAsked => (None, None),
    };
    SectionJson {
        section: kind.key(),
        section_ja: kind.ja(),
        state: state.ja(),
        look_back: look_back.map(|l| l.ja()),
        complete_up_to: complete.map(|date| date.to_string()),
        rows: state.rows().iter().map(row_json).collect(),
    }
}

fn alert_json(alert: &Alert) -> AlertJson {
    AlertJson {
        rule: alert.rule.clone(),
        rule_version: alert.rule_version,
        title: alert.title_ja.clone(),
        watch: alert.watch_ja.clone(),
        row: alert.row_line_ja(),
        sensitive: alert.sensitive,
    }
}
