//! `/wall`: the screen that everybody in the room sees (design/web.md `b08`): what needs a human, the map, figures. Dark, large, and
//! without patients: numbers of incidents, callsigns, counts.

use super::department;
use super::draw::short;
use super::levels::{REPORT_LIFE_S, Said, is_open};
use super::picture::{Picture, Todo, TodoKind, picture};
use super::todo::{icon, watch_words};
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell};
use crate::web::live::{self, Panel};
use crate::web::parts::{Moment, empty, lasting};
use crate::web::session::{CONSOLE, SignedIn};
use crate::web::state::App;
use crate::web::words::mark_words;
use axum::extract::State;
use axum::response::IntoResponse;
use dispatch_core::{Alarm, Principal, Store};
use maud::{Markup, html};
use model::{Capability, HospitalId, Stage, UnitId};
use std::collections::BTreeMap;

/// Entries that the wall has room for; further ones are counted.
const ENTRIES: usize = 4;
/// A report older than so many seconds counts as old on the wall.
const OLD_S: i64 = 30 * 60;

/// `GET /wall`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    let principal = signed.require(CONSOLE)?;
    let department = department(&app, principal).await?;
    let (name, pref) = department.map(|d| (d.name, d.pref)).unwrap_or_default();
    let moment = Moment::page(app.now());
    let parts = panels(&app, &picture(&app, principal).await?, moment);
    let shell = Shell::inside("壁面", &app, &signed).at(name).live("/live/wall".to_owned()).wall();
    let content = html! {
        main.wall {
            h1.hide { "壁面" }
            @for (id, part) in &parts {
                section.p id=(id) { (part) }
                @if *id == "todo" { (crate::web::map::section(&pref, "/live/map", None, &app.tiles, moment)) }
            }
        }
        script type="module" src="/assets/map/map.js" {}
    };
    Ok(layout::page(&shell, &content))
}

/// `GET /live/wall`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    signed.require(CONSOLE)?;
    Ok(live::events(app, signed, BTreeMap::new(), |app: App<S>, principal: Principal, mut sent| async move {
        let parts = picture(&app, &principal).await.map(|picture| panels(&app, &picture, Moment::live(app.now())));
        let events = live::changed(&mut sent, parts);
        (sent, events)
    }))
}

fn panels<S>(app: &App<S>, picture: &Picture, moment: Moment) -> Vec<Panel> {
    vec![("todo", todo(picture, moment)), ("figures", figures(app, picture, moment))]
}

fn todo(picture: &Picture, moment: Moment) -> Markup {
    let callsign = |id: UnitId| picture.units.iter().find(|u| u.unit.id == id).map(|u| u.unit.callsign.as_str());
    let all = &picture.todo;
    let room = ENTRIES.saturating_sub(all.len());
    html! {
        header.ph.nowbar[!all.is_empty()] { h2 { "要対応" } b.n { (all.len()) } }
        @if all.is_empty() { div.pb { (empty("いま人の手が要る事案はありません", moment)) } }
        @for entry in all.iter().take(ENTRIES) { (entry_of(entry, callsign, moment)) }
        @if all.len() > ENTRIES { p.pb { "ほか " b.n { (all.len() - ENTRIES) } " 件" } }
        @for (case, watch) in picture.watched.iter().take(room) {
            div.pb.todo { p.q { "まもなく " (short(*case)) } p { (watch_words(watch, moment)) } }
        }
    }
}

fn entry_of<'a>(entry: &Todo, callsign: impl Fn(UnitId) -> Option<&'a str>, moment: Moment) -> Markup {
    let case = short(entry.case);
    html! {
        div.nowbox.todo {
            @match &entry.what {
                TodoKind::Unassigned { since } => { p.nowt { (icon()) "未割当の119 " (case) } p.big { (lasting(*since, moment)) } },
                TodoKind::Alarm(Alarm::Difficult { enquiries, minutes, .. }) => {
                    p.nowt { (icon()) "搬送困難 " (case) } p.big { "照会" (enquiries) "・" (minutes) "分" }
                },
                TodoKind::Alarm(Alarm::Silent { unit, since, .. }) => {
                    p.nowt { (icon()) "無応答 " (callsign(*unit).unwrap_or("隊")) }
                    p.big { @if let Some(since) = since { (lasting(*since, moment)) } @else { "受信なし" } }
                },
                TodoKind::Alarm(alarm) => { p.nowt { (icon()) (mark_words(alarm.mark())) " " (case) } },
            }
        }
    }
}

