//! Frames, kinds and datagrams.

use bytes::{BufMut, Bytes, BytesMut};
use futures::FutureExt;
use proptest::prelude::*;

use super::{Installation, within};
use crate::limits::{MAX_DATAGRAM_BYTES, MAX_FRAME_BYTES};
use crate::{Connection, DatagramError, FrameError, FrameReceiver, FrameSender, StreamCode, StreamKind};

struct Pipe {
    sender: FrameSender,
    receiver: FrameReceiver,
}

/// A stream from the tablet to the server.
async fn pipe(tablet: &Connection, server: &Connection) -> Pipe {
    let (sender, _) = within(tablet.open(StreamKind::Log, 0)).await.expect("open");
    let (kind, _, receiver) = within(server.accept()).await.expect("accept");
    assert_eq!(kind, StreamKind::Log);
    Pipe { sender, receiver }
}

#[tokio::test]
async fn frames_and_datagrams_arrive_both_ways_and_the_tablet_is_known() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let identity = pki::DeviceIdentity::from_certificate(&accepted.peer_certificate().expect("shown"));
    assert_eq!(identity.expect("identity").device_id.as_u128(), 1);

    let (mut ask, mut answers) = within(connected.open(StreamKind::Question, 3)).await.expect("open");
    let largest = vec![7_u8; MAX_FRAME_BYTES];
    let asking = async {
        for frame in [&b"first"[..], b"", &largest] {
            ask.send(frame).await.expect("send");
        }
        ask.finish();
    };
    let answering = async {
        let (kind, mut answer, mut asked) = accepted.accept().await.expect("accept");
        assert_eq!(kind, StreamKind::Question);
        while let Some(frame) = asked.recv().await.expect("receive") {
            answer.send(&frame).await.expect("send");
        }
        answer.finish_and_wait().await.expect("received");
    };
    let reading = async {
        let mut lengths = Vec::new();
        while let Some(frame) = answers.recv().await.expect("receive") {
            lengths.push(frame.len());
        }
        lengths
    };
    let (_, _, lengths) = within(async { tokio::join!(asking, answering, reading) }).await;
    assert_eq!(lengths, [5, 0, MAX_FRAME_BYTES]);

    let position = Bytes::from(vec![1_u8; MAX_DATAGRAM_BYTES]);
    connected.send_datagram(position.clone()).expect("datagram");
    let received = within(accepted.read_datagram()).await.expect("datagram");
    assert_eq!(received, position);
    let longer = Bytes::from(vec![1_u8; MAX_DATAGRAM_BYTES + 1]);
    let refused = connected.send_datagram(longer);
    assert!(matches!(refused, Err(DatagramError::TooLarge { .. })));
}

#[tokio::test]
async fn a_question_goes_twice_and_is_answered_once() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let serving = async {
        let mut asked = Vec::new();
        while asked.len() < 3 {
            let (kind, mut answer, mut question) = accepted.accept().await.expect("accept");
            assert_eq!(kind, StreamKind::Question);
            let question = question.recv().await.expect("receive").expect("a question");
            // Meanwhile the copy arrives.
            #[expect(clippy::disallowed_methods, reason = "the copy is sent after a real time")]
            tokio::time::sleep(3 * crate::limits::COPY_AFTER).await;
            answer.send(&question).await.expect("send");
            asked.push(question);
        }
        asked
    };
    let asking = async {
        let mut answers = Vec::new();
        for question in [&b"first"[..], b"second", b"third"] {
            answers.push(connected.ask(question, 0).await.expect("answered").expect("an answer"));
        }
        answers
    };
    let (asked, answers) = within(async { tokio::join!(serving, asking) }).await;
    assert_eq!(asked, answers);
    assert_eq!(answers, [&b"first"[..], b"second", b"third"]);
}

#[tokio::test]
async fn a_copy_is_answered_when_its_question_was_lost_and_the_late_question_is_not() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let (mut late, mut nothing) = connected.quic().open_bi().await.expect("open");
    let (mut copy, mut answer) = connected.quic().open_bi().await.expect("open");
    let mut bytes = BytesMut::new();
    bytes.put_u8(4);
    bytes.put_u64(late.id().index());
    bytes.put_slice(b"\0\0\0\x03why");
    copy.write_all(&bytes).await.expect("write");
    let (kind, mut send, mut asked) = within(accepted.accept()).await.expect("accept");
    assert_eq!(kind, StreamKind::Question);
    assert_eq!(within(asked.recv()).await.expect("receive").as_deref(), Some(&b"why"[..]));
    send.send(b"so").await.expect("send");
    send.finish();
    late.write_all(b"\x02\0\0\0\x03why").await.expect("write");
    let next = connected.open(StreamKind::Feed, 0).await.expect("open");
    let (kind, ..) = within(accepted.accept()).await.expect("accept");
    assert_eq!(kind, StreamKind::Feed, "the late question is not handed out");
    drop(next);
    assert_eq!(within(nothing.read_to_end(100)).await.expect("ended"), b"");
    assert_eq!(within(answer.read_to_end(100)).await.expect("ended"), b"\0\0\0\x02so");
}

