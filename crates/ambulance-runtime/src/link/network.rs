//! Whether the network under us changed: which local address the system would use towards a server.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

/// The system is asked this often; it is a table look-up there, no packet is sent.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The local address towards `server`; none without a route.
pub(crate) fn source(server: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).ok()?;
    // For UDP this only fixes the route.
    socket.connect(server).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Notices a change of [`source`].
pub(super) struct Network {
    server: SocketAddr,
    source: Option<IpAddr>,
}

impl Network {
    pub(super) fn new(server: SocketAddr) -> Self {
        Self { server, source: source(server) }
    }

    /// Whether there is a route now that is another one than before.
    pub(super) fn has_changed(&mut self) -> bool {
        self.take(source(self.server))
    }

    fn take(&mut self, now: Option<IpAddr>) -> bool {
        let changed = now != self.source;
        self.source = now;
        changed && now.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_comes_back_or_moves_is_a_change() {
        let mut network = Network::new(([127, 0, 0, 1], 9).into());
        assert_eq!(network.source, Some([127, 0, 0, 1].into()));
        assert!(!network.has_changed());
        assert!(!network.take(None), "nothing to move to");
        assert!(network.take(Some([127, 0, 0, 1].into())));
        assert!(network.take(Some([10, 0, 0, 1].into())));
    }
}
