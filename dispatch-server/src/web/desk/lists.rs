//! What comes, what came, and what is over, on the board.

use super::ring::summary;
use super::view::{State as Stands, shows_patient, state_of};
use crate::web::parts::{Moment, empty, hms};
use crate::web::words::{answer_words, release_words};
use case::DeclineReason;
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};

pub(super) fn coming_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "来る患者" } span.q { (rows.len()) "人・到着の早い順" } }
            @if rows.is_empty() { div.pb { (empty("いま向かっている患者はいません", moment)) } }
            @for row in rows { (coming(row, csrf, moment)) }
        }
    }
}

fn coming(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.pb.coming data-case=(row.case) {
            div { (summary(row, moment)) }
            div {
                p { b { (row.department) " " (row.callsign) } " " span.chip { (row.stage.map_or("覚知前", model::Stage::ja)) } }
                @if row.answer.is_none() { p.sm { "電話で了解 " span.n { (hms(row.sent_at)) } } }
                p.row {
                    a.btn.pri href=(format!("/handover/{}", row.case)) { "引継書" @if row.history_released { "・履歴" } }
                    a.btn href=(format!("/receipt/{}", row.case)) { "閲覧の控え" }
                    @if !row.history_released { span.q.sm { "履歴は公開されていません（照会なし、または病院への提供の同意なし）" } }
                }
                (sign(row, csrf))
                @if row.answer.is_some() && row.arrived_at.is_none() { (withdraw(row, csrf)) }
            }
        }
    }
}

/// The receipt: who takes the patient over, with a name. Its time is the server's.
fn sign(row: &BoardEnquiry, csrf: &str) -> Markup {
    html! {
        @if let Some(signed) = &row.signed {
            p.said { "受領 " b { (signed.name) } " " span.n { (hms(signed.at)) } }
        } @else if row.arrived_at.is_some() {
            form.row method="post" action=(format!("/desk/cases/{}/sign", row.case)) {
                input type="hidden" name="csrf" value=(csrf);
                label { "受領する人の氏名" input name="name" required maxlength=(dispatch_core::limits::NAME_CHARS_MAX) autocomplete="off"; }
                button.btn.pri { "受領する" }
            }
        }
    }
}

/// Taking an acceptance back wants a reason and alarms the crew, so it is folded away.
fn withdraw(row: &BoardEnquiry, csrf: &str) -> Markup {
    html! {
        details.withdraw {
            summary { "受入を取り消す（理由を記録）" }
            form.answers method="post" action=(format!("/desk/enquiries/{}/withdraw", row.enquiry)) {
                input type="hidden" name="csrf" value=(csrf);
                p.nowt { "押すとすぐに取り消され、隊と指令に警報が出ます。患者はこの病院に来ません。" }
                div.three { @for (number, reason) in DeclineReason::ALL.iter().enumerate() {
                    button.btn name="reason" value=(number) { (reason.ja()) }
                } }
            }
        }
    }
}

pub(super) fn arrived_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "引き継いだ患者" } span.q { "12時間以内" } }
            @if rows.is_empty() { div.pb { (empty("引き継いだ患者はいません", moment)) } }
            @else { table { tbody { @for row in rows {
                tr {
                    td.n { (hms(row.arrived_at.unwrap_or(row.sent_at))) }
                    td { (row.department) " " (row.callsign) }
                    td { a href=(format!("/handover/{}", row.case)) { "引継書" @if row.history_released { "・履歴" } } }
                    td { (sign(row, csrf)) }
                }
            } } } }
        }
    }
}

pub(super) fn over_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { "終わった照会" } span.q { "12時間以内・患者の情報は消えています" } }
            @if rows.is_empty() { div.pb { (empty("終わった照会はありません", moment)) } }
            @else { table { tbody { @for row in rows { (over_line(row, csrf)) } } } }
        }
    }
}

/// Why it is over for this desk.
fn over_words(row: &BoardEnquiry) -> String {
    match (row.withdrawn, row.agreed_elsewhere, row.released) {
        (Some((reason, at)), ..) => format!("受入を取り消した（{}・{}）", reason.ja(), at.tokyo_hhmm()),
        (None, Some(at), _) => format!("他院に決定（{} に電話で合意）", at.tokyo_hhmm()),
        (None, None, Some(reason)) => release_words(reason).to_owned(),
        (None, None, None) if row.closed => "事案終了".to_owned(),
        (None, None, None) => String::new(),
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
            td { (over_words(row)) }
            td { @if declined {
                form method="post" action=(format!("/desk/enquiries/{}/answer", row.enquiry)) {
                    input type="hidden" name="csrf" value=(csrf);
                    button.btn.sml name="say" value="accepted" { "訂正して受入可" }
                }
            } }
        }
    }
}
