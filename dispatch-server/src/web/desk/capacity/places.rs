//! Places for a mass-casualty incident by triage colour, and the bays that the desk counts (design/web.md a08, a10).

use super::Known;
use crate::web::parts::{Moment, age, hm, remaining, triage_tag_in};
use dispatch_core::COLOURS;
use dispatch_core::limits::{BAYS_MAX, PLACES_MAX};
use maud::{Markup, html};

/// How long an offer stands by one tap, minutes.
const OFFER_MINUTES: [(i64, &str, &str); 3] = [(60, "1時間", "1 h"), (180, "3時間", "3 h"), (720, "12時間", "12 h")];
/// Names of the fields, as [`COLOURS`].
pub(super) const FIELDS: [&str; 4] = ["red", "yellow", "green", "black"];
/// A count of bays is worth something for so many seconds.
const BAYS_SECONDS: i64 = 30 * 60;

/// What is offered, and the form to offer.
pub(crate) fn mass_panel(known: &Known, csrf: &str, moment: Moment) -> Markup {
    let places = known.offer.map_or([0; 4], |offer| offer.places);
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("多数傷病者の受入", "Mass-casualty places")) }
                span.q.sm { (moment.t("宣言すると指令台に色別に出ます", "shown to dispatch by colour")) }
                span.sp {}
                @if let Some(offer) = known.offer {
                    b.nowt { (moment.t("宣言中", "offered")) " " span.n { (hm(offer.until)) } (moment.t("まで", "")) } " "
                    (moment.t("残り", "left")) " " (remaining(offer.until, moment))
                }
            }
            form.pb.mass method="post" action="/desk/capacity/places" {
                input type="hidden" name="csrf" value=(csrf);
                @for ((colour, field), n) in COLOURS.into_iter().zip(FIELDS).zip(places) {
                    label { span { (triage_tag_in(Some(colour), moment)) } (moment.t("受けられる人数", "patients"))
                        input.n type="number" name=(field) min="0" max=(PLACES_MAX) required inputmode="numeric" value=(n); }
                }
                p.row {
                    @for (minutes, ja, en) in OFFER_MINUTES {
                        button.btn name="minutes" value=(minutes) { (moment.t("宣言", "Offer")) " " (moment.t(ja, en)) }
                    }
                    @if known.offer.is_some() { button.btn.now name="minutes" value="0" { (moment.t("取り下げる", "Take back")) } }
                }
                p.q.xs { (moment.t("通常の照会は続きます。宣言は期限で終わります。", "Ordinary enquiries go on. The offer ends by itself.")) }
            }
        }
    }
}

/// How many bays are taken.
pub(crate) fn bays_panel(known: &Known, csrf: &str, moment: Moment) -> Markup {
    let (taken, total) = known.bays.map_or((0, 0), |bays| (bays.taken, bays.total));
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("初療室", "Bays")) }
                @if let Some(bays) = known.bays { (age(bays.at, BAYS_SECONDS, moment)) }
                @else { span.q.sm { (moment.t("数えていません", "not counted")) } }
            }
            form.pb.row method="post" action="/desk/capacity/bays" {
                input type="hidden" name="csrf" value=(csrf);
                label { (moment.t("処置中の人数", "In treatment"))
                    input.n type="number" name="taken" min="0" max=(BAYS_MAX) required inputmode="numeric" value=(taken); }
                label { (moment.t("初療の床数", "All bays"))
                    input.n type="number" name="total" min="0" max=(BAYS_MAX) required inputmode="numeric" value=(total); }
                button.btn { (moment.t("数を保存", "Keep")) }
            }
        }
    }
}
