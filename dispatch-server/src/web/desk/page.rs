//! `/desk`: the plain board. Everything is one tap; it works without scripts.

use super::view::{State as Stands, shows_patient, state_of};
use super::{Said, say};
use crate::web::clinical::{age_words, complaint_words, findings_table, sex_words};
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell};
use crate::web::live::{self, Panel};
use crate::web::parts::{Moment, age, empty, hms, lasting, triage_tag};
use crate::web::session::{CsrfField, DESK, SignedForm, SignedIn};
use crate::web::state::App;
use crate::web::words::{answer_words, release_words};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use case::DeclineReason;
use dispatch_core::{BoardEnquiry, Principal, Store, board};
use maud::{Markup, html};
use model::EnquiryId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The four conditions that are one tap, with the minutes for which they stand.
const CONDITIONS: [(&str, i64); 4] = [
    ("10分後以降なら可", 30),
    ("初療のみ可（入院は転送）", 30),
    ("専門医の到着後なら可", 30),
    ("折り返し電話で確認", 15),
];

/// `GET /desk`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, signed: SignedIn) -> Result<Markup, Fault> {
    let principal = signed.require(DESK)?;
    let panels = panels(&app, principal, &signed.csrf(), Moment::page(app.now())).await?;
    let shell = Shell::inside("受入照会", &app, &signed).live("/live/desk".to_owned());
    Ok(layout::page(
        &shell,
        &html! {
            main.desk {
                @for (id, panel) in &panels { section id=(id) { (panel) } }
            }
        },
    ))
}

/// `GET /live/desk`.
pub(crate) async fn live<S: Store + 'static>(
    State(app): State<App<S>>,
    signed: SignedIn,
) -> Result<impl IntoResponse, Fault> {
    signed.require(DESK)?;
    let csrf = signed.csrf();
    Ok(live::events(app, signed, BTreeMap::new(), move |app: App<S>, principal, mut sent| {
        let csrf = csrf.clone();
        async move {
            let panels = panels(&app, &principal, &csrf, Moment::live(app.now())).await;
            let events = live::changed(&mut sent, panels);
            (sent, events)
        }
    }))
}

async fn panels<S: Store>(
    app: &App<S>,
    principal: &Principal,
    csrf: &str,
    moment: Moment,
) -> Result<Vec<Panel>, Fault> {
    let rows = board(app.store.as_ref(), &app.rules, moment.now, principal).await?;
    let of = |wanted: &[Stands]| rows.iter().filter(|r| wanted.contains(&state_of(r))).collect::<Vec<_>>();
    let (open, coming) = (of(&[Stands::Open]), of(&[Stands::DecidedHere]));
    let (arrived, coming): (Vec<_>, Vec<_>) = coming.into_iter().partition(|row| row.closed);
    let over = of(&[Stands::Declined, Stands::Released]);
    Ok(vec![
        ("ringing", ringing(&open, csrf, moment)),
        ("coming", coming_panel(&coming, moment)),
        ("arrived", arrived_panel(&arrived, moment)),
        ("over", over_panel(&over, csrf, moment)),
    ])
}

fn ringing(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        @if rows.is_empty() { div.p { div.pb { (empty("いま回答を待っている照会はありません", moment)) } } }
        @for row in rows { (ring(row, csrf, moment)) }
    }
}

fn ring(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    html! {
        article.p.ring data-enquiry=(row.enquiry) data-unseen[row.seen_at.is_none()] {
            header.ph.nowbar {
                h2 { @if row.answer.is_some() { "回答済み（決定待ち）" } @else { "新しい受入照会" } }
                span { (row.department) " " b { (row.callsign) } @if row.batch > 1 { " · " (row.batch) "院へ同時照会・貴院はその1つ" } }
                span.sp {}
                span { "照会から " (lasting(row.sent_at, moment)) }
            }
            div.cols {
                div.pb { (summary(row, moment)) }
                div.pb { (findings_table(&row.findings, &row.vitals_at, moment)) }
                div.pb { (buttons(row, csrf)) }
            }
        }
    }
}

fn summary(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        div.row { (triage_tag(row.findings.triage)) b.who { (age_words(&row.findings)) "・" (sex_words(row.findings.sex)) } }
        p.big { (complaint_words(&row.findings)) }
        @if let Some(eta) = row.eta {
            p { span.q { "到着見込み　" } b.n.eta { (hms(eta).get(..5).unwrap_or("--:--")) } span.q.sm { " 照会時の見積り " (age(row.sent_at, 600, moment)) } }
        } @else { p.q { "到着見込みは未計算" } }
        @if let Some(left) = row.left_scene_at { p.sm { "現場出発 " span.n { (hms(left)) } } }
        @if let Some(arrived) = row.arrived_at { p.sm { "病院到着 " span.n { (hms(arrived)) } } }
        @if !row.needs.is_empty() { p { span.q { "求める対応　" } @for need in &row.needs { span.chip { (need.capability.ja()) } " " } } }
        @if !row.alerts_ja.is_empty() {
            h3 { "履歴からの注意" }
            ul { @for title in &row.alerts_ja { li { (title) } } }
            p.q.xs { (field_alerts::NO_RECORD_IS_NOT_NONE_JA) "。履歴の全文は、受入した1院だけに公開されます。" }
        }
    }
}

