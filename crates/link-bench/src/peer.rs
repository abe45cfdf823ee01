//! The peer: gRPC as tonic does it, over HTTP/2 and TLS 1.3 with client certificates by the same library (rustls, ring).
//!
//! Messages are bytes as they are, so that no protocol compiler is needed and no encoding is measured.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::{Buf, BufMut, Bytes};
use hyper_util::rt::TokioIo;
use lossy_link::FAR;
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};

use crate::bed::{Installation, SERVER_NAME, spawn};
use crate::question;
use crate::report;

const PORT: u16 = 50_051;
const METHOD: &str = "/bench.Questions/Ask";
const TRACK: &str = "/bench.Positions/Track";
const PROTOCOL: &[u8] = b"h2";
/// TLS connections that wait for HTTP/2. Above it handshakes wait.
const WAITING: usize = 1_024;
/// Longest time for a connection, the same as ours.
const CONNECT_DEADLINE: Duration = Duration::from_secs(30);

/// Starts the server at the far end. It lives as long as its runtime.
pub(crate) async fn serve(installation: &Installation) -> Result<()> {
    let everywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT));
    serve_on(everywhere, installation, Arc::default()).await.map(|_| ())
}

/// Starts the server at an address, says which it took, and counts the positions that reach the application.
pub(crate) async fn serve_on(
    address: SocketAddr,
    installation: &Installation,
    count: Arc<AtomicU64>,
) -> Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let mut connections = accept_tls(installation, listener)?;
    let incoming = futures::stream::poll_fn(move |context| connections.poll_recv(context));
    let service = tower::service_fn(move |request: http::Request<tonic::body::Body>| {
        let count = count.clone();
        async move {
            let mut grpc = tonic::server::Grpc::new(Plain);
            if request.uri().path() == TRACK {
                let followed = move |asked: Request<Streaming<Bytes>>| follow(asked.into_inner(), count.clone());
                return Ok::<_, Infallible>(grpc.client_streaming(tower::service_fn(followed), request).await);
            }
            let answer = |asked: Request<Bytes>| async move {
                Ok::<_, Status>(Response::new(question::answer(asked.get_ref())))
            };
            Ok(grpc.unary(tower::service_fn(answer), request).await)
        }
    });
    spawn(async move {
        if let Err(error) = Server::builder().serve_with_incoming(service, incoming).await {
            report::say(&format!("the gRPC server ended: {error}"));
        }
    });
    Ok(address)
}

/// Counts the positions of one client's stream.
async fn follow(mut positions: Streaming<Bytes>, count: Arc<AtomicU64>) -> Result<Response<Bytes>, Status> {
    while positions.message().await?.is_some() {
        count.fetch_add(1, Ordering::Relaxed);
    }
    Ok(Response::new(Bytes::new()))
}

type Accepted = io::Result<server::TlsStream<TcpStream>>;

/// TLS handshakes run beside each other, as ours do.
fn accept_tls(installation: &Installation, listener: TcpListener) -> Result<mpsc::Receiver<Accepted>> {
    let tls = pki::mutual_tls_server_config(installation.authority.certificate(), &installation.server)?;
    let mut tls = rustls::ServerConfig::clone(&tls);
    tls.alpn_protocols = vec![PROTOCOL.to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let (ready, connections) = mpsc::channel(WAITING);
    spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, ready) = (acceptor.clone(), ready.clone());
            spawn(async move {
                let accepted = async { acceptor.accept(no_delay(stream)?).await }.await;
                // One client's failure must not end the server: it is not handed on.
                if accepted.is_ok() && ready.send(accepted).await.is_err() {
                    report::say("a client came after the gRPC server had ended");
                }
            });
        }
    });
    Ok(connections)
}

/// A channel with one TCP connection, made now.
#[derive(Clone)]
pub(crate) struct Peer(Channel);

impl Peer {
    pub(crate) async fn connect(installation: &Installation) -> Result<Self> {
        Self::connect_to(SocketAddr::from((FAR, PORT)), installation).await
    }

    /// A channel to a server anywhere.
    pub(crate) async fn connect_to(server: SocketAddr, installation: &Installation) -> Result<Self> {
        let tls = connector(installation)?;
        let connector = tower::service_fn(move |_| {
            let tls = tls.clone();
            async move { connect_tls_to(&tls, server).await.map(TokioIo::new) }
        });
        let endpoint =
            Endpoint::from_shared(format!("https://{SERVER_NAME}:{PORT}"))?.connect_timeout(CONNECT_DEADLINE);
        Ok(Self(endpoint.connect_with_connector(connector).await?))
    }

    pub(crate) async fn ask(&self, question: Bytes) -> Result<Bytes> {
        let mut client = tonic::client::Grpc::new(self.0.clone());
        client.ready().await.context("waiting for the channel")?;
        let answer = client.unary(Request::new(question), http::uri::PathAndQuery::from_static(METHOD), Plain).await?;
        Ok(answer.into_inner())
    }

    /// An open stream of positions, begun with the first one.
    pub(crate) fn track(&self) -> Track {
        let (told, mut positions) = mpsc::unbounded_channel();
        let channel = self.0.clone();
        spawn(async move {
            let stream = futures::stream::poll_fn(move |context| positions.poll_recv(context));
            let mut client = tonic::client::Grpc::new(channel);
            if client.ready().await.is_ok() {
                let path = http::uri::PathAndQuery::from_static(TRACK);
                // It ends with the measurement; what arrived is counted by the server.
                drop(client.client_streaming::<_, Bytes, Bytes, _>(Request::new(stream), path, Plain).await);
            }
        });
        Track(told)
    }
}

/// A stream of positions.
pub(crate) struct Track(mpsc::UnboundedSender<Bytes>);

impl Track {
    pub(crate) fn tell(&self, position: Bytes) -> Result<()> {
        self.0.send(position).ok().context("the stream of positions has ended")
    }
}

/// How a client begins TLS.
pub(crate) fn connector(installation: &Installation) -> Result<TlsConnector> {
    connector_for(installation, &[PROTOCOL])
}

/// The same for other protocols.
pub(crate) fn connector_for(installation: &Installation, protocols: &[&[u8]]) -> Result<TlsConnector> {
    let device = installation.device.credential();
    let tls = pki::mutual_tls_client_config(installation.authority.certificate(), device)?;
    let mut tls = rustls::ClientConfig::clone(&tls);
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(TlsConnector::from(Arc::new(tls)))
}

/// One TCP connection with TLS on it; HTTP/2 has not begun.
pub(crate) async fn connect_tls(tls: &TlsConnector) -> io::Result<client::TlsStream<TcpStream>> {
    connect_tls_to(tls, SocketAddr::from((FAR, PORT))).await
}

/// The same to a server anywhere.
pub(crate) async fn connect_tls_to(tls: &TlsConnector, server: SocketAddr) -> io::Result<client::TlsStream<TcpStream>> {
    let name = ServerName::try_from(SERVER_NAME).map_err(io::Error::other)?;
    let stream = TcpStream::connect(server).await?;
    tls.connect(name, no_delay(stream)?).await
}

/// As tonic's own listener and connector do.
fn no_delay(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Bytes as messages.
#[derive(Debug, Clone, Copy, Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
