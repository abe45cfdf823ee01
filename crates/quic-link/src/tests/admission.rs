//! Who is let in, who is not, and what each side is told.

use std::net::UdpSocket;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};

use super::{Installation, LOOPBACK, both, client_with, dial, within};
use crate::{ClientEndpoint, LinkConfig, LinkError, PROTOCOLS, ServerEndpoint, StreamKind};

/// Proves that a good tablet is still served.
async fn serves_a_good_tablet(server: &ServerEndpoint, installation: &Installation) {
    let client = installation.client();
    let (accepted, connected) = both(server, &client).await;
    let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));
    let opened = within(connected.open(StreamKind::Control, 0)).await;
    opened.expect("open").0.send(b"hello").await.expect("send");
    let (_, _, mut receiver) = within(accepted.accept()).await.expect("accept");
    let frame = within(receiver.recv()).await.expect("receive");
    assert_eq!(frame.as_deref(), Some(&b"hello"[..]));
}

/// What the server and then the client say about a client that must not be let in.
async fn refusal(server: &ServerEndpoint, client: &ClientEndpoint) -> (LinkError, LinkError) {
    let (accepted, connected) = both(server, client).await;
    let told = match connected {
        Ok(connection) => within(connection.closed()).await,
        Err(error) => error,
    };
    (accepted.expect_err("must be refused"), told)
}

#[tokio::test]
async fn a_tablet_of_another_installation_is_refused_and_told() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let stranger = Installation::new().bundle();
    // It trusts our server, but its own certificate is not ours.
    let tls = pki::mutual_tls_client_config(installation.ca.certificate(), stranger.credential());
    let client = client_with(speaking(&tls.expect("configuration"), PROTOCOLS));
    let (seen, told) = refusal(&server, &client).await;
    assert!(matches!(seen, LinkError::UntrustedPeer), "{seen:?}");
    assert!(matches!(told, LinkError::OwnCertificateRefused { .. }), "{told:?}");
    assert!(!told.is_temporary());
    serves_a_good_tablet(&server, &installation).await;
}

#[tokio::test]
async fn a_client_without_certificate_is_refused_and_told() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let tls = pki::https_client_config(installation.ca.certificate()).expect("configuration");
    let client = client_with(speaking(&tls, PROTOCOLS));
    let (seen, told) = refusal(&server, &client).await;
    assert!(matches!(seen, LinkError::CertificateMissing), "{seen:?}");
    assert!(matches!(told, LinkError::OwnCertificateRefused { .. }), "{told:?}");
    serves_a_good_tablet(&server, &installation).await;
}

#[tokio::test]
async fn a_client_of_another_version_is_told_so() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let client = client_with(speaking(&installation.client_tls(), &[b"ems/99"]));
    // Refused at its first packet: the accept loop goes on and hands nothing out.
    let told = tokio::select! {
        told = dial(&client, &server) => told.expect_err("no common version"),
        _ = server.accept() => panic!("the handshake cannot begin"),
    };
    assert!(matches!(told, LinkError::NoCommonProtocol), "{told:?}");
    serves_a_good_tablet(&server, &installation).await;
}

#[tokio::test]
async fn a_tablet_tells_a_wrong_name_from_a_wrong_server() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let address = server.local_addr().expect("address");
    let client = installation.client();
    let dialling = client.connect(address, "other.example", super::PATIENCE);
    let (_, wrong_name) = tokio::join!(accept_one(&server), within(dialling));
    assert!(matches!(wrong_name, Err(LinkError::NameMismatch)), "{wrong_name:?}");

    let stranger = Installation::new().client();
    let (_, wrong_server) = tokio::join!(accept_one(&server), dial(&stranger, &server));
    assert!(matches!(wrong_server, Err(LinkError::UntrustedPeer)), "{wrong_server:?}");
}

#[tokio::test]
async fn an_address_where_nobody_answers_is_unreachable_in_time() {
    let installation = Installation::new();
    let silent = UdpSocket::bind(LOOPBACK).expect("bind");
    let address = silent.local_addr().expect("address");
    let client = installation.client();
    let dialling = client.connect(address, "localhost", Duration::from_millis(100));
    let error = within(dialling).await.expect_err("nobody answers");
    assert!(matches!(error, LinkError::Unreachable), "{error:?}");
    let dialling = client.connect(address, "not a name", Duration::from_millis(100));
    let error = within(dialling).await.expect_err("cannot be dialled");
    assert!(matches!(error, LinkError::BadAddress), "{error:?}");
}

#[tokio::test]
async fn garbage_on_the_port_harms_nobody() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let address = server.local_addr().expect("address");
    let socket = UdpSocket::bind(LOOPBACK).expect("bind");
    for packet in garbage() {
        socket.send_to(&packet, address).expect("send");
    }
    serves_a_good_tablet(&server, &installation).await;
}

