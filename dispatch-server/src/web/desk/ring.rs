//! The ring: an enquiry that waits for an answer takes the page (design/web.md a02). Accept, four conditions and nine reasons
//! are one tap each; the hospital's own state stays in view, because the decision needs it.

use super::vitals::vitals;
use super::words::{answer, complaints, who};
use crate::web::parts::{Moment, age, empty, hm, hms, lasting, remaining, triage_tag_in};
use case::DeclineReason;
use dispatch_core::BoardEnquiry;
use field_alerts::{EnquiryAlert, Recorded};
use maud::{Markup, html};
use model::{Position, Timestamp};

/// The four conditions that are one tap, with the minutes for which they stand.
pub(super) const CONDITIONS: [(&str, i64); 4] = [
    ("10分後以降なら可", 30),
    ("初療のみ可（入院は転送）", 30),
    ("専門医の到着後なら可", 30),
    ("折り返し電話で確認", 15),
];
/// The same in English, on the buttons only: the crew reads what the department speaks.
const CONDITIONS_EN: [&str; 4] =
    ["From 10 min on", "First care only, then transfer", "Once the specialist is in", "Call back first"];

/// The keys of the conditions; reasons have the digits.
const CONDITION_KEYS: [&str; 4] = ["Q", "W", "E", "R"];

/// What a ring shows beside the enquiry.
pub(super) struct Beside {
    /// The hospital's own state.
    pub(super) own: Markup,
    /// Where the hospital is.
    pub(super) here: Option<Position>,
    /// Where the unit was, and when.
    pub(super) unit: Option<(Position, Timestamp)>,
}

/// Everything that waits.
pub(super) fn ringing(
    rows: &[&BoardEnquiry],
    beside: impl Fn(&BoardEnquiry) -> Beside,
    csrf: &str,
    moment: Moment,
) -> Markup {
    let nothing = moment.t("いま回答を待っている照会はありません", "No enquiry waits for an answer");
    html! {
        @if rows.is_empty() { div.p { div.pb { (empty(nothing, moment)) } } }
        @for row in rows { (ring(row, &beside(row), csrf, moment)) }
    }
}

fn ring(row: &BoardEnquiry, beside: &Beside, csrf: &str, moment: Moment) -> Markup {
    let waits = row.answer.is_none();
    html! {
        article.p.ring data-enquiry=(row.enquiry) data-rings[waits] data-undelivered[row.delivered_at.is_none()] data-unseen[row.seen_at.is_none()]
            aria-label=(moment.t("受入照会", "Intake enquiry")) {
            (ring_head(row, waits, moment))
            div.ringcols {
                div.pb {
                    (summary(row, moment))
                    (onset(row, moment))
                    (small_map(row, beside, moment))
                }
                div.middle {
                    (vitals(row, moment))
                    (alerts(row, moment))
                }
                div.pb {
                    (buttons(row, csrf, moment))
                    h3 { (moment.t("いまの自院", "Your hospital now")) }
                    (beside.own)
                }
            }
        }
    }
}

fn ring_head(row: &BoardEnquiry, waits: bool, moment: Moment) -> Markup {
    html! {
        div.ph.nowbar role=[waits.then_some("alert")] {
            h2 { @if waits { (moment.t("新しい受入照会", "New intake enquiry")) } @else { (moment.t("回答済み（決定待ち）", "Answered, not decided yet")) } }
            span { (row.department) " " b { (row.callsign) }
                @if row.batch > 1 { " · " (row.batch) (moment.t("院へ同時照会・貴院はその1つ", " hospitals asked at once; you are one")) } }
            span.sm { (moment.t("先に「受入可」とした1院に決まり、他院は自動で解放", "First accept wins, the others are released")) }
            span.sp {}
            @if let Some(until) = row.until.filter(|_| waits) {
                span.left { small { (moment.t("回答の残り", "Time to answer")) } (remaining(until, moment)) }
            } @else { span { (moment.t("照会から", "since the enquiry")) " " (lasting(row.sent_at, moment)) } }
        }
    }
}

/// Who, what, and how soon.
pub(super) fn summary(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        div.row { (triage_tag_in(row.findings.triage, moment)) b.who { (who(&row.findings, moment)) }
            span.q { (moment.t(row.category.ja(), row.category.en())) } }
        p.big { (complaints(&row.findings, moment)) }
        (eta(row, moment))
        @if let Some(left) = row.left_scene_at { p.sm { (moment.t("現場出発", "left the scene")) " " span.n { (hms(left)) } } }
        @if let Some(arrived) = row.arrived_at { p.sm { (moment.t("病院到着", "arrived")) " " span.n { (hms(arrived)) } } }
        @if !row.needs.is_empty() {
            p { span.q { (moment.t("求める対応", "Needed")) "　" }
                @for need in &row.needs { span.chip { (moment.t(need.capability.ja(), need.capability.en())) } " " } }
        }
    }
}

fn onset(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        @if let Some(minutes) = row.findings.onset_minutes {
            p { span.q { (moment.t("発症", "Onset")) "　" } b.n { (hm(moment.now.plus_minutes(-i64::from(minutes)))) } }
        }
    }
}

/// Minutes to the arrival, running, its range, and the time by the clock. It was estimated when the enquiry was sent.
fn eta(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        @if let Some(eta) = row.eta.filter(|_| row.arrived_at.is_none()) {
            p { span.q { (moment.t("到着見込み", "Expected")) " " } b.n.eta data-eta=(eta.millis()) { (minutes_words(eta.since_us(moment.now), moment)) } " "
                b.n { (hm(eta)) }
                @if let Some(late) = row.eta_late.filter(|late| *late > eta) {
                    " " span.q.sm { (moment.t("幅 ", "range ")) span.n { (hm(eta)) "–" (hm(late)) } } }
                " " span.q.sm { (moment.t("照会時の見積り", "estimated when asked")) " " (age(row.sent_at, 600, moment)) } }
        } @else if row.arrived_at.is_none() { p.q { (moment.t("到着見込みは未計算", "arrival not estimated")) } }
    }
}

