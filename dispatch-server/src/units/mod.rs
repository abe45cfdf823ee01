//! Tablets over QUIC: who may come in, and a task per stream.

mod admission;
mod control;
mod feed;
mod log;
mod positions;
mod question;

use crate::app::App;
use crate::edge::spawn;
use dispatch_core::Principal;
use model::{DepartmentId, DeviceId, UnitId};
use quic_link::{CloseCode, Connection, FrameReceiver, FrameSender, LinkError, ServerEndpoint, StreamCode, StreamKind};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Questions of one connection that are worked on at once. Further ones wait; their streams are bounded by the link.
const QUESTIONS_AT_ONCE: usize = 8;
/// Log streams of one connection. Further ones are refused.
const LOG_STREAMS: usize = 16;
/// How often open connections are compared with the list of revoked tablets.
const REVOCATION_EVERY: Duration = Duration::from_secs(5);

/// A tablet that was let in.
pub(crate) struct Peer {
    pub(crate) principal: Principal,
    pub(crate) device: DeviceId,
    pub(crate) unit: UnitId,
    pub(crate) department: DepartmentId,
}

/// The connections that are open, by tablet.
#[derive(Default)]
pub(crate) struct Connections(Mutex<BTreeMap<DeviceId, Vec<Connection>>>);

impl Connections {
    fn add(&self, device: DeviceId, connection: &Connection) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.entry(device).or_default().push(connection.clone());
    }
    fn sweep(&self) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.values_mut().for_each(|list| list.retain(|connection| connection.close_reason().is_none()));
        open.retain(|_, list| !list.is_empty());
    }
    fn devices(&self) -> Vec<DeviceId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }
    fn close(&self, device: DeviceId, code: CloseCode, reason: &str) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&device).into_iter().flatten().for_each(|connection| connection.close(code, reason));
    }
}

/// Lets tablets in until the endpoint is closed.
pub(crate) async fn serve(app: Arc<App>, endpoint: Arc<ServerEndpoint>) {
    let connections = Arc::new(Connections::default());
    let watch = spawn(revocations(Arc::clone(&app), Arc::clone(&connections)));
    while let Some(accepting) = endpoint.accept().await {
        let (app, connections) = (Arc::clone(&app), Arc::clone(&connections));
        spawn(async move {
            let remote = accepting.remote_address();
            match accepting.handshake().await {
                Ok(connection) => serve_connection(app, connections, connection).await,
                Err(error) => tracing::info!(%remote, %error, "refused a peer in its handshake"),
            }
        });
    }
    watch.abort();
}

/// Closes the connections of tablets that are revoked while they are connected.
async fn revocations(app: Arc<App>, connections: Arc<Connections>) {
    let mut tick = tokio::time::interval(REVOCATION_EVERY);
    loop {
        tick.tick().await;
        connections.sweep();
        // One statement for all: asking for each tablet of a fleet would take a good part of a core.
        match app.store.revoked().await {
            Ok(revoked) => {
                for device in connections.devices().into_iter().filter(|device| revoked.contains(device)) {
                    tracing::warn!(%device, "closing a revoked tablet's connection");
                    connections.close(device, CloseCode::REVOKED, "revoked");
                }
            }
            Err(error) => tracing::error!(%error, "the list of revoked tablets cannot be read"),
        }
    }
}

async fn serve_connection(app: Arc<App>, connections: Arc<Connections>, connection: Connection) {
    let admitted = match admission::admit(&app, &connection).await {
        Ok(admitted) => admitted,
        Err(refused) => {
            tracing::warn!(remote = %connection.remote_address(), reason = %refused, "refused a tablet");
            admission::turn_away(&connection, &refused).await;
            return;
        }
    };
    let (peer, control) = admitted;
    connections.add(peer.device, &connection);
    app.live.connected(peer.unit, peer.device, app.now());
    app.fanout.department_changed(peer.department);
    let peer = Arc::new(peer);
    let ended = streams(&app, &connection, &peer, control).await;
    tracing::info!(device = %peer.device, reason = %ended, "connection ended");
    app.live.left(peer.unit, peer.device);
    app.fanout.department_changed(peer.department);
}

/// Runs until the connection ends; its tasks end with it.
async fn streams(
    app: &Arc<App>,
    connection: &Connection,
    peer: &Arc<Peer>,
    (control_out, control_in): (FrameSender, FrameReceiver),
) -> LinkError {
    let questions = Arc::new(Semaphore::new(QUESTIONS_AT_ONCE));
    let logs = Arc::new(Semaphore::new(LOG_STREAMS));
    let mut tasks = JoinSet::new();
    tasks.spawn(control::run(Arc::clone(app), Arc::clone(peer), control_out, control_in));
    tasks.spawn(positions::run(Arc::clone(app), Arc::clone(peer), connection.clone()));
    loop {
        let (kind, send, receive) = tokio::select! {
            stream = connection.accept() => match stream {
                Ok(stream) => stream,
                Err(error) => return error,
            },
            Some(_) = tasks.join_next() => continue,
        };
        start_stream(app, peer, &mut tasks, (&questions, &logs), (kind, send, receive));
    }
}

fn start_stream(
    app: &Arc<App>,
    peer: &Arc<Peer>,
    tasks: &mut JoinSet<()>,
    (questions, logs): (&Arc<Semaphore>, &Arc<Semaphore>),
    (kind, mut send, receive): (StreamKind, FrameSender, FrameReceiver),
) {
    let (app, peer) = (Arc::clone(app), Arc::clone(peer));
    match kind {
        StreamKind::Log => match Arc::clone(logs).try_acquire_owned() {
            Ok(place) => {
                tasks.spawn(async move {
                    log::run(app, peer, send, receive).await;
                    drop(place);
                });
            }
            Err(_) => send.reset(StreamCode::REFUSED),
        },
        StreamKind::Question => {
            let questions = Arc::clone(questions);
            tasks.spawn(async move {
                let Ok(_place) = questions.acquire().await else { return };
                question::run(app, peer, send, receive).await;
            });
        }
        StreamKind::Feed => {
            tasks.spawn(feed::run(app, peer, send, receive));
        }
        // The control stream was opened before anything else; there is one.
        StreamKind::Control => send.reset(StreamCode::REFUSED),
    }
}

/// A frame as a value; what cannot be understood ends the stream and nothing else.
fn decoded<T: serde::de::DeserializeOwned>(frame: &[u8], receive: &mut FrameReceiver, what: &'static str) -> Option<T> {
    match wire::codec::decode(frame) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::info!(%error, what, "a frame was not understood");
            receive.stop(StreamCode::MALFORMED);
            None
        }
    }
}

/// Sends a value; false when the stream is over.
async fn sent(send: &mut FrameSender, value: &impl serde::Serialize) -> bool {
    let frame = match wire::codec::encode(value) {
        Ok(frame) => frame,
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written");
            send.reset(StreamCode::INTERNAL);
            return false;
        }
    };
    match send.send(&frame).await {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "a stream ended while sending");
            false
        }
    }
}
