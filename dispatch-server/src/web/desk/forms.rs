//! What the board's buttons send.

use super::ring::CONDITIONS;
use super::{Said, say};
use crate::web::fault::Fault;
use crate::web::session::{CsrfField, DESK, SignedForm};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Redirect;
use case::DeclineReason;
use dispatch_core::{Store, sign_handover, withdraw_acceptance};
use model::{CaseId, EnquiryId};
use serde::Deserialize;

/// The pressed button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pressed {
    csrf: String,
    say: String,
}

impl CsrfField for Pressed {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn said(pressed: &str) -> Option<Said> {
    if pressed == "accepted" {
        return Some(Said::Accepted {});
    }
    if let Some(number) = pressed.strip_prefix("condition-") {
        let (condition, minutes) = CONDITIONS.get(number.parse::<usize>().ok()?)?;
        return Some(Said::Conditional { condition: (*condition).to_owned(), minutes: *minutes });
    }
    let number: usize = pressed.strip_prefix("decline-")?.parse().ok()?;
    DeclineReason::ALL.get(number).map(|reason| Said::Declined { reason: *reason })
}

/// `POST /desk/enquiries/{enquiry}/answer`.
pub(crate) async fn answer_form<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    SignedForm(signed, pressed): SignedForm<Pressed>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let said = said(&pressed.say).ok_or_else(|| Fault::field("say", "この回答はありません"))?;
    say(&app, principal, enquiry, &said).await?;
    Ok(Redirect::to("/desk"))
}

/// The reason's number among the nine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawn {
    csrf: String,
    reason: usize,
}

impl CsrfField for Withdrawn {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /desk/enquiries/{enquiry}/withdraw`.
pub(crate) async fn withdraw_form<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    SignedForm(signed, given): SignedForm<Withdrawn>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let reason = DeclineReason::ALL.get(given.reason).ok_or_else(|| Fault::field("reason", "この理由はありません"))?;
    withdraw_acceptance(app.store.as_ref(), &mut app.call()?, principal, enquiry, *reason).await?;
    app.changes.touch();
    Ok(Redirect::to("/desk"))
}

/// Who signs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    csrf: String,
    name: String,
}

impl CsrfField for Signed {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /desk/cases/{case}/sign`.
pub(crate) async fn sign_form<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, given): SignedForm<Signed>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    sign_handover(app.store.as_ref(), &mut app.call()?, principal, case, &given.name).await?;
    app.changes.touch();
    Ok(Redirect::to("/desk"))
}
