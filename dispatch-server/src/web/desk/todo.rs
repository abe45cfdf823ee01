//! What the desk itself has to do now (design/web.md a05): sign for who came, look again at a value that is over soon.

use super::capacity::Known;
use crate::web::parts::{Moment, hm, remaining};
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};

/// The strip above the board; empty when nothing is to be done. Its keys are those of answers while an enquiry rings.
pub(super) fn todo_panel(rows: &[BoardEnquiry], known: &Known, rings: bool, csrf: &str, moment: Moment) -> Markup {
    let came = |row: &&BoardEnquiry| row.decided_here && row.arrived_at.is_some() && row.signed.is_none();
    let waiting: Vec<&BoardEnquiry> = rows.iter().filter(came).collect();
    let key = |code: &'static str| (!rings).then_some(code);
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
