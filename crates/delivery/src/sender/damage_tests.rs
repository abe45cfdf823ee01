//! A row of the outbox that cannot be read: the server is told to end the log and says how far it holds it; what it has
//! not is left to be recorded again, and nothing that is still on its way can arrive behind that answer.

use crate::contract::{block_on_ready, entry, log};
use crate::{
    DeliveryEvent, LogKind, MemoryStore, NewLog, OutboxStore, ReadRequest, Sender, StoreError, StoreOrder, Transaction,
};
use model::{BootId, LogId, Monotonic, RngStreams, Timestamp};
use wire::log::{LogFrame, LogReply};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

struct Tablet {
    store: MemoryStore,
    sender: Sender,
    damaged: u64,
    now_us: u64,
}

impl Tablet {
    /// A log of `entries` that was never sent, with one damaged row.
    fn new(entries: u64, damaged: u64) -> Self {
        let store = MemoryStore::new();
        let written = Transaction {
            begin: vec![NewLog { log: log(1), kind: LogKind::Unit }],
            entries: (1..=entries).map(|seq| entry(log(1), seq)).collect(),
            ..Transaction::default()
        };
        block_on_ready(store.append(written, NOW)).expect("written");
        let heads = block_on_ready(store.heads()).expect("read");
        Self { store, sender: Sender::new(&heads, &[]), damaged, now_us: 0 }
    }

    fn now(&self) -> Monotonic {
        Monotonic { boot: BootId::from_bytes([7; 16]), us: self.now_us }
    }

    fn connect(&mut self) -> Vec<LogFrame> {
        self.sender.handle_link_up(self.now());
        self.frames()
    }

    fn hear(&mut self, reply: LogReply) -> Vec<LogFrame> {
        self.sender.handle_reply(&reply, self.now());
        self.frames()
    }

    /// Carries everything out, reads as a store with the damaged row would, and returns what is to be sent.
    fn frames(&mut self) -> Vec<LogFrame> {
        let mut rng = RngStreams::from_u64(1).stream("retry");
        let mut frames = Vec::new();
        loop {
            while let Some(order) = self.sender.poll_order() {
                let done = match order {
                    StoreOrder::Acknowledge { log, through } => self.store.acknowledge(log, through, NOW),
                    StoreOrder::MarkForked { log, seq } => return self.cut(log, seq, frames),
                    StoreOrder::Reopen { log, from } => {
                        block_on_ready(self.store.reopen(log, from)).expect("reopened");
                        continue;
                    }
                    other => panic!("{other:?}"),
                };
                block_on_ready(done).expect("carried out");
            }
            frames.extend(core::iter::from_fn(|| self.sender.poll_transmit()).map(|transmit| transmit.frame));
            let Some(request) = self.sender.poll_read() else { return frames };
            let now = self.now();
            match self.read(request) {
                Ok(entries) => self.sender.handle_entries(request, entries, now),
                Err(error) => self.sender.handle_read_failed(request, &error, now, &mut rng),
            }
        }
    }

    fn cut(&mut self, log: LogId, seq: u64, before: Vec<LogFrame>) -> Vec<LogFrame> {
        block_on_ready(self.store.mark_forked(log, seq)).expect("cut");
        before.into_iter().chain(self.frames()).collect()
    }

    fn read(&self, request: ReadRequest) -> Result<Vec<wire::log::Entry>, StoreError> {
        let ReadRequest { log, from, limit } = request;
        let entries = block_on_ready(self.store.read_log(log, from, limit))?;
        match entries.iter().find(|entry| entry.seq == self.damaged) {
            Some(entry) => Err(StoreError::DamagedEntry { log, seq: entry.seq }),
            None => Ok(entries),
        }
    }

    fn unreadable(&mut self) -> Vec<(u64, bool)> {
        core::iter::from_fn(|| self.sender.poll_event())
            .filter_map(|event| match event {
                DeliveryEvent::Unreadable { seq, maybe_held, .. } => Some((seq, maybe_held.is_some())),
                _ => None,
            })
            .collect()
    }
}

fn shape(frames: &[LogFrame]) -> Vec<String> {
    let of = |frame: &LogFrame| match frame {
        LogFrame::Offer { head, .. } => format!("offer {head}"),
        LogFrame::Append { entries, .. } => {
            format!("append {}..={}", entries[0].seq, entries[entries.len() - 1].seq)
        }
        LogFrame::End { .. } => "end".to_owned(),
    };
    frames.iter().map(of).collect()
}

const RESUME: LogReply = LogReply::Resume { log: LogId::from_bytes([1; 16]), from: 1 };

fn ended(seq: u64, from: u64) -> LogReply {
    LogReply::Forked { log: log(1), seq, from }
}

fn durable(through: u64) -> LogReply {
    LogReply::Durable { log: log(1), through }
}

