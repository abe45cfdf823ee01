//! `/desk`: the board (design/web.md a05), and `/desk/capacity` (a08). Everything is one tap; both work without scripts, and say
//! what they cannot do then. An enquiry rings on both.

use super::answers::answers_panel;
use super::capacity::{self, Known};
use super::lists::{arrived_panel, coming_panel, over_panel};
use super::proposals::{proposal, proposal_panel};
use super::ring::{Beside, ringing};
use super::ruler::ruler_panel;
use super::todo::todo_panel;
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
use dispatch_core::{BoardEnquiry, Principal, Store, board, board_by_telephone, history_read_at};
use maud::{Markup, html};
use model::Capability;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which of the two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Board,
    /// Capacity, with the weekly pattern of this category.
    Capacity(Option<Capability>),
}

impl View {
    /// Where the panels stand: across the page, or one below the other in a column.
    const fn places(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Board => &[
                ("across", &["ringing"]),
                ("across now", &["todo", "propose"]),
                ("column", &["ruler", "coming", "arrived", "over", "answers"]),
                ("column", &["capacity"]),
            ],
            Self::Capacity(_) => &[
                ("across", &["ringing"]),
                ("across now", &["propose"]),
                ("column", &["levels"]),
                ("column", &["week", "mass"]),
                ("column", &["stops", "bays", "fresh"]),
            ],
        }
    }
}

/// `GET /desk`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    whole(&app, &signed, View::Board, String::new()).await
}

/// Which category's week is shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    #[serde(default)]
    of: Option<String>,
}

/// `GET /desk/capacity`.
pub(crate) async fn capacity_page<S: Store + 'static>(
    State(app): State<App<S>>,
    Query(shown): Query<Shown>,
    signed: SignedIn,
) -> Result<Markup, Fault> {
    let of = shown.of.unwrap_or_else(|| "all".to_owned());
    let view = View::Capacity(capacity::of_key(&of)?);
    whole(&app, &signed, view, format!("&view=capacity&of={of}")).await
}

async fn whole<S: Store>(app: &App<S>, signed: &SignedIn, view: View, query: String) -> Result<Markup, Fault> {
    let principal = signed.require(DESK)?;
    let moment = Moment::page(app.now()).english(signed.english);
    let panels = panels(app, principal, &signed.csrf(), view, moment).await?;
    let name = hex::encode(random::<{ PAGE_NAME_MAX / 2 }>()?);
    let (title, class) = match view {
        View::Board => (moment.t("受入照会", "Intake enquiries"), "desk"),
        View::Capacity(_) => (moment.t("応需情報", "Capacity"), "desk wide"),
    };
    let shell = Shell::inside(title, app, signed)
        .live(format!("/live/desk?page={name}{query}"))
        .with("desk")
        .english(signed.english);
    Ok(layout::page(
        &shell,
        &html! {
            (watch_bar(&name, moment))
            main class=(class) {
                h1.hide { (title) }
                @for (place, ids) in view.places() {
                    div class=(place) { @for (id, panel) in panels.iter().filter(|(id, _)| ids.contains(id)) { section id=(id) { (panel) } } }
                }
            }
        },
    ))
}

/// What keeps this page from being counted as watched. The script fills it; without one the page says so.
fn watch_bar(name: &str, moment: Moment) -> Markup {
    html! {
        section aria-label=(moment.t("見守り", "Watching")) {
            div.watch data-watch=(name) data-say-seconds=(SAY_SECONDS) role="status" {
                b data-watch-words="" { (moment.t("この画面は見られていない扱いです（スクリプトが動いていません）。照会は電話に回ります。",
                    "This page does not count as watched (no script). Enquiries go to the phone line.")) }
                span.sp {}
                button.btn.now type="button" data-arm="" { (moment.t("音を入れる（勤務の初めに1回）", "Switch sound on (once a shift)")) }
                button.btn type="button" data-mute="" hidden { kbd aria-hidden="true" { "M" } (moment.t("音を止める 30秒", "Mute 30 s")) }
            }
        }
    }
}

/// Which page opens the stream, and what it shows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opened {
    #[serde(default)]
    page: String,
    #[serde(default)]
    view: Option<String>,
    #[serde(default)]
    of: Option<String>,
}

impl Opened {
    fn view(&self) -> Result<View, Fault> {
        match self.view.as_deref() {
            None => Ok(View::Board),
            Some("capacity") => Ok(View::Capacity(capacity::of_key(self.of.as_deref().unwrap_or("all"))?)),
            Some(_) => Err(Fault::field("view", "この画面はありません")),
        }
    }
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
    let view = opened.view()?;
    let attached = app.watching.attach(hospital, &opened.page, false);
    let (csrf, english) = (signed.csrf(), signed.english);
    let memory: (Attached, BTreeMap<_, _>) = (attached, BTreeMap::new());
    Ok(live::events(app, signed, memory, move |app: App<S>, principal, (attached, mut sent)| {
        let csrf = csrf.clone();
        async move {
            let moment = Moment::live(app.now()).english(english);
            let panels = panels(&app, &principal, &csrf, view, moment).await;
            let events = live::changed(&mut sent, panels);
            ((attached, sent), events)
        }
    }))
}

