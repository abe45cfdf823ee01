//! What surrounds every request: stand-ins and foreign sites refused, time limited, headers set, faults given their form.

use super::fault::Fault;
use super::layout;
use super::limits::REQUEST_TIME;
use super::session::COOKIE;
use super::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// A stand-in of the simulator says so in this header.
pub const STAND_IN: &str = "x-stand-in";

/// Nothing from elsewhere, nothing inline, nobody frames us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The outermost layer.
pub(crate) async fn around<S: Send + Sync + 'static>(
    State(app): State<App<S>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = match admit(app.training, &request) {
        Err(fault) => fault.into_response(),
        Ok(()) => match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => slow().into_response(),
        },
    };
    let mut response = with_form(app.as_ref(), &method, &path, response);
    set_headers(response.headers_mut(), &path, app.training);
    response
}

const fn slow() -> Fault {
    Fault::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_slow",
        "時間内に処理できませんでした。",
        "もう一度試してください。",
    )
}

/// Whether the request is let in at all.
fn admit(training: bool, request: &Request) -> Result<(), Fault> {
    if !training && request.headers().contains_key(STAND_IN) {
        return Err(Fault::new(
            StatusCode::FORBIDDEN,
            "stand_in_refused",
            "模擬の接続は本番では使えません。",
            "訓練用のサーバーに接続してください。",
        ));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let bearer = request.headers().contains_key(header::AUTHORIZATION);
    let cookie = cookies(request.headers()).any(|(name, _)| name == COOKIE);
    if changes && !bearer && !from_own_page(request.headers(), request.uri(), cookie) {
        return Err(Fault::new(
            StatusCode::FORBIDDEN,
            "cross_site",
            "ほかのサイトからの操作は受け付けません。",
            "この画面を開き直してから操作してください。",
        ));
    }
    Ok(())
}

/// Browsers say where a request comes from. One that brings our cookie must say so, and must come from our own pages.
fn from_own_page(headers: &HeaderMap, uri: &Uri, cookie: bool) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let fetched = text(HeaderName::from_static("sec-fetch-site"));
    if fetched.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let host = uri.authority().map(|a| a.as_str()).or_else(|| text(header::HOST));
    match (text(header::ORIGIN), host) {
        (Some(origin), Some(host)) => origin.strip_prefix("https://") == Some(host),
        (Some(_), None) => false,
        (None, _) => fetched.is_some() || !cookie,
    }
}

/// Name and value of each cookie.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// Paths that programs ask for: their faults are problem+json.
fn for_programs(path: &str) -> bool {
    ["/api/", "/live/", "/map/"].iter().any(|below| path.starts_with(below)) || path.ends_with(".json")
}

fn with_form<S>(app: &super::AppState<S>, method: &Method, path: &str, mut response: Response) -> Response {
    let status = response.status();
    let fault = match response.extensions_mut().remove::<Fault>() {
        Some(fault) => fault,
        // A page of ours that says itself what was refused, as the sign-in does.
        None if is_page(response.headers()) => return response,
        None if status.is_client_error() || status.is_server_error() => plain(status),
        None => return response,
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut response = in_words(app, method, path, &fault);
    if let Some(allow) = allow {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn in_words<S>(app: &super::AppState<S>, method: &Method, path: &str, fault: &Fault) -> Response {
    if for_programs(path) {
        return fault.problem();
    }
    let reading = matches!(*method, Method::GET | Method::HEAD);
    if fault.code == "no_session" && reading {
        return Redirect::to("/sign-in").into_response();
    }
    if fault.code == "second_factor_needed" && reading {
        return Redirect::to("/second").into_response();
    }
    let page = layout::fault_page(app.training, app.now(), fault);
    fault.finish((fault.status, page).into_response())
}

/// The framework's own refusals are plain text.
fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// Words for what the framework refuses by itself.
fn plain(status: StatusCode) -> Fault {
    let (code, title, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method_not_allowed", "この操作はありません。", "画面を更新してもう一度試してください。")
        }
        StatusCode::PAYLOAD_TOO_LARGE => return Fault::too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("media_type", "送られた形式を扱えません。", "application/json で送ってください。")
        }
        StatusCode::NOT_FOUND => return Fault::not_found(),
        _ => ("bad_request", "入力の内容を読み取れません。", "入力を確かめてもう一度試してください。"),
    };
    Fault::new(status, code, title, detail)
}

fn set_headers(headers: &mut HeaderMap, path: &str, training: bool) {
    let fixed =
        |name: &'static str, value: &'static str| (HeaderName::from_static(name), HeaderValue::from_static(value));
    headers.extend([
        fixed("content-security-policy", POLICY),
        fixed("x-content-type-options", "nosniff"),
        fixed("x-frame-options", "DENY"),
        // Not "no-referrer": with it browsers send `Origin: null` with our own forms, which the guard then refuses.
        fixed("referrer-policy", "same-origin"),
        fixed("cross-origin-opener-policy", "same-origin"),
        fixed("cross-origin-resource-policy", "same-origin"),
        fixed("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ]);
    if !training {
        // A training server may stand on "localhost", where it would bind every other port as well.
        headers.extend([fixed("strict-transport-security", "max-age=31536000")]);
    }
    let cache = if path.starts_with("/assets/") { "public, max-age=300" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
}
