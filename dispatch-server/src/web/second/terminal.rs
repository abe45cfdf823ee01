//! A registered terminal: which one a browser is, and what rings on it while nobody is signed in.

use crate::web::fault::Fault;
use crate::web::guard::cookies;
use crate::web::json::Answer;
use crate::web::session::token_hash;
use crate::web::state::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use dispatch_core::second_factor::terminal_of;
use dispatch_core::store::Terminal;
use dispatch_core::{Store, ringing};
use serde::Serialize;

/// The cookie of a registered terminal.
pub(crate) const TERMINAL: &str = "__Host-terminal";

/// The terminal that this browser is.
pub(crate) async fn terminal<S: Store>(app: &App<S>, headers: &HeaderMap) -> Result<Option<Terminal>, Fault> {
    let token = cookies(headers).find(|(name, _)| *name == TERMINAL).map(|(_, value)| token_hash(value));
    match token {
        Some(token) => Ok(terminal_of(app.store.as_ref(), token).await?),
        None => Ok(None),
    }
}

/// What rings: a number and a time, nothing of a patient.
#[derive(Serialize)]
pub(crate) struct RingingJson {
    registered: bool,
    ringing: usize,
    /// When the first of them is over, in milliseconds of UTC.
    until: Option<i64>,
}

/// `GET /api/v1/terminal/ring`: for the sign-in page of a registered terminal. A browser that is none hears nothing.
pub(crate) async fn ring<S: Store + 'static>(
    State(app): State<App<S>>,
    headers: HeaderMap,
) -> Result<Answer<RingingJson>, Fault> {
    let Some(terminal) = terminal(&app, &headers).await? else {
        return Ok(Answer(StatusCode::OK, RingingJson { registered: false, ringing: 0, until: None }));
    };
    let found = ringing(app.store.as_ref(), app.now(), &terminal).await?;
    let until = found.until.map(model::Timestamp::millis);
    Ok(Answer(StatusCode::OK, RingingJson { registered: true, ringing: found.count, until }))
}
