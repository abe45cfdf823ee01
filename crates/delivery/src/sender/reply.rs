//! What the server's answers mean.

use model::{LogId, Monotonic};
use wire::log::{LogFrame, LogReply, QuarantineReason};

use super::log_state::{Before, Phase};
use super::{DeliveryEvent, Sender, StoreOrder, Transmit};

impl Sender {
    /// The server answered on the present connection. Repeated, late and unknown answers are harmless.
    pub fn handle_reply(&mut self, reply: &LogReply, now: Monotonic) {
        match *reply {
            LogReply::Durable { log, through } => self.take_durable(log, through, now),
            LogReply::Resume { log, from } => self.take_resume(log, from, now),
            LogReply::Quarantined { log, seq, reason } => self.take_quarantined(log, seq, reason),
            LogReply::Forked { log, seq, from } => self.take_forked(log, seq, from),
        }
        self.pump(now);
    }

    fn take_durable(&mut self, id: LogId, through: u64, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        if through > log.head.head {
            // No correct server says so of this log: whatever it holds there, it is not ours.
            let seq = log.head.acknowledged.saturating_add(1);
            self.end_in_fork(id, seq, false);
            return;
        }
        log.in_flight.retain(|batch| batch.last > through);
        log.failures = 0;
        log.proved = log.proved.max(through);
        if let Some(ended_at) = log.tracing.filter(|ended_at| through.saturating_add(1) >= *ended_at) {
            // Everything before the end is equal.
            self.end_in_fork(id, ended_at, true);
            return;
        }
        if through <= log.head.acknowledged {
            return;
        }
        log.head.acknowledged = through;
        if through > log.sent_through {
            log.go_on_after(through);
        }
        let bytes = self.bytes_in_flight();
        if let Some(log) = self.logs.get_mut(&id) {
            log.expect_reply(now.us, bytes);
        }
        self.orders.push_back(StoreOrder::Acknowledge { log: id, through });
        self.events.push_back(DeliveryEvent::Acknowledged { log: id, through });
    }

    /// The server's position. It acknowledges only what the offer's digest has proved equal; everything else waits for
    /// the `Durable` of the next batch, which names the entry before it.
    fn take_resume(&mut self, id: LogId, from: u64, now: Monotonic) {
        let through = from.saturating_sub(1);
        let Some(log) = self.logs.get_mut(&id) else { return };
        // What the server holds behind the place where a log was cut is not this log's.
        let is_cut = log.head.forked_at.is_some();
        let through = if is_cut { through.min(log.head.end()) } else { through };
        let answers_offer = log.phase == Phase::Offered;
        // Nothing recorded after the offer has been sent: what the server holds beyond it is not ours.
        let known = if answers_offer { log.offered_head } else { log.head.head };
        if through > known && answers_offer && !log.is_only_offer() {
            // Perhaps a late answer to an earlier offer: what was recorded since was not compared.
            log.phase = Phase::Ready;
            log.verified = true;
            log.rewind();
            log.go_on_unproved();
            return;
        }
        if through > known && !answers_offer && log.phase != Phase::Ready {
            return; // A late answer: the log is offered again, and the answer to that counts.
        }
        if through > known {
            let is_proved = answers_offer && log.offered_digest.is_some();
            self.take_longer(id, known, is_proved, now);
            return;
        }
        if through < log.head.acknowledged {
            if answers_offer {
                self.take_server_behind(id, through.saturating_add(1), now);
            }
            return; // else late
        }
        // Unasked, it means that a batch came too early; a late one that names no gap says nothing new, and the batches
        // on their way are still to be acknowledged.
        if !answers_offer && (log.phase != Phase::Ready || through >= log.sent_through) {
            return;
        }
        log.rewind();
        log.go_on_after(through);
        log.phase = Phase::Ready;
        log.verified = true;
        log.failures = 0;
        let acknowledged = log.head.acknowledged;
        let answered = answers_offer && through == log.offered_head;
        let compared = log.offered_digest.filter(|_| answered && log.is_only_offer());
        if let Some(digest) = compared {
            log.proved = through;
            log.before = Before::Known(digest);
        } else if is_cut || answered {
            log.go_on_unproved();
        }
        if compared.is_some() && through > acknowledged {
            self.take_durable(id, through, now);
        } else if answers_offer && acknowledged > 0 {
            // Again, because the store may have missed it the first time.
            self.orders.push_back(StoreOrder::Acknowledge { log: id, through: acknowledged });
        }
    }

    /// The server holds more than this log: the store is an older copy of another one. What was offered is proved equal.
    /// A log that has ended (salvaged from a damaged store) expects it: its last entries may be the ones that were lost.
    fn take_longer(&mut self, id: LogId, known: u64, is_proved: bool, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        let is_whole = known == log.head.head;
        if is_proved {
            log.phase = Phase::Ready;
            log.verified = true;
            self.take_durable(id, known, now);
        }
        let ended = self.logs.get(&id).is_some_and(|log| log.head.ended);
        if !(ended && is_proved && is_whole) {
            self.end_in_fork(id, known.saturating_add(1), false);
        }
    }

