//! The parts of a case's page as HTML.

use super::messages;
use crate::web::clinical::{age_words, complaint_words, findings_table, sex_words};
use crate::web::console::check_form;
use crate::web::live::Panel;
use crate::web::parts::{Moment, age, empty, hms, lasting, minutes_seconds, stage_time, triage_tag};
use crate::web::state::App;
use crate::web::words::{answer_words, consent_words, how_words, mark_of, release_words, sentence, seqs, writer_words};
use case::{CaseView, EnquiryState, LookupOutcome};
use dispatch_core::{Alarm, CaseTimeline, TimelineEntry, alarms, put_aside};
use maud::{Markup, html};
use model::{Position, Stage, Timestamp};

/// A case that has not changed for so many seconds is drawn as old.
const CASE_LIFE_S: i64 = 600;

/// A position is drawn as old after so many seconds (design/web.md §5).
const POSITION_LIFE_S: i64 = 60;

/// All parts.
pub(super) fn panels<S>(app: &App<S>, timeline: &CaseTimeline, csrf: Option<&str>, moment: Moment) -> Vec<Panel> {
    let (view, case) = (&timeline.view, timeline.head.case);
    // Before a unit is sent the digits choose units; then they answer the question about the card.
    let digits = !view.units.is_empty();
    vec![
        ("head", head(app, timeline, csrf, moment)),
        ("card", messages::card(view, case, csrf, digits, moment)),
        ("messages", messages::panel(view, moment)),
        ("place", place(app, view, moment)),
        ("stages", stages(view)),
        ("findings", findings(view, moment)),
        ("enquiries", enquiries(app, view, moment)),
        ("basis", basis(timeline, moment)),
        ("timeline", entries(app, timeline, moment)),
    ]
}

fn head<S>(app: &App<S>, timeline: &CaseTimeline, csrf: Option<&str>, moment: Moment) -> Markup {
    let view = &timeline.view;
    let units = view.units.values().flatten().map(|(_, callsign)| callsign.as_str()).collect::<Vec<_>>().join("・");
    let alarms = alarms(view, moment.now, |unit| app.units.live(unit).last_heard);
    html! {
        div.headline {
            (triage_tag(view.findings.triage))
            div {
                p.big { (complaint_words(&view.findings)) }
                p.q {
                    (age_words(&view.findings)) " " (sex_words(view.findings.sex))
                    " · " (view.place.as_deref().unwrap_or("場所 未入力")) " · "
                    @if units.is_empty() { span.nowt { "未割当" } } @else { (units) }
                }
            }
            div.key { span.q { "照会" } b.n { (view.enquiries.len()) "回" } }
            @if let (Some(arrived), None) = (view.stage(Stage::OnScene), view.stage(Stage::LeftScene)) {
                div.key { span.q { "現場" } b { (lasting(arrived.at, moment)) } }
            }
            div.key { span.q { "搬送先" } b { @if let Some(d) = view.destination() { (app.hospital_name(d.hospital)) } @else { "未定" } }
                @if let Some(d) = view.destination() { span.q.sm { (how_words(d.how)) " " span.n { (hms(d.at)) } } }
            }
            @if let Some((ending, at)) = view.ending { div.key { span.q { "終了" } b { (ending.ja()) } span.n { (hms(at)) } } }
            div.key { span.q { "最後の記録" } (age(timeline.head.changed_at, CASE_LIFE_S, moment)) }
        }
        @for alarm in &alarms { (alarm_line(timeline, alarm, csrf, moment)) }
        @if view.not_understood > 0 { p.nowbox { "この版では読めない記録が " b.n { (view.not_understood) } " 件あります（消えてはいません）。" } }
        @if let Some(text) = &view.call_text { p.pb { span.q { "通報　" } (text) } }
    }
}

/// An alarm with the key that puts it aside, or who did so when.
fn alarm_line(timeline: &CaseTimeline, alarm: &Alarm, csrf: Option<&str>, moment: Moment) -> Markup {
    let checked = put_aside(&timeline.view, alarm, moment.now);
    html! {
        @if let Some(checked) = checked {
            p.pb.sm { (alarm.ja()) "　" span.q { "確認済み " time.n { (hms(checked.at)) } } }
        } @else {
            div.nowbox.row data-entry="" {
                p.nowt { (alarm.ja()) }
                @if let Some(csrf) = csrf { (check_form(timeline.head.case, alarm, csrf, moment)) }
            }
        }
    }
}

