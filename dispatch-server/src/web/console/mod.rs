//! The dispatch page: what needs a human, the units, the incidents; live.

mod capacity;
mod draw;
mod incident;
mod incidents;
mod levels;
mod nearest;
mod picture;
mod todo;
mod wall;
mod wanted;

pub(crate) use draw::short;
pub(crate) use incident::{assign, new_page, open, seen_at, unit_select};
pub(crate) use levels::{Said, glyph};
pub(crate) use nearest::{Drives, choice};
pub(crate) use picture::{UnitRow, picture, unit_row, unit_rows, working};
pub(crate) use todo::check_form;
pub(crate) use wall::{live as wall_live, page as wall};
pub(crate) use wanted::Wanted;

use super::fault::Fault;
use super::layout::{self, Shell};
use super::live;
use super::parts::Moment;
use super::session::{CONSOLE, DISPATCH, SignedIn};
use super::sign_in::home;
use super::state::App;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use case::OnBehalf;
use dispatch_core::store::Department;
use dispatch_core::{Principal, Scope, Store};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// `GET /`: the dispatch page, or where this account begins.
pub(crate) async fn page<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(wanted): Query<Wanted>,
    signed: SignedIn,
) -> Result<Response, Fault> {
    let home = home(&signed.web, app.training);
    if home != "/" {
        return Ok(Redirect::to(home).into_response());
    }
    let principal = signed.require(CONSOLE)?;
    let department = department(&app, principal).await?;
    let (name, pref) = department.map(|department| (department.name, department.pref)).unwrap_or_default();
    let moment = Moment::page(app.now()).english(signed.english);
    let looker = looker(&signed, wanted.clone());
    let drawn = draw::panels(&app, &picture(&app, principal).await?, &looker, moment);
    let shell = Shell::inside(moment.t("指令", "Dispatch"), &app, &signed)
        .at(name)
        .live(format!("/live/console{}", wanted.query()))
        .english(signed.english);
    let rows = format!("/live/map{}", wanted.query());
    let map = super::map::section(&pref, &rows, Some(&wanted), &app.tiles, moment);
    let content = html! {
        main.console {
            h1.hide { (moment.t("指令", "Dispatch")) }
            (soundbar(moment))
            @for (id, panel) in &drawn {
                @if *id == "sounds" { div.hide id=(id) aria-hidden="true" { (panel) } }
                @else { section.p id=(id) { (panel) } }
                @if *id == "todo" { (map) }
            }
        }
        script type="module" src="/assets/map/map.js" {}
        script type="module" src="/assets/console.js" {}
    };
    Ok(layout::page(&shell, &content).into_response())
}

/// Sounds are armed by one tap; the bar says when they are not.
fn soundbar(moment: Moment) -> Markup {
    html! {
        div.soundbar.off role="group" aria-label=(moment.t("音", "Sounds")) {
            span data-sound-words="" role="status" { }
            button.btn.sml.now type="button" data-arm="" data-key="KeyS" data-press="" aria-keyshortcuts="S" {
                kbd aria-hidden="true" { "S" } (moment.t("音を入れる", "Sounds on"))
            }
            label { (moment.t("音量", "Volume")) " " input type="range" min="5" max="100" value="40"; }
        }
    }
}

/// `GET /live/console`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(wanted): Query<Wanted>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    signed.require(CONSOLE)?;
    let (looker, english) = (looker(&signed, wanted), signed.english);
    Ok(live::events(app, signed, BTreeMap::new(), move |app: App<S>, principal, mut sent| {
        let looker = looker.clone();
        async move {
            let moment = Moment::live(app.now()).english(english);
            let panels = picture(&app, &principal).await.map(|picture| draw::panels(&app, &picture, &looker, moment));
            let events = live::changed(&mut sent, panels);
            (sent, events)
        }
    }))
}

fn looker(signed: &SignedIn, wanted: Wanted) -> draw::Looker {
    let me = match signed.web.principal.on_behalf() {
        OnBehalf::Dispatcher(crew) => Some(crew),
        OnBehalf::Desk { .. } | OnBehalf::Machine(_) | OnBehalf::System => None,
    };
    draw::Looker { csrf: signed.has(DISPATCH).then(|| signed.csrf()), me, wanted }
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
