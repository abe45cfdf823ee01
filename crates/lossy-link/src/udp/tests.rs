//! Real datagrams through the relay; every wait has a deadline.

use super::*;
use crate::profile::PathProfile;

const PATIENCE: Duration = Duration::from_secs(20);

async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("hangs")
}

async fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("socket")
}

/// The next datagram and where it came from.
async fn heard(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 2_000];
    let (length, from) = within(socket.recv_from(&mut buffer)).await.expect("datagram");
    buffer.truncate(length);
    (buffer, from)
}

async fn say(socket: &UdpSocket, text: &str, to: SocketAddr) {
    socket.send_to(text.as_bytes(), to).await.expect("send");
}

#[tokio::test]
async fn datagrams_go_there_and_back_after_their_time() {
    let (server, client) = (socket().await, socket().await);
    let rtt = Duration::from_millis(40);
    let relay = UdpRelay::start(server.local_addr().expect("address"), Profile::delayed(rtt), 1).expect("relay");
    let begun = begin();
    say(&client, "question", relay.address()).await;
    let (question, from) = heard(&server).await;
    say(&server, "answer", from).await;
    let (answer, from) = heard(&client).await;
    assert_eq!((question.as_slice(), answer.as_slice()), (&b"question"[..], &b"answer"[..]));
    assert_eq!(from, relay.address());
    assert!(begun.elapsed() >= rtt);
    let counts = relay.counts();
    assert_eq!((counts.up.offered, counts.up.delivered), (1, 1));
    assert_eq!((counts.down.offered, counts.down.delivered), (1, 1));
}

#[tokio::test]
async fn clients_are_told_apart_and_move() {
    let (server, first, second) = (socket().await, socket().await, socket().await);
    let relay = UdpRelay::start(server.local_addr().expect("address"), Profile::default(), 1).expect("relay");
    say(&first, "first", relay.address()).await;
    let (_, at_first) = heard(&server).await;
    say(&second, "second", relay.address()).await;
    let (_, at_second) = heard(&server).await;
    assert_ne!(at_first, at_second);
    assert_eq!(relay.clients(), [first.local_addr().expect("address"), second.local_addr().expect("address")]);

    relay.move_clients().expect("move");
    say(&first, "moved", relay.address()).await;
    let (text, moved) = heard(&server).await;
    assert_eq!(text, b"moved");
    assert_ne!(moved, at_first);
    assert_ne!(moved.ip(), at_first.ip());
    // The old address is forgotten, the new one leads to the same client.
    say(&server, "old", at_first).await;
    say(&server, "new", moved).await;
    assert_eq!(heard(&first).await.0, b"new");
}

#[tokio::test]
async fn a_blackout_and_a_dead_server_are_survived() {
    let (server, client) = (socket().await, socket().await);
    let relay = UdpRelay::start(server.local_addr().expect("address"), Profile::default(), 1).expect("relay");
    relay.blackout(true);
    say(&client, "into the dark", relay.address()).await;
    within(async {
        while relay.counts().up.blacked_out == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    relay.blackout(false);
    drop(server);
    say(&client, "to nobody", relay.address()).await;
    let server = socket().await;
    relay.set_server(server.local_addr().expect("address"));
    within(async {
        while relay.counts().up.delivered == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    say(&client, "to the new one", relay.address()).await;
    // The one before may still reach it: it left when the new server was already known.
    let (mut text, _) = heard(&server).await;
    if text == b"to nobody" {
        text = heard(&server).await.0;
    }
    assert_eq!(text, b"to the new one");
}

#[tokio::test]
async fn a_recorded_datagram_can_be_sent_again() {
    let (server, client) = (socket().await, socket().await);
    let lost = PathProfile { loss: 1.0, ..PathProfile::default() };
    let relay = UdpRelay::start(server.local_addr().expect("address"), Profile::symmetric(lost), 1).expect("relay");
    let recording = relay.record();
    say(&client, "kept", relay.address()).await;
    let captured = within(async {
        loop {
            if let Some(captured) = recording.take().pop() {
                return captured;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(captured.client, client.local_addr().expect("address"));
    assert!(!recording.is_incomplete());
    assert_eq!(relay.counts().up.lost, 1);
    assert!(relay.replay(&captured));
    assert_eq!(heard(&server).await.0, b"kept");
}

#[tokio::test]
async fn a_dropped_relay_is_gone() {
    let (server, client) = (socket().await, socket().await);
    let relay = UdpRelay::start(server.local_addr().expect("address"), Profile::default(), 1).expect("relay");
    let address = relay.address();
    say(&client, "once", address).await;
    heard(&server).await;
    drop(relay);
    // Its port is free again once its tasks have ended.
    within(async {
        while UdpSocket::bind(address).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
