//! The patient's receipt: what was looked at, by whom, on which basis, until when, and whom to ask. Printable, and behind a
//! single-use code in a QR. No name, no row, no medicine; each reading is an entry of the audit.

mod page;

use super::fault::Fault;
use super::handover::Qr;
use super::layout::{self, Shell};
use super::openapi::READERS;
use super::session::{CsrfField, SignedForm, SignedIn};
use super::state::{App, AppState};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use dispatch_core::{Principal, ReceiptUse, Store, patient_receipt};
use maud::{Markup, html};
use model::CaseId;
use serde::Deserialize;

impl<S> AppState<S> {
    /// A path (`/r/…`) for a QR: it opens the receipt of this case once, within
    /// [`super::limits::RECEIPT_CODE_MINUTES`]. It names no patient.
    fn receipt_path(&self, case: CaseId) -> Result<String, Fault> {
        Ok(format!("/r/{}", self.receipts.issue(case, self.now())?))
    }
}

/// `GET /receipt/{case}`.
pub(crate) async fn page<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<Markup, Fault> {
    let principal = signed.require(READERS)?;
    let receipt = patient_receipt(app.store.as_ref(), &app.call()?, principal, case, ReceiptUse::Shown).await?;
    Ok(page::inside(&app, &signed, &receipt, None))
}

/// The form of the button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Make {
    csrf: String,
}

impl CsrfField for Make {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /receipt/{case}/code`: the receipt with a fresh QR.
pub(crate) async fn make<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    headers: HeaderMap,
    uri: Uri,
    SignedForm(signed, _): SignedForm<Make>,
) -> Result<Markup, Fault> {
    let principal = signed.require(READERS)?;
    let receipt = patient_receipt(app.store.as_ref(), &app.call()?, principal, case, ReceiptUse::CodeMade).await?;
    let qr = Qr::new(&super::address_of(&headers, &uri, &app.receipt_path(case)?)?)?;
    Ok(page::inside(&app, &signed, &receipt, Some(&qr)))
}

/// `GET /r/{code}`: uses nothing up, so that a scanner's preview cannot.
pub(crate) async fn ask<S: Store + 'static>(State(app): State<App<S>>, Path(code): Path<String>) -> Markup {
    let shell = Shell::outside("閲覧の控え", app.training, app.now());
    layout::page(
        &shell,
        &html! {
            main.narrow {
                section.p {
                    header.ph { h1 { "閲覧の控えを開く" } }
                    div.pb {
                        p { "このコードは一度だけ使えます。開いた画面は印刷するか、写真に撮って残してください。" }
                        form method="post" action=(format!("/r/{code}")) { button.btn.pri type="submit" { "開く" } }
                        p.q.sm { "医療の内容と氏名は表示されません。" }
                    }
                }
            }
        },
    )
}

/// `POST /r/{code}`.
pub(crate) async fn open<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(code): Path<String>,
) -> Result<Markup, Fault> {
    let case = app.receipts.take(&code, app.now()).ok_or(Fault::new(
        StatusCode::GONE,
        "code_used",
        "このコードは使用済みか、期限が切れています。",
        "隊または病院の受付で、もう一度コードを作ってもらってください。",
    ))?;
    let principal = Principal::system();
    let receipt = patient_receipt(app.store.as_ref(), &app.call()?, &principal, case, ReceiptUse::OpenedByCode).await?;
    Ok(page::plain(&app, &receipt))
}