#[tokio::test]
async fn above_the_cap_clients_prove_their_address_and_wait_for_a_while() {
    let installation = Installation::new();
    let config = LinkConfig {
        max_handshakes: 1,
        max_unproved_handshakes: 0,
        line_patience: Duration::from_millis(200),
        ..LinkConfig::default()
    };
    let server = installation.server(config);
    // No place for forged senders: a real one proves its address and is let in.
    serves_a_good_tablet(&server, &installation).await;

    // The only place is taken by a handshake that nobody finishes.
    let (first, second) = (installation.client(), installation.client());
    let address = server.local_addr().expect("address");
    let waiting = first.connect(address, "localhost", super::PATIENCE);
    tokio::pin!(waiting);
    let held = tokio::select! {
        held = within(server.accept()) => held.expect("endpoint is open"),
        _ = &mut waiting => panic!("nobody has answered"),
    };
    let refused = tokio::select! {
        refused = dial(&second, &server) => refused,
        _ = server.accept() => panic!("no place is free"),
    };
    assert!(matches!(refused, Err(LinkError::Busy)), "{refused:?}");
    drop(held);
    serves_a_good_tablet(&server, &installation).await;
}

#[tokio::test]
async fn a_line_that_is_full_sends_the_next_one_away() {
    let installation = Installation::new();
    let config = LinkConfig { max_handshakes: 1, max_unproved_handshakes: 0, line_places: 0, ..LinkConfig::default() };
    let server = installation.server(config);
    let (first, second) = (installation.client(), installation.client());
    let address = server.local_addr().expect("address");
    let waiting = first.connect(address, "localhost", super::PATIENCE);
    tokio::pin!(waiting);
    let _held = tokio::select! {
        held = within(server.accept()) => held.expect("endpoint is open"),
        _ = &mut waiting => panic!("nobody has answered"),
    };
    let refused = tokio::select! {
        refused = dial(&second, &server) => refused,
        _ = server.accept() => panic!("no place is free"),
    };
    assert!(matches!(refused, Err(LinkError::Busy)), "{refused:?}");
}

#[tokio::test]
async fn a_stampede_through_few_places_ends_with_everybody_in() {
    const TABLETS: usize = 40;
    let installation = Installation::new();
    let config = LinkConfig { max_handshakes: 4, max_unproved_handshakes: 2, ..LinkConfig::default() };
    let server = installation.server(config);
    let tls = installation.client_tls();
    let tablets = (0..TABLETS).map(|_| async {
        let client = client_with(tls.clone());
        let connection = dial(&client, &server).await.expect("nobody is refused");
        (client, connection)
    });
    let serving = async {
        let mut handshakes = FuturesUnordered::new();
        let mut connections = Vec::new();
        let mut most = 0;
        while connections.len() < TABLETS {
            tokio::select! {
                accepting = server.accept() => {
                    handshakes.push(accepting.expect("endpoint is open").handshake());
                }
                Some(connection) = handshakes.next(), if !handshakes.is_empty() => {
                    connections.push(connection.expect("handshake"));
                }
            }
            assert!(handshakes.len() <= 4, "more handshakes than places");
            most = most.max(handshakes.len());
        }
        (connections, most)
    };
    let all = async { tokio::join!(futures::future::join_all(tablets), serving) };
    let (connected, (accepted, most)) = within(all).await;
    assert_eq!((connected.len(), accepted.len()), (TABLETS, TABLETS));
    assert_eq!(most, 4, "the cap was never reached");
}

#[tokio::test]
async fn a_handshake_that_stalls_is_given_up_and_its_place_is_free() {
    let installation = Installation::new();
    let config = LinkConfig {
        handshake_deadline: Duration::from_millis(1_000),
        max_handshakes: 1,
        max_unproved_handshakes: 1,
        ..LinkConfig::default()
    };
    let server = installation.server(config);
    let address = server.local_addr().expect("address");
    // A true first packet, from a socket that will never answer.
    let silent = tokio::net::UdpSocket::bind(LOOPBACK).await.expect("bind");
    let mut packet = [0; 2_000];
    let client = installation.client();
    let dialled = silent.local_addr().expect("address");
    let length = tokio::select! {
        length = silent.recv(&mut packet) => length.expect("receive"),
        _ = client.connect(dialled, "localhost", super::PATIENCE) => panic!("nobody answers"),
    };
    let packet = packet.get(..length).expect("received");
    silent.send_to(packet, address).await.expect("send");

    let accepting = within(server.accept()).await.expect("endpoint is open");
    let error = within(accepting.handshake()).await;
    assert!(matches!(error, Err(LinkError::TimedOut)), "{error:?}");
    serves_a_good_tablet(&server, &installation).await;
}

/// The same configuration, offering other protocols.
fn speaking(tls: &rustls::ClientConfig, protocols: &[&[u8]]) -> Arc<rustls::ClientConfig> {
    let mut tls = tls.clone();
    tls.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Arc::new(tls)
}

async fn accept_one(server: &ServerEndpoint) {
    let accepting = within(server.accept()).await.expect("endpoint is open");
    let refused = within(accepting.handshake()).await;
    assert!(refused.is_err(), "the tablet does not trust this server");
}

/// Packets of every length and first byte, and some that begin like a QUIC version 1 Initial.
fn garbage() -> Vec<Vec<u8>> {
    let mut packets = vec![Vec::new()];
    for first in 0..=u8::MAX {
        let length = usize::from(first) * 5 + 1;
        let body = (0..length).map(|at| (at as u8).wrapping_mul(31) ^ first);
        let mut packet: Vec<u8> = body.collect();
        packet.insert(0, first);
        packets.push(packet.clone());
        let mut initial = vec![0xc0 | (first & 0x0f), 0, 0, 0, 1, 8];
        initial.extend_from_slice(&packet);
        initial.resize(1_200, first);
        packets.push(initial);
    }
    packets
}
