//! 受入の状況: what hospitals last said of themselves, each with its age. Only what was said; nothing is guessed here.

use super::picture::Picture;
use crate::web::parts::{Moment, age, empty, hm, triage_tag};
use crate::web::state::App;
use dispatch_core::MassOffer;
use hospital_selection::{CapacityReport, CapacitySource, CapacityState, Hospital};
use maud::{Markup, html};
use model::HospitalId;
use std::collections::{BTreeMap, BTreeSet};

/// Hospitals in the strip: those of open cases first, then who offers places for a mass-casualty incident, then who reported last. Others are on the map.
const HOSPITALS_SHOWN: usize = 16;
/// A report is worth something for so many seconds (design/web.md §5: two hours).
const REPORT_LIFE_S: i64 = 7_200;

/// The newest reports of one hospital: of the whole, and closures of single services.
struct Said<'a> {
    hospital: &'a Hospital,
    whole: Option<&'a CapacityReport>,
    closed: Vec<&'a CapacityReport>,
    mass: Option<&'a MassOffer>,
}

/// Which hospitals, in which order.
fn said<'a, S>(app: &'a App<S>, picture: &'a Picture, moment: Moment) -> Vec<Said<'a>> {
    let mut reports: BTreeMap<HospitalId, Vec<&CapacityReport>> = BTreeMap::new();
    for report in picture.capacity.iter().filter(|report| report.holds(moment.now)) {
        reports.entry(report.hospital).or_default().push(report);
    }
    let open = picture.cases.iter().filter(|case| !case.view.is_closed());
    let asked: BTreeSet<HospitalId> =
        open.flat_map(|case| case.view.enquiries.values().map(|enquiry| enquiry.hospital)).collect();
    let offers: BTreeMap<HospitalId, &MassOffer> =
        picture.mass.iter().filter(|offer| offer.holds(moment.now)).map(|offer| (offer.hospital, offer)).collect();
    let mut ids: Vec<HospitalId> =
        reports.keys().copied().chain(asked.iter().copied()).chain(offers.keys().copied()).collect();
    ids.sort();
    ids.dedup();
    let newest = |id: &HospitalId| reports.get(id).and_then(|all| all.iter().map(|report| report.at).max());
    ids.sort_by_key(|id| (!asked.contains(id), !offers.contains_key(id), core::cmp::Reverse(newest(id))));
    let known = ids.iter().filter_map(|id| {
        let all = reports.get(id).map(Vec::as_slice).unwrap_or_default();
        let whole = all.iter().filter(|report| report.capability.is_none()).max_by_key(|report| report.at).copied();
        let shut = |report: &&&CapacityReport| report.capability.is_some() && !report.state.takes();
        let closed = all.iter().filter(shut).copied().collect();
        Some(Said { hospital: app.hospitals.get(*id)?, whole, closed, mass: offers.get(id).copied() })
    });
    known.take(HOSPITALS_SHOWN).collect()
}

/// The panel.
pub(super) fn panel<S>(app: &App<S>, picture: &Picture, moment: Moment) -> Markup {
    let all = said(app, picture, moment);
    html! {
        header.ph { h2 { "受入の状況" } span.q { "照会中の病院、多数傷病者の受入を宣言した病院、次に報告の新しい順。◎ 余裕　○ 可　× 不可　– 報告なし" } }
        @if all.is_empty() { div.pb { (empty("病院からの報告も、照会中の病院もありません", moment)) } }
        @else {
            div.strip tabindex="0" role="group" aria-label="受入の状況" {
                @for said in &all { (column(said, moment)) }
            }
        }
    }
}

/// Places by triage colour, with their end.
fn mass(offer: &MassOffer, moment: Moment) -> Markup {
    html! {
        p.places aria-label="多数傷病者の受入" {
            @for (colour, places) in offer.by_colour().filter(|(_, places)| *places > 0) {
                span { (triage_tag(Some(colour))) b.n { (places) } } " "
            }
        }
        p.xs { span.n { (hm(offer.until)) } "まで " (age(offer.at, REPORT_LIFE_S, moment)) }
    }
}

fn column(said: &Said<'_>, moment: Moment) -> Markup {
    let state = said.whole.map(|report| report.state);
    let (glyph, words) = match state {
        Some(CapacityState::Free) => ("◎", "余裕"),
        Some(CapacityState::Limited) => ("○", "可"),
        Some(CapacityState::Full) => ("×", "満床"),
        Some(CapacityState::Down) => ("×", "停止"),
        Some(CapacityState::OffDuty) => ("×", "当番外"),
        None => ("–", "報告なし"),
    };
    html! {
        div.one {
            b title=(said.hospital.name) { (said.hospital.short_name()) }
            p { span.big aria-hidden="true" { (glyph) } " " (words) }
            @for report in &said.closed {
                p.sm { (report.capability.map(|capability| capability.ja()).unwrap_or_default()) " 停止" }
            }
            @if let Some(report) = said.whole {
                @if report.source == CapacitySource::Filed { span.xs.q { "週間の型" } } @else { (age(report.at, REPORT_LIFE_S, moment)) }
            }
            @if let Some(offer) = said.mass { (mass(offer, moment)) }
        }
    }
}
