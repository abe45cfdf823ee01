//! Any protocol over the link. Where the right to make namespaces is missing, the refusal itself is what is checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);
const PORT: u16 = 4_000;

#[expect(clippy::disallowed_methods, reason = "the test measures a real link")]
fn begin() -> Instant {
    Instant::now()
}

/// A link, or `None` on a machine where this user may not make one.
fn link(profile: Profile) -> Option<TunLink> {
    match TunLink::start(profile, 1) {
        Ok(link) => Some(link),
        Err(error) => {
            let root = rustix::process::geteuid().is_root();
            assert!(!root || error.to_string().contains("/dev/net/tun"), "{error}");
            assert!(error.to_string().contains("run as root"), "{error}");
            None
        }
    }
}

/// Sends `size` bytes from near to far and waits for one byte back.
fn transfer(link: &TunLink, size: usize) -> Duration {
    let listener = link.far().run(|| TcpListener::bind((FAR, PORT))).expect("listener");
    let near = link.near().clone();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut stream, _) = listener.accept().expect("connection");
            let mut received = vec![0; size];
            stream.read_exact(&mut received).expect("all");
            stream.write_all(b".").expect("answer");
        });
        near.run(move || {
            let begun = begin();
            let mut stream = TcpStream::connect_timeout(&SocketAddr::from((FAR, PORT)), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(&vec![7; size])?;
            stream.read_exact(&mut [0])?;
            Ok(begun.elapsed())
        })
        .expect("transfer")
    })
}

#[test]
fn tcp_takes_its_round_trips() {
    let rtt = Duration::from_millis(60);
    let Some(link) = link(Profile::delayed(rtt)) else { return };
    // One for the handshake, one for the question.
    let took = transfer(&link, 100);
    assert!(took >= 2 * rtt, "{took:?}");
    let counts = link.counts();
    assert!(counts.up.delivered >= 3 && counts.down.delivered >= 2, "{counts:?}");
    assert_eq!(counts.up.lost + counts.down.lost, 0);
}

#[test]
fn tcp_gets_through_loss_and_the_loss_is_counted() {
    let Some(link) = link(Profile::lossy(Duration::from_millis(10), 0.1)) else { return };
    transfer(&link, 200_000);
    assert!(link.counts().up.lost > 0);
}

#[test]
fn a_moved_near_end_speaks_from_another_address() {
    let Some(link) = link(Profile::default()) else { return };
    let far = link.far().run(|| std::net::UdpSocket::bind((FAR, PORT))).expect("socket");
    far.set_read_timeout(Some(PATIENCE)).expect("deadline");
    let speak = || {
        let said = link.near().run(|| {
            let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.send_to(b"here", (FAR, PORT))?;
            Ok(socket)
        });
        let (_, from) = far.recv_from(&mut [0; 16]).expect("datagram");
        far.send_to(b"heard", from).expect("answer");
        assert_eq!(said.expect("socket").recv(&mut [0; 16]).expect("answer"), 5);
        from.ip()
    };
    assert_eq!(speak(), NEAR);
    let moved = link.move_near(7).expect("move");
    assert_eq!(speak(), moved);
    link.move_near(0).expect("back");
    assert_eq!(speak(), NEAR);
}
