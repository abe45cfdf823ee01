//! The document as a page that prints well.

use super::HistoryPart;
use crate::web::clinical::{age_words, complaint_words, findings_table, sex_words};
use crate::web::fault::Fault;
use crate::web::layout::{self, Shell, TRAINING};
use crate::web::parts::{Moment, age, day_hms, hidden_csrf, hms, triage_tag};
use crate::web::session::SignedIn;
use crate::web::state::App;
use crate::web::words::how_words;
use dispatch_core::{HandoverDocument, MadeDocument, Released};
use field_alerts::{Alert, NO_RECORD_IS_NOT_NONE_JA};
use maud::{Markup, PreEscaped, html};
use patient_history::{Row, SectionKind, SectionState};
use qrcode::QrCode;
use qrcode::render::svg;

/// A history's answer is drawn as old after so many seconds.
const HISTORY_LIFE_S: i64 = 24 * 3_600;
/// Pixels of a QR's module on the page.
const MODULE: u32 = 6;

/// An address as a QR: black on white with four modules of quiet zone.
pub(crate) struct Qr(String);

impl Qr {
    /// Of this address.
    pub(crate) fn new(address: &str) -> Result<Self, Fault> {
        let code = QrCode::new(address.as_bytes()).map_err(|_| Fault::internal("drawing a QR"))?;
        let svg = code.render::<svg::Color<'_>>().min_dimensions(MODULE * 33, MODULE * 33).quiet_zone(true).build();
        // The library writes an XML declaration, which has no place inside a page.
        Ok(Self(svg.find("<svg").and_then(|at| svg.get(at..)).unwrap_or_default().to_owned()))
    }
    /// For a page.
    pub(crate) fn drawn(&self) -> PreEscaped<&str> {
        PreEscaped(&self.0)
    }
}

/// For a signed-in reader.
pub(super) fn page<S>(
    app: &App<S>,
    signed: &SignedIn,
    made: &MadeDocument,
    history: &HistoryPart,
    qr: Option<&Qr>,
) -> Markup {
    let shell = Shell::inside("引継書", app, signed);
    let case = made.document.case;
    let tools = html! {
        div.tools.row {
            button.btn data-print="" { "印刷" }
            a.btn href=(format!("/handover/{case}.json")) { "FHIR R4（JSON）" }
            a.btn href=(format!("/receipt/{case}")) { "患者への閲覧の控え" }
            form method="post" action=(format!("/handover/{case}/code")) { (hidden_csrf(signed)) button.btn type="submit" { "QRコードを作る" } }
        }
    };
    layout::page(&shell, &sheet(app, made, history, &tools, qr))
}

/// For whoever scanned the code.
pub(super) fn plain<S>(app: &App<S>, made: &MadeDocument, history: &HistoryPart) -> Markup {
    let shell = Shell::outside("引継書", app.training, app.now());
    layout::page(&shell, &sheet(app, made, history, &html! {}, None))
}

fn sheet<S>(app: &App<S>, made: &MadeDocument, history: &HistoryPart, tools: &Markup, qr: Option<&Qr>) -> Markup {
    let (document, moment) = (&made.document, Moment::page(app.now()));
    html! {
        main.sheet {
            (tools)
            @if let Some(qr) = qr {
                section.p.qr { (qr.drawn()) p.sm { "1回だけ開けます（60分以内）。患者の情報は入っていません。" } }
            }
            section.p {
                header.ph {
                    h1 { @if document.training { "【" (TRAINING) "】" } "傷病者引継書" }
                    span.q { (document.department) " " (document.units.join("・")) " → " (app.hospital_name(document.hospital)) }
                }
                div.pb { (head(document)) }
            }
            div.two {
                section.p { header.ph { h2 { "時間経過" } span.q { "± は時計が未照合" } } (stages(document)) }
                section.p { header.ph { h2 { "観察・バイタル" } } div.pb { (findings_table(&document.findings, &document.vitals_at, moment)) } }
            }
            (history_part(history, moment))
            (missing(document, history))
            p.q.xs.sha { "作成 " (day_hms(app.now())) " · 事案 " (document.case) " · 記録 SHA-256 " code { (made.sha256) } }
        }
    }
}

fn head(document: &HandoverDocument) -> Markup {
    html! {
        div.row { (triage_tag(document.findings.triage)) b.who { (age_words(&document.findings)) "・" (sex_words(document.findings.sex)) } }
        p.big { (complaint_words(&document.findings)) }
        table.facts { tbody {
            tr { th scope="row" { "場所" } td { (document.place.as_deref().unwrap_or("記録なし")) } }
            tr { th scope="row" { "通報" } td { (document.call_text.as_deref().unwrap_or("記録なし")) } }
            tr { th scope="row" { "搬送先の決定" } td { span.n { (hms(document.decided_at)) } " " (how_words(document.how)) "・照会" (document.enquiries) "回" } }
            tr {
                th scope="row" { "求めた対応" }
                td {
                    @if document.needs.is_empty() { "記録なし" }
                    @for need in &document.needs { span.chip { (need.capability.ja()) } " " }
                }
            }
            tr { th scope="row" { "同意" } td { (document.consent.as_deref().unwrap_or("記録なし")) } }
        } }
    }
}

