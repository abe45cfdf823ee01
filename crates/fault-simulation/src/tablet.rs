//! A tablet's process around the real core: its disk, its clocks, its connection.

use crate::connection::{ConnId, Connection, Down, Up};
use crate::disk::Disk;
use crate::faults::Fault;
use crate::town::{self, EPOCH, Place};
use crate::world::{Event, World};
use ambulance_core::{Command, Core, Effect, Input, LinkInput, LinkTrouble, Now};
use delivery::contract::block_on_ready;
use delivery::{AppendError, ReadRequest, StoreError, StoreOrder, Transaction};
use dispatch_core::crew_principal;
use dispatch_core::store::EventStore;
use model::{BootId, Clock, Monotonic, RngStreams, SessionId, Timestamp};
use std::collections::VecDeque;
use wire::{Ping, Welcome};

/// A write takes so long, microseconds.
const WRITE: (u64, u64) = (100, 20_000);
/// A connection that is dead is noticed after so long.
pub(crate) const NOTICE: (u64, u64) = (4_000_000, 12_000_000);
/// Dialling again waits so long.
const REDIAL: (u64, u64) = (200_000, 4_000_000);
/// The clock is compared so often.
const PING_US: u64 = 5_000_000;

/// Work for the disk.
pub(crate) enum Op {
    Persist { id: u64, transaction: Transaction, at: Timestamp },
    Order { order: StoreOrder, at: Timestamp },
    Read(ReadRequest),
}

/// See the module.
pub(crate) struct Tablet {
    pub(crate) place: Place,
    pub(crate) disk: Disk,
    pub(crate) core: Option<Core>,
    /// Which process this is; every start is another one.
    pub(crate) life: u64,
    /// A copy of the disk, made earlier.
    pub(crate) image: Option<Disk>,
    pub(crate) skew_us: i64,
    pub(crate) conn: Option<ConnId>,
    pub(crate) parted_until: u64,
    boot: BootId,
    boot_at_us: u64,
    pub(crate) ops: VecDeque<Op>,
    pings: u64,
    timer_at: Option<u64>,
}

/// What a transaction writes, by name.
fn named(transaction: &Transaction) -> String {
    let begun = transaction.begin.iter().map(|new| format!("begin {}", new.log));
    let entries = transaction.entries.iter().map(|entry| format!("{}:{}", entry.log, entry.seq));
    let states = transaction.state.iter().map(|change| change.key().to_owned());
    let closed = transaction.close.iter().map(|log| format!("close {log}"));
    begun.chain(entries).chain(states).chain(closed).collect::<Vec<_>>().join(" ")
}

impl Tablet {
    pub(crate) fn new(place: Place, disk: Disk) -> Self {
        Self {
            place,
            disk,
            core: None,
            life: 0,
            image: None,
            skew_us: 0,
            conn: None,
            parted_until: 0,
            boot: BootId::from_bytes([0; 16]),
            boot_at_us: 0,
            ops: VecDeque::new(),
            pings: 0,
            timer_at: None,
        }
    }

    pub(crate) fn now(&self, now_us: u64) -> Now {
        let utc = EPOCH.plus_us(i64::try_from(now_us).unwrap_or(i64::MAX)).plus_us(self.skew_us);
        Now { utc, mono: Monotonic { boot: self.boot, us: now_us - self.boot_at_us } }
    }
}

impl World {
    pub(crate) fn start(&mut self, t: usize) {
        let boot = BootId::from_bytes(self.dice.bytes());
        let now_us = self.now_us;
        let hospitals = self.hospitals.clone();
        let seed = self.dice.below(u64::MAX);
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        tablet.life += 1;
        (tablet.boot, tablet.boot_at_us, tablet.timer_at) = (boot, now_us, None);
        tablet.ops.clear();
        tablet.conn = None;
        let now = tablet.now(now_us);
        let config = town::config(tablet.place, hospitals);
        let (disk, life) = (tablet.disk.number, tablet.life);
        self.narrate(|| format!("tablet {t} starts on disk {disk}, life {life}"));
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        tablet.core = Some(Core::new(config, tablet.disk.restored(), &RngStreams::from_u64(seed), now));
        let life = tablet.life;
        self.drain(t);
        let at = self.now_us + self.dice.between(REDIAL.0, REDIAL.1);
        self.at(at, Event::Dial(t, life));
    }

    /// The process dies. What its disk had not taken is gone.
    pub(crate) fn kill(&mut self, t: usize) {
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        tablet.core = None;
        tablet.life += 1;
        tablet.ops.clear();
        if let Some(conn) = tablet.conn.take() {
            self.cut(conn);
            self.server.forget(conn);
        }
    }

    pub(crate) fn press(&mut self, t: usize, command: Command) {
        let now_us = self.now_us;
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        let now = tablet.now(now_us);
        if let Some(core) = &mut tablet.core {
            core.handle_command(command, now);
            self.drain(t);
        }
    }

