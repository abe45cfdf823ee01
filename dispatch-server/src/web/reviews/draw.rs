//! The queue as HTML: who looked, when, why, which sections; never what they held.

use super::names::Names;
use crate::web::console::short;
use crate::web::parts::{Moment, age, day_hms, empty};
use audit::{Outcome, ShownItem};
use dispatch_core::limits::REVIEW_HOURS;
use dispatch_core::review::reason_words;
use dispatch_core::store::{EmergencyLook, ReviewItem, Verdict};
use maud::{Markup, html};
use model::CrewId;
use patient_history::SectionKind;

const REVIEW_LIFE_S: i64 = REVIEW_HOURS * 60 * 60;

/// What the first reviewer said, for the second.
pub(super) fn earlier(verdict: &Verdict, names: &Names) -> Markup {
    html! {
        div.nowbox role="alert" {
            p.nowt { "先に確認されています" }
            p {
                (names.person(Some(verdict.by))) " が " span.n { (day_hms(verdict.at)) } " に「" b { (verdict.judgement.ja()) } "」としました。"
                @if let Some(note) = &verdict.note { " 「" (note) "」" }
            }
            p.sm { "あなたの確認は記録していません。" }
        }
    }
}

pub(super) fn open(items: &[ReviewItem], names: &Names, me: Option<CrewId>, csrf: &str, moment: Moment) -> Markup {
    html! {
        header.ph { h2 { "同意なし・災害時の閲覧" } b.n { (items.len()) } span.q { "24時間以内に1件ずつ確認" } }
        @if items.is_empty() { div.pb { (empty("確認を待っている閲覧はありません", moment)) } }
        @for item in items { (open_item(&item.look, names, me, csrf, moment)) }
        div.pb { p.q.xs { "確認する人に、見られた医療の内容は出しません（項目名と件数だけ）。確認は同じ記録に足され、消せません。" } }
    }
}

fn open_item(look: &EmergencyLook, names: &Names, me: Option<CrewId>, csrf: &str, moment: Moment) -> Markup {
    let overdue = look.begun_at.age_minutes(moment.now) >= REVIEW_HOURS * 60;
    let blocked = if me.is_some() && me == look.person {
        Some("ご自分の閲覧は、ほかの人が確認します。")
    } else if look.is_over(moment.now) {
        None
    } else {
        Some("照会が続いています。終わると確認できます。")
    };
    html! {
        article.pb.todo {
            p { b { "事案 " a.n href=(format!("/cases/{}", look.case)) { (short(look.case)) } } " " (names.unit(look.device)) " " (names.person(look.person)) }
            p {
                span.n { (day_hms(look.begun_at)) } " " (age(look.begun_at, REVIEW_LIFE_S, moment))
                @if overdue { " " b.nowt { "期限（24時間）を過ぎています" } }
            }
            p { span.q { "理由　" } b { (reason_words(look.reason.as_str())) } }
            p { span.q { "表示した項目　" } (seen(look)) }
            @if let Some(why) = blocked { p.q.sm { (why) } } @else {
                form.answers method="post" action=(format!("/reviews/{}", look.lookup)) {
                    input type="hidden" name="csrf" value=(csrf);
                    div.two {
                        button.btn.pri name="say" value="right" { "確認済み: 妥当" }
                        button.btn name="say" value="not_right" { "確認済み: 不適切" }
                    }
                    label { span.q.sm { "メモ（なくてもよい）" } input type="text" name="note" maxlength="400" autocomplete="off"; }
                }
            }
        }
    }
}

/// Sections with their counts, or why none was shown.
fn seen(look: &EmergencyLook) -> Markup {
    let Some(end) = &look.end else { return html! { "照会の終わりが記録されていません" } };
    match &end.outcome {
        Outcome::Shown => html! { @for item in &end.shown { span.chip { (section_words(item)) } " " } },
        Outcome::Nothing => html! { "記録なし" },
        Outcome::Refused { reason } => html! { "表示なし（照会できない: " code { (reason.as_str()) } "）" },
        Outcome::Failed { reason } => html! { "表示なし（照会の失敗: " code { (reason.as_str()) } "）" },
    }
}

fn section_words(item: &ShownItem) -> String {
    let section = SectionKind::ALL.into_iter().find(|kind| kind.key() == item.item.as_str());
    let word = match section {
        Some(section) => section.ja(),
        None => item.item.as_str(),
    };
    format!("{word} {}件", item.rows)
}

pub(super) fn reviewed(items: &[ReviewItem], names: &Names, moment: Moment) -> Markup {
    html! {
        header.ph { h2 { "確認済み" } span.q.n { (items.len()) } }
        @if items.is_empty() { div.pb { (empty("確認した閲覧はまだありません", moment)) } }
        @else {
            table {
                thead { tr { th { "事案" } th { "閲覧" } th { "理由" } th { "確認" } th { "確認した人" } } }
                tbody { @for item in items { @if let Some(verdict) = &item.verdict { (reviewed_line(&item.look, verdict, names)) } } }
            }
        }
    }
}

fn reviewed_line(look: &EmergencyLook, verdict: &Verdict, names: &Names) -> Markup {
    html! {
        tr {
            td { a.n href=(format!("/cases/{}", look.case)) { (short(look.case)) } }
            td { span.n.sm { (day_hms(look.begun_at)) } br; (names.unit(look.device)) " " (names.person(look.person)) }
            td { (reason_words(look.reason.as_str())) br; span.q.sm { (seen(look)) } }
            td { b { (verdict.judgement.ja()) } @if let Some(note) = &verdict.note { br; span.sm { (note) } } }
            td { (names.person(Some(verdict.by))) br; span.n.sm { (day_hms(verdict.at)) } }
        }
    }
}
