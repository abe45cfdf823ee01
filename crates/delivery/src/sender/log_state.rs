//! One log as its sender sees it on the present connection.

use std::collections::{BTreeSet, VecDeque};

use crate::limits::{BATCHES_IN_FLIGHT_MAX, REPLY_RATE_MIN, REPLY_TIMEOUT_US};
use crate::store::LogHead;

/// Where a log stands on the present connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not offered (or the link is down).
    Idle,
    /// Offered; the server has not said where to go on.
    Offered,
    /// The server said where to go on.
    Ready,
    /// No answer in time; another offer follows.
    Backoff {
        /// Monotonic microseconds.
        until_us: u64,
    },
    /// Cannot go on on this connection (damaged row, or entries no longer kept).
    Stalled,
}

#[derive(Debug)]
pub(super) struct LogState {
    pub(super) head: LogHead,
    pub(super) phase: Phase,
    /// The server's position is known on this connection.
    pub(super) verified: bool,
    /// The head in the last offer.
    pub(super) offered_head: u64,
    /// Newest seq handed to the link.
    pub(super) sent_through: u64,
    /// Batches that are not acknowledged, oldest first.
    pub(super) in_flight: VecDeque<Batch>,
    /// First seq of the read that the store has not answered.
    pub(super) reading: Option<u64>,
    /// When the awaited reply is late; means something only while one is awaited.
    pub(super) late_at_us: u64,
    pub(super) failures: u32,
    pub(super) wedged: BTreeSet<u64>,
    /// Everything up to here was compared on this connection: it is equal on the server.
    pub(super) proved: u64,
    /// A fork was announced: everything that is not proved equal goes again, so that the server names the first entry
    /// that differs.
    pub(super) is_tracing: bool,
}

/// A batch on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Its last seq.
    pub(super) last: u64,
    /// Its length.
    pub(super) bytes: usize,
}

impl LogState {
    pub(super) const fn new(head: LogHead) -> Self {
        Self {
            head,
            phase: Phase::Idle,
            verified: false,
            offered_head: 0,
            sent_through: head.acknowledged,
            in_flight: VecDeque::new(),
            reading: None,
            late_at_us: 0,
            failures: 0,
            wedged: BTreeSet::new(),
            proved: 0,
            is_tracing: false,
        }
    }

    /// Forgets what is on its way: everything behind the acknowledged goes again.
    pub(super) fn rewind(&mut self) {
        self.sent_through = self.head.acknowledged;
        self.in_flight.clear();
        self.reading = None;
    }

    /// The next reply may take as long as `bytes` (everything that is on its way, on all logs) need on the slowest link.
    pub(super) fn expect_reply(&mut self, now_us: u64, bytes: usize) {
        let transfer_us = (bytes as u64).saturating_mul(1_000_000) / REPLY_RATE_MIN;
        self.late_at_us = now_us.saturating_add(REPLY_TIMEOUT_US).saturating_add(transfer_us);
    }

    pub(super) fn bytes_in_flight(&self) -> usize {
        self.in_flight.iter().map(|batch| batch.bytes).sum()
    }

    pub(super) fn awaits_reply(&self) -> bool {
        self.phase == Phase::Offered || !self.in_flight.is_empty()
    }

    pub(super) fn is_late(&self, now_us: u64) -> bool {
        self.awaits_reply() && self.late_at_us <= now_us
    }

    /// Counts against the number of logs served at one time.
    pub(super) fn is_active(&self) -> bool {
        self.awaits_reply() || self.reading.is_some()
    }

    /// The server may need to hear of it: something waits, or its position is unknown and something is kept.
    pub(super) const fn wants_offer(&self) -> bool {
        self.head.waiting() > 0 || (!self.verified && self.head.kept_from <= self.head.end())
    }

    /// May hand another batch to the link.
    pub(super) fn can_send(&self) -> bool {
        let room = u32::try_from(self.in_flight.len()).is_ok_and(|batches| batches < BATCHES_IN_FLIGHT_MAX);
        self.phase == Phase::Ready && self.reading.is_none() && room && self.sent_through < self.head.end()
    }

    pub(super) fn deadline(&self) -> Option<(u64, &'static str)> {
        match self.phase {
            Phase::Backoff { until_us } => Some((until_us, "retry of a log")),
            _ if self.awaits_reply() => Some((self.late_at_us, "reply to a log overdue")),
            _ => None,
        }
    }
}
