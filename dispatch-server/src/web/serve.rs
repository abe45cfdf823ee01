//! The listener: TLS 1.3, HTTP/1.1 and HTTP/2, limits on everything that a stranger can make us hold.

use super::limits::{
    CONNECTIONS_MAX, HANDSHAKE_TIME, HEAD_BYTES_MAX, HEAD_TIME, HEADERS_MAX, PING_TIME, STOP_TIME, STREAMS_MAX,
};
use super::state::{Changes, stop_ordered};
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Whose request it is, as far as the network tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// After a failed accept (no file handles) the listener rests so long.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves, then lets requests under way end within [`STOP_TIME`]. A broken or hostile connection
/// ends alone; nothing on the port can end the server.
pub(super) async fn run(
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    router: Router,
    changes: Changes,
    stop: impl Future<Output = ()>,
) {
    let (acceptor, places) = (TlsAcceptor::from(tls), Arc::new(Semaphore::new(CONNECTIONS_MAX)));
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if let Ok(place) = places.clone().try_acquire_owned() {
                        let (acceptor, router, changes) = (acceptor.clone(), router.clone(), changes.clone());
                        connections.spawn(connection(stream, peer, acceptor, router, changes, place));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "accepting an HTTPS connection failed");
                    rest().await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    drop(listener);
    changes.stop();
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_TIME, ended).await.is_err() {
        connections.shutdown().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "an edge waits: the listener has no file handles left")]
async fn rest() {
    tokio::time::sleep(ACCEPT_REST).await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: TlsAcceptor,
    router: Router,
    changes: Changes,
    _place: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "an HTTPS connection waits before sending");
    }
    let stream = match tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return tracing::debug!(%error, "TLS handshake refused"),
        Err(_) => return tracing::debug!("TLS handshake took too long"),
    };
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        tower::ServiceExt::oneshot(router.clone(), request)
    });
    let builder = builder();
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let mut stopping = changes.stopping();
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop_ordered(&mut stopping) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "an HTTPS connection ended");
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let header_list = u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(header_list)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(PING_TIME)
        .keep_alive_timeout(PING_TIME);
    builder
}