    /// The log has ended on the server at `seq`. Each entry carries the hash of the one before it: where an equal entry
    /// stands before the first that differs, its place is exact. Else everything that is kept goes again, and the server
    /// compares; what was acknowledged long ago counts for nothing here, because the server may have been put back since.
    fn take_forked(&mut self, id: LogId, seq: u64, compared_from: u64) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        let asked = log.phase == Phase::Ending;
        let is_cut_before = log.head.forked_at.is_some_and(|cut_at| cut_at <= seq);
        if seq == 0 || (is_cut_before && !asked) || log.tracing.is_some_and(|ended_at| ended_at <= seq) {
            return; // Nothing new.
        }
        let base = log.head.kept_from;
        let follows_equal = (1..seq).contains(&compared_from) || seq <= log.proved.saturating_add(1);
        if is_cut_before {
            log.trace(log.head.end().saturating_add(1)); // It holds everything; only that it is the same is to be proved.
        } else if follows_equal || seq <= base {
            self.end_in_fork(id, seq, true);
        } else if let Some(skipped) = log.skipped.filter(|(_, last)| last.saturating_add(1) == seq) {
            self.end_unreadable(id, skipped);
        } else {
            log.trace(seq);
        }
    }

    /// A row is damaged. Where it was only to be compared, the next ones tell whether the server has it: each carries the
    /// hash of the one before it. Else the log ends.
    pub(super) fn take_damaged(&mut self, id: LogId, seq: u64, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.reading = None;
        if log.may_skip(seq) {
            log.skip(seq);
            let is_last = log.tracing.is_some() && seq >= log.send_end();
            if let Some(skipped) = log.skipped.filter(|_| is_last) {
                self.end_unreadable(id, skipped);
            }
            return;
        }
        if log.told.insert(seq) {
            self.events.push_back(DeliveryEvent::Damaged { log: id, seq });
        }
        self.ask_for_end(id, now);
    }

    /// The server needs entries from `from` on, and here they are kept from `kept_from` on: it lost them, and this device
    /// has them no more.
    pub(super) fn take_missing(&mut self, id: LogId, from: u64, kept_from: u64, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        if log.told.insert(from) {
            self.events.push_back(DeliveryEvent::Missing { log: id, from, kept_from });
        }
        self.ask_for_end(id, now);
    }

    /// The log cannot go on: what is on its way of it may still arrive, so that the server says where it ends.
    fn ask_for_end(&mut self, id: LogId, now: Monotonic) {
        let bytes = self.bytes_in_flight();
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.is_damaged = true;
        log.phase = Phase::Ending;
        log.expect_reply(now.us, bytes);
        let lane = self.lane_of(id);
        self.transmits.push_back(Transmit { lane, frame: LogFrame::End { log: id } });
    }

    /// Rows are damaged that the server may or may not have: nothing tells.
    fn end_unreadable(&mut self, id: LogId, (seq, last): (u64, u64)) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.forget_trace();
        if log.told.insert(seq) {
            self.events.push_back(DeliveryEvent::Damaged { log: id, seq });
        }
        log.head.forked_at = Some(seq);
        if log.in_flight.is_empty() {
            log.go_on_unproved();
        }
        self.orders.push_back(StoreOrder::MarkForked { log: id, seq });
        self.events.push_back(DeliveryEvent::Unreadable { log: id, seq, maybe_held: Some(last) });
    }

    /// The server was restored from a backup: it gets again what is still kept.
    fn take_server_behind(&mut self, id: LogId, from: u64, now: Monotonic) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.verified = true;
        log.head.acknowledged = from.saturating_sub(1);
        log.rewind();
        self.orders.push_back(StoreOrder::Reopen { log: id, from });
        let kept_from = log.head.kept_from;
        if from < kept_from {
            self.take_missing(id, from, kept_from, now);
        } else {
            log.phase = Phase::Ready;
            self.events.push_back(DeliveryEvent::ServerBehind { log: id, from });
        }
    }

    fn take_quarantined(&mut self, id: LogId, seq: u64, reason: QuarantineReason) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        if seq == 0 || seq > log.head.head {
            return;
        }
        self.orders.push_back(StoreOrder::Quarantine { log: id, seq, reason });
        if log.wedged.insert(seq) {
            self.events.push_back(DeliveryEvent::Wedged { log: id, seq, reason });
        }
    }

    fn end_in_fork(&mut self, id: LogId, seq: u64, is_compared: bool) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        let is_damaged = log.is_damaged;
        log.forget_trace();
        if log.head.forked_at.is_some_and(|cut_at| cut_at <= seq) {
            self.acknowledge_compared(id, seq, is_compared);
            return;
        }
        if seq <= log.head.acknowledged {
            // What stands there on the server is not ours: it must not be pruned here.
            log.head.acknowledged = seq.saturating_sub(1);
            self.orders.push_back(StoreOrder::Reopen { log: id, from: seq });
        } else {
            self.acknowledge_compared(id, seq, is_compared);
        }
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.head.forked_at = Some(seq);
        log.rewind();
        log.phase = Phase::Stalled;
        self.orders.push_back(StoreOrder::MarkForked { log: id, seq });
        self.events.push_back(if is_damaged {
            DeliveryEvent::Unreadable { log: id, seq, maybe_held: None }
        } else {
            DeliveryEvent::Forked { log: id, seq }
        });
    }

    /// Everything before the first difference was compared: it is on the server.
    fn acknowledge_compared(&mut self, id: LogId, seq: u64, is_compared: bool) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        let before = seq.saturating_sub(1).min(log.head.end());
        if is_compared && before > log.head.acknowledged {
            log.head.acknowledged = before;
            self.orders.push_back(StoreOrder::Acknowledge { log: id, through: before });
            self.events.push_back(DeliveryEvent::Acknowledged { log: id, through: before });
        }
    }
}
