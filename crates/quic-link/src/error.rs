//! What can go wrong on the link, told apart by what somebody has to do about it.

use std::io;

use quinn::{ConnectError, ConnectionError, TransportErrorCode};

use crate::code::{CloseCode, StreamCode};
use crate::limits::MAX_REASON_BYTES;

/// TLS alerts (RFC 8446 §6) that mean something to a crew or an administrator.
mod alert {
    pub(super) const BAD_CERTIFICATE: u8 = 42;
    pub(super) const UNSUPPORTED_CERTIFICATE: u8 = 43;
    pub(super) const CERTIFICATE_REVOKED: u8 = 44;
    pub(super) const CERTIFICATE_EXPIRED: u8 = 45;
    pub(super) const CERTIFICATE_UNKNOWN: u8 = 46;
    pub(super) const UNKNOWN_CA: u8 = 48;
    pub(super) const ACCESS_DENIED: u8 = 49;
    pub(super) const DECRYPT_ERROR: u8 = 51;
    pub(super) const CERTIFICATE_REQUIRED: u8 = 116;
    pub(super) const NO_APPLICATION_PROTOCOL: u8 = 120;
}

/// A connection could not be made, or has ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Nobody answered in time: no radio, wrong address, or the server is down.
    #[error("reach the server: no answer in time")]
    Unreachable,
    /// An existing connection went silent, or a client did not finish its handshake.
    #[error("hear from the peer: silent for too long")]
    TimedOut,
    /// The server has too many handshakes in progress. Dial again after a random pause.
    #[error("connect: the server is busy")]
    Busy,
    /// The server's certificate is good but for another name: the address list is wrong.
    #[error("verify the peer's certificate: it is for another name")]
    NameMismatch,
    /// The peer's certificate is expired or not yet valid: renew it, or set this device's clock.
    #[error("verify the peer's certificate: outside its validity by this device's clock")]
    CertificateExpiredOrClock,
    /// The peer's certificate is not from our authority: another installation, or somebody in between.
    #[error("verify the peer's certificate: not issued by the trusted authority")]
    UntrustedPeer,
    /// The client showed no certificate.
    #[error("verify the peer's certificate: none was shown")]
    CertificateMissing,
    /// The peer refused **our** certificate: not enrolled there, expired, or of another installation.
    #[error("show our certificate: refused by the peer (TLS alert {alert})")]
    OwnCertificateRefused {
        /// The TLS alert, such as 45 (expired) or 48 (unknown authority).
        alert: u8,
    },
    /// The two sides have no version of the protocol in common: update the program.
    #[error("agree on a protocol version")]
    NoCommonProtocol,
    /// The peer closed the connection and said why.
    #[error("keep the connection: closed by the peer ({code}, {reason:?})")]
    ClosedByPeer {
        /// Why.
        code: CloseCode,
        /// Words for a log, at most [`MAX_REASON_BYTES`], without control characters.
        reason: String,
    },
    /// We closed the connection ourselves.
    #[error("use the connection: closed here")]
    ClosedHere,
    /// The server has forgotten the connection: it was restarted. Dial again at once.
    #[error("keep the connection: the peer was restarted")]
    PeerRestarted,
    /// The address or name cannot be dialled at all.
    #[error("dial: the address or server name is not usable")]
    BadAddress,
    /// The local endpoint has stopped; make a new one.
    #[error("use the local endpoint: it has stopped")]
    EndpointStopped,
    /// The TLS configuration cannot be used for QUIC.
    #[error("use the TLS configuration for QUIC")]
    UnsuitableTls,
    /// TLS failed in another way.
    #[error("agree on TLS (alert {alert})")]
    Tls {
        /// The TLS alert sent or received.
        alert: u8,
    },
    /// The peer's QUIC broke the rules, or ours did in its eyes.
    #[error("exchange packets (QUIC error {code:#x})")]
    Transport {
        /// The QUIC error code (RFC 9000 §20.1).
        code: u64,
    },
    /// The local socket failed.
    #[error("use the local socket")]
    Io(#[from] io::Error),
}

impl LinkError {
    /// Whether dialling again, without anybody doing anything, can help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Busy | Self::PeerRestarted => true,
            Self::Io(_) | Self::EndpointStopped | Self::Transport { .. } => true,
            Self::ClosedByPeer { code, .. } => !matches!(
                *code,
                CloseCode::VERSION | CloseCode::REVOKED | CloseCode::UNKNOWN_DEVICE | CloseCode::TRAINING_MISMATCH
            ),
            _ => false,
        }
    }
}

