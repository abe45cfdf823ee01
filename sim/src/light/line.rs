//! One connection of a light unit: dialled, welcomed, with its streams open.

use super::limits::{DIAL_DEADLINE, HELLO_DEADLINE};
use dispatch_server::edge::spawn;
use model::{Clock, Timestamp};
use quic_link::{ClientEndpoint, Connection, FrameReceiver, FrameSender, LinkError, StreamKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::AbortHandle;
use wire::codec::{decode, encode};
use wire::{FeedStart, Hello, HelloReply};

/// Stream priorities, as the tablet's link sets them.
const PRIORITY_CONTROL: i32 = 40;
const PRIORITY_LOG: i32 = 30;
const PRIORITY_FEED: i32 = 10;

/// Why a try failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failed {
    /// The server had no place for a handshake.
    Busy,
    /// No answer in time.
    Silent,
    /// Refused with a reason.
    Refused,
    /// Anything else.
    Broken,
}

/// A line that stands.
pub(crate) struct Line {
    pub(crate) connection: Connection,
    pub(crate) control_out: FrameSender,
    pub(crate) control_in: FrameReceiver,
    pub(crate) log_out: FrameSender,
    pub(crate) log_in: FrameReceiver,
    feed: Feed,
}

enum Feed {
    /// A task that reads it.
    Read(AbortHandle),
    /// Nobody reads it.
    Deaf { _unread: FrameReceiver },
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Feed::Read(task) = &self.feed {
            task.abort();
        }
    }
}

/// What a line is made with.
pub(crate) struct Dial<'a> {
    pub(crate) endpoint: &'a ClientEndpoint,
    pub(crate) server: SocketAddr,
    pub(crate) deaf: bool,
    pub(crate) feed_items: &'a Arc<AtomicU64>,
}

impl Line {
    /// Dials, says Hello, opens the log stream and the feed.
    pub(crate) async fn open(dial: Dial<'_>, clock: &impl Clock) -> Result<Self, Failed> {
        let connected = dial.endpoint.connect(dial.server, "localhost", DIAL_DEADLINE).await;
        let connection = connected.map_err(|error| match error {
            LinkError::Busy => Failed::Busy,
            LinkError::Unreachable | LinkError::TimedOut => Failed::Silent,
            _ => Failed::Broken,
        })?;
        let welcomed = tokio::time::timeout(HELLO_DEADLINE, welcomed(&connection, clock.utc())).await;
        let (control_out, control_in) = welcomed.map_err(|_| Failed::Silent)??;
        let broken = |_| Failed::Broken;
        let (log_out, log_in) = connection.open(StreamKind::Log, PRIORITY_LOG).await.map_err(broken)?;
        let (mut send, mut receive) = connection.open(StreamKind::Feed, PRIORITY_FEED).await.map_err(broken)?;
        send.send(&encode(&FeedStart::default()).map_err(|_| Failed::Broken)?).await.map_err(|_| Failed::Broken)?;
        send.finish();
        let feed = if dial.deaf {
            Feed::Deaf { _unread: receive }
        } else {
            let items = Arc::clone(dial.feed_items);
            let task = spawn(async move {
                while let Ok(Some(_)) = receive.recv().await {
                    items.fetch_add(1, Ordering::Relaxed);
                }
            });
            Feed::Read(task.abort_handle())
        };
        Ok(Self { connection, control_out, control_in, log_out, log_in, feed })
    }
}

async fn welcomed(connection: &Connection, now: Timestamp) -> Result<(FrameSender, FrameReceiver), Failed> {
    let (mut send, mut receive) =
        connection.open(StreamKind::Control, PRIORITY_CONTROL).await.map_err(|_| Failed::Broken)?;
    let hello = Hello {
        versions: wire::hello::VERSIONS.to_vec(),
        program: "sim".into(),
        training: true,
        sent_at: now,
        session: None,
    };
    let frame = encode(&hello).map_err(|_| Failed::Broken)?;
    send.send(&frame).await.map_err(|_| Failed::Broken)?;
    let reply = receive.recv().await.map_err(|_| Failed::Broken)?.ok_or(Failed::Broken)?;
    match decode(&reply) {
        Ok(HelloReply::Welcome(_)) => Ok((send, receive)),
        Ok(HelloReply::Refused { .. }) => Err(Failed::Refused),
        Err(_) => Err(Failed::Broken),
    }
}
