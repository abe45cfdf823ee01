//! The tablet's side of a link: what to send, when to try again, what an answer means.
//!
//! One change (`handle_*`), then drain every `poll_*` until it is empty, then wait for the next input or the deadline.
//! The caller carries out [`StoreOrder`]s in their order, answers each [`ReadRequest`] with
//! [`Sender::handle_entries`] or [`Sender::handle_read_failed`], and drops replies that belong to an earlier connection.
//! A lost order is harmless: the server's word comes again with the next connection.

#[cfg(test)]
mod damage_tests;
mod log_state;
mod pump;
mod reply;

use std::collections::{BTreeMap, VecDeque};

use model::{LogId, Monotonic, Timestamp};
use rand::Rng;
use wire::log::{Entry, LogFrame, QuarantineReason};

use crate::backoff::wait_us;
use crate::lane::Lane;
use crate::store::{LogHead, StoreError, Transaction, Wedged, entry_digest};
use log_state::{Before, LogState, Phase};

/// A frame to send. Frames of one lane go in order; a smaller lane may overtake a larger one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// How urgent.
    pub lane: Lane,
    /// What.
    pub frame: LogFrame,
}

/// Entries wanted from the store: [`crate::OutboxStore::read_log`] with these parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRequest {
    /// The log.
    pub log: LogId,
    /// First seq.
    pub from: u64,
    /// At most so many.
    pub limit: usize,
}

/// What the store has to keep. Each may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreOrder {
    /// [`crate::OutboxStore::acknowledge`].
    Acknowledge {
        /// The log.
        log: LogId,
        /// Durable on the server.
        through: u64,
    },
    /// [`crate::OutboxStore::reopen`].
    Reopen {
        /// The log.
        log: LogId,
        /// First seq that waits again.
        from: u64,
    },
    /// [`crate::OutboxStore::quarantine`].
    Quarantine {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// The server's reason.
        reason: QuarantineReason,
    },
    /// [`crate::OutboxStore::mark_forked`]: the log ends, because of a fork or of a damaged row.
    MarkForked {
        /// The log.
        log: LogId,
        /// First seq that can never be delivered under its name.
        seq: u64,
    },
}

/// What the screen may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// Sent, in the only sense of the word.
    Acknowledged {
        /// The log.
        log: LogId,
        /// Durable on the server.
        through: u64,
    },
    /// The server can never accept this entry.
    Wedged {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// The server's reason.
        reason: QuarantineReason,
    },
    /// Two writers used one log. Record in a new log from now on; this one stays as it is.
    Forked {
        /// The log.
        log: LogId,
        /// First seq that differs.
        seq: u64,
    },
    /// The server lost what it had acknowledged; it is being sent again.
    ServerBehind {
        /// The log.
        log: LogId,
        /// First seq that it needs.
        from: u64,
    },
    /// The server needs entries whose content is no longer kept here: it lost them. Told once; the log ends as after
    /// [`DeliveryEvent::Damaged`].
    Missing {
        /// The log.
        log: LogId,
        /// First seq that it needs.
        from: u64,
        /// First seq that is kept.
        kept_from: u64,
    },
    /// A row of the outbox is damaged; told once. The log ends when the server has said how far it holds it.
    Damaged {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
    },
    /// A log ends because of a damaged row. What stands behind it is recorded again in a new log, and the
    /// row is reported as lost.
    Unreadable {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// The server holds entries from this one through here, and nothing tells whether they are these.
        maybe_held: Option<u64>,
    },
    /// No answer in time; another try follows by itself.
    Retrying {
        /// The log.
        log: LogId,
        /// Failures in a row.
        failures: u32,
    },
}

/// When to call [`Sender::handle_timeout`], and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    /// The moment.
    pub at: Monotonic,
    /// For the log: why the loop wakes.
    pub reason: &'static str,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Sender {
    logs: BTreeMap<LogId, LogState>,
    /// The order of sending between logs; kept, because it changes only when a log begins or is closed.
    order: Vec<(Lane, LogId)>,
    link_up: bool,
    transmits: VecDeque<Transmit>,
    reads: VecDeque<ReadRequest>,
    orders: VecDeque<StoreOrder>,
    events: VecDeque<DeliveryEvent>,
}

impl Sender {
    /// Starts from what the store holds ([`crate::OutboxStore::heads`], [`crate::OutboxStore::wedged`]), link down.
    #[must_use]
    pub fn new(heads: &[LogHead], wedged: &[Wedged]) -> Self {
        let mut logs: BTreeMap<_, _> = heads.iter().map(|head| (head.log, LogState::new(*head))).collect();
        for row in wedged {
            if let Some(log) = logs.get_mut(&row.log) {
                log.wedged.insert(row.seq);
            }
        }
        let mut sender = Self { logs, ..Self::default() };
        sender.sort_lanes();
        sender
    }

    /// The store has written this transaction (at `at`, as given to it).
    pub fn handle_appended(&mut self, transaction: &Transaction, at: Timestamp, now: Monotonic) {
        for new in &transaction.begin {
            let mut log = LogState::new(LogHead::new(new.log, new.kind, at));
            if self.link_up {
                // Nobody can know this log yet: it needs no offer.
                log.phase = Phase::Ready;
                log.verified = true;
            }
            self.logs.entry(new.log).or_insert(log);
        }
        for entry in &transaction.entries {
            if let Some(log) = self.logs.get_mut(&entry.log) {
                log.head.head = log.head.head.max(entry.seq);
                log.head.digest = Some(entry_digest(&entry.bytes));
            }
        }
        for log in &transaction.close {
            if let Some(log) = self.logs.get_mut(log) {
                log.head.closed = true;
            }
        }
        if !(transaction.begin.is_empty() && transaction.close.is_empty()) {
            self.sort_lanes();
        }
        self.transmit_fresh(&transaction.entries, now);
        self.pump(now);
    }

