//! Starts whatever may start, in the order of the lanes.

use model::{LogId, Monotonic};
use serde_bytes::ByteArray;
use wire::limits::BATCH_ENTRIES_MAX;
use wire::log::{Entry, LogFrame, batch_len};

use super::log_state::{Batch, Before, LogState, Phase};
use super::{ReadRequest, Sender, Transmit};
use crate::lane::{Lane, lane_order};
use crate::limits::{ACTIVE_LOGS_MAX, SEND_BATCH_BYTES_MAX};
use crate::store::entry_digest;

impl Sender {
    /// Offers logs and asks for entries, most urgent lane first, at most [`ACTIVE_LOGS_MAX`] logs at one time.
    /// Logs in which nothing waits are offered last: only to learn whether the server still has them.
    pub(super) fn pump(&mut self, now: Monotonic) {
        if !self.link_up {
            return;
        }
        let mut active = self.logs.values().filter(|log| log.is_active()).count();
        let bytes = self.bytes_in_flight();
        // Lent for the walk: nothing below changes it.
        let order = core::mem::take(&mut self.order);
        for waiting in [true, false] {
            for (lane, id) in &order {
                let Some(log) = self.logs.get_mut(id) else { continue };
                if (log.head.waiting() > 0) != waiting {
                    continue;
                }
                let was_active = log.is_active();
                if !was_active && active >= ACTIVE_LOGS_MAX && *lane != Lane::NewestOpenCase {
                    continue;
                }
                if log.phase == Phase::Idle && log.wants_offer() {
                    log.phase = Phase::Offered;
                    log.expect_reply(now.us, bytes);
                    log.offered_head = log.head.end();
                    log.first_offered.get_or_insert(log.offered_head);
                    // The digest is that of the newest entry: of a log that was cut before it, nothing is known here.
                    log.offered_digest = log.head.digest.filter(|_| log.head.end() == log.head.head);
                    let digest = log.offered_digest.map(ByteArray::new);
                    let frame = LogFrame::Offer { log: *id, head: log.offered_head, digest };
                    self.transmits.push_back(Transmit { lane: *lane, frame });
                } else if log.can_send() {
                    let from = log.read_from();
                    log.reading = Some(from);
                    self.reads.push_back(ReadRequest { log: *id, from, limit: BATCH_ENTRIES_MAX });
                }
                active += usize::from(!was_active && log.is_active());
            }
        }
        self.order = order;
    }

    /// Sends what was just recorded without reading it back, where its log's turn is now anyway.
    pub(super) fn transmit_fresh(&mut self, entries: &[Entry], now: Monotonic) {
        if !self.link_up {
            return;
        }
        let active = self.logs.values().filter(|log| log.is_active()).count();
        // The newest open case stands first, when there is one.
        let newest = self.order.first().filter(|(lane, _)| *lane == Lane::NewestOpenCase).map(|(_, id)| *id);
        for run in entries.chunk_by(|a, b| a.log == b.log) {
            let Some(first) = run.first() else { continue };
            let Some(log) = self.logs.get(&first.log) else { continue };
            let has_turn = log.is_active() || active < ACTIVE_LOGS_MAX || newest == Some(first.log);
            let follows = log.read_from() == first.seq && log.sent_through.saturating_add(1) == first.seq;
            if has_turn && log.can_send() && follows {
                let batch = run.get(..send_len(run)).unwrap_or_default().to_vec();
                self.transmit_batch(first.log, batch, now);
            }
        }
    }

    /// Takes the store's answer to a read, unless the log has moved on in the meantime.
    pub(super) fn take_read(&mut self, request: ReadRequest, mut entries: Vec<Entry>, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&request.log) else {
            return;
        };
        if log.reading != Some(request.from) {
            return;
        }
        log.reading = None;
        if !self.link_up || log.phase != Phase::Ready || log.read_from() != request.from {
            return;
        }
        if request.from == log.sent_through {
            let is_kept = entries.first().is_some_and(|entry| entry.seq == request.from);
            let before = is_kept.then(|| entries.remove(0));
            log.before = before.map_or(Before::Gone, |entry| Before::Known(entry_digest(&entry.bytes)));
            if entries.is_empty() {
                return; // A damaged row stands behind it: the next read meets it.
            }
        }
        let from = log.sent_through.saturating_add(1);
        let end = log.send_end();
        entries.retain(|entry| entry.seq <= end);
        let kept_from = entries.first().map_or(end.saturating_add(1), |entry| entry.seq);
        if kept_from != from {
            self.take_missing(request.log, from, kept_from, now);
            return;
        }
        let run = entries.iter().zip(from..).take_while(|(entry, seq)| entry.seq == *seq).count();
        entries.truncate(run);
        entries.truncate(send_len(&entries));
        self.transmit_batch(request.log, entries, now);
    }

    fn transmit_batch(&mut self, id: LogId, entries: Vec<Entry>, now: Monotonic) {
        let lane = self.lane_of(id);
        let bytes = entries.iter().map(|entry| entry.bytes.len()).sum();
        let on_its_way = self.bytes_in_flight().saturating_add(bytes);
        let (Some(log), Some(last)) = (self.logs.get_mut(&id), entries.last()) else {
            return;
        };
        if log.in_flight.is_empty() {
            log.expect_reply(now.us, on_its_way);
        }
        let before = log.before_digest().map(ByteArray::new);
        log.sent_through = last.seq;
        log.before = Before::Known(entry_digest(&last.bytes));
        log.in_flight.push_back(Batch { last: last.seq, bytes });
        self.transmits.push_back(Transmit { lane, frame: LogFrame::Append { entries, before } });
    }

    pub(super) fn lane_of(&self, id: LogId) -> Lane {
        self.order.iter().find(|(_, log)| *log == id).map_or(Lane::OlderCase, |(lane, _)| *lane)
    }

    pub(super) fn bytes_in_flight(&self) -> usize {
        self.logs.values().map(LogState::bytes_in_flight).sum()
    }

    /// Sorts the logs anew: one has begun, or was closed.
    pub(super) fn sort_lanes(&mut self) {
        self.order = lane_order(&self.logs.values().map(|LogState { head, .. }| *head).collect::<Vec<_>>());
    }
}

/// How many of these entries go into one batch: at least one.
fn send_len(entries: &[Entry]) -> usize {
    let mut bytes = 0_usize;
    let fits = entries.iter().take(batch_len(entries)).take_while(|entry| {
        bytes = bytes.saturating_add(entry.bytes.len());
        bytes <= SEND_BATCH_BYTES_MAX
    });
    fits.count().max(1).min(entries.len())
}
