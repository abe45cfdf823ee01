//! 応需情報 on the board: what the desk says of its categories and of what is down. A value counts for a while and then gives way to
//! what is usual; a stop is impossible without an end (design/web.md §5, a05, a08).

use crate::web::fault::Fault;
use crate::web::limits::CLOSURE_MINUTES;
use crate::web::parts::{Moment, age, hms, remaining};
use crate::web::session::{CsrfField, DESK, SignedForm};
use crate::web::state::App;
use axum::extract::State;
use axum::response::Redirect;
use dispatch_core::{Principal, Store, UseCaseError, report_capacity};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState};
use maud::{Markup, html};
use model::{Capability, HospitalId};
use serde::Deserialize;

/// Categories that a desk speaks of, in screen order; none is the hospital as a whole.
const CATEGORIES: [Option<Capability>; 9] = [
    None,
    Some(Capability::StrokeThrombolysis),
    Some(Capability::Cardiology24h),
    Some(Capability::Trauma),
    Some(Capability::Surgery24h),
    Some(Capability::Paediatrics),
    Some(Capability::Perinatal),
    Some(Capability::PsychiatrySomatic),
    Some(Capability::IntensiveCare),
];

/// What can be down: CT, cath room, operating theatre, ICU, everything.
const STOPS: [(Option<Capability>, &str); 5] = [
    (Some(Capability::CtNow), "CT"),
    (Some(Capability::Pci24h), "カテ室"),
    (Some(Capability::Surgery24h), "手術室"),
    (Some(Capability::IntensiveCare), "ICU"),
    (None, "全停止"),
];

/// How long a stop lasts by one tap, minutes.
const STOP_MINUTES: [(i64, &str); 3] = [(30, "30分"), (60, "1時間"), (240, "4時間")];

/// A value that a desk entered is drawn as fresh for so long, seconds; crews see it with its age and its worth decays by itself.
const VALUE_SECONDS: i64 = 2 * 60 * 60;

/// What the store knows of this hospital.
pub(super) async fn panel<S: Store>(
    app: &App<S>,
    principal: &Principal,
    csrf: &str,
    moment: Moment,
) -> Result<Markup, Fault> {
    let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
    let all = app.store.capacity().await.map_err(UseCaseError::from)?;
    let own: Vec<CapacityReport> =
        all.iter().filter(|r| r.hospital == hospital && r.holds(moment.now)).copied().collect();
    Ok(html! {
        div.p {
            header.ph { h2 { "応需情報" } span.q.sm { "◎受入できる ×できない・2時間で普段の値に戻ります" } }
            table.capacity { tbody { @for category in CATEGORIES { (category_row(category, &own, csrf, moment)) } } }
        }
        div.p {
            header.ph { h2 { "停止" } span.q.sm { "終わりの時刻は必ず入ります" } }
            table.capacity { tbody { @for (what, name) in STOPS { (stop_row(what, name, &own, csrf, moment)) } } }
        }
        (fresh_panel(&all, hospital, moment))
    })
}

fn newest<'a>(
    own: &'a [CapacityReport],
    of: Option<Capability>,
    states: &[CapacityState],
) -> Option<&'a CapacityReport> {
    own.iter().filter(|r| r.capability == of && states.contains(&r.state)).max_by_key(|r| r.at)
}

fn key(of: Option<Capability>) -> String {
    of.and_then(|c| Capability::ALL.iter().position(|known| *known == c))
        .map_or_else(|| "all".to_owned(), |n| n.to_string())
}

const fn source_words(source: CapacitySource) -> &'static str {
    match source {
        CapacitySource::Desk => "手入力",
        CapacitySource::Refusal => "不可の回答から",
        CapacitySource::Acceptance => "受入の回答から",
        CapacitySource::Arrival => "到着から",
        CapacitySource::Region => "広域システム",
        CapacitySource::Phone => "指令への電話",
    }
}

