//! Signing in and out: the page, the API, the cookie; wrong tries are counted by account and by address.

use super::fault::Fault;
use super::json::{Answer, Strict};
use super::layout::{self, Shell};
use super::limits::PASSCODE_CHARS;
use super::parts::hidden_csrf;
use super::second::terminal;
use super::serve::Peer;
use super::session::{ADMIN, AnySession, CONSOLE, COOKIE, CsrfField, DESK, SignedForm, token_hash};
use super::state::{App, random};
use axum::extract::{Extension, Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dispatch_core::second_factor::{Shown, check_second_factor};
use dispatch_core::store::Terminal;
use dispatch_core::{Asks, PasscodeVerifier, PrincipalKind, Scope, SignedInWeb, Store, UseCaseError, sign_in_web};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use zeroize::Zeroizing;

/// Name and passcode.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    login: String,
    passcode: String,
    /// The six digits of the authenticator app, from a program. A page asks for them apart.
    #[serde(default)]
    code: Option<String>,
}

/// The API's answer.
#[derive(Serialize)]
pub(crate) struct SignedInAnswer {
    token: String,
    until: String,
    account: String,
    name: String,
    kind: &'static str,
    roles: Vec<&'static str>,
    department: Option<String>,
    hospital: Option<String>,
    hospital_name: Option<String>,
    training: bool,
    one_time: bool,
}

/// Checks and opens a session; returns the token, of which the store keeps only the hash.
async fn open<S: Store>(
    app: &App<S>,
    from: IpAddr,
    given: Credentials,
    terminal: Option<&Terminal>,
) -> Result<(SignedInWeb, Zeroizing<String>), Fault> {
    let passcode = Zeroizing::new(given.passcode);
    if !app.throttle.may_try(from, app.now()) {
        return Err(Fault::too_many(300));
    }
    let _queued = app.passcodes.queue().ok_or(Fault::too_many(5))?;
    let token = Zeroizing::new(hex::encode(random::<32>()?));
    let hash = token_hash(&token);
    let mut call = app.call()?;
    let (who, asks) = ((&*given.login, &**passcode), Asks { live: !app.training, terminal });
    let opened = sign_in_web(app.store.as_ref(), &app.passcodes, &mut call, who, hash, asks).await;
    if matches!(opened, Err(UseCaseError::WrongPasscode | UseCaseError::Locked { .. })) {
        app.throttle.wrong(from, app.now());
        tracing::warn!(%from, "a sign-in was refused");
    }
    let web = opened?;
    // Crews sign in on tablets; their accounts open no page.
    if !matches!(web.account.kind, PrincipalKind::Dispatcher | PrincipalKind::Desk | PrincipalKind::Machine) {
        app.store.end_session(web.session.id).await.map_err(UseCaseError::from)?;
        return Err(Fault::not_permitted());
    }
    Ok((web, token))
}

fn cookie(token: &str) -> Result<HeaderMap, Fault> {
    let seconds = dispatch_core::limits::SESSION_MINUTES * 60;
    set_cookie(&format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}"))
}

pub(super) fn set_cookie(text: &str) -> Result<HeaderMap, Fault> {
    let value = HeaderValue::from_str(text).map_err(|_| Fault::internal("writing a cookie"))?;
    Ok([(header::SET_COOKIE, value)].into_iter().collect())
}

pub(super) fn address(peer: Option<Extension<Peer>>) -> IpAddr {
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(Peer(ip))| ip)
}

/// `POST /api/v1/sign-in`.
pub(crate) async fn api<S: Store + 'static>(
    State(app): State<App<S>>,
    peer: Option<Extension<Peer>>,
    Strict(given): Strict<Credentials>,
) -> Result<Response, Fault> {
    let (from, code) = (address(peer), given.code.clone().map(Zeroizing::new));
    let (web, token) = open(&app, from, given, None).await?;
    if !web.session.confirmed {
        confirm_program(&app, from, &web, code.as_deref().map(String::as_str)).await?;
    }
    let hospital = web.principal.hospital();
    let answer = SignedInAnswer {
        token: token.to_string(),
        until: web.session.until.tokyo_rfc3339(),
        account: web.account.id.to_string(),
        name: web.account.name.clone(),
        kind: web.account.kind.key(),
        roles: web.account.roles.iter().map(|role| role.key()).collect(),
        department: web.principal.department().map(|d| d.to_string()),
        hospital: hospital.map(|h| h.to_string()),
        hospital_name: hospital.map(|h| app.hospital_name(h)),
        training: app.training,
        one_time: web.account.one_time,
    };
    Ok((cookie(&token)?, Answer(StatusCode::OK, answer)).into_response())
}

