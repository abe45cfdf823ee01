//! One log as its sender sees it on the present connection.

use std::collections::{BTreeSet, VecDeque};

use crate::limits::{BATCHES_IN_FLIGHT_MAX, REPLY_RATE_MIN, REPLY_TIMEOUT_US};
use crate::store::{EntryDigest, LogHead};

/// Where a log stands on the present connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not offered (or the link is down).
    Idle,
    /// Offered; the server has not said where to go on.
    Offered,
    /// The server said where to go on.
    Ready,
    /// A row is damaged: the server was told to end the log, and has not said how far it holds it.
    Ending,
    /// No answer in time; another offer follows.
    Backoff {
        /// Monotonic microseconds.
        until_us: u64,
    },
    /// Cannot go on on this connection (damaged row, or entries no longer kept).
    Stalled,
}

/// The digest of the entry before the next batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// The next read begins with it, if it is still kept.
    Unread,
    Known(EntryDigest),
    /// No longer kept, or damaged.
    Gone,
}

#[derive(Debug)]
pub(super) struct LogState {
    pub(super) head: LogHead,
    pub(super) phase: Phase,
    /// The server's position is known on this connection.
    pub(super) verified: bool,
    /// The head in the last offer.
    pub(super) offered_head: u64,
    /// The digest in it.
    pub(super) offered_digest: Option<EntryDigest>,
    /// The head in the first offer on this connection: an answer that comes late may be the answer to that one.
    pub(super) first_offered: Option<u64>,
    /// Newest seq handed to the link.
    pub(super) sent_through: u64,
    /// What is known of that entry, which the next batch follows.
    pub(super) before: Before,
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
    /// The log has ended on the server, and from this seq on nothing there is this writer's: everything before it goes
    /// again, so that the server names the first entry that differs, if there is an earlier one.
    pub(super) tracing: Option<u64>,
    /// The damaged rows that were skipped last while tracing, the first and the last of them.
    pub(super) skipped: Option<(u64, u64)>,
    /// Damaged rows that were told.
    pub(super) told: BTreeSet<u64>,
    /// It ends because of a damaged row, not of a second writer.
    pub(super) is_damaged: bool,
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
            offered_digest: None,
            first_offered: None,
            sent_through: head.acknowledged,
            before: Before::Unread,
            in_flight: VecDeque::new(),
            reading: None,
            late_at_us: 0,
            failures: 0,
            wedged: BTreeSet::new(),
            proved: 0,
            tracing: None,
            skipped: None,
            told: BTreeSet::new(),
            is_damaged: false,
        }
    }

    /// An answer now can only be one to the last offer, or says as much.
    pub(super) fn is_only_offer(&self) -> bool {
        self.first_offered.is_none_or(|first| first >= self.offered_head)
    }

    /// Forgets what is on its way: everything behind the acknowledged goes again.
    pub(super) fn rewind(&mut self) {
        self.go_on_after(self.head.acknowledged);
        self.in_flight.clear();
        self.reading = None;
    }

    /// The next batch begins behind this entry, of which nothing is known yet.
    pub(super) const fn go_on_after(&mut self, seq: u64) {
        self.sent_through = seq;
        self.before = Before::Unread;
    }

    /// A log that was cut says no digest when it is offered, and no later entry will prove what stands before the cut:
    /// everything that is not acknowledged goes, at least the last entry, and the server compares.
    pub(super) fn go_on_unproved(&mut self) {
        let end = self.head.end();
        let last = end.saturating_sub(1).max(self.head.kept_from.saturating_sub(1));
        let from = if self.proved >= end { end } else { self.head.acknowledged.min(last) };
        self.go_on_after(from);
    }

    /// A damaged row among those that go only to be compared.
    pub(super) const fn may_skip(&self, seq: u64) -> bool {
        self.tracing.is_some() || (self.head.forked_at.is_some() && seq <= self.head.acknowledged)
    }

    /// The last seq that may be sent.
    pub(super) fn send_end(&self) -> u64 {
        let end = self.head.end();
        self.tracing.map_or(end, |ended_at| end.min(ended_at.saturating_sub(1)))
    }

    /// Everything that is kept before `ended_at` goes again, to be compared.
    pub(super) fn trace(&mut self, ended_at: u64) {
        self.rewind();
        self.go_on_after(self.head.kept_from.saturating_sub(1));
        self.tracing = Some(ended_at);
        self.skipped = None;
        self.verified = true;
        self.phase = Phase::Ready;
    }

    /// Passes over a damaged row.
    pub(super) fn skip(&mut self, seq: u64) {
        let first = self.skipped.filter(|(_, last)| last.saturating_add(1) == seq).map_or(seq, |(first, _)| first);
        self.skipped = Some((first, seq));
        self.sent_through = seq;
        self.before = Before::Gone;
    }

    /// What was found out about the end of the log is done with.
    pub(super) const fn forget_trace(&mut self) {
        self.tracing = None;
        self.skipped = None;
        self.is_damaged = false;
    }

    /// Where the next read begins: at the entry before the next batch while that one is unknown and may be kept.
    pub(super) fn read_from(&self) -> u64 {
        let may_be_kept = self.sent_through >= self.head.kept_from.max(1);
        let back = self.before == Before::Unread && may_be_kept;
        if back { self.sent_through } else { self.sent_through.saturating_add(1) }
    }

    pub(super) const fn before_digest(&self) -> Option<EntryDigest> {
        match self.before {
            Before::Known(digest) => Some(digest),
            Before::Unread | Before::Gone => None,
        }
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
        matches!(self.phase, Phase::Offered | Phase::Ending) || !self.in_flight.is_empty()
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
        self.phase == Phase::Ready && self.reading.is_none() && room && self.sent_through < self.send_end()
    }

    pub(super) fn deadline(&self) -> Option<(u64, &'static str)> {
        match self.phase {
            Phase::Backoff { until_us } => Some((until_us, "retry of a log")),
            _ if self.awaits_reply() => Some((self.late_at_us, "reply to a log overdue")),
            _ => None,
        }
    }
}
