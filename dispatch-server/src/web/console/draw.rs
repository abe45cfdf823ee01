//! The dispatch page's parts as HTML.

use super::capacity;
use super::picture::{Picture, ReliefRow, Todo, TodoKind, UnitRow};
use crate::web::clinical::{age_words, complaint_words, sex_words};
use crate::web::live::Panel;
use crate::web::parts::{Moment, age, day_hms, empty, hidden, hms, lasting, stage_track, triage_tag};
use crate::web::state::App;
use crate::web::words::mark_words;
use case::{Checked, EnquiryAnswer};
use dispatch_core::limits::CASES_PAGE;
use dispatch_core::{Alarm, CaseSummary, Watch};
use maud::{Markup, html};
use model::{CaseId, Stage, Timestamp, UnitId};

/// A unit's word is worth something for so many seconds (`dispatch_core::limits::SILENT_MINUTES`).
const HEARD_LIFE_S: i64 = 180;
/// A position is shown as old after so many seconds (design/web.md §5).
const POSITION_LIFE_S: i64 = 60;

/// Rows of units on the page; further ones are on the map and are counted.
const UNITS_SHOWN: usize = 200;

/// The last digits of an id, as crews and dispatchers say them.
pub(crate) fn short(case: CaseId) -> String {
    let text = case.uuid().simple().to_string();
    text.get(text.len().saturating_sub(4)..).unwrap_or_default().to_uppercase()
}

/// All parts.
pub(super) fn panels<S>(app: &App<S>, picture: &Picture, csrf: Option<&str>, moment: Moment) -> Vec<Panel> {
    vec![
        ("todo", todo_panel(picture, csrf, moment)),
        ("units", units_panel(&picture.units, moment)),
        ("capacity", capacity::panel(app, picture, moment)),
        ("cases", cases_panel(app, picture, moment)),
    ]
}

fn todo_panel(picture: &Picture, csrf: Option<&str>, moment: Moment) -> Markup {
    let (todo, units) = (&picture.todo, &picture.units);
    let callsign = |id: UnitId| units.iter().find(|u| u.unit.id == id).map(|u| u.unit.callsign.as_str());
    html! {
        header.ph.nowbar[!todo.is_empty()] { h2 { "要対応" } b.n aria-live="polite" { (todo.len()) } }
        @if todo.is_empty() { div.pb { (empty("いま人の手が要る事案はありません", moment)) } }
        div data-list="" { @for entry in todo { (todo_entry(entry, callsign, csrf, moment)) } }
        (watched(&picture.watched))
        (aside(&picture.aside, callsign))
        @if picture.open_reviews > 0 { (reviews_entry(picture)) }
        @if let Some(until) = picture.disaster { (disaster_entry(until)) }
    }
}

/// 見守り: what will be an alarm soon.
fn watched(list: &[(CaseId, Watch)]) -> Markup {
    html! {
        header.ph.later { h2 { "見守り" } span.q { "まもなく要対応" } }
        @if list.is_empty() { p.pb.q.sm { "いまはありません" } }
        @for (case, watch) in list {
            p.pb.sm {
                a.n href=(format!("/cases/{case}")) { (short(*case)) } " "
                @match watch {
                    Watch::NearlyDifficult { enquiries, minutes, more_enquiries, more_minutes } => {
                        "照会" (enquiries) "・" (minutes) "分　"
                        span.q { "あと" @if *more_enquiries > 0 { (more_enquiries) "回" } @if *more_enquiries > 0 && *more_minutes > 0 { "と" }
                            @if *more_minutes > 0 { (more_minutes) "分" } "で困難" }
                    }
                    Watch::Unanswered { minutes } => { "照会の返答待ち " (minutes) "分" }
                }
            }
        }
    }
}

/// 確認済み: alarms that somebody has seen to. Each comes back when it gets worse.
fn aside<'a>(list: &[(CaseId, Alarm, Checked)], callsign: impl Fn(UnitId) -> Option<&'a str>) -> Markup {
    html! {
        @if !list.is_empty() {
            header.ph.later { h2 { "確認済み " span.n { (list.len()) } } span.q { "悪くなれば要対応に戻ります" } }
            @for (case, alarm, checked) in list {
                p.pb.sm {
                    a.n href=(format!("/cases/{case}")) { (short(*case)) } " "
                    @match alarm {
                        Alarm::Silent { unit, .. } => { "無応答 " (callsign(*unit).unwrap_or("隊")) }
                        alarm => (mark_words(alarm.mark()))
                    }
                    "　" span.q { time.n { (hms(checked.at)) } " 確認" }
                }
            }
        }
    }
}