fn stages(document: &HandoverDocument) -> Markup {
    html! {
        table { tbody { @for stage in &document.stages {
            tr {
                th scope="row" { (stage.stage.ja()) @if stage.leg > 1 { "（" (stage.leg) "区間目）" } }
                td.n { (hms(stage.at)) @if stage.uncertain { "±" } }
            }
        } } }
    }
}

fn history_part(history: &HistoryPart, moment: Moment) -> Markup {
    match history {
        HistoryPart::Withheld(why) => html! {
            section.p { header.ph { h2 { "履歴" } } div.pb { p { (why) } p.q.sm { (NO_RECORD_IS_NOT_NONE_JA) } } }
        },
        HistoryPart::Released(released) => released_part(released, moment),
    }
}

fn released_part(released: &Released, moment: Moment) -> Markup {
    let (snapshot, evaluation) = (&released.snapshot, &released.evaluation);
    let shown = || evaluation.alerts.iter().filter(|a| !a.sensitive);
    html! {
        section.p {
            header.ph { h2 { "履歴からの注意" } span.q { "規則表 " (evaluation.table_version) } span.sp {} "取得 " (age(snapshot.fetched_at, HISTORY_LIFE_S, moment)) }
            div.pb {
                p { b { (snapshot.person.name.as_str()) } "（" (snapshot.person.kana.as_str()) "） " (snapshot.person.birth_date) }
                @for notice in &snapshot.notices { p.nowbox { (notice.ja()) } }
                @if shown().next().is_none() { p { "注意の規則に当たる記録はありません。" } }
                @for alert in shown() { (alert_lines(alert)) }
                @if evaluation.alerts.iter().any(|a| a.sensitive) {
                    details { summary { "配慮を要する記録（開く）" } @for alert in evaluation.alerts.iter().filter(|a| a.sensitive) { (alert_lines(alert)) } }
                }
                p.q.sm { (NO_RECORD_IS_NOT_NONE_JA) "。レセプト由来の記録は約1か月遅れます。公開は " (day_hms(released.until)) " まで。" }
            }
        }
        section.p {
            header.ph { h2 { "履歴の要約" } }
            @for kind in SectionKind::ALL { (section(kind, snapshot.state(kind))) }
        }
    }
}

fn alert_lines(alert: &Alert) -> Markup {
    html! {
        div.alert {
            p { b { (alert.title_ja.as_str()) } }
            p.q.sm {
                span.n { (alert.row_line_ja().as_str()) } " · " (alert.rule.as_str()) " v" (alert.rule_version)
                @if alert.further_rows > 0 { " ほか" (alert.further_rows) "件" }
            }
            p.sm { (alert.watch_ja.as_str()) }
        }
    }
}

fn section(kind: SectionKind, state: &SectionState) -> Markup {
    let (plain, masked): (Vec<&Row>, Vec<&Row>) = state.rows().iter().partition(|row| !row.sensitive);
    html! {
        div.pb {
            h3 { (kind.ja()) " " span.q.sm { (state.ja()) @match state {
                SectionState::Records { look_back, complete_up_to, .. } => {
                    "・過去" (look_back.ja()) @if let Some(day) = complete_up_to { "・" (day) "まで反映" }
                }
                SectionState::NoRecord { look_back } => { "・過去" (look_back.ja()) },
                SectionState::NotPermitted | SectionState::NotAsked => "",
            } } }
            @if !plain.is_empty() { (rows(&plain)) }
            @if !masked.is_empty() { details { summary { "配慮を要する記録 " (masked.len()) "件（開く）" } (rows(&masked)) } }
        }
    }
}

fn rows(rows: &[&Row]) -> Markup {
    html! {
        table { tbody { @for row in rows {
            tr {
                td.n { (row.date) }
                td { (row.name.as_str()) @if let Some(quantity) = &row.quantity { " " span.q.sm { (quantity.as_str()) } } }
                td { @if let Some(days) = row.days_supplied { (days) "日分" } }
                td.q.sm { (row.source.ja()) @if let Some(facility) = &row.facility { " " (facility.name.as_str()) } }
            }
        } } }
    }
}

/// What the document does not hold is said, so that nobody reads silence as an answer.
fn missing(document: &HandoverDocument, history: &HistoryPart) -> Markup {
    let mut lines: Vec<String> = Vec::new();
    if document.may_have_gaps {
        lines.push("記録の欠落の可能性: タブレットの保存領域が失われました。隊に確認してください。".to_owned());
    }
    if document.findings.triage.is_none() {
        lines.push("トリアージは入力されていません。".to_owned());
    }
    if document.findings.vitals.is_empty() {
        lines.push("バイタルは入力されていません。".to_owned());
    }
    if document.consent.is_none() {
        lines.push("履歴照会の同意は記録されていません。".to_owned());
    }
    if let HistoryPart::Released(released) = history {
        let unread = released.evaluation.sections_not_read.iter().map(|kind| kind.ja()).collect::<Vec<_>>();
        if !unread.is_empty() {
            lines.push(format!("照会していない区分: {}", unread.join("・")));
        }
        if released.evaluation.rows_not_checked > 0 {
            lines.push(format!(
                "薬剤コードから薬が分からず規則で確かめられない行: {}件",
                released.evaluation.rows_not_checked
            ));
        }
    }
    lines.push("アレルギー・本人意思（ACP）は、この仕組みでは確認できません。".to_owned());
    html! {
        section.p { header.ph { h2 { "ここにないもの" } } ul.pb { @for line in &lines { li { (line) } } } }
    }
}
