//! The HTTPS side: sign-in, dispatch page, case pages, hospital desk, handover document, `/api/v1`.
//!
//! In: an [`AppState`] (store, clock, tables, hints of change) and requests of people and programs. Out: pages rendered on the
//! server, JSON, server-sent events. Every handler asks a use case of `dispatch-core` with the signed-in principal; pages are
//! folds of facts, and an open page reads on by itself when it is hinted ([`Changes`]).
//!
//! **Invariant:** no page, address, title, log or browser storage holds the content of a history, except the page and JSON that
//! the accepting hospital's desk opens, audited; nothing is fetched from elsewhere; a stand-in is refused by a live server.

mod admin;
mod api;
mod assets;
mod case_page;
mod clinical;
mod codes;
mod console;
mod desk;
mod disaster;
mod door;
mod fault;
mod guard;
mod handover;
mod json;
mod keys;
mod layout;
pub mod limits;
mod live;
mod map;
mod municipalities;
mod openapi;
mod parts;
mod passcode;
mod proposals;
mod rate;
mod receipt;
mod reviews;
mod routes;
mod second;
mod serve;
mod session;
mod sign_in;
mod staff_password;
mod state;
mod statistics;
mod terminals;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
pub(crate) mod watching;
mod words;

pub use codes::{HandoverCodes, Opens};
pub use fault::Fault;
pub use guard::STAND_IN;
pub use openapi::document as openapi_document;
pub use passcode::{PasscodeError, Passcodes, hash_passcode};
pub use second::FactorKey;
pub use state::{AppState, Changes, LiveUnits, NobodyHeard, UnitLive};
pub(crate) use statistics::stats_csv;
pub use watching::Watching;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::from_fn_with_state;
use dispatch_core::Store;
use routes::{Listed, get, post};
use state::App;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves pages and API on a listener until `stop` resolves; requests under way may end ([`limits::STOP_TIME`]).
pub async fn serve<S: Store + 'static>(
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    state: Arc<AppState<S>>,
    stop: impl Future<Output = ()>,
) {
    let changes = state.changes.clone();
    serve::run(listener, tls, router(state), changes, stop).await;
}

/// All routes with everything that surrounds them.
pub fn router<S: Store + 'static>(state: Arc<AppState<S>>) -> Router {
    let inside = routes::<S>().into_router().route_layer(from_fn_with_state(state.clone(), door::check::<S>));
    inside
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), guard::around::<S>))
        .with_state(state)
}

/// Everything that is answered.
fn routes<S: Store + 'static>() -> Listed<App<S>> {
    people().merge(programs())
}

/// The whole address of one of our paths, by the name under which the server was asked for.
fn address_of(headers: &HeaderMap, uri: &Uri, path: &str) -> Result<String, Fault> {
    let host = uri.authority().map(|a| a.as_str().to_owned());
    let host = host.or_else(|| headers.get(header::HOST).and_then(|h| h.to_str().ok()).map(str::to_owned));
    let host = host.ok_or_else(|| Fault::field("host", "サーバーのアドレスが分かりません"))?;
    Ok(format!("https://{host}{path}"))
}

async fn nothing_here() -> Fault {
    Fault::not_found()
}