/// `K`: the alarm was seen to. On the console it goes to 確認済み without the page being left.
pub(crate) fn check_form(case: CaseId, alarm: &Alarm, csrf: &str) -> Markup {
    let mark = serde_json::to_string(&alarm.mark()).unwrap_or_default();
    html! {
        form.inline method="post" action=(format!("/cases/{case}/checked")) data-quiet="" {
            (hidden(csrf))
            button.btn.sml type="submit" name="alarm" value=(mark) data-key="KeyK" data-press="" aria-keyshortcuts="K" {
                kbd aria-hidden="true" { "K" } "確認済み"
            }
            span.nowt.sm role="alert" data-said="" {}
        }
    }
}

/// A period that holds: everybody at the desk knows that crews may look up without a card.
fn disaster_entry(until: Timestamp) -> Markup {
    html! {
        div.pb {
            p { b { "災害時の照会 期間中" } }
            p.q.sm { span.n { (day_hms(until)) } " まで。カードなしでも4情報で照会できます。" }
        }
    }
}

/// The last in the order of harm per minute (design/web.md §1): it waits for a day, not for minutes.
fn reviews_entry(picture: &Picture) -> Markup {
    html! {
        div.pb.todo {
            p { b { "同意なし閲覧の確認待ち " span.n { (picture.open_reviews) } " 件" } }
            @if picture.reviews_here { a.btn href="/reviews" { "確認する" } } @else { p.q.sm { "指令監督または本部管理者が確認します。" } }
        }
    }
}

fn todo_entry<'a>(
    entry: &Todo,
    callsign: impl Fn(UnitId) -> Option<&'a str>,
    csrf: Option<&str>,
    moment: Moment,
) -> Markup {
    let link = format!("/cases/{}", entry.case);
    html! {
        div.nowbox.todo data-entry="" {
            @match &entry.what {
                TodoKind::Unassigned { since } => {
                    p.nowt { (icon()) "未割当の119 " (short(entry.case)) }
                    p.big { (lasting(*since, moment)) }
                    a.btn.now href=(link) data-key="KeyA" aria-keyshortcuts="A" { kbd aria-hidden="true" { "A" } "割り当てる" }
                }
                TodoKind::Alarm(Alarm::Difficult { enquiries, minutes, .. }) => {
                    p.nowt { (icon()) "搬送困難 " (short(entry.case)) }
                    p.big { "照会" (enquiries) "回・現場" (minutes) "分" }
                    a.btn href=(link) { "事案を開く" }
                }
                TodoKind::Alarm(Alarm::Silent { unit, since, .. }) => {
                    p.nowt { (icon()) "隊が無応答 " (callsign(*unit).unwrap_or("隊")) }
                    p.big { @if let Some(since) = since { "最終受信 " (lasting(*since, moment)) " 前" } @else { "まだ一度も受信していません" } }
                    p.sm { "無線で確認してください。" }
                    a.btn href=(link) { "事案を開く" }
                }
                TodoKind::Alarm(alarm) => {
                    p.nowt { (icon()) (short(entry.case)) }
                    p { (alarm.ja()) }
                    a.btn href=(link) { "事案を開く" }
                }
            }
            @if let (TodoKind::Alarm(alarm), Some(csrf)) = (&entry.what, csrf) { (check_form(entry.case, alarm, csrf)) }
        }
    }
}

fn icon() -> Markup {
    html! {
        svg.shape viewBox="0 0 16 16" aria-hidden="true" {
            path d="M8 1 15.5 15H.5Z" fill="currentColor" {}
            path d="M8 6v4.2M8 11.6v1.6" stroke="#fff" stroke-width="1.6" {}
        }
    }
}

fn units_panel(units: &[UnitRow], moment: Moment) -> Markup {
    let silent = units.iter().filter(|u| u.is_silent(moment.now)).count();
    let waiting = units.iter().filter(|u| u.case.is_none() && !u.is_silent(moment.now)).count();
    html! {
        header.ph { h2 { "隊" } span.q { "待機 " b.n { (waiting) } " / " span.n { (units.len()) } @if silent > 0 { " · " span.nowt { "無応答 " (silent) } } } }
        @if units.is_empty() { div.pb { (empty("この本部に登録された隊はありません", moment)) } }
        @else {
            table {
                thead { tr { th { "隊" } th { "状態" } th { "事案" } th { "最終受信" } th { "位置" } } }
                tbody { @for row in shown(units, moment) { (unit_line(row, moment)) } }
            }
            @if units.len() > UNITS_SHOWN { p.pb.q.sm { "ほか " span.n { (units.len() - UNITS_SHOWN) } " 隊は地図と検索（/）で見られます。" } }
        }
    }
}