/// A program shows the code with the passcode, each time it signs in; its session lasts as long as a desk's.
async fn confirm_program<S: Store>(
    app: &App<S>,
    from: IpAddr,
    web: &SignedInWeb,
    code: Option<&str>,
) -> Result<(), Fault> {
    let (store, call) = (app.store.as_ref(), app.call()?);
    let checked = match code {
        Some(code) => check_second_factor(store, app.factors.as_ref(), &call, &web.account, Shown::Code(code)).await,
        None => return refused(app, web, Fault::second_factor_needed()).await,
    };
    match checked {
        Ok(()) => Ok(store.confirm_session(web.session.id, web.session.until).await.map_err(UseCaseError::from)?),
        Err(error) => {
            app.throttle.wrong(from, app.now());
            refused(app, web, error.into()).await
        }
    }
}

/// A session that is not confirmed leaves nothing behind.
async fn refused<S: Store>(app: &App<S>, web: &SignedInWeb, fault: Fault) -> Result<(), Fault> {
    app.store.end_session(web.session.id).await.map_err(UseCaseError::from)?;
    Err(fault)
}

/// `POST /api/v1/sign-out`.
pub(crate) async fn api_out<S: Store + 'static>(
    State(app): State<App<S>>,
    AnySession(signed): AnySession,
) -> Result<StatusCode, Fault> {
    app.store.end_session(signed.web.session.id).await.map_err(UseCaseError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /sign-in`.
pub(crate) async fn page<S: Store + 'static>(State(app): State<App<S>>, headers: HeaderMap) -> Result<Markup, Fault> {
    let terminal = terminal(&app, &headers).await?;
    Ok(form(&app, terminal.as_ref(), None))
}

/// `POST /sign-in`.
pub(crate) async fn submit<S: Store + 'static>(
    State(app): State<App<S>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, Fault> {
    let terminal = terminal(&app, &headers).await?;
    match open(&app, address(peer), given, terminal.as_ref()).await {
        Ok((web, token)) => Ok((cookie(&token)?, Redirect::to(home(&web, app.training))).into_response()),
        Err(fault) => {
            let page = form(&app, terminal.as_ref(), Some(&fault));
            Ok(fault.finish((fault.status, page).into_response()))
        }
    }
}

/// Where somebody begins.
pub(crate) fn home(web: &SignedInWeb, training: bool) -> &'static str {
    let has = |roles| web.principal.has_any(roles);
    if !web.session.confirmed {
        "/second"
    } else if web.account.one_time && !training {
        "/password"
    } else if has(CONSOLE) && matches!(web.principal.scope, Scope::Department(_)) {
        "/"
    } else if has(DESK) {
        "/desk"
    } else if has(ADMIN) {
        "/admin"
    } else {
        "/password"
    }
}

fn form<S>(app: &App<S>, terminal: Option<&Terminal>, fault: Option<&Fault>) -> Markup {
    let shell = Shell::outside("サインイン", app.training, app.now()).with("sign-in");
    let rings = terminal.is_some_and(|terminal| matches!(terminal.scope, Scope::Hospital(_)));
    layout::page(
        &shell,
        &html! {
            main.narrow {
                section.p {
                    header.ph { h1 { "サインイン" } }
                    div.pb {
                        @if let Some(fault) = fault {
                            p.nowbox role="alert" { b { (fault.title) } " " (fault.detail) }
                        }
                        form method="post" action="/sign-in" {
                            label { "名前" input name="login" autocomplete="username" required autofocus; }
                            label { "パスコード" input name="passcode" type="password" autocomplete="current-password" required; }
                            button.btn.pri type="submit" { "サインイン" }
                        }
                        @if let Some(terminal) = terminal { p.sm { "この端末　" b { (terminal.name) } "・登録済み" } }
                        p.q.sm { "救急隊員はタブレットでサインインします。" }
                        @if rings { div.armed { button.btn.now type="button" data-arm-ring="" { "この端末の呼び出し音を入れる" } } }
                    }
                }
            }
            @if rings { (ring_bar()) }
        },
    )
}

/// A bell.
const BELL: &str = "M12 2a2 2 0 0 0-2 2v.3A7 7 0 0 0 5 11v5l-2 3v1h18v-1l-2-3v-5a7 7 0 0 0-5-6.7V4a2 2 0 0 0-2-2zm-2 19a2 2 0 0 0 4 0z";

/// A registered terminal of a hospital rings also while nobody is signed in (design/web.md a01).
fn ring_bar() -> Markup {
    html! {
        div.rings role="alert" data-ring="" hidden {
            svg viewBox="0 0 24 24" aria-hidden="true" { path d=(BELL) {} }
            b data-ring-count="" {}
            span.left data-ring-left="" { "回答の残り " b {} }
            span.sp {}
            span { "サインイン前は患者の情報を出しません。サインインして答えてください。" }
        }
    }
}

/// `POST /sign-out`.
pub(crate) async fn out<S: Store + 'static>(
    State(app): State<App<S>>,
    SignedForm(signed, _): SignedForm<OutForm>,
) -> Result<Response, Fault> {
    app.store.end_session(signed.web.session.id).await.map_err(UseCaseError::from)?;
    let gone = set_cookie(&format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"))?;
    Ok((gone, Redirect::to("/sign-in")).into_response())
}

/// The form behind サインアウト.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutForm {
    csrf: String,
}

impl CsrfField for OutForm {
    const BEFORE_CHANGE: bool = true;
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `GET /password`.
pub(crate) async fn password_page<S: Store + 'static>(
    State(app): State<App<S>>,
    AnySession(signed): AnySession,
) -> Result<Markup, Fault> {
    signed.confirmed()?;
    let shell = Shell::inside("パスコードの変更", &app, &signed);
    Ok(layout::page(
        &shell,
        &html! {
            main.narrow {
                section.p {
                    header.ph { h1 { "パスコードの変更" } }
                    div.pb {
                        form method="post" action="/password" {
                            (hidden_csrf(&signed))
                            label { "いまのパスコード" input name="old" type="password" autocomplete="current-password" required; }
                            label {
                                "新しいパスコード（" (PASSCODE_CHARS.start()) "文字以上）"
                                input name="new" type="password" autocomplete="new-password" required
                                    minlength=(PASSCODE_CHARS.start()) maxlength=(PASSCODE_CHARS.end());
                            }
                            button.btn.pri type="submit" { "変更する" }
                        }
                    }
                }
            }
        },
    ))
}

/// The form of the change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordForm {
    csrf: String,
    old: String,
    new: String,
}

impl CsrfField for PasswordForm {
    const BEFORE_CHANGE: bool = true;
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `POST /password`: ends the session, so that the new passcode is used once at once.
pub(crate) async fn change_password<S: Store + 'static>(
    State(app): State<App<S>>,
    peer: Option<Extension<Peer>>,
    SignedForm(signed, form): SignedForm<PasswordForm>,
) -> Result<Redirect, Fault> {
    signed.confirmed()?;
    let (old, new) = (Zeroizing::new(form.old), Zeroizing::new(form.new));
    if !PASSCODE_CHARS.contains(&new.chars().count()) || *old == *new {
        let rule = format!("{}〜{}文字で、いまと違うもの", PASSCODE_CHARS.start(), PASSCODE_CHARS.end());
        return Err(Fault::field("new", &rule));
    }
    let from = address(peer);
    if !app.throttle.may_try(from, app.now()) {
        return Err(Fault::too_many(300));
    }
    let _queued = app.passcodes.queue().ok_or(Fault::too_many(5))?;
    if !app.passcodes.verify(Some(&signed.web.account.secret), &old).await {
        app.throttle.wrong(from, app.now());
        return Err(UseCaseError::WrongPasscode.into());
    }
    let secret = app.passcodes.hash(&new).await.map_err(|_| Fault::internal("hashing a passcode"))?;
    let account = signed.web.account.id;
    app.store.set_secret(account, secret, false).await.map_err(UseCaseError::from)?;
    app.store.end_session(signed.web.session.id).await.map_err(UseCaseError::from)?;
    Ok(Redirect::to("/sign-in"))
}
