//! A client of any link: it asks and tells its position.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use quic_link::{Connection, LinkConfig};

use super::Kind;
use super::mqtt::Session;
use crate::bed::Installation;
use crate::ours::{self, Tablet};
use crate::peer::{Peer, Track};

/// See the module.
pub(super) enum Client {
    Ours(Connection),
    Grpc(Peer, Track),
    Mqtt(Session),
}

impl Client {
    pub(super) async fn connect(
        kind: Kind,
        number: u32,
        server: SocketAddr,
        installation: &Arc<Installation>,
    ) -> Result<Self> {
        Ok(match kind {
            Kind::Ours => Self::Ours(Tablet::connect_to(server, installation, &LinkConfig::default()).await?),
            Kind::Grpc => {
                let peer = Peer::connect_to(server, installation).await?;
                let track = peer.track();
                Self::Grpc(peer, track)
            }
            Kind::Mqtt => Self::Mqtt(Session::connect(number, server, installation).await?),
        })
    }

    pub(super) async fn ask(&self, question: Bytes) -> Result<Bytes> {
        match self {
            Self::Ours(connection) => ours::ask(connection, question).await,
            Self::Grpc(peer, _) => peer.ask(question).await,
            Self::Mqtt(session) => session.ask(&question).await,
        }
    }

    /// Tells a position, as each link would: a datagram, a message of an open stream, a message that nobody acknowledges.
    pub(super) fn tell(&self, position: Bytes) -> Result<()> {
        match self {
            Self::Ours(connection) => Ok(connection.send_datagram(position)?),
            Self::Grpc(_, track) => track.tell(position),
            Self::Mqtt(session) => session.tell(position),
        }
    }
}
