//! One connection, the same on both sides.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use quinn::{RecvStream, SendDatagramError, SendStream, VarInt};
use rustls::pki_types::CertificateDer;
use tokio::sync::Mutex;

use crate::code::{CloseCode, StreamCode, StreamKind};
use crate::error::{DatagramError, LinkError};
use crate::frame::{FrameReceiver, FrameSender};
use crate::limits::{self, MAX_DATAGRAM_BYTES, MAX_REASON_BYTES};
use crate::question::{COPY, Taken};

/// A datagram that begins with this byte carries nothing. No frame does (it is CBOR's break).
const PADDING_BYTE: u8 = 0xFF;
pub(crate) const PADDING: [u8; MAX_DATAGRAM_BYTES] = [PADDING_BYTE; MAX_DATAGRAM_BYTES];

type TypedStream = (StreamKind, FrameSender, FrameReceiver);

/// A connection whose peer has shown a verified certificate. Clones are the same connection; it is closed with
/// [`CloseCode::DONE`] when the last clone and the last stream are dropped.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    quic: quinn::Connection,
    peer: OnceLock<CertificateDer<'static>>,
    incoming: Mutex<Incoming>,
}

#[derive(Default)]
struct Incoming {
    /// Streams that the peer has opened and whose kind has not arrived. At most [`crate::limits::MAX_STREAMS`].
    opening: FuturesUnordered<BoxFuture<'static, Option<Opened>>>,
    questions: Taken,
}

/// A stream whose kind has arrived.
struct Opened {
    stream: TypedStream,
    /// For a question and its copy, the number of the first stream.
    question: Option<u64>,
}

/// How the path is doing, for a link check and for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathFigures {
    /// The present estimate of the round trip.
    pub rtt: Duration,
    /// Packets sent.
    pub sent_packets: u64,
    /// Packets thought lost.
    pub lost_packets: u64,
    /// Bytes that may be in flight.
    pub window_bytes: u64,
    /// Largest packet in bytes.
    pub mtu_bytes: u16,
}

impl Connection {
    pub(crate) fn new(quic: quinn::Connection) -> Result<Self, LinkError> {
        let connection = Self::unconfirmed(quic);
        connection.require_certificate()?;
        Ok(connection)
    }

    /// A connection whose handshake may be under way.
    pub(crate) fn unconfirmed(quic: quinn::Connection) -> Self {
        Self(Arc::new(Inner { quic, peer: OnceLock::new(), incoming: Mutex::default() }))
    }

    pub(crate) fn require_certificate(&self) -> Result<(), LinkError> {
        if self.peer_certificate().is_some() {
            return Ok(());
        }
        self.0.quic.close(VarInt::from_u32(CloseCode::PROTOCOL.number()), b"no certificate");
        Err(LinkError::CertificateMissing)
    }

    /// For tests that break the rules of this crate.
    #[cfg(test)]
    pub(crate) fn quic(&self) -> &quinn::Connection {
        &self.0.quic
    }

