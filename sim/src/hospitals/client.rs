//! HTTPS with one request per connection, or on a connection that is kept; every request says that it comes from a stand-in.

use super::sse::{Message, Reader};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde_json::Value;
use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// The header in which a stand-in says what it is; a live server refuses it.
pub const STAND_IN: &str = dispatch_server::web::STAND_IN;
/// Its value.
const NAME: &str = "sim hospitals";
/// A request that takes longer has failed.
const REQUEST_TIME: Duration = Duration::from_secs(15);
/// A stream of events without a byte for so long is dead: the server sends a comment every ten seconds.
const SILENT_TIME: Duration = Duration::from_secs(30);
/// Bytes of an answer; a longer one is refused.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where the server is: `https://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

/// A text that is no address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading the server's address: expected https://host:port")]
pub struct AddressError;

impl FromStr for Address {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = text.strip_prefix("https://").ok_or(AddressError)?.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => (host, port.parse().map_err(|_| AddressError)?),
            _ => (rest, 443),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        ServerName::try_from(bare.to_owned()).map_err(|_| AddressError)?;
        Ok(Self { host: bare.to_owned(), port })
    }
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, or it broke.
    #[error("talking to the server: no connection")]
    Connection(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// It took too long.
    #[error("talking to the server: no answer in time")]
    Slow,
    /// The server refused.
    #[error("asking the server: {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its stable code.
        code: String,
    },
    /// The answer makes no sense.
    #[error("reading the server's answer: {0}")]
    Answer(&'static str),
    /// A task of ours panicked.
    #[error("playing a desk: it panicked")]
    Panicked,
}

impl ClientError {
    /// Whether trying again may help.
    #[must_use]
    pub const fn passes(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Slow | Self::Answer(_) => true,
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            Self::Panicked => false,
        }
    }
    /// The session has ended.
    pub(crate) const fn signed_out(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }
}

fn broken(error: impl core::error::Error + Send + Sync + 'static) -> ClientError {
    ClientError::Connection(Box::new(error))
}

/// Speaks to one server.
#[derive(Clone)]
pub struct Client {
    address: Address,
    connector: TlsConnector,
}

/// An open stream of events. Dropping it closes the connection.
pub(crate) struct Events {
    body: Incoming,
    reader: Reader,
    waiting: VecDeque<Message>,
    _connection: JoinSet<()>,
}

impl Client {
    /// A client that trusts what `tls` trusts (`pki::https_client_config`).
    #[must_use]
    pub fn new(address: Address, tls: Arc<rustls::ClientConfig>) -> Self {
        Self { address, connector: TlsConnector::from(tls) }
    }

    /// Sends a request; the answer's JSON, null when it has no body.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let asked = async {
            let (response, _connection) = self.send(method, path, token, body).await?;
            let status = response.status();
            let collected = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let bytes = collected.map_err(ClientError::Connection)?.to_bytes();
            if status.is_success() { value_of(&bytes) } else { Err(refused(status, &bytes)) }
        };
        tokio::time::timeout(REQUEST_TIME, asked).await.map_err(|_| ClientError::Slow)?
    }

    /// Fetches a page as text.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn page(&self, path: &str, token: &str) -> Result<String, ClientError> {
        let asked = async {
            let (response, _connection) = self.send(Method::GET, path, Some(token), None).await?;
            let status = response.status();
            let collected = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let bytes = collected.map_err(ClientError::Connection)?.to_bytes();
            if status.is_success() {
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            } else {
                Err(refused(status, &bytes))
            }
        };
        tokio::time::timeout(REQUEST_TIME, asked).await.map_err(|_| ClientError::Slow)?
    }

    /// Opens a stream of events.
    pub(crate) async fn listen(&self, path: &str, token: &str) -> Result<Events, ClientError> {
        let opened = async {
            let (response, connection) = self.send(Method::GET, path, Some(token), None).await?;
            let status = response.status();
            if status.is_success() {
                return Ok((response.into_body(), connection));
            }
            let collected = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            Err(refused(status, &collected.map_err(ClientError::Connection)?.to_bytes()))
        };
        let (body, _connection) = tokio::time::timeout(REQUEST_TIME, opened).await.map_err(|_| ClientError::Slow)??;
        Ok(Events { body, reader: Reader::default(), waiting: VecDeque::new(), _connection })
    }

    async fn connect(&self) -> Result<Open, ClientError> {
        let Address { host, port } = &self.address;
        let tcp = TcpStream::connect((host.as_str(), *port)).await.map_err(broken)?;
        tcp.set_nodelay(true).map_err(broken)?;
        let name = ServerName::try_from(host.clone()).map_err(broken)?;
        let tls = self.connector.connect(name, tcp).await.map_err(broken)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.map_err(broken)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { drop(connection.await) });
        Ok(Open { sender, tasks })
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let Address { host, port } = &self.address;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") })
            .header(USER_AGENT, format!("{NAME} (stand-in)"))
            .header(ACCEPT, "application/json, text/event-stream")
            .header(STAND_IN, NAME);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let bytes = body.map(Value::to_string).unwrap_or_default();
        request.body(Full::new(Bytes::from(bytes))).map_err(broken)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<(Response<Incoming>, JoinSet<()>), ClientError> {
        let mut open = self.connect().await?;
        let request = self.request(method, path, token, body)?;
        let response = open.sender.send_request(request).await.map_err(broken)?;
        Ok((response, open.tasks))
    }
}