fn category_row(of: Option<Capability>, own: &[CapacityReport], csrf: &str, moment: Moment) -> Markup {
    let said = newest(own, of, &[CapacityState::Free, CapacityState::Full]);
    let name = of.map_or("病院全体", Capability::ja);
    let pressed = |state| said.is_some_and(|r| r.state == state).to_string();
    html! {
        tr {
            th scope="row" { (name) }
            td { form.row method="post" action="/desk/capacity" {
                input type="hidden" name="csrf" value=(csrf);
                input type="hidden" name="of" value=(key(of));
                @for (state, value, mark, words) in [(CapacityState::Free, "free", "◎", "受入できる"), (CapacityState::Full, "full", "×", "できない")] {
                    button.btn.level name="say" value=(value) aria-label=(format!("{name} {words}")) aria-pressed=(pressed(state)) { (mark) }
                }
            } }
            td { @if let Some(report) = said { (age(report.at, VALUE_SECONDS, moment)) " " span.q.xs { (source_words(report.source)) } }
                 @else { span.q.xs { "入力なし・普段の値" } } }
        }
    }
}

fn stop_row(of: Option<Capability>, name: &str, own: &[CapacityReport], csrf: &str, moment: Moment) -> Markup {
    let stopped = newest(own, of, &[CapacityState::Down]);
    html! {
        tr {
            th scope="row" { (name) }
            td { @if let Some(until) = stopped.and_then(|r| r.until) {
                b.nowt { "停止 " span.n { (hms(until).get(..5).unwrap_or("")) } "まで" } " 残り " (remaining(until, moment))
            } @else { "使用可" } }
            td { form.row method="post" action="/desk/capacity" {
                input type="hidden" name="csrf" value=(csrf);
                input type="hidden" name="of" value=(key(of));
                @for (minutes, words) in STOP_MINUTES {
                    button.btn.sml name="say" value=(format!("down-{minutes}")) aria-label=(format!("{name} 停止 {words}")) { "停止 " (words) }
                }
                @if stopped.is_some() { button.btn.sml.now name="say" value="down-0" aria-label=(format!("{name} 停止を解除")) { "解除" } }
            } }
        }
    }
}

/// The reward for entering: the place among all hospitals that said anything, and what crews see of this one.
fn fresh_panel(all: &[CapacityReport], here: HospitalId, moment: Moment) -> Markup {
    let mut latest: std::collections::BTreeMap<HospitalId, model::Timestamp> = std::collections::BTreeMap::new();
    for report in all.iter().filter(|r| r.source == CapacitySource::Desk && r.at <= moment.now) {
        let at = latest.entry(report.hospital).or_insert(report.at);
        *at = report.at.max(*at);
    }
    let own = latest.get(&here).copied();
    let place = own.map(|own| 1 + latest.values().filter(|at| **at > own).count());
    html! {
        div.p {
            header.ph { h2 { "隊からの見え方" } }
            div.pb { @match (own, place) {
                (Some(own), Some(place)) => {
                    p { "入力 " (age(own, VALUE_SECONDS, moment)) "・新しさ " b.n { (latest.len()) } "院中 " b.n { (place) } " 位" }
                    p.q.xs { "新しい入力ほど受入の見込みが確かになり、隊の一覧で迷われません。古くなると普段の値に近づきます。" }
                }
                _ => { p { "この病院の入力はまだありません。隊には普段の値が「入力なし」と出ます。" } }
            } }
        }
    }
}

/// What was pressed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    csrf: String,
    of: String,
    say: String,
}

impl CsrfField for Level {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /desk/capacity`.
pub(crate) async fn capacity_form<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, given): SignedForm<Level>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let hospital = principal.hospital().ok_or(Fault::not_permitted())?;
    let unknown = || Fault::field("of", "この項目はありません");
    let of = match given.of.as_str() {
        "all" => None,
        number => Some(number.parse().ok().and_then(|n: usize| Capability::ALL.get(n).copied()).ok_or_else(unknown)?),
    };
    let (state, minutes) = match (given.say.as_str(), given.say.strip_prefix("down-")) {
        ("free", _) => (CapacityState::Free, None),
        ("full", _) => (CapacityState::Full, None),
        (_, Some(minutes)) => (CapacityState::Down, Some(minutes.parse::<i64>().map_err(|_| unknown())?)),
        _ => return Err(Fault::field("say", "この値はありません")),
    };
    if minutes.is_some_and(|minutes| minutes != 0 && !CLOSURE_MINUTES.contains(&minutes)) {
        return Err(Fault::field("say", "停止には終わりの時刻が要ります"));
    }
    // A stop that is lifted ends now.
    let until = minutes.map(|minutes| app.now().plus_minutes(minutes));
    report_capacity(app.store.as_ref(), &app.call()?, principal, hospital, of, state, until).await?;
    app.changes.touch();
    Ok(Redirect::to("/desk"))
}
