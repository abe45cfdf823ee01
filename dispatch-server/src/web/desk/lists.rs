//! What comes, what came, and what is over, on the board.

use super::ring::summary;
use super::view::{State as Stands, shows_patient, state_of};
use super::words::{answer as answer_of, release};
use crate::web::parts::{Moment, empty, hm, hms, stage_track};
use case::DeclineReason;
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};

/// Rows that a digit opens.
const KEYED_ROWS: usize = 9;

/// `keys`: whether digits open rows; while an enquiry is on the page they are reasons to decline.
pub(super) fn coming_panel(rows: &[&BoardEnquiry], keys: bool, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { (moment.t("来る患者", "Coming")) } span.q { (rows.len()) (moment.t("人・到着の早い順", ", first to arrive first")) } }
            @if rows.is_empty() { div.pb { (empty(moment.t("いま向かっている患者はいません", "Nobody is on the way"), moment)) } }
            @for (number, row) in (1..).zip(rows) { (coming(row, (keys && number <= KEYED_ROWS).then_some(number), csrf, moment)) }
        }
    }
}

fn coming(row: &BoardEnquiry, key: Option<usize>, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.pb.coming data-case=(row.case) {
            div { (summary(row, moment)) }
            div {
                p { b { (row.department) " " (row.callsign) } }
                p { (stage_track(row.stage, moment)) }
                @if row.answer.is_none() { p.sm { (moment.t("電話で了解", "agreed by phone")) " " span.n { (hms(row.sent_at)) } } }
                p.row {
                    a.btn.pri href=(format!("/handover/{}", row.case)) data-key=[key.map(|n| format!("Digit{n}"))] aria-keyshortcuts=[key] {
                        @if let Some(key) = key { kbd aria-hidden="true" { (key) } }
                        (moment.t("引継書", "Handover")) @if row.history_released { (moment.t("・履歴", ", history")) }
                    }
                    @if row.history_released { (read_words(row, moment)) }
                    a.btn href=(format!("/receipt/{}", row.case)) { (moment.t("閲覧の控え", "Receipt of looks")) }
                    @if !row.history_released { span.q.sm { (moment.t("履歴は公開されていません（照会なし、または病院への提供の同意なし）",
                        "No history is released (not asked, or no consent for hospitals)")) } }
                }
                (sign(row, csrf, moment))
                @if row.answer.is_some() && row.arrived_at.is_none() { (withdraw(row, csrf, moment)) }
            }
        }
    }
}

/// Whether somebody of this hospital has read what was released to it.
fn read_words(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        @if let Some(at) = row.history_read_at { span.sm { (moment.t("履歴 既読", "history read")) " " span.n { (hm(at)) } } }
        @else { b.nowt { (moment.t("履歴 未読", "history unread")) } }
    }
}

/// The receipt: who takes the patient over, with a name. Its time is the server's.
fn sign(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    html! {
        @if let Some(signed) = &row.signed {
            p.said { (moment.t("受領", "received by")) " " b { (signed.name) } " " span.n { (hms(signed.at)) } }
        } @else if row.arrived_at.is_some() {
            form.row method="post" action=(format!("/desk/cases/{}/sign", row.case)) {
                input type="hidden" name="csrf" value=(csrf);
                label { (moment.t("受領する人の氏名", "Name of who signs"))
                    input id=(format!("sign-{}", row.case)) name="name" required maxlength=(dispatch_core::limits::NAME_CHARS_MAX) autocomplete="off"; }
                button.btn.pri { (moment.t("受領する", "Sign")) }
            }
        }
    }
}

/// Taking an acceptance back wants a reason and alarms the crew, so it is folded away.
fn withdraw(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    html! {
        details.withdraw {
            summary { (moment.t("受入を取り消す（理由を記録）", "Withdraw the acceptance (reason recorded)")) }
            form.answers method="post" action=(format!("/desk/enquiries/{}/withdraw", row.enquiry)) {
                input type="hidden" name="csrf" value=(csrf);
                p.nowt { (moment.t("押すとすぐに取り消され、隊と指令に警報が出ます。患者はこの病院に来ません。",
                    "Withdrawn at once; crew and dispatch are alarmed. The patient will not come here.")) }
                div.three { @for (number, reason) in DeclineReason::ALL.iter().enumerate() {
                    button.btn name="reason" value=(number) { (moment.t(reason.ja(), reason.en())) }
                } }
            }
        }
    }
}

pub(super) fn arrived_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { (moment.t("引き継いだ患者", "Handed over")) } span.q { (moment.t("12時間以内", "within 12 h")) } }
            @if rows.is_empty() { div.pb { (empty(moment.t("引き継いだ患者はいません", "Nobody was handed over"), moment)) } }
            @else { table { tbody { @for row in rows {
                tr {
                    td.n { (hms(row.arrived_at.unwrap_or(row.sent_at))) }
                    td { (row.department) " " (row.callsign) }
                    td { a href=(format!("/handover/{}", row.case))
                        { (moment.t("引継書", "Handover")) @if row.history_released { (moment.t("・履歴", ", history")) } } }
                    td { (sign(row, csrf, moment)) }
                }
            } } } }
        }
    }
}

pub(super) fn over_panel(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph { h2 { (moment.t("終わった照会", "Enquiries that are over")) }
                span.q { (moment.t("12時間以内・患者の情報は消えています", "within 12 h; patient data is gone")) } }
            @if rows.is_empty() { div.pb { (empty(moment.t("終わった照会はありません", "None is over"), moment)) } }
            @else { table { tbody { @for row in rows { (over_line(row, csrf, moment)) } } } }
        }
    }
}

/// Why it is over for this desk.
fn over_words(row: &BoardEnquiry, moment: Moment) -> String {
    match (row.withdrawn, row.agreed_elsewhere, row.released) {
        (Some((reason, at)), ..) if moment.en => format!("withdrawn ({}, {})", reason.en(), hm(at)),
        (Some((reason, at)), ..) => format!("受入を取り消した（{}・{}）", reason.ja(), hm(at)),
        (None, Some(at), _) if moment.en => format!("another hospital, agreed by phone {}", hm(at)),
        (None, Some(at), _) => format!("他院に決定（{} に電話で合意）", hm(at)),
        (None, None, Some(reason)) => release(reason, moment).to_owned(),
        (None, None, None) if row.closed => moment.t("事案終了", "the case ended").to_owned(),
        (None, None, None) => String::new(),
    }
}

fn over_line(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    let declined = state_of(row) == Stands::Declined;
    debug_assert!(!shows_patient(state_of(row)));
    html! {
        tr {
            td.n { (hms(row.sent_at)) }
            td { (row.department) " " (row.callsign) }
            td { @if let Some((answer, _)) = &row.answer { (answer_of(answer, moment)) } @else { (moment.t("未回答", "no answer")) } }
            td { (over_words(row, moment)) }
            td { @if declined {
                form method="post" action=(format!("/desk/enquiries/{}/answer", row.enquiry)) {
                    input type="hidden" name="csrf" value=(csrf);
                    button.btn.sml name="say" value="accepted" { (moment.t("訂正して受入可", "Correct: accept")) }
                }
            } }
        }
    }
}
