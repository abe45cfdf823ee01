//! One case's page for dispatch: stages, findings, enquiries, destination, gaps, timeline. No content of a history.

mod draw;
mod json;

pub(crate) use json::{CaseJson, SummaryJson};

use super::console::{department_name, picture, short};
use super::fault::Fault;
use super::layout::{self, Shell};
use super::live::{self, Panel};
use super::parts::{Moment, hidden_csrf};
use super::session::{CONSOLE, CsrfField, DISPATCH, SignedForm, SignedIn};
use super::state::App;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use dispatch_core::{Principal, Store, case_timeline, make_handover_document};
use maud::{Markup, html};
use model::CaseId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `GET /cases/{case}`.
pub(crate) async fn page<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<Markup, Fault> {
    let principal = signed.require(CONSOLE)?;
    let timeline = case_timeline(app.store.as_ref(), principal, case).await?;
    let moment = Moment::page(app.now());
    let panels = draw::panels(&app, &timeline, moment);
    let part = |wanted: &str| panels.iter().find(|(id, _)| *id == wanted).map(|(_, content)| content);
    let title = format!("事案 {}", short(case));
    let place = department_name(&app, principal).await?;
    let shell = Shell::inside(&title, &app, &signed).at(place).live(format!("/live/cases/{case}"));
    let actions = if signed.has(DISPATCH) && !timeline.view.is_closed() {
        actions(&app, &signed, principal, case, moment, timeline.view.destination().is_some()).await?
    } else {
        html! {}
    };
    Ok(layout::page(
        &shell,
        &html! {
            main.case {
                @if let Some(head) = part("head") { section.p.head id="head" { (head) } }
                div.left { @if let Some(entries) = part("timeline") { section.p id="timeline" { (entries) } } }
                div.mid {
                    @for id in ["enquiries", "findings"] { @if let Some(content) = part(id) { section.p id=(id) { (content) } } }
                }
                div.right {
                    (actions)
                    @for id in ["stages", "basis"] { @if let Some(content) = part(id) { section.p id=(id) { (content) } } }
                }
            }
        },
    ))
}

async fn actions<S: Store>(
    app: &App<S>,
    signed: &SignedIn,
    principal: &Principal,
    case: CaseId,
    moment: Moment,
    decided: bool,
) -> Result<Markup, Fault> {
    let picture = picture(app, principal).await?;
    let scene = picture.cases.iter().find(|known| known.head.case == case).and_then(|known| known.view.scene);
    let units = picture.units;
    Ok(html! {
        section.p {
            header.ph { h2 { "隊を割り当てる" } (super::console::seen_at(moment)) }
            (super::console::choice(signed, case, &units, scene, moment))
            div.pb {
                form method="post" action=(format!("/cases/{case}/assign")) {
                    (hidden_csrf(signed))
                    label data-other="" { "隊" (super::console::unit_select(&units, "選んでください", moment)) }
                    label.check { input type="checkbox" name="next_leg" value="1"; " 他隊へ引継ぎ（次の区間）" }
                    button.btn.pri type="submit" { "割り当てる" }
                }
            }
        }
        @if decided {
            section.p {
                header.ph { h2 { "引継書" } }
                div.pb {
                    p.sm { "作成すると、内容のSHA-256が事案に記録されます。" }
                    form method="post" action=(format!("/cases/{case}/handover")) {
                        (hidden_csrf(signed))
                        button.btn type="submit" { "引継書を作成" }
                    }
                    p { a href=(format!("/handover/{case}")) { "引継書を開く" } }
                }
            }
        }
    })
}

/// `GET /live/cases/{case}`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    let principal = signed.require(CONSOLE)?;
    case_timeline(app.store.as_ref(), principal, case).await?;
    Ok(live::events(app, signed, BTreeMap::new(), move |app: App<S>, principal, mut sent| async move {
        let panels = panels(&app, &principal, case).await;
        let events = live::changed(&mut sent, panels);
        (sent, events)
    }))
}

async fn panels<S: Store>(app: &App<S>, principal: &Principal, case: CaseId) -> Result<Vec<Panel>, Fault> {
    let timeline = case_timeline(app.store.as_ref(), principal, case).await?;
    Ok(draw::panels(app, &timeline, Moment::live(app.now())))
}

/// A form that only asks for something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    csrf: String,
}

impl CsrfField for Ask {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /cases/{case}/handover`.
pub(crate) async fn make_document<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, _): SignedForm<Ask>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    make_handover_document(app.store.as_ref(), &mut app.call()?, principal, case).await?;
    app.changes.touch();
    Ok(Redirect::to(&format!("/handover/{case}")))
}