    /// The peer's certificate, its chain verified; none while a client's handshake is under way. On a resumed session it
    /// is the one of the first handshake: whether it has been revoked since is for the caller to check.
    pub fn peer_certificate(&self) -> Option<CertificateDer<'static>> {
        if let Some(peer) = self.0.peer.get() {
            return Some(peer.clone());
        }
        let identity = self.0.quic.peer_identity()?;
        let chain = identity.downcast::<Vec<CertificateDer<'static>>>().ok()?;
        let peer = chain.into_iter().next()?;
        Some(self.0.peer.get_or_init(|| peer).clone())
    }

    /// Where the peer is now; it changes when the peer moves.
    pub fn remote_address(&self) -> SocketAddr {
        self.0.quic.remote_address()
    }

    /// The present estimate of the round trip.
    pub fn rtt(&self) -> Duration {
        self.0.quic.rtt()
    }

    /// How the path is doing.
    pub fn path(&self) -> PathFigures {
        let path = self.0.quic.stats().path;
        PathFigures {
            rtt: path.rtt,
            sent_packets: path.sent_packets,
            lost_packets: path.lost_packets,
            window_bytes: path.cwnd,
            mtu_bytes: path.current_mtu,
        }
    }

    /// Opens a stream, waiting while [`crate::limits::MAX_STREAMS`] are open. Higher priorities are sent first.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn open(&self, kind: StreamKind, priority: i32) -> Result<(FrameSender, FrameReceiver), LinkError> {
        let (send, receive) = self.open_stream().await?;
        let mut sender = FrameSender::new(send);
        sender.set_priority(priority);
        sender.send_kind(kind.byte()).await?;
        Ok((sender, FrameReceiver::new(receive)))
    }

    pub(crate) async fn open_stream(&self) -> Result<(SendStream, RecvStream), LinkError> {
        Ok(self.0.quic.open_bi().await?)
    }

    /// The next stream that the peer has opened. A stream of an unknown kind is refused and skipped; a kind that is
    /// late on a lossy path does not hold up the streams behind it.
    ///
    /// **Cancel-safe.** One task should call it; a second waits for the first.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn accept(&self) -> Result<TypedStream, LinkError> {
        let mut incoming = self.0.incoming.lock().await;
        let Incoming { opening, questions } = &mut *incoming;
        loop {
            tokio::select! {
                Some(opened) = opening.next(), if !opening.is_empty() => {
                    // The second of a question and its copy ends here, without an answer.
                    if let Some(Opened { stream, question }) = opened
                        && question.is_none_or(|number| questions.take(number))
                    {
                        return Ok(stream);
                    }
                }
                streams = self.0.quic.accept_bi() => {
                    let (send, receive) = streams?;
                    opening.push(Box::pin(read_kind(send, receive)));
                }
            }
        }
    }

    /// Sends bytes that may be lost, once. When the path is slow the oldest unsent datagrams are dropped first.
    ///
    /// # Errors
    /// [`DatagramError::TooLarge`] above [`MAX_DATAGRAM_BYTES`], [`DatagramError::Unsupported`], [`DatagramError::Lost`].
    pub fn send_datagram(&self, datagram: Bytes) -> Result<(), DatagramError> {
        let length = datagram.len();
        if length > MAX_DATAGRAM_BYTES {
            return Err(DatagramError::TooLarge { length, limit: MAX_DATAGRAM_BYTES });
        }
        self.0.quic.send_datagram(datagram).map_err(|error| match error {
            SendDatagramError::TooLarge => {
                DatagramError::TooLarge { length, limit: self.0.quic.max_datagram_size().unwrap_or(0) }
            }
            SendDatagramError::UnsupportedByPeer | SendDatagramError::Disabled => DatagramError::Unsupported,
            SendDatagramError::ConnectionLost(error) => DatagramError::Lost(error.into()),
        })
    }

    /// Tells the peer at once where we are now, after [`crate::ClientEndpoint::rebind`] or a change of the network.
    ///
    /// Until a new address is validated the peer may send three times what it received from it (RFC 9000 §8.2.1). A few
    /// full datagrams without content let the first answer through in one round trip instead of two.
    pub fn announce_move(&self) {
        for _ in 0..limits::MOVE_DATAGRAMS {
            if self.0.quic.send_datagram(Bytes::from_static(&PADDING)).is_err() {
                return;
            }
        }
    }

    /// Authenticated frames received so far: it grows whenever the peer is heard.
    pub fn heard_frames(&self) -> u64 {
        let frames = self.0.quic.stats().frame_rx;
        frames.acks + frames.stream + frames.datagram + frames.ping + frames.max_data + frames.max_stream_data
    }

    /// The next datagram. **Cancel-safe.**
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn read_datagram(&self) -> Result<Bytes, LinkError> {
        loop {
            let datagram = self.0.quic.read_datagram().await?;
            match datagram.first() {
                Some(&PADDING_BYTE) => {}
                _ if datagram.len() <= MAX_DATAGRAM_BYTES => return Ok(datagram),
                _ => tracing::debug!(length = datagram.len(), "dropped a datagram above the limit"),
            }
        }
    }

    /// Closes the connection at once; what has not arrived is lost. The peer sees [`LinkError::ClosedByPeer`].
    /// `reason` is for its log and holds no personal data.
    pub fn close(&self, code: CloseCode, reason: &str) {
        let number = VarInt::from_u32(code.number());
        self.0.quic.close(number, cut(reason));
    }

    /// Waits until the connection has ended, and says why. **Cancel-safe.**
    pub async fn closed(&self) -> LinkError {
        self.0.quic.closed().await.into()
    }

    /// Why the connection has ended, if it has.
    pub fn close_reason(&self) -> Option<LinkError> {
        self.0.quic.close_reason().map(LinkError::from)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.0.quic.stable_id())
            .field("remote_address", &self.remote_address())
            .finish_non_exhaustive()
    }
}

/// As much of a reason as is sent.
pub(crate) fn cut(reason: &str) -> &[u8] {
    let bytes = reason.as_bytes();
    bytes.get(..MAX_REASON_BYTES).unwrap_or(bytes)
}

async fn read_kind(mut send: SendStream, mut receive: RecvStream) -> Option<Opened> {
    let mut byte = [0_u8; 1];
    // A stream that ends without a kind asked for nothing.
    receive.read_exact(&mut byte).await.ok()?;
    let [byte] = byte;
    if byte == COPY {
        let mut first = [0_u8; 8];
        receive.read_exact(&mut first).await.ok()?;
        let stream = (StreamKind::Question, FrameSender::new(send), FrameReceiver::new(receive));
        return Some(Opened { stream, question: Some(u64::from_be_bytes(first)) });
    }
    let Some(kind) = StreamKind::from_byte(byte) else {
        tracing::debug!(kind = byte, "refused a stream of unknown kind");
        let code = VarInt::from_u32(StreamCode::UNKNOWN_KIND.number());
        let refused = (send.reset(code).is_ok(), receive.stop(code).is_ok());
        tracing::trace!(?refused, "told the peer");
        return None;
    };
    let question = (kind == StreamKind::Question).then(|| send.id().index());
    Some(Opened { stream: (kind, FrameSender::new(send), FrameReceiver::new(receive)), question })
}
