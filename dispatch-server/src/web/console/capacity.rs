//! 受入の状況: what hospitals last said of themselves by category, each with its age. Only what was said; nothing is guessed here.

use super::levels::{CATEGORIES, FIRST, REPORT_LIFE_S, Said, glyph, source};
use super::picture::Picture;
use super::wanted::Wanted;
use crate::web::parts::{Moment, age, age_text, empty, hm, triage_tag_in};
use crate::web::state::App;
use dispatch_core::MassOffer;
use hospital_selection::{CapacityReport, CapacityState};
use maud::{Markup, html};
use model::{Capability, HospitalId};
use std::collections::{BTreeMap, BTreeSet};

/// Hospitals on the board: those of open cases first, then who offers places for a mass-casualty incident, then who told the
/// freshest. Others are on the map.
const HOSPITALS_SHOWN: usize = 16;

/// Which hospitals, in which order.
fn said<'a, S>(app: &'a App<S>, picture: &'a Picture, moment: Moment) -> Vec<Said<'a>> {
    let mut reports: BTreeMap<HospitalId, Vec<&CapacityReport>> = BTreeMap::new();
    for report in picture.capacity.iter().filter(|report| report.holds(moment.now)) {
        reports.entry(report.hospital).or_default().push(report);
    }
    let open = picture.cases.iter().filter(|case| !case.view.is_closed());
    let asked: BTreeSet<HospitalId> =
        open.flat_map(|case| case.view.enquiries.values().map(|enquiry| enquiry.hospital)).collect();
    let offers: BTreeSet<HospitalId> = offers(picture, moment).map(|offer| offer.hospital).collect();
    for id in asked.iter().chain(&offers) {
        reports.entry(*id).or_default();
    }
    let known = reports.into_iter().filter_map(|(id, all)| Some(Said::new(app.hospitals.get(id)?, all)));
    let mut all: Vec<Said<'_>> = known.collect();
    all.sort_by_key(|said| {
        let id = said.hospital.id;
        (!asked.contains(&id), !offers.contains(&id), core::cmp::Reverse(said.newest()))
    });
    all.truncate(HOSPITALS_SHOWN);
    all
}

/// Offers of places for a mass-casualty incident that stand.
fn offers(picture: &Picture, moment: Moment) -> impl Iterator<Item = &MassOffer> {
    picture.mass.iter().filter(move |offer| offer.holds(moment.now))
}

