//! Who may come in, before anything of the request is read: the doors of [`super::openapi`], looked up by method and route.
//!
//! A form or a JSON body of somebody who may not act is not even parsed, so a refusal never depends on what was sent. Handlers
//! ask again for the role they need; a route without an operation has that check only (and a test that fails).

use super::fault::Fault;
use super::openapi::{Door, operations};
use super::session::{AnySession, SignedIn};
use super::state::App;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use dispatch_core::{PrincipalKind, Store};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static DOORS: LazyLock<BTreeMap<(&'static str, String), Door>> = LazyLock::new(|| {
    operations().map(|operation| ((operation.method, shape(operation.path)), operation.door)).collect()
});

/// A path without the names of its parameters, which differ where a parameter has several meanings.
pub(crate) fn shape(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

fn door(request: &Request) -> Option<Door> {
    let path = request.extensions().get::<MatchedPath>()?;
    let method = match *request.method() {
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        _ => return None,
    };
    DOORS.get(&(method, shape(path.as_str()))).copied()
}

/// The layer inside the routes.
pub(crate) async fn check<S: Store + 'static>(
    State(app): State<App<S>>,
    request: Request,
    next: Next,
) -> Result<Response, Fault> {
    let door = door(&request);
    let (mut parts, body) = request.into_parts();
    let signed = match door {
        None | Some(Door::Open) => None,
        Some(Door::AnySession) => Some(AnySession::from_request_parts(&mut parts, &app).await?.0),
        Some(Door::Session) => Some(SignedIn::from_request_parts(&mut parts, &app).await?),
        Some(Door::Roles(roles)) => {
            let signed = SignedIn::from_request_parts(&mut parts, &app).await?;
            signed.require(roles)?;
            Some(signed)
        }
    };
    if let Some(signed) = signed.filter(|signed| signed.web.principal.kind == PrincipalKind::Machine) {
        app.machines.count(signed.web.session.id, app.now())?;
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}
