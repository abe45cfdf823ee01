//! HTTPS/1.1, one request per connection, every header in the test's hand.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use futures::StreamExt;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// Longest wait for anything in these tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back, read whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// A response whose body still flows.
pub(super) struct Flowing {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Body,
    _connection: JoinSet<()>,
}

impl Flowing {
    pub(super) async fn whole(self) -> Answer {
        let bytes =
            tokio::time::timeout(PATIENCE, to_bytes(self.body, 4 << 20)).await.expect("in time").expect("a body");
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: self.status, headers: self.headers, body }
    }
    /// Reads until all texts have come; returns everything read.
    pub(super) async fn until(&mut self, wanted: &[&str]) -> String {
        let mut text = String::new();
        let reading = async {
            let mut stream = core::mem::take(&mut self.body).into_data_stream();
            while !wanted.iter().all(|part| text.contains(part)) {
                let chunk = stream.next().await.expect("the stream goes on").expect("a chunk");
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
            self.body = Body::from_stream(stream);
        };
        let ended = tokio::time::timeout(PATIENCE, reading).await;
        assert!(ended.is_ok(), "waited for {wanted:?}, read: {text}");
        text
    }
    /// Reads to the end of the stream.
    pub(super) async fn end(self) -> String {
        self.whole().await.body
    }
}

pub(super) async fn send(to: SocketAddr, tls: &Arc<rustls::ClientConfig>, request: Request<Body>) -> Flowing {
    let tcp = TcpStream::connect(to).await.expect("a connection");
    let name = ServerName::from(to.ip());
    let stream = TlsConnector::from(tls.clone()).connect(name, tcp).await.expect("TLS");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    let response = tokio::time::timeout(PATIENCE, sender.send_request(request)).await.expect("in time");
    let (head, body) = response.expect("a response").into_parts();
    Flowing { status: head.status, headers: head.headers, body: Body::new(body), _connection: tasks }
}
