//! What a dispatcher does on a case's page beside sending units: a message, the answer about the card, an alarm put aside.

use crate::web::fault::Fault;
use crate::web::session::{CsrfField, DISPATCH, SignedForm};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Redirect;
use case::{AlarmMark, CardAnswer};
use dispatch_core::{SendMessage, Store, check_alarm, note_card_answer, send_message};
use model::{CaseId, MessageId, UnitId};
use serde::Deserialize;

/// The form of a message. A phrase counts where nothing was written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageForm {
    csrf: String,
    message: MessageId,
    #[serde(default)]
    to: String,
    #[serde(default)]
    phrase: String,
    text: String,
}

impl CsrfField for MessageForm {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /cases/{case}/message`.
pub(crate) async fn message<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, form): SignedForm<MessageForm>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    let to: Option<UnitId> = match form.to.as_str() {
        "" => None,
        unit => Some(unit.parse().map_err(|_| Fault::field("to", "この隊はありません"))?),
    };
    let text = if form.text.trim().is_empty() { form.phrase } else { form.text };
    let request = SendMessage { case, message: form.message, to, text };
    send_message(app.store.as_ref(), &mut app.call()?, principal, request).await?;
    app.changes.touch();
    Ok(back(case))
}

/// The form of an answer about the card.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardForm {
    csrf: String,
    answer: CardAnswer,
}

impl CsrfField for CardForm {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /cases/{case}/card`.
pub(crate) async fn card<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, form): SignedForm<CardForm>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    note_card_answer(app.store.as_ref(), &mut app.call()?, principal, case, form.answer).await?;
    app.changes.touch();
    Ok(back(case))
}

/// The form of an alarm that was seen to: its mark as JSON, as it stands in the facts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckedForm {
    csrf: String,
    alarm: String,
}

impl CsrfField for CheckedForm {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /cases/{case}/checked`.
pub(crate) async fn checked<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, form): SignedForm<CheckedForm>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    let mark: AlarmMark =
        serde_json::from_str(&form.alarm).map_err(|_| Fault::field("alarm", "この知らせはありません"))?;
    let heard = |unit| app.units.live(unit).last_heard;
    check_alarm(app.store.as_ref(), &mut app.call()?, principal, case, mark, heard).await?;
    app.changes.touch();
    Ok(back(case))
}

fn back(case: CaseId) -> Redirect {
    Redirect::to(&format!("/cases/{case}"))
}
