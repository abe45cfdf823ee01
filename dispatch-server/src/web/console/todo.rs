//! 要対応, 見守り, 確認済み: what needs a human now, soon, and what somebody has seen to (design/web.md §1).

use super::draw::short;
use super::picture::{Picture, Todo, TodoKind};
use crate::web::parts::{Moment, day_hms, empty, hidden, hms, lasting};
use crate::web::words::{alarm_en, mark_en, mark_words};
use case::Checked;
use dispatch_core::{Alarm, Watch};
use maud::{Markup, html};
use model::{CaseId, Timestamp, UnitId};

/// The panel. `csrf`: whoever looks may act.
pub(super) fn panel(picture: &Picture, csrf: Option<&str>, moment: Moment) -> Markup {
    let (todo, units) = (&picture.todo, &picture.units);
    let callsign = |id: UnitId| units.iter().find(|u| u.unit.id == id).map(|u| u.unit.callsign.as_str());
    let t = |ja, en| moment.t(ja, en);
    html! {
        header.ph.nowbar[!todo.is_empty()] { h2 { (t("要対応", "Needs you")) } b.n aria-live="polite" { (todo.len()) }
            span.sp {} span.q.sm { kbd aria-hidden="true" { "↑" } kbd aria-hidden="true" { "↓" } (t("選ぶ", "move")) }
        }
        @if todo.is_empty() { div.pb { (empty(t("いま人の手が要る事案はありません", "No incident needs a human now"), moment)) } }
        div data-list="" { @for entry in todo { (todo_entry(entry, callsign, csrf, moment)) } }
        (watched(&picture.watched, moment))
        (aside(picture, callsign, moment))
        @if picture.open_reviews > 0 { (reviews_entry(picture, moment)) }
        @if let Some(until) = picture.disaster { (disaster_entry(until, moment)) }
    }
}

/// What the page sounds for, by name; a script compares it with what it was (design/web.md §7).
pub(super) fn alarm_names(picture: &Picture) -> String {
    let name = |todo: &Todo| match &todo.what {
        TodoKind::Unassigned { .. } => Some(format!("call {}", todo.case)),
        TodoKind::Alarm(Alarm::Difficult { .. }) => Some(format!("hard {}", todo.case)),
        TodoKind::Alarm(Alarm::Silent { unit, .. }) => Some(format!("silent {unit}")),
        TodoKind::Alarm(_) => None,
    };
    picture.todo.iter().filter_map(name).collect::<Vec<_>>().join("\n")
}

/// 見守り: what will be an alarm soon.
fn watched(list: &[(CaseId, Watch)], moment: Moment) -> Markup {
    html! {
        header.ph.later { h2 { (moment.t("見守り", "Watch")) } span.q { (moment.t("まもなく要対応", "soon needs you")) } }
        @if list.is_empty() { p.pb.q.sm { (moment.t("いまはありません", "None now")) } }
        @for (case, watch) in list {
            p.pb.sm { a.n href=(format!("/cases/{case}")) { (short(*case)) } " " (watch_words(watch, moment)) }
        }
    }
}

/// `照会3・24分　あと1回と6分で困難`.
pub(super) fn watch_words(watch: &Watch, moment: Moment) -> String {
    match (watch, moment.en) {
        (Watch::NearlyDifficult { enquiries, minutes, more_enquiries, more_minutes }, false) => {
            let more = [
                (*more_enquiries > 0).then(|| format!("{more_enquiries}回")),
                (*more_minutes > 0).then(|| format!("{more_minutes}分")),
            ];
            let more = more.into_iter().flatten().collect::<Vec<_>>().join("と");
            format!("照会{enquiries}・{minutes}分　あと{more}で困難")
        }
        (Watch::NearlyDifficult { enquiries, minutes, more_enquiries, more_minutes }, true) => {
            format!("{enquiries} asked, {minutes} min; hard in {more_enquiries} + {more_minutes} min")
        }
        (Watch::Unanswered { minutes }, false) => format!("照会の返答待ち {minutes}分"),
        (Watch::Unanswered { minutes }, true) => format!("no answer for {minutes} min"),
    }
}

/// 確認済み: alarms that somebody has seen to. Each comes back when it gets worse.
fn aside<'a>(picture: &Picture, callsign: impl Fn(UnitId) -> Option<&'a str>, moment: Moment) -> Markup {
    let list = &picture.aside;
    let who =
        |checked: &Checked| checked.by.and_then(|by| picture.names.get(&by)).map(String::as_str).unwrap_or_default();
    html! {
        @if !list.is_empty() {
            header.ph.later { h2 { (moment.t("確認済み", "Seen to")) " " span.n { (list.len()) } }
                span.q { (moment.t("悪くなれば要対応に戻ります", "comes back if it gets worse")) } }
            @for (case, alarm, checked) in list {
                p.pb.sm {
                    a.n href=(format!("/cases/{case}")) { (short(*case)) } " "
                    @match alarm {
                        Alarm::Silent { unit, .. } => { (moment.t("無応答", "Silent")) " " (callsign(*unit).unwrap_or("隊")) }
                        alarm => (moment.t(mark_words(alarm.mark()), mark_en(alarm.mark()))),
                    }
                    "　" span.q { time.n { (hms(checked.at)) } " " (who(checked)) " " (moment.t("確認", "checked")) }
                }
            }
        }
    }
}

