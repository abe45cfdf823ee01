//! `/disaster`: the department's 指令監督 opens and ends a disaster period (災害時医療情報閲覧), and lets units of other
//! departments work for this one (応援隊). No case, no patient.

use super::console::department_name;
use super::fault::Fault;
use super::layout::{self, Shell};
use super::parts::{Moment, day_hms, empty, hidden_csrf};
use super::session::{CsrfField, SUPERVISE, SignedForm, SignedIn};
use super::state::App;
use axum::extract::{Path, State};
use axum::response::Redirect;
use dispatch_core::limits::{DISASTER_DAYS_MAX, DISASTERS_PAGE, TEXT_CHARS_MAX};
use dispatch_core::store::{Department, DisasterPeriod, Relief, Unit};
use dispatch_core::{
    OpenDisaster, OpenRelief, Scope, Store, UseCaseError, end_disaster, end_relief, open_disaster, open_relief,
    relief_units,
};
use maud::{Markup, html};
use model::{DepartmentId, UnitId};
use serde::Deserialize;

/// How long a period may be chosen to last, hours.
const HOURS: [i64; 5] = [12, 24, 48, 72, DISASTER_DAYS_MAX * 24];

/// What the page shows.
struct Known {
    standing: Option<DisasterPeriod>,
    earlier: Vec<DisasterPeriod>,
    reliefs: Vec<(Unit, Relief)>,
    /// Units of other departments that work for nobody.
    others: Vec<Unit>,
    departments: Vec<Department>,
}

impl Known {
    async fn read<S: Store>(app: &App<S>, department: DepartmentId) -> Result<Self, Fault> {
        let (store, now) = (app.store.as_ref(), app.now());
        let mut periods =
            store.disasters(Scope::Department(department), DISASTERS_PAGE).await.map_err(UseCaseError::from)?;
        let standing = periods.iter().position(|period| period.stands(now)).map(|at| periods.remove(at));
        let busy = store.reliefs(now).await.map_err(UseCaseError::from)?;
        let is_free = |unit: &Unit| !busy.iter().any(|relief| relief.unit == unit.id && relief.stands(now));
        let units = store.units(Scope::Installation).await.map_err(UseCaseError::from)?;
        let others = units.into_iter().filter(|unit| unit.department != department && is_free(unit)).collect();
        Ok(Self {
            standing,
            earlier: periods,
            reliefs: relief_units(store, department, now).await?,
            others,
            departments: store.departments().await.map_err(UseCaseError::from)?,
        })
    }
    fn name(&self, id: DepartmentId) -> &str {
        self.departments.iter().find(|d| d.id == id).map_or("", |d| d.name.as_str())
    }
}

fn own(signed: &SignedIn) -> Result<DepartmentId, Fault> {
    signed.require(SUPERVISE)?.department().ok_or(Fault::not_permitted())
}

/// `GET /disaster`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    let department = own(&signed)?;
    let known = Known::read(&app, department).await?;
    let place = department_name(&app, signed.require(SUPERVISE)?).await?;
    let shell = Shell::inside("災害", &app, &signed).at(place);
    let moment = Moment::page(app.now());
    let period = match &known.standing {
        Some(period) => standing(&signed, period),
        None => opening(&signed),
    };
    Ok(layout::page(
        &shell,
        &html! {
            main.two {
                section.p id="period" { (period) }
                section.p id="relief" { (relief(&signed, &known, moment)) }
                section.p id="earlier" { (earlier(&known.earlier, moment)) }
            }
        },
    ))
}

fn explained() -> Markup {
    html! {
        p.sm {
            "期間中は、カードのない傷病者を、カナ氏名・生年月日・性別・住所の4つで照会できます。一人に絞れたときだけ回答します。"
            "同意（または得られない理由）の記録は、いつもどおり必要です。照会はすべて監査され、「同意なし閲覧」の確認に入ります。"
        }
    }
}

fn standing(signed: &SignedIn, period: &DisasterPeriod) -> Markup {
    html! {
        header.ph.nowbar { h2 { "災害時の照会" } b { "期間中" } }
        div.pb {
            p.big { span.n { (day_hms(period.until)) } " まで" }
            p { span.q { "理由　" } (period.reason) }
            p { span.q { "市区町村　" } (period.area.join("・")) }
            p { span.q { "始めた時刻　" } span.n { (day_hms(period.opened_at)) } }
            (explained())
            form method="post" action="/disaster/end" {
                (hidden_csrf(signed))
                button.btn.now type="submit" { "いま終える" }
                p.q.sm { "応援隊の期間も終わります。送られていない照会は断られます。" }
            }
        }
    }
}

fn opening(signed: &SignedIn) -> Markup {
    html! {
        header.ph { h2 { "災害時の照会" } span.q { "期間ではありません" } }
        div.pb {
            (explained())
            form method="post" action="/disaster" {
                (hidden_csrf(signed))
                label { "理由" input name="reason" required maxlength=(TEXT_CHARS_MAX) placeholder="例 能登半島の地震"; }
                label {
                    "市区町村（都道府県から。1行に1つ）"
                    textarea name="area" rows="4" required placeholder="例 石川県輪島市" {}
                }
                label {
                    "期間"
                    select name="hours" { @for hours in HOURS { option value=(hours) selected[hours == 24] { (hours_words(hours)) } } }
                }
                button.btn.pri type="submit" { "期間を始める" }
                p.q.sm { "長くて " (DISASTER_DAYS_MAX) " 日です。時刻が来ると自動で終わります。" }
            }
        }
    }
}

