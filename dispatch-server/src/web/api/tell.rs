//! What programs tell of a case: a message to its units, the answer about the card, a stage that a unit reached.

use crate::web::fault::Fault;
use crate::web::json::{Answer, Strict};
use crate::web::session::{SignedIn, WRITE};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use case::CardAnswer;
use dispatch_core::{ReportStage, SendMessage, Store, note_card_answer, report_stage, send_message};
use model::{CaseId, MessageId, Stage, UnitId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/cases/{case}/messages`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// The same id again writes nothing; none: a new one is made.
    #[serde(default)]
    message: Option<MessageId>,
    #[serde(default)]
    to: Option<UnitId>,
    text: String,
}

/// The message's id.
#[derive(Serialize)]
pub(crate) struct Told {
    message: MessageId,
}

/// Tells the units of a case something.
pub(crate) async fn message<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
    Strict(new): Strict<NewMessage>,
) -> Result<Answer<Told>, Fault> {
    let principal = signed.require(WRITE)?;
    let mut call = app.call()?;
    let message = new.message.unwrap_or_else(|| MessageId::from_uuid(call.uuid()));
    let request = SendMessage { case, message, to: new.to, text: new.text };
    send_message(app.store.as_ref(), &mut call, principal, request).await?;
    app.changes.touch();
    Ok(Answer(StatusCode::CREATED, Told { message }))
}

/// `POST /api/v1/cases/{case}/card`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardSaid {
    answer: CardAnswer,
}

/// Notes what the caller said of card and notebook.
pub(crate) async fn card<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
    Strict(said): Strict<CardSaid>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(WRITE)?;
    note_card_answer(app.store.as_ref(), &mut app.call()?, principal, case, said.answer).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/cases/{case}/stages`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageTold {
    unit: UnitId,
    stage: Stage,
    /// RFC 3339; now when it is not given.
    #[serde(default)]
    at: Option<String>,
}

/// The dispatch system tells that a unit reached a stage. The stamp of the unit's own tablet counts before it.
pub(crate) async fn stage<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
    Strict(told): Strict<StageTold>,
) -> Result<StatusCode, Fault> {
    let principal = signed.require(WRITE)?;
    let at = super::time_of("at", told.at)?.unwrap_or_else(|| app.now());
    let told = ReportStage { case, unit: told.unit, stage: told.stage, at };
    report_stage(app.store.as_ref(), &mut app.call()?, principal, told).await?;
    app.changes.touch();
    Ok(StatusCode::NO_CONTENT)
}
