//! The transport settings of both sides.

use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{AckFrequencyConfig, IdleTimeout, MtuDiscoveryConfig, TransportConfig, VarInt};

use crate::congestion::WindowConfig;
use crate::error::LinkError;
use crate::limits;

/// What a deployment, or a test, may want to change. The rest stands in [`limits`].
#[derive(Debug, Clone)]
pub struct LinkConfig {
    /// Silence after which a connection is closed; the smaller of both sides counts.
    pub idle_timeout: Duration,
    /// Silence after which the client pings.
    pub keep_alive: Duration,
    /// Longest handshake on the server.
    pub handshake_deadline: Duration,
    /// Handshakes in progress on the server.
    pub max_handshakes: usize,
    /// Of these, with an unproved address.
    pub max_unproved_handshakes: usize,
    /// Clients in line for a handshake.
    pub line_places: usize,
    /// How long one stands there.
    pub line_patience: Duration,
    /// Unread bytes of all connections of a server together.
    pub unread_bytes_max: usize,
    /// The congestion window.
    pub window: WindowConfig,
    /// The first guess of the round trip.
    pub initial_rtt: Duration,
    /// How long the peer may hold an acknowledgement back, asked for with QUIC's ACK frequency extension; `None` leaves it
    /// to the peer (25 ms).
    pub ack_delay: Option<Duration>,
    /// Unread bytes on one stream from a tablet, and on one stream to it.
    pub stream_window_bytes: (u32, u32),
    /// Unread bytes on all streams of a connection from a tablet, and of one to it.
    pub connection_window_bytes: (u32, u32),
    /// Bytes handed to a connection and not yet acknowledged.
    pub send_window_bytes: u64,
    /// Packets of this size from the first on, without looking for the largest; for links that are known.
    pub fixed_mtu: Option<u16>,
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            idle_timeout: limits::IDLE_TIMEOUT,
            keep_alive: limits::KEEP_ALIVE,
            handshake_deadline: limits::HANDSHAKE_DEADLINE,
            max_handshakes: limits::MAX_HANDSHAKES,
            max_unproved_handshakes: limits::MAX_UNPROVED_HANDSHAKES,
            line_places: limits::LINE_PLACES,
            line_patience: limits::LINE_PATIENCE,
            unread_bytes_max: limits::SERVER_UNREAD_BYTES_MAX,
            window: WindowConfig::default(),
            initial_rtt: limits::INITIAL_RTT,
            ack_delay: None,
            stream_window_bytes: (limits::SERVER_STREAM_WINDOW_BYTES, limits::CLIENT_STREAM_WINDOW_BYTES),
            connection_window_bytes: (limits::SERVER_CONNECTION_WINDOW_BYTES, limits::CLIENT_CONNECTION_WINDOW_BYTES),
            send_window_bytes: limits::SEND_WINDOW_BYTES,
            fixed_mtu: None,
        }
    }
}

impl LinkConfig {
    /// What quinn does by itself where this crate does otherwise, to compare with in one run.
    pub fn untuned() -> Self {
        const QUINN_STREAM_WINDOW: u32 = 1_250_000;
        Self {
            window: WindowConfig::unmeasured(0),
            initial_rtt: Duration::from_millis(333),
            stream_window_bytes: (QUINN_STREAM_WINDOW, QUINN_STREAM_WINDOW),
            connection_window_bytes: (u32::MAX >> 2, u32::MAX >> 2),
            unread_bytes_max: usize::MAX,
            send_window_bytes: 8 * u64::from(QUINN_STREAM_WINDOW),
            ..Self::default()
        }
    }

