//! HTTPS with mutual TLS around [`answer`](super::answer()).

use super::answer::answer;
use super::fault::{Fault, Faults};
use super::persona_history::Register;
use super::spent::Spent;
use core::convert::Infallible;
use core::net::SocketAddr;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use eligibility::protocol::{HistoryRequest, MEDIA_TYPE, PATH, STAND_IN_HEADER, STAND_IN_VALUE};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use model::Timestamp;
use patient_history::NotObtainableReason;
use rustls::ServerConfig;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A question's bytes at most; a larger one is answered with 413.
pub const MAX_QUESTION_BYTES: usize = 64 << 10;
/// Connections at once; the next one waits.
const MAX_CONNECTIONS: usize = 256;
/// How long a handshake or a request head may take before the connection is closed.
const PATIENCE: Duration = Duration::from_secs(10);

type Body = BoxBody<Bytes, Infallible>;

/// A running stand-in; it stops when this is dropped.
pub struct Handle {
    address: SocketAddr,
    faults: Faults,
    answered: Arc<AtomicU64>,
    spent: Spent,
    tasks: JoinSet<()>,
}

impl Handle {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
    /// Its misbehaviour.
    #[must_use]
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }
    /// Questions that it has received so far.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }
    /// How long it took for each look-up.
    #[must_use]
    pub fn spent(&self) -> Spent {
        self.spent.clone()
    }
    /// Stops it and waits until it has.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

struct Shared {
    register: Register,
    faults: Faults,
    questions: Arc<AtomicU64>,
    spent: Spent,
    now: fn() -> Timestamp,
}

/// Serves on `listener` until the handle is dropped. `tls` must demand client certificates
/// (`pki::mutual_tls_server_config`).
///
/// # Errors
/// When the listener's address cannot be read.
pub fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    register: Register,
    faults: Faults,
    now: fn() -> Timestamp,
) -> io::Result<Handle> {
    let address = listener.local_addr()?;
    let questions = Arc::new(AtomicU64::new(0));
    let spent = Spent::default();
    let shared =
        Arc::new(Shared { register, faults: faults.clone(), questions: questions.clone(), spent: spent.clone(), now });
    let mut tasks = JoinSet::new();
    tasks.spawn(accept(listener, TlsAcceptor::from(tls), shared));
    Ok(Handle { address, faults, answered: questions, spent, tasks })
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, peer)) => { connections.spawn(connection(stream, peer, tls.clone(), shared.clone())); }
                Err(error) => tracing::warn!(%error, "stand-in: accepting a connection"),
            },
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, tls: TlsAcceptor, shared: Arc<Shared>) {
    let stream = match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::warn!(%peer, %error, "stand-in: refused a connection"),
        Err(_) => return tracing::warn!(%peer, "stand-in: a handshake took too long"),
    };
    let service = service_fn(move |request| respond(request, shared.clone()));
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "stand-in: a connection ended");
    }
}

async fn respond(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<Body>, io::Error> {
    let fault = shared.faults.get();
    if request.method() != Method::POST || request.uri().path() != PATH {
        return Ok(plain(&fault, StatusCode::NOT_FOUND, Full::default().boxed()));
    }
    let Ok(collected) = Limited::new(request.into_body(), MAX_QUESTION_BYTES).collect().await else {
        return Ok(plain(&fault, StatusCode::PAYLOAD_TOO_LARGE, Full::default().boxed()));
    };
    shared.questions.fetch_add(1, Ordering::Relaxed);
    let Ok(question) = serde_json::from_slice::<HistoryRequest>(&collected.to_bytes()) else {
        return Ok(plain(&fault, StatusCode::BAD_REQUEST, Full::default().boxed()));
    };
    #[expect(clippy::disallowed_methods, reason = "the stand-in says how long it took")]
    let began = std::time::Instant::now();
    let lookup = question.message_header.arbitrary_file_identifier.clone();
    let answered = misbehave(&fault, question, &shared).await;
    shared.spent.note(&lookup, began.elapsed());
    answered
}

async fn misbehave(fault: &Fault, mut question: HistoryRequest, shared: &Shared) -> Result<Response<Body>, io::Error> {
    match fault {
        Fault::Slow(delay) => {
            #[expect(clippy::disallowed_methods, reason = "the stand-in plays a slow system")]
            tokio::time::sleep(*delay).await;
        }
        Fault::Close => return Err(io::Error::other("the stand-in closes on purpose")),
        Fault::Status(code) => {
            let status = StatusCode::from_u16(*code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Ok(plain(fault, status, Full::default().boxed()));
        }
        Fault::Garbage => return Ok(ok(fault, &b"\x00\xffthis is no JSON"[..])),
        Fault::Endless => return Ok(plain(fault, StatusCode::OK, endless())),
        // An emergency basis opens everything: the gateway must still hold back what was not allowed.
        Fault::IgnoresConsent => question.message_body.emergency_reason = Some(NotObtainableReason::Unconscious),
        _ => {}
    }
    let mut response = answer(&shared.register, &question, (shared.now)());
    match fault {
        Fault::Error(code) => {
            response.message_header.segment_of_result = "3".into();
            response.message_header.error_code = Some(code.clone());
            response.message_body = None;
        }
        Fault::Validity(code) => {
            if let Some(body) = &mut response.message_body {
                body.qualification_validity = code.to_string();
            }
        }
        Fault::OtherLookup => response.message_header.arbitrary_file_identifier = "another".into(),
        _ => {}
    }
    let mut bytes = serde_json::to_vec(&response).map_err(io::Error::other)?;
    if *fault == Fault::Truncated {
        bytes.truncate(bytes.len() / 2);
    }
    Ok(ok(fault, bytes))
}

fn ok(fault: &Fault, bytes: impl Into<Bytes>) -> Response<Body> {
    plain(fault, StatusCode::OK, Full::new(bytes.into()).boxed())
}

fn plain(fault: &Fault, status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(MEDIA_TYPE));
    if *fault != Fault::Unmarked {
        headers.insert(STAND_IN_HEADER, hyper::header::HeaderValue::from_static(STAND_IN_VALUE));
    }
    response
}

fn endless() -> Body {
    Endless.boxed()
}

/// Spaces without end.
struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 64 << 10])))))
    }
}
