//! `/second`: the code of the authenticator app, after the passcode: when a terminal is registered, and once a day on it. Never while
//! somebody works: a session that was confirmed stays so until it ends.

mod draw;
mod seal;
mod terminal;

pub use seal::FactorKey;
pub(crate) use terminal::{TERMINAL, ring, terminal};

use super::fault::Fault;
use super::serve::Peer;
use super::session::{AnySession, CsrfField, SignedForm, token_hash};
use super::sign_in::{address, home, set_cookie};
use super::state::{App, random};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use dispatch_core::second_factor::{NewTerminal, Shown, check_second_factor, confirm_session, set_second_factor};
use dispatch_core::store::Terminal;
use dispatch_core::{SignedInWeb, Store, UseCaseError};
use maud::Markup;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use zeroize::Zeroizing;

/// Days for which a browser keeps a terminal's cookie; browsers keep none longer.
const TERMINAL_DAYS: i64 = 400;

/// What is filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    csrf: String,
    /// The six digits.
    #[serde(default)]
    code: String,
    /// A supervisor's one-time code instead.
    #[serde(default)]
    recovery: String,
    /// `1` registers this terminal.
    #[serde(default)]
    keep: String,
    /// The terminal's name.
    #[serde(default)]
    name: String,
}

impl CsrfField for Given {
    const BEFORE_CHANGE: bool = true;
    fn csrf(&self) -> &str {
        &self.csrf
    }
}

/// `GET /second`.
pub(crate) async fn page<S: Store + 'static>(
    State(app): State<App<S>>,
    headers: HeaderMap,
    AnySession(signed): AnySession,
) -> Result<Markup, Fault> {
    let terminal = terminal(&app, &headers).await?;
    draw::page(&app, &signed, terminal.as_ref(), None).await
}

/// `POST /second`: shows the code.
pub(crate) async fn submit<S: Store + 'static>(
    State(app): State<App<S>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    SignedForm(signed, given): SignedForm<Given>,
) -> Result<Response, Fault> {
    let terminal = terminal(&app, &headers).await?;
    match shown(&app, address(peer), &signed.web, &given).await {
        Ok(()) => go_on(&app, signed.web, terminal, &given).await,
        Err(fault) => {
            let page = draw::page(&app, &signed, terminal.as_ref(), Some(&fault)).await?;
            Ok(fault.finish((fault.status, page).into_response()))
        }
    }
}

async fn shown<S: Store>(app: &App<S>, from: IpAddr, web: &SignedInWeb, given: &Given) -> Result<(), Fault> {
    if !app.throttle.may_try(from, app.now()) {
        return Err(Fault::too_many(300));
    }
    let recovery = given.recovery.trim().to_ascii_lowercase();
    let shown = if recovery.is_empty() {
        Shown::Code(given.code.trim())
    } else {
        Shown::Recovery(Sha256::digest(recovery.as_bytes()).into())
    };
    let checked =
        check_second_factor(app.store.as_ref(), app.factors.as_ref(), &app.call()?, &web.account, shown).await;
    noted(app, from, checked)
}

/// A wrong try counts for its address too.
fn noted<S>(app: &App<S>, from: IpAddr, checked: Result<(), UseCaseError>) -> Result<(), Fault> {
    if matches!(checked, Err(UseCaseError::SecondFactorWrong | UseCaseError::SecondFactorLocked)) {
        app.throttle.wrong(from, app.now());
        tracing::warn!(%from, "a second factor was refused");
    }
    Ok(checked?)
}

/// `POST /second/app`: the first app of an account, or another one.
pub(crate) async fn set<S: Store + 'static>(
    State(app): State<App<S>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    SignedForm(signed, given): SignedForm<Given>,
) -> Result<Response, Fault> {
    let (web, from) = (&signed.web, address(peer));
    let terminal = terminal(&app, &headers).await?;
    let secret = app.factors.pending(web.session.id, web.account.id);
    let (store, seal) = (app.store.as_ref(), app.factors.as_ref());
    let tried = set_second_factor(store, seal, &app.call()?, web, &secret, given.code.trim()).await;
    match noted(&app, from, tried) {
        Ok(()) => go_on(&app, signed.web, terminal, &given).await,
        Err(fault) => {
            let page = draw::page(&app, &signed, terminal.as_ref(), Some(&fault)).await?;
            Ok(fault.finish((fault.status, page).into_response()))
        }
    }
}

/// Confirms the session, registers the terminal when that was asked for, and leads to where this person begins.
async fn go_on<S: Store>(
    app: &App<S>,
    web: SignedInWeb,
    terminal: Option<Terminal>,
    given: &Given,
) -> Result<Response, Fault> {
    let token = Zeroizing::new(hex::encode(random::<32>()?));
    let new = (given.keep == "1").then(|| NewTerminal { name: given.name.clone(), token: token_hash(&token) });
    let known = terminal.as_ref().is_some_and(|terminal| terminal.is_for(web.account.scope));
    let registers = new.is_some() && !known;
    confirm_session(app.store.as_ref(), &mut app.call()?, &web, terminal.as_ref(), new).await?;
    let session = dispatch_core::store::Session { confirmed: true, ..web.session };
    let to = Redirect::to(home(&SignedInWeb { session, ..web }, app.training));
    if !registers {
        return Ok(to.into_response());
    }
    let seconds = TERMINAL_DAYS * 24 * 60 * 60;
    let token = token.as_str();
    let cookie =
        set_cookie(&format!("{TERMINAL}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}"))?;
    debug_assert!(cookie.contains_key(header::SET_COOKIE));
    Ok((cookie, to).into_response())
}
