//! What the server's answers mean.

use model::{LogId, Monotonic};
use wire::log::{LogReply, QuarantineReason};

use super::log_state::Phase;
use super::{DeliveryEvent, Sender, StoreOrder};

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
        if through <= log.head.acknowledged {
            return;
        }
        log.head.acknowledged = through;
        log.sent_through = log.sent_through.max(through);
        let bytes = self.bytes_in_flight();
        if let Some(log) = self.logs.get_mut(&id) {
            log.expect_reply(now.us, bytes);
        }
        self.orders.push_back(StoreOrder::Acknowledge { log: id, through });
        self.events.push_back(DeliveryEvent::Acknowledged { log: id, through });
    }

    /// The server's position. It acknowledges only what the offer's digest has proved equal; everything else waits for
    /// the `Durable` of the next batch, whose first entry carries the hash of the one before it.
    fn take_resume(&mut self, id: LogId, from: u64, now: Monotonic) {
        let through = from.saturating_sub(1);
        let Some(log) = self.logs.get_mut(&id) else { return };
        // What the server holds behind the place where a log was cut is not this log's.
        let is_cut = log.head.forked_at.is_some();
        let through = if is_cut { through.min(log.head.end()) } else { through };
        let answers_offer = log.phase == Phase::Offered;
        // Nothing recorded after the offer has been sent: what the server holds beyond it is not ours.
        let known = if answers_offer { log.offered_head } else { log.head.head };
        if through > known {
            self.take_longer(id, known, answers_offer, now);
            return;
        }
        if through < log.head.acknowledged {
            if answers_offer {
                self.take_server_behind(id, through.saturating_add(1));
            }
            return; // else late
        }
        if !answers_offer && log.phase != Phase::Ready {
            return;
        }
        log.rewind();
        log.sent_through = through;
        log.phase = Phase::Ready;
        log.verified = true;
        log.failures = 0;
        let acknowledged = log.head.acknowledged;
        if is_cut && through > acknowledged {
            // No digest was offered: all of it goes again, and the server compares.
            log.sent_through = acknowledged;
            return;
        }
        let is_proved = answers_offer && through == log.offered_head;
        if is_proved {
            log.proved = through;
        }
        if is_proved && through > acknowledged {
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

    /// Two writers used this log. Each entry carries the hash of the one before it: where an equal entry stands before the
    /// first that differs, its place is exact. Else everything that is kept goes again, and the server compares; what was
    /// acknowledged long ago counts for nothing here, because the server may have been put back since.
    fn take_forked(&mut self, id: LogId, seq: u64, compared_from: u64) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        // A log that was cut may be cut further down.
        if log.head.forked_at.is_some_and(|cut_at| cut_at <= seq) || seq == 0 {
            return;
        }
        let base = log.head.kept_from;
        let follows_equal = (1..seq).contains(&compared_from) || seq <= log.proved.saturating_add(1);
        if follows_equal || seq <= base {
            self.end_in_fork(id, seq, true);
            return;
        }
        if log.is_tracing {
            return; // A late word: the answer to what goes again is on its way.
        }
        log.rewind();
        log.sent_through = base.saturating_sub(1);
        log.is_tracing = true;
        log.verified = true;
        log.phase = Phase::Ready;
    }

    /// A row is damaged: nothing from there on can go under its name.
    pub(super) fn end_unreadable(&mut self, id: LogId, seq: u64) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.head.forked_at = Some(seq);
        if log.in_flight.is_empty() {
            // The server may hold what stands before it, which no later entry will ever prove: it goes again.
            log.sent_through = log.head.acknowledged;
        }
        self.orders.push_back(StoreOrder::MarkForked { log: id, seq });
        self.events.push_back(DeliveryEvent::Unreadable { log: id, seq });
    }

    /// The server was restored from a backup: it gets again what is still kept.
    fn take_server_behind(&mut self, id: LogId, from: u64) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.verified = true;
        log.head.acknowledged = from.saturating_sub(1);
        log.rewind();
        self.orders.push_back(StoreOrder::Reopen { log: id, from });
        if from < log.head.kept_from {
            log.phase = Phase::Stalled;
            let kept_from = log.head.kept_from;
            self.events.push_back(DeliveryEvent::Missing { log: id, from, kept_from });
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
        if log.head.forked_at.is_some_and(|cut_at| cut_at <= seq) {
            return;
        }
        let before = seq.saturating_sub(1);
        if seq <= log.head.acknowledged {
            // What stands there on the server is not ours: it must not be pruned here.
            log.head.acknowledged = before;
            self.orders.push_back(StoreOrder::Reopen { log: id, from: seq });
        } else if is_compared && before > log.head.acknowledged {
            // Everything before the first difference was compared: it is on the server.
            log.head.acknowledged = before;
            self.orders.push_back(StoreOrder::Acknowledge { log: id, through: before });
            self.events.push_back(DeliveryEvent::Acknowledged { log: id, through: before });
        }
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.head.forked_at = Some(seq);
        log.rewind();
        log.phase = Phase::Stalled;
        self.orders.push_back(StoreOrder::MarkForked { log: id, seq });
        self.events.push_back(DeliveryEvent::Forked { log: id, seq });
    }
}
