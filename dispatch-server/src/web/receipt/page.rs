//! The receipt as a page that prints on one sheet, in words for somebody who has never heard of the system.

use crate::web::handover::Qr;
use crate::web::layout::{self, Shell, TRAINING};
use crate::web::parts::{day_hms, hidden_csrf};
use crate::web::session::SignedIn;
use crate::web::state::App;
use crate::web::words::consent_words;
use audit::{Basis, Outcome, Viewing};
use dispatch_core::review::reason_words;
use dispatch_core::{Receipt, ReceiptLook, ReceiptSection, ReceiptWho};
use maud::{Markup, html};
use patient_history::ConsentBasis;

/// For a signed-in reader.
pub(super) fn inside<S>(app: &App<S>, signed: &SignedIn, receipt: &Receipt, qr: Option<&Qr>) -> Markup {
    let shell = Shell::inside("閲覧の控え", app, signed);
    let tools = html! {
        div.tools.row {
            button.btn.pri data-print="" { "印刷して渡す" }
            form method="post" action=(format!("/receipt/{}/code", receipt.case)) {
                (hidden_csrf(signed)) button.btn type="submit" { "QRコードを作る" }
            }
        }
    };
    layout::page(&shell, &sheet(app, receipt, &tools, qr))
}

/// For whoever scanned the code.
pub(super) fn plain<S>(app: &App<S>, receipt: &Receipt) -> Markup {
    let shell = Shell::outside("閲覧の控え", app.training, app.now());
    layout::page(
        &shell,
        &sheet(app, receipt, &html! { div.tools.row { button.btn.pri data-print="" { "印刷" } } }, None),
    )
}

fn sheet<S>(app: &App<S>, receipt: &Receipt, tools: &Markup, qr: Option<&Qr>) -> Markup {
    html! {
        main.sheet.receipt {
            (tools)
            section.p {
                header.ph {
                    h1 { @if receipt.training { "【" (TRAINING) "】" } "医療情報の閲覧の控え" }
                    span.q { (receipt.department) @if !receipt.units.is_empty() { " " (receipt.units.join("・")) } }
                }
                div.pb {
                    p { "救急隊が、健康保険の医療情報（オンライン資格確認等システム）をいつ・だれが・どの根拠で閲覧したかの控えです。" }
                    p.q.sm { "氏名、病名、薬の名前は書いていません。" }
                }
            }
            @if let Some(qr) = qr {
                section.p.qr { (qr.drawn()) p.sm { "1回だけ開けます（24時間以内）。患者の情報は入っていません。" } }
            }
            (looks(app, receipt))
            (bases(receipt))
            (until(app, receipt))
            (ask(receipt))
            p.q.xs.sha { "作成 " (day_hms(app.now())) " · 控えの番号 " (receipt.case) }
        }
    }
}

fn looks<S>(app: &App<S>, receipt: &Receipt) -> Markup {
    html! {
        section.p {
            header.ph { h2 { "閲覧の記録" } span.q { (receipt.looks.len()) "回" } }
            @if receipt.looks.is_empty() { div.pb { p { "閲覧の記録はありません。医療情報は見られていません。" } } }
            @else {
                table {
                    thead { tr { th { "いつ" } th { "だれが" } th { "見たもの（件数と、さかのぼった期間）" } th { "根拠" } } }
                    tbody { @for look in &receipt.looks { (row(app, look)) } }
                }
            }
            @if receipt.may_have_gaps {
                div.pb { p.nowbox { "隊の端末の記録が一部届いていません。閲覧の記録はサーバーのもので、欠けていません。" } }
            }
        }
    }
}

fn row<S>(app: &App<S>, look: &ReceiptLook) -> Markup {
    html! {
        tr {
            td.n { (day_hms(look.at)) }
            td { (who(app, &look.who)) br; span.q.sm { (viewing_words(look.viewing)) } }
            td { (seen(look)) }
            td { (basis_words(&look.basis)) }
        }
    }
}

fn who<S>(app: &App<S>, who: &ReceiptWho) -> String {
    match who {
        ReceiptWho::Hospital(hospital) => app.hospital_name(*hospital),
        ReceiptWho::Crew { department, unit: Some(unit) } => format!("{department} {unit}"),
        ReceiptWho::Crew { department, unit: None } => department.clone(),
    }
}