/// Digits of a degree in which the small map is told places: some 10 m for what stands, some 100 m for a unit, because a part
/// that changes with every metre would be drawn anew all the time.
const STANDS: usize = 4;
const MOVES: usize = 3;

/// Scene, the unit that was sent last and the destination on the outlines of the land; painted by the script. Nothing where no
/// scene is known.
fn place<S>(app: &App<S>, view: &CaseView, moment: Moment) -> Markup {
    let Some(scene) = view.scene else { return html! {} };
    let at = |place: Position, digits: usize| format!("{:.*},{:.*}", digits, place.lat(), digits, place.lon());
    let sent = view.units.values().flatten().next_back();
    let unit = sent.and_then(|(unit, callsign)| Some((app.units.live(*unit).position?, callsign.as_str())));
    let to = view.destination().and_then(|d| app.hospitals.get(d.hospital));
    html! {
        header.ph { h2 { "場所" } @if let Some(place) = &view.place { span.q { (place) } } }
        figure.small.pb {
            canvas data-small="" data-scene=(at(scene, STANDS)) data-scene-words="現場"
                data-unit=[unit.map(|((place, _), _)| at(place, MOVES))] data-callsign=[unit.map(|(_, callsign)| callsign)]
                data-here=[to.map(|hospital| at(hospital.position, STANDS))] data-you=[to.map(|hospital| hospital.short_name())]
                role="img" aria-label=(place_words(unit.map(|(_, callsign)| callsign), to.map(|hospital| hospital.short_name()))) {}
            figcaption.q.xs {
                @if let Some(((_, seen), _)) = unit { "隊の位置 " (age(seen, POSITION_LIFE_S, moment)) "・" }
                "国土数値情報（国土交通省）を加工"
            }
        }
    }
}

/// What the picture shows, for whoever does not see it.
fn place_words(callsign: Option<&str>, hospital: Option<&str>) -> String {
    let named = [Some("現場"), callsign, hospital];
    format!("{}の位置", named.into_iter().flatten().collect::<Vec<_>>().join("・"))
}

fn stages(view: &CaseView) -> Markup {
    html! {
        header.ph { h2 { "段階" } span.q { "± は時計が未照合" } }
        table {
            thead { tr { th { "段階" } th { "時刻" } th { "要した時間" } } }
            tbody { @for leg in 1..=view.leg() { (leg_rows(view, leg)) } }
        }
    }
}

fn leg_rows(view: &CaseView, leg: u8) -> Markup {
    let mut before = None;
    html! {
        @if view.leg() > 1 { tr { th colspan="3" scope="rowgroup" { (leg) "区間目" } } }
        @for stage in Stage::ALL {
            @let time = view.stages.get(&(leg, stage));
            tr {
                th scope="row" { (stage.ja()) }
                td { @if let Some(time) = time { (stage_time(time)) } @else { "–" }
                    @if view.reported.contains_key(&(leg, stage)) { br; span.q.xs { "指令システム・無線から" } } }
                td.n.sm { @if let (Some(time), Some(before)) = (time, before) { (between(before, time.at)) } }
            }
            ({ before = time.map(|t| t.at).or(before); "" })
        }
    }
}

/// Stages of writers whose clocks differ may stand in the wrong order: then no duration is claimed.
fn between(before: Timestamp, at: Timestamp) -> String {
    let seconds = at.since_us(before) / 1_000_000;
    if seconds < 0 { "時計差".to_owned() } else { minutes_seconds(seconds) }
}

fn findings(view: &CaseView, moment: Moment) -> Markup {
    html! {
        header.ph { h2 { "観察" } span.q { "隊の記録" } }
        div.pb { (findings_table(&view.findings_at(moment.now), &view.vitals_at, moment)) }
    }
}

fn enquiries<S>(app: &App<S>, view: &CaseView, moment: Moment) -> Markup {
    let mut list: Vec<&EnquiryState> = view.enquiries.values().collect();
    list.sort_by_key(|e| core::cmp::Reverse((e.sent_at, e.hospital)));
    html! {
        header.ph { h2 { "照会の記録" } span.q { (list.len()) "回・電話の照会も1回に数える" } }
        @if list.is_empty() { div.pb { (empty("まだ照会していません", moment)) } }
        @else {
            table {
                thead { tr { th { "病院" } th { "送信" } th { "表示" } th { "回答" } th { "待ち" } th { "結果" } } }
                tbody { @for enquiry in list { (enquiry_row(app, view, enquiry, moment)) } }
            }
        }
    }
}