    pub(crate) fn input(&mut self, t: usize, input: Input) {
        let now_us = self.now_us;
        if let Input::LogReply(reply) = &input {
            self.narrate(|| format!("tablet {t} hears {reply:?}"));
        }
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        let now = tablet.now(now_us);
        if let Some(core) = &mut tablet.core {
            core.handle(input, now);
            self.drain(t);
        }
    }

    pub(crate) fn timer(&mut self, t: usize, life: u64) {
        let now_us = self.now_us;
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.life == life) else { return };
        tablet.timer_at = None;
        let now = tablet.now(now_us);
        if let Some(core) = &mut tablet.core {
            core.handle_timeout(now);
            self.drain(t);
        }
    }

    /// Carries the core's effects out, in order, and lets the oracle look.
    fn drain(&mut self, t: usize) {
        let now_us = self.now_us;
        while let Some(tablet) = self.tablets.get_mut(t) {
            let now = tablet.now(now_us);
            let Some(effect) = tablet.core.as_mut().and_then(Core::poll_effect) else { break };
            match effect {
                Effect::Persist { id, transaction, at } => self.queue(t, Op::Persist { id, transaction, at }),
                Effect::Store(order) => {
                    self.narrate(|| format!("tablet {t} orders {order:?}"));
                    self.check_order(t, order);
                    self.queue(t, Op::Order { order, at: now.utc });
                }
                Effect::ReadLog(request) => self.queue(t, Op::Read(request)),
                Effect::SendLog(transmit) => self.send(t, Up::Log(transmit.lane, transmit.frame)),
                Effect::Ask(ask) => {
                    self.check_question(t, &ask);
                    if let wire::Question::History(question) = &ask.question {
                        self.narrate(|| format!("tablet {t} looks up {}", question.lookup));
                    }
                    self.send(t, Up::Ask(ask));
                }
                Effect::StartFeed(start) => self.send(t, Up::Feed(start)),
                Effect::SendPosition(_)
                | Effect::ConnectNow
                | Effect::ReadCard
                | Effect::OpenFace { .. }
                | Effect::SignWithPin { .. }
                | Effect::Play(_)
                | Effect::HistoryDropped => {}
            }
        }
        self.look_at_state(t);
        self.set_timer(t);
    }

    fn set_timer(&mut self, t: usize) {
        let now_us = self.now_us;
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        let deadline = tablet.core.as_ref().and_then(|core| core.poll_timeout(tablet.now(now_us)));
        let Some((mono_us, _)) = deadline else { return };
        let at = (tablet.boot_at_us + mono_us).max(now_us);
        if tablet.timer_at.is_none_or(|known| known > at) {
            tablet.timer_at = Some(at);
            let life = tablet.life;
            self.at(at, Event::Timer(t, life));
        }
    }

    fn send(&mut self, t: usize, message: Up) {
        if let Some(conn) = self.tablets.get(t).and_then(|tablet| tablet.conn) {
            self.send_up(conn, message);
        }
    }

    fn queue(&mut self, t: usize, op: Op) {
        let at = self.now_us + self.dice.between(WRITE.0, WRITE.1);
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        tablet.ops.push_back(op);
        let life = tablet.life;
        if tablet.ops.len() == 1 {
            self.at(at, Event::Disk(t, life));
        }
    }

    /// The disk does its next piece of work.
    pub(crate) fn disk(&mut self, t: usize, life: u64) {
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.life == life) else { return };
        let Some(op) = tablet.ops.pop_front() else { return };
        let more = !tablet.ops.is_empty();
        match op {
            Op::Persist { id, transaction, at } => self.persist(t, id, transaction, at),
            Op::Order { order, at } => {
                // A lost order is harmless: the server's word comes again.
                let _refused = tablet.disk.carry_out(order, at);
            }
            Op::Read(request) => {
                let result = tablet.disk.read(request);
                self.input(t, Input::Entries { request, result });
            }
        }
        if more {
            let at = self.now_us + self.dice.between(WRITE.0, WRITE.1);
            self.at(at, Event::Disk(t, life));
        }
    }

    fn persist(&mut self, t: usize, id: u64, transaction: Transaction, at: Timestamp) {
        if self.dice.chance(self.plan.failed_write) {
            self.note_fault(Fault::FailedWrite);
            self.narrate(|| format!("tablet {t} cannot write {}", named(&transaction)));
            let disk_full = self.dice.chance(500);
            self.input(t, Input::PersistFailed { id, disk_full });
            return;
        }
        let tears = self.dice.chance(self.plan.torn_write);
        let is_whole = !tears || self.dice.chance(500);
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        let written = if is_whole { tablet.disk.append(transaction.clone(), at) } else { Ok(()) };
        self.narrate(|| format!("tablet {t} writes {} (whole {is_whole}, {written:?})", named(&transaction)));
        let Some(tablet) = self.tablets.get_mut(t) else { return };
        if is_whole && written.is_ok() {
            let (place, disk, now) = (tablet.place, tablet.disk.number, tablet.now(self.now_us));
            self.oracle.recorded(place, disk, &transaction.entries, (now, self.now_us));
        }
        if tears {
            self.note_fault(Fault::TornWrite);
            self.crash(t);
            return;
        }
        match written {
            Ok(()) => self.input(t, Input::Persisted { id }),
            Err(error) => {
                let disk_full = matches!(error, AppendError::Store(StoreError::DiskFull));
                self.input(t, Input::PersistFailed { id, disk_full });
            }
        }
    }

    pub(crate) fn dial(&mut self, t: usize, life: u64) {
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.life == life) else { return };
        if tablet.core.is_none() || tablet.conn.is_some() {
            return;
        }
        let parted = tablet.parted_until > self.now_us;
        if parted || !self.server.up {
            self.input(t, Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
            self.redial(t);
            return;
        }
        let (conn, server_life) = (self.next_conn, self.server.life);
        self.next_conn += 1;
        self.connections.insert(conn, Connection::new(t, life, server_life));
        let at = self.now_us + self.dice.between(20_000, 250_000);
        let sent_at = self.tablets.get(t).map_or(EPOCH, |tablet| tablet.now(self.now_us).utc);
        let server_at = self.server.tools.clock.utc().plus_us(i64::try_from((at - self.now_us) / 2).unwrap_or(0));
        self.at(at, Event::Welcome(conn, sent_at, server_at));
    }

    pub(crate) fn redial(&mut self, t: usize) {
        let at = self.now_us + self.dice.between(REDIAL.0, REDIAL.1);
        if let Some(life) = self.tablets.get(t).map(|tablet| tablet.life) {
            self.at(at, Event::Dial(t, life));
        }
    }

    /// The server's Hello arrives.
    pub(crate) fn welcomed(&mut self, conn: ConnId, sent_at: Timestamp, server_at: Timestamp) {
        let Some(connection) = self.connections.get(&conn) else { return };
        let (t, life, cut) = (connection.tablet, connection.tablet_life, connection.cut);
        let stands = !cut && connection.server_life == self.server.life && self.server.up;
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.life == life) else { return };
        if tablet.core.is_none() || tablet.conn.is_some() {
            return;
        }
        if !stands {
            self.redial(t);
            return;
        }
        tablet.conn = Some(conn);
        let place = tablet.place;
        self.narrate(|| format!("tablet {t} has connection {conn}"));
        let Some(tablet) = self.tablets.get(t) else { return };
        let session = tablet.core.as_ref().and_then(|core| core.state().crew.as_ref().map(|crew| crew.id));
        let welcome = self.greeting(place, session, (sent_at, server_at));
        self.welcome(conn, place);
        self.input(t, Input::Link(LinkInput::Up(welcome)));
        self.at(self.now_us + PING_US, Event::Ping(conn));
    }

    fn greeting(
        &self,
        place: Place,
        session: Option<SessionId>,
        (sent_at, server_at): (Timestamp, Timestamp),
    ) -> Welcome {
        let store = &self.server.tools.store.inner;
        let found = block_on_ready(crew_principal(store, server_at, &place.principal(), session));
        Welcome {
            version: 1,
            server_at,
            sent_at,
            training: true,
            device: place.device,
            unit: place.town.unit(),
            callsign: format!("救急{}", place.town.0),
            department: place.town.department(),
            department_name: format!("第{}消防本部", place.town.0),
            session_valid: found.is_ok(),
            previews: false,
            looks_again: true,
            nonces: false,
            staff_passwords: false,
            staff_password_required: false,
            store: block_on_ready(store.store_id()).ok(),
            notice: None,
        }
    }

    pub(crate) fn ping(&mut self, conn: ConnId) {
        let Some(t) = self.connections.get(&conn).map(|connection| connection.tablet) else { return };
        let now_us = self.now_us;
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.conn == Some(conn)) else { return };
        tablet.pings += 1;
        let ping = Ping { n: tablet.pings, sent_at: tablet.now(now_us).utc };
        self.send_up(conn, Up::Ping(ping));
        self.at(now_us + PING_US, Event::Ping(conn));
    }

    /// The tablet finds out that its connection is dead.
    pub(crate) fn notice(&mut self, conn: ConnId) {
        let Some(t) = self.connections.get(&conn).map(|connection| connection.tablet) else { return };
        let Some(tablet) = self.tablets.get_mut(t).filter(|tablet| tablet.conn == Some(conn)) else { return };
        tablet.conn = None;
        self.input(t, Input::Link(LinkInput::Down { why: LinkTrouble::Silent }));
        self.redial(t);
    }

    pub(crate) fn arrive(&mut self, conn: ConnId, message: Down) {
        let Some(connection) = self.connections.get(&conn).filter(|connection| !connection.cut) else { return };
        let (t, life) = (connection.tablet, connection.tablet_life);
        if !self.tablets.get(t).is_some_and(|tablet| tablet.life == life && tablet.conn == Some(conn)) {
            return;
        }
        match message {
            Down::Reply(_, reply) => self.input(t, Input::LogReply(reply)),
            Down::Answer(id, answer) => self.input(t, Input::Answer { id, answer }),
            Down::Feed(item) => self.input(t, Input::Feed(vec![*item])),
            Down::Pong(pong) => self.input(t, Input::Link(LinkInput::Pong(pong))),
        }
    }
}
