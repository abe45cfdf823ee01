//! 119受付: the form that opens an incident, and sending a unit.

use super::department_name;
use super::picture::{Picture, UnitRow, picture};
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell};
use crate::web::municipalities::{self, Municipality};
use crate::web::parts::{Moment, age, hidden_csrf, hms};
use crate::web::session::{CsrfField, DISPATCH, SignedForm, SignedIn};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Redirect;
use case::CardAnswer;
use dispatch_core::limits::TEXT_CHARS_MAX;
use dispatch_core::{AssignUnit, OpenIncident, Store, assign_unit, open_incident};
use maud::{Markup, html};
use model::{CaseId, Position, UnitId};
use serde::Deserialize;

/// What the call-taker asks while the caller is on the line.
pub(crate) const CARD_PHRASE: &str = "マイナ保険証（マイナンバーカード）とお薬手帳を用意してください。";

/// `GET /incidents/new`.
pub(crate) async fn new_page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    let principal = signed.require(DISPATCH)?;
    let department = principal.department().ok_or(Fault::not_permitted())?;
    let Picture { units, .. } = picture(&app, principal).await?;
    let departments = app.store.departments().await.map_err(dispatch_core::UseCaseError::from)?;
    let pref = departments.into_iter().find(|d| d.id == department).map(|d| d.pref).unwrap_or_default();
    let points = municipalities::of_prefecture(&pref);
    let shell = Shell::inside("119受付", &app, &signed).at(department_name(&app, principal).await?);
    Ok(layout::page(&shell, &form(&app, &signed, &units, &points)))
}

fn form<S>(app: &App<S>, signed: &SignedIn, units: &[UnitRow], points: &[&Municipality]) -> Markup {
    html! {
        main.narrow.wide {
            section.p {
                header.ph { h1 { "119受付" } span.q { "覚知 " time.n { (hms(app.now())) } } }
                div.pb {
                    p.say { span.q { "通報者に伝える　" } b { "「" (CARD_PHRASE) "」" } }
                    form method="post" action="/incidents" {
                        (hidden_csrf(signed))
                        input type="hidden" name="received" value=(app.now().millis());
                        label { "場所" input name="place" maxlength=(TEXT_CHARS_MAX) placeholder="例 西成区天下茶屋3丁目"; }
                        div.row {
                            label { "市区町村の代表点"
                                select name="municipality" {
                                    option value="" { "選ばない" }
                                    @for point in points { option value=(point.code) { (point.name) } }
                                }
                            }
                            label { "緯度" input name="lat" inputmode="decimal" placeholder="34.6937"; }
                            label { "経度" input name="lon" inputmode="decimal" placeholder="135.5023"; }
                        }
                        p.q.xs { "緯度・経度を入れたときはそれを使い、なければ市区町村の代表点（役所の位置）を使います。" }
                        label { "通報の内容" textarea name="call_text" rows="3" maxlength=(TEXT_CHARS_MAX) {} }
                        fieldset {
                            legend { "カードとお薬手帳の用意（聞けたら。隊の画面に出ます）" }
                            div.row {
                                label.check { input type="radio" name="card" value="" checked; " まだ" }
                                @for answer in CardAnswer::ALL {
                                    label.check { input type="radio" name="card" value=(answer.key()); " " (answer.ja()) }
                                }
                            }
                        }
                        label { "出場させる隊" (unit_select(units, "あとで割り当てる", Moment::page(app.now()))) }
                        button.btn.pri type="submit" { "事案を開く" }
                    }
                }
            }
        }
    }
}

/// A choice of units: each says what it does and when it was heard.
pub(crate) fn unit_select(units: &[UnitRow], none: &str, moment: Moment) -> Markup {
    html! {
        select name="unit" data-key="KeyO" {
            option value="" { (none) }
            @for row in units {
                option value=(row.unit.id) {
                    (row.unit.callsign) "　"
                    @if row.is_silent(moment.now) { "無応答" } @else { (row.duty()) }
                    @if let Some(at) = row.live.last_heard { "（受信 " (crate::web::parts::age_text(at, moment.now)) "）" }
                }
            }
        }
    }
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIncident {
    csrf: String,
    received: i64,
    place: String,
    municipality: String,
    lat: String,
    lon: String,
    call_text: String,
    unit: String,
    #[serde(default)]
    card: String,
}

/// What the caller said of card and notebook (design/web.md §8); empty: not asked yet.
fn card(field: &str) -> Result<Option<CardAnswer>, Fault> {
    if field.is_empty() {
        return Ok(None);
    }
    CardAnswer::of_key(field).map(Some).ok_or_else(|| Fault::field("card", "この答えはありません"))
}

impl CsrfField for NewIncident {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn text(field: String) -> Option<String> {
    let trimmed = field.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn scene(form: &NewIncident) -> Result<Option<Position>, Fault> {
    let (lat, lon) = (form.lat.trim(), form.lon.trim());
    if lat.is_empty() && lon.is_empty() {
        return match form.municipality.as_str() {
            "" => Ok(None),
            code => municipalities::get(code)
                .map(|m| Some(m.position))
                .ok_or_else(|| Fault::field("municipality", "この市区町村はありません")),
        };
    }
    let number = |name: &str, text: &str| text.parse::<f64>().map_err(|_| Fault::field(name, "数で入れてください"));
    let point = Position::new(number("lat", lat)?, number("lon", lon)?);
    point.map(Some).map_err(|_| Fault::field("lat, lon", "日本の範囲（緯度20–46、経度122–154）で入れてください"))
}

/// The unit of a select; the empty choice is none.
fn unit_of(field: &str) -> Result<Option<UnitId>, Fault> {
    match field {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Fault::field("unit", "この隊はありません")),
    }
}

/// `POST /incidents`.
pub(crate) async fn open<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, form): SignedForm<NewIncident>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    let received = super::super::api::received_at(Some(model::Timestamp::from_millis(form.received)), app.now())?;
    let request = OpenIncident {
        unit: unit_of(&form.unit)?,
        call_received_at: received,
        scene: scene(&form)?,
        place: text(form.place),
        call_text: text(form.call_text),
        card: card(&form.card)?,
    };
    let opened = open_incident(app.store.as_ref(), &mut app.call()?, principal, request).await?;
    app.changes.touch();
    Ok(Redirect::to(&format!("/cases/{}", opened.case)))
}

/// The form on a case's page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assign {
    csrf: String,
    unit: String,
    #[serde(default)]
    next_leg: Option<String>,
}

impl CsrfField for Assign {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /cases/{case}/assign`.
pub(crate) async fn assign<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(case): Path<CaseId>,
    SignedForm(signed, form): SignedForm<Assign>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DISPATCH)?;
    let unit = unit_of(&form.unit)?.ok_or_else(|| Fault::field("unit", "隊を選んでください"))?;
    let request = AssignUnit { case, unit, next_leg: form.next_leg.is_some() };
    assign_unit(app.store.as_ref(), &mut app.call()?, principal, request).await?;
    app.changes.touch();
    Ok(Redirect::to(&format!("/cases/{case}")))
}

/// When the units of a form were looked at.
pub(crate) fn seen_at(moment: Moment) -> Markup {
    html! { span.q.xs { "隊の状態 " (age(moment.now, 60, moment)) } }
}
