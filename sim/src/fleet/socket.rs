//! One UDP socket of a small group of units whose address never changes, or of one unit alone.

use anyhow::{Context, Result};
use quic_link::{ClientEndpoint, LinkConfig};
use rustls::ClientConfig;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Loopback addresses that sockets are spread over: 127.0.1.1 to 127.0.4.250.
const ADDRESSES: usize = 1_000;

/// See the module.
pub(super) struct FleetSocket {
    socket: ClientEndpoint,
    shared: bool,
}

impl FleetSocket {
    /// Takes the socket of the group with this number, on a loopback address of its own as far as there are any.
    pub(super) fn take(group: usize, units: usize, tls: Arc<ClientConfig>) -> Result<Self> {
        let address = SocketAddr::from((address(group), 0));
        let socket = ClientEndpoint::new(tls, address).with_context(|| format!("take a UDP socket on {address}"))?;
        Ok(Self { socket, shared: units > 1 })
    }

    /// One unit's end of it.
    pub(super) fn endpoint(&self, tls: Arc<ClientConfig>) -> Result<ClientEndpoint> {
        self.socket.another(tls, &LinkConfig::default()).context("prepare a link")
    }

    /// Several units use it: nobody may rebind it.
    pub(super) const fn is_shared(&self) -> bool {
        self.shared
    }
}

fn address(group: usize) -> Ipv4Addr {
    let n = group % ADDRESSES;
    let part = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, 0, part(1 + n / 250), part(1 + n % 250))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn groups_have_loopback_addresses_of_their_own() {
        let all: BTreeSet<Ipv4Addr> = (0..ADDRESSES).map(address).collect();
        assert!(all.len() == ADDRESSES && all.iter().all(Ipv4Addr::is_loopback));
        assert_eq!(address(ADDRESSES), address(0));
    }
}