/// A connection that stands.
struct Open {
    sender: SendRequest<Full<Bytes>>,
    tasks: JoinSet<()>,
}

/// A client that keeps its connection: one request after another, as a browser's page or a dispatch system does. A connection
/// that the server has closed is made again before the next request.
pub(crate) struct Kept {
    client: Client,
    open: Mutex<Option<Open>>,
}

impl Kept {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, open: Mutex::new(None) }
    }

    /// As [`Client::ask`], on the kept connection; requests wait for each other.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let mut place = self.open.lock().await;
        let asked = async {
            let mut kept = place.take();
            if let Some(open) = &mut kept
                && open.sender.ready().await.is_err()
            {
                kept = None;
            }
            let mut open = match kept {
                Some(open) => open,
                None => self.client.connect().await?,
            };
            let response = open.sender.send_request(self.client.request(method, path, token, body)?).await;
            let response = response.map_err(broken)?;
            let status = response.status();
            let collected = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let bytes = collected.map_err(ClientError::Connection)?.to_bytes();
            *place = Some(open);
            if status.is_success() { value_of(&bytes) } else { Err(refused(status, &bytes)) }
        };
        tokio::time::timeout(REQUEST_TIME, asked).await.map_err(|_| ClientError::Slow)?
    }
}

fn value_of(bytes: &[u8]) -> Result<Value, ClientError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| ClientError::Answer("it is not JSON"))
}

fn refused(status: StatusCode, bytes: &[u8]) -> ClientError {
    let problem: Option<Value> = serde_json::from_slice(bytes).ok();
    let code = problem.as_ref().and_then(|p| p.get("code")?.as_str()).unwrap_or("").chars().take(64).collect();
    ClientError::Refused { status: status.as_u16(), code }
}

impl Events {
    /// The next event; none when the server ended the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Message>, ClientError> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                return Ok(Some(message));
            }
            let frame = tokio::time::timeout(SILENT_TIME, self.body.frame()).await.map_err(|_| ClientError::Slow)?;
            let Some(frame) = frame else { return Ok(None) };
            if let Ok(chunk) = frame.map_err(broken)?.into_data() {
                let found = self.reader.push(&chunk).map_err(|_| ClientError::Answer("an event is too long"))?;
                self.waiting.extend(found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_and_without_a_port() {
        let of = |text: &str| text.parse::<Address>().map(|a| (a.host, a.port));
        assert_eq!(of("https://127.0.0.1:8443/"), Ok(("127.0.0.1".into(), 8443)));
        assert_eq!(of("https://[::1]:8443"), Ok(("::1".into(), 8443)));
        assert_eq!(of("https://dispatch.example"), Ok(("dispatch.example".into(), 443)));
        assert_eq!(of("http://127.0.0.1:80"), Err(AddressError));
        assert_eq!(of("https://a:99999"), Err(AddressError));
    }
}
