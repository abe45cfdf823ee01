//! Moving, closing, dying.

use std::time::Duration;

use pki::EarlyData;

use super::{Installation, LOOPBACK, both, within};
use crate::{
    ClientEndpoint, CloseCode, Connection, LinkConfig, LinkError, PROTOCOLS, PathSwitch, ServerEndpoint, StreamKind,
};

#[tokio::test]
async fn a_moved_tablet_keeps_its_connection_and_its_stream() {
    let installation = Installation::new();
    let (_server, accepted, client, connected) = installation.pair().await;
    let (mut ask, mut answers) = within(connected.open(StreamKind::Question, 0)).await.expect("open");
    ask.send(b"before").await.expect("send");
    let (_, mut answer, mut asked) = within(accepted.accept()).await.expect("accept");
    within(asked.recv()).await.expect("receive");
    let old = accepted.remote_address();

    client.rebind().expect("rebind");
    ask.send(b"after").await.expect("send");
    let frame = within(asked.recv()).await.expect("receive");
    assert_eq!(frame.as_deref(), Some(&b"after"[..]));
    answer.send(b"heard").await.expect("send");
    let frame = within(answers.recv()).await.expect("receive");
    assert_eq!(frame.as_deref(), Some(&b"heard"[..]));
    assert_ne!(accepted.remote_address(), old);
}

#[tokio::test]
async fn a_close_says_why() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    accepted.close(CloseCode::REVOKED, "device is\nrevoked");
    let told = within(connected.closed()).await;
    let LinkError::ClosedByPeer { code, reason } = &told else {
        panic!("{told:?}");
    };
    assert_eq!((*code, reason.as_str()), (CloseCode::REVOKED, "device isrevoked"));
    assert!(!told.is_temporary());
    assert!(matches!(accepted.closed().await, LinkError::ClosedHere));
    let ended = within(connected.open(StreamKind::Log, 0)).await;
    assert!(matches!(ended, Err(LinkError::ClosedByPeer { .. })));
}

#[tokio::test]
async fn a_tablet_refused_right_after_its_handshake_learns_why() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let client = installation.client();
    let turn_away = async {
        let accepting = server.accept().await.expect("endpoint is open");
        let connection = accepting.handshake().await.expect("handshake");
        connection.close(CloseCode::UNKNOWN_DEVICE, "");
    };
    let dialling = async {
        match super::dial(&client, &server).await {
            Ok(connection) => connection.closed().await,
            Err(error) => error,
        }
    };
    let ((), told) = within(async { tokio::join!(turn_away, dialling) }).await;
    assert!(matches!(told, LinkError::ClosedByPeer { code: CloseCode::UNKNOWN_DEVICE, .. }), "{told:?}");
}

#[tokio::test]
async fn a_server_that_stops_tells_its_tablets_and_ends_its_loop() {
    let installation = Installation::new();
    let (server, _accepted, _client, connected) = installation.pair().await;
    server.close(CloseCode::SHUTDOWN, "");
    assert!(within(server.accept()).await.is_none());
    let told = within(connected.closed()).await;
    assert!(matches!(told, LinkError::ClosedByPeer { code: CloseCode::SHUTDOWN, .. }));
    assert!(told.is_temporary());
    within(server.wait_idle()).await;
}

#[tokio::test]
async fn a_killed_server_is_noticed() {
    let installation = Installation::new();
    let config = LinkConfig {
        idle_timeout: Duration::from_millis(1_000),
        keep_alive: Duration::from_millis(100),
        ..LinkConfig::default()
    };
    // The server lives in a runtime of its own, which ends without a word.
    let machine = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    let (address, told) = tokio::sync::oneshot::channel();
    let (tls, server_config) = (installation.server_tls(), config.clone());
    machine.spawn(async move {
        let server = ServerEndpoint::bind_with(LOOPBACK, tls, server_config).expect("bind");
        address.send(server.local_addr().expect("address")).expect("test waits");
        let accepting = server.accept().await.expect("endpoint is open");
        let connection = accepting.handshake().await.expect("handshake");
        let (mut sender, _receiver) = connection.open(StreamKind::Feed, 0).await.expect("open");
        sender.send(b"hello").await.expect("send");
        connection.closed().await
    });
    let address = within(told).await.expect("address");
    let client = ClientEndpoint::new_with(installation.client_tls(), LOOPBACK, &config);
    let client = client.expect("client");
    let dialling = client.connect(address, "localhost", super::PATIENCE);
    let connected = within(dialling).await.expect("connect");
    let (_, _, mut receiver) = within(connected.accept()).await.expect("accept");
    within(receiver.recv()).await.expect("receive");

    machine.shutdown_background();
    let ended = within(connected.closed()).await;
    assert!(matches!(ended, LinkError::TimedOut), "{ended:?}");
    assert!(ended.is_temporary());
}

