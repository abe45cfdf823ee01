//! The way to a host without QUIC: names, routes, TCP, closed ports.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};

/// A host that is there answers TCP within this, or a filter is in between.
const TCP_DEADLINE: Duration = Duration::from_secs(2);
/// A closed UDP port is told within this where it is told at all.
const CLOSED_DEADLINE: Duration = Duration::from_secs(2);
/// TCP ports that are tried: the pages of this system, and the web.
const TCP_PORTS: [u16; 2] = [8443, 443];

/// The first address of `host:port`.
pub(super) fn resolve(server: &str) -> Option<SocketAddr> {
    server.to_socket_addrs().ok()?.next()
}

/// The local address that the system would use.
pub(super) fn source(server: SocketAddr) -> Option<IpAddr> {
    crate::link::network::source(server)
}

/// Whether the host answers TCP on any usual port; a refusal is an answer.
pub(super) async fn tcp_answers(server: SocketAddr) -> bool {
    let attempts = TCP_PORTS.map(|port| TcpStream::connect(SocketAddr::new(server.ip(), port)));
    let [pages, web] = attempts;
    let answered = |result: &std::io::Result<TcpStream>| match result {
        Ok(_) => true,
        Err(error) => matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset),
    };
    let either = async {
        tokio::pin!(pages, web);
        tokio::select! {
            result = &mut pages => answered(&result) || answered(&web.await),
            result = &mut web => answered(&result) || answered(&pages.await),
        }
    };
    tokio::time::timeout(TCP_DEADLINE, either).await.unwrap_or(false)
}

/// Whether the host says that nobody listens on the UDP port.
pub(super) async fn port_is_closed(server: SocketAddr) -> bool {
    let asked = async {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(server).await?;
        // One byte is no QUIC packet: a server drops it without a word.
        socket.send(&[0]).await?;
        socket.recv(&mut [0; 1]).await
    };
    let told = tokio::time::timeout(CLOSED_DEADLINE, asked).await;
    matches!(told, Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused)
}