/// A figure with its name and what it counts.
fn figure(name: &str, value: &Markup, note: &str, alarm: bool) -> Markup {
    html! { div.one { p { (name) } p.fig.n.nowt[alarm] { (value) } p.q { (note) } } }
}

fn figures<S>(app: &App<S>, picture: &Picture, moment: Moment) -> Markup {
    let open = picture.cases.iter().filter(|case| !case.view.is_closed()).count();
    let silent = picture.units.iter().filter(|unit| unit.is_silent(moment.now)).count();
    let free = picture.units.iter().filter(|unit| unit.case.is_none() && !unit.is_silent(moment.now)).count();
    let hard = picture.todo.iter().filter(|todo| matches!(todo.what, TodoKind::Alarm(Alarm::Difficult { .. }))).count();
    let aside = picture.aside.iter().filter(|(_, alarm, _)| matches!(alarm, Alarm::Difficult { .. })).count();
    let said = said(app, picture, moment);
    let takes = |of: Capability| {
        let told: Vec<_> = said.iter().filter_map(|said| said.counts(Some(of))).collect();
        (told.iter().filter(|report| is_open(report.state)).count(), told.len())
    };
    let ((stroke, stroke_of), (trauma, trauma_of)) = (takes(Capability::StrokeThrombolysis), takes(Capability::Trauma));
    let old =
        said.iter().filter(|said| said.newest().is_some_and(|at| moment.now.since_us(at) / 1_000_000 > OLD_S)).count();
    let of = |part: usize, whole: usize| html! { (part) small { " / " (whole) } };
    html! {
        div.figures {
            (figure("事案", &html! { (open) }, "対応中", false))
            (figure("待機", &of(free, picture.units.len()), "全隊のうち", false))
            (figure("無応答", &html! { (silent) }, "3分より長い", silent > 0))
            (figure("119→現着", &reached(picture), "一覧の事案の中央値", false))
            (figure("搬送困難", &html! { (hard + aside) }, &format!("うち確認済み {aside}"), hard > 0))
            (figure("脳卒中 可", &of(stroke, stroke_of), "報告した病院のうち", false))
            (figure("外傷 可", &of(trauma, trauma_of), "報告した病院のうち", false))
            (figure("古い応需", &html! { (old) small { "院" } }, "30分より前", false))
        }
    }
}

/// Hospitals with reports that are worth something.
fn said<'a, S>(app: &'a App<S>, picture: &'a Picture, moment: Moment) -> Vec<Said<'a>> {
    let mut reports: BTreeMap<HospitalId, Vec<_>> = BTreeMap::new();
    let fresh = |at| moment.now.since_us(at) / 1_000_000 <= REPORT_LIFE_S;
    for report in picture.capacity.iter().filter(|report| report.holds(moment.now) && fresh(report.at)) {
        reports.entry(report.hospital).or_default().push(report);
    }
    reports.into_iter().filter_map(|(id, all)| Some(Said::new(app.hospitals.get(id)?, all))).collect()
}

/// Minutes from the call to the scene: the median of the cases on the page that have both times.
fn reached(picture: &Picture) -> Markup {
    let minutes = |view: &case::CaseView| {
        let seconds = view.stage(Stage::OnScene)?.at.since_us(view.stage(Stage::CallReceived)?.at) / 1_000_000;
        (seconds >= 0).then_some(seconds)
    };
    let mut all: Vec<i64> = picture.cases.iter().filter_map(|case| minutes(&case.view)).collect();
    all.sort_unstable();
    match all.get(all.len() / 2) {
        Some(seconds) => html! { (format!("{}.{}", seconds / 60, seconds % 60 / 6)) small { "分" } },
        None => html! { "–" },
    }
}
