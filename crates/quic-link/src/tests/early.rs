//! Early data: what travels with the first packet, and what a copy of that packet can do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use pki::EarlyData;
use tokio::net::UdpSocket;

use super::{Installation, LOOPBACK, PATIENCE, both, within};
use crate::{Accepted, ClientEndpoint, Connection, Dialled, LinkConfig, PROTOCOLS, ServerEndpoint, StreamKind};

fn early_client(installation: &Installation) -> ClientEndpoint {
    let tls = pki::quic_client_config(&installation.bundle(), PROTOCOLS, EarlyData::Allowed).expect("configuration");
    ClientEndpoint::new(tls, LOOPBACK).expect("client")
}

/// A first connection that leaves a ticket.
async fn meet(server: &ServerEndpoint, client: &ClientEndpoint) {
    let (accepted, connected) = both(server, client).await;
    let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));
    // The ticket travels after the handshake; a stream behind it says that it is there.
    let (mut told, _) = within(accepted.open(StreamKind::Feed, 0)).await.expect("open");
    told.send(b"ticket").await.expect("send");
    let (_, _, mut hear) = within(connected.accept()).await.expect("accept");
    within(hear.recv()).await.expect("receive");
}

async fn ask_early(client: &ClientEndpoint, address: SocketAddr) -> (Connection, crate::Unconfirmed) {
    let dialled = within(client.dial(address, "localhost", PATIENCE)).await.expect("dial");
    let Dialled::Early(connection, handshake) = dialled else { panic!("no session was kept") };
    let (mut ask, _) = within(connection.open(StreamKind::Question, 0)).await.expect("open");
    ask.send(b"early").await.expect("send");
    std::mem::forget(ask);
    (connection, handshake)
}

#[tokio::test]
async fn a_question_travels_with_the_first_packet() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let client = early_client(&installation);
    meet(&server, &client).await;
    let address = server.local_addr().expect("address");
    let (connection, handshake) = ask_early(&client, address).await;
    let accepting = within(server.accept()).await.expect("open");
    let Accepted::Early(accepted, confirm) = within(accepting.begin()).await.expect("begun") else {
        panic!("the session was not resumed");
    };
    let shown = accepted.peer_certificate().expect("the certificate of the first handshake");
    assert!(pki::DeviceIdentity::from_certificate(&shown).is_ok());
    let (kind, _, mut asked) = within(accepted.accept()).await.expect("a stream");
    assert_eq!(kind, StreamKind::Question);
    assert_eq!(within(asked.recv()).await.expect("frame").as_deref(), Some(&b"early"[..]));
    within(confirm.confirm(&accepted)).await.expect("confirmed");
    assert!(within(handshake.confirm(&connection)).await.expect("confirmed"), "accepted");
    assert!(connection.peer_certificate().is_some());
}

#[tokio::test]
async fn a_restarted_server_takes_no_early_data_and_the_connection_stands() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let client = early_client(&installation);
    meet(&server, &client).await;
    let restarted = installation.server(LinkConfig::default());
    let (connection, handshake) = ask_early(&client, restarted.local_addr().expect("address")).await;
    let accepting = within(restarted.accept()).await.expect("open");
    let Accepted::Confirmed(accepted) = within(accepting.begin()).await.expect("begun") else {
        panic!("a session that this server never saw");
    };
    assert!(!within(handshake.confirm(&connection)).await.expect("confirmed"), "not accepted");
    let (mut again, _) = within(connection.open(StreamKind::Question, 0)).await.expect("open");
    again.send(b"again").await.expect("send");
    let (_, _, mut asked) = within(accepted.accept()).await.expect("a stream");
    assert_eq!(within(asked.recv()).await.expect("frame").as_deref(), Some(&b"again"[..]));
}

/// Passes packets on and keeps what the client sends.
async fn relay(between: Arc<UdpSocket>, server: SocketAddr, kept: Arc<std::sync::Mutex<Vec<Vec<u8>>>>) {
    let mut client = None;
    let mut buffer = vec![0; 2_048];
    loop {
        let Ok((length, from)) = between.recv_from(&mut buffer).await else { return };
        let packet = &buffer[..length];
        let to = if from == server {
            client
        } else {
            client = Some(from);
            kept.lock().expect("kept").push(packet.to_vec());
            Some(server)
        };
        if let Some(to) = to {
            between.send_to(packet, to).await.expect("send");
        }
    }
}

#[tokio::test]
async fn a_copied_first_flight_is_never_confirmed() {
    let installation = Installation::new();
    let config = LinkConfig { handshake_deadline: Duration::from_millis(500), ..LinkConfig::default() };
    let server = installation.server(config);
    let client = early_client(&installation);
    meet(&server, &client).await;
    let between = Arc::new(UdpSocket::bind(LOOPBACK).await.expect("relay"));
    let kept = Arc::new(std::sync::Mutex::new(Vec::new()));
    let address = between.local_addr().expect("address");
    let relaying = relay(between, server.local_addr().expect("address"), Arc::clone(&kept));
    #[expect(clippy::disallowed_methods, reason = "a test")]
    let relaying = tokio::spawn(relaying);
    let (connection, handshake) = ask_early(&client, address).await;
    let accepting = within(server.accept()).await.expect("open");
    let Accepted::Early(accepted, confirm) = within(accepting.begin()).await.expect("begun") else {
        panic!("the session was not resumed");
    };
    within(confirm.confirm(&accepted)).await.expect("confirmed");
    assert!(within(handshake.confirm(&connection)).await.expect("confirmed"));
    relaying.abort();
    // While the connection lives its packets find it, and are old. After its end they are a stranger's.
    accepted.close(crate::CloseCode::DONE, "");
    within(server.wait_idle()).await;

    let copies = kept.lock().expect("kept").clone();
    let thief = UdpSocket::bind(LOOPBACK).await.expect("socket");
    for copy in &copies {
        thief.send_to(copy, server.local_addr().expect("address")).await.expect("send");
    }
    // A ticket is good once: the copy begins a full handshake that nobody can finish.
    let accepting = within(server.accept()).await.expect("open");
    let copied = within(accepting.begin()).await;
    assert!(matches!(copied, Err(crate::LinkError::TimedOut)), "a copy was taken for the tablet");
}
