//! What tablets send and nobody reads stays within the server's bound, all connections together.

use std::time::Duration;

use super::{Installation, dial, within};
use crate::limits::{self, DATAGRAM_RECEIVE_BUFFER_BYTES, SERVER_CONNECTION_WINDOW_BYTES};
use crate::{Connection, LinkConfig, LinkError, StreamKind};

/// Connections of the test.
const TABLETS: usize = 6;
/// Streams of each, and what is sent on each: more than the windows hold.
const STREAMS: usize = 8;
const FRAME_BYTES: usize = 64 * 1024;
/// Headers of packets and of frames, handshake and probes: at most a fifth, and so much besides.
const OVERHEAD: (u64, u64) = (5, 32 * 1024);
/// Longer than anything that is under way on the loopback.
const SETTLED: Duration = Duration::from_millis(300);

const WINDOW: u64 = SERVER_CONNECTION_WINDOW_BYTES as u64;

fn received(connection: &Connection) -> u64 {
    connection.quic().stats().udp_rx.bytes
}

async fn pass(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "the test looks at a real connection now and then")]
    tokio::time::sleep(time).await;
}

#[tokio::test]
async fn what_nobody_reads_is_bounded_on_all_connections_together() {
    let installation = Installation::new();
    let server = installation.server(LinkConfig::default());
    let (mut tablets, mut accepted) = (Vec::new(), Vec::new());
    for _ in 0..TABLETS {
        let client = installation.client();
        let (taken, connection) = super::both(&server, &client).await;
        accepted.push(taken.expect("handshake"));
        tablets.push((client, connection.expect("connect")));
    }
    let mut streams = Vec::new();
    for (_, connection) in &tablets {
        for _ in 0..STREAMS {
            streams.push(within(connection.open(StreamKind::Log, 0)).await.expect("open"));
        }
    }
    let full = async {
        while accepted.iter().any(|connection| received(connection) < WINDOW) {
            pass(Duration::from_millis(10)).await;
        }
        pass(SETTLED).await;
    };
    let sending = streams.iter_mut().map(|(send, _)| send.send(&[7; FRAME_BYTES]));
    tokio::select! {
        () = within(full) => {}
        _ = futures::future::join_all(sending) => panic!("the tablets were never held up"),
    }
    let all: u64 = accepted.iter().map(received).sum();
    let bound = (WINDOW + WINDOW / OVERHEAD.0 + OVERHEAD.1) * TABLETS as u64;
    assert!(all <= bound, "{all} bytes were taken from {TABLETS} tablets, allowed are {bound}");
}

#[tokio::test]
async fn one_connection_more_than_the_bound_allows_is_told_to_come_again() {
    let installation = Installation::new();
    let each = usize::try_from(WINDOW).expect("fits") + DATAGRAM_RECEIVE_BUFFER_BYTES;
    let config = LinkConfig { unread_bytes_max: 2 * each, ..LinkConfig::default() };
    let server = installation.server(config);
    let clients = [installation.client(), installation.client(), installation.client()];
    let mut open = Vec::new();
    for client in &clients[..2] {
        let (taken, connected) = super::both(&server, client).await;
        open.push((taken.expect("handshake"), connected.expect("connect")));
    }
    let refused = tokio::select! {
        refused = dial(&clients[2], &server) => refused,
        _ = server.accept() => panic!("no connection is left"),
    };
    assert!(matches!(refused, Err(LinkError::Busy)), "{refused:?}");
    open.clear();
    let left = async {
        while server.open_connections() > 0 {
            pass(Duration::from_millis(10)).await;
        }
    };
    within(left).await;
    let (taken, connected) = super::both(&server, &clients[2]).await;
    assert!(taken.is_ok() && connected.is_ok());
}

#[test]
fn the_bound_lets_the_whole_fleet_in() {
    assert_eq!(LinkConfig::default().max_connections(), 6_026);
    assert_eq!(LinkConfig::for_connections(100).max_connections(), 6_026);
    assert_eq!(LinkConfig::for_connections(24_000).max_connections(), 24_000);
    assert!(limits::SERVER_UNREAD_BYTES_MAX / 6_026 >= usize::try_from(WINDOW).expect("fits"));
}

/// Backlog on every lane leaves room for a stamp's successor and a question, also while QUIC holds an eighth of the credit back.
#[test]
fn backlog_on_every_lane_leaves_credit_for_a_question() {
    const LANES: u64 = 4;
    const QUESTIONS: u64 = 40_000;
    let lanes = LANES * u64::from(limits::SERVER_STREAM_WINDOW_BYTES);
    assert!(lanes + QUESTIONS <= WINDOW - WINDOW / 8, "{lanes} bytes of backlog leave too little of {WINDOW}");
}
