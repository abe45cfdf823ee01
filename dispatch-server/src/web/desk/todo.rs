//! What the desk itself has to do now (design/web.md a05): sign for who came, look again at a value that is over soon.

use super::capacity::Known;
use crate::web::parts::{Moment, hm, remaining};
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};

/// The strip above the board; empty when nothing is to be done. `keys`: whether it has keys; while an enquiry is on the page they
/// are those of its answers.
pub(super) fn todo_panel(rows: &[BoardEnquiry], known: &Known, keys: bool, csrf: &str, moment: Moment) -> Markup {
    let came = |row: &&BoardEnquiry| row.decided_here && row.arrived_at.is_some() && row.signed.is_none();
    let waiting: Vec<&BoardEnquiry> = rows.iter().filter(came).collect();
    let key = |code: &'static str| keys.then_some(code);
    html! {
        div.todo {
            @if let Some(first) = waiting.iter().min_by_key(|row| row.arrived_at) {
                div.p.nowbox.row {
                    div { b { (moment.t("受領の記入待ち", "Receipt to sign")) " " (waiting.len()) }
                        br; span.sm { (first.callsign) " " (moment.t("到着", "arrived")) " " span.n { (first.arrived_at.map(hm).unwrap_or_default()) } } }
                    span.sp {}
                    a.btn.now href=(format!("#sign-{}", first.case)) data-key=[key("KeyR")] { kbd aria-hidden="true" { "R" } (moment.t("受領する", "Sign")) }
                }
            }
            (unread(rows, key("KeyH"), moment))
            @if let Some((of, _, until)) = known.soon_over(moment.now) {
                div.p.nowbox.row {
                    div { b { (moment.t("応需の期限", "Capacity ends")) }
                        br; span.sm { (of.words(moment)) " " (moment.t("残り", "left")) " " (remaining(until, moment)) } }
                    span.sp {}
                    form method="post" action="/desk/capacity" {
                        input type="hidden" name="csrf" value=(csrf);
                        input type="hidden" name="of" value=(super::capacity::key(of.of));
                        button.btn name="say" value="longer" data-key=[key("KeyX")] data-press=""
                            { kbd aria-hidden="true" { "X" } (moment.t("1時間延長", "1 h longer")) }
                    }
                }
            }
        }
    }
}

/// Histories that were released to this hospital and that nobody of it has read, the patient who arrives first named.
fn unread(rows: &[BoardEnquiry], key: Option<&'static str>, moment: Moment) -> Markup {
    let unread = |row: &&BoardEnquiry| row.history_released && !row.closed && row.history_read_at.is_none();
    let all: Vec<&BoardEnquiry> = rows.iter().filter(unread).collect();
    let Some(first) = all.iter().min_by_key(|row| (row.arrived_at.is_none(), row.eta.is_none(), row.eta, row.enquiry))
    else {
        return html! {};
    };
    html! {
        div.p.nowbox.row {
            div { b { (moment.t("履歴が未読", "History unread")) " " (all.len()) }
                br; span.sm { (first.callsign)
                    @if let Some(at) = first.arrived_at { " " (moment.t("到着", "arrived")) " " span.n { (hm(at)) } }
                    @else if let Some(eta) = first.eta { " " (moment.t("到着見込み", "expected")) " " span.n { (hm(eta)) } } } }
            span.sp {}
            a.btn href=(format!("/handover/{}", first.case)) data-key=[key] { kbd aria-hidden="true" { "H" } (moment.t("読む", "Read")) }
        }
    }
}
