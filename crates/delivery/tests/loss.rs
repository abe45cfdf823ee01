//! The promise as a whole: whatever the link does, every recorded entry stands on the server exactly once, in the
//! order of its log, and nothing is called sent that is not durable there.

use std::collections::{BTreeMap, BTreeSet};

use delivery::receiver::{Judgement, Offered, answer_offer, judge_append};
use delivery::store::{NewLog, StateChange};
use delivery::{
    DeliveryEvent, LogKind, MemoryStore, OutboxStore, Sender, StoreOrder, Timeout, Transaction, entry_digest,
};
use model::{BootId, CaseId, LogId, Monotonic, RngStreams, Timestamp};
use proptest::prelude::*;
use rand::Rng;
use serde_bytes::ByteArray;
use wire::log::{Entry, LogFrame, LogReply, QuarantineReason};

/// Runs a future of a store in memory.
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a store in memory never waits"),
    }
}

#[derive(Default)]
struct ModelServer {
    logs: BTreeMap<LogId, Vec<Entry>>,
    quarantined: BTreeMap<LogId, Vec<(u64, QuarantineReason)>>,
    ended: BTreeSet<LogId>,
    forks: u32,
}

impl ModelServer {
    fn durable(&self, log: LogId) -> u64 {
        self.logs.get(&log).map_or(0, Vec::len) as u64
    }

    fn digest(&self, log: LogId, seq: u64) -> Option<[u8; 32]> {
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        Some(entry_digest(&self.logs.get(&log)?.get(place)?.bytes))
    }

    fn handle(&mut self, frame: &LogFrame) -> Vec<LogReply> {
        let entries = match frame {
            LogFrame::Offer { log, head, digest } => {
                let wedged = self.quarantined.get(log).map(Vec::as_slice).unwrap_or_default();
                let offered = Offered { log: *log, head: *head, digest: digest.map(ByteArray::into_array) };
                let replies = answer_offer(offered, self.durable(*log), |seq| self.digest(*log, seq), wedged);
                self.forks += u32::from(matches!(replies.first(), Some(LogReply::Forked { .. })));
                return replies;
            }
            LogFrame::End { log } => {
                self.ended.insert(*log);
                let seq = self.durable(*log) + 1;
                return vec![LogReply::Forked { log: *log, seq, from: seq }];
            }
            LogFrame::Append { entries, .. } => entries,
        };
        let log = entries[0].log;
        let judgement = judge_append(self.durable(log), entries, |seq| self.digest(log, seq), prev_of);
        match judgement {
            Judgement::Accept { fresh, .. } if !fresh.is_empty() && self.ended.contains(&log) => {
                let seq = self.durable(log) + 1;
                vec![LogReply::Forked { log, seq, from: entries.first().map_or(0, |entry| entry.seq).min(seq) }]
            }
            Judgement::Accept { fresh, through } => {
                let held = self.logs.entry(log).or_default();
                let mut replies = Vec::new();
                for entry in fresh {
                    held.push(entry.clone());
                    if entry.bytes.first() == Some(&POISON) {
                        let row = (entry.seq, QuarantineReason::MALFORMED);
                        self.quarantined.entry(log).or_default().push(row);
                        replies.push(LogReply::Quarantined { log, seq: row.0, reason: row.1 });
                    }
                }
                replies.push(LogReply::Durable { log, through });
                replies
            }
            Judgement::Gap { from } => vec![LogReply::Resume { log, from }],
            Judgement::Fork { seq } => {
                self.forks += 1;
                vec![LogReply::Forked { log, seq, from: entries.first().map_or(0, |entry| entry.seq).min(seq) }]
            }
            Judgement::Malformed(error) => panic!("the sender made a bad batch: {error}"),
        }
    }
}

/// The digest of the entry before it, as every entry of these tests carries it behind four bytes of content.
fn prev_of(entry: &Entry) -> Option<[u8; 32]> {
    entry.bytes.get(4..)?.try_into().ok()
}

/// First byte of an entry that the model server can never accept.
const POISON: u8 = 0xFF;

