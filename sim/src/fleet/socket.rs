//! One UDP socket of a small group of units whose address never changes, or of one unit alone.

use anyhow::{Context, Result};
use quic_link::{ClientEndpoint, LinkConfig, PathSwitch};
use rustls::ClientConfig;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Loopback addresses that sockets are spread over: 127.0.1.1 to 127.0.4.250.
const ADDRESSES: usize = 1_000;

/// See the module.
pub(super) struct FleetSocket {
    socket: ClientEndpoint,
    shared: bool,
    switch: Option<PathSwitch>,
}

impl FleetSocket {
    /// Takes the socket of the group with this number, on a loopback address of its own as far as there are any.
    /// With `radio` its path can be cut.
    pub(super) fn take(group: usize, units: usize, radio: bool, tls: Arc<ClientConfig>) -> Result<Self> {
        let address = SocketAddr::from((address(group), 0));
        let switch = radio.then(PathSwitch::default);
        let config = LinkConfig::default();
        let socket = match &switch {
            Some(switch) => ClientEndpoint::new_switched(tls, address, &config, switch.clone()),
            None => ClientEndpoint::new(tls, address),
        };
        let socket = socket.with_context(|| format!("take a UDP socket on {address}"))?;
        Ok(Self { socket, shared: units > 1, switch })
    }

    /// One unit's end of it.
    pub(super) fn endpoint(&self, tls: Arc<ClientConfig>) -> Result<ClientEndpoint> {
        self.socket.another(tls, &LinkConfig::default()).context("prepare a link")
    }

    /// What cuts its path.
    pub(super) fn switch(&self) -> Option<PathSwitch> {
        self.switch.clone()
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
