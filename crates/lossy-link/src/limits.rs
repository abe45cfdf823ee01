//! Every limit of the link, with what happens there.

/// Bytes on their way in one direction of a relay. Above it further packets are dropped, as by a full queue.
pub const MAX_IN_FLIGHT_BYTES: usize = 64 * 1024 * 1024;

/// Clients that one relay serves. Packets of further ones are dropped and counted.
pub const MAX_CLIENTS: usize = 8_192;

/// Longest packet that is carried; more than any path outside a data centre takes. Longer ones are dropped unseen, as by
/// a narrower network.
pub const MAX_PACKET_BYTES: usize = 4_096;

/// Bytes that one [`crate::Recording`] keeps. Above it further datagrams are not recorded, and it says so.
pub const MAX_RECORDED_BYTES: usize = 16 * 1024 * 1024;

/// Receive and send buffer asked for the relay's sockets. The system may give less; then a burst is lost before the
/// relay sees it, and [`crate::Counts`] does not know.
pub const SOCKET_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Datagrams read from one socket before the relay looks after what is due.
pub const READS_AT_ONCE: usize = 64;
