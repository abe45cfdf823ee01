//! The ring: an enquiry that waits for an answer takes the page (design/web.md a02). Accept, four conditions and nine reasons
//! are one tap each.

use crate::web::clinical::{age_words, complaint_words, findings_table, sex_words};
use crate::web::parts::{Moment, age, empty, hms, lasting, remaining, triage_tag};
use crate::web::words::answer_words;
use case::DeclineReason;
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};

/// The four conditions that are one tap, with the minutes for which they stand.
pub(super) const CONDITIONS: [(&str, i64); 4] = [
    ("10分後以降なら可", 30),
    ("初療のみ可（入院は転送）", 30),
    ("専門医の到着後なら可", 30),
    ("折り返し電話で確認", 15),
];

/// The keys of the conditions; reasons have the digits.
const CONDITION_KEYS: [&str; 4] = ["Q", "W", "E", "R"];

/// Everything that waits.
pub(super) fn ringing(rows: &[&BoardEnquiry], csrf: &str, moment: Moment) -> Markup {
    html! {
        @if rows.is_empty() { div.p { div.pb { (empty("いま回答を待っている照会はありません", moment)) } } }
        @for row in rows { (ring(row, csrf, moment)) }
    }
}

fn ring(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    let waits = row.answer.is_none();
    html! {
        article.p.ring data-enquiry=(row.enquiry) data-rings[waits] data-undelivered[row.delivered_at.is_none()] data-unseen[row.seen_at.is_none()]
            aria-label="受入照会" {
            header.ph.nowbar role=[waits.then_some("alert")] {
                h2 { @if waits { "新しい受入照会" } @else { "回答済み（決定待ち）" } }
                span { (row.department) " " b { (row.callsign) } @if row.batch > 1 { " · " (row.batch) "院へ同時照会・貴院はその1つ" } }
                span.sm { "先に「受入可」とした1院に決まり、他院は自動で解放" }
                span.sp {}
                @if let Some(until) = row.until.filter(|_| waits) {
                    span.left { small { "回答の残り" } (remaining(until, moment)) }
                } @else { span { "照会から " (lasting(row.sent_at, moment)) } }
            }
            div.ringcols {
                div.pb { (summary(row, moment)) }
                div.pb {
                    (findings_table(&row.findings, &row.vitals_at, moment))
                    (alerts(row))
                }
                div.pb { (buttons(row, csrf)) }
            }
        }
    }
}

/// Who, what, and how soon.
pub(super) fn summary(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        div.row { (triage_tag(row.findings.triage)) b.who { (age_words(&row.findings)) "・" (sex_words(row.findings.sex)) } }
        p.big { (complaint_words(&row.findings)) }
        (eta(row, moment))
        @if let Some(left) = row.left_scene_at { p.sm { "現場出発 " span.n { (hms(left)) } } }
        @if let Some(arrived) = row.arrived_at { p.sm { "病院到着 " span.n { (hms(arrived)) } } }
        @if !row.needs.is_empty() { p { span.q { "求める対応　" } @for need in &row.needs { span.chip { (need.capability.ja()) } " " } } }
    }
}

/// Minutes to the arrival, running, and the time by the clock. It was estimated when the enquiry was sent.
fn eta(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        @if let Some(eta) = row.eta.filter(|_| row.arrived_at.is_none()) {
            p { span.q { "到着見込み " } b.n.eta data-eta=(eta.millis()) { (minutes_words(eta.since_us(moment.now), moment)) } " "
                b.n { (hms(eta).get(..5).unwrap_or("--:--")) } " " span.q.sm { "照会時の見積り " (age(row.sent_at, 600, moment)) } }
        } @else if row.arrived_at.is_none() { p.q { "到着見込みは未計算" } }
    }
}

fn minutes_words(us: i64, moment: Moment) -> String {
    let minutes = us / 60_000_000;
    match minutes {
        _ if moment.live => String::new(),
        0.. => format!("{minutes}分後"),
        _ => format!("{}分前に着いた頃", -minutes),
    }
}

fn alerts(row: &BoardEnquiry) -> Markup {
    html! {
        @if !row.alerts_ja.is_empty() {
            h3 { "履歴からの注意" }
            ul { @for title in &row.alerts_ja { li { (title) } } }
            p.q.xs { (field_alerts::NO_RECORD_IS_NOT_NONE_JA) "。履歴の全文は、受入した1院だけに公開されます。" }
        }
    }
}

fn buttons(row: &BoardEnquiry, csrf: &str) -> Markup {
    let action = format!("/desk/enquiries/{}/answer", row.enquiry);
    let keyed = |value: String, key: &str, text: &str| {
        html! { button.btn name="say" value=(value) data-key=(key) { kbd { (key) } (text) } }
    };
    html! {
        @if let Some((answer, at)) = &row.answer { p.said { "送信済み: " b { (answer_words(answer)) } " " span.n.sm { (hms(*at)) } } }
        form.answers method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            button.btn.pri.accept name="say" value="accepted" data-key="A" {
                kbd { "A" } span { "受入可" @if let Some(eta) = row.eta { small { (hms(eta).get(..5).unwrap_or("")) " 到着で受け入れる" } } }
            }
            h3 { "条件付き" }
            div.two { @for (number, ((text, _), key)) in CONDITIONS.iter().zip(CONDITION_KEYS).enumerate() {
                (keyed(format!("condition-{number}"), key, text))
            } }
            h3 { "不可 — 理由を押すと送信" }
            div.three { @for (number, reason) in DeclineReason::ALL.iter().enumerate() {
                (keyed(format!("decline-{number}"), &(number + 1).to_string(), reason.ja()))
            } }
        }
        p.q.xs { "キーは選び、Enter で送信。訂正は隊が搬送先を決めるまでできます（受入の取り消しは理由を記録）。" }
    }
}