/// A tablet, a link and a server in virtual time.
struct World {
    store: MemoryStore,
    sender: Sender,
    server: ModelServer,
    rng: rand_chacha::ChaCha12Rng,
    up: bool,
    now_us: u64,
    to_server: Vec<LogFrame>,
    to_tablet: Vec<LogReply>,
    recorded: BTreeMap<LogId, Vec<Vec<u8>>>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            store: MemoryStore::new(),
            sender: Sender::new(&[], &[]),
            server: ModelServer::default(),
            rng: RngStreams::from_u64(seed).stream("world"),
            up: false,
            now_us: 0,
            to_server: Vec::new(),
            to_tablet: Vec::new(),
            recorded: BTreeMap::new(),
        }
    }

    fn now(&self) -> Monotonic {
        Monotonic { boot: BootId::from_bytes([7; 16]), us: self.now_us }
    }

    fn utc(&self) -> Timestamp {
        Timestamp(1_800_000_000_000_000).plus_us(i64::try_from(self.now_us).expect("short"))
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.rng.next_u64() % n as u64).expect("small")
    }

    fn record(&mut self, log_number: u8, count: usize) {
        let log = LogId::from_bytes([log_number; 16]);
        let kind = if log_number == 0 { LogKind::Unit } else { LogKind::Case(CaseId::from_bytes([log_number; 16])) };
        let mut transaction = Transaction::default();
        if !self.recorded.contains_key(&log) {
            transaction.begin.push(NewLog { log, kind });
        }
        let texts = self.recorded.entry(log).or_default();
        for _ in 0..count {
            let seq = texts.len() as u64 + 1;
            let first = if self.rng.next_u64().is_multiple_of(19) { POISON } else { 1 };
            let content = [first, log_number, seq.to_le_bytes()[0], self.rng.next_u64().to_le_bytes()[0]];
            let prev = texts.last().map_or([0; 32], |before| entry_digest(before));
            let bytes = [&content[..], &prev].concat();
            texts.push(bytes.clone());
            transaction.entries.push(Entry { log, seq, schema: 1, bytes });
        }
        if log_number > 0 && self.rng.next_u64().is_multiple_of(5) {
            transaction.close.push(log);
        }
        transaction.state.push(StateChange::Put { key: "last".into(), value: vec![log_number] });
        now_or_never(self.store.append(transaction.clone(), self.utc())).expect("recorded");
        let (at, now) = (self.utc(), self.now());
        self.sender.handle_appended(&transaction, at, now);
    }

    fn set_link(&mut self, up: bool) {
        self.to_server.clear();
        self.to_tablet.clear();
        self.up = up;
        let now = self.now();
        if up { self.sender.handle_link_up(now) } else { self.sender.handle_link_down() }
    }

    /// The tablet's process dies and starts again from its store.
    fn restart_tablet(&mut self) {
        self.set_link(false);
        let heads = now_or_never(self.store.heads()).expect("heads");
        let wedged = now_or_never(self.store.wedged()).expect("wedged");
        self.sender = Sender::new(&heads, &wedged);
    }

    fn drain(&mut self, lose_orders: bool) {
        loop {
            if let Some(order) = self.sender.poll_order() {
                if !(lose_orders && self.below(4) == 0) {
                    self.carry_out(order);
                }
            } else if let Some(request) = self.sender.poll_read() {
                let entries =
                    now_or_never(self.store.read_log(request.log, request.from, request.limit)).expect("read");
                let now = self.now();
                self.sender.handle_entries(request, entries, now);
            } else if let Some(transmit) = self.sender.poll_transmit() {
                self.to_server.push(transmit.frame);
            } else if let Some(event) = self.sender.poll_event() {
                if let DeliveryEvent::Acknowledged { log, through } = event {
                    assert!(self.server.durable(log) >= through, "called sent, but not durable");
                }
                assert!(!matches!(event, DeliveryEvent::Forked { .. } | DeliveryEvent::Unreadable { .. }), "{event:?}");
            } else {
                return;
            }
        }
    }

    fn carry_out(&mut self, order: StoreOrder) {
        let at = self.utc();
        now_or_never(async {
            match order {
                StoreOrder::Acknowledge { log, through } => self.store.acknowledge(log, through, at).await,
                StoreOrder::Reopen { log, from } => self.store.reopen(log, from).await,
                StoreOrder::Quarantine { log, seq, reason } => self.store.quarantine(log, seq, reason, at).await,
                StoreOrder::MarkForked { log, seq } => self.store.mark_forked(log, seq).await,
            }
        })
        .expect("order");
    }

    /// Moves one frame in a random direction; a faulty link drops, repeats and reorders.
    fn deliver_one(&mut self, faulty: bool) {
        let upward = if self.to_server.is_empty() { false } else { self.to_tablet.is_empty() || self.below(2) == 0 };
        let fate = if faulty { self.below(10) } else { 9 };
        let waiting = if upward { self.to_server.len() } else { self.to_tablet.len() };
        if waiting == 0 {
            return;
        }
        let place = if faulty { self.below(waiting) } else { 0 };
        if upward {
            let frame = if fate == 1 { self.to_server[place].clone() } else { self.to_server.remove(place) };
            if fate != 0 {
                self.to_tablet.extend(self.server.handle(&frame));
            }
        } else {
            let reply = if fate == 1 { self.to_tablet[place].clone() } else { self.to_tablet.remove(place) };
            if fate != 0 {
                let now = self.now();
                self.sender.handle_reply(&reply, now);
            }
        }
    }

    fn pass_time(&mut self, us: u64) {
        self.now_us += us;
        let now = self.now();
        self.sender.handle_timeout(now, &mut self.rng);
    }

    fn step(&mut self, action: u8) {
        match action {
            0..=2 => {
                let (log, count) = (u8::try_from(self.below(7)).expect("small"), 1 + self.below(4));
                self.record(log, count);
            }
            3 => self.set_link(!self.up),
            4 => self.restart_tablet(),
            5 => self.pass_time(3_000_000),
            _ => self.deliver_one(true),
        }
        self.drain(true);
    }

    /// Lets a good link run until nothing waits.
    fn settle(&mut self) {
        self.set_link(true);
        self.drain(false);
        for _ in 0..20_000 {
            if self.to_server.is_empty() && self.to_tablet.is_empty() {
                if self.sender.is_drained() && self.sender.poll_timeout(self.now()).is_none() {
                    return;
                }
                let Timeout { at, .. } = self.sender.poll_timeout(self.now()).expect("waits for something");
                self.pass_time(at.us.saturating_sub(self.now_us));
            } else {
                self.deliver_one(false);
            }
            self.drain(false);
        }
        panic!("did not settle: {:?}", self.sender);
    }

    fn check(&self) {
        let on_server: BTreeMap<_, Vec<_>> = self
            .server
            .logs
            .iter()
            .map(|(log, entries)| (*log, entries.iter().map(|entry| entry.bytes.clone()).collect()))
            .collect();
        assert_eq!(on_server, self.recorded, "every entry once, in order");
        assert_eq!(self.server.forks, 0);
        let counts = now_or_never(self.store.counts()).expect("counts");
        let poisoned = self.recorded.values().flatten().filter(|bytes| bytes.first() == Some(&POISON)).count();
        assert_eq!((counts.waiting, counts.wedged), (0, poisoned as u64));
    }
}

