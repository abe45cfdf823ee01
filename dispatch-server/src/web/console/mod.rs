//! The dispatch page: what needs a human, the units, the incidents; live.

mod capacity;
mod draw;
mod incident;
mod nearest;
mod picture;

pub(crate) use draw::{check_form, short};
pub(crate) use incident::{assign, new_page, open, seen_at, unit_select};
pub(crate) use nearest::choice;
pub(crate) use picture::{UnitRow, picture, unit_row, unit_rows, working};

use super::fault::Fault;
use super::layout::{self, Shell};
use super::live::{self, Panel};
use super::parts::Moment;
use super::session::{CONSOLE, DISPATCH, SignedIn};
use super::sign_in::home;
use super::state::App;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use dispatch_core::store::Department;
use dispatch_core::{Principal, Scope, Store};
use maud::html;
use std::collections::BTreeMap;

/// `GET /`: the dispatch page, or where this account begins.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Response, Fault> {
    let home = home(&signed.web, app.training);
    if home != "/" {
        return Ok(Redirect::to(home).into_response());
    }
    let principal = signed.require(CONSOLE)?;
    let place = department_name(&app, principal).await?;
    let drawn = draw::panels(&app, &picture(&app, principal).await?, hand(&signed).as_deref(), Moment::page(app.now()));
    let shell = Shell::inside("指令", &app, &signed).at(place).live("/live/console".to_owned());
    let pref = department(&app, principal).await?.map(|department| department.pref).unwrap_or_default();
    let map = super::map::section(&pref, Moment::page(app.now()));
    let content = html! {
        main.console {
            @for (id, panel) in &drawn {
                section.p id=(id) { (panel) }
                @if *id == "todo" { (map) }
            }
        }
        script type="module" src="/assets/map/map.js" {}
    };
    Ok(layout::page(&shell, &content).into_response())
}

/// `GET /live/console`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    signed.require(CONSOLE)?;
    let hand = hand(&signed);
    Ok(live::events(app, signed, BTreeMap::new(), move |app: App<S>, principal, mut sent| {
        let hand = hand.clone();
        async move {
            let panels = panels(&app, &principal, hand.as_deref()).await;
            let events = live::changed(&mut sent, panels);
            (sent, events)
        }
    }))
}

/// The proof of this session's forms, for whoever may act here.
fn hand(signed: &SignedIn) -> Option<String> {
    signed.has(DISPATCH).then(|| signed.csrf())
}

async fn panels<S: Store>(app: &App<S>, principal: &Principal, csrf: Option<&str>) -> Result<Vec<Panel>, Fault> {
    Ok(draw::panels(app, &picture(app, principal).await?, csrf, Moment::live(app.now())))
}

/// The principal's department.
pub(crate) async fn department<S: Store>(app: &App<S>, principal: &Principal) -> Result<Option<Department>, Fault> {
    let Scope::Department(id) = principal.scope else { return Ok(None) };
    let departments = app.store.departments().await.map_err(dispatch_core::UseCaseError::from)?;
    Ok(departments.into_iter().find(|department| department.id == id))
}

/// The name of the principal's department.
pub(crate) async fn department_name<S: Store>(app: &App<S>, principal: &Principal) -> Result<String, Fault> {
    Ok(department(app, principal).await?.map(|department| department.name).unwrap_or_default())
}