/// What the hospital has and what is on its way to it.
struct Picture {
    rows: Vec<BoardEnquiry>,
    /// How many of them were asked by page; those that came by telephone follow.
    asked: usize,
    known: Known,
}

impl Picture {
    fn of(&self, wanted: &[Stands]) -> Vec<&BoardEnquiry> {
        self.rows.iter().filter(|row| wanted.contains(&state_of(row))).collect()
    }
    /// Whoever arrives first stands first; who has no estimate stands last.
    fn coming(&self) -> Vec<&BoardEnquiry> {
        let mut coming = self.of(&[Stands::DecidedHere]);
        coming.retain(|row| !row.closed);
        coming.sort_by_key(|row| (row.arrived_at.is_none(), row.eta.is_none(), row.eta));
        coming
    }
    /// Whether keys are free for the board: an enquiry that can be answered takes them.
    fn keys(&self) -> bool {
        self.of(&[Stands::Open]).is_empty()
    }
}

async fn panels<S: Store>(
    app: &App<S>,
    principal: &Principal,
    csrf: &str,
    view: View,
    moment: Moment,
) -> Result<Vec<Panel>, Fault> {
    let mut rows = board(app.store.as_ref(), &app.rules, moment.now, principal).await?;
    let asked = rows.len();
    rows.extend(board_by_telephone(app.store.as_ref(), moment.now, principal).await?);
    for row in rows.iter_mut().filter(|row| row.history_released && !row.closed) {
        row.history_read_at = history_read_at(app.store.as_ref(), principal, row.case).await?;
    }
    let picture = Picture { rows, asked, known: Known::read(app, principal, moment.now).await? };
    Ok(match view {
        View::Board => board_panels(app, &picture, csrf, moment),
        View::Capacity(of) => capacity_panels(app, &picture, of, csrf, moment),
    })
}

fn rings<S>(app: &App<S>, picture: &Picture, csrf: &str, moment: Moment) -> Markup {
    let known = &picture.known;
    let on_way = picture.coming().iter().filter(|row| row.arrived_at.is_none()).count();
    let beside = |row: &BoardEnquiry| Beside {
        own: capacity::summary(known, on_way, moment),
        here: app.hospitals.get(known.hospital).map(|hospital| hospital.position),
        unit: row.unit.and_then(|unit| app.units.live(unit).position),
    };
    ringing(&picture.of(&[Stands::Open]), beside, csrf, moment)
}

fn proposed<S>(app: &App<S>, picture: &Picture, csrf: &str, moment: Moment) -> Markup {
    let found = proposal(&picture.rows, &picture.known, |enquiry| app.put_aside.has(enquiry), moment.now);
    proposal_panel(found.as_ref(), csrf, moment)
}

fn board_panels<S>(app: &App<S>, picture: &Picture, csrf: &str, moment: Moment) -> Vec<Panel> {
    let (coming, known) = (picture.coming(), &picture.known);
    let mut arrived = picture.of(&[Stands::DecidedHere]);
    arrived.retain(|row| row.closed);
    vec![
        ("ringing", rings(app, picture, csrf, moment)),
        ("todo", todo_panel(&picture.rows, known, picture.keys(), csrf, moment)),
        ("propose", proposed(app, picture, csrf, moment)),
        ("ruler", ruler_panel(&coming, known, moment)),
        ("coming", coming_panel(&coming, picture.keys(), csrf, moment)),
        ("arrived", arrived_panel(&arrived, csrf, moment)),
        ("over", over_panel(&picture.of(&[Stands::Declined, Stands::Released]), csrf, moment)),
        ("answers", answers_panel(picture.rows.get(..picture.asked).unwrap_or_default(), moment)),
        ("capacity", capacity::panel(known, csrf, moment)),
    ]
}

fn capacity_panels<S>(
    app: &App<S>,
    picture: &Picture,
    of: Option<Capability>,
    csrf: &str,
    moment: Moment,
) -> Vec<Panel> {
    let known = &picture.known;
    let none = picture.of(&[Stands::Open]).is_empty();
    vec![
        (
            "ringing",
            if none {
                html! {}
            } else {
                rings(app, picture, csrf, moment)
            },
        ),
        ("propose", proposed(app, picture, csrf, moment)),
        ("levels", capacity::wide_panel(known, csrf, moment)),
        ("week", capacity::week_panel(known, of, csrf, moment)),
        ("mass", capacity::mass_panel(known, csrf, moment)),
        ("stops", capacity::stops_panel(known, csrf, moment)),
        ("bays", capacity::bays_panel(known, csrf, moment)),
        ("fresh", capacity::fresh_panel(known, moment)),
    ]
}
