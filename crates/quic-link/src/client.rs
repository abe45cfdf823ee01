//! The tablet's side: one local socket, and connections that survive a change of it.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn::{ConnectionError, EndpointConfig, TokioRuntime, VarInt};

use crate::code::CloseCode;
use crate::connection::{Connection, cut};
use crate::error::LinkError;
use crate::switch::PathSwitch;
use crate::transport::LinkConfig;

/// A server that was dialled.
pub enum Dialled {
    /// The handshake is over.
    Confirmed(Connection),
    /// It is under way; what is sent now is early data.
    Early(Connection, Unconfirmed),
}

/// A handshake under way beside early data.
pub struct Unconfirmed {
    accepted: quinn::ZeroRttAccepted,
    deadline: Duration,
}

impl Unconfirmed {
    /// Waits until the handshake is over, and says whether the server took the early data. If not, every stream opened
    /// before has ended and must be opened again; the connection stands.
    ///
    /// # Errors
    /// As [`ClientEndpoint::connect`].
    pub async fn confirm(self, connection: &Connection) -> Result<bool, LinkError> {
        let Ok(accepted) = tokio::time::timeout(self.deadline, self.accepted).await else {
            return Err(LinkError::Unreachable);
        };
        match connection.close_reason() {
            Some(LinkError::TimedOut) => Err(LinkError::Unreachable),
            Some(error) => Err(error),
            None => Ok(accepted),
        }
    }
}

/// A local UDP socket from which servers are dialled.
pub struct ClientEndpoint {
    endpoint: quinn::Endpoint,
    config: quinn::ClientConfig,
    bind: SocketAddr,
    switch: Option<PathSwitch>,
}

impl ClientEndpoint {
    /// Takes a local address, usually `0.0.0.0:0` or `[::]:0` (the second reaches IPv4 too where the system allows
    /// it). Needs a running tokio runtime.
    ///
    /// # Errors
    /// [`LinkError::Io`], [`LinkError::UnsuitableTls`].
    pub fn new(tls: Arc<rustls::ClientConfig>, bind: SocketAddr) -> Result<Self, LinkError> {
        Self::new_with(tls, bind, &LinkConfig::default())
    }

    /// Takes a local address with other limits.
    ///
    /// # Errors
    /// As [`ClientEndpoint::new`].
    pub fn new_with(tls: Arc<rustls::ClientConfig>, bind: SocketAddr, config: &LinkConfig) -> Result<Self, LinkError> {
        Ok(Self { config: config.client(tls)?, endpoint: quinn::Endpoint::client(bind)?, bind, switch: None })
    }

    /// Takes a local address, with a switch in the socket that can cut the path.
    ///
    /// # Errors
    /// As [`ClientEndpoint::new`].
    pub fn new_switched(
        tls: Arc<rustls::ClientConfig>,
        bind: SocketAddr,
        config: &LinkConfig,
        switch: PathSwitch,
    ) -> Result<Self, LinkError> {
        let socket = switch.wrap(UdpSocket::bind(bind)?)?;
        let runtime = Arc::new(TokioRuntime);
        let endpoint = quinn::Endpoint::new_with_abstract_socket(EndpointConfig::default(), None, socket, runtime)?;
        Ok(Self { config: config.client(tls)?, endpoint, bind, switch: Some(switch) })
    }

    /// Another client on the same local socket, with its own certificate: one process plays a fleet without a socket for
    /// each tablet. [`ClientEndpoint::rebind`] and [`ClientEndpoint::close`] of one are those of all.
    ///
    /// # Errors
    /// [`LinkError::UnsuitableTls`].
    pub fn another(&self, tls: Arc<rustls::ClientConfig>, config: &LinkConfig) -> Result<Self, LinkError> {
        let (endpoint, switch) = (self.endpoint.clone(), self.switch.clone());
        Ok(Self { config: config.client(tls)?, endpoint, bind: self.bind, switch })
    }

    /// Dials a server and verifies that its certificate is for `server_name` (a DNS name or an address as text).
    ///
    /// TLS lets the client finish first: a server that refuses **our** certificate says so right after, through
    /// [`Connection::closed`] or the first use, as [`LinkError::OwnCertificateRefused`]. So "connected" is true only
    /// after the server's first frame. **Cancel-safe:** dropping the call gives the attempt up.
    ///
    /// # Errors
    /// [`LinkError::Unreachable`] at the deadline, [`LinkError::Busy`], [`LinkError::NameMismatch`],
    /// [`LinkError::CertificateExpiredOrClock`], [`LinkError::UntrustedPeer`], [`LinkError::NoCommonProtocol`],
    /// [`LinkError::BadAddress`] and the rarer ones.
    pub async fn connect(
        &self,
        address: SocketAddr,
        server_name: &str,
        deadline: Duration,
    ) -> Result<Connection, LinkError> {
        let connecting = self.endpoint.connect_with(self.config.clone(), address, server_name)?;
        finish(connecting, deadline).await
    }

    /// Dials as [`ClientEndpoint::connect`] does, but where the TLS configuration allows early data and a session with
    /// this server is kept, the connection is there at once and what is sent on it travels with the first packet.
    ///
    /// Such data can be copied by anybody on the path and sent again: send only what changes nothing and names no
    /// patient until [`Unconfirmed::confirm`] says that the handshake is over. For answers above some 2 kB call
    /// [`Connection::announce_move`] first: the server may send three times what it got from a new address.
    ///
    /// # Errors
    /// As [`ClientEndpoint::connect`].
    pub async fn dial(&self, address: SocketAddr, server_name: &str, deadline: Duration) -> Result<Dialled, LinkError> {
        let connecting = self.endpoint.connect_with(self.config.clone(), address, server_name)?;
        match connecting.into_0rtt() {
            Ok((connection, accepted)) => {
                Ok(Dialled::Early(Connection::unconfirmed(connection), Unconfirmed { accepted, deadline }))
            }
            Err(connecting) => finish(connecting, deadline).await.map(Dialled::Confirmed),
        }
    }

    /// Moves every connection to a new local socket: after the network changed, or when it went silent. Connections go
    /// on after one or two round trips; nothing that was sent is lost.
    ///
    /// # Errors
    /// [`LinkError::Io`] when there is no such local address any more; the former socket stays.
    pub fn rebind(&self) -> Result<(), LinkError> {
        let socket = UdpSocket::bind(SocketAddr::new(self.bind.ip(), 0))?;
        match &self.switch {
            Some(switch) => Ok(self.endpoint.rebind_abstract(switch.wrap(socket)?)?),
            None => Ok(self.endpoint.rebind(socket)?),
        }
    }

    /// The local address; its port changes with [`ClientEndpoint::rebind`].
    ///
    /// # Errors
    /// The socket is gone.
    pub fn local_addr(&self) -> Result<SocketAddr, LinkError> {
        Ok(self.endpoint.local_addr()?)
    }

    /// Closes every connection.
    pub fn close(&self, code: CloseCode, reason: &str) {
        let number = VarInt::from_u32(code.number());
        self.endpoint.close(number, cut(reason));
    }

    /// Waits until closed connections have told their peers.
    pub async fn wait_idle(&self) {
        self.endpoint.wait_idle().await;
    }
}

async fn finish(connecting: quinn::Connecting, deadline: Duration) -> Result<Connection, LinkError> {
    match tokio::time::timeout(deadline, connecting).await {
        Ok(Ok(connection)) => Connection::new(connection),
        Ok(Err(ConnectionError::TimedOut)) | Err(_) => Err(LinkError::Unreachable),
        Ok(Err(error)) => Err(error.into()),
    }
}
