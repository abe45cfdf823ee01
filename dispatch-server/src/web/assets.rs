//! Style sheet, script and mark, served from the program.

use super::fault::Fault;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

fn asset(kind: &'static str, body: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// `GET /assets/style.css`.
pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/style.css"))
}

/// `GET /assets/live.js`.
pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("assets/live.js"))
}

/// `GET /assets/keys.js`.
pub(crate) async fn keys() -> Response {
    asset(SCRIPT, include_str!("assets/keys.js"))
}

/// `GET /assets/console.js`.
pub(crate) async fn console() -> Response {
    asset(SCRIPT, include_str!("assets/console.js"))
}

/// `GET /assets/desk.js`.
pub(crate) async fn desk_script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("assets/desk.js"))
}

/// `GET /assets/desk.css`.
pub(crate) async fn desk_style() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/desk.css"))
}

/// `GET /assets/sign-in.js`.
pub(crate) async fn sign_in_script() -> Response {
    asset(SCRIPT, include_str!("assets/sign-in.js"))
}

/// `GET /assets/sign-in.css`.
pub(crate) async fn sign_in_style() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/sign-in.css"))
}

/// `GET /assets/icon.svg`.
pub(crate) async fn icon() -> Response {
    asset("image/svg+xml", include_str!("assets/icon.svg"))
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// `GET /assets/map/{file}`: what the map is painted by and from.
pub(crate) async fn map(Path(file): Path<String>) -> Result<Response, Fault> {
    let bytes = "application/octet-stream";
    let (kind, body): (&str, &'static [u8]) = match &*file {
        "map.js" => (SCRIPT, include_bytes!("assets/map/map.js")),
        "outlines.js" => (SCRIPT, include_bytes!("assets/map/outlines.js")),
        "ground.js" => (SCRIPT, include_bytes!("assets/map/ground.js")),
        "markers.js" => (SCRIPT, include_bytes!("assets/map/markers.js")),
        "tiles.js" => (SCRIPT, include_bytes!("assets/map/tiles.js")),
        "small.js" => (SCRIPT, include_bytes!("assets/map/small.js")),
        "callouts.js" => (SCRIPT, include_bytes!("assets/map/callouts.js")),
        "stream.js" => (SCRIPT, include_bytes!("assets/map/stream.js")),
        "outlines.bin" => (bytes, include_bytes!("assets/map/outlines.bin")),
        "municipalities.csv" => ("text/csv; charset=utf-8", include_bytes!("assets/municipalities.csv")),
        _ => return Err(Fault::not_found()),
    };
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}