    /// The same for a server with so many connections at once, at least as many as by default: each may leave its window unread, and
    /// all of them may stand in line together.
    #[must_use]
    pub fn for_connections(connections: usize) -> Self {
        let of_one = limits::SERVER_CONNECTION_WINDOW_BYTES as usize + limits::DATAGRAM_RECEIVE_BUFFER_BYTES;
        Self {
            unread_bytes_max: connections.saturating_mul(of_one).max(limits::SERVER_UNREAD_BYTES_MAX),
            line_places: connections.max(limits::LINE_PLACES),
            ..Self::default()
        }
    }

    /// Connections that a server may have open: each may leave a window unread.
    pub(crate) fn max_connections(&self) -> usize {
        let window = usize::try_from(self.connection_window_bytes.0).unwrap_or(usize::MAX);
        self.unread_bytes_max / window.saturating_add(limits::DATAGRAM_RECEIVE_BUFFER_BYTES)
    }

    pub(crate) fn server(&self, tls: Arc<rustls::ServerConfig>) -> Result<quinn::ServerConfig, LinkError> {
        let crypto = QuicServerConfig::try_from(tls).map_err(|_| LinkError::UnsuitableTls)?;
        let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
        config
            .transport_config(Arc::new(self.transport(self.stream_window_bytes.0, self.connection_window_bytes.0)?))
            .max_incoming(self.line_places + limits::WAITING_BESIDE_LINE)
            .incoming_buffer_size_total(limits::MAX_WAITING_BYTES);
        Ok(config)
    }

    pub(crate) fn client(&self, tls: Arc<rustls::ClientConfig>) -> Result<quinn::ClientConfig, LinkError> {
        let crypto = QuicClientConfig::try_from(tls).map_err(|_| LinkError::UnsuitableTls)?;
        let mut transport = self.transport(self.stream_window_bytes.1, self.connection_window_bytes.1)?;
        // Only one side pings: the server hears of it, and answers.
        transport.keep_alive_interval(Some(self.keep_alive));
        let mut config = quinn::ClientConfig::new(Arc::new(crypto));
        config.transport_config(Arc::new(transport));
        Ok(config)
    }

    /// Segmentation offload stays as quinn has it. The largest packet is looked for, because on mobile paths no fixed one above
    /// 1,200 is safe, but in as few probes as there are sizes that matter ([`limits::MTU_STEP_BYTES`]).
    fn transport(&self, stream_window: u32, connection_window: u32) -> Result<TransportConfig, LinkError> {
        let idle = IdleTimeout::try_from(self.idle_timeout).map_err(|_| LinkError::UnsuitableTls)?;
        let mut transport = TransportConfig::default();
        transport
            .max_concurrent_bidi_streams(VarInt::from_u32(limits::MAX_STREAMS))
            .max_concurrent_uni_streams(VarInt::from_u32(0))
            .max_idle_timeout(Some(idle))
            .initial_rtt(self.initial_rtt)
            .ack_frequency_config(self.ack_delay.map(ack_frequency))
            .stream_receive_window(VarInt::from_u32(stream_window))
            .receive_window(VarInt::from_u32(connection_window))
            .send_window(self.send_window_bytes)
            .datagram_send_buffer_size(limits::DATAGRAM_SEND_BUFFER_BYTES)
            .datagram_receive_buffer_size(Some(limits::DATAGRAM_RECEIVE_BUFFER_BYTES))
            .congestion_controller_factory(Arc::new(self.window.clone()));
        let mut discovery = MtuDiscoveryConfig::default();
        discovery.minimum_change(limits::MTU_STEP_BYTES);
        transport.mtu_discovery_config(Some(discovery));
        if let Some(mtu) = self.fixed_mtu {
            transport.initial_mtu(mtu).mtu_discovery_config(None);
        }
        Ok(transport)
    }
}

/// Everything but the delay as without the extension: every other packet is acknowledged, and every gap at once.
fn ack_frequency(delay: Duration) -> AckFrequencyConfig {
    let mut frequency = AckFrequencyConfig::default();
    frequency.max_ack_delay(Some(delay)).reordering_threshold(VarInt::from_u32(1));
    frequency
}
