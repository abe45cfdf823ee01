//! `/reviews`: looks without consent, for the people of the department who must review each. No content of a history.

mod draw;
mod names;

use super::console::department_name;
use super::fault::Fault;
use super::layout::{self, Shell};
use super::parts::Moment;
use super::session::{CsrfField, REVIEW, SignedForm, SignedIn};
use super::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use dispatch_core::store::{Judged, Judgement, ReviewsOf, Verdict};
use dispatch_core::{Store, review, reviews};
use maud::{Markup, html};
use model::LookupId;
use names::Names;
use serde::Deserialize;

/// `GET /reviews`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    drawn(&app, &signed, None).await
}

async fn drawn<S: Store>(app: &App<S>, signed: &SignedIn, earlier: Option<&Verdict>) -> Result<Markup, Fault> {
    let principal = signed.require(REVIEW)?;
    let store = app.store.as_ref();
    let open = reviews(store, principal, ReviewsOf::Open).await?;
    let reviewed = reviews(store, principal, ReviewsOf::Reviewed).await?;
    let names = Names::read(store, principal.scope).await?;
    let (moment, csrf) = (Moment::page(app.now()), signed.csrf());
    let shell = Shell::inside("同意なし閲覧", app, signed).at(department_name(app, principal).await?);
    Ok(layout::page(
        &shell,
        &html! {
            main.two {
                section.p id="open" {
                    @if let Some(verdict) = earlier { (draw::earlier(verdict, &names)) }
                    (draw::open(&open, &names, principal.person(), &csrf, moment))
                }
                section.p id="reviewed" { (draw::reviewed(&reviewed, &names, moment)) }
            }
        },
    ))
}

/// The pressed button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pressed {
    csrf: String,
    /// `right` or `not_right`.
    say: String,
    #[serde(default)]
    note: String,
}

impl CsrfField for Pressed {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /reviews/{lookup}`: who comes second is shown what the first said.
pub(crate) async fn submit<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(lookup): Path<LookupId>,
    SignedForm(signed, pressed): SignedForm<Pressed>,
) -> Result<Response, Fault> {
    let principal = signed.require(REVIEW)?;
    let judgement = Judgement::from_key(&pressed.say).ok_or_else(|| Fault::field("say", "この確認はありません"))?;
    let judged = review(app.store.as_ref(), &app.call()?, principal, lookup, judgement, &pressed.note).await?;
    app.changes.touch();
    match judged {
        Judged::Already(verdict) if principal.person() != Some(verdict.by) || verdict.judgement != judgement => {
            Ok((StatusCode::CONFLICT, drawn(&app, &signed, Some(&verdict)).await?).into_response())
        }
        Judged::First | Judged::Already(_) => Ok(Redirect::to("/reviews").into_response()),
    }
}
