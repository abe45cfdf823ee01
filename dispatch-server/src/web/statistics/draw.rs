//! The figures as tables that print.

use crate::web::parts::{Moment, empty, minutes_seconds};
use dispatch_core::stats::{HospitalRow, StatsReport, UnitRow};
use maud::{Markup, html};

/// `12.3%`; a dash of nothing.
fn share(part: u64, of: u64) -> String {
    if of == 0 {
        return "–".to_owned();
    }
    let tenths = part.saturating_mul(1000).saturating_add(of / 2) / of;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn clock(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "–".to_owned(), minutes_seconds)
}

/// Of fewer cases no share is shown: one case more would turn it round. The counts themselves are the department's own.
const SMALL: u64 = 10;

/// A share that says something.
fn telling_share(part: u64, of: u64) -> String {
    if of < SMALL { "–".to_owned() } else { share(part, of) }
}

/// All of the page.
pub(super) fn content(report: &StatsReport, moment: Moment) -> Markup {
    let (from, to) = (report.scope.from.as_deref().unwrap_or(""), report.scope.to.as_deref().unwrap_or(""));
    html! {
        main.two {
            section.p id="days" {
                header.ph { h1 { "統計" } span.q.n { (from) " – " (to) } }
                div.pb {
                    form.row method="get" action="/stats" {
                        label { "始めの日" input type="date" name="from" value=(from); }
                        label { "終わりの日" input type="date" name="to" value=(to); }
                        button.btn.pri type="submit" { "集計する" }
                        a.btn href=(format!("/api/v1/stats.csv?from={from}&to={to}")) { "CSV" }
                        button.btn data-print="" type="button" { "印刷" }
                    }
                    p { "確定した搬送 " b.n { (report.transported) } "件　不搬送 " span.n { (report.not_transported) } "件　継続中 "
                        span.n { (report.open) } "件は含みません" }
                }
                div.pb { p.q.sm { (SMALL) "件未満の割合は出しません。数件の差で大きく動くためです。病院別・隊別の少ない件数も、そのまま比べないでください。" } }
                @if report.transported == 0 { div.pb { (empty("この期間に確定した搬送はありません", moment)) } }
            }
            section.p id="funnel" { (funnel(report)) }
            section.p id="scene" { (scene(report)) }
            section.p id="enquiries" { (enquiries(report)) }
            section.p id="hospitals" { (hospitals(&report.hospitals)) }
            section.p id="units" { (units(&report.units)) }
        }
    }
}

fn funnel(report: &StatsReport) -> Markup {
    let cost = &report.read_cost;
    let seconds =
        |ms: Option<u32>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{}.{}秒", ms / 1000, ms % 1000 / 100));
    html! {
        header.ph { h2 { "読取のじょうご" } span.q { "記録された事案" } }
        table {
            thead { tr { th { "段階" } th { "件" } th { "搬送に対して" } } }
            tbody { @for step in &report.funnel { tr {
                th scope="row" { (step.ja) } td.n { (step.n) } td.n { (share(step.n, report.transported)) }
            } } }
        }
        div.pb {
            p { "読取時間　中央値 " b.n { (seconds(cost.median_ms)) } "　90% は " b.n { (seconds(cost.p90_ms)) }
                span.q { "　n = " (cost.readings) } }
            @if let Some(more) = cost.scene_difference_s {
                p { "現場滞在の差（読取あり − なし）　" b.n { @if more < 0 { "−" } @else { "+" } (minutes_seconds(more.abs())) } }
                p.q.sm { "差は「読取のせい」とは言えません。読めた人は高齢・自宅・会話可能に偏ります。" }
            }
            @for reason in report.readings_ended.iter().chain(&report.lookups_ended).chain(&report.consents_otherwise) {
                p.q.sm { code { (reason.code) } " " span.n { (reason.cases) } "件" }
            }
        }
    }
}

fn scene(report: &StatsReport) -> Markup {
    html! {
        header.ph { h2 { "現場の時間" } span.q { "平均" } }
        table {
            thead { tr {
                th { "事案" } th { "件" }
                @if let Some(table) = report.stages.first() { @for interval in &table.intervals { th { (interval.ja) } } }
            } }
            tbody { @for table in &report.stages { tr {
                th scope="row" { (table.ja) } td.n { (table.n) }
                @for interval in &table.intervals { td.n { (interval.mean.as_deref().unwrap_or("–")) } }
            } } }
        }
    }
}

fn enquiries(report: &StatsReport) -> Markup {
    let first = report.enquiries.by_case.iter().find(|count| count.enquiries == 1).map_or(0, |count| count.cases);
    html! {
        header.ph { h2 { "照会" } span.q.n { (report.enquiries.sent) "件" } }
        div.pb {
            p { "1回で決定 " b.n { (share(first, report.transported)) }
                "　搬送困難（照会4回以上・現場30分以上） " b.n { (report.enquiries.difficult) } "件 "
                span.n { (share(report.enquiries.difficult, report.transported)) } }
            p { "提案と違う病院 " b.n { (report.overrides.cases) } "件 " span.n { (share(report.overrides.cases, report.transported)) } }
        }
        table {
            thead { tr { th { "照会の回数" } th { "事案" } } }
            tbody { @for count in &report.enquiries.by_case { tr {
                th scope="row" { (count.enquiries) @if count.enquiries >= 11 { "回以上" } @else { "回" } } td.n { (count.cases) }
            } } }
        }
        @if !report.enquiries.by_week.is_empty() { table {
            thead { tr { th { "週（月曜から）" } th { "搬送" } th { "搬送困難" } th { "割合" } } }
            tbody { @for week in &report.enquiries.by_week { tr {
                th.n scope="row" { (week.week) } td.n { (week.cases) } td.n { (week.difficult) }
                td.n { (telling_share(week.difficult, week.cases)) }
            } } }
        } }
        @if !report.overrides.reasons.is_empty() { table {
            thead { tr { th { "提案と違う病院を選んだ理由" } th { "照会" } } }
            tbody { @for reason in &report.overrides.reasons { tr { th scope="row" { (reason.ja) } td.n { (reason.enquiries) } } } }
        } }
    }
}

fn hospitals(rows: &[HospitalRow]) -> Markup {
    html! {
        header.ph { h2 { "病院別" } span.q { "名前の順。断りの順位は出しません" } }
        table {
            thead { tr { th { "病院" } th { "照会" } th { "受入可" } th { "条件付き" } th { "不可" } th { "回答なし" } th { "回答まで（中央値）" } th { "搬送先" } } }
            tbody { @for row in rows { tr {
                th scope="row" { (row.name.as_deref().unwrap_or(&row.hospital)) }
                @for count in [row.asked, row.accepted, row.conditional, row.declined, row.unanswered] { td.n { (count) } }
                td.n { (clock(row.answer_median_s)) }
                td.n { (row.destinations) }
            } } }
        }
    }
}

fn units(rows: &[UnitRow]) -> Markup {
    html! {
        header.ph { h2 { "隊別" } span.q { "はじめに接触した隊" } }
        table {
            thead { tr { th { "隊" } th { "搬送" } th { "読取" } th { "閲覧" } th { "照会" } th { "提案と違う病院" } th { "現場滞在（平均）" } } }
            tbody { @for row in rows { tr {
                th scope="row" { (row.callsign) }
                @for count in [row.transported, row.read, row.viewed, row.enquiries, row.overridden] { td.n { (count) } }
                td.n { (clock(row.scene_mean_s)) }
            } } }
        }
    }
}
