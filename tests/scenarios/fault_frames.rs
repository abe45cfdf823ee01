//! A peer with a genuine certificate that speaks nonsense: the server stays up, and a real tablet is served meanwhile. Half frames and
//! another QUIC library: `cargo xtask fault-run -- strangers`.

use model::LogId;
use pki::DeviceBundle;
use quic_link::{Connection, FrameSender, StreamKind};
use std::net::{SocketAddr, UdpSocket};
use system_tests::fault::one::One;
use system_tests::raw::dial;
use wire::codec::encode;
use wire::{Entry, Hello, LogFrame};

const KINDS: [StreamKind; 4] = [StreamKind::Control, StreamKind::Log, StreamKind::Question, StreamKind::Feed];

fn hello() -> Vec<u8> {
    let versions = wire::hello::VERSIONS.to_vec();
    let sent_at = model::Timestamp(0);
    encode(&Hello { versions, program: "stranger".into(), training: true, sent_at, session: None }).unwrap()
}

/// Frames that no tablet sends.
fn nonsense() -> Vec<Vec<u8>> {
    let entry = |seq, bytes| Entry { log: LogId::from_bytes([9; 16]), seq, schema: 1, bytes };
    let append = |entries| encode(&LogFrame::Append { entries, before: None }).unwrap();
    vec![
        Vec::new(),
        vec![0xFF; 64],
        vec![0x9F],
        vec![0x81; 60_000],
        b"\xa1\x6eno such variant\x01".to_vec(),
        append(Vec::new()),
        append((1..=300).map(|seq| entry(seq, b"no event".to_vec())).collect()),
        append(vec![entry(5, vec![1]), entry(4, vec![2])]),
        append(vec![entry(1, vec![7; 200_000])]),
        encode(&LogFrame::Offer { log: LogId::from_bytes([9; 16]), head: u64::MAX, digest: None }).unwrap(),
        vec![0; quic_link::limits::MAX_FRAME_BYTES],
    ]
}

/// Sends each frame on a stream of its own; the streams stay open as long as the result lives.
async fn speak(link: &Connection, kind: StreamKind, frames: &[Vec<u8>]) -> Vec<FrameSender> {
    let mut open = Vec::new();
    for frame in frames {
        // The server may have closed the connection: that is an answer.
        let opening = tokio::time::timeout(std::time::Duration::from_millis(500), link.open(kind, 0)).await;
        let Ok(Ok((mut send, _))) = opening else { return open };
        if send.send(frame).await.is_err() {
            return open;
        }
        open.push(send);
    }
    open
}

async fn attack(bundle: &DeviceBundle, server: SocketAddr, with_hello: bool) {
    for kind in KINDS {
        let link = dial(bundle, server).await.unwrap();
        let mut open = Vec::new();
        if with_hello {
            open.extend(speak(&link, StreamKind::Control, &[hello()]).await);
        }
        open.extend(speak(&link, kind, &nonsense()).await);
        open.extend(speak(&link, kind, &vec![vec![0xFF]; 200]).await);
        for size in [0, 1, 20, 900] {
            for _ in 0..100 {
                let _full_or_closed = link.send_datagram(vec![0xA5; size].into());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_speaks_nonsense_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    let server = one.place.quic;
    let bundle = DeviceBundle::load(&one.site.enrol(server).await.unwrap().out).unwrap();
    one.start_tablet().await.unwrap();
    one.press(1).await.unwrap();
    one.delivered().await.unwrap();
    let noise = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..2_000_usize {
        noise.send_to(&vec![u8::try_from(n % 251).unwrap(); 1 + n % 1_400], server).unwrap();
    }
    for with_hello in [true, false] {
        attack(&bundle, server, with_hello).await;
        one.press(1).await.unwrap();
        one.tablet().until("served meanwhile", |shown| shown.up && shown.waiting == 0).await.unwrap();
    }
    system_tests::raw::Raw::welcomed(&bundle, server).await;
    one.delivered().await.unwrap();
    one.kill_tablet().await.unwrap();
    one.kill_server().await.unwrap();
    let (broken, _) = one.broken().await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
}
