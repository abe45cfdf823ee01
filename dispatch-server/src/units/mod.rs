//! Tablets over QUIC: who may come in, and a task per stream.

mod admission;
mod control;
mod feed;
mod gate;
mod log;
mod lookup;
mod positions;
mod question;

use crate::app::App;
use crate::edge::spawn;
use crate::store::READERS;
use dispatch_core::Principal;
use gate::Gate;
pub(crate) use lookup::LOOKUPS_AT_ONCE;
use model::{DepartmentId, DeviceId, UnitId};
use quic_link::{
    Accepted, CloseCode, Connection, FrameReceiver, FrameSender, Handshake, LinkError, ServerEndpoint, StreamCode,
    StreamKind,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Questions of one connection that are worked on at once. Further ones wait; their streams are bounded by the link.
const QUESTIONS_AT_ONCE: usize = 8;
/// Log streams of one connection: one per lane, and as many again while lanes change. Further ones are refused.
const LOG_STREAMS: usize = 8;
/// Feeds of one connection: a tablet may begin anew before the former one has ended. Further ones are refused.
const FEEDS: usize = 2;
/// Connections of one tablet: it dials beside one that fell silent. With one more the oldest is closed.
const CONNECTIONS_PER_TABLET: usize = 3;
/// Connections that read at once what they begin or catch up with: one fewer than the store has readers, so that whoever asks in the
/// middle of a transport never stands behind a fleet that comes back. Further ones wait in line.
pub(crate) const CATCHING_UP_AT_ONCE: usize = READERS as usize - 1;
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
        let list = open.entry(device).or_default();
        list.retain(|connection| connection.close_reason().is_none());
        list.push(connection.clone());
        if list.len() > CONNECTIONS_PER_TABLET {
            list.remove(0).close(CloseCode::SUPERSEDED, "a newer connection of the same tablet");
        }
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
            match accepting.begin().await {
                Ok(Accepted::Confirmed(connection)) => {
                    Box::pin(serve_connection(app, connections, connection, None)).await;
                }
                Ok(Accepted::Early(connection, handshake)) => {
                    Box::pin(serve_connection(app, connections, connection, Some(handshake))).await;
                }
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

async fn serve_connection(
    app: Arc<App>,
    connections: Arc<Connections>,
    connection: Connection,
    handshake: Option<Handshake>,
) {
    // Boxed: a connection that stands keeps none of what letting in needs.
    let admitted = match Box::pin(admission::admit(&app, &connection)).await {
        Ok(admitted) => admitted,
        Err(refused) => {
            tracing::warn!(remote = %connection.remote_address(), reason = %refused, "refused a tablet");
            // Nobody is told anything before it is known to be there.
            if let Some(handshake) = handshake
                && handshake.confirm(&connection).await.is_err()
            {
                return;
            }
            Box::pin(admission::turn_away(&connection, &refused)).await;
            return;
        }
    };
    let (peer, control) = admitted;
    let peer = Arc::new(peer);
    let (key, gate) = Gate::new(handshake.is_none());
    let mut streams = Streams::new(&app, &peer, gate);
    streams.begin(&connection, control);
    if let Some(handshake) = handshake {
        if let Err(error) = streams.until_confirmed(&connection, handshake).await {
            tracing::info!(device = %peer.device, reason = %error, "a resumed connection was not confirmed");
            return;
        }
        key.open();
    }
    connections.add(peer.device, &connection);
    app.live.connected(peer.unit, peer.device, app.now());
    app.fanout.department_changed(peer.department);
    let ended = streams.serve(&connection).await;
    tracing::info!(device = %peer.device, reason = %ended, "connection ended");
    app.live.left(peer.unit, peer.device);
    app.fanout.department_changed(peer.department);
}

/// Priorities of what the server sends: pongs and acknowledgements are small and go first.
const fn priority(kind: StreamKind) -> i32 {
    match kind {
        StreamKind::Control => 40,
        StreamKind::Log => 30,
        StreamKind::Question => 20,
        StreamKind::Feed => 10,
    }
}

/// The streams of one connection, a task each; they end with it.
struct Streams {
    app: Arc<App>,
    peer: Arc<Peer>,
    gate: Gate,
    questions: Arc<Semaphore>,
    logs: Arc<Semaphore>,
    feeds: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Streams {
    fn new(app: &Arc<App>, peer: &Arc<Peer>, gate: Gate) -> Self {
        Self {
            app: Arc::clone(app),
            peer: Arc::clone(peer),
            gate,
            questions: Arc::new(Semaphore::new(QUESTIONS_AT_ONCE)),
            logs: Arc::new(Semaphore::new(LOG_STREAMS)),
            feeds: Arc::new(Semaphore::new(FEEDS)),
            tasks: JoinSet::new(),
        }
    }

    fn begin(&mut self, connection: &Connection, (send, receive): (FrameSender, FrameReceiver)) {
        send.set_priority(priority(StreamKind::Control));
        self.behind_gate(control::run(Arc::clone(&self.app), Arc::clone(&self.peer), send, receive));
        self.behind_gate(positions::run(Arc::clone(&self.app), Arc::clone(&self.peer), connection.clone()));
    }

    async fn until_confirmed(&mut self, connection: &Connection, handshake: Handshake) -> Result<(), LinkError> {
        let confirmed = handshake.confirm(connection);
        tokio::pin!(confirmed);
        loop {
            tokio::select! {
                done = &mut confirmed => return done,
                stream = connection.accept() => self.start(stream?),
                Some(_) = self.tasks.join_next() => {}
            }
        }
    }

    async fn serve(&mut self, connection: &Connection) -> LinkError {
        loop {
            tokio::select! {
                stream = connection.accept() => match stream {
                    Ok(stream) => self.start(stream),
                    Err(error) => return error,
                },
                Some(_) = self.tasks.join_next() => {}
            }
        }
    }

    fn behind_gate(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        let mut gate = self.gate.clone();
        self.tasks.spawn(async move {
            if gate.passed().await {
                task.await;
            }
        });
    }

    fn start(&mut self, (kind, mut send, receive): (StreamKind, FrameSender, FrameReceiver)) {
        send.set_priority(priority(kind));
        let (app, peer) = (Arc::clone(&self.app), Arc::clone(&self.peer));
        match kind {
            StreamKind::Log => match Arc::clone(&self.logs).try_acquire_owned() {
                Ok(place) => self.behind_gate(async move {
                    log::run(app, peer, send, receive).await;
                    drop(place);
                }),
                Err(_) => send.reset(StreamCode::REFUSED),
            },
            StreamKind::Question => {
                let (questions, gate) = (Arc::clone(&self.questions), self.gate.clone());
                self.tasks.spawn(async move {
                    let Ok(_place) = questions.acquire().await else { return };
                    Box::pin(question::run(app, peer, gate, send, receive)).await;
                });
            }
            StreamKind::Feed => match Arc::clone(&self.feeds).try_acquire_owned() {
                Ok(place) => self.behind_gate(async move {
                    feed::run(app, peer, send, receive).await;
                    drop(place);
                }),
                Err(_) => send.reset(StreamCode::REFUSED),
            },
            // The control stream was opened before anything else; there is one.
            StreamKind::Control => send.reset(StreamCode::REFUSED),
        }
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
