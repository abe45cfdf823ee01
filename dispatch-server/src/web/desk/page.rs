//! `/desk`: the board (design/web.md a05). Everything is one tap; it works without scripts, and says what it cannot do then.

use super::lists::{arrived_panel, coming_panel, over_panel};
use super::ring::ringing;
use super::view::{State as Stands, state_of};
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell};
use crate::web::live::{self, Panel};
use crate::web::parts::Moment;
use crate::web::session::{DESK, SignedIn};
use crate::web::state::{App, random};
use crate::web::watching::{Attached, PAGE_NAME_MAX, SAY_SECONDS};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use dispatch_core::{BoardEnquiry, Principal, Store, board, board_by_telephone};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `GET /desk`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    let principal = signed.require(DESK)?;
    let panels = panels(&app, principal, &signed.csrf(), Moment::page(app.now())).await?;
    let name = hex::encode(random::<{ PAGE_NAME_MAX / 2 }>()?);
    let shell = Shell::inside("受入照会", &app, &signed).live(format!("/live/desk?page={name}")).with("desk");
    Ok(layout::page(
        &shell,
        &html! {
            (watch_bar(&name))
            main.desk { @for (id, panel) in &panels { section id=(id) { (panel) } } }
        },
    ))
}

/// What keeps this page from being counted as watched. The script fills it; without one the page says so.
fn watch_bar(name: &str) -> Markup {
    html! {
        div.watch data-watch=(name) data-say-seconds=(SAY_SECONDS) role="status" {
            b data-watch-words="" { "この画面は見られていない扱いです（スクリプトが動いていません）。照会は電話に回ります。" }
            span.sp {}
            button.btn.now type="button" data-arm="" { "音を入れる（勤務の初めに1回）" }
            button.btn type="button" data-mute="" hidden { kbd { "M" } "音を止める 30秒" }
        }
    }
}

/// Which page opens the stream.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opened {
    #[serde(default)]
    page: String,
}

/// `GET /live/desk`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(opened): Query<Opened>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    let principal = signed.require(DESK)?;
    let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
    if opened.page.chars().count() > PAGE_NAME_MAX {
        return Err(Fault::field("page", "長すぎます"));
    }
    let attached = app.watching.attach(hospital, &opened.page, false);
    let csrf = signed.csrf();
    let memory: (Attached, BTreeMap<_, _>) = (attached, BTreeMap::new());
    Ok(live::events(app, signed, memory, move |app: App<S>, principal, (attached, mut sent)| {
        let csrf = csrf.clone();
        async move {
            let panels = panels(&app, &principal, &csrf, Moment::live(app.now())).await;
            let events = live::changed(&mut sent, panels);
            ((attached, sent), events)
        }
    }))
}

async fn panels<S: Store>(
    app: &App<S>,
    principal: &Principal,
    csrf: &str,
    moment: Moment,
) -> Result<Vec<Panel>, Fault> {
    let mut rows = board(app.store.as_ref(), &app.rules, moment.now, principal).await?;
    rows.extend(board_by_telephone(app.store.as_ref(), moment.now, principal).await?);
    let of = |wanted: &[Stands]| rows.iter().filter(|r| wanted.contains(&state_of(r))).collect::<Vec<_>>();
    let (open, coming) = (of(&[Stands::Open]), of(&[Stands::DecidedHere]));
    let (arrived, mut coming): (Vec<_>, Vec<_>) = coming.into_iter().partition(|row| row.closed);
    // Whoever arrives first stands first; who has no estimate stands last.
    coming.sort_by_key(|row: &&BoardEnquiry| (row.arrived_at.is_none(), row.eta.is_none(), row.eta));
    let over = of(&[Stands::Declined, Stands::Released]);
    Ok(vec![
        ("ringing", ringing(&open, csrf, moment)),
        ("coming", coming_panel(&coming, csrf, moment)),
        ("arrived", arrived_panel(&arrived, csrf, moment)),
        ("over", over_panel(&over, csrf, moment)),
    ])
}
