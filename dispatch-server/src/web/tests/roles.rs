//! Every route × every role: the expected status. A new route belongs into this table.

use super::client::send;
use super::world::{HERE, THERE, World, csrf, hospitals};
use crate::web::door::shape;
use crate::web::openapi::{Door, operations};
use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, header};
use dispatch_core::Role;
use std::collections::BTreeSet;

/// The columns after "nobody".
const LOGINS: [&str; 9] =
    ["dispatcher", "supervisor", "admin", "review", "operations", "machine", "desk-a", "head-a", "desk-b"];

enum Sends {
    Nothing,
    Json(&'static str),
    Form(&'static str),
}
use Sends::{Form, Json, Nothing};

type Row = (&'static str, &'static str, Sends, [u16; 10]);

const INCIDENT: &str = "received=1795132800000&place=%E5%A0%B4%E6%89%80&municipality=13202&lat=&lon=&call_text=&unit=";
const DISASTER: &str = "reason=%E5%9C%B0%E9%9C%87&area=%E8%A8%93%E7%B7%B4%E7%9C%8C%E8%A6%8B%E6%9C%AC%E5%B8%82&hours=24";
/// Signing in is open to everybody, whoever they were before.
const CREDENTIALS: &str = "login=dispatcher&passcode=a+training+passcode";

#[rustfmt::skip]
fn pages() -> Vec<Row> {
    let mut rows = vec![
        ("GET", "/assets/style.css", Nothing, [200; 10]),
        ("GET", "/assets/live.js", Nothing, [200; 10]),
        ("GET", "/assets/keys.js", Nothing, [200; 10]),
        ("GET", "/assets/console.js", Nothing, [200; 10]),
        ("GET", "/assets/icon.svg", Nothing, [200; 10]),
        ("GET", "/assets/map/outlines.bin", Nothing, [200; 10]),
        ("GET", "/assets/desk.css", Nothing, [200; 10]),
        ("GET", "/assets/desk.js", Nothing, [200; 10]),
        ("GET", "/assets/sign-in.css", Nothing, [200; 10]),
        ("GET", "/assets/sign-in.js", Nothing, [200; 10]),
        ("GET", "/nowhere", Nothing, [404; 10]),
        ("GET", "/sign-in", Nothing, [200; 10]),
        ("GET", "/keys", Nothing, [303, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
        ("POST", "/look", Form(""), [401, 303, 303, 303, 303, 303, 303, 303, 303, 303]),
        ("POST", "/language", Form(""), [401, 303, 303, 303, 303, 303, 303, 303, 303, 303]),
        ("GET", "/password", Nothing, [303, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
        ("GET", "/", Nothing, [303, 200, 200, 200, 303, 303, 303, 303, 303, 303]),
        ("GET", "/live/console", Nothing, [401, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/live/map", Nothing, [401, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/map/4/14/6", Nothing, [401, 404, 404, 404, 403, 403, 403, 403, 403, 403]),
        ("GET", "/wall", Nothing, [303, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/live/wall", Nothing, [401, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/incidents/new", Nothing, [303, 200, 200, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/incidents", Form(INCIDENT), [401, 303, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("GET", "/cases/{case}", Nothing, [303, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/live/cases/{case}", Nothing, [401, 200, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("POST", "/cases/{case}/assign", Form("unit={unit}"), [401, 303, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/cases/{case}/message", Form("message={case}&to=&phrase=&text=%E4%B8%80%E5%A0%B1"), [401, 303, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/cases/{case}/card", Form("answer=ready"), [401, 303, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/cases/{case}/checked", Form("alarm=%22difficult%22"), [401, 303, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/cases/{case}/handover", Form(""), [401, 404, 404, 403, 403, 403, 403, 403, 403, 403]),
        ("GET", "/handover/{case}", Nothing, [303, 404, 404, 404, 403, 403, 403, 403, 403, 404]),
        ("GET", "/handover/{case}.json", Nothing, [401, 404, 404, 404, 403, 403, 403, 403, 403, 404]),
        ("POST", "/handover/{case}/code", Form(""), [401, 404, 404, 404, 403, 403, 403, 403, 403, 404]),
        ("GET", "/h/0123", Nothing, [200; 10]),
        ("POST", "/h/0123", Nothing, [410; 10]),
        ("GET", "/receipt/{case}", Nothing, [303, 200, 200, 200, 403, 403, 403, 403, 403, 404]),
        ("POST", "/receipt/{case}/code", Form(""), [401, 200, 200, 200, 403, 403, 403, 403, 403, 404]),
        ("GET", "/r/0123", Nothing, [200; 10]),
        ("POST", "/r/0123", Nothing, [410; 10]),
        ("GET", "/reviews", Nothing, [303, 403, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("POST", "/reviews/{case}", Form("say=right"), [401, 403, 404, 404, 403, 403, 403, 403, 403, 403]),
        ("POST", "/admin/staff-password", Form("required=0"), [401, 403, 403, 303, 403, 403, 403, 403, 403, 403]),
        ("POST", "/admin/staff-password/{case}", Form(""), [401, 403, 403, 404, 403, 403, 403, 403, 403, 403]),
        ("GET", "/second", Nothing, [303, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
        // Nobody here has an app: on a training installation none is asked for.
        ("POST", "/second", Form("code=000000"), [401, 404, 404, 404, 404, 404, 404, 404, 404, 404]),
        ("POST", "/second/app", Form("code=none"), [401, 401, 401, 401, 401, 401, 403, 401, 401, 401]),
        ("POST", "/admin/terminals/{case}/revoke", Form(""), [401, 403, 403, 404, 403, 404, 403, 403, 403, 403]),
        ("POST", "/admin/recovery", Form("login=nobody"), [401, 403, 403, 404, 403, 404, 403, 403, 403, 403]),
        ("POST", "/admin/tokens", Form("name=x&purpose=cad&days=0"), [401, 403, 403, 422, 403, 403, 403, 403, 403, 403]),
        ("POST", "/admin/tokens/{case}/end", Form(""), [401, 403, 403, 404, 403, 403, 403, 403, 403, 403]),
        ("GET", "/stats", Nothing, [303, 403, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/admin", Nothing, [303, 403, 403, 200, 403, 200, 403, 403, 403, 403]),
        ("GET", "/disaster", Nothing, [303, 403, 200, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/disaster", Form(DISASTER), [401, 403, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/disaster/relief", Form("unit={relief}"), [401, 403, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/disaster/relief/{relief}/end", Form(""), [401, 403, 303, 403, 403, 403, 403, 403, 403, 403]),
        ("POST", "/disaster/end", Form(""), [401, 403, 303, 403, 403, 403, 403, 403, 403, 403]),
        // Refused for the new passcode's length: it changes nothing that the rows below need.
        ("POST", "/password", Form("old=a&new=b"), [401, 422, 422, 422, 422, 422, 422, 422, 422, 422]),
        ("POST", "/sign-in", Form(CREDENTIALS), [303; 10]),
        ("POST", "/sign-out", Form(""), [401, 303, 303, 303, 303, 303, 303, 303, 303, 303]),
    ];
    rows.extend(desk_pages());
    rows
}

#[rustfmt::skip]
fn desk_pages() -> Vec<Row> {
    vec![
        ("GET", "/desk", Nothing, [303, 403, 403, 403, 403, 403, 403, 200, 200, 200]),
        ("GET", "/live/desk", Nothing, [401, 403, 403, 403, 403, 403, 403, 200, 200, 200]),
        ("POST", "/desk/enquiries/{enquiry}/answer", Form("say=decline-0"), [401, 403, 403, 403, 403, 403, 403, 303, 303, 404]),
        ("POST", "/desk/enquiries/{enquiry}/withdraw", Form("reason=0"), [401, 403, 403, 403, 403, 403, 403, 409, 409, 404]),
        ("POST", "/desk/cases/{case}/sign", Form("name=%E8%A8%93%E7%B7%B4"), [401, 403, 403, 403, 403, 403, 403, 403, 403, 404]),
        ("POST", "/desk/enquiries/{enquiry}/put-aside", Form(""), [401, 403, 403, 403, 403, 403, 403, 303, 303, 404]),
        ("GET", "/desk/capacity", Nothing, [303, 403, 403, 403, 403, 403, 403, 200, 200, 200]),
        ("POST", "/desk/capacity", Form("of=all&say=free"), [401, 403, 403, 403, 403, 403, 403, 303, 303, 303]),
        ("POST", "/desk/capacity/week", Form("of=all&say=0"), [401, 403, 403, 403, 403, 403, 403, 303, 303, 303]),
        ("POST", "/desk/capacity/places", Form("red=1&yellow=2&green=3&black=0&minutes=60"), [401, 403, 403, 403, 403, 403, 403, 303, 303, 303]),
        ("POST", "/desk/capacity/bays", Form("taken=3&total=4"), [401, 403, 403, 403, 403, 403, 403, 303, 303, 303]),
    ]
}

#[rustfmt::skip]
fn api() -> Vec<Row> {
    const PLACES: &str = r#"{"red":1,"yellow":0,"green":0,"black":0,"minutes":60}"#;
    const DECLINE: &str = r#"{"declined":{"reason":"beds_full"}}"#;
    vec![
        ("GET", "/api/v1/openapi.json", Nothing, [200; 10]),
        ("POST", "/api/v1/incidents", Json("{}"), [401, 201, 201, 403, 403, 403, 201, 403, 403, 403]),
        ("GET", "/api/v1/cases", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/cases/{case}", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("POST", "/api/v1/cases/{case}/assign", Json(r#"{"unit":"{unit}"}"#), [401, 204, 204, 403, 403, 403, 204, 403, 403, 403]),
        ("POST", "/api/v1/cases/{case}/messages", Json(r#"{"text":"x"}"#), [401, 201, 201, 403, 403, 403, 201, 403, 403, 403]),
        ("POST", "/api/v1/cases/{case}/stages", Json(r#"{"unit":"{unit}","stage":"on_scene"}"#), [401, 204, 204, 403, 403, 403, 204, 403, 403, 403]),
        ("POST", "/api/v1/cases/{case}/card", Json(r#"{"answer":"ready"}"#), [401, 204, 204, 403, 403, 403, 204, 403, 403, 403]),
        ("POST", "/api/v1/cases/{case}/handover", Json("{}"), [401, 404, 404, 403, 403, 403, 403, 403, 403, 403]),
        ("GET", "/api/v1/units", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/units.geojson", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/hospitals.geojson", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/units.csv", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/hospitals.csv", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("GET", "/api/v1/stats", Nothing, [401, 403, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/api/v1/stats.csv", Nothing, [401, 403, 200, 200, 403, 403, 403, 403, 403, 403]),
        ("GET", "/api/v1/capacity", Nothing, [401, 200, 200, 200, 403, 403, 200, 403, 403, 403]),
        ("POST", "/api/v1/capacity", Json(r#"{"reports":[]}"#), [401, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
        ("GET", "/api/v1/desk/enquiries", Nothing, [401, 403, 403, 403, 403, 403, 403, 200, 200, 200]),
        ("GET", "/api/v1/desk/events", Nothing, [401, 403, 403, 403, 403, 403, 403, 200, 200, 200]),
        ("POST", "/api/v1/desk/watch", Json(r#"{"page":"a","watches":true}"#), [401, 403, 403, 403, 403, 403, 403, 204, 204, 204]),
        ("POST", "/api/v1/desk/enquiries/{enquiry}/delivered", Nothing, [401, 403, 403, 403, 403, 403, 403, 204, 204, 404]),
        ("POST", "/api/v1/desk/enquiries/{enquiry}/seen", Nothing, [401, 403, 403, 403, 403, 403, 403, 204, 204, 404]),
        ("POST", "/api/v1/desk/enquiries/{enquiry}/answer", Json(DECLINE), [401, 403, 403, 403, 403, 403, 403, 200, 200, 404]),
        ("POST", "/api/v1/desk/capacity", Json(r#"{"state":"full"}"#), [401, 403, 403, 403, 403, 403, 403, 204, 204, 204]),
        ("POST", "/api/v1/desk/mass-capacity", Json(PLACES), [401, 403, 403, 403, 403, 403, 403, 204, 204, 204]),
        ("GET", "/api/v1/desk/patients/{case}", Nothing, [401, 403, 403, 403, 403, 403, 403, 403, 403, 404]),
        ("POST", "/api/v1/sign-in", Json(r#"{"login":"dispatcher","passcode":"a training passcode"}"#), [200; 10]),
        ("GET", "/api/v1/terminal/ring", Nothing, [200; 10]),
        ("POST", "/api/v1/sign-out", Nothing, [401, 204, 204, 204, 204, 204, 204, 204, 204, 204]),
    ]
}

/// A row's path as the router writes it: what the test fills in is a parameter again.
fn as_route(path: &str) -> String {
    path.replace("/h/0123", "/h/{code}")
        .replace("/r/0123", "/r/{code}")
        .replace("/assets/map/outlines.bin", "/assets/map/{file}")
        .replace("/map/4/14/6", "/map/{z}/{x}/{y}")
}

/// A route that no row speaks of would be open to whoever finds it, and nobody would notice.
#[test]
fn every_route_has_a_row_and_a_place_in_the_document() {
    let listed = crate::web::routes::<dispatch_core::memory::MemoryStore>();
    let rows: Vec<(&str, String)> =
        pages().iter().chain(&api()).map(|(method, path, ..)| (*method, shape(&as_route(path)))).collect();
    let known = |method: &str, path: &str| rows.iter().any(|(m, p)| *m == method && *p == shape(path));
    let without: Vec<_> = listed.names().iter().filter(|(method, path)| !known(method, path)).collect();
    assert!(without.is_empty(), "routes without a row: {without:?}");
    let routes: BTreeSet<_> = listed.names().iter().map(|(method, path)| (*method, shape(path))).collect();
    let said: BTreeSet<_> = operations().map(|operation| (operation.method, shape(operation.path))).collect();
    let silent: Vec<_> = routes.symmetric_difference(&said).collect();
    assert!(silent.is_empty(), "only a route, or only in the document: {silent:?}");
}

/// The columns' tokens. Signing out ends a session, so a row that does has sessions of its own.
async fn tokens(world: &World) -> Vec<Option<String>> {
    let mut tokens = vec![None];
    for login in LOGINS {
        tokens.push(Some(world.token(login).await));
    }
    tokens
}

fn request(builder: Builder, sends: &Sends, token: Option<&str>, fill: impl Fn(&str) -> String) -> Request<Body> {
    let builder = match token {
        Some(token) => builder.header(header::AUTHORIZATION, format!("Bearer {token}")),
        None => builder,
    };
    let request = match sends {
        Nothing => builder.body(Body::empty()),
        Json(json) => builder.header(header::CONTENT_TYPE, "application/json").body(Body::from(fill(json))),
        Form(fields) => {
            let proof = csrf(token.unwrap_or_default());
            let all = match *fields {
                "" => format!("csrf={proof}"),
                CREDENTIALS => CREDENTIALS.to_owned(),
                fields => format!("csrf={proof}&{}", fill(fields)),
            };
            builder.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(all))
        }
    };
    request.expect("a request")
}

#[tokio::test]
async fn every_role_gets_what_the_table_says_and_nothing_else() {
    let world = World::training().await;
    let (case, enquiries) = world.enquire(40, &hospitals()[..1]).await;
    let enquiry = enquiries.first().expect("one").to_string();
    let fill = |text: &str| {
        text.replace("{case}", &case.to_string())
            .replace("{enquiry}", &enquiry)
            .replace("{unit}", &HERE.unit().to_string())
            .replace("{relief}", &THERE.unit().to_string())
    };
    let lasting = tokens(&world).await;
    let mut wrong = Vec::new();
    for (method, path, sends, expected) in pages().into_iter().chain(api()) {
        let leaving = if path.ends_with("/sign-out") { Some(tokens(&world).await) } else { None };
        for (column, (token, status)) in leaving.as_ref().unwrap_or(&lasting).iter().zip(expected).enumerate() {
            let builder = world.request(method.parse::<Method>().expect("a method"), &fill(path));
            let request = request(builder, &sends, token.as_deref(), fill);
            let got = send(world.address, &world.tls, request).await.status.as_u16();
            if got != status {
                let who = column.checked_sub(1).and_then(|c| LOGINS.get(c)).unwrap_or(&"nobody");
                wrong.push(format!("{method} {path} as {who}: {got}, expected {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who may not act is told so, whatever was sent: nothing of the request is read before.
#[tokio::test]
async fn the_role_is_asked_before_anything_is_read() {
    let world = World::training().await;
    let (nobody, review, crewless) = (None, Some(world.token("review").await), Some(world.token("operations").await));
    let mut wrong = Vec::new();
    for operation in operations() {
        let Door::Roles(roles) = operation.door else { continue };
        let path = operation.path.split('/').map(|p| if p.starts_with('{') { "no-id" } else { p }).collect::<Vec<_>>();
        for (token, role) in
            [(&nobody, None), (&review, Some(Role::MedicalReview)), (&crewless, Some(Role::Operations))]
        {
            if role.is_some_and(|role| roles.contains(&role)) {
                continue;
            }
            let mut request = world.request(operation.method.parse::<Method>().expect("a method"), &path.join("/"));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            let got = world.send(request.body(Body::from("\0 nothing that can be read")).expect("a request")).await;
            let signed_out = token.is_none() && matches!(got.status.as_u16(), 401 | 303);
            if !signed_out && (token.is_none() || got.status.as_u16() != 403 || !got.body.contains("not_permitted")) {
                wrong.push(format!("{} {}: {}", operation.method, operation.path, got.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
