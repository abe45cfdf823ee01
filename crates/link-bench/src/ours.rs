//! What is measured: our link with its own framing, as the tablets use it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use lossy_link::FAR;
use model::LogId;
use pki::EarlyData;
use quic_link::{
    Accepted, Accepting, ClientEndpoint, Connection, Dialled, FrameReceiver, FrameSender, LinkConfig, PROTOCOLS,
    ServerEndpoint, StreamKind, Unconfirmed,
};
use wire::codec::{decode, encode};
use wire::log::{LogFrame, LogReply};

use crate::bed::{Installation, SERVER_NAME, spawn};
use crate::question;
use crate::uplink::PRIORITY_QUESTION;

const PORT: u16 = 4_433;
/// Longest time for a connection; a handshake may lose several packets in a row.
const CONNECT_DEADLINE: Duration = Duration::from_secs(30);

/// Starts the server at the far end. It lives as long as its runtime.
pub(crate) fn serve(installation: &Installation, config: LinkConfig) -> Result<()> {
    serve_on(SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)), installation, config).map(|_| ())
}

/// Starts the server at an address, and says which it took.
pub(crate) fn serve_on(address: SocketAddr, installation: &Installation, config: LinkConfig) -> Result<SocketAddr> {
    serve_with(address, installation, config, None)
}

/// The same, and counts the datagrams that reach the application.
pub(crate) fn serve_counting(
    address: SocketAddr,
    installation: &Installation,
    config: LinkConfig,
    count: Arc<AtomicU64>,
) -> Result<SocketAddr> {
    serve_with(address, installation, config, Some(count))
}

fn serve_with(
    address: SocketAddr,
    installation: &Installation,
    config: LinkConfig,
    count: Option<Arc<AtomicU64>>,
) -> Result<SocketAddr> {
    let tls = pki::quic_server_config(installation.authority.certificate(), &installation.server, PROTOCOLS)?;
    let server = ServerEndpoint::bind_with(address, tls, config)?;
    let address = server.local_addr()?;
    spawn(async move {
        while let Some(accepting) = server.accept().await {
            spawn(welcome(accepting, count.clone()));
        }
    });
    Ok(address)
}

/// All questions here change nothing, so that one in early data is answered at once, as a suggestion is.
async fn welcome(accepting: Accepting, count: Option<Arc<AtomicU64>>) {
    let counting = |connection: &Connection| {
        if let Some(count) = count {
            spawn(count_datagrams(connection.clone(), count));
        }
    };
    match accepting.begin().await {
        Ok(Accepted::Confirmed(connection)) => {
            counting(&connection);
            serve_streams(connection).await;
        }
        Ok(Accepted::Early(connection, handshake)) => {
            counting(&connection);
            let serving = serve_streams(connection.clone());
            // A handshake that fails closes the connection, and with it the serving ends.
            let (_confirmed, ()) = futures::join!(handshake.confirm(&connection), serving);
        }
        // The client learns it by itself.
        Err(_) => {}
    }
}

