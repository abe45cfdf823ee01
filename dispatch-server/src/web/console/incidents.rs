//! 事案: one row of two lines each, in the order of what needs a human, triage, time (design/web.md `b01`).

use super::draw::{HEARD_LIFE_S, short};
use super::picture::{Picture, TodoKind};
use super::wanted::{Show, Wanted};
use crate::web::clinical::{age_words, complaint_words, sex_words};
use crate::web::parts::{Moment, age, empty, hms, lasting, stage_track, triage_tag};
use crate::web::state::App;
use case::{CardAnswer, CardOutcome, CaseView, EnquiryAnswer};
use dispatch_core::limits::CASES_PAGE;
use dispatch_core::{Alarm, CaseSummary, Watch};
use maud::{Markup, html};
use model::{CaseId, CrewId, Stage, Timestamp, Triage};
use patient_history::ConsentBasis;
use std::collections::BTreeSet;

/// The panel. `me`: the dispatcher who looks.
pub(super) fn panel<S>(app: &App<S>, picture: &Picture, wanted: &Wanted, me: Option<CrewId>, moment: Moment) -> Markup {
    let open = picture.cases.iter().filter(|c| !c.view.is_closed()).count();
    let rows = chosen(picture, wanted.show, me);
    let t = |ja, en| moment.t(ja, en);
    let (ja, en) = wanted.show.words();
    let next = Wanted { show: wanted.show.next(), ..wanted.clone() };
    html! {
        header.ph {
            h2 { (t("事案", "Incidents")) " " span.n { (open) } }
            span.q.sm { (t("要対応 → 緊急度 → 経過の順", "needs you → triage → elapsed")) }
            span.sp {}
            a.btn.sml href=(next.link()) data-key="KeyF" aria-keyshortcuts="F" {
                kbd aria-hidden="true" { "F" } (t("絞る", "Filter")) ": " (t(ja, en))
            }
        }
        @if rows.is_empty() { div.pb { (empty(nothing(wanted.show, moment), moment)) } }
        @else {
            table.cases {
                thead { tr {
                    th { (t("事案", "No.")) } th { (t("緊急度", "Triage")) } th { (t("種別・場所", "Type, place")) }
                    th { (t("段階", "Stage")) } th.r { (t("経過", "Elapsed")) } th { (t("隊・カード", "Unit, card")) }
                    th { (t("照会", "Asked")) } th { (t("搬送先", "Hospital")) }
                } }
                tbody { @for case in rows { (line(app, picture, case, moment)) } }
            }
            @if picture.more_cases {
                p.pb.q.sm { (t("新しい", "The newest")) " " (CASES_PAGE) " "
                    (t("件まで表示しています。これより古い事案は、この一覧に出ていません。", "are shown. Older ones are not in this list.")) }
            }
        }
    }
}

fn nothing(show: Show, moment: Moment) -> &'static str {
    match show {
        Show::All | Show::Open => moment.t("いま対応中の事案はありません", "No incident is open"),
        Show::Own => moment.t("自分が受けた事案はありません", "You have opened no incident"),
        Show::Hard => {
            moment.t("困難な事案も、まもなく困難になる事案もありません", "None is hard to place, or nearly so")
        }
    }
}

/// The rows that are wanted, in the order of the list.
fn chosen(picture: &Picture, show: Show, me: Option<CrewId>) -> Vec<&CaseSummary> {
    let urgent: BTreeSet<CaseId> = picture.todo.iter().map(|todo| todo.case).collect();
    let nearly = |(case, watch): &(CaseId, Watch)| matches!(watch, Watch::NearlyDifficult { .. }).then_some(*case);
    let difficult = |alarm: &Alarm| matches!(alarm, Alarm::Difficult { .. });
    let now = picture.todo.iter().filter(|todo| matches!(&todo.what, TodoKind::Alarm(alarm) if difficult(alarm)));
    let aside = picture.aside.iter().filter(|(_, alarm, _)| difficult(alarm)).map(|(case, ..)| *case);
    let hard: BTreeSet<CaseId> =
        now.map(|todo| todo.case).chain(aside).chain(picture.watched.iter().filter_map(nearly)).collect();
    let fits = |case: &&CaseSummary| match show {
        Show::All => true,
        Show::Open => !case.view.is_closed(),
        Show::Own => me.is_some() && case.view.opened_by == me,
        Show::Hard => hard.contains(&case.head.case),
    };
    let mut rows: Vec<&CaseSummary> = picture.cases.iter().filter(fits).collect();
    rows.sort_by_key(|case| order(case, urgent.contains(&case.head.case)));
    rows
}

