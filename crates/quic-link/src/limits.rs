//! Every limit of the link, with what happens there.

use std::time::Duration;

/// Largest frame. A longer one is refused before it is sent; when received, its stream is stopped with
/// [`crate::StreamCode::FRAME_TOO_LARGE`] before anything is allocated, and the connection lives.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Largest datagram. It fits the smallest packet of any QUIC path (1,200 bytes); a longer one is refused when sent and
/// dropped when received.
pub const MAX_DATAGRAM_BYTES: usize = 1_000;

/// Streams that the peer may have open at once, in each direction. Further ones wait at the opener.
pub const MAX_STREAMS: u32 = 64;

/// Longest question that goes twice ([`crate::Connection::ask`]): it fits one packet of any path beside its header.
pub const COPIED_QUESTION_BYTES: usize = 1_000;

/// The copy of a question follows after so long, unless the answer was there before: in another packet, and past a loss
/// that takes its neighbours with it.
pub const COPY_AFTER: Duration = Duration::from_millis(10);

/// Questions of which a late copy is still known as one. Above it the oldest is forgotten, and its copy would be taken for
/// a question asked again; twice what can be open at once.
pub const COPIES_KNOWN: usize = 2 * MAX_STREAMS as usize;

/// Datagrams waiting to be sent, in bytes. Above it the oldest is dropped: of positions only the latest counts.
pub const DATAGRAM_SEND_BUFFER_BYTES: usize = 16 * 1024;

/// Datagrams waiting to be read, in bytes. Above it the oldest is dropped.
pub const DATAGRAM_RECEIVE_BUFFER_BYTES: usize = 8 * 1024;

/// Bytes that all connections of a server together may have sent and it has not read. Each is allowed
/// [`SERVER_CONNECTION_WINDOW_BYTES`] and [`DATAGRAM_RECEIVE_BUFFER_BYTES`], so this is a number of connections (6,026).
/// Above it a client that has proved its address is refused ([`crate::LinkError::Busy`]) and dials again.
pub const SERVER_UNREAD_BYTES_MAX: usize = 2048 * 1024 * 1024;

/// Unread bytes on all streams from one tablet together. Above it the tablet waits. Backlog alone never fills it: four lanes
/// of [`SERVER_STREAM_WINDOW_BYTES`], an eighth that QUIC gives back late, and 40 kB for the questions beside them. In a smaller
/// one a question would wait for credit behind backlog that is still on its way.
pub const SERVER_CONNECTION_WINDOW_BYTES: u32 = 340 * 1024;

/// Unread bytes on all streams to one tablet together. Above it the server waits.
pub const CLIENT_CONNECTION_WINDOW_BYTES: u32 = 2 * 1024 * 1024;

/// Unread bytes on one stream from a tablet: four batches of a lane. Above it the tablet waits. On a round trip of 100 ms it
/// lets 5 Mbit/s through, on each lane.
pub const SERVER_STREAM_WINDOW_BYTES: u32 = 64 * 1024;

/// Unread bytes on one stream to a tablet. A feed is at most so far ahead of its reader, and leaves room in
/// [`SEND_WINDOW_BYTES`] for answers.
pub const CLIENT_STREAM_WINDOW_BYTES: u32 = 256 * 1024;

/// Bytes handed to a connection and not yet acknowledged. Above it the writer waits.
pub const SEND_WINDOW_BYTES: u64 = 2 * 1024 * 1024;

/// Full datagrams without content that follow a change of address: they allow an answer of three times their size before
/// the new address is validated.
pub const MOVE_DATAGRAMS: usize = 3;

/// A connection on which nothing was heard for so long is closed as [`crate::LinkError::TimedOut`].
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// The client pings after so much silence: three times within the idle timeout, and often enough for the address
/// translation of mobile networks.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A handshake that takes longer is given up and its slot is free again.
pub const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// Handshakes in progress on a server. Above it new clients stand in line.
pub const MAX_HANDSHAKES: usize = 128;

/// Clients in line for a handshake, first come, first served. Above it they are refused ([`crate::LinkError::Busy`]) and
/// dial again with jitter. It holds the whole fleet: what bounds the wait is [`LINE_PATIENCE`].
pub const LINE_PLACES: usize = 6_144;

/// How long a client stands in line; then it is refused ([`crate::LinkError::Busy`]). A tablet's dial lasts longer, so that
/// nobody who is let in has left.
pub const LINE_PATIENCE: Duration = Duration::from_secs(6);

/// Of these, the ones whose client has not yet proved its address. Above it a client is told to prove it (Retry, one
/// round trip more), so that forged senders never take the last places.
pub const MAX_UNPROVED_HANDSHAKES: usize = 96;

/// Connection attempts that wait for the accept loop, besides those in line. Above it they are refused.
pub const WAITING_BESIDE_LINE: usize = 2_048;

/// Further packets of all waiting attempts together, in bytes. Above it further ones are dropped and sent again.
pub const MAX_WAITING_BYTES: u64 = 16 * 1024 * 1024;

/// Sizes of packets nearer to each other than this are not told apart when the largest is looked for. Between 1,200 bytes and 1,452
/// (an Ethernet path) that leaves one probe where the whole size passes, and 1,325 where it does not. quinn's own step of 20 sends four
/// probes of nothing but padding on every connection, which its receiver reads byte by byte: a good part of what a handshake costs.
pub const MTU_STEP_BYTES: u16 = 127;

/// The first guess of the round trip, just above that of a mobile network. Below the true one handshakes are sent twice.
pub const INITIAL_RTT: Duration = Duration::from_millis(120);

/// Loss alone never takes the congestion window below this: some ten answers. Under 5 % random loss it halves the
/// median and the 99th percentile. A path that was measured to hold less gets less.
pub const WINDOW_FLOOR_BYTES: u64 = 48 * 1024;

/// Bursts in flight whose delivery is measured. Beyond it the oldest gives no sample.
pub const FLIGHTS_MAX: usize = 1_024;

/// What the server asks the system for as receive and send buffer of its UDP socket. The system may give less
/// (`net.core.rmem_max`); packets beyond the buffer are lost and sent again.
pub const SERVER_SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Longest reason given or kept with a close, in bytes; the rest is cut off.
pub const MAX_REASON_BYTES: usize = 200;
