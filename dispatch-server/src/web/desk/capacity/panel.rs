//! Levels and stops as they stand: narrow beside the board, wide on the page of capacity.

use super::{CATEGORIES, Category, Known, LEVELS, STOP_MINUTES, STOPS, key, sign_of, source_words};
use crate::web::parts::{Moment, age, hm, remaining};
use hospital_selection::params::LEVEL_MINUTES;
use hospital_selection::{CapacityReport, CapacitySource};
use maud::{Markup, html};

/// A value that a desk entered is drawn as fresh for so long, seconds.
const VALUE_SECONDS: i64 = LEVEL_MINUTES * 60;

/// The words of an hour more.
const LONGER: (&str, &str) = ("＋1時間", "+1 h");

/// Beside the board.
pub(crate) fn panel(known: &Known, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("応需情報", "Capacity")) }
                span.q.sm { (moment.t("◎余裕 ○可 ×不可・期限で自動に戻る", "◎ open +  ○ open  × closed; ends by itself")) }
                span.sp {}
                a.btn.sml href="/desk/capacity" { (moment.t("週間・多数傷病者", "Week, mass casualty")) }
            }
            table.capacity {
                (heads(moment, false))
                tbody { @for of in &CATEGORIES { (category_row(of, known, csrf, moment, false)) } }
            }
        }
        (stops_panel(known, csrf, moment))
        (fresh_panel(known, moment))
    }
}

/// On the page of capacity: with what comes after each value.
pub(crate) fn wide_panel(known: &Known, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("いまの応需", "Capacity now")) }
                span.q.sm { (moment.t("手入力は2時間で切れる。切れたら週間の型、なければ基準の確率に戻る",
                    "A typed value lasts 2 h; then the weekly pattern speaks, else the usual probability")) }
            }
            table.capacity.wide {
                (heads(moment, true))
                tbody { @for of in &CATEGORIES { (category_row(of, known, csrf, moment, true)) } }
            }
        }
    }
}

fn heads(moment: Moment, wide: bool) -> Markup {
    html! { thead { tr {
        th scope="col" { (moment.t("区分", "Category")) }
        th scope="col" { (moment.t("◎余裕 ○可 ×不可", "◎ open +  ○ open  × closed")) }
        th scope="col" { (moment.t("期限・もと", "Until, source")) }
        @if wide { th scope="col" { (moment.t("切れた後", "Then")) } th scope="col" { (moment.t("延ばす", "Longer")) } }
    } } }
}

fn category_row(of: &Category, known: &Known, csrf: &str, moment: Moment, wide: bool) -> Markup {
    let said = known.level(of.of);
    let name = of.words(moment);
    let soon = known.soon_over(moment.now).is_some_and(|(soon, ..)| soon.of == of.of);
    html! {
        tr.soon[soon] {
            th scope="row" { (name) }
            td { (level_buttons(of, said, csrf, moment, wide)) }
            td { @if let Some(report) = said { (stands(report, moment)) }
                 @else { span.q.xs { (moment.t("入力なし・普段の値", "not entered; as usual")) } } }
            @if wide {
                td.xs { (then(of, known, moment)) }
                td { @if said.is_some_and(|report| report.source == CapacitySource::Desk) {
                    form method="post" action="/desk/capacity" {
                        (hidden(of, csrf, wide))
                        button.btn.sml name="say" value="longer"
                            aria-label=(format!("{name} {}", moment.t(LONGER.0, LONGER.1))) { (moment.t(LONGER.0, LONGER.1)) }
                    }
                } }
            }
        }
    }
}

fn hidden(of: &Category, csrf: &str, wide: bool) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(csrf);
        input type="hidden" name="of" value=(key(of.of));
        @if wide { input type="hidden" name="on" value="capacity"; }
    }
}

fn level_buttons(of: &Category, said: Option<&CapacityReport>, csrf: &str, moment: Moment, wide: bool) -> Markup {
    let name = of.words(moment);
    html! {
        form method="post" action="/desk/capacity" {
            (hidden(of, csrf, wide))
            div.levels role="group" aria-label=(name) { @for level in &LEVELS {
                button.btn.level name="say" value=(level.value) aria-label=(format!("{name} {}", moment.t(level.ja, level.en)))
                    aria-pressed=(said.is_some_and(|r| r.state == level.state).to_string()) { (level.sign) }
            } }
        }
    }
}

/// How long it stands, how old it is, who said it.
fn stands(report: &CapacityReport, moment: Moment) -> Markup {
    let typed = report.source == CapacitySource::Desk;
    html! {
        @if let Some(until) = report.until {
            span.bar data-from=(report.at.millis()) data-to=(until.millis()) aria-hidden="true" { i {} }
            (moment.t("残り", "left")) " " (remaining(until, moment)) " "
        } @else { (age(report.at, VALUE_SECONDS, moment)) " " }
        span.q.xs { (source_words(report.source, moment)) @if typed { " " span.n { (hm(report.at)) } } }
    }
}