const fn viewing_words(viewing: Viewing) -> &'static str {
    match viewing {
        Viewing::CrewLookup => "救急隊が照会",
        Viewing::HospitalRelease => "受入病院が閲覧",
        Viewing::Review => "同じ内容をもう一度表示",
        Viewing::Handover => "引継書",
        Viewing::Disaster => "災害時にカードなしで照会",
    }
}

fn seen(look: &ReceiptLook) -> Markup {
    match &look.outcome {
        Some(Outcome::Shown) => html! { @for section in &look.sections { span.chip { (section_words(section)) } " " } },
        Some(Outcome::Nothing) => html! { "この期間の記録はなく、何も表示されていません" },
        Some(Outcome::Refused { .. }) => html! { "表示なし（閲覧は認められませんでした）" },
        Some(Outcome::Failed { .. }) => html! { "表示なし（照会できませんでした）" },
        None => html! { "終わりが記録されていません（表示されたと考えてください）" },
    }
}

fn section_words(section: &ReceiptSection) -> String {
    let rows = if section.rows == 0 { "記録なし".to_owned() } else { format!("{}件", section.rows) };
    match section.look_back {
        Some(back) => format!("{} {rows}・過去{}", section.name, back.ja()),
        None => format!("{} {rows}", section.name),
    }
}

fn basis_words(basis: &Basis) -> String {
    match basis {
        Basis::Consent { method, told_hospitals, .. } => {
            let how = if method.as_str() == "spoken" { "口頭の同意" } else { method.as_str() };
            if *told_hospitals { format!("{how}（病院への提供を含む）") } else { how.to_owned() }
        }
        Basis::Emergency { reason, .. } => format!("同意なし（{}）", reason_words(reason.as_str())),
    }
}

fn bases(receipt: &Receipt) -> Markup {
    let emergency = receipt.bases.iter().any(|b| matches!(b.basis, ConsentBasis::NotObtainable { .. }));
    html! {
        section.p {
            header.ph { h2 { "根拠" } }
            div.pb {
                @if receipt.bases.is_empty() { p { "同意の記録はありません。" } }
                @for basis in &receipt.bases {
                    p { span.n { (day_hms(basis.at)) } " " (consent_words(&basis.basis)) @if basis.withdrawn { " " b { "取り消し済み" } } }
                }
                @if emergency {
                    p.sm { "同意を得られない状態で、生命・身体を守るために必要なときは、同意なしで閲覧できます。その閲覧は、1件ずつ消防本部が事後に確認します。" }
                }
            }
        }
    }
}

fn until<S>(app: &App<S>, receipt: &Receipt) -> Markup {
    html! {
        section.p {
            header.ph { h2 { "いつまで読めるか" } }
            div.pb {
                @if receipt.withdrawn {
                    p { "同意が取り消されたため、閲覧した内容は消され、だれも読めません。" }
                } @else if let Some(until) = receipt.readable_until {
                    @if until > app.now() {
                        p { "閲覧した内容は、遅くとも " b.n { (day_hms(until)) } " に読めなくなります（鍵を破棄します）。" }
                    } @else {
                        p { "閲覧した内容は消されました（期限 " span.n { (day_hms(until)) } "）。" }
                    }
                    @if let Some(hospital) = receipt.hospital { p { "それまでに読めるのは、担当した救急隊と、受入病院（" (app.hospital_name(hospital)) "）だけです。" } }
                } @else {
                    p { "表示された医療情報はないため、残っているものはありません。" }
                }
                p.sm { "だれがいつ閲覧したかの記録は残ります。ご自身の閲覧の履歴は、マイナポータルでも確かめられます。" }
            }
        }
    }
}

fn ask(receipt: &Receipt) -> Markup {
    html! {
        section.p {
            header.ph { h2 { "問い合わせ・異議" } }
            div.pb {
                p { "閲覧に心当たりがない、または納得できないときは、次の窓口に「控えの番号」を伝えてください。理由は要りません。" }
                @match &receipt.contact {
                    Some(contact) => p.big { (contact) },
                    None => p { b { (receipt.department) } " の代表窓口（連絡先の登録がありません）" },
                }
            }
        }
    }
}