/// Places by triage colour, with their end; nothing where nobody offers any.
fn mass_row(all: &[Said<'_>], picture: &Picture, moment: Moment) -> Markup {
    if offers(picture, moment).next().is_none() {
        return html! {};
    }
    let of = |said: &Said<'_>| offers(picture, moment).find(|offer| offer.hospital == said.hospital.id);
    html! {
        tr {
            th scope="row" { (moment.t("多数傷病者", "Mass casualty")) }
            @for said in all { td { @if let Some(offer) = of(said) {
                div.places {
                    @for (colour, places) in offer.by_colour().filter(|(_, places)| *places > 0) {
                        span { (triage_tag_in(Some(colour), moment)) b.n { (places) } }
                    }
                }
                span.xs { span.n { (hm(offer.until)) } (moment.t("まで", " end")) }
            } } }
        }
    }
}

/// The panel.
pub(super) fn panel<S>(app: &App<S>, picture: &Picture, wanted: &Wanted, moment: Moment) -> Markup {
    let all = said(app, picture, moment);
    let t = |ja, en| moment.t(ja, en);
    let more = Wanted { more: !wanted.more, ..wanted.clone() };
    html! {
        header.ph {
            h2 { (t("受入の状況", "Capacity")) }
            span.q { (t("照会中の病院、次に報告の新しい順・破線は2時間より前", "asked first, then the freshest; dashed = older than 2 h")) }
            span.sp {}
            a.btn.sml href=(more.link()) data-key="KeyX" aria-keyshortcuts="X" aria-pressed=(wanted.more.to_string()) role="button" {
                kbd aria-hidden="true" { "X" }
                @if wanted.more { (t("4区分だけ", "four categories")) } @else { (t("ほかの4区分", "other four categories")) }
            }
            span.q.sm { (downs(picture, moment)) }
        }
        @if all.is_empty() {
            div.pb { (empty(t("病院からの報告も、照会中の病院もありません", "No report, and no hospital is asked"), moment)) }
        } @else {
            div.strip tabindex="0" role="group" aria-label=(t("受入の状況", "Capacity")) { (board(&all, picture, wanted, moment)) }
        }
    }
}

/// How many hospitals said that something is down.
fn downs(picture: &Picture, moment: Moment) -> String {
    let holds = |report: &&CapacityReport| report.holds(moment.now) && report.state == CapacityState::Down;
    let of = |what: Option<Capability>| {
        let shut = picture.capacity.iter().filter(holds).filter(|report| report.capability == what);
        shut.map(|report| report.hospital).collect::<BTreeSet<_>>().len()
    };
    let (ct, cath, all) = (of(Some(Capability::CtNow)), of(Some(Capability::Pci24h)), of(None));
    match moment.en {
        false => format!("CT停止 {ct}院・カテ停止 {cath}院・全停止 {all}院"),
        true => format!("CT down {ct}, cath down {cath}, all closed {all}"),
    }
}

fn board(all: &[Said<'_>], picture: &Picture, wanted: &Wanted, moment: Moment) -> Markup {
    let shown = if wanted.more { CATEGORIES.len() } else { FIRST };
    // The category of the map stands first, with the age and the source of each value.
    let chosen = wanted.of.filter(|of| CATEGORIES.contains(of));
    let rest = CATEGORIES.iter().take(shown).filter(|category| Some(**category) != chosen);
    html! {
        table.levels {
            thead { tr {
                th scope="col" { (moment.t("病院", "Hospital")) }
                @for said in all { th scope="col" title=(said.hospital.name) { (said.hospital.short_name()) } }
            } }
            tbody {
                @if let Some(of) = chosen { (row(all, Some(of), true, moment)) }
                @for category in rest { (row(all, Some(*category), false, moment)) }
                (row(all, None, false, moment))
                (mass_row(all, picture, moment))
                tr {
                    th scope="row" { (moment.t("鮮度", "Age")) }
                    @for said in all { td {
                        @if let Some(at) = said.newest() { (age(at, REPORT_LIFE_S, moment)) } @else { span.q.xs { (moment.t("報告なし", "none")) } }
                    } }
                }
            }
        }
    }
}

fn row(all: &[Said<'_>], of: Option<Capability>, whole_story: bool, moment: Moment) -> Markup {
    let name = of.map_or(moment.t("全体", "All of it"), |of| moment.t(of.ja(), of.en()));
    html! {
        tr.chosen[whole_story] {
            th scope="row" { (name) }
            @for said in all { (cell(name, said.counts(of), of, whole_story, moment)) }
        }
    }
}

fn cell(
    name: &str,
    report: Option<&CapacityReport>,
    of: Option<Capability>,
    whole_story: bool,
    moment: Moment,
) -> Markup {
    let Some(report) = report else {
        return html! { td { span.lv.none role="img" aria-label=(format!("{name} {}", moment.t("報告なし", "no report"))) { "–" } } };
    };
    let (mark, ja, en) = glyph(report.state);
    let (from_ja, from_en) = source(report.source);
    let of_whole = if of.is_some() && report.capability.is_none() {
        moment.t("・病院全体として", ", for all of it")
    } else {
        ""
    };
    let seconds = moment.now.since_us(report.at) / 1_000_000;
    // Ages run in the page; a live part says since when, so that equal content has equal bytes.
    let since = if moment.live { report.at.tokyo_hhmm() } else { age_text(report.at, moment.now) };
    let words = format!("{name} {} {since} {}{of_whole}", moment.t(ja, en), moment.t(from_ja, from_en));
    html! {
        td {
            span class=(format!("lv {}", if mark == "×" { "shut" } else { "open" })) role="img" aria-label=(words) title=(words)
                data-stale-at=(report.at.millis()) data-stale-life=(REPORT_LIFE_S) data-stale[!moment.live && seconds > REPORT_LIFE_S] { (mark) }
            @if whole_story { br; (age(report.at, REPORT_LIFE_S, moment)) br; span.q.xs { (moment.t(from_ja, from_en)) } }
        }
    }
}