/// Not yet triaged stands right behind red: unknown may be severe (design/web.md §4).
fn order(case: &CaseSummary, urgent: bool) -> (bool, bool, u8, Timestamp) {
    let triage = match case.view.findings.triage {
        Some(Triage::Red) => 0,
        None => 1,
        Some(Triage::Yellow) => 2,
        Some(Triage::Green) => 3,
        Some(Triage::Black) => 4,
    };
    (case.view.is_closed(), !urgent, triage, began(case))
}

fn began(case: &CaseSummary) -> Timestamp {
    case.view.stage(Stage::CallReceived).map_or(case.head.opened_at, |s| s.at)
}

fn line<S>(app: &App<S>, picture: &Picture, case: &CaseSummary, moment: Moment) -> Markup {
    let view = &case.view;
    let units = view.units.get(&view.leg()).into_iter().flatten();
    let callsigns = units.map(|(_, callsign)| callsign.as_str()).collect::<Vec<_>>().join("・");
    let urgent = picture.todo.iter().any(|todo| todo.case == case.head.case);
    html! {
        tr.ended[view.is_closed()].urgent[urgent] {
            td { a.n href=(format!("/cases/{}", case.head.case)) { (short(case.head.case)) } }
            td { (triage_tag(view.findings.triage)) }
            td.cut { (kind(view, moment)) br; span.q.sm { (view.place.as_deref().unwrap_or(moment.t("場所 未入力", "no place yet"))) } }
            td.stage { (stage_track(view.last_stage().map(|(stage, _)| stage), moment)) }
            td.r {
                @if let Some((ending, at)) = view.ending { span.sm { (ending.ja()) " " span.n { (hms(at)) } } }
                @else { b { (lasting(began(case), moment)) } br; (age(case.head.changed_at, HEARD_LIFE_S, moment)) }
            }
            td.cut {
                @if callsigns.is_empty() { b.nowt { (moment.t("未割当", "unassigned")) } } @else { (callsigns) }
                br; span.q.sm { (card(view, moment)) }
            }
            td.n { (view.enquiries.len()) }
            td.cut { (destination(app, case, moment)) }
        }
    }
}

/// What it is about, and whom, as far as anything is known.
fn kind(view: &CaseView, moment: Moment) -> Markup {
    let findings = &view.findings;
    let known = !findings.complaints.is_empty();
    let age = findings.age_years.is_some() || findings.age_band.is_some();
    html! {
        @if known { (complaint_words(findings)) }
        @else if view.last_stage().is_some_and(|(stage, _)| stage > Stage::Notified) { (moment.t("観察まえ", "not assessed yet")) }
        @else { (moment.t("119受付", "119 call")) }
        @if age { " " span.q.sm { (age_words(findings)) } }
        @if findings.sex.is_some() { " " span.q.sm { (sex_words(findings.sex)) } }
    }
}

/// Where card and history stand, in a word.
fn card(view: &CaseView, moment: Moment) -> &'static str {
    let (ja, en) = match (view.consent().map(|consent| &consent.basis), &view.card, view.card_asked) {
        (Some(ConsentBasis::Spoken { .. }), ..) => ("読取済・同意", "read, consent"),
        (Some(ConsentBasis::NotObtainable { .. }), ..) => ("同意なし閲覧", "no consent"),
        (Some(ConsentBasis::Refused { .. }), ..) => ("不同意", "refused"),
        (None, Some((CardOutcome::Read, _)), _) => ("読取済", "card read"),
        (None, Some((CardOutcome::Failed { .. }, _)), _) => ("読めず", "not read"),
        (None, None, Some((CardAnswer::Ready, _))) => ("用意あり", "ready"),
        (None, None, Some((CardAnswer::NotAtHand, _))) => ("手元にない", "not at hand"),
        (None, None, Some((CardAnswer::HasNone, _))) => ("持っていない", "has none"),
        (None, None, Some((CardAnswer::CouldNotAsk, _))) => ("聞けない", "could not ask"),
        (None, None, None) => ("要確認", "ask caller"),
    };
    moment.t(ja, en)
}

fn destination<S>(app: &App<S>, case: &CaseSummary, moment: Moment) -> Markup {
    let view = &case.view;
    if let Some(destination) = view.destination() {
        return html! { (app.hospital_name(destination.hospital)) };
    }
    let waiting = view.enquiries.values().filter(|e| e.released.is_none() && e.answer.is_none()).count();
    let conditional = |e: &&case::EnquiryState| {
        e.released.is_none() && matches!(e.answer, Some((EnquiryAnswer::Conditional { .. }, _)))
    };
    let offers = view.enquiries.values().filter(conditional).count();
    html! {
        @if waiting > 0 { @if moment.en { "asking " (waiting) } @else { (waiting) "院へ照会中" } }
        @if offers > 0 { " " (moment.t("条件付き", "offers")) " " (offers) }
        @if waiting == 0 && offers == 0 { "–" }
    }
}
