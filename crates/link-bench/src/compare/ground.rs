//! Where it runs: on the loopback, or between two namespaces joined by a bad link.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use anyhow::{Context, Result};
use lossy_link::{FAR, Profile};
use tokio::runtime::{Builder, Runtime};

use super::outcome::Network;
use crate::bed::Bed;

/// Threads of the clients on the clean network; they share the machine with the server.
const CLIENT_THREADS: usize = 2;

/// See the module.
pub(super) enum Ground {
    Loopback(Runtime),
    Bad(Bed),
}

impl Ground {
    pub(super) fn of(network: &Network, seed: u64) -> Result<Self> {
        if network.loss > 0.0 || network.rtt_ms > 0 { Self::bad(network, seed) } else { Self::loopback() }
    }

    fn loopback() -> Result<Self> {
        Ok(Self::Loopback(Builder::new_multi_thread().worker_threads(CLIENT_THREADS).enable_all().build()?))
    }

    /// Fails where this program may not make namespaces.
    pub(super) fn bad(network: &Network, seed: u64) -> Result<Self> {
        Ok(Self::Bad(Bed::new(Profile::lossy(Duration::from_millis(network.rtt_ms), network.loss), seed)?))
    }

    /// Where servers listen.
    pub(super) const fn address(&self) -> IpAddr {
        match self {
            Self::Loopback(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Self::Bad(_) => IpAddr::V4(FAR),
        }
    }

    /// Does something where the clients are, and waits for it.
    pub(super) fn near<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        match self {
            Self::Loopback(runtime) => runtime.block_on(runtime.spawn(work)).context("a client's task ended")?,
            Self::Bad(bed) => bed.near(work),
        }
    }

    /// Does something where the servers are. A process that is started there stays there.
    pub(super) fn far<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        match self {
            Self::Loopback(_) => self.near(work),
            Self::Bad(bed) => bed.far(work),
        }
    }
}
