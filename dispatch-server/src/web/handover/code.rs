//! The single-use code: made for a QR, shown once, worth one reading of the crew's part. It never opens a history.

use super::page::{self, Qr};
use super::{HistoryPart, may_read, page_with_code};
use crate::web::codes::Opens;
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell};
use crate::web::session::{CsrfField, SignedForm};
use crate::web::state::{App, AppState};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use dispatch_core::{MadeDocument, Principal, Store, read_handover_document};
use maud::{Markup, html};
use model::{CaseId, HospitalId};
use serde::Deserialize;

impl<S> AppState<S> {
    /// A path (`/h/…`) for a QR: it opens the handover document of this case once, within
    /// [`super::super::limits::CODE_MINUTES`], as long as this hospital is the destination. It names no patient and opens no
    /// history.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn handover_path(&self, case: CaseId, hospital: HospitalId) -> Result<String, Fault> {
        Ok(format!("/h/{}", self.codes.issue(Opens { case, hospital }, self.now())?))
    }
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

/// `POST /handover/{case}/code`: the document with a fresh QR.
pub(crate) async fn make<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    headers: HeaderMap,
    uri: Uri,
    SignedForm(signed, _): SignedForm<Make>,
) -> Result<Markup, Fault> {
    may_read(&signed)?;
    let made = read_handover_document(app.store.as_ref(), &signed.web.principal, case).await?;
    let path = app.handover_path(case, made.document.hospital)?;
    let qr = Qr::new(&crate::web::address_of(&headers, &uri, &path)?)?;
    page_with_code(&app, &signed, case, &qr).await
}

/// `GET /h/{code}`: uses nothing up, so that a scanner's preview cannot.
pub(crate) async fn ask<S: Store + 'static>(State(app): State<App<S>>, Path(code): Path<String>) -> Markup {
    let shell = Shell::outside("引継書", app.training, app.now());
    layout::page(
        &shell,
        &html! {
            main.narrow {
                section.p {
                    header.ph { h1 { "引継書を開く" } }
                    div.pb {
                        p { "このコードは一度だけ使えます。開くと、隊の記録（履歴は含みません）が表示されます。" }
                        form method="post" action=(format!("/h/{code}")) { button.btn.pri type="submit" { "開く" } }
                        p.q.sm { "履歴は、受入病院の受入照会の画面にサインインして開きます。" }
                    }
                }
            }
        },
    )
}

/// `POST /h/{code}`.
pub(crate) async fn open<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(code): Path<String>,
) -> Result<Markup, Fault> {
    let used = Fault::new(
        StatusCode::GONE,
        "code_used",
        "このコードは使用済みか、期限が切れています。",
        "隊または受入照会の画面で、もう一度コードを作ってください。",
    );
    let opens = app.codes.take(&code, app.now()).ok_or(used.clone())?;
    let made: MadeDocument = read_handover_document(app.store.as_ref(), &Principal::system(), opens.case).await?;
    if made.document.hospital != opens.hospital {
        return Err(used);
    }
    tracing::info!(case = %opens.case, hospital = %opens.hospital, "a handover document was opened by its code");
    let withheld = HistoryPart::Withheld("履歴は受入照会の画面にサインインして開きます。".to_owned());
    Ok(page::plain(&app, &made, &withheld))
}