impl From<ConnectionError> for LinkError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::VersionMismatch => Self::NoCommonProtocol,
            ConnectionError::TransportError(found) => match tls_alert(found.code) {
                Some(alert) => local_alert(alert, &found.reason),
                None => transport(found.code),
            },
            ConnectionError::ConnectionClosed(close) => match tls_alert(close.error_code) {
                Some(alert) => peer_alert(alert),
                None => transport(close.error_code),
            },
            ConnectionError::ApplicationClosed(close) => Self::ClosedByPeer {
                code: CloseCode::new(u32::try_from(close.error_code.into_inner()).unwrap_or(u32::MAX)),
                reason: readable(&close.reason),
            },
            ConnectionError::Reset => Self::PeerRestarted,
            ConnectionError::TimedOut => Self::TimedOut,
            ConnectionError::LocallyClosed => Self::ClosedHere,
            ConnectionError::CidsExhausted => Self::EndpointStopped,
        }
    }
}

impl From<ConnectError> for LinkError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::EndpointStopping | ConnectError::CidsExhausted => Self::EndpointStopped,
            ConnectError::InvalidServerName(_) | ConnectError::InvalidRemoteAddress(_) => Self::BadAddress,
            ConnectError::NoDefaultClientConfig | ConnectError::UnsupportedVersion => Self::UnsuitableTls,
        }
    }
}

/// One stream failed; what happened to the connection is said by [`FrameError::Lost`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A frame is longer than allowed. When received, the stream has been stopped.
    #[error("pass a frame of {length} bytes: above the limit of {limit}")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
        /// [`crate::limits::MAX_FRAME_BYTES`].
        limit: usize,
    },
    /// The stream ended inside a frame.
    #[error("read a frame: the stream ended inside it")]
    Truncated,
    /// The peer gave up the stream.
    #[error("use the stream: given up by the peer ({code:?})")]
    GivenUp {
        /// Why.
        code: StreamCode,
    },
    /// The stream was finished, given up or torn here before.
    #[error("use the stream: it has ended here")]
    Ended,
    /// The connection has ended.
    #[error("use the stream: the connection has ended")]
    Lost(#[source] LinkError),
}

/// A datagram could not be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatagramError {
    /// It is longer than allowed.
    #[error("send a datagram of {length} bytes: above the limit of {limit}")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
        /// [`crate::limits::MAX_DATAGRAM_BYTES`], or less on this path.
        limit: usize,
    },
    /// The peer takes no datagrams.
    #[error("send a datagram: the peer takes none")]
    Unsupported,
    /// The connection has ended.
    #[error("send a datagram: the connection has ended")]
    Lost(#[source] LinkError),
}

/// The alert inside a QUIC error code (RFC 9001 §4.8).
fn tls_alert(code: TransportErrorCode) -> Option<u8> {
    u64::from(code).checked_sub(0x100).and_then(|alert| u8::try_from(alert).ok())
}

/// We ended the handshake with this alert: something about the peer.
fn local_alert(number: u8, reason: &str) -> LinkError {
    match number {
        alert::CERTIFICATE_EXPIRED => LinkError::CertificateExpiredOrClock,
        // The alert alone does not tell a wrong name from a malformed certificate; the library's words do.
        alert::BAD_CERTIFICATE if reason.contains("not valid for name") => LinkError::NameMismatch,
        alert::BAD_CERTIFICATE
        | alert::UNSUPPORTED_CERTIFICATE
        | alert::CERTIFICATE_REVOKED
        | alert::CERTIFICATE_UNKNOWN
        | alert::UNKNOWN_CA
        | alert::DECRYPT_ERROR => LinkError::UntrustedPeer,
        alert::CERTIFICATE_REQUIRED => LinkError::CertificateMissing,
        alert::NO_APPLICATION_PROTOCOL => LinkError::NoCommonProtocol,
        alert => LinkError::Tls { alert },
    }
}

/// The peer ended the handshake with this alert: something about us.
fn peer_alert(number: u8) -> LinkError {
    match number {
        alert::BAD_CERTIFICATE
        | alert::UNSUPPORTED_CERTIFICATE
        | alert::CERTIFICATE_REVOKED
        | alert::CERTIFICATE_EXPIRED
        | alert::CERTIFICATE_UNKNOWN
        | alert::UNKNOWN_CA
        | alert::ACCESS_DENIED
        | alert::DECRYPT_ERROR
        | alert::CERTIFICATE_REQUIRED => LinkError::OwnCertificateRefused { alert: number },
        alert::NO_APPLICATION_PROTOCOL => LinkError::NoCommonProtocol,
        alert => LinkError::Tls { alert },
    }
}

fn transport(code: TransportErrorCode) -> LinkError {
    if code == TransportErrorCode::CONNECTION_REFUSED {
        LinkError::Busy
    } else {
        LinkError::Transport { code: code.into() }
    }
}

/// A peer's words, made fit for a log line.
fn readable(reason: &[u8]) -> String {
    let kept = reason.get(..MAX_REASON_BYTES).unwrap_or(reason);
    String::from_utf8_lossy(kept).chars().filter(|character| !character.is_control()).collect()
}