proptest! {
    #[test]
    fn every_entry_arrives_once_in_order(seed in any::<u64>(), actions in prop::collection::vec(0_u8..24, 1..400)) {
        let mut world = World::new(seed);
        for action in actions {
            world.step(action);
        }
        world.settle();
        world.check();
    }

    #[test]
    fn a_server_restored_from_a_backup_gets_everything_again(seed in any::<u64>(), kept in any::<prop::sample::Index>()) {
        let mut world = World::new(seed);
        for log in [0, 1, 2, 1, 0, 3] {
            world.record(log, 3);
        }
        world.settle();
        world.set_link(false);
        for entries in world.server.logs.values_mut() {
            entries.truncate(kept.index(entries.len()));
        }
        world.server.quarantined.clear();
        world.settle();
        world.check();
    }
}

#[test]
fn backlog_goes_in_batches_and_the_newest_case_first() {
    let mut world = World::new(3);
    for _ in 0..40 {
        world.record(1, 200);
    }
    world.record(2, 1);
    world.set_link(true);
    world.drain(false);
    assert!(matches!(&world.to_server[0], LogFrame::Offer { log, .. } if *log == LogId::from_bytes([2; 16])));
    let mut frames = 0;
    while !world.sender.is_drained() {
        frames += world.to_server.len();
        for frame in std::mem::take(&mut world.to_server) {
            for reply in world.server.handle(&frame) {
                let now = world.now();
                world.sender.handle_reply(&reply, now);
            }
        }
        world.drain(false);
    }
    world.check();
    assert!(frames <= 8_000 / 256 + 4, "8,001 entries took {frames} frames");
}