fn enquiry_row<S>(app: &App<S>, view: &CaseView, enquiry: &EnquiryState, moment: Moment) -> Markup {
    let decided = view.destination().is_some_and(|d| d.hospital == enquiry.hospital);
    html! {
        tr {
            td { (app.hospital_name(enquiry.hospital)) @if enquiry.by_telephone { " " span.chip { "電話" } } }
            td.n { (hms(enquiry.sent_at)) }
            td.n { @if let Some(at) = enquiry.seen_at { (hms(at)) } @else { "–" } }
            td { @if let Some((answer, at)) = &enquiry.answer { (answer_words(answer)) " " span.n.sm { (hms(*at)) } } @else { "未回答" } }
            td.n { @match &enquiry.answer {
                Some((_, at)) => (minutes_seconds(at.since_us(enquiry.sent_at) / 1_000_000)),
                None if enquiry.released.is_none() => (lasting(enquiry.sent_at, moment)),
                None => "–",
            } }
            td { @if decided { b { "搬送先" } } @else if let Some(reason) = enquiry.released { (release_words(reason)) } @else { "照会中" } }
        }
    }
}

fn basis(timeline: &CaseTimeline, moment: Moment) -> Markup {
    let view = &timeline.view;
    html! {
        header.ph { h2 { "同意と履歴照会" } span.q { "内容はここには出ません" } }
        div.pb {
            @if view.consents.is_empty() { (empty("同意の記録はありません", moment)) }
            @for consent in &view.consents {
                p { span.n { (hms(consent.at)) } " " (consent_words(&consent.basis)) @if consent.withdrawn { " " b { "取消" } } }
            }
            @for lookup in view.lookups.values() {
                p { span.n { (hms(lookup.asked_at)) } " 照会: " @match &lookup.outcome {
                    Some(LookupOutcome::Answered) => { "回答あり" @if lookup.viewed { "・隊が閲覧" } },
                    Some(LookupOutcome::Failed { code }) => { "回答なし（" (code) "）" },
                    Some(LookupOutcome::Expired { code }) => { "期限切れ（" (code) "）" },
                    None => "回答待ち",
                } }
            }
            p { a href=(format!("/receipt/{}", timeline.head.case)) { "患者への閲覧の控え（印刷・QR）" } }
            @if let Some((_, sha256)) = &view.handover_document {
                p.xs.q { "引継書 SHA-256 " code { (sha256.get(..16).unwrap_or(sha256)) "…" } }
            }
        }
        @for gap in &view.gaps {
            p.nowbox { b { "記録の欠落の可能性" } " タブレットの保存領域が失われました。" (gap.known_through) "件目までは受信しています。隊に確認してください。" }
        }
        @for lost in &view.lost {
            p.nowbox { b { "失われた記録" } " タブレットで読めなくなった記録です（" (seqs(lost)) "）。紙の控えで補うよう、隊に伝えてください。" }
        }
    }
}

fn entries<S>(app: &App<S>, timeline: &CaseTimeline, moment: Moment) -> Markup {
    let mut list: Vec<&TimelineEntry> = timeline.entries.iter().collect();
    list.sort_by_key(|entry| core::cmp::Reverse((entry.at, entry.position)));
    html! {
        header.ph { h2 { "経過" } span.q { "新しい順・" (list.len()) "件" } span.sp {} (age(timeline.head.changed_at, CASE_LIFE_S, moment)) }
        ol.line {
            @for entry in list {
                li {
                    time.n { (hms(entry.at)) @if entry.event.at.offset.is_none() { "±" } }
                    i class=(mark_of(&entry.event.body)) {}
                    span { (sentence(&entry.event.body, &app.hospitals)) }
                    small.q { (writer_words(&entry.event.writer)) }
                }
            }
        }
        p.pb.xs.q { "● 段階　○ 記録　□ 照会　◆ 注意。隊の画面・病院の画面と同じ記録です。" }
    }
}