fn minutes_words(us: i64, moment: Moment) -> String {
    let minutes = us / 60_000_000;
    match (minutes, moment.en) {
        _ if moment.live => String::new(),
        (0.., false) => format!("{minutes}分後"),
        (0.., true) => format!("{minutes} min"),
        (_, false) => format!("{}分前に着いた頃", -minutes),
        (_, true) => format!("due {} min ago", -minutes),
    }
}

/// Scene, unit and hospital on the outlines of the land; painted by the script.
fn small_map(row: &BoardEnquiry, beside: &Beside, moment: Moment) -> Markup {
    let place = |place: Position| format!("{:.5},{:.5}", place.lat(), place.lon());
    let Some((scene, here)) = row.scene.zip(beside.here) else { return html! {} };
    html! {
        figure.small {
            canvas data-small="" data-scene=(place(scene)) data-here=(place(here)) data-unit=[beside.unit.map(|(at, _)| place(at))]
                data-callsign=(row.callsign) data-you=(moment.t("自院", "You")) data-scene-words=(moment.t("現場", "scene"))
                role="img" aria-label=(moment.t("現場・隊・自院の位置", "scene, unit and hospital")) {}
            figcaption.q.xs {
                @if let Some((_, at)) = beside.unit { (moment.t("隊の位置", "unit's position")) " " (age(at, 60, moment)) "・" }
                (moment.t("国土数値情報（国土交通省）を加工", "outlines: MLIT, processed"))
            }
        }
    }
}

fn alerts(row: &BoardEnquiry, moment: Moment) -> Markup {
    html! {
        @if !row.alerts.is_empty() {
            div.pb {
                h3 { (moment.t("履歴からの注意", "From the record")) }
                ul.records { @for alert in &row.alerts { (told(alert, moment)) } }
                p.q.xs { (moment.t(field_alerts::NO_RECORD_IS_NOT_NONE_JA, "No record does not mean not taken")) "。"
                    (moment.t("履歴の全文は、受入した1院だけに公開されます。", "The full history opens to the one accepting hospital only.")) }
            }
        }
    }
}

/// The record, and under it the day, the kind of record and the rule: what an enquiry carries of an alert.
fn told(alert: &EnquiryAlert, moment: Moment) -> Markup {
    html! {
        li {
            b { (moment.t(alert.title_ja.as_str(), alert.title_en.as_str())) }
            p.q.sm {
                @if let Some(recorded) = alert.recorded {
                    time.n datetime=(recorded.date) { (recorded.date) } "　" (kind_words(recorded, moment))
                } @else { (moment.t("記録がないこと", "no such record")) }
                "　" span.n { (alert.rule.as_str()) " v" (alert.rule_version) }
            }
        }
    }
}

/// `薬剤（レセプト）`; once where both are called the same.
fn kind_words(recorded: Recorded, moment: Moment) -> String {
    let (section, source) = (recorded.section, recorded.source);
    match (moment.en, section.ja() == source.ja()) {
        (false, true) => section.ja().to_owned(),
        (false, false) => format!("{}（{}）", section.ja(), source.ja()),
        (true, true) => section.en().to_owned(),
        (true, false) => format!("{} ({})", section.en(), source.en()),
    }
}

fn buttons(row: &BoardEnquiry, csrf: &str, moment: Moment) -> Markup {
    let action = format!("/desk/enquiries/{}/answer", row.enquiry);
    let keyed = |value: String, key: &str, text: &str| {
        html! { button.btn name="say" value=(value) data-key=(key) { kbd aria-hidden="true" { (key) } (text) } }
    };
    html! {
        @if let Some((said, at)) = &row.answer { p.said { (moment.t("送信済み", "sent")) ": " b { (answer(said, moment)) } " " span.n.sm { (hms(*at)) } } }
        form.answers method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            button.btn.pri.accept name="say" value="accepted" data-key="A" {
                kbd aria-hidden="true" { "A" } span { (moment.t("受入可", "Accept")) @if let Some(eta) = row.eta { small { (accept_words(eta, moment)) } } }
            }
            h3 { (moment.t("条件付き", "Conditional")) }
            div.two { @for (number, ((text, _), key)) in CONDITIONS.iter().zip(CONDITION_KEYS).enumerate() {
                (keyed(format!("condition-{number}"), key, moment.t(text, CONDITIONS_EN.get(number).copied().unwrap_or(""))))
            } }
            h3 { (moment.t("不可 — 理由を押すと送信", "Decline: a reason sends it")) }
            div.three { @for (number, reason) in DeclineReason::ALL.iter().enumerate() {
                (keyed(format!("decline-{number}"), &(number + 1).to_string(), moment.t(reason.ja(), reason.en())))
            } }
        }
        p.q.xs { (moment.t("キーは選び、Enter で送信。訂正は隊が搬送先を決めるまでできます（受入の取り消しは理由を記録）。",
            "A key chooses, Enter sends. Can be corrected until the crew has chosen; withdrawing an accept records a reason.")) }
    }
}

fn accept_words(eta: Timestamp, moment: Moment) -> String {
    if moment.en { format!("arriving {}", hm(eta)) } else { format!("{} 到着で受け入れる", hm(eta)) }
}