fn people<S: Store + 'static>() -> Listed<App<S>> {
    Listed::new()
        .route("/assets/style.css", get(assets::style))
        .route("/assets/live.js", get(assets::script))
        .route("/assets/keys.js", get(assets::keys))
        .route("/assets/console.js", get(assets::console))
        .route("/assets/desk.js", get(assets::desk_script))
        .route("/assets/desk.css", get(assets::desk_style))
        .route("/assets/icon.svg", get(assets::icon))
        .route("/assets/map/{file}", get(assets::map))
        .route("/sign-in", get(sign_in::page::<S>).post(sign_in::submit::<S>))
        .route("/assets/sign-in.js", get(assets::sign_in_script))
        .route("/assets/sign-in.css", get(assets::sign_in_style))
        .route("/sign-out", post(sign_in::out::<S>))
        .route("/second", get(second::page::<S>).post(second::submit::<S>))
        .route("/second/app", post(second::set::<S>))
        .route("/keys", get(keys::page::<S>))
        .route("/look", post(keys::look))
        .route("/password", get(sign_in::password_page::<S>).post(sign_in::change_password::<S>))
        .route("/", get(console::page::<S>))
        .route("/live/console", get(console::live::<S>))
        .route("/live/map", get(map::live::<S>))
        .route("/map/{z}/{x}/{y}", get(map::tile::<S>))
        .route("/wall", get(console::wall::<S>))
        .route("/live/wall", get(console::wall_live::<S>))
        .route("/language", post(keys::language))
        .route("/incidents/new", get(console::new_page::<S>))
        .route("/incidents", post(console::open::<S>))
        .route("/cases/{case}", get(case_page::page::<S>))
        .route("/live/cases/{case}", get(case_page::live::<S>))
        .route("/cases/{case}/assign", post(console::assign::<S>))
        .route("/cases/{case}/message", post(case_page::message::<S>))
        .route("/cases/{case}/card", post(case_page::card::<S>))
        .route("/cases/{case}/checked", post(case_page::checked::<S>))
        .route("/cases/{case}/handover", post(case_page::make_document::<S>))
        .route("/desk", get(desk::page::<S>))
        .route("/live/desk", get(desk::live::<S>))
        .route("/desk/enquiries/{enquiry}/answer", post(desk::answer_form::<S>))
        .route("/desk/enquiries/{enquiry}/withdraw", post(desk::withdraw_form::<S>))
        .route("/desk/cases/{case}/sign", post(desk::sign_form::<S>))
        .route("/desk/enquiries/{enquiry}/put-aside", post(desk::put_aside_form::<S>))
        .route("/desk/capacity", get(desk::capacity_page::<S>).post(desk::capacity_form::<S>))
        .route("/desk/capacity/week", post(desk::week_form::<S>))
        .route("/desk/capacity/places", post(desk::places_form::<S>))
        .route("/desk/capacity/bays", post(desk::bays_form::<S>))
        .route("/handover/{case}", get(handover::document::<S>))
        .route("/handover/{case}/code", post(handover::make::<S>))
        .route("/h/{code}", get(handover::ask::<S>).post(handover::open::<S>))
        .route("/receipt/{case}", get(receipt::page::<S>))
        .route("/receipt/{case}/code", post(receipt::make::<S>))
        .route("/r/{code}", get(receipt::ask::<S>).post(receipt::open::<S>))
        .route("/reviews", get(reviews::page::<S>))
        .route("/reviews/{lookup}", post(reviews::submit::<S>))
        .route("/disaster", get(disaster::page::<S>).post(disaster::open::<S>))
        .route("/disaster/end", post(disaster::end::<S>))
        .route("/disaster/relief", post(disaster::activate::<S>))
        .route("/disaster/relief/{unit}/end", post(disaster::release::<S>))
        .route("/stats", get(statistics::page::<S>))
        .route("/admin", get(admin::page::<S>))
        .route("/admin/tokens", post(tokens::make::<S>))
        .route("/admin/tokens/{account}/end", post(tokens::end::<S>))
        .route("/admin/terminals/{terminal}/revoke", post(terminals::revoke::<S>))
        .route("/admin/recovery", post(terminals::recover::<S>))
        .route("/admin/staff-password", post(staff_password::require::<S>))
        .route("/admin/staff-password/{account}", post(staff_password::issue::<S>))
}

fn programs<S: Store + 'static>() -> Listed<App<S>> {
    let desk = Listed::new()
        .route("/enquiries", get(desk::enquiries::<S>))
        .route("/events", get(desk::stream::<S>))
        .route("/watch", post(desk::watch::<S>))
        .route("/enquiries/{enquiry}/delivered", post(desk::delivered::<S>))
        .route("/enquiries/{enquiry}/seen", post(desk::seen::<S>))
        .route("/enquiries/{enquiry}/answer", post(desk::answer::<S>))
        .route("/capacity", post(desk::capacity::<S>))
        .route("/mass-capacity", post(desk::mass_capacity::<S>))
        .route("/patients/{case}", get(desk::patient::<S>));
    let api = Listed::new()
        .route("/openapi.json", get(openapi::served))
        .route("/sign-in", post(sign_in::api::<S>))
        .route("/sign-out", post(sign_in::api_out::<S>))
        .route("/terminal/ring", get(second::ring::<S>))
        .route("/incidents", post(api::open::<S>))
        .route("/cases", get(api::list::<S>))
        .route("/cases/{case}", get(api::one::<S>))
        .route("/cases/{case}/assign", post(api::assign::<S>))
        .route("/cases/{case}/stages", post(api::tell::stage::<S>))
        .route("/cases/{case}/messages", post(api::tell::message::<S>))
        .route("/cases/{case}/card", post(api::tell::card::<S>))
        .route("/cases/{case}/handover", post(api::make_document::<S>))
        .route("/units", get(api::units::<S>))
        .route("/units.geojson", get(api::places::units::<S>))
        .route("/hospitals.geojson", get(api::places::hospitals::<S>))
        .route("/units.csv", get(api::places::units_csv::<S>))
        .route("/hospitals.csv", get(api::places::hospitals_csv::<S>))
        .route("/stats", get(statistics::json::<S>))
        .route("/stats.csv", get(statistics::csv::<S>))
        .route("/capacity", get(api::capacity::told::<S>).post(api::feed::capacity::<S>))
        .nest("/desk", desk);
    Listed::new().nest("/api/v1", api)
}
