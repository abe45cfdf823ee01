//! What was done to packets.

use std::ops::AddAssign;

use serde::Serialize;

/// Both directions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// From clients to the server.
    pub up: PathCounts,
    /// From the server to clients.
    pub down: PathCounts,
    /// Packets of clients beyond [`crate::limits::MAX_CLIENTS`], dropped.
    pub unserved: u64,
}

/// One direction, in packets unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PathCounts {
    /// Came to the link.
    pub offered: u64,
    /// Left it at the other end, copies included.
    pub delivered: u64,
    /// Lost at random or in a burst.
    pub lost: u64,
    /// Lost in a blackout.
    pub blacked_out: u64,
    /// Dropped by a full queue.
    pub dropped: u64,
    /// Came twice.
    pub duplicated: u64,
    /// Held back so that later ones could overtake.
    pub reordered: u64,
    /// Bytes that wait for the narrow transmitter at this moment.
    pub queued_bytes: usize,
}

impl AddAssign for PathCounts {
    fn add_assign(&mut self, other: Self) {
        self.offered += other.offered;
        self.delivered += other.delivered;
        self.lost += other.lost;
        self.blacked_out += other.blacked_out;
        self.dropped += other.dropped;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
        self.queued_bytes += other.queued_bytes;
    }
}
