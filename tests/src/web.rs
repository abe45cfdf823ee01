//! HTTPS as a stranger speaks it: one connection per request, every header in the test's hand.

use crate::soon;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// A longer answer is a failure of its own.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Speaks to one server.
#[derive(Clone)]
pub struct Visitor {
    port: u16,
    connector: TlsConnector,
}

/// What came back.
pub struct Visited {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty for a stream of events, of which the head is all that is waited for.
    pub body: Bytes,
}

impl Visited {
    /// A header as text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Visitor {
    /// Trusts what `tls` trusts; the server is `localhost` on this port.
    #[must_use]
    pub fn new(port: u16, tls: Arc<rustls::ClientConfig>) -> Self {
        Self { port, connector: TlsConnector::from(tls) }
    }
    /// The name under which the server is asked for.
    #[must_use]
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }
    /// Sends one request.
    ///
    /// # Errors
    /// When the server hung up: it need not hear out a long body that it refuses.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Visited, hyper::Error> {
        soon("an answer over HTTPS", self.exchange(request)).await
    }
    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Visited, hyper::Error> {
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = self.connector.connect(name, tcp).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { drop(connection.await) });
        let (head, body) = sender.send_request(request).await?.into_parts();
        let kind = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let flows = head.status.is_success() && kind.starts_with("text/event-stream");
        let body = match flows {
            true => Bytes::new(),
            false => Limited::new(body, ANSWER_BYTES_MAX).collect().await.unwrap().to_bytes(),
        };
        Ok(Visited { status: head.status, headers: head.headers, body })
    }
}
