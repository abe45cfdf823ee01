//! On `/admin`: tokens of machines. A made token is on the page that comes back, and nowhere else.

use super::admin;
use super::fault::Fault;
use super::parts::{Moment, day_hms, empty, hidden_csrf};
use super::session::{CsrfField, OWN_ADMIN, SignedForm, SignedIn, token_hash};
use super::state::App;
use crate::secrets::new_token;
use axum::extract::{Path, State};
use axum::response::Redirect;
use dispatch_core::limits::{NAME_CHARS_MAX, TOKEN_DAYS};
use dispatch_core::{MachineToken, NewToken, Scope, Store, TokenUse, add_token, end_token, tokens};
use maud::{Markup, html};
use model::{CrewId, DepartmentId};
use serde::Deserialize;
use zeroize::Zeroizing;

/// A made token, for the one page that shows it.
pub(crate) struct Shown {
    account: CrewId,
    token: Zeroizing<String>,
}

fn own(signed: &SignedIn) -> Result<DepartmentId, Fault> {
    signed.require(OWN_ADMIN)?.department().ok_or(Fault::not_permitted())
}

/// The panel of the department's administrator; nothing for others.
pub(crate) async fn panel<S: Store>(app: &App<S>, signed: &SignedIn, shown: Option<&Shown>) -> Result<Markup, Fault> {
    let Scope::Department(department) = signed.web.principal.scope else { return Ok(html! {}) };
    if !signed.has(OWN_ADMIN) {
        return Ok(html! {});
    }
    let list = tokens(app.store.as_ref(), &signed.web.principal, department).await?;
    Ok(html! {
        section.p id="tokens" {
            header.ph { h2 { "機械用トークン" } span.q.n { (list.iter().filter(|token| token.stands(app.now())).count()) } }
            div.pb {
                p.sm { "指令システムなどの機械が API に使います。1つのトークンは1つの用途だけに使えます。" }
                form method="post" action="/admin/tokens" {
                    (hidden_csrf(signed))
                    label { "名前" input name="name" required maxlength=(NAME_CHARS_MAX) placeholder="例 指令システム 1号機"; }
                    label { "用途" select name="purpose" { @for of in TokenUse::ALL { option value=(of.key()) { (of.ja()) } } } }
                    label { "日数" input name="days" type="number" required min=(TOKEN_DAYS.start()) max=(TOKEN_DAYS.end()) value="90"; }
                    button.btn.pri type="submit" { "発行" }
                }
            }
            @if list.is_empty() { div.pb { (empty("発行したトークンはありません", Moment::page(app.now()))) } }
            @else { (table(app, signed, &list, shown)) }
        }
    })
}

fn table<S>(app: &App<S>, signed: &SignedIn, list: &[MachineToken], shown: Option<&Shown>) -> Markup {
    html! {
        table {
            thead { tr { th { "名前" } th { "用途" } th { "期限" } th { "状態" } } }
            tbody { @for token in list { tr {
                td {
                    (token.name)
                    @if let Some(shown) = shown.filter(|shown| shown.account == token.account) {
                        br; code { (shown.token.as_str()) } br;
                        span.q.sm { "この画面で一度だけ表示します。" }
                    }
                }
                td { (token.purpose.ja()) }
                td.n.sm { (day_hms(token.until)) }
                td {
                    @if token.ended { "終了" } @else if !token.stands(app.now()) { "期限切れ" } @else {
                        form method="post" action=(format!("/admin/tokens/{}/end", token.account)) {
                            (hidden_csrf(signed)) button.btn.sml type="submit" { "終了する" }
                        }
                    }
                }
            } } }
        }
    }
}

/// The form that makes one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Making {
    csrf: String,
    name: String,
    purpose: String,
    days: i64,
}

/// A form that is only a button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    csrf: String,
}

impl CsrfField for Making {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

impl CsrfField for Ending {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /admin/tokens`.
pub(crate) async fn make<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, form): SignedForm<Making>,
) -> Result<Markup, Fault> {
    let department = own(&signed)?;
    let purpose = TokenUse::from_key(&form.purpose).ok_or_else(|| Fault::field("purpose", "この用途はありません"))?;
    let token = new_token().map_err(|_| Fault::internal("drawing a token"))?;
    let new = NewToken { department, name: form.name, purpose, days: form.days, hash: token_hash(&token) };
    let made = add_token(app.store.as_ref(), &mut app.call()?, &signed.web.principal, new).await?;
    let shown = Shown { account: made.account, token };
    admin::drawn(&app, &signed, admin::Once { token: Some(&shown), ..admin::Once::default() }).await
}

/// `POST /admin/tokens/{account}/end`.
pub(crate) async fn end<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(account): Path<CrewId>,
    SignedForm(signed, _): SignedForm<Ending>,
) -> Result<Redirect, Fault> {
    let department = own(&signed)?;
    end_token(app.store.as_ref(), &app.call()?, &signed.web.principal, department, account).await?;
    Ok(Redirect::to("/admin"))
}