#[tokio::test]
async fn a_silent_connection_lives_by_its_pings() {
    let installation = Installation::new();
    let config = LinkConfig {
        idle_timeout: Duration::from_millis(600),
        keep_alive: Duration::from_millis(100),
        ..LinkConfig::default()
    };
    let server = installation.server(config.clone());
    let client = ClientEndpoint::new_with(installation.client_tls(), LOOPBACK, &config);
    let (accepted, connected) = both(&server, &client.expect("client")).await;
    let accepted = accepted.expect("handshake");
    let connected = connected.expect("connect");
    let longer_than_idle = Duration::from_millis(1_500);
    let ended = tokio::time::timeout(longer_than_idle, accepted.closed()).await;
    assert!(ended.is_err(), "closed: {ended:?}");
    assert!(connected.close_reason().is_none());
}

/// Waits until the tablet holds the session tickets: they come at the latest before the server's first frame.
async fn hear_from_server(accepted: &Connection, connected: &Connection) {
    let (mut sender, _) = within(accepted.open(StreamKind::Feed, 0)).await.expect("open");
    sender.send(b"hello").await.expect("send");
    let (_, _, mut receiver) = within(connected.accept()).await.expect("accept");
    within(receiver.recv()).await.expect("receive");
}

#[tokio::test]
async fn a_tablet_comes_back_to_the_same_and_to_a_restarted_server() {
    let installation = Installation::new();
    let bundle = installation.bundle();
    for early in [EarlyData::Off, EarlyData::Allowed] {
        let server = installation.server(LinkConfig::default());
        let restarted = installation.server(LinkConfig::default());
        let tls = pki::quic_client_config(&bundle, PROTOCOLS, early).expect("configuration");
        let client = super::client_with(tls);
        // First a full handshake, then a resumed one, then a ticket that the server does not know.
        for server in [&server, &server, &restarted] {
            let (accepted, connected) = both(server, &client).await;
            let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));
            assert_eq!(accepted.peer_certificate().as_ref(), Some(bundle.credential().certificate()));
            hear_from_server(&accepted, &connected).await;
            connected.close(CloseCode::DONE, "");
        }
    }
}

#[tokio::test]
async fn what_tasks_wait_for_can_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let installation = Installation::new();
    let (server, accepted, client, connected) = installation.pair().await;
    drop(is_send(accepted.accept()));
    drop(is_send(accepted.read_datagram()));
    drop(is_send(server.accept()));
    drop(is_send(client.connect(LOOPBACK, "localhost", super::PATIENCE)));
    drop(is_send(connected.open(StreamKind::Log, 0)));
    let (mut sender, mut receiver) = within(connected.open(StreamKind::Log, 0)).await.expect("open");
    drop(is_send(sender.send(b"")));
    drop(is_send(receiver.recv()));
    drop(is_send((server, accepted, client, connected)));
}

#[tokio::test]
async fn nothing_passes_a_cut_path_and_everything_a_restored_one() {
    let installation = Installation::new();
    let config = LinkConfig { idle_timeout: Duration::from_millis(600), ..LinkConfig::default() };
    let server = installation.server(config.clone());
    let switch = PathSwitch::default();
    let client = ClientEndpoint::new_switched(installation.client_tls(), LOOPBACK, &config, switch.clone());
    let client = client.expect("client");
    let (accepted, connected) = both(&server, &client).await;
    let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));

    switch.cut();
    let (mut ask, _answers) = within(connected.open(StreamKind::Question, 0)).await.expect("open");
    ask.send(b"into the tunnel").await.expect("send");
    // Had a single packet passed, the side that heard it would have lived on.
    let (here, there) = within(async { tokio::join!(connected.closed(), accepted.closed()) }).await;
    assert!(matches!((&here, &there), (LinkError::TimedOut, LinkError::TimedOut)), "{here:?}, {there:?}");

    switch.restore();
    let (accepted, connected) = both(&server, &client).await;
    let (accepted, connected) = (accepted.expect("handshake"), connected.expect("connect"));
    let old = accepted.remote_address();
    switch.cut();
    client.rebind().expect("rebind");
    switch.restore();
    let (mut ask, _answers) = within(connected.open(StreamKind::Question, 0)).await.expect("open");
    ask.send(b"out of it").await.expect("send");
    let (_, _answer, mut asked) = within(accepted.accept()).await.expect("accept");
    assert_eq!(within(asked.recv()).await.expect("receive").as_deref(), Some(&b"out of it"[..]));
    assert_ne!(accepted.remote_address(), old);
}
