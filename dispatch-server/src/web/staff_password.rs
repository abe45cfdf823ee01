//! On `/admin`: whether 目視 needs the staff password (目視確認用パスワード), and a button that issues one.

use super::admin;
use super::fault::Fault;
use super::parts::{Moment, empty, hidden_csrf};
use super::session::{ADMIN, CsrfField, SignedForm, SignedIn};
use super::state::App;
use crate::secrets::new_staff_password;
use axum::extract::{Path, State};
use axum::response::Redirect;
use dispatch_core::{PrincipalKind, Role, Scope, Store, UseCaseError, issue_staff_password, require_staff_password};
use maud::{Markup, html};
use model::CrewId;
use serde::Deserialize;
use zeroize::Zeroizing;

/// What was issued, for the one page that shows it.
pub(crate) struct Issued {
    account: CrewId,
    digits: Zeroizing<String>,
}

/// The panel of the department's administrator; nothing for others.
pub(crate) async fn panel<S: Store>(app: &App<S>, signed: &SignedIn, issued: Option<&Issued>) -> Result<Markup, Fault> {
    let Scope::Department(department) = signed.web.principal.scope else { return Ok(html! {}) };
    if !signed.has(&[Role::DepartmentAdmin]) {
        return Ok(html! {});
    }
    let store = app.store.as_ref();
    let required = store.requires_staff_password(department).await.map_err(UseCaseError::from)?;
    let people = store.accounts(Scope::Department(department)).await.map_err(UseCaseError::from)?;
    let crews: Vec<_> = people.into_iter().filter(|person| person.kind == PrincipalKind::Crew).collect();
    Ok(html! {
        section.p id="staff-password" {
            header.ph { h2 { "目視確認用パスワード" } span.q { @if required { "目視の照会に必須" } @else { "不要" } } }
            div.pb {
                p.sm { "必須にすると、目視だけの照会は4桁が合ったときだけ回答します。照合番号Bと暗証番号の照会には要りません。" }
                form method="post" action="/admin/staff-password" {
                    (hidden_csrf(signed))
                    @if required { button.btn name="required" value="0" { "不要にする" } }
                    @else { button.btn name="required" value="1" { "必須にする" } }
                }
            }
            @if crews.is_empty() { div.pb { (empty("登録された救急隊員はいません", Moment::page(app.now()))) } }
            @else {
                table { tbody { @for person in &crews { tr {
                    td { (person.name) br; span.q.sm { (person.login) } }
                    td {
                        @if let Some(issued) = issued.filter(|issued| issued.account == person.id) {
                            b.big.n { (issued.digits.as_str()) } br;
                            span.q.sm { "この画面で一度だけ表示します。控えたら本人だけに渡してください。" }
                        } @else {
                            form method="post" action=(format!("/admin/staff-password/{}", person.id)) {
                                (hidden_csrf(signed)) button.btn.sml type="submit" { "発行・再発行" }
                            }
                        }
                    }
                } } } }
            }
        }
    })
}

/// The setting.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    csrf: String,
    /// `1` or `0`.
    required: String,
}

impl CsrfField for Setting {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /admin/staff-password`.
pub(crate) async fn require<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, setting): SignedForm<Setting>,
) -> Result<Redirect, Fault> {
    let principal = signed.require(ADMIN)?;
    let Scope::Department(department) = principal.scope else { return Err(Fault::not_permitted()) };
    let required = match setting.required.as_str() {
        "1" => true,
        "0" => false,
        _ => return Err(Fault::field("required", "1 か 0 です")),
    };
    require_staff_password(app.store.as_ref(), &app.call()?, principal, department, required).await?;
    Ok(Redirect::to("/admin"))
}

/// A form that only asks for something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    csrf: String,
}

impl CsrfField for Ask {
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /admin/staff-password/{account}`: the digits are on the page that comes back, and nowhere else.
pub(crate) async fn issue<S: Store + 'static>(
    State(app): State<App<S>>,
    Path(account): Path<CrewId>,
    SignedForm(signed, _): SignedForm<Ask>,
) -> Result<Markup, Fault> {
    let principal = signed.require(&[Role::DepartmentAdmin])?;
    let digits = new_staff_password().map_err(|_| Fault::internal("drawing a staff password"))?;
    let secret = app.passcodes.hash(&digits).await.map_err(|_| Fault::internal("hashing a staff password"))?;
    issue_staff_password(app.store.as_ref(), &app.call()?, principal, account, secret).await?;
    let issued = Issued { account, digits };
    admin::drawn(&app, &signed, admin::Once { issued: Some(&issued), ..admin::Once::default() }).await
}