/// What counts when the value is over.
fn then(of: &Category, known: &Known, moment: Moment) -> Markup {
    let over = known.level(of.of).and_then(|report| report.until).unwrap_or(moment.now);
    html! {
        "→ "
        @if let Some((state, until)) = known.pattern(of.of, over) {
            (moment.t("週間", "week")) " " b { (sign_of(state, moment).0) } " " span.n { "〜" (hm(until)) }
        } @else { (moment.t("基準の確率", "usual probability")) " " span.n { (format!("{:.2}", known.usual)) } }
    }
}

/// What is down, until when.
pub(crate) fn stops_panel(known: &Known, csrf: &str, moment: Moment) -> Markup {
    html! {
        div.p {
            header.ph {
                h2 { (moment.t("停止", "Down")) }
                span.q.sm { (moment.t("終わりの時刻は必ず入ります", "always with an end")) }
            }
            table.capacity {
                thead { tr {
                    th scope="col" { (moment.t("設備", "What")) }
                    th scope="col" { (moment.t("状態", "State")) }
                    th scope="col" { (moment.t("停止する", "Stop for")) }
                } }
                tbody { @for what in &STOPS { (stop_row(what, known, csrf, moment)) } }
            }
        }
    }
}

fn stop_row(what: &Category, known: &Known, csrf: &str, moment: Moment) -> Markup {
    let stopped = known.stop(what.of);
    let name = what.words(moment);
    let down = moment.t("停止", "down");
    html! {
        tr {
            th scope="row" { (name) }
            td { @if let Some(until) = stopped.and_then(|r| r.until) {
                b.nowt { (down) " " span.n { (hm(until)) } (moment.t("まで", "")) } " " (moment.t("残り", "left")) " " (remaining(until, moment))
            } @else { (moment.t("使用可", "usable")) } }
            td { form.row method="post" action="/desk/capacity" {
                (hidden(what, csrf, false))
                @for (minutes, ja, en) in STOP_MINUTES {
                    @let words = moment.t(ja, en);
                    button.btn.sml name="say" value=(format!("down-{minutes}")) aria-label=(format!("{name} {down} {words}")) { (words) }
                }
                @if stopped.is_some() {
                    @let lift = moment.t("停止を解除", "Lift: usable again");
                    button.btn.sml.now name="say" value="down-0" aria-label=(format!("{name} {lift}")) { (moment.t("解除", "Lift")) }
                }
            } }
        }
    }
}

/// The reward for entering: the place among all hospitals that said anything, and what crews see of this one.
pub(crate) fn fresh_panel(known: &Known, moment: Moment) -> Markup {
    let own = known.latest.get(&known.hospital).copied();
    let place = own.map(|own| 1 + known.latest.values().filter(|at| **at > own).count());
    html! {
        div.p {
            header.ph { h2 { (moment.t("隊からの見え方", "What crews see")) } }
            div.pb { @match (own, place) {
                (Some(own), Some(place)) => {
                    p { (moment.t("入力", "entered")) " " (age(own, VALUE_SECONDS, moment)) "・" (moment.t("新しさ", "freshness")) " "
                        b.n { (known.latest.len()) } (moment.t("院中 ", " hospitals, place ")) b.n { (place) } (moment.t(" 位", "")) }
                    p.q.xs { (moment.t("新しい入力ほど受入の見込みが確かになり、隊の一覧で上に出ます。古くなると普段の値に近づきます。",
                        "A newer entry makes acceptance surer and moves you up in the crews' list; an old one nears the usual.")) }
                }
                _ => { p { (moment.t("この病院の入力はまだありません。隊には普段の値が「入力なし」と出ます。",
                    "Nothing was entered here yet: crews see the usual value.")) } }
            } }
        }
    }
}

/// The hospital's own state in one line, for whoever has to answer.
pub(crate) fn summary(known: &Known, coming: usize, moment: Moment) -> Markup {
    html! {
        dl.ownstate {
            div { dt { (moment.t("初療", "Bays")) } dd.n {
                @if let Some(bays) = known.bays { (bays.taken) " / " (bays.total) } @else { "–" } } }
            div { dt { (moment.t("向かっている", "En route")) } dd.n { (coming) } }
            @for what in STOPS.iter().take(2) {
                div { dt { (what.words(moment)) }
                    dd { @if known.stop(what.of).is_some() { b.nowt { (moment.t("停止", "down")) } } @else { (moment.t("使用可", "up")) } } }
            }
            @for of in CATEGORIES.iter().filter(|of| known.level(of.of).is_some()).take(3) {
                @if let Some(report) = known.level(of.of) {
                    @let (sign, words) = sign_of(report.state, moment);
                    div { dt { (of.words(moment)) } dd { b aria-hidden="true" { (sign) } " " (words) } }
                }
            }
        }
    }
}