#[tokio::test]
async fn an_oversize_frame_is_refused_on_both_sides_and_only_its_stream_ends() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let mut pipe = pipe(&connected, &accepted).await;

    let too_large = pipe.sender.send(&vec![0; MAX_FRAME_BYTES + 1]).await;
    assert!(matches!(too_large, Err(FrameError::TooLarge { .. })));
    pipe.sender.send(b"good").await.expect("stream lives");
    let good = within(pipe.receiver.recv()).await.expect("receive");
    assert_eq!(good.as_deref(), Some(&b"good"[..]));

    let forged = u32::MAX.to_be_bytes();
    let stream = pipe.sender.stream();
    stream.write_all(&forged).await.expect("write");
    let refused = within(pipe.receiver.recv()).await;
    assert!(matches!(refused, Err(FrameError::TooLarge { length, .. }) if length > MAX_FRAME_BYTES));
    let told = within(pipe.sender.finish_and_wait()).await;
    assert!(matches!(told, Err(FrameError::GivenUp { code }) if code == StreamCode::FRAME_TOO_LARGE));
    assert!(connected.close_reason().is_none());
}

#[tokio::test]
async fn an_unknown_kind_is_refused_and_the_next_stream_is_taken() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let (mut strange, answer) = within(connected.quic().open_bi()).await.expect("open");
    strange.write_all(&[200]).await.expect("write");
    let (mut known, _) = within(connected.open(StreamKind::Feed, 0)).await.expect("open");
    known.send(b"x").await.expect("send");

    let (kind, _, _) = within(accepted.accept()).await.expect("accept");
    assert_eq!(kind, StreamKind::Feed);
    // The server takes nothing else; waiting on it lets the refusal leave.
    let mut answer = FrameReceiver::new(answer);
    let refused = tokio::select! {
        refused = within(answer.recv()) => refused,
        _ = accepted.accept() => panic!("no other stream was opened"),
    };
    assert!(matches!(refused, Err(FrameError::GivenUp { code }) if code == StreamCode::UNKNOWN_KIND));
    assert!(connected.close_reason().is_none());
}

#[tokio::test]
async fn a_stream_that_ends_inside_a_frame_is_not_a_clean_end() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    for cut in [&[0_u8, 0][..], &[0, 0, 0, 5, b'a']] {
        let mut pipe = pipe(&connected, &accepted).await;
        pipe.sender.stream().write_all(cut).await.expect("write");
        pipe.sender.finish();
        let end = within(pipe.receiver.recv()).await;
        assert!(matches!(end, Err(FrameError::Truncated)), "{end:?}");
    }
}

#[tokio::test]
async fn receiving_can_be_cancelled_inside_a_frame() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let mut slow = pipe(&connected, &accepted).await;
    let mut other = pipe(&connected, &accepted).await;
    let mut whole = BytesMut::new();
    whole.put_u32(6);
    whole.put_slice(b"abcdef");
    for piece in whole.chunks(3) {
        // Each call takes up what has come, finds the frame incomplete, and is dropped.
        let early = slow.receiver.recv().now_or_never();
        assert!(early.is_none(), "{early:?}");
        slow.sender.stream().write_all(piece).await.expect("write");
        // What was sent on the other stream afterwards is here, so the piece is here too.
        other.sender.send(b"now").await.expect("send");
        within(other.receiver.recv()).await.expect("receive");
    }
    let frame = within(slow.receiver.recv()).await.expect("receive");
    assert_eq!(frame.as_deref(), Some(&b"abcdef"[..]));
}

#[tokio::test]
async fn half_a_frame_never_passes_for_a_whole_one() {
    let installation = Installation::new();
    let (_server, accepted, _client, connected) = installation.pair().await;
    let mut pipe = pipe(&connected, &accepted).await;
    let frame = vec![9_u8; MAX_FRAME_BYTES];
    let mut sent = 0;
    // Nobody reads: the window fills, and the last call is dropped in the middle of its frame.
    while let Some(done) = pipe.sender.send(&frame).now_or_never() {
        done.expect("send");
        sent += 1;
    }
    assert!(matches!(within(pipe.sender.send(b"next")).await, Err(FrameError::Ended)));
    let mut received = 0;
    let end = loop {
        match within(pipe.receiver.recv()).await {
            Ok(Some(frame)) => {
                assert_eq!(frame.len(), MAX_FRAME_BYTES);
                received += 1;
            }
            other => break other,
        }
    };
    assert!(matches!(end, Err(FrameError::GivenUp { .. })), "{end:?}");
    assert!(received <= sent);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn frames_do_not_depend_on_how_their_bytes_were_cut(
        frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..2_000), 0..12),
        cuts in proptest::collection::vec(1_usize..700, 1..20),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let received = runtime.expect("runtime").block_on(async {
            let installation = Installation::new();
            let (_server, accepted, _client, connected) = installation.pair().await;
            let mut pipe = pipe(&connected, &accepted).await;
            let mut bytes = BytesMut::new();
            for frame in &frames {
                bytes.put_u32(u32::try_from(frame.len()).expect("short"));
                bytes.put_slice(frame);
            }
            let writing = async {
                for cut in cuts.iter().cycle() {
                    let piece = bytes.split_to((*cut).min(bytes.len()));
                    if piece.is_empty() {
                        break;
                    }
                    pipe.sender.stream().write_all(&piece).await.expect("write");
                    tokio::task::yield_now().await;
                }
                pipe.sender.finish();
            };
            let reading = async {
                let mut received = Vec::new();
                while let Some(frame) = pipe.receiver.recv().await.expect("receive") {
                    received.push(frame.to_vec());
                }
                received
            };
            within(async { tokio::join!(writing, reading) }).await.1
        });
        prop_assert_eq!(received, frames);
    }
}
