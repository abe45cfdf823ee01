//! The handover document: for the accepting hospital's desk, printable, as FHIR, and behind a single-use code in a QR.

mod code;
mod fhir;
mod page;

pub(crate) use code::{ask, make, open};
pub(crate) use page::Qr;

use super::fault::Fault;
use super::session::{CONSOLE, DESK, SignedIn};
use super::state::App;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use dispatch_core::{
    MadeDocument, Principal, Released, Role, Store, UseCaseError, read_handover_document, released_history,
};
use maud::Markup;
use model::CaseId;

/// Who opens a document: the destination's desk, with the history while it is released; the department, without.
const READERS: [&[Role]; 2] = [CONSOLE, DESK];

/// What can be shown of the history, or why nothing.
pub(crate) enum HistoryPart {
    /// It is released.
    Released(Box<Released>),
    /// It is not; the sentence says why.
    Withheld(String),
}

fn may_read(signed: &SignedIn) -> Result<(), Fault> {
    if READERS.iter().any(|roles| signed.has(roles)) { Ok(()) } else { Err(Fault::not_permitted()) }
}

async fn read<S: Store>(app: &App<S>, signed: &SignedIn, case: CaseId) -> Result<(MadeDocument, HistoryPart), Fault> {
    may_read(signed)?;
    let principal = &signed.web.principal;
    let made = read_handover_document(app.store.as_ref(), principal, case).await?;
    let history = if principal.hospital().is_some() {
        history(app, principal, case).await?
    } else {
        HistoryPart::Withheld("履歴は受入病院の画面にだけ出ます。".to_owned())
    };
    Ok((made, history))
}

async fn history<S: Store>(app: &App<S>, principal: &Principal, case: CaseId) -> Result<HistoryPart, Fault> {
    match released_history(app.store.as_ref(), &app.rules, &app.call()?, principal, case).await {
        Ok(released) => {
            // Open boards of this hospital say that it was read.
            app.changes.touch();
            Ok(HistoryPart::Released(Box::new(released)))
        }
        Err(UseCaseError::NotFound(_)) => {
            Ok(HistoryPart::Withheld("履歴の照会はありません（カードなし、不同意、圏外など）。".to_owned()))
        }
        Err(UseCaseError::ConsentRefuses) => Ok(HistoryPart::Withheld("病院への提供の同意がありません。".to_owned())),
        Err(UseCaseError::ConsentWithdrawn) => {
            Ok(HistoryPart::Withheld("同意が取り消されたため、履歴は表示できません（公開を終え、鍵も破棄しました）。必要な内容は口頭で聴取してください。".to_owned()))
        }
        Err(UseCaseError::Expired) => Ok(HistoryPart::Withheld("履歴の公開期間は終わりました。".to_owned())),
        Err(other) => Err(other.into()),
    }
}

/// `GET /handover/{case}` and `GET /handover/{case}.json`: one path segment, because a segment is matched whole.
pub(crate) async fn document<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(segment): Path<String>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    let (id, json) = segment.strip_suffix(".json").map_or((segment.as_str(), false), |id| (id, true));
    let case: CaseId = id.parse().map_err(|_| Fault::not_found())?;
    let (made, history) = read(&app, &signed, case).await?;
    if !json {
        return Ok(page::page(&app, &signed, &made, &history, None).into_response());
    }
    let bundle = fhir::bundle(&app, &mut app.call()?, &made, &history);
    let body = serde_json::to_vec_pretty(&bundle).map_err(|_| Fault::internal("writing FHIR"))?;
    Ok(([(header::CONTENT_TYPE, "application/fhir+json; charset=utf-8")], body).into_response())
}

/// The page with a QR.
async fn page_with_code<S: Store>(app: &App<S>, signed: &SignedIn, case: CaseId, qr: &Qr) -> Result<Markup, Fault> {
    let (made, history) = read(app, signed, case).await?;
    Ok(page::page(app, signed, &made, &history, Some(qr)))
}
