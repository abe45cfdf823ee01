//! The server's side: one endpoint that takes connections, bounded, whatever arrives.

use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use quinn::udp::{UdpSockRef, UdpSocketState};
use quinn::{EndpointConfig, Incoming, TokioRuntime, VarInt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::code::CloseCode;
use crate::connection::{Connection, cut};
use crate::error::LinkError;
use crate::limits::SERVER_SOCKET_BUFFER_BYTES;
use crate::line::Line;
use crate::transport::LinkConfig;

/// A UDP port on which connections are taken.
pub struct ServerEndpoint {
    endpoint: quinn::Endpoint,
    config: LinkConfig,
    slots: Slots,
    /// Clients that have proved their address and wait for a place.
    line: Mutex<Line<Incoming>>,
}

impl ServerEndpoint {
    /// Takes a UDP port (0: any free one) with the default limits. Needs a running tokio runtime.
    ///
    /// # Errors
    /// [`LinkError::Io`] when the port is taken, [`LinkError::UnsuitableTls`].
    pub fn bind(address: SocketAddr, tls: Arc<rustls::ServerConfig>) -> Result<Self, LinkError> {
        Self::bind_with(address, tls, LinkConfig::default())
    }

    /// Takes a UDP port with other limits.
    ///
    /// # Errors
    /// As [`ServerEndpoint::bind`].
    pub fn bind_with(
        address: SocketAddr,
        tls: Arc<rustls::ServerConfig>,
        config: LinkConfig,
    ) -> Result<Self, LinkError> {
        let server = config.server(tls)?;
        let socket = UdpSocket::bind(address)?;
        enlarge_buffers(&socket);
        let endpoint = quinn::Endpoint::new(EndpointConfig::default(), Some(server), socket, Arc::new(TokioRuntime))?;
        let slots = Slots::new(config.max_handshakes, config.max_unproved_handshakes);
        let line = Mutex::new(Line::new(config.line_places, config.line_patience));
        Ok(Self { endpoint, config, slots, line })
    }

    /// The address taken.
    ///
    /// # Errors
    /// The socket is gone.
    pub fn local_addr(&self) -> Result<SocketAddr, LinkError> {
        Ok(self.endpoint.local_addr()?)
    }

    /// The next client that has a place for its handshake; `None` once the endpoint is closed. Who finds none stands in
    /// line, first come, first served, once it has proved its address; who waits too long, or finds the line full, is told
    /// to come again. What is not QUIC is dropped. **Cancel-safe.**
    ///
    /// Let each handshake run in a task of its own: the loop that calls this must not wait for one.
    pub async fn accept(&self) -> Option<Accepting> {
        loop {
            self.refuse_late();
            let deadline = self.line().deadline();
            let accepting = tokio::select! {
                biased;
                slot = self.slots.next(), if deadline.is_some() => {
                    let first = self.line().next();
                    first.and_then(|incoming| self.let_in(incoming, slot))
                }
                incoming = self.endpoint.accept() => self.arrive(incoming?),
                () = until(deadline) => None,
            };
            if accepting.is_some() {
                return accepting;
            }
        }
    }

    /// Uses another TLS configuration for new connections, such as a renewed certificate.
    ///
    /// # Errors
    /// [`LinkError::UnsuitableTls`]; the former one stays.
    pub fn set_tls(&self, tls: Arc<rustls::ServerConfig>) -> Result<(), LinkError> {
        self.endpoint.set_server_config(Some(self.config.server(tls)?));
        Ok(())
    }

    /// Connections that are open or in their handshake.
    pub fn open_connections(&self) -> usize {
        self.endpoint.open_connections()
    }

    /// Closes every connection and takes no more.
    pub fn close(&self, code: CloseCode, reason: &str) {
        let number = VarInt::from_u32(code.number());
        self.endpoint.close(number, cut(reason));
    }

    /// Waits until closed connections have told their peers; a few round trips.
    pub async fn wait_idle(&self) {
        self.endpoint.wait_idle().await;
    }

    fn arrive(&self, incoming: Incoming) -> Option<Accepting> {
        let proved = incoming.remote_address_validated();
        if self.endpoint.open_connections() >= self.config.max_connections() {
            turn_away(incoming);
            return None;
        }
        // Whoever stands in line goes first.
        let is_first = self.line().is_empty();
        match is_first.then(|| self.slots.take(proved)).flatten() {
            Some(slot) => return self.let_in(incoming, slot),
            None if proved => {
                if let Err(incoming) = self.line().join(incoming, now()) {
                    incoming.refuse();
                }
            }
            None => turn_away(incoming),
        }
        None
    }

    fn let_in(&self, incoming: Incoming, slot: Slot) -> Option<Accepting> {
        let remote = incoming.remote_address();
        match incoming.accept() {
            Ok(connecting) => Some(Accepting { connecting, remote, deadline: self.config.handshake_deadline, slot }),
            Err(error) => {
                let error = LinkError::from(error);
                tracing::info!(%remote, %error, "refused a client at its first packet");
                None
            }
        }
    }

    fn refuse_late(&self) {
        let now = now();
        while let Some(incoming) = self.line().late(now) {
            incoming.refuse();
        }
    }

    fn line(&self) -> MutexGuard<'_, Line<Incoming>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
fn now() -> Instant {
    Instant::now()
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// A client whose handshake has begun. It holds one of the places for handshakes until it is finished or dropped.
pub struct Accepting {
    connecting: quinn::Connecting,
    remote: SocketAddr,
    deadline: Duration,
    slot: Slot,
}

impl Accepting {
    /// Where the client says it is.
    pub fn remote_address(&self) -> SocketAddr {
        self.remote
    }

    /// Waits until the client has proved who it is.
    ///
    /// # Errors
    /// [`LinkError::TimedOut`] at the deadline, [`LinkError::UntrustedPeer`], [`LinkError::CertificateMissing`],
    /// [`LinkError::CertificateExpiredOrClock`], [`LinkError::NoCommonProtocol`] and the rarer ones.
    pub async fn handshake(self) -> Result<Connection, LinkError> {
        match self.begin().await? {
            Accepted::Confirmed(connection) => Ok(connection),
            Accepted::Early(connection, handshake) => handshake.confirm(&connection).await.map(|()| connection),
        }
    }

    /// Waits until it is known who the client says it is. One that resumes a session may have sent early data, which
    /// can be a copy: answer only what changes nothing until [`Handshake::confirm`] says that the client is there.
    ///
    /// # Errors
    /// As [`Accepting::handshake`].
    pub async fn begin(mut self) -> Result<Accepted, LinkError> {
        #[expect(clippy::disallowed_methods, reason = "this crate is an edge")]
        let deadline = tokio::time::Instant::now() + self.deadline;
        match tokio::time::timeout_at(deadline, self.connecting.handshake_data()).await {
            Ok(begun) => begun?,
            Err(_) => return Err(LinkError::TimedOut),
        };
        match self.connecting.into_0rtt() {
            Ok((connection, done)) => {
                let handshake = Handshake { done, deadline, _slot: self.slot };
                let connection = Connection::unconfirmed(connection);
                if connection.peer_certificate().is_some() {
                    return Ok(Accepted::Early(connection, handshake));
                }
                handshake.confirm(&connection).await?;
                connection.require_certificate()?;
                Ok(Accepted::Confirmed(connection))
            }
            // A server can always go on before the client has finished; this is the same, waited for.
            Err(connecting) => match tokio::time::timeout_at(deadline, connecting).await {
                Ok(connection) => Connection::new(connection?).map(Accepted::Confirmed),
                Err(_) => Err(LinkError::TimedOut),
            },
        }
    }
}

/// A client that was let into the handshake.
pub enum Accepted {
    /// The handshake is over.
    Confirmed(Connection),
    /// A session is resumed; the certificate is the one of its first handshake.
    Early(Connection, Handshake),
}

/// A handshake that is not over. It holds its place until it is, or is dropped.
pub struct Handshake {
    done: quinn::ZeroRttAccepted,
    deadline: tokio::time::Instant,
    _slot: Slot,
}

impl Handshake {
    /// Waits until the client has finished its handshake on this connection.
    ///
    /// # Errors
    /// As [`Accepting::handshake`]; the connection is closed.
    pub async fn confirm(self, connection: &Connection) -> Result<(), LinkError> {
        if tokio::time::timeout_at(self.deadline, self.done).await.is_err() {
            connection.close(CloseCode::DONE, "no handshake in time");
            return Err(LinkError::TimedOut);
        }
        connection.close_reason().map_or(Ok(()), Err)
    }
}

/// The places for handshakes in progress.
struct Slots {
    all: Arc<Semaphore>,
    unproved: Arc<Semaphore>,
}

/// A taken place; free again when dropped.
struct Slot {
    _all: OwnedSemaphorePermit,
    _unproved: Option<OwnedSemaphorePermit>,
}

impl Slots {
    fn new(all: usize, unproved: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), unproved: Arc::new(Semaphore::new(unproved)) }
    }

    fn take(&self, proved: bool) -> Option<Slot> {
        let unproved = match proved {
            true => None,
            false => Some(self.unproved.clone().try_acquire_owned().ok()?),
        };
        Some(Slot { _all: self.all.clone().try_acquire_owned().ok()?, _unproved: unproved })
    }

    /// The next place for a client that has proved its address. **Cancel-safe.**
    async fn next(&self) -> Slot {
        match self.all.clone().acquire_owned().await {
            Ok(all) => Slot { _all: all, _unproved: None },
            // The semaphore is never closed.
            Err(_) => std::future::pending().await,
        }
    }
}

/// A client is told to prove its address, or, when it has, to come again.
fn turn_away(incoming: Incoming) {
    if incoming.remote_address_validated() {
        incoming.refuse();
    } else if let Err(error) = incoming.retry() {
        error.into_incoming().refuse();
    }
}

fn enlarge_buffers(socket: &UdpSocket) {
    let enlarged = UdpSocketState::new(UdpSockRef::from(socket)).and_then(|state| {
        state.set_recv_buffer_size(UdpSockRef::from(socket), SERVER_SOCKET_BUFFER_BYTES)?;
        state.set_send_buffer_size(UdpSockRef::from(socket), SERVER_SOCKET_BUFFER_BYTES)
    });
    if let Err(error) = enlarged {
        tracing::warn!(%error, "the system gives the UDP socket only small buffers");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forged_senders_never_take_the_last_places() {
        let slots = Slots::new(3, 2);
        let unproved = [slots.take(false), slots.take(false)];
        assert!(unproved.iter().all(Option::is_some));
        assert!(slots.take(false).is_none());
        let proved = slots.take(true);
        assert!(proved.is_some());
        assert!(slots.take(true).is_none());
        drop(unproved);
        assert!(slots.take(false).is_some());
    }
}