/// `K`: the alarm was seen to. On the console it goes to 確認済み without the page being left.
pub(crate) fn check_form(case: CaseId, alarm: &Alarm, csrf: &str, moment: Moment) -> Markup {
    let mark = serde_json::to_string(&alarm.mark()).unwrap_or_default();
    html! {
        form.inline method="post" action=(format!("/cases/{case}/checked")) data-quiet="" {
            (hidden(csrf))
            button.btn.sml type="submit" name="alarm" value=(mark) data-key="KeyK" data-press="" aria-keyshortcuts="K" {
                kbd aria-hidden="true" { "K" } (moment.t("確認済み", "Checked"))
            }
            span.nowt.sm role="alert" data-said="" {}
        }
    }
}

/// A period that holds: everybody at the desk knows that crews may look up without a card.
fn disaster_entry(until: Timestamp, moment: Moment) -> Markup {
    html! {
        div.pb {
            p { b { (moment.t("災害時の照会 期間中", "Disaster period")) } }
            p.q.sm { span.n { (day_hms(until)) } " "
                (moment.t("まで。カードなしでも4情報で照会できます。", "is its end. Look-ups without a card are possible.")) }
        }
    }
}

/// The last in the order of harm per minute (design/web.md §1): it waits for a day, not for minutes.
fn reviews_entry(picture: &Picture, moment: Moment) -> Markup {
    html! {
        div.pb.todo {
            p { b { (moment.t("同意なし閲覧の確認待ち", "No-consent views")) " " span.n { (picture.open_reviews) } " " (moment.t("件", "")) } }
            @if picture.reviews_here { a.btn href="/reviews" { (moment.t("確認する", "Open queue")) } }
            @else { p.q.sm { (moment.t("指令監督または本部管理者が確認します。", "A supervisor reviews them.")) } }
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
    let t = |ja, en| moment.t(ja, en);
    html! {
        div.nowbox.todo data-entry="" {
            @match &entry.what {
                TodoKind::Unassigned { since } => {
                    p.nowt { (icon()) (t("未割当の119", "Unassigned 119")) " " (short(entry.case)) }
                    p.big { (lasting(*since, moment)) }
                    a.btn.now href=(link) data-key="KeyA" aria-keyshortcuts="A" { kbd aria-hidden="true" { "A" } (t("割り当てる", "Assign")) }
                }
                TodoKind::Alarm(Alarm::Difficult { enquiries, minutes, .. }) => {
                    p.nowt { (icon()) (t("搬送困難", "Hard to place")) " " (short(entry.case)) }
                    p.big { @if moment.en { (enquiries) " asked, " (minutes) " min" } @else { "照会" (enquiries) "回・現場" (minutes) "分" } }
                    a.btn href=(link) { (t("事案を開く", "Open")) }
                }
                TodoKind::Alarm(Alarm::Silent { unit, since, .. }) => {
                    p.nowt { (icon()) (t("隊が無応答", "Unit silent")) " " (callsign(*unit).unwrap_or("隊")) }
                    p.big { @if let Some(since) = since { (t("最終受信", "last heard")) " " (lasting(*since, moment)) " " (t("前", "ago")) }
                        @else { (t("まだ一度も受信していません", "never heard")) } }
                    p.sm { (t("無線で確認してください。", "Use the radio.")) }
                    a.btn href=(link) { (t("事案を開く", "Open")) }
                }
                TodoKind::Alarm(alarm) => {
                    p.nowt { (icon()) (short(entry.case)) }
                    p { @if moment.en { (alarm_en(alarm)) } @else { (alarm.ja()) } }
                    a.btn href=(link) { (t("事案を開く", "Open")) }
                }
            }
            @if let (TodoKind::Alarm(alarm), Some(csrf)) = (&entry.what, csrf) { (check_form(entry.case, alarm, csrf, moment)) }
        }
    }
}

/// A human is needed.
pub(super) fn icon() -> Markup {
    html! {
        svg.shape viewBox="0 0 16 16" aria-hidden="true" {
            path d="M8 1 15.5 15H.5Z" fill="currentColor" {}
            path d="M8 6v4.2M8 11.6v1.6" stroke="#fff" stroke-width="1.6" {}
        }
    }
}