#[test]
fn a_new_case_does_not_wait_for_backlog_that_gets_no_answer() {
    let mut world = World::new(6);
    for log in 1..=6 {
        world.record(log, 1);
    }
    world.set_link(true);
    world.drain(false);
    assert_eq!(world.to_server.len(), 4, "so many logs at one time");
    world.to_server.clear();
    world.record(7, 2);
    world.drain(false);
    let fresh = LogId::from_bytes([7; 16]);
    assert!(
        matches!(&world.to_server[..], [LogFrame::Append { entries, .. }] if entries.len() == 2 && entries[0].log == fresh)
    );
}

/// Connects another store with the world's server until nothing moves; returns what the crew would be told.
fn connect(world: &mut World, store: &MemoryStore) -> Vec<DeliveryEvent> {
    let mut sender = Sender::new(&now_or_never(store.heads()).expect("heads"), &[]);
    sender.handle_link_up(world.now());
    loop {
        if let Some(request) = sender.poll_read() {
            let entries = now_or_never(store.read_log(request.log, request.from, request.limit)).expect("read");
            sender.handle_entries(request, entries, world.now());
        } else if let Some(transmit) = sender.poll_transmit() {
            for reply in world.server.handle(&transmit.frame) {
                sender.handle_reply(&reply, world.now());
            }
        } else {
            return std::iter::from_fn(|| sender.poll_event()).collect();
        }
    }
}

#[test]
fn a_copied_store_is_found_and_nothing_of_it_is_called_sent() {
    let log = LogId::from_bytes([1; 16]);
    // The server holds 5 entries; the copy knew 3 of them and recorded 0, 1, 2 and 3 others.
    for others in 0..=3 {
        let mut world = World::new(4);
        world.record(1, 3);
        let copy = world.store.copy();
        world.record(1, 2);
        world.settle();
        for n in 0..others {
            let seq = 4 + n;
            let before = now_or_never(copy.read_log(log, seq - 1, 1)).expect("read");
            let bytes = [&b"else"[..], &entry_digest(&before[0].bytes)].concat();
            let entry = Entry { log, seq, schema: 1, bytes };
            now_or_never(copy.append(Transaction::of(entry), world.utc())).expect("recorded");
        }
        let events = connect(&mut world, &copy);
        let shared = DeliveryEvent::Acknowledged { log, through: 3 };
        assert_eq!(events, [shared, DeliveryEvent::Forked { log, seq: 4 }], "{others} others");
        assert_eq!(world.server.durable(log), 5, "nothing of it was taken");
    }
}

#[test]
fn silence_is_retried_with_growing_jittered_waits() {
    let mut world = World::new(5);
    world.record(1, 1);
    world.set_link(true);
    let mut waits = Vec::new();
    for _ in 0..8 {
        world.drain(false);
        let Timeout { at, reason } = world.sender.poll_timeout(world.now()).expect("a deadline");
        if reason == "retry of a log" {
            waits.push(at.us - world.now_us);
        }
        world.pass_time(at.us - world.now_us);
    }
    assert_eq!(waits.len(), 4);
    assert!(waits.is_sorted() && waits[0] < 500_001 && waits[3] >= 2_000_000, "{waits:?}");
    world.to_server.clear();
    world.settle();
    world.check();
}
