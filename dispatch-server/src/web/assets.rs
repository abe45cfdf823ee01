//! Style sheet, script and mark, served from the program.

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

/// `GET /assets/desk.js`.
pub(crate) async fn desk_script() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("assets/desk.js"))
}

/// `GET /assets/desk.css`.
pub(crate) async fn desk_style() -> Response {
    asset("text/css; charset=utf-8", include_str!("assets/desk.css"))
}

/// `GET /assets/icon.svg`.
pub(crate) async fn icon() -> Response {
    asset("image/svg+xml", include_str!("assets/icon.svg"))
}
