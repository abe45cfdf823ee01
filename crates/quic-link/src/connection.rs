//! One connection, the same on both sides.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
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
use crate::limits::{MAX_DATAGRAM_BYTES, MAX_REASON_BYTES};

type TypedStream = (StreamKind, FrameSender, FrameReceiver);

/// A connection whose peer has shown a verified certificate. Clones are the same connection; it is closed with
/// [`CloseCode::DONE`] when the last clone and the last stream are dropped.
#[derive(Clone)]
pub struct Connection(Arc<Inner>);

struct Inner {
    quic: quinn::Connection,
    peer: CertificateDer<'static>,
    /// Streams that the peer has opened and whose kind has not arrived. At most [`crate::limits::MAX_STREAMS`].
    opening: Mutex<FuturesUnordered<BoxFuture<'static, Option<TypedStream>>>>,
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
        let chain = quic.peer_identity().and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok());
        let Some(peer) = chain.and_then(|chain| chain.into_iter().next()) else {
            quic.close(VarInt::from_u32(CloseCode::PROTOCOL.number()), b"no certificate");
            return Err(LinkError::CertificateMissing);
        };
        Ok(Self(Arc::new(Inner { quic, peer, opening: Mutex::new(FuturesUnordered::new()) })))
    }

    /// For tests that break the rules of this crate.
    #[cfg(test)]
    pub(crate) fn quic(&self) -> &quinn::Connection {
        &self.0.quic
    }

    /// The peer's certificate, its chain verified. On a resumed session it is the one of the first handshake: whether
    /// it has been revoked since is for the caller to check.
    pub fn peer_certificate(&self) -> CertificateDer<'static> {
        self.0.peer.clone()
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
        let (send, receive) = self.0.quic.open_bi().await?;
        let mut sender = FrameSender::new(send);
        sender.set_priority(priority);
        sender.send_kind(kind.byte()).await?;
        Ok((sender, FrameReceiver::new(receive)))
    }

    /// The next stream that the peer has opened. A stream of an unknown kind is refused and skipped; a kind that is
    /// late on a lossy path does not hold up the streams behind it.
    ///
    /// **Cancel-safe.** One task should call it; a second waits for the first.
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn accept(&self) -> Result<TypedStream, LinkError> {
        let mut opening = self.0.opening.lock().await;
        loop {
            tokio::select! {
                Some(opened) = opening.next(), if !opening.is_empty() => {
                    if let Some(stream) = opened {
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

    /// The next datagram. **Cancel-safe.**
    ///
    /// # Errors
    /// The connection has ended.
    pub async fn read_datagram(&self) -> Result<Bytes, LinkError> {
        loop {
            let datagram = self.0.quic.read_datagram().await?;
            if datagram.len() <= MAX_DATAGRAM_BYTES {
                return Ok(datagram);
            }
            tracing::debug!(length = datagram.len(), "dropped a datagram above the limit");
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

async fn read_kind(mut send: SendStream, mut receive: RecvStream) -> Option<TypedStream> {
    let mut byte = [0_u8; 1];
    // A stream that ends without a kind asked for nothing.
    receive.read_exact(&mut byte).await.ok()?;
    let [byte] = byte;
    let Some(kind) = StreamKind::from_byte(byte) else {
        tracing::debug!(kind = byte, "refused a stream of unknown kind");
        let code = VarInt::from_u32(StreamCode::UNKNOWN_KIND.number());
        let refused = (send.reset(code).is_ok(), receive.stop(code).is_ok());
        tracing::trace!(?refused, "told the peer");
        return None;
    };
    Some((kind, FrameSender::new(send), FrameReceiver::new(receive)))
}
