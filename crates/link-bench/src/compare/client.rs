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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::bed::{moment, pause};
    use crate::{peer, question};

    /// The broker is another program, which a test does not ask for.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_client_of_each_link_is_answered_and_its_positions_are_counted() {
        let installation = Installation::new().expect("certificates");
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        for kind in [Kind::Ours, Kind::Grpc] {
            let count = Arc::new(AtomicU64::new(0));
            let server = match kind {
                Kind::Ours => ours::serve_counting(here, &installation, LinkConfig::default(), count.clone()),
                _ => peer::serve_on(here, &installation, count.clone()).await,
            };
            let client =
                Client::connect(kind, 1, server.expect("a server"), &installation).await.expect("a connection");
            let answer = client.ask(question::ask_for(4_096)).await.expect("an answer");
            assert_eq!(answer.len(), 4_096, "{kind:?}");
            let begun = moment();
            while count.load(Ordering::Relaxed) == 0 {
                assert!(begun.elapsed() < Duration::from_secs(20), "{kind:?}: no position ever came");
                // A datagram may be lost on a busy machine; the next position is as good.
                client.tell(Bytes::from_static(&[7; 60])).expect("a position");
                pause(Duration::from_millis(50)).await;
            }
        }
    }
}