fn hours_words(hours: i64) -> String {
    if hours < 24 { format!("{hours}時間") } else { format!("{}日", hours / 24) }
}

fn relief(signed: &SignedIn, known: &Known, moment: Moment) -> Markup {
    html! {
        header.ph { h2 { "応援隊" } span.q.n { (known.reliefs.len()) } }
        div.pb { p.sm { "ほかの本部の隊を、期間中この本部の隊として扱います。その隊の新しい事案と照会は、この本部の画面に出ます。期間と一緒に終わります。" } }
        @if known.reliefs.is_empty() { div.pb { (empty("応援に来ている隊はありません", moment)) } }
        @else {
            table { tbody { @for (unit, relief) in &known.reliefs { tr {
                td { b { (unit.callsign) } br; span.q.sm { (known.name(relief.home)) } }
                td { span.n.sm { (day_hms(relief.until)) } " まで" }
                td {
                    form method="post" action=(format!("/disaster/relief/{}/end", unit.id)) {
                        (hidden_csrf(signed)) button.btn.sml type="submit" { "応援を終える" }
                    }
                }
            } } } }
        }
        @if known.standing.is_none() { div.pb { p.q.sm { "災害時の期間のあいだだけ始められます。" } } }
        @else if known.others.is_empty() { div.pb { p.q.sm { "応援に出られる隊は、このサーバーに登録されていません。" } } }
        @else {
            div.pb {
                form method="post" action="/disaster/relief" {
                    (hidden_csrf(signed))
                    label {
                        "ほかの本部の隊"
                        select name="unit" { @for unit in &known.others {
                            option value=(unit.id) { (known.name(unit.department)) "　" (unit.callsign) }
                        } }
                    }
                    button.btn.pri type="submit" { "応援を始める" }
                }
            }
        }
    }
}

fn earlier(periods: &[DisasterPeriod], moment: Moment) -> Markup {
    html! {
        header.ph { h2 { "これまでの期間" } span.q.n { (periods.len()) } }
        @if periods.is_empty() { div.pb { (empty("これまでの期間はありません", moment)) } }
        @else {
            table {
                thead { tr { th { "始め" } th { "終わり" } th { "理由" } th { "市区町村" } } }
                tbody { @for period in periods { tr {
                    td.n.sm { (day_hms(period.opened_at)) }
                    td.n.sm { (day_hms(period.ended_at.unwrap_or(period.until))) }
                    td { (period.reason) }
                    td.sm { (period.area.join("・")) }
                } } }
            }
        }
    }
}

/// The form that opens a period.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opening {
    csrf: String,
    reason: String,
    /// One municipality a line.
    area: String,
    hours: i64,
}

/// The form that activates a unit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activating {
    csrf: String,
    unit: UnitId,
}

/// A form that is only a button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pressed {
    csrf: String,
}

impl CsrfField for Opening {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl CsrfField for Activating {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl CsrfField for Pressed {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn done<S>(app: &App<S>) -> Redirect {
    app.changes.touch();
    Redirect::to("/disaster")
}

/// `POST /disaster`.
pub(crate) async fn open<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, form): SignedForm<Opening>,
) -> Result<Redirect, Fault> {
    let department = own(&signed)?;
    if !HOURS.contains(&form.hours) {
        return Err(Fault::field("hours", "この長さはありません"));
    }
    let area = form.area.lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let until = app.now().plus_minutes(form.hours * 60);
    let request = OpenDisaster { department, reason: form.reason, area, until };
    open_disaster(app.store.as_ref(), &app.call()?, &signed.web.principal, request).await?;
    Ok(done(&app))
}

/// `POST /disaster/end`.
pub(crate) async fn end<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, _): SignedForm<Pressed>,
) -> Result<Redirect, Fault> {
    let department = own(&signed)?;
    end_disaster(app.store.as_ref(), &app.call()?, &signed.web.principal, department).await?;
    Ok(done(&app))
}

/// `POST /disaster/relief`.
pub(crate) async fn activate<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, form): SignedForm<Activating>,
) -> Result<Redirect, Fault> {
    let request = OpenRelief { department: own(&signed)?, unit: form.unit, until: None };
    open_relief(app.store.as_ref(), &app.call()?, &signed.web.principal, request).await?;
    Ok(done(&app))
}

/// `POST /disaster/relief/{unit}/end`.
pub(crate) async fn release<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(unit): Path<UnitId>,
    SignedForm(signed, _): SignedForm<Pressed>,
) -> Result<Redirect, Fault> {
    let department = own(&signed)?;
    end_relief(app.store.as_ref(), &app.call()?, &signed.web.principal, department, unit).await?;
    Ok(done(&app))
}