#[test]
fn the_server_says_where_a_damaged_log_ends() {
    let mut tablet = Tablet::new(5, 3);
    assert_eq!(shape(&tablet.connect()), ["offer 5"]);
    assert_eq!(shape(&tablet.hear(RESUME)), ["append 1..=2", "end"]);
    assert_eq!(tablet.unreadable(), [], "nothing is decided before the server has answered");
    tablet.hear(durable(2));
    tablet.hear(ended(3, 3));
    assert_eq!(tablet.unreadable(), [(3, false)], "the server has neither it nor what follows");
    let head = tablet.sender.head(log(1)).expect("known");
    assert_eq!((head.acknowledged, head.forked_at), (2, Some(3)));
}

#[test]
fn a_damaged_row_that_had_arrived_is_not_lost() {
    let mut tablet = Tablet::new(5, 3);
    tablet.connect();
    tablet.hear(RESUME);
    tablet.hear(durable(2));
    // Frames of an earlier connection arrived first: the server holds everything through 4.
    assert_eq!(shape(&tablet.hear(ended(5, 5))), ["append 1..=2", "append 4..=4"], "it goes again to be compared");
    tablet.hear(durable(2));
    tablet.hear(durable(4));
    assert_eq!(tablet.unreadable(), [(5, false)], "the fourth carries the third one's hash");
    assert_eq!(tablet.sender.head(log(1)).expect("known").acknowledged, 4);
}

#[test]
fn nothing_tells_whether_the_last_entry_there_is_the_damaged_one() {
    let mut tablet = Tablet::new(5, 3);
    tablet.connect();
    tablet.hear(RESUME);
    tablet.hear(durable(2));
    assert_eq!(shape(&tablet.hear(ended(4, 4))), ["append 1..=2"]);
    assert_eq!(tablet.unreadable(), [(3, true)]);
}

#[test]
fn without_an_answer_it_asks_again() {
    let mut tablet = Tablet::new(2, 1);
    tablet.connect();
    assert_eq!(shape(&tablet.hear(RESUME)), ["end"]);
    let mut rng = RngStreams::from_u64(2).stream("retry");
    for _ in 0..2 {
        let late = tablet.sender.poll_timeout(tablet.now()).expect("it waits");
        tablet.now_us = late.at.us;
        tablet.sender.handle_timeout(tablet.now(), &mut rng);
    }
    assert_eq!(shape(&tablet.frames()), ["offer 2"]);
    assert_eq!(shape(&tablet.hear(RESUME)), ["end"]);
    tablet.hear(ended(1, 1));
    assert_eq!(tablet.unreadable(), [(1, false)]);
}

/// Entries of a copy of this store, or of a later life of it, may have been answered for: only the next offer's answer says.
#[test]
fn an_answer_that_comes_when_nobody_waits_for_it_any_more_cuts_nothing() {
    let mut tablet = Tablet::new(2, 99);
    tablet.connect();
    let mut rng = RngStreams::from_u64(3).stream("retry");
    let late = tablet.sender.poll_timeout(tablet.now()).expect("it waits");
    tablet.now_us = late.at.us;
    tablet.sender.handle_timeout(tablet.now(), &mut rng);
    let beyond = LogReply::Resume { log: log(1), from: 4 };
    assert_eq!(shape(&tablet.hear(beyond)), [""; 0]);
    assert_eq!(tablet.sender.head(log(1)).expect("known").forked_at, None);
    let again = tablet.sender.poll_timeout(tablet.now()).expect("it is offered again");
    tablet.now_us = again.at.us;
    tablet.sender.handle_timeout(tablet.now(), &mut rng);
    assert_eq!(shape(&tablet.frames()), ["offer 2"]);
    assert_eq!(shape(&tablet.hear(RESUME)), ["append 1..=2"]);
}

#[test]
fn a_server_that_lost_what_is_kept_here_no_more_ends_the_log() {
    let mut tablet = Tablet::new(5, 99);
    tablet.connect();
    assert_eq!(shape(&tablet.hear(RESUME)), ["append 1..=5"]);
    tablet.hear(durable(3));
    let much_later = NOW.plus_us(crate::limits::ACKED_KEEP_US + 1);
    assert_eq!(block_on_ready(tablet.store.prune(much_later)).expect("pruned"), 3);
    // Another life of the tablet, and the server was put back to a time before the log.
    tablet.sender = Sender::new(&block_on_ready(tablet.store.heads()).expect("read"), &[]);
    assert_eq!(shape(&tablet.connect()), ["offer 5"]);
    assert_eq!(shape(&tablet.hear(RESUME)), ["end"]);
    let told: Vec<_> = core::iter::from_fn(|| tablet.sender.poll_event()).collect();
    assert_eq!(told, [DeliveryEvent::Missing { log: log(1), from: 1, kept_from: 4 }]);
    tablet.hear(ended(1, 1));
    assert_eq!(tablet.unreadable(), [(1, false)], "the fourth and fifth stand behind the cut, to be recorded again");
}