    /// A connection stands and the server has said Hello.
    pub fn handle_link_up(&mut self, now: Monotonic) {
        self.reset_link();
        self.link_up = true;
        self.pump(now);
    }

    /// The connection is gone. Nothing is lost: every log goes on from what was acknowledged.
    pub fn handle_link_down(&mut self) {
        self.reset_link();
    }

    /// The store's answer to a [`ReadRequest`].
    pub fn handle_entries(&mut self, request: ReadRequest, entries: Vec<Entry>, now: Monotonic) {
        self.take_read(request, entries, now);
        self.pump(now);
    }

    /// The store could not answer a [`ReadRequest`]. What stands before a damaged row is still sent; then the server is
    /// told to end the log. Any other failure is tried again.
    pub fn handle_read_failed(&mut self, request: ReadRequest, error: &StoreError, now: Monotonic, rng: &mut impl Rng) {
        let Some(log) = self.logs.get_mut(&request.log) else {
            return;
        };
        if log.reading != Some(request.from) {
            return;
        }
        match error {
            StoreError::DamagedEntry { seq, .. } if *seq > request.from => {
                let limit = usize::try_from(seq - request.from).unwrap_or(request.limit).min(request.limit);
                self.reads.push_back(ReadRequest { limit, ..request });
            }
            StoreError::DamagedEntry { seq, .. } if *seq == log.sent_through && *seq <= log.proved => {
                // It was only read for its digest, and is known to be equal.
                log.reading = None;
                log.before = Before::Gone;
            }
            StoreError::DamagedEntry { seq, .. } => self.take_damaged(request.log, *seq, now),
            _ => {
                log.reading = None;
                self.back_off(request.log, now, rng);
            }
        }
        self.pump(now);
    }

    /// A deadline of [`Sender::poll_timeout`] has come (calling it early does nothing).
    pub fn handle_timeout(&mut self, now: Monotonic, rng: &mut impl Rng) {
        let late: Vec<_> = self.logs.iter().filter(|(_, log)| log.is_late(now.us)).map(|(id, _)| *id).collect();
        for id in late {
            self.back_off(id, now, rng);
        }
        for log in self.logs.values_mut() {
            if matches!(log.phase, Phase::Backoff { until_us } if until_us <= now.us) {
                log.phase = Phase::Idle;
            }
        }
        self.pump(now);
    }

    /// The next deadline.
    #[must_use]
    pub fn poll_timeout(&self, now: Monotonic) -> Option<Timeout> {
        let deadlines = self.logs.values().filter_map(LogState::deadline);
        let (us, reason) = deadlines.min()?;
        Some(Timeout { at: Monotonic { boot: now.boot, us }, reason })
    }

    /// The next frame to send, most urgent lane first; in order within a lane.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        let lane = self.transmits.iter().map(|transmit| transmit.lane).min()?;
        let place = self.transmits.iter().position(|transmit| transmit.lane == lane)?;
        self.transmits.remove(place)
    }

    /// The next wish to the store.
    pub fn poll_read(&mut self) -> Option<ReadRequest> {
        self.reads.pop_front()
    }

    /// The next order to the store.
    pub fn poll_order(&mut self) -> Option<StoreOrder> {
        self.orders.pop_front()
    }

    /// The next event for the screen.
    pub fn poll_event(&mut self) -> Option<DeliveryEvent> {
        self.events.pop_front()
    }

    /// What is known of one log.
    #[must_use]
    pub fn head(&self, log: LogId) -> Option<LogHead> {
        self.logs.get(&log).map(|log| log.head)
    }

    /// Whether the server has said that it can never accept this entry.
    #[must_use]
    pub fn is_wedged(&self, log: LogId, seq: u64) -> bool {
        self.logs.get(&log).is_some_and(|log| log.wedged.contains(&seq))
    }

    /// Entries that wait for the server, as far as this machine knows.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.logs.values().map(|log| log.head.waiting()).sum()
    }

    /// True while a connection stands and nothing waits.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.link_up && self.waiting() == 0
    }

    fn reset_link(&mut self) {
        self.link_up = false;
        self.transmits.clear();
        self.reads.clear();
        for log in self.logs.values_mut() {
            log.rewind();
            log.phase = Phase::Idle;
            log.failures = 0;
            log.verified = false;
            log.first_offered = None;
            log.forget_trace();
            log.proved = 0;
        }
    }

    fn back_off(&mut self, id: LogId, now: Monotonic, rng: &mut impl Rng) {
        let Some(log) = self.logs.get_mut(&id) else { return };
        log.rewind();
        log.verified = false;
        log.forget_trace();
        log.failures = log.failures.saturating_add(1);
        log.phase = Phase::Backoff { until_us: now.us.saturating_add(wait_us(log.failures, rng)) };
        self.events.push_back(DeliveryEvent::Retrying { log: id, failures: log.failures });
    }
}