async fn count_datagrams(connection: Connection, count: Arc<AtomicU64>) {
    while connection.read_datagram().await.is_ok() {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

async fn serve_streams(connection: Connection) {
    let heads = Arc::new(Mutex::new(BTreeMap::new()));
    while let Ok((kind, send, receive)) = connection.accept().await {
        match kind {
            StreamKind::Question => spawn(answer(send, receive)),
            StreamKind::Log => spawn(keep(heads.clone(), send, receive)),
            StreamKind::Control | StreamKind::Feed => {}
        }
    }
}

async fn answer(mut send: FrameSender, mut receive: FrameReceiver) {
    // A question that ends midway is missed by the one who asked; nothing is to be done here.
    if let Ok(Some(asked)) = receive.recv().await
        && send.send(&question::answer(&asked)).await.is_ok()
    {
        send.finish();
    }
}

/// How far each log has come.
type Heads = Arc<Mutex<BTreeMap<LogId, u64>>>;

/// The server's side of a log stream, with a memory that always succeeds at once: here the link is measured.
async fn keep(heads: Heads, mut send: FrameSender, mut receive: FrameReceiver) {
    while let Ok(Some(frame)) = receive.recv().await {
        let Ok(frame) = decode::<LogFrame>(&frame) else { return };
        let Some(reply) = reply(&mut heads.lock().unwrap_or_else(PoisonError::into_inner), &frame) else { return };
        let Ok(reply) = encode(&reply) else { return };
        if send.send(&reply).await.is_err() {
            return;
        }
    }
}

fn reply(heads: &mut BTreeMap<LogId, u64>, frame: &LogFrame) -> Option<LogReply> {
    match frame {
        LogFrame::Offer { log, .. } | LogFrame::End { log } => {
            Some(LogReply::Resume { log: *log, from: heads.get(log).map_or(1, |head| head + 1) })
        }
        LogFrame::Append { entries, .. } => {
            let (first, last) = (entries.first()?, entries.last()?);
            let head = heads.entry(last.log).or_insert(0);
            if first.seq > *head + 1 {
                return Some(LogReply::Resume { log: last.log, from: *head + 1 });
            }
            *head = last.seq.max(*head);
            Some(LogReply::Durable { log: last.log, through: *head })
        }
    }
}

/// A tablet: one socket, one connection.
pub(crate) struct Tablet {
    endpoint: ClientEndpoint,
    connection: Connection,
}

impl Tablet {
    pub(crate) async fn connect(installation: &Installation, config: &LinkConfig) -> Result<Self> {
        let endpoint = endpoint(installation, config, EarlyData::Off)?;
        let connection = endpoint.connect(server(), SERVER_NAME, CONNECT_DEADLINE).await?;
        Ok(Self { endpoint, connection })
    }

    /// A connection of a tablet to a server anywhere.
    pub(crate) async fn connect_to(
        server: SocketAddr,
        installation: &Installation,
        config: &LinkConfig,
    ) -> Result<Connection> {
        let endpoint = endpoint(installation, config, EarlyData::Off)?;
        Ok(endpoint.connect(server, SERVER_NAME, CONNECT_DEADLINE).await?)
    }

    pub(crate) async fn ask(&self, question: Bytes) -> Result<Bytes> {
        ask(&self.connection, question).await
    }

    /// Goes on from the address that the system gives now, as the tablet does when its network changes.
    pub(crate) fn move_away(&self) -> Result<()> {
        self.endpoint.rebind()?;
        self.connection.announce_move();
        Ok(())
    }
}

/// A tablet that dials again and again, with early data where it may.
pub(crate) struct Dialler(ClientEndpoint);

impl Dialler {
    pub(crate) fn new(installation: &Installation, config: &LinkConfig) -> Result<Self> {
        Ok(Self(endpoint(installation, config, EarlyData::Allowed)?))
    }

    /// A connection on which something may be asked at once; it may have to be confirmed yet.
    pub(crate) async fn dial(&self) -> Result<(Connection, Option<Unconfirmed>)> {
        Ok(match self.0.dial(server(), SERVER_NAME, CONNECT_DEADLINE).await? {
            Dialled::Confirmed(connection) => (connection, None),
            Dialled::Early(connection, unconfirmed) => {
                // As the tablet does: what the server may answer to an unproved address grows with what it hears.
                connection.announce_move();
                (connection, Some(unconfirmed))
            }
        })
    }
}

fn endpoint(installation: &Installation, config: &LinkConfig, early: EarlyData) -> Result<ClientEndpoint> {
    let tls = pki::quic_client_config(&installation.device, PROTOCOLS, early)?;
    Ok(ClientEndpoint::new_with(tls, SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)), config)?)
}

fn server() -> SocketAddr {
    SocketAddr::from((FAR, PORT))
}

pub(crate) async fn ask(connection: &Connection, question: Bytes) -> Result<Bytes> {
    match connection.ask(&question, PRIORITY_QUESTION).await.context("waiting for the answer")? {
        Some(answer) => Ok(answer),
        None => bail!("the server ended the stream without an answer"),
    }
}
