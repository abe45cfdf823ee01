//! A tablet's radio of its own: a server and a UDP relay in front of it, for what needs no peer.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use lossy_link::{Profile, UdpRelay};
use quic_link::{Connection, LinkConfig};

use crate::bed::{Installation, moment};
use crate::ours::{self, Tablet};
use crate::question;

/// One server, one bad link, one tablet.
pub(crate) struct Radio {
    installation: Arc<Installation>,
    relay: UdpRelay,
}

impl Radio {
    /// Starts server and relay. Needs a running tokio runtime.
    pub(crate) fn new(installation: &Arc<Installation>, profile: Profile, seed: u64) -> Result<Self> {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = ours::serve_on(local, installation, LinkConfig::default())?;
        Ok(Self { installation: installation.clone(), relay: UdpRelay::start(server, profile, seed)? })
    }

    pub(crate) async fn connect(&self) -> Result<Connection> {
        Tablet::connect_to(self.relay.address(), &self.installation, &LinkConfig::default()).await
    }

    /// The network forgets the tablet's address and gives it another one; the tablet does not notice.
    pub(crate) fn forget_address(&self) -> Result<()> {
        Ok(self.relay.move_clients()?)
    }

    /// Asks for so many bytes, and says how long it took.
    pub(crate) async fn timed(&self, connection: &Connection, answer_bytes: usize) -> Result<Duration> {
        let asked = moment();
        let answer = ours::ask(connection, question::ask_for(answer_bytes)).await?;
        anyhow::ensure!(answer.len() == answer_bytes, "an answer of {} bytes", answer.len());
        Ok(asked.elapsed())
    }
}
