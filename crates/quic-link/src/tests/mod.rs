//! Two real endpoints on the loopback, every wait with a deadline.

mod admission;
mod congestion;
mod early;
mod life;
mod streams;
mod unread;
mod virtual_link;

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pki::{CertificateAuthority, DeviceBundle, EarlyData};
use uuid::Uuid;

use crate::{ClientEndpoint, Connection, LinkConfig, LinkError, PROTOCOLS, ServerEndpoint};

/// No wait in a test is longer; a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(20);
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("hangs")
}

#[expect(clippy::disallowed_methods, reason = "the TLS library compares certificates with the system's clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// One installation.
struct Installation {
    ca: CertificateAuthority,
}

impl Installation {
    fn new() -> Self {
        let ca = CertificateAuthority::create("Test CA", false, now()).expect("authority");
        Self { ca }
    }

    fn bundle(&self) -> DeviceBundle {
        let id = Uuid::from_u128;
        let device = self.ca.issue_device(id(1), id(2), id(3), now());
        DeviceBundle::new(device.expect("device"), self.ca.certificate().clone()).expect("bundle")
    }

    fn server_tls(&self) -> Arc<rustls::ServerConfig> {
        let server = self.ca.issue_server(&["localhost"], &[], now());
        let server = server.expect("server");
        pki::quic_server_config(self.ca.certificate(), &server, PROTOCOLS).expect("configuration")
    }

    fn client_tls(&self) -> Arc<rustls::ClientConfig> {
        pki::quic_client_config(&self.bundle(), PROTOCOLS, EarlyData::Off).expect("configuration")
    }

    fn server(&self, config: LinkConfig) -> ServerEndpoint {
        ServerEndpoint::bind_with(LOOPBACK, self.server_tls(), config).expect("bind")
    }

    fn client(&self) -> ClientEndpoint {
        client_with(self.client_tls())
    }

    /// A connected pair: server endpoint, its connection, client endpoint, its connection.
    async fn pair(&self) -> (ServerEndpoint, Connection, ClientEndpoint, Connection) {
        let server = self.server(LinkConfig::default());
        let client = self.client();
        let (accepted, connected) = both(&server, &client).await;
        let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));
        (server, accepted, client, connected)
    }
}

fn client_with(tls: Arc<rustls::ClientConfig>) -> ClientEndpoint {
    ClientEndpoint::new(tls, LOOPBACK).expect("client")
}

async fn dial(client: &ClientEndpoint, server: &ServerEndpoint) -> Result<Connection, LinkError> {
    let address = server.local_addr().expect("address");
    within(client.connect(address, "localhost", PATIENCE)).await
}

/// Dials and accepts once, at the same time.
async fn both(
    server: &ServerEndpoint,
    client: &ClientEndpoint,
) -> (Result<Connection, LinkError>, Result<Connection, LinkError>) {
    let accept = async {
        let accepting = server.accept().await.expect("endpoint is open");
        accepting.handshake().await
    };
    tokio::join!(within(accept), dial(client, server))
}
