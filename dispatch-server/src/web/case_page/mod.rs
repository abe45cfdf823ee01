//! One case's page for dispatch: stages, findings, enquiries, destination, gaps, timeline. No content of a history.

mod draw;
mod json;
mod messages;
mod tell;

pub(crate) use json::{CaseJson, SummaryJson};
pub(crate) use tell::{card, checked, message};

use super::console::{department_name, picture, short};
use super::fault::Fault;
use super::layout::{self, Shell};
use super::live::{self, Panel};
use super::parts::{Moment, hidden_csrf};
use super::session::{CONSOLE, CsrfField, DISPATCH, SignedForm, SignedIn};
use super::state::App;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use dispatch_core::{CaseTimeline, Principal, Store, case_timeline, make_handover_document};
use maud::{Markup, html};
use model::{CaseId, MessageId};
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
    let acts = signed.has(DISPATCH) && !timeline.view.is_closed();
    let csrf = acts.then(|| signed.csrf());
    let panels = draw::panels(&app, &timeline, csrf.as_deref(), moment);
    let part = |wanted: &str| panels.iter().find(|(id, _)| *id == wanted).map(|(_, content)| content);
    let title = format!("事案 {}", short(case));
    let place = department_name(&app, principal).await?;
    let shell = Shell::inside(&title, &app, &signed).at(place).live(format!("/live/cases/{case}"));
    let actions = match &csrf {
        Some(_) => actions(&app, &signed, principal, &timeline, moment).await?,
        None => html! {},
    };
    let write = match &csrf {
        Some(csrf) => messages::form(&timeline.view, case, csrf, MessageId::from_uuid(app.call()?.uuid())),
        None => html! {},
    };
    Ok(layout::page(
        &shell,
        &html! {
            script type="module" src="/assets/map/small.js" {}
            main.case {
                h1.hide { (title) }
                @if let Some(head) = part("head") { section.p.head id="head" { (head) } }
                div.left { @for id in ["place", "timeline"] { @if let Some(content) = part(id) { section.p id=(id) { (content) } } } }
                div.mid {
                    @for id in ["enquiries", "findings"] { @if let Some(content) = part(id) { section.p id=(id) { (content) } } }
                }
                div.right {
                    // What is to be done first stands first: send a unit, then ask and tell.
                    @if timeline.view.units.is_empty() { (actions) }
                    @if let Some(content) = part("card") { section.p id="card" { (content) } }
                    section.p { @if let Some(content) = part("messages") { div id="messages" { (content) } } (write) }
                    @if !timeline.view.units.is_empty() { (actions) }
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
    timeline: &CaseTimeline,
    moment: Moment,
) -> Result<Markup, Fault> {
    let (case, view) = (timeline.head.case, &timeline.view);
    let (scene, decided) = (view.scene, view.destination().is_some());
    let units = picture(app, principal).await?.units;
    let title = if view.units.is_empty() { "隊を割り当てる" } else { "隊を足す" };
    Ok(html! {
        section.p {
            header.ph { h2 { (title) } (super::console::seen_at(moment)) }
            (super::console::choice(signed, case, &units, scene, (view.units.is_empty(), &(app.drives)()), moment))
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
    let csrf = signed.has(DISPATCH).then(|| signed.csrf());
    Ok(live::events(app, signed, BTreeMap::new(), move |app: App<S>, principal, mut sent| {
        let csrf = csrf.clone();
        async move {
            let panels = panels(&app, &principal, case, csrf.as_deref()).await;
            let events = live::changed(&mut sent, panels);
            (sent, events)
        }
    }))
}

async fn panels<S: Store>(
    app: &App<S>,
    principal: &Principal,
    case: CaseId,
    csrf: Option<&str>,
) -> Result<Vec<Panel>, Fault> {
    let timeline = case_timeline(app.store.as_ref(), principal, case).await?;
    let csrf = csrf.filter(|_| !timeline.view.is_closed());
    Ok(draw::panels(app, &timeline, csrf, Moment::live(app.now())))
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