fn buttons(row: &BoardEnquiry, csrf: &str) -> Markup {
    let action = format!("/desk/enquiries/{}/answer", row.enquiry);
    html! {
        @if let Some((answer, at)) = &row.answer { p { "送信済み: " b { (answer_words(answer)) } " " span.n.sm { (hms(*at)) } } }
        form.answers method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            button.btn.pri.accept name="say" value="accepted" { "受入可" }
            p.q.sm { "条件付き" }
            div.two { @for (number, (text, _)) in CONDITIONS.iter().enumerate() { button.btn name="say" value=(format!("condition-{number}")) { (text) } } }
            p.q.sm { "不可 — 理由を押すと送信" }
            div.three {
                @for (number, reason) in DeclineReason::ALL.iter().enumerate() {
                    button.btn name="say" value=(format!("decline-{number}")) { (reason.ja()) }
                }
            }
        }
        p.q.xs { "訂正は隊が搬送先を決めるまでできます。" }
    }
}

fn coming_panel(rows: &[&BoardEnquiry], moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "受け入れる患者" } span.q { (rows.len()) "人" } }
            @if rows.is_empty() { div.pb { (empty("いま向かっている患者はいません", moment)) } }
            @for row in rows {
                div.pb.coming {
                    (summary(row, moment))
                    p.row {
                        a.btn.pri href=(format!("/handover/{}", row.case)) { "引継書" @if row.history_released { "・履歴" } }
                        @if !row.history_released { span.q.sm { "履歴は公開されていません（照会なし、または病院への提供の同意なし）" } }
                    }
                }
            }
        }
    }
}

fn arrived_panel(rows: &[&BoardEnquiry], moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "引き継いだ患者" } span.q { "12時間以内" } }
            @if rows.is_empty() { div.pb { (empty("引き継いだ患者はいません", moment)) } }
            @else { table { tbody { @for row in rows {
                tr {
                    td.n { (hms(row.arrived_at.unwrap_or(row.sent_at))) }
                    td { (row.department) " " (row.callsign) }
                    td { a href=(format!("/handover/{}", row.case)) { "引継書" @if row.history_released { "・履歴" } } }
                }
            } } } }
        }
    }
}

fn over_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "終わった照会" } span.q { "12時間以内・患者の情報は消えています" } }
            @if rows.is_empty() { div.pb { (empty("終わった照会はありません", moment)) } }
            @else { table { tbody { @for row in rows { (over_line(row, csrf)) } } } }
        }
    }
}

fn over_line(row: &BoardEnquiry, csrf: &str) -> Markup {
    let declined = state_of(row) == Stands::Declined;
    debug_assert!(!shows_patient(state_of(row)));
    html! {
        tr {
            td.n { (hms(row.sent_at)) }
            td { (row.department) " " (row.callsign) }
            td { @if let Some((answer, _)) = &row.answer { (answer_words(answer)) } @else { "未回答" } }
            td { @if let Some(reason) = row.released { (release_words(reason)) } @else if row.closed { "事案終了" } }
            td { @if declined {
                form method="post" action=(format!("/desk/enquiries/{}/answer", row.enquiry)) {
                    input type="hidden" name="csrf" value=(csrf);
                    button.btn.sml name="say" value="accepted" { "訂正して受入可" }
                }
            } }
        }
    }
}

/// The pressed button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pressed {
    csrf: String,
    say: String,
}

impl CsrfField for Pressed {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

fn said(pressed: &str) -> Option<Said> {
    if pressed == "accepted" {
        return Some(Said::Accepted {});
    }
    if let Some(number) = pressed.strip_prefix("condition-") {
        let (condition, minutes) = CONDITIONS.get(number.parse::<usize>().ok()?)?;
        return Some(Said::Conditional { condition: (*condition).to_owned(), minutes: *minutes });
    }
    let number: usize = pressed.strip_prefix("decline-")?.parse().ok()?;
    DeclineReason::ALL.get(number).map(|reason| Said::Declined { reason: *reason })
}

/// `POST /desk/enquiries/{enquiry}/answer`.
pub(crate) async fn answer_form<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(enquiry): Path<EnquiryId>,
    SignedForm(signed, pressed): SignedForm<Pressed>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(DESK)?;
    let said = said(&pressed.say).ok_or_else(|| Fault::field("say", "この回答はありません"))?;
    say(&app, principal, enquiry, &said).await?;
    Ok(Redirect::to("/desk"))
}
