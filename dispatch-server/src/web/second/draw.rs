//! The second step of signing in (design/web.md a01).

use crate::web::fault::Fault;
use crate::web::handover::Qr;
use crate::web::layout::{self, Shell};
use crate::web::parts::{hidden_csrf, hms};
use crate::web::session::SignedIn;
use crate::web::state::App;
use dispatch_core::limits::{NAME_CHARS_MAX, SESSION_MINUTES, UNREGISTERED_MINUTES};
use dispatch_core::store::Terminal;
use dispatch_core::{Scope, Store, UseCaseError};
use maud::{Markup, html};

pub(super) async fn page<S: Store>(
    app: &App<S>,
    signed: &SignedIn,
    terminal: Option<&Terminal>,
    fault: Option<&Fault>,
) -> Result<Markup, Fault> {
    let account = &signed.web.account;
    let has_one = app.store.has_second_factor(account.id).await.map_err(UseCaseError::from)?;
    let terminal = terminal.filter(|terminal| terminal.is_for(account.scope));
    let step = if has_one && !signed.web.session.confirmed {
        code_step(signed, terminal, fault)
    } else {
        app_step(app, signed, terminal, fault, has_one)?
    };
    let shell = Shell::inside("サインイン", app, signed).with("sign-in");
    Ok(layout::page(
        &shell,
        &html! {
            main.steps {
                section.p { (who(app, signed, terminal)) }
                section.p { (step) }
            }
        },
    ))
}

fn who<S>(app: &App<S>, signed: &SignedIn, terminal: Option<&Terminal>) -> Markup {
    let account = &signed.web.account;
    let place = match account.scope {
        Scope::Hospital(id) => app.hospital_name(id),
        Scope::Department(_) => "消防本部".to_owned(),
        Scope::Installation => "この設備の運用".to_owned(),
    };
    html! {
        div.pb {
            p.q.sm { "手順 1 / 2" }
            h1 { "職員ID " span.chip { "確認済み " span.n { (hms(signed.web.session.opened_at)) } } }
            dl {
                dt { "職員ID" } dd { b { (account.login) } " " (account.name) }
                dt { "この端末" }
                dd { @match terminal {
                    Some(terminal) => { (terminal.name) "・登録済み" },
                    None => "登録されていません",
                } }
                dt { "開ける範囲" } dd { (place) " " (account.roles.iter().map(|role| role.ja()).collect::<Vec<_>>().join("・")) }
            }
        }
    }
}

fn code_step(signed: &SignedIn, terminal: Option<&Terminal>, fault: Option<&Fault>) -> Markup {
    html! {
        div.pb {
            p.q.sm { "手順 2 / 2" }
            h2 { "認証コード" }
            (told(fault))
            form method="post" action="/second" {
                (hidden_csrf(signed))
                (code_field("認証アプリの6桁。入れ終わると自動で送ります。", true))
                (keep(terminal))
                button.btn.pri type="submit" { "続ける" }
            }
            details {
                summary { "アプリが使えない（管理者の一時コード）" }
                form method="post" action="/second" {
                    (hidden_csrf(signed))
                    label { "一時コード（30分以内・1回だけ）" input name="recovery" required autocomplete="off" maxlength="40"; }
                    button.btn type="submit" { "一時コードで続ける" }
                }
                p.q.sm { "一時コードは、本部または運用の管理者が「管理」の画面で発行します。" }
            }
            p.q.sm { "同じコードは2回使えません。5回続けて違うと15分止まります。" }
        }
    }
}

fn app_step<S>(
    app: &App<S>,
    signed: &SignedIn,
    terminal: Option<&Terminal>,
    fault: Option<&Fault>,
    has_one: bool,
) -> Result<Markup, Fault> {
    let account = &signed.web.account;
    let secret = app.factors.pending(signed.web.session.id, account.id).base32();
    let issuer = if app.training { "Mynakyukyu-Training" } else { "Mynakyukyu" };
    let (login, key) = (&account.login, secret.as_str());
    let qr = Qr::new(&format!("otpauth://totp/{issuer}:{login}?secret={key}&issuer={issuer}&digits=6&period=30"))?;
    Ok(html! {
        div.pb {
            p.q.sm { @if has_one { "認証アプリを登録しなおす" } @else { "手順 2 / 2" } }
            h2 { "認証アプリの登録" }
            (told(fault))
            @if has_one { p.sm { "登録すると、いままでのアプリのコードは使えなくなります。" } }
            p.sm { "認証アプリ（TOTP）でこのQRコードを読み、表示された6桁を入れてください。この画面の鍵は、ほかの人に見せないでください。" }
            div.qr { (qr.drawn()) p.sm { "読めないときの鍵" br; code.key { (key) } } }
            form method="post" action="/second/app" {
                (hidden_csrf(signed))
                (code_field("アプリに表示された6桁", false))
                (keep(terminal))
                button.btn.pri type="submit" { "登録して続ける" }
            }
        }
    })
}

fn told(fault: Option<&Fault>) -> Markup {
    html! { @if let Some(fault) = fault { p.nowbox role="alert" { b { (fault.title) } " " (fault.detail) } } }
}

fn code_field(words: &str, sends_itself: bool) -> Markup {
    html! {
        label.code { (words)
            input name="code" required autofocus inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6"
                data-sends[sends_itself];
        }
    }
}

/// Whether this terminal is registered with the code.
fn keep(terminal: Option<&Terminal>) -> Markup {
    html! {
        @if terminal.is_some() {
            p.q.sm { "今日はこの端末で、もう一度コードを入れることはありません。勤務中（" (SESSION_MINUTES / 60) "時間）はサインインしたままです。" }
        } @else {
            label.check { input type="checkbox" name="keep" value="1"; " この端末を登録する（職場のPCだけ）" }
            label { "端末の名前" input name="name" maxlength=(NAME_CHARS_MAX) placeholder="例 救急受入デスク1" autocomplete="off"; }
            p.q.sm { "登録した端末では、コードは1日1回です。登録しないと" (UNREGISTERED_MINUTES) "分でサインアウトします。" }
        }
    }
}
