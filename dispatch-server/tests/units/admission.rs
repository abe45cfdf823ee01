//! Who comes in.

use crate::world::{DEADLINE, LOCAL, World, hello};
use dispatch_core::store::Directory;
use dispatch_server::SharedSource;
use model::DeviceId;
use pki::{CertificateAuthority, DeviceBundle};
use quic_link::{CloseCode, Connection, LinkError};
use std::io::{Read, Write};
use wire::{HelloReply, RefusalCode};

async fn refusal(link: &Connection) -> RefusalCode {
    match hello(link, true).await.expect("an answer").0 {
        HelloReply::Refused { code } => code,
        HelloReply::Welcome(_) => panic!("welcomed"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_and_revoked_tablets_stay_out() {
    let world = World::new(SharedSource::none()).await;
    // Another authority with the right words: the handshake fails.
    let other =
        CertificateAuthority::create("other", true, dispatch_server::edge::system_time()).expect("an authority");
    let ids = world.bundle(1).identity().clone();
    let forged =
        other.issue_device(ids.device_id, ids.unit_id, ids.department_id, dispatch_server::edge::system_time());
    let own = CertificateAuthority::load(&world.data.authority(), true).expect("the authority");
    let forged = DeviceBundle::new(forged.expect("a certificate"), own.certificate().clone()).expect("a bundle");
    let ended = match world.dial(&forged).await {
        Ok(link) => tokio::time::timeout(DEADLINE, link.closed()).await.expect("not a hang"),
        Err(error) => error,
    };
    assert!(matches!(ended, LinkError::OwnCertificateRefused { .. }), "{ended:?}");
    // Our authority, but a tablet that nobody enrolled.
    let id = DeviceId::from_bytes([7; 16]);
    let stray = own.issue_device(id.uuid(), ids.unit_id, ids.department_id, dispatch_server::edge::system_time());
    let stray = DeviceBundle::new(stray.expect("a certificate"), own.certificate().clone()).expect("a bundle");
    let link = world.dial(&stray).await.expect("the handshake is fine");
    assert_eq!(refusal(&link).await, RefusalCode::UNKNOWN_DEVICE);
    // A second certificate for an enrolled tablet is not the one that was enrolled.
    let twin = own.issue_device(ids.device_id, ids.unit_id, ids.department_id, dispatch_server::edge::system_time());
    let twin = DeviceBundle::new(twin.expect("a certificate"), own.certificate().clone()).expect("a bundle");
    let link = world.dial(&twin).await.expect("the handshake is fine");
    assert_eq!(refusal(&link).await, RefusalCode::UNKNOWN_DEVICE);
    // A live tablet's program at a training server.
    let link = world.dial(&world.bundle(1)).await.expect("the handshake is fine");
    let (reply, _) = hello(&link, false).await.expect("an answer");
    assert_eq!(reply, HelloReply::Refused { code: RefusalCode::TRAINING_MISMATCH });
    // Revoked: a connection that stands is closed, a new one is refused; the other tablet stays.
    let (tablet, other) = (world.tablet(1).await, world.tablet(2).await);
    let store = world.data.open_store().await.expect("a second process");
    assert!(store.revoke(tablet.welcome.device, world.server.app.now()).await.expect("revoked"));
    let closed = tokio::time::timeout(DEADLINE, tablet.link.closed()).await.expect("in time");
    assert!(matches!(closed, LinkError::ClosedByPeer { code: CloseCode::REVOKED, .. }), "{closed:?}");
    let link = world.dial(&world.bundle(1)).await.expect("the handshake is fine");
    assert_eq!(refusal(&link).await, RefusalCode::REVOKED);
    assert!(other.link.close_reason().is_none());
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_on_both_ports_harms_nothing() {
    let world = World::new(SharedSource::none()).await;
    let socket = std::net::UdpSocket::bind(LOCAL).expect("a socket");
    for n in 0..200_u8 {
        let noise: Vec<u8> = (0..1_200_u16).map(|i| (i as u8).wrapping_mul(n).wrapping_add(n)).collect();
        socket.send_to(&noise, world.server.quic_addr).expect("sent");
    }
    let https = world.server.https_addr;
    let answered = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(https).expect("connects");
        stream.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n\0\xff\xfe garbage").expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map(|_| answer)
    });
    // Closed or reset, never a hang.
    drop(answered.await.expect("not a hang"));
    // A tablet that speaks nonsense on its streams loses the stream or the connection, nobody else does.
    let (noisy, calm) = (world.tablet(1).await, world.tablet(2).await);
    for kind in [quic_link::StreamKind::Log, quic_link::StreamKind::Question, quic_link::StreamKind::Feed] {
        let (mut send, mut receive) = noisy.link.open(kind, 0).await.expect("a stream");
        send.send(&[0xFF; 64]).await.expect("sent");
        let ended = tokio::time::timeout(DEADLINE, receive.recv()).await.expect("not a hang");
        assert!(!matches!(ended, Ok(Some(_))), "{kind:?}");
    }
    assert!(calm.link.close_reason().is_none());
    assert_eq!(world.tablet(1).await.welcome.callsign, "救急1");
    world.server.stop().await;
}
