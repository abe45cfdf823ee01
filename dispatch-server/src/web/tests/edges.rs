use super::world::World;
use crate::web::STAND_IN;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

#[tokio::test]
async fn garbage_on_the_port_ends_alone_and_the_server_answers_on() {
    let world = World::training().await;
    let mut sink = Vec::new();
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 4096], b"\x16\x03\x01\xff\xff\x01", b""] {
        let mut raw = TcpStream::connect(world.address).await.expect("a connection");
        // The server may have closed already; that is what is wanted.
        drop(raw.write_all(garbage).await);
        drop(raw.shutdown().await);
        drop(raw.read_to_end(&mut sink).await);
    }
    let tcp = TcpStream::connect(world.address).await.expect("a connection");
    let name = ServerName::from(world.address.ip());
    let mut inside = TlsConnector::from(world.tls.clone()).connect(name, tcp).await.expect("TLS");
    inside.write_all(b"\x00\x01\x02 no http\r\n\r\n").await.expect("written");
    drop(inside.read_to_end(&mut sink).await);
    // A client that connects and says nothing holds nobody up.
    let _silent = TcpStream::connect(world.address).await.expect("a connection");
    assert_eq!(world.get("/sign-in", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_is_too_big_or_not_understood_is_refused_in_words() {
    let world = World::training().await;
    let token = world.token("dispatcher").await;
    let long = world.request(Method::GET, "/sign-in").header("x-long", "x".repeat(20_000));
    let long = world.send(long.body(Body::empty()).expect("a request")).await;
    assert_eq!(long.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    let big = format!(r#"{{"place":"{}"}}"#, "x".repeat(40_000));
    assert_eq!(world.post("/api/v1/incidents", &token, &big).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let unknown = world.post("/api/v1/incidents", &token, r#"{"scene":{"lat":35.0,"lon":139.0,"height":2}}"#).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.header("content-type"), "application/problem+json; charset=utf-8");
    let detail = unknown.json().get("detail").and_then(|d| d.as_str()).unwrap_or_default().to_owned();
    assert!(detail.starts_with("scene") && detail.contains("height"), "{detail}");
    let outside = world.post("/api/v1/incidents", &token, r#"{"scene":{"lat":139.0,"lon":35.0}}"#).await;
    assert!(outside.status == StatusCode::UNPROCESSABLE_ENTITY && outside.body.contains("outside Japan"));
    let later = world.post("/api/v1/incidents", &token, r#"{"call_received_at":"2030-01-01T00:00:00Z"}"#).await;
    assert!(later.body.contains("call_received_at"));
    let not_json = world
        .request(Method::POST, "/api/v1/incidents")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from("{}"))
        .expect("a request");
    assert_eq!(world.send(not_json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let wrong_method = world
        .request(Method::DELETE, "/api/v1/cases")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .expect("a request");
    assert_eq!(world.send(wrong_method).await.json().get("code").and_then(|c| c.as_str()), Some("method_not_allowed"));
}

#[tokio::test]
async fn a_live_server_refuses_stand_ins_and_bears_no_training_banner() {
    let world = World::start(false).await;
    let stand_in = world.request(Method::GET, "/sign-in").header(STAND_IN, "sim hospitals");
    let refused = world.send(stand_in.body(Body::empty()).expect("a request")).await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("stand_in_refused"));
    let page = world.get("/sign-in", "").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("class=\"train\""));
    assert!(page.header("strict-transport-security").contains("max-age"));
    let training = World::training().await;
    let stand_in = training.request(Method::GET, "/sign-in").header(STAND_IN, "sim hospitals");
    let let_in = training.send(stand_in.body(Body::empty()).expect("a request")).await;
    assert_eq!((let_in.status, let_in.header("strict-transport-security")), (StatusCode::OK, ""));
}

#[tokio::test]
async fn stopping_ends_open_streams_at_once() {
    let mut world = World::training().await;
    let token = world.token("dispatcher").await;
    let mut live = world.open("/live/console", &token).await;
    live.until(&["event: now"]).await;
    world.stop().await;
    assert!(TcpStream::connect(world.address).await.is_err());
    drop(live.end().await);
}