/// All units, or those that work or are silent first, as far as a page can hold them.
fn shown(units: &[UnitRow], moment: Moment) -> Vec<&UnitRow> {
    let mut rows: Vec<&UnitRow> = units.iter().collect();
    if rows.len() > UNITS_SHOWN {
        rows.sort_by_key(|row| (row.case.is_none(), !row.is_silent(moment.now)));
        rows.truncate(UNITS_SHOWN);
    }
    rows
}

fn unit_line(row: &UnitRow, moment: Moment) -> Markup {
    let silent = row.is_silent(moment.now);
    html! {
        tr.hatch[silent] {
            td {
                b { (row.unit.callsign) }
                @if let Some(relief) = &row.relief { br; span.q.sm { (relief_words(relief)) } }
            }
            td {
                @if silent { span.nowt { "無応答" } " " span.q.sm { "（最後の状態 " (row.duty()) "）" } } @else { (row.duty()) }
            }
            td { @if let Some((case, _)) = row.case { a.n href=(format!("/cases/{case}")) { (short(case)) } } @else { "–" } }
            td { @if let Some(at) = row.live.last_heard { (age(at, HEARD_LIFE_S, moment)) } @else { span.q.sm { "受信なし" } } }
            td {
                @if let Some((place, at)) = row.live.position {
                    span.n.xs { (format!("{:.4}, {:.4}", place.lat(), place.lon())) } " " (age(at, POSITION_LIFE_S, moment))
                } @else { span.q.sm { "位置なし" } }
            }
        }
    }
}

/// `応援 見本市消防本部から 2026-11-21 12:00:00 まで`.
fn relief_words(relief: &ReliefRow) -> String {
    let way = if relief.came { "から" } else { "へ" };
    format!("応援 {}{way} {} まで", relief.other, day_hms(relief.until))
}

fn cases_panel<S>(app: &App<S>, picture: &Picture, moment: Moment) -> Markup {
    let cases = &picture.cases;
    let open = cases.iter().filter(|c| !c.view.is_closed()).count();
    html! {
        header.ph { h2 { "事案 " span.n { (open) } } span.q { "対応中と、2時間以内に終わったもの" } }
        @if cases.is_empty() { div.pb { (empty("いま対応中の事案はありません", moment)) } }
        @else {
            table {
                thead { tr { th { "事案" } th { "緊急度" } th { "訴え・場所" } th { "段階" } th { "経過" } th { "隊" } th { "照会" } th { "搬送先" } th { "更新" } } }
                tbody { @for case in cases { (case_line(app, case, moment)) } }
            }
            @if picture.more_cases { p.pb.q.sm { "新しい " (CASES_PAGE) " 件まで表示しています。これより古い事案は、この一覧に出ていません。" } }
        }
    }
}

fn case_line<S>(app: &App<S>, case: &CaseSummary, moment: Moment) -> Markup {
    let view = &case.view;
    let units = view.units.get(&view.leg()).into_iter().flatten();
    let callsigns = units.map(|(_, callsign)| callsign.as_str()).collect::<Vec<_>>().join("・");
    let began = view.stage(Stage::CallReceived).map_or(case.head.opened_at, |s| s.at);
    html! {
        tr.ended[view.is_closed()] {
            td { a.n href=(format!("/cases/{}", case.head.case)) { (short(case.head.case)) } }
            td { (triage_tag(view.findings.triage)) }
            td {
                (complaint_words(&view.findings)) " " span.q.sm { (age_words(&view.findings)) " " (sex_words(view.findings.sex)) }
                br; span.q.sm { (view.place.as_deref().unwrap_or("場所 未入力")) }
            }
            td { (stage_track(view)) }
            td {
                @if let Some((ending, at)) = view.ending { span.sm { (ending.ja()) " " span.n { (hms(at)) } } }
                @else { (lasting(began, moment)) }
            }
            td.whole { @if callsigns.is_empty() { span.nowt { "未割当" } } @else { (callsigns) } }
            td.n { (view.enquiries.len()) }
            td { (destination(app, case)) }
            td { (age(case.head.changed_at, HEARD_LIFE_S, moment)) }
        }
    }
}

fn destination<S>(app: &App<S>, case: &CaseSummary) -> Markup {
    let view = &case.view;
    if let Some(destination) = view.destination() {
        return html! { (app.hospital_name(destination.hospital)) };
    }
    let waiting = view.enquiries.values().filter(|e| e.released.is_none() && e.answer.is_none()).count();
    let offers = view
        .enquiries
        .values()
        .filter(|e| e.released.is_none() && matches!(e.answer, Some((EnquiryAnswer::Conditional { .. }, _))))
        .count();
    html! {
        @if waiting > 0 { (waiting) "院へ照会中" }
        @if offers > 0 { " 条件付き " (offers) "件" }
        @if waiting == 0 && offers == 0 { "–" }
    }
}
