//! On `/admin`: registered terminals, and one-time codes for people who have lost their authenticator app.

use super::admin;
use super::fault::Fault;
use super::parts::{Moment, day_hms, empty, hidden_csrf};
use super::session::{ADMIN, CsrfField, SignedForm, SignedIn};
use super::state::App;
use crate::secrets::new_passcode;
use axum::extract::{Path, State};
use axum::response::Redirect;
use dispatch_core::limits::RECOVERY_MINUTES;
use dispatch_core::second_factor::{issue_recovery, revoke_terminal, terminals};
use dispatch_core::store::Terminal;
use dispatch_core::{Scope, Store, UseCaseError};
use maud::{Markup, html};
use model::{TerminalId, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A one-time code, for the one page that shows it.
pub(crate) struct Recovery {
    login: String,
    code: Zeroizing<String>,
    until: Timestamp,
}

/// The panel.
pub(crate) async fn panel<S: Store>(
    app: &App<S>,
    signed: &SignedIn,
    issued: Option<&Recovery>,
) -> Result<Markup, Fault> {
    let list = match terminals(app.store.as_ref(), &signed.web.principal).await {
        Ok(list) => list,
        Err(UseCaseError::NotPermitted(_)) => return Ok(html! {}),
        Err(other) => return Err(other.into()),
    };
    let standing = list.iter().filter(|terminal| terminal.revoked_at.is_none()).count();
    Ok(html! {
        section.p id="terminals" {
            header.ph { h2 { "登録端末と二要素認証" } span.q.n { (standing) } }
            div.pb {
                @if app.training { p.sm { "訓練用: 認証アプリを登録した人だけに、コードを求めます。" a href="/second" { "自分のアプリを登録する" } } }
                @else { p.sm { "全員に、端末の登録時と1日1回、認証アプリのコードを求めます。" a href="/second" { "自分のアプリを登録しなおす" } } }
                form.row method="post" action="/admin/recovery" {
                    (hidden_csrf(signed))
                    label { "アプリを失くした人の職員ID" input name="login" required maxlength="32" autocomplete="off"; }
                    button.btn type="submit" { "一時コードを発行（" (RECOVERY_MINUTES) "分・1回）" }
                }
                @if let Some(issued) = issued {
                    p.say { (issued.login) " の一時コード " b.big.n { (issued.code.as_str()) } " " span.sm { (day_hms(issued.until)) " まで。この画面で一度だけ表示します。" } }
                }
            }
            @if list.is_empty() { div.pb { (empty("登録された端末はありません", Moment::page(app.now()))) } }
            @else { (table(app, signed, &list)) }
        }
    })
}

fn table<S>(app: &App<S>, signed: &SignedIn, list: &[Terminal]) -> Markup {
    let whose = |scope| match scope {
        Scope::Hospital(id) => app.hospital_name(id),
        Scope::Department(_) => "消防本部".to_owned(),
        Scope::Installation => "運用".to_owned(),
    };
    html! {
        table {
            thead { tr { th { "端末" } th { "所属" } th { "登録" } th { "状態" } } }
            tbody { @for terminal in list { tr {
                td { (terminal.name) }
                td { (whose(terminal.scope)) }
                td.n.sm { (day_hms(terminal.registered_at)) }
                td {
                    @if let Some(at) = terminal.revoked_at { b { "取消" } " " span.n.sm { (day_hms(at)) } }
                    @else {
                        form method="post" action=(format!("/admin/terminals/{}/revoke", terminal.id)) {
                            (hidden_csrf(signed)) button.btn.sml type="submit" { "登録を取り消す" }
                        }
                    }
                }
            } } }
        }
    }
}

/// A form that is only a button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoking {
    csrf: String,
}

/// Whose app is lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recovering {
    csrf: String,
    login: String,
}

impl CsrfField for Revoking {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl CsrfField for Recovering {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /admin/terminals/{terminal}/revoke`.
pub(crate) async fn revoke<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(terminal): Path<TerminalId>,
    SignedForm(signed, _): SignedForm<Revoking>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(ADMIN)?;
    revoke_terminal(app.store.as_ref(), &app.call()?, principal, terminal).await?;
    Ok(Redirect::to("/admin"))
}

/// `POST /admin/recovery`: the code is on the page that comes back, and nowhere else.
pub(crate) async fn recover<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, form): SignedForm<Recovering>,
) -> Result<Markup, Fault> {
    let principal = signed.require(ADMIN)?;
    let login = form.login.trim();
    let account = app.store.account_by_login(login).await.map_err(UseCaseError::from)?;
    let account = account.ok_or(UseCaseError::NotFound("the account"))?;
    let code = new_passcode().map_err(|_| Fault::internal("drawing a one-time code"))?;
    let hash = Sha256::digest(code.as_bytes()).into();
    let until = issue_recovery(app.store.as_ref(), &app.call()?, principal, account.id, hash).await?;
    let issued = Recovery { login: login.to_owned(), code, until };
    admin::drawn(&app, &signed, admin::Once { recovery: Some(&issued), ..admin::Once::default() }).await
}
